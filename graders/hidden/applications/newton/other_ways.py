"""One more way for each task of `newton`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def newton_step(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Let torch.func make the Hessian, and take it apart into eigenvalues and axes.

    Dividing by the eigenvalues one by one shows what a solver does, at several times the cost.
    """
    x = inputs.detach()
    matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
    curvatures, axes = torch.linalg.eigh(matrix)
    if bool(curvatures.abs().min() <= len(matrix) * 2e-16 * curvatures.abs().max()):
        raise ValueError("the Hessian is singular: there is no Newton step")
    slopes = axes.mT @ torch.func.grad(func)(x).flatten()
    return -(axes @ (slopes / curvatures)).view(x.shape)


def newton(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    """Add to the diagonal until Cholesky succeeds, and no more than that.

    Nocedal and Wright, Numerical Optimization, algorithm 3.3, with Armijo's rule for the length. A
    factor costs less than eigenvalues, and a Hessian that is fine is left as it is.
    """

    def direction(matrix: Tensor, slope: Tensor) -> Tensor:
        unit = 1e-3 * max(float(matrix.norm()), 1e-8)
        lowest = float(matrix.diagonal().min())
        shift = 0.0 if lowest > 0 else unit - lowest
        identity = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
        while True:
            factor, fault = torch.linalg.cholesky_ex(matrix + shift * identity)
            if not fault and bool(factor.diagonal().min() > 0):
                return -torch.cholesky_solve(slope[:, None], factor)[:, 0]
            shift = max(2 * shift, unit)

    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        slope = torch.func.grad(func)(x).flatten()
        if float(slope.abs().max()) <= gtol:
            return x, steps, "converged"
        if steps < maxiter:
            matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
            step = direction(matrix, slope)
            height, fall, t = func(x), float(slope @ step), 1.0
            while t > 1e-10 and not bool(
                func(x + t * step.view(x.shape)) <= height + 0.1 * t * fall
            ):
                t = 0.3 * t
            x = (x + t * step.view(x.shape)).detach()
    return x, maxiter, "maxiter"


def conjugate_gradient(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    """Work in place on flat vectors, with the β of Polak and Ribière.

    In exact arithmetic it is the same number; it forgives a residual that rounding has touched.
    """
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p, size = r.clone(), torch.linalg.vector_norm(b)
    for steps in range(limit + 1):
        if bool(torch.linalg.vector_norm(r) <= rtol * size):
            return x.view(b.shape), steps, "converged"
        if steps < limit:
            q = matvec(p.view(b.shape)).flatten()
            curvature = torch.dot(p, q)
            if bool(curvature <= 0):
                return x.view(b.shape), steps, "negative curvature"
            before = r.clone()
            x.add_(torch.dot(r, r) / curvature * p)
            r.sub_(torch.dot(r, r) / curvature * q)
            p = r + torch.dot(r, r - before) / torch.dot(before, before) * p
    return x.view(b.shape), limit, "maxiter"


def newton_cg_step(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    """Record one gradient and keep its graph for all products.

    Each product is then a single pass backward, in place of two forward and two backward.
    """
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slope,) = torch.autograd.grad(value, x, create_graph=True)

    def product(p: Tensor) -> Tensor:
        return torch.autograd.grad(slope, x, p, retain_graph=True)[0]

    step, steps, _ = conjugate_gradient(product, -slope.detach(), rtol=rtol, maxiter=maxiter)
    return step if steps else -slope.detach()
