# ruff: noqa: D103
# mypy: ignore-errors
"""Products with the Hessian that make all of it first."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    matrix = torch.func.hessian(func)(inputs.detach())
    return torch.tensordot(matrix, v, dims=v.ndim)


def hvp_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return hvp(func, inputs, v)
