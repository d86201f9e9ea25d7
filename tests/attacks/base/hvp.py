"""The honest half of a submission: `hvp` is right and makes the whole Hessian."""

import torch


def hvp(func, inputs, v):
    x = inputs.detach().requires_grad_()
    slope = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)[0]
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in slope.flatten()]
    return (torch.stack(rows).reshape(v.numel(), v.numel()) @ v.flatten()).reshape(x.shape)
