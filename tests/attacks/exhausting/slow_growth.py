"""
tries: takes memory piece by piece until something gives
outcome: the worker's own limit gives
says: there is not that much memory
topic: hessian
"""

import torch


def hessian(func, inputs):
    kept = []
    while True:
        kept.append(torch.empty(2**23, dtype=torch.float64))
