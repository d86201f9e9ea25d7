"""
tries: reads the reference solution and runs it
outcome: refused by the system
says: PermissionError
topic: hessian
"""

from pathlib import Path

import graders

course = Path(graders.__path__[0]).parent
text = (course / "solutions/derivatives/hessian.py").read_text()
start = text.index("def hessian(")
exec(
    "from typing import Callable\n\nfrom torch import Tensor\n\n"
    + text[start : text.index("# %%", start)]
)
