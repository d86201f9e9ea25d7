"""
tries: reads what another student handed in
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
from pathlib import Path

import graders

handed_in = Path(graders.__path__[0]).parent / "submitted"
print(os.listdir(handed_in))
exec((handed_in / "other/derivatives/hessian.py").read_text())
