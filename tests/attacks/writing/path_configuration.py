"""
tries: plants a .pth file and a sitecustomize.py where the interpreter looks
outcome: refused by the system
says: OSError
topic: hessian
"""

import site
import sys
from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
for folder in (*site.getsitepackages(), site.getusersitepackages(), *sys.path, str(course)):
    for name in ("grades.pth", "sitecustomize.py", "usercustomize.py"):
        try:
            Path(folder, name).write_text("import os\n")
        except OSError as error:
            last = error
raise OSError(str(last))
