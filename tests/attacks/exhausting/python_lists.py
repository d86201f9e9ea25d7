"""
tries: fills Python lists and bytes, which no tensor meter sees
outcome: the worker's own limit gives
says: MemoryError
topic: hessian
"""


def hessian(func, inputs):
    kept = []
    while True:
        kept.append(bytes(2**26))
