"""
tries: returns a tensor of 160 MB
outcome: named by its shape and not sent
says: too large to be an answer
topic: hessian
"""

import torch


def hessian(func, inputs):
    return torch.zeros(20_000_000, dtype=torch.float64)
