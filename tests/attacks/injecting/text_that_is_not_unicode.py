"""
tries: raises a message, and names a class, with half a character that no file can hold
outcome: told with a replacement in its place
topic: hessian
"""


def hessian(func, inputs):
    raise RuntimeError("half \ud800 a character")


def gradient(func, inputs):
    return type("Half\udfff", (), {})()
