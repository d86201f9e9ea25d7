"""
tries: returns sparse, quantised, meta, nested and complex tensors by turns
outcome: each is refused in words
topic: hessian
"""

import itertools

import torch

turns = itertools.cycle(
    (
        lambda: torch.eye(3).to_sparse(),
        lambda: torch.empty(3, 3, device="meta"),
        lambda: torch.quantize_per_tensor(torch.eye(3), 0.1, 0, torch.qint8),
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
        lambda: torch.eye(3, dtype=torch.complex32).conj(),
    )
)


def hessian(func, inputs):
    return next(turns)()


def gradient(func, inputs):
    return next(turns)()
