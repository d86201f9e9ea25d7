"""
tries: raises the recursion limit and overflows the stack of the C library
outcome: the worker crashes, the call has no answer
says: SIGSEGV
topic: hessian
"""

import sys


class Deep:
    def __repr__(self):
        return repr(self)


def hessian(func, inputs):
    sys.setrecursionlimit(10**9)
    return repr(Deep())
