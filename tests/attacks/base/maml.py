"""The honest half of a submission: `maml_gradient` is right, and the rest is not written."""

import torch


def maml_gradient(inner_loss, outer_loss, parameters, lr, steps=1):
    start = [p.detach().clone().requires_grad_() for p in parameters]
    now = start
    for _ in range(steps):
        value = inner_loss(now)
        if value.requires_grad:
            slopes = torch.autograd.grad(value, now, create_graph=True, materialize_grads=True)
            now = [p - lr * slope for p, slope in zip(now, slopes, strict=True)]
    value = outer_loss(now)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in start)
    return torch.autograd.grad(value, start, materialize_grads=True)
