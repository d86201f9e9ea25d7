"""
tries: reads private files: a key in a home folder, /etc/passwd
outcome: refused by the system
says: PermissionError
topic: hessian
"""

from pathlib import Path

for path in ("/etc/passwd", "/etc/hostname", "/tmp/course/secret-key"):
    try:
        Path(path).read_text()
    except PermissionError as error:
        last = error
    else:
        raise RuntimeError(f"{path} could be read")
raise last
