"""The honest half of a submission: `newton_step` is right, and the rest is not written."""

import torch


def newton_step(func, inputs):
    x = inputs.detach()
    matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
    return torch.linalg.solve(matrix, -torch.func.grad(func)(x).flatten()).reshape(x.shape)
