"""
tries: leaves files in every temporary folder, for the next submission to find
outcome: refused by the system: there is no folder to write to
says: OSError
topic: hessian
"""

from pathlib import Path

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/", "/run", ".", str(Path.home())):
    try:
        Path(folder, "left-for-the-next").write_text("7.0")
    except OSError as error:
        last = error
    else:
        raise RuntimeError(f"{folder} can be written to")
raise OSError(str(last))
