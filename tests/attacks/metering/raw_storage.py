"""
tries: keeps the Hessian in raw storage, which no operation makes
outcome: the system's limit on memory gives
topic: hvp
"""

import torch


def hvp(func, inputs, v):
    n = v.numel()
    raw = torch.UntypedStorage(n * n * v.element_size())
    rows = torch.tensor([], dtype=v.dtype).set_(raw, 0, (n, n))
    x = inputs.detach().requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)
    for place, one in enumerate(slope.flatten()):
        rows[place] = torch.autograd.grad(one, x, retain_graph=True)[0].flatten()
    return (rows @ v.flatten()).reshape(v.shape)
