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


def newton_step(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    slope = torch.func.grad(func)(inputs).flatten()
    matrix = torch.func.hessian(func)(inputs).reshape(len(slope), len(slope))
    return -(torch.linalg.inv(matrix) @ slope).view(inputs.shape)


def newton(func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol=1e-6, maxiter=100):
    x, steps = inputs.clone(), 0
    while torch.func.grad(func)(x).abs().max() > gtol and steps < maxiter:
        slope = torch.func.grad(func)(x).flatten()
        matrix = torch.func.hessian(func)(x).reshape(len(slope), len(slope))
        x = x - torch.linalg.solve(matrix, slope).view(x.shape)
        steps += 1
    return x, steps, "converged"


def conjugate_gradient(matvec, b: Tensor, *, rtol=1e-8, maxiter=None):
    x, r, steps = torch.zeros_like(b), b, 0
    while r.norm() > rtol * b.norm():
        if steps == (maxiter or 10 * b.numel()):
            return x, steps, "maxiter"
        q = matvec(r)
        if (r * q).sum() <= 0:
            return x, steps, "negative curvature"
        alpha = (r * r).sum() / (r * q).sum()
        x, r, steps = x + alpha * r, r - alpha * q, steps + 1
    return x, steps, "converged"


def influence_on_loss(loss, parameters, train, test, *, damping=1e-3):
    def of(i: int) -> Tensor:
        own = [p.detach().requires_grad_() for p in parameters]
        x, y = train
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss(own, x, y)[i], own)])

    own = [p.detach().requires_grad_() for p in parameters]
    slopes = torch.autograd.grad(loss(own, *test).mean(), own)
    slope = torch.cat([g.flatten() for g in slopes])
    return torch.stack([-(of(i) @ slope) for i in range(len(train[1]))])


def maml_gradient(inner_loss, outer_loss, parameters, lr, steps=1):
    start = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        slopes = torch.autograd.grad(inner_loss(start), start, materialize_grads=True)
        start = [(p - lr * g).detach().requires_grad_() for p, g in zip(start, slopes, strict=True)]
    return torch.autograd.grad(outer_loss(start), start, materialize_grads=True)


def hutchinson_trace(matvec, like: Tensor, samples: int):
    found = []
    for _ in range(samples):
        z = torch.randn_like(like)
        z = z / z.norm()
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5
