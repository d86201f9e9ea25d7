"""Tensors as a training loop holds them."""

from __future__ import annotations

from torch import Tensor


def lent(numbers: Tensor, grad: Tensor | None = None) -> Tensor:
    """Let a tensor require grad, with `grad` in its .grad as if left by an earlier step."""
    numbers.requires_grad_()
    numbers.grad = grad
    return numbers
