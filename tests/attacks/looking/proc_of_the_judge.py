"""
tries: opens the memory of its ancestors, through every number they can have
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os

kinds = set()
for number in ("0", "1", "2", "3", "4", "self", "thread-self", str(os.getppid())):
    for name in ("mem", "environ", "maps"):
        try:
            open(f"/proc/{number}/{name}", "rb").close()
        except OSError as error:
            kinds.add(type(error).__name__)
        else:
            raise RuntimeError(f"{name} of process {number} is open")
raise OSError(" ".join(sorted(kinds)))
