"""
tries: forks, at most twenty times
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os


def hessian(func, inputs):
    for _ in range(20):
        if os.fork() == 0:
            os._exit(0)
