"""
tries: opens its own memory through /proc, to read and write past every protection of a page
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os


def hessian(func, inputs):
    for name in ("self", "thread-self", "1", str(os.getpid())):
        try:
            os.open(f"/proc/{name}/mem", os.O_RDWR)
        except OSError as error:
            last = error
        else:
            raise RuntimeError(f"/proc/{name}/mem is open")
    raise PermissionError(str(last))
