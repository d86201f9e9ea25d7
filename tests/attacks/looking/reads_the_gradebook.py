"""
tries: opens the gradebook to read it
outcome: refused by the system
says: PermissionError
topic: hessian
"""

from pathlib import Path

import graders

print((Path(graders.__path__[0]).parent / "gradebook.db").read_bytes())
