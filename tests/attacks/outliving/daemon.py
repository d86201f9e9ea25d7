"""
tries: forks twice and goes on living as a daemon
outcome: refused by the system; every process below the worker ends with it
says: PermissionError
topic: hessian
"""

import os
import time


def hessian(func, inputs):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)
