# ruff: noqa: D103
# mypy: ignore-errors
"""A matrix of a million by a million."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    room = torch.zeros(1_000_000, 1_000_000)
    return room[: len(v), : len(v)] @ v


def ggn_vp(model, loss, inputs: Tensor, v: Tensor) -> Tensor:
    room = torch.zeros(1_000_000, 1_000_000)
    return room[: v.numel(), : v.numel()] @ v
