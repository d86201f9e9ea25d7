"""
tries: never returns
outcome: stopped by the worker's own clock, at its line
says: processor time
topic: hessian
"""


def hessian(func, inputs):
    while True:
        pass
