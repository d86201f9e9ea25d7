"""Answers to `implicit_maml_gradient`: right by several solvers, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from topics.applications.maml.given import as_vector, conjugate_gradient, gradient, hvp, like

Answer = Callable[..., Any]


def by_given_solver(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted))) / strength

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-11).x, adapted)


def by_forward_over_reverse(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)

    def product(u: Tensor) -> Tensor:
        return strength * u + as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])

    side = strength * as_vector(torch.func.grad(outer_loss)(own))
    return like(conjugate_gradient(product, side, rtol=1e-12).x, own)


def by_own_loop(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in adapted]
    value = inner_loss(own) + sum((0 * p * p).sum() for p in own)
    slope = as_vector(torch.autograd.grad(value, own, create_graph=True))
    b = as_vector(gradient(outer_loss, adapted))
    x, r, p = torch.zeros_like(b), b, b
    for _ in range(10 * len(b)):
        if r.norm() <= 1e-11 * b.norm():
            break
        q = p + as_vector(torch.autograd.grad(slope, own, p, retain_graph=True)) / strength
        alpha = (r @ r) / (p @ q)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + (new @ new) / (r @ r) * p, new
    return like(x, adapted)


def by_conjugate_residuals(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope, pull = torch.func.vjp(torch.func.grad(inner_loss), own)
    b = as_vector(torch.func.grad(outer_loss)(own))
    x, r = torch.zeros_like(b), b.clone()

    def times(u: Tensor) -> Tensor:
        return u + as_vector(pull(like(u, own))[0]) / strength

    p, ar = r.clone(), times(r)
    ap = ar.clone()
    for _ in range(10 * len(b)):
        if r.norm() <= 1e-11 * b.norm():
            break
        alpha = (r @ ar) / (ap @ ap)
        x, r, before = x + alpha * p, r - alpha * ap, r @ ar
        ar = times(r)
        beta = (r @ ar) / before
        p, ap = r + beta * p, ar + beta * ap
    return like(x, own)


def inverse_left_out_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    return gradient(outer_loss, adapted)


def inverse_left_out_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    found = conjugate_gradient(lambda u: u, as_vector(torch.func.grad(outer_loss)(own)), rtol=1e-10)
    return like(found.x, own)


def multiplied_for_solved_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    v = gradient(outer_loss, adapted)
    bent = hvp(inner_loss, adapted, v)
    return tuple(u + h / strength for u, h in zip(v, bent, strict=True))


def multiplied_for_solved_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    v = torch.func.grad(outer_loss)(own)
    bent = torch.func.jvp(torch.func.grad(inner_loss), (own,), (v,))[1]
    return like(as_vector(v) + as_vector(bent) / strength, own)


def first_term_of_the_series_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    v = gradient(outer_loss, adapted)
    bent = hvp(inner_loss, adapted, v)
    return tuple(u - h / strength for u, h in zip(v, bent, strict=True))


def first_term_of_the_series_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    v = torch.func.grad(outer_loss)(own)
    bent = torch.func.jvp(torch.func.grad(inner_loss), (own,), (v,))[1]
    return like(as_vector(v) - as_vector(bent) / strength, own)


def strength_as_damping_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return strength * u + as_vector(hvp(inner_loss, adapted, like(u, adapted)))

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-11).x, adapted)


def strength_as_damping_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row)
    h.diagonal().add_(strength)
    return like(torch.linalg.solve(h, as_vector(torch.func.grad(outer_loss)(own))), own)


def strength_left_out_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    side = as_vector(gradient(outer_loss, adapted))
    axes = torch.eye(len(side), dtype=side.dtype)
    rows = [e + as_vector(hvp(inner_loss, adapted, like(e, adapted))) for e in axes]
    return like(torch.linalg.solve(torch.stack(rows), side), adapted)


def strength_left_out_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row)
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) + h
    side = as_vector(torch.func.grad(outer_loss)(own))
    return like(torch.linalg.solve(matrix, side), own)


def implicit_sign_turned_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    side = as_vector(gradient(outer_loss, adapted))
    axes = torch.eye(len(side), dtype=side.dtype)
    rows = [e + as_vector(hvp(inner_loss, adapted, like(e, adapted))) / strength for e in axes]
    return like(-torch.linalg.solve(torch.stack(rows), side), adapted)


def implicit_sign_turned_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row) / strength
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) + h
    side = -as_vector(torch.func.grad(outer_loss)(own))
    return like(torch.linalg.solve(matrix, side), own)


def strength_left_out_in_products_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted)))

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-10).x, adapted)


def strength_left_out_in_products_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    return like(conjugate_gradient(lambda u: bent(u) + u, side, rtol=1e-11).x, own)


def multiplied_by_the_strength_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    side = as_vector(gradient(outer_loss, adapted))
    axes = torch.eye(len(side), dtype=side.dtype)
    rows = [e + strength * as_vector(hvp(inner_loss, adapted, like(e, adapted))) for e in axes]
    return like(torch.linalg.solve(torch.stack(rows), side), adapted)


def multiplied_by_the_strength_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = strength * torch.func.hessian(lambda u: inner_loss(like(u, own)))(row)
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) + h
    return like(torch.linalg.solve(matrix, as_vector(torch.func.grad(outer_loss)(own))), own)


def minus_in_the_matrix_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row) / strength
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) - h
    return like(torch.linalg.solve(matrix, as_vector(torch.func.grad(outer_loss)(own))), own)


def minus_in_the_matrix_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    axes = torch.eye(len(as_vector(adapted)), dtype=adapted[0].dtype)
    rows = [e - as_vector(hvp(inner_loss, adapted, like(e, adapted))) / strength for e in axes]
    side = as_vector(gradient(outer_loss, adapted))
    return like(torch.linalg.lstsq(torch.stack(rows), side[:, None]).solution[:, 0], adapted)


def curvature_of_the_outer_loss_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(outer_loss, adapted, like(u, adapted))) / strength

    side = as_vector(gradient(outer_loss, adapted))
    axes = torch.eye(len(side), dtype=side.dtype)
    return like(torch.linalg.solve(torch.stack([product(e) for e in axes]), side), adapted)


def curvature_of_the_outer_loss_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: outer_loss(like(u, own)))(row)
    matrix = strength * torch.eye(len(row), dtype=row.dtype, device=row.device) + h
    side = strength * as_vector(gradient(outer_loss, own))
    return like(torch.linalg.solve(matrix, side), own)


def losses_swapped_in_the_equation_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: outer_loss(like(u, own)))(row)
    matrix = strength * torch.eye(len(row), dtype=row.dtype, device=row.device) + h
    side = strength * as_vector(gradient(inner_loss, own))
    return like(torch.linalg.solve(matrix, side), own)


def losses_swapped_in_the_equation_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.jacrev(torch.func.grad(lambda u: outer_loss(like(u, own))))(row)
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) + h / strength
    side = as_vector(torch.func.grad(inner_loss)(own))
    return like(torch.linalg.solve(matrix, side[:, None])[:, 0], own)


def slope_of_the_inner_loss_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted))) / strength

    side = as_vector(gradient(inner_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-11).x, adapted)


def slope_of_the_inner_loss_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = strength * as_vector(slope(own))
    found = conjugate_gradient(
        lambda u: strength * u + as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1]),
        side,
        rtol=1e-12,
    )
    return like(found.x, own)


def diagonal_curvature_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row).diagonal()
    return like(as_vector(gradient(outer_loss, own)) * strength / (h + strength), own)


def diagonal_curvature_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    side = as_vector(gradient(outer_loss, adapted))
    axes = torch.eye(len(side), dtype=side.dtype)
    bends = torch.stack([e @ as_vector(hvp(inner_loss, adapted, like(e, adapted))) for e in axes])
    return like(side / (1 + bends / strength), adapted)


def each_tensor_solved_alone_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    found = []
    slopes = gradient(outer_loss, adapted)
    for i, part in enumerate(slopes):

        def product(u: Tensor, i: int = i) -> Tensor:
            alone = [torch.zeros_like(p) for p in adapted]
            alone[i] = u
            return u + hvp(inner_loss, adapted, alone)[i] / strength

        found.append(conjugate_gradient(product, part, rtol=1e-12).x)
    return tuple(found)


def each_tensor_solved_alone_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own, found = [p.detach() for p in adapted], []
    for i, part in enumerate(gradient(outer_loss, own)):

        def alone(p: Tensor, i: int = i) -> Tensor:
            return inner_loss([*own[:i], p, *own[i + 1 :]])

        n = part.numel()
        h = torch.func.hessian(alone)(own[i]).reshape(n, n) + strength * torch.eye(
            n, dtype=part.dtype
        )
        found.append(torch.linalg.solve(h, strength * part.reshape(n)).reshape(part.shape))
    return tuple(found)


def one_direction_of_the_solver_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted))) / strength

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, maxiter=1).x, adapted)


def one_direction_of_the_solver_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    v = gradient(outer_loss, adapted)
    bent = hvp(inner_loss, adapted, v)
    size = sum((u * u).sum() for u in v)
    bend = size + sum((u * h).sum() for u, h in zip(v, bent, strict=True)) / strength
    return tuple(u * (size / bend) if size > 0 else u for u in v)


def hessian_solved_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row)
    matrix = torch.eye(len(row), dtype=row.dtype, device=row.device) + h / strength
    return like(torch.linalg.solve(matrix, as_vector(torch.func.grad(outer_loss)(own))), own)


def hessian_solved_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    row = as_vector(own)
    slope = lambda u: as_vector(torch.func.grad(inner_loss)(like(u, own)))  # noqa: E731
    h = torch.func.jacrev(slope)(row) + strength * torch.eye(
        len(row), dtype=row.dtype, device=row.device
    )
    factor = torch.linalg.cholesky(h)
    side = strength * as_vector(gradient(outer_loss, own))
    return like(torch.cholesky_solve(side[:, None], factor)[:, 0], own)


def multiplied_by_the_strength_in_products_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return u + strength * bent

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-10).x, adapted)


def multiplied_by_the_strength_in_products_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    found = conjugate_gradient(lambda u: u + strength * bent(u), side, rtol=1e-11)
    return like(found.x, own)


def identity_twice_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return 2 * u + bent / strength

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-10).x, adapted)


def identity_twice_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    axes = torch.eye(len(side), dtype=side.dtype)
    h = torch.stack([e + bent(e) / strength for e in axes])
    return like(torch.linalg.solve(h + axes, side), own)


def minus_in_the_products_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return u - bent / strength

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-10).x, adapted)


def minus_in_the_products_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    found = conjugate_gradient(lambda u: u - bent(u) / strength, side, rtol=1e-11)
    return like(found.x, own)


def solution_in_one_row_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return u + bent / strength

    side = as_vector(gradient(outer_loss, adapted))
    return conjugate_gradient(product, side, rtol=1e-10).x


def solution_in_one_row_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    axes = torch.eye(len(side), dtype=side.dtype, device=side.device)
    return torch.linalg.solve(torch.stack([e + bent(e) / strength for e in axes]), side)


def solved_too_loosely_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return u + bent / strength

    side = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, side, rtol=1e-4).x, adapted)


def solved_too_loosely_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    found = conjugate_gradient(lambda u: strength * u + bent(u), strength * side, rtol=1e-5)
    return like(found.x, own)


def series_grows_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    def product(u: Tensor) -> Tensor:
        bent = as_vector(hvp(inner_loss, adapted, like(u, adapted)))
        return u + bent / strength

    side = as_vector(gradient(outer_loss, adapted))
    x = side
    for _ in range(60):
        x = side + x - product(x)
    return like(x, adapted)


def series_grows_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> object:
    own = tuple(p.detach() for p in adapted)
    slope = torch.func.grad(inner_loss)
    side = as_vector(torch.func.grad(outer_loss)(own))
    bent = lambda u: as_vector(torch.func.jvp(slope, (own,), (like(u, own),))[1])  # noqa: E731
    term, total = side, side
    for _ in range(500):
        term = -bent(term) / strength
        total = total + term
    return like(total, own)


RIGHT: list[tuple[str, Answer]] = [
    ("conjugate gradients on products by double backward", by_given_solver),
    ("forward over reverse", by_forward_over_reverse),
    ("one recorded gradient and a loop of its own", by_own_loop),
    ("minimal residuals, direction by direction", by_conjugate_residuals),
]

WRONG: dict[str, list[Answer]] = {
    "inverse_left_out": [inverse_left_out_1, inverse_left_out_2],
    "multiplied_for_solved": [multiplied_for_solved_1, multiplied_for_solved_2],
    "first_term_of_the_series": [first_term_of_the_series_1, first_term_of_the_series_2],
    "strength_as_damping": [strength_as_damping_1, strength_as_damping_2],
    "strength_left_out": [strength_left_out_1, strength_left_out_2],
    "strength_left_out_in_products": [
        strength_left_out_in_products_1,
        strength_left_out_in_products_2,
    ],
    "implicit_sign_turned": [implicit_sign_turned_1, implicit_sign_turned_2],
    "multiplied_by_the_strength": [multiplied_by_the_strength_1, multiplied_by_the_strength_2],
    "minus_in_the_matrix": [minus_in_the_matrix_1, minus_in_the_matrix_2],
    "curvature_of_the_outer_loss": [curvature_of_the_outer_loss_1, curvature_of_the_outer_loss_2],
    "losses_swapped_in_the_equation": [
        losses_swapped_in_the_equation_1,
        losses_swapped_in_the_equation_2,
    ],
    "slope_of_the_inner_loss": [slope_of_the_inner_loss_1, slope_of_the_inner_loss_2],
    "diagonal_curvature": [diagonal_curvature_1, diagonal_curvature_2],
    "each_tensor_solved_alone": [each_tensor_solved_alone_1, each_tensor_solved_alone_2],
    "one_direction_of_the_solver": [one_direction_of_the_solver_1, one_direction_of_the_solver_2],
    "hessian_solved": [hessian_solved_1, hessian_solved_2],
    "multiplied_by_the_strength_in_products": [
        multiplied_by_the_strength_in_products_1,
        multiplied_by_the_strength_in_products_2,
    ],
    "identity_twice": [identity_twice_1, identity_twice_2],
    "minus_in_the_products": [minus_in_the_products_1, minus_in_the_products_2],
    "solution_in_one_row": [solution_in_one_row_1, solution_in_one_row_2],
    "solved_too_loosely": [solved_too_loosely_1, solved_too_loosely_2],
    "series_grows": [series_grows_1, series_grows_2],
}
