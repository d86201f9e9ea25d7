"""
tries: returns a tuple of a million tensors, nested lists and a dictionary inside
outcome: refused in words
topic: hessian
"""

import torch


def hessian(func, inputs):
    return (torch.zeros(()),) * 1_000_000


def gradient(func, inputs):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
