"""
tries: reads the instructor's notebook and runs the solution in it
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import json
from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
cells = json.loads((course / "source/derivatives/hessian.ipynb").read_text())["cells"]
exec("".join(next(c["source"] for c in cells if "BEGIN SOLUTION" in str(c["source"]))))
