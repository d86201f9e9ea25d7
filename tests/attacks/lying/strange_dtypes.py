"""
tries: returns a tensor of eight-bit floats, for which few operations exist
outcome: a wrong dtype, not a fault of the grader
topic: hessian
"""

import torch


def hessian(func, inputs):
    return torch.zeros(inputs.shape + inputs.shape).to(torch.float8_e4m3fn)
