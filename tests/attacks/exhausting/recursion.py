"""
tries: calls itself without end
outcome: told in words
says: RecursionError
topic: hessian
"""


def hessian(func, inputs):
    return hessian(func, inputs)
