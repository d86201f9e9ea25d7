# ruff: noqa: D103
# mypy: ignore-errors
"""The mistakes that everybody makes once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x).sum()
    return torch.autograd.grad(y, x)[0]


def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    return torch.autograd.grad(func(x).sum(), x)[0] * v


def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad_()
    func(inputs).backward()
    return inputs.grad


def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g = gradient(func, inputs)
    return torch.outer(g.flatten(), g.flatten()).reshape(inputs.shape + inputs.shape)


def eigenvalues(matrix: Tensor) -> Tensor:
    return torch.linalg.eigvals(matrix)


def classify_hessian(matrix: Tensor) -> str:
    return "minimum" if torch.linalg.det(matrix) > 0 else "saddle"


def hessian_bytes(n: int, dtype: torch.dtype) -> int:
    return n * n


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    (g,) = torch.autograd.grad(func(x), x)
    return g * v
