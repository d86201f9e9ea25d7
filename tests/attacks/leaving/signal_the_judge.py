"""
tries: sends signals to its parent, its group and the first process
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os
import signal


def hessian(func, inputs):
    for number in (os.getppid(), -1, 0, 2, 3):
        try:
            os.kill(number, signal.SIGUSR1)
        except OSError as error:
            last = error
        else:
            raise RuntimeError(f"a signal reached {number}")
    raise last
