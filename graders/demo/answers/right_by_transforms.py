# ruff: noqa: D103
# mypy: ignore-errors
"""Right answers, each made of `torch.func` where the task allows it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    matrix = torch.func.jacrev(func)(inputs.detach())
    return torch.tensordot(v, matrix, dims=v.ndim)


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())
    one_hots = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    return torch.func.vmap(lambda e: pull(e)[0])(one_hots).reshape(y.shape + inputs.shape)


def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.tensordot(torch.func.jacfwd(func)(inputs.detach()), v, dims=v.ndim)


def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())
    return pull(torch.ones_like(y))[0]


def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n = inputs.numel()
    one_hots = torch.eye(n, dtype=inputs.dtype, device=inputs.device).reshape(n, *inputs.shape)
    slope = torch.func.grad(func)
    columns = [torch.func.jvp(slope, (inputs.detach(),), (e,))[1] for e in one_hots]
    return torch.stack(columns).reshape(inputs.shape + inputs.shape)


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    slope = torch.func.grad(func)
    return torch.func.jvp(slope, (inputs.detach(),), (v.detach(),))[1]


def hvp_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return hvp(func, inputs, v)
