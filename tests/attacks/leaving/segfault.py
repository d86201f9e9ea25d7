"""
tries: reads address 0 through ctypes
outcome: the worker crashes, the call has no answer
says: SIGSEGV
topic: hessian
"""

import ctypes


def hessian(func, inputs):
    return ctypes.string_at(0)
