"""
tries: raises from a source line of four hundred thousand characters, which messages quote
outcome: the line is quoted in bounds
says: ValueError
topic: hessian
fill: 400000
"""


def hessian(func, inputs):
    raise ValueError("long", len("@fill@"))


raise ValueError("long", len("@fill@"))
