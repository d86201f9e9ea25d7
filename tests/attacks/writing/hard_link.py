"""
tries: makes a second name for the gradebook
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
os.link(course / "gradebook.db", course / "submitted/other/gradebook.db")
