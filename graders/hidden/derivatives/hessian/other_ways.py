"""The other direction for each task of `hessian`: forward where the reference goes backward."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Ask for the slope along each axis, forwards, all axes in one batch.

    The numbers are the same, but the work grows with the number of inputs.
    """
    x = inputs.detach()
    axes = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)

    def slope(axis: Tensor) -> Tensor:
        return torch.func.jvp(func, (x,), (axis,))[1]

    return torch.func.vmap(slope)(axes).reshape(x.shape)


def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Push the gradient along each axis and see how it turns: forward over reverse.

    No graph of the gradient is kept, and one batch holds all columns.
    """
    x = inputs.detach()
    axes = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)

    def turn(axis: Tensor) -> Tensor:
        return torch.func.jvp(torch.func.grad(func), (x,), (axis,))[1]

    columns = torch.func.vmap(turn)(axes).movedim(0, -1)
    return columns.reshape(x.shape + x.shape)
