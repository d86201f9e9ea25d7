"""
tries: deletes another student's submission and a solution
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
for name in ("submitted/other/derivatives/hessian.py", "solutions/derivatives/hessian.py"):
    try:
        os.unlink(course / name)
    except PermissionError as error:
        last = error
raise last
