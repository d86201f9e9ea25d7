"""
tries: asks for a tensor of 4 TB
outcome: torch refuses at once; told in words
says: there is not that much memory
topic: hessian
"""

import torch


def hessian(func, inputs):
    return torch.empty(10**12, dtype=torch.float32)
