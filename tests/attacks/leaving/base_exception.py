"""
tries: raises an exception that `except Exception` does not catch
outcome: an exception like any other
says: Leaving
topic: hessian
"""


class Leaving(BaseException):
    pass


def hessian(func, inputs):
    raise Leaving("past every handler")
