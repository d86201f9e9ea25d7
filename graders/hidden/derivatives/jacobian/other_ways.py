"""The other direction for each task of `jacobian`: forward where the reference goes backward."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.autograd.forward_ad as fwd
from torch import Tensor


def vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Push one input at a time, forwards, and weigh each column of J by v.

    That takes as many passes as there are inputs, where one backward pass is enough.
    """
    x = inputs.detach()
    directions = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)

    def weighed(direction: Tensor) -> Tensor:
        column: Tensor = torch.func.jvp(func, (x,), (direction,))[1]
        return (v * column).sum()

    return torch.func.vmap(weighed)(directions).reshape(x.shape)


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Go forwards: each pass gives a column of J, where each backward pass gives a row.

    All columns travel in one batch. It pays where there are fewer inputs than outputs.
    """
    x = inputs.detach()
    directions = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)

    def column(direction: Tensor) -> Tensor:
        return torch.func.jvp(func, (x,), (direction,))[1]

    columns = torch.func.vmap(column)(directions).movedim(0, -1)
    return columns.reshape(columns.shape[:-1] + x.shape)


def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Use dual numbers, which carry the derivative along with the value.

    One forward pass, no graph, and nothing has to be kept for a way back.
    """
    with fwd.dual_level():
        value, derivative = fwd.unpack_dual(func(fwd.make_dual(inputs.detach(), v.detach())))
    return torch.zeros_like(value) if derivative is None else derivative
