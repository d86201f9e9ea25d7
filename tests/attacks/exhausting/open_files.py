"""
tries: opens more and more files
outcome: the system's limit gives
says: Too many open files
topic: hessian
"""


def hessian(func, inputs):
    kept = []
    while True:
        kept.append(open("/dev/null"))  # noqa: SIM115
