"""
tries: raises KeyboardInterrupt, which ends a pytest session
outcome: an exception like any other; the session goes on
says: KeyboardInterrupt
topic: hessian
"""


def hessian(func, inputs):
    raise KeyboardInterrupt
