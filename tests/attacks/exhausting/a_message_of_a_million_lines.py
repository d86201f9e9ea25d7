"""
tries: raises an exception with a message of a million lines
outcome: its first line is told, in bounds
says: line of many
topic: hessian
"""

message = "line of many\n" * 1_000_000


def hessian(func, inputs):
    raise RuntimeError(message)
