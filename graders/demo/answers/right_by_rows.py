# ruff: noqa: D103
# mypy: ignore-errors
"""Right answers, each made of `torch.autograd.grad`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x) + 0 * x.sum()
    return torch.autograd.grad(y, x, v)[0]


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x) + 0 * x.sum()
    rows = [torch.autograd.grad(entry, x, retain_graph=True)[0] for entry in y.flatten()]
    return torch.stack(rows).reshape(y.shape + x.shape)


def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    matrix = jacobian(func, inputs)
    return torch.tensordot(matrix, v, dims=inputs.ndim)


def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    return torch.autograd.grad(func(x) + 0 * x.sum(), x)[0]


def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    rows = [torch.autograd.grad(entry, x, retain_graph=True)[0] for entry in slope.flatten()]
    return torch.stack(rows).reshape(x.shape + x.shape)


def eigenvalues(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.numel() == 0:
        raise ValueError("the matrix must be square")
    if not torch.isfinite(matrix).all():
        raise ValueError("the entries must be finite")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix must be symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def classify_hessian(matrix: Tensor) -> str:
    values = eigenvalues(matrix)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if values[0] < -tolerance and values[-1] > tolerance:
        return "saddle"
    if (values.abs() <= tolerance).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def classify_critical_point(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * x.sum(), x)
    if not slope.abs().max() <= 1e-6:
        return "not critical"
    n = inputs.numel()
    return classify_hessian(torch.autograd.functional.hessian(func, inputs.detach()).reshape(n, n))


def hessian_bytes(n: int, dtype: torch.dtype) -> int:
    return n * n * torch.empty(0, dtype=dtype).element_size()


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slope, x, v.detach())[0]


def hvp_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(func), (inputs.detach(),), (v.detach(),))[1]


def parameter_hvp(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    parameters = tuple(parameters)
    anchored = loss + 0 * sum((p * p).sum() for p in parameters)
    slopes = torch.autograd.grad(anchored, parameters, create_graph=True)
    return torch.autograd.grad(slopes, parameters, tuple(v), retain_graph=True)
