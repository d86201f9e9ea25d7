"""
tries: raises an exception whose text raises, loops for ever, or is no text
outcome: the exception is told without its text
topic: hessian
"""


class EvilError(RuntimeError):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def hessian(func, inputs):
    raise EvilError


def gradient(func, inputs):
    raise type("Evil", (Exception,), {"__str__": lambda self: 7})
