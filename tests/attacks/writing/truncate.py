"""
tries: empties the instructor's notebook without opening it
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

os.truncate(Path(graders.__path__[0]).parent / "source/derivatives/hessian.ipynb", 0)
