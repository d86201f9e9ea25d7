"""
tries: maps 8 GB of anonymous memory
outcome: refused by the system
says: Cannot allocate memory
topic: hessian
"""

import mmap


def hessian(func, inputs):
    return mmap.mmap(-1, 8 * 2**30)
