"""
tries: calls abort() of the C library
outcome: the worker ends, the call has no answer
topic: hessian
"""

import os


def hessian(func, inputs):
    os.abort()
