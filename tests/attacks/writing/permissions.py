"""
tries: makes a file executable, changes its date and its owner
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

path = Path(graders.__path__[0]).parent / "gradebook.db"
for change in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (0, 0))):
    try:
        change()
    except PermissionError as error:
        last = error
    else:
        raise RuntimeError("it was changed")
raise last
