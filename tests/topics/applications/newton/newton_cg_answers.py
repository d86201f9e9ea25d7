"""Answers to `newton_cg_step`: right by several products, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from topics.applications.newton.given import conjugate_gradient, gradient, hessian_matrix, hvp

Answer = Callable[..., Any]


def newton_cg_with_kept_graph(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()  # so that a linear function has a second derivative, too
    (g,) = torch.autograd.grad(y, x, create_graph=True)

    def product(v: Tensor) -> Tensor:
        return torch.autograd.grad(g, x, v, retain_graph=True)[0]

    b = -g.detach()
    d, steps, status = conjugate_gradient(product, b, rtol=rtol, maxiter=maxiter)
    return b if steps == 0 and status == "negative curvature" else d


def newton_cg_forward_over_reverse(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    at, slope = inputs.detach(), torch.func.grad(func)
    side = -slope(at)
    found = conjugate_gradient(
        lambda v: torch.func.jvp(slope, (at,), (v,))[1], side, rtol=rtol, maxiter=maxiter
    )
    return found.x if found.steps > 0 else side


def newton_cg_by_pulling_back(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope, pull = torch.func.vjp(torch.func.grad(func), inputs.detach())
    found = conjugate_gradient(lambda v: pull(v)[0], -slope, rtol=rtol, maxiter=maxiter)
    if found.status == "negative curvature" and not found.x.any():
        return -slope
    return found.x


def newton_cg_in_one_loop(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs)
    limit = 10 * g.numel() if maxiter is None else maxiter
    d, r = torch.zeros_like(g), g.clone()
    p, rr = -r, (r * r).sum()
    for step in range(limit):
        if rr.sqrt() <= rtol * g.norm():
            return d
        bent = hvp(func, inputs, p)
        bend = (p * bent).sum()
        if bend <= 0:
            return d if step else -g
        d, r = d + rr / bend * p, r + rr / bend * bent
        before, rr = rr, (r * r).sum()
        p = rr / before * p - r
    return d


def newton_cg_by_ready_made_products(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x = inputs.detach()

    def product(v: Tensor) -> Tensor:
        return torch.autograd.functional.vhp(func, x, v)[1]

    downhill = -gradient(func, x)
    d, steps, _ = conjugate_gradient(product, downhill, rtol=rtol, maxiter=maxiter)
    return d if steps else downhill


def newton_cg_by_a_linear_map(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope, product = torch.func.linearize(torch.func.grad(func), inputs.detach())
    found = conjugate_gradient(product, -slope, rtol=rtol, maxiter=maxiter)
    return found.x if found.steps else -slope


def cg_missing_minus_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs)
    found = conjugate_gradient(lambda v: hvp(func, inputs, v), g, rtol=rtol, maxiter=maxiter)
    return g if found.steps == 0 else found.x


def cg_missing_minus_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope, pull = torch.func.vjp(torch.func.grad(func), inputs)
    x, _, status = conjugate_gradient(lambda p: pull(p)[0], slope, rtol=rtol, maxiter=maxiter)
    return slope if status == "negative curvature" and not x.any() else x


def zero_at_negative_curvature_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    def product(p: Tensor) -> Tensor:
        return hvp(func, inputs, p)

    return conjugate_gradient(product, -gradient(func, inputs), rtol=rtol, maxiter=maxiter).x


def zero_at_negative_curvature_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = torch.func.grad(func)
    x, d, r = inputs.detach(), torch.zeros_like(inputs), -slope(inputs.detach())
    p, goal = r, rtol * r.norm()
    for _ in range(10 * x.numel() if maxiter is None else maxiter):
        bent = torch.func.jvp(slope, (x,), (p,))[1]
        if r.norm() <= goal or (p * bent).sum() <= 0:
            break
        alpha = (r * r).sum() / (p * bent).sum()
        d, new = d + alpha * p, r - alpha * bent
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
    return d


def through_negative_curvature_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    maxiter = 10 * inputs.numel() if maxiter is None else maxiter
    r = -gradient(func, inputs)
    d, p, goal = torch.zeros_like(r), r, rtol * r.norm()
    for _ in range(maxiter):
        if r.norm() <= goal:
            break
        bent = hvp(func, inputs, p)
        rr = (r * r).sum()
        d, r = d + rr / (p * bent).sum() * p, r - rr / (p * bent).sum() * bent
        p = r + (r * r).sum() / rr * p
    return d


def through_negative_curvature_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope, pull = torch.func.vjp(torch.func.grad(func), inputs)
    limit = 10 * slope.numel() if maxiter is None else maxiter
    d, r, steps = torch.zeros_like(slope), slope, 0
    p = -r
    while steps < limit and not r.norm() <= rtol * slope.norm():
        (q,) = pull(p)
        alpha = -(p * r).sum() / (p * q).sum()
        d, r, steps = d + alpha * p, r + alpha * q, steps + 1
        p = (r * q).sum() / (p * q).sum() * p - r
    return d


def gradient_at_any_negative_curvature_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs)
    d, _, status = conjugate_gradient(
        lambda p: hvp(func, inputs, p), -g, rtol=rtol, maxiter=maxiter
    )
    if status == "negative curvature":
        return -g
    return d


def gradient_at_any_negative_curvature_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    side = -gradient(func, inputs)
    limit = 10 * side.numel() if maxiter is None else maxiter
    d, r, p = torch.zeros_like(side), side, side
    for _ in range(limit):
        if r.norm() <= rtol * side.norm():
            break
        bent = torch.func.jvp(torch.func.grad(func), (inputs,), (p,))[1]
        if (p * bent).sum() <= 0:
            return side
        alpha = (r * r).sum() / (p * bent).sum()
        d, new = d + alpha * p, r - alpha * bent
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
    return d


def slope_alone_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    return -torch.func.grad(func)(inputs)


def slope_alone_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = gradient(func, inputs)
    return conjugate_gradient(lambda p: p, -slope, rtol=rtol, maxiter=maxiter).x


def slope_uphill_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    return torch.func.grad(func)(inputs)


def slope_uphill_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = gradient(func, inputs)
    return conjugate_gradient(lambda p: p, slope, rtol=rtol, maxiter=maxiter).x


def one_direction_only_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs)
    found = conjugate_gradient(lambda p: hvp(func, inputs, p), -g, rtol=rtol, maxiter=1)
    return -g if found.status == "negative curvature" else found.x


def one_direction_only_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs)
    bend = (g * hvp(func, inputs, g)).sum()
    return -(g * g).sum() / bend * g if bend > 0 else -g


def keywords_not_handed_on_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = gradient(func, inputs)
    found = conjugate_gradient(lambda p: hvp(func, inputs, p), -slope)
    return -slope if found.steps == 0 else found.x


def keywords_not_handed_on_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x, slope = inputs.detach(), torch.func.grad(func)
    side = -slope(x)
    d, r, p = torch.zeros_like(side), side, side
    for _ in range(10 * side.numel()):
        if r.norm() <= 1e-8 * side.norm():
            break
        q = torch.func.jvp(slope, (x,), (p,))[1]
        if (p * q).sum() <= 0:
            return d if d.any() else side
        rr = (r * r).sum()
        d, r = d + rr / (p * q).sum() * p, r - rr / (p * q).sum() * q
        p = r + (r * r).sum() / rr * p
    return d


def dense_solve_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    g = gradient(func, inputs).flatten()
    return -torch.linalg.solve(hessian_matrix(func, inputs), g).view(inputs.shape)


def dense_solve_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    n = inputs.numel()
    matrix = torch.func.hessian(func)(inputs).reshape(n, n)
    factors, pivots = torch.linalg.lu_factor(matrix)
    side = -torch.func.grad(func)(inputs).reshape(n, 1)
    return torch.linalg.lu_solve(factors, pivots, side).reshape(inputs.shape)


def matrix_inside_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    matrix, g = hessian_matrix(func, inputs), gradient(func, inputs)
    found = conjugate_gradient(
        lambda p: (matrix @ p.flatten()).view(p.shape), -g, rtol=rtol, maxiter=maxiter
    )
    return -g if found.steps == 0 else found.x


def matrix_inside_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    def product(p: Tensor) -> Tensor:
        matrix = torch.func.hessian(func)(inputs)
        return torch.tensordot(matrix, p, dims=p.dim())

    side = -gradient(func, inputs)
    d, steps, _ = conjugate_gradient(product, side, rtol=rtol, maxiter=maxiter)
    return d if steps else side


def products_by_rows_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)

    def product(p: Tensor) -> Tensor:
        found = torch.zeros_like(p).flatten()
        for i in range(x.numel()):
            (row,) = torch.autograd.grad(g.flatten()[i], x, retain_graph=True)
            found[i] = (row * p).sum()
        return found.view(p.shape)

    d, steps, _ = conjugate_gradient(product, -g.detach(), rtol=rtol, maxiter=maxiter)
    return d if steps else -g.detach()


def products_by_rows_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    def product(p: Tensor) -> Tensor:
        total = torch.zeros_like(p)
        for i in range(p.numel()):
            axis = torch.zeros_like(p)
            axis.view(-1)[i] = 1.0
            total += p.view(-1)[i] * hvp(func, inputs, axis)
        return total

    side = -gradient(func, inputs)
    d, steps, _ = conjugate_gradient(product, side, rtol=rtol, maxiter=maxiter)
    return side if steps == 0 else d


def products_not_exact_1(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x, slope = inputs.detach(), gradient(func, inputs)

    def product(p: Tensor) -> Tensor:
        step = 1e-6 / p.norm()
        return (gradient(func, x + step * p) - slope) / step

    d, steps, _ = conjugate_gradient(product, -slope, rtol=rtol, maxiter=maxiter)
    return d if steps else -slope


def products_not_exact_2(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    x, slope = inputs.detach(), gradient(func, inputs)

    def along(p: Tensor, step: float) -> Tensor:
        return gradient(func, x + step * p) - gradient(func, x - step * p)

    def product(p: Tensor) -> Tensor:
        unit = p / p.norm()
        return p.norm() * (8 * along(unit, 1e-3) - along(unit, 2e-3)) / 12e-3

    d, steps, _ = conjugate_gradient(product, -slope, rtol=rtol, maxiter=maxiter)
    return d if steps else -slope


RIGHT: list[tuple[str, Answer]] = [
    ("one recorded gradient for all products", newton_cg_with_kept_graph),
    ("forward over reverse", newton_cg_forward_over_reverse),
    ("the gradient pulled back", newton_cg_by_pulling_back),
    ("a loop of its own", newton_cg_in_one_loop),
    ("torch.autograd.functional", newton_cg_by_ready_made_products),
    ("the gradient, made linear once", newton_cg_by_a_linear_map),
]

WRONG: dict[str, list[Answer]] = {
    "cg_missing_minus": [cg_missing_minus_1, cg_missing_minus_2],
    "zero_at_negative_curvature": [zero_at_negative_curvature_1, zero_at_negative_curvature_2],
    "through_negative_curvature": [through_negative_curvature_1, through_negative_curvature_2],
    "gradient_at_any_negative_curvature": [
        gradient_at_any_negative_curvature_1,
        gradient_at_any_negative_curvature_2,
    ],
    "slope_uphill": [slope_uphill_1, slope_uphill_2],
    "slope_alone": [slope_alone_1, slope_alone_2],
    "one_direction_only": [one_direction_only_1, one_direction_only_2],
    "keywords_not_handed_on": [keywords_not_handed_on_1, keywords_not_handed_on_2],
    "dense_solve": [dense_solve_1, dense_solve_2],
    "products_not_exact": [products_not_exact_1, products_not_exact_2],
    "matrix_inside": [matrix_inside_1, matrix_inside_2],
    "products_by_rows": [products_by_rows_1, products_by_rows_2],
}
