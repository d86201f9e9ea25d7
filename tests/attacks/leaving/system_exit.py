"""
tries: raises SystemExit(0) inside the graded function
outcome: an exception like any other
says: SystemExit
topic: hessian
"""


def hessian(func, inputs):
    raise SystemExit(0)
