"""Answers to `inverse_hvp`: right by several recursions, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def conjugate_gradients_in_place(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.detach().clone()
    p, rr = r.clone(), float((r * r).sum())
    stop = (1e-10 if v.dtype == torch.float64 else 1e-6) * rr**0.5
    while rr**0.5 > stop:
        ap = matvec(p) + damping * p
        alpha = rr / float((p * ap).sum())
        x += alpha * p
        r -= alpha * ap
        rr, old = float((r * r).sum()), rr
        p *= rr / old
        p += r
    return x


def conjugate_residuals(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    def damped(u: Tensor) -> Tensor:
        return matvec(u) + damping * u

    x, r = torch.zeros_like(v), v.clone()
    goal = max(1e-11, 20 * torch.finfo(v.dtype).eps) * v.norm()
    p, ar = r, damped(r)
    ap, rar = ar, (r * ar).sum()
    for _ in range(2000):
        if not bool(r.norm() > goal):
            break
        alpha = rar / (ap * ap).sum()
        x, r = x + alpha * p, r - alpha * ap
        ar = damped(r)
        rar, old = (r * ar).sum(), rar
        p = r + rar / old * p
        ap = ar + rar / old * ap
    return x


def scaled_neumann_series(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    if not bool(v.any()):
        return torch.zeros_like(v)
    rtol = 1e-10 if v.dtype == torch.float64 else 1e-5
    u = torch.cos(torch.arange(v.numel(), dtype=v.dtype, device=v.device)).reshape(v.shape)
    for _ in range(30):
        u = u / u.norm()
        u = matvec(u) + damping * u
    scale = 1 / (1.05 * u.norm())
    x, r = torch.zeros_like(v), v
    while bool(r.norm() > rtol * v.norm()):
        x = x + scale * r
        r = v - matvec(x) - damping * x
    return x


def steps_of_barzilai_and_borwein(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v
    goal = (1e-10 if v.dtype == torch.float64 else 1e-5) * v.norm()
    length: Tensor | None = None
    while bool(r.norm() > goal):
        image = matvec(r) + damping * r
        now = (r * r).sum() / (r * image).sum()
        # The step before this one's length, which is what makes it fast.
        step, length = now if length is None else length, now
        x, r = x + step * r, r - step * image
    return x


def minus_of_a_solution(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return -torch.linalg.solve(h + damping * eye, v.flatten()).view(v.shape)


def started_from_the_other_side(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), -v
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def solution_left_flat(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return torch.linalg.solve(h + damping * eye, v.flatten())


def flat_from_the_start(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x.reshape(-1)


def matrix_alone(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    return torch.linalg.solve(h, v.flatten()).view(v.shape)


def products_alone(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p)
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def matrix_less_damping(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return torch.linalg.solve(h - damping * eye, v.flatten()).view(v.shape)


def products_less_damping(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) - damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def matrix_and_a_share(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    return torch.linalg.solve(h + damping * h, v.flatten()).view(v.shape)


def products_and_a_share(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = (1 + damping) * matvec(p)
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def as_marquardt_has_it(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    return torch.linalg.solve(h + damping * torch.diag(torch.diag(h)), v.flatten()).view(v.shape)


def larger_diagonal(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    h.diagonal().mul_(1 + damping)
    return (torch.linalg.inv(h) @ v.flatten()).view(v.shape)


def solution_and_damping(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    return torch.linalg.solve(h, v.flatten()).view(v.shape) + damping * v


def steps_and_damping(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p)
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x + damping * v


def one_product(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    return matvec(v) + v * damping


def matrix_times_v(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return ((h + damping * eye) @ v.flatten()).view(v.shape)


def left_after_one_step(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(1):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def steepest_descent_once(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    q = matvec(v) + damping * v
    length = (v * v).sum() / (v * q).sum() if bool((v != 0).any()) else 1.0
    return length * v


def jacobi(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    return v / (torch.diag(h) + damping).view(v.shape)


def entries_of_unit_vectors(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    found = []
    for i in range(v.numel()):
        e = torch.zeros_like(v).flatten()
        e[i] = 1
        found.append(matvec(e.view(v.shape)).flatten()[i])
    return v / (torch.stack(found).view(v.shape) + damping)


def at_most_ten(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(10):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def recursion_depth(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-24 * rr
    for _ in range(min(10, 20 * v.numel())):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x.clone()


def rows_for_unknowns(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(len(v)):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def first_length_of_the_shape(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r, steps = torch.zeros_like(v), v, 0
    p = r
    while r.norm() > 1e-11 * v.norm() and steps < v.shape[0]:
        q = matvec(p) + damping * p
        a = (r * r).sum() / (p * q).sum()
        x, new = x + a * p, r - a * q
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
        steps += 1
    return x


def residual_below_a_number(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-24
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def norm_below_a_number(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = torch.tensor(1e-26, dtype=v.dtype, device=v.device)
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def series_of_a_thousand(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x = torch.zeros_like(v)
    for _ in range(1001):
        x = v + (x - (matvec(x) + damping * x))
    return x


def residual_added(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x = v.clone()
    for _ in range(1200):
        x = x + (v - matvec(x) - damping * x)
    return x


def inner_products_by_at(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r, p = torch.zeros_like(v), v.clone(), v.clone()
    enough = (1e-11 if v.dtype == torch.float64 else 1e-6) * v.norm()
    for _ in range(50 * v.numel()):
        if r.norm() <= enough:
            break
        q = matvec(p) + damping * p
        alpha = (r @ r) / (p @ q)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + (new @ new) / (r @ r) * p, new
    return x


def inner_products_by_dot(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, steps = r.clone(), 0
    while r.norm() > (5e-11 if v.dtype == torch.float64 else 5e-6) * v.norm() and steps < 6000:
        q = matvec(p) + damping * p
        size = torch.dot(r, r)
        x = x + size / torch.dot(p, q) * p
        r = r - size / torch.dot(p, q) * q
        p, steps = r + torch.dot(r, r) / size * p, steps + 1
    return x


def made_unit_first(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    length = v.norm()
    b = v / length
    x, r, p = torch.zeros_like(b), b, b
    rr = (r * r).sum()
    for _ in range(20 * b.numel()):
        q = matvec(p) + damping * p
        alpha = rr / (p * q).sum()
        x, r = x + alpha * p, r - alpha * q
        new = (r * r).sum()
        if new.sqrt() <= (5e-11 if v.dtype == torch.float64 else 5e-6):
            break
        p, rr = r + new / rr * p, new
    return x * length


def looks_after_the_step(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    goal = (1e-10 if v.dtype == torch.float64 else 1e-5) * v.norm()
    x, r, p = torch.zeros_like(v), v.clone(), v.clone()
    for _ in range(10 * v.numel()):
        q = matvec(p) + damping * p
        rr = (r * r).sum()
        x, r = x + rr / (p * q).sum() * p, r - rr / (p * q).sum() * q
        if r.norm() <= goal:
            break
        p = r + (r * r).sum() / rr * p
    return x


def three_hundred_steps(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    for _ in range(300):
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def no_look_for_a_while(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    for _ in range(150):
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def a_thousand_steps(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    for _ in range(1000):
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def no_look_at_the_residual(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    for _ in range(1500):
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def old_over_new(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-20 * rr
    for _ in range(10 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + old / rr * p
    return x


def inverse_of_the_ratio(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-20 * rr
    for _ in range(10 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + (rr / old) ** -1 * p
    return x


def stop_at_1e_6(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-12 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def sixty_steps(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-16 * rr
    for _ in range(60):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def square_below_1e_10(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-10 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def square_of_the_norm(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-10 * v.norm() ** 2
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def rounded_at_the_end(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return torch.linalg.solve(h + damping * eye, v.flatten()).view(v.shape).float()


def rounded_and_back(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return torch.linalg.solve(h + damping * eye, v.flatten()).view(v.shape).float().to(v.dtype)


def second_name_for_v(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    x, r = torch.zeros_like(v), v
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x += a * p
        r -= a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return x


def scaled_in_place(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    length = v.norm()
    if not length > 0:
        return torch.zeros_like(v)
    v /= length

    x, r = torch.zeros_like(v), v.clone()
    p, rr = r.clone(), (r * r).sum()
    enough = 1e-22 * rr
    for _ in range(20 * v.numel()):
        if rr <= enough:
            break
        q = matvec(p) + damping * p
        a = rr / (p * q).sum()
        x, r = x + a * p, r - a * q
        rr, old = (r * r).sum(), rr
        p = r + rr / old * p
    return length * x


def matrix_of_products(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    h = torch.stack(
        [
            matvec(e.view(v.shape)).flatten()
            for e in torch.eye(v.numel(), dtype=v.dtype, device=v.device)
        ]
    )
    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    return torch.linalg.solve(h + damping * eye, v.flatten()).view(v.shape)


def matrix_filled_row_by_row(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    n = v.numel()
    h = torch.zeros(n, n, dtype=v.dtype, device=v.device)
    for i in range(n):
        e = torch.zeros(n, dtype=v.dtype, device=v.device)
        e[i] = 1
        h[i] = matvec(e.view(v.shape)).flatten()
        h[i, i] += damping
    return torch.linalg.solve(h, v.flatten()).view(v.shape)


RIGHT: list[tuple[str, Answer]] = [
    ("conjugate gradients in place", conjugate_gradients_in_place),
    ("conjugate residuals", conjugate_residuals),
    ("scaled neumann series", scaled_neumann_series),
    ("steps of barzilai and borwein", steps_of_barzilai_and_borwein),
]
WRONG: dict[str, list[Answer]] = {
    "minus_too_early": [minus_of_a_solution, started_from_the_other_side],
    "answer_flattened": [solution_left_flat, flat_from_the_start],
    "damping_left_out": [matrix_alone, products_alone],
    "damping_taken_off": [matrix_less_damping, products_less_damping],
    "damping_as_a_share": [matrix_and_a_share, products_and_a_share],
    "damping_by_the_diagonal": [as_marquardt_has_it, larger_diagonal],
    "damping_on_the_answer": [solution_and_damping, steps_and_damping],
    "multiplied_not_solved": [one_product, matrix_times_v],
    "first_step_only": [left_after_one_step, steepest_descent_once],
    "divided_by_the_diagonal": [jacobi, entries_of_unit_vectors],
    "ten_steps_only": [at_most_ten, recursion_depth],
    "as_many_steps_as_rows": [rows_for_unknowns, first_length_of_the_shape],
    "stop_by_absolute_size": [residual_below_a_number, norm_below_a_number],
    "series_runs_away": [series_of_a_thousand, residual_added],
    "solves_for_vectors_only": [inner_products_by_at, inner_products_by_dot],
    "zero_divided": [made_unit_first, looks_after_the_step],
    "goes_on_at_zero": [three_hundred_steps, no_look_for_a_while],
    "goes_on_long_after_zero": [a_thousand_steps, no_look_at_the_residual],
    "ratio_upside_down": [old_over_new, inverse_of_the_ratio],
    "stops_too_early": [stop_at_1e_6, sixty_steps],
    "square_not_squared": [square_below_1e_10, square_of_the_norm],
    "solved_in_float32": [rounded_at_the_end, rounded_and_back],
    "works_in_v": [second_name_for_v, scaled_in_place],
    "matrix_row_by_row": [matrix_of_products, matrix_filled_row_by_row],
}
