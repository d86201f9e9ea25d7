"""
tries: puts a link to the solution in the place of its own submission
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
os.symlink(course / "solutions/derivatives/hessian.py", course / "submitted/other/link.py")
