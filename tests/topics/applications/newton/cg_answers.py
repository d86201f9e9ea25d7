"""Answers to `conjugate_gradient`: right by several recursions, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from topics.applications.newton.given import Result

Answer = Callable[..., Any]


def cg_of_a_textbook(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    n = b.numel()
    limit = 10 * n if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p, goal = r.clone(), rtol * torch.linalg.vector_norm(b).item()
    if torch.linalg.vector_norm(r).item() <= goal:
        return x.view(b.shape), 0, "converged"
    for k in range(limit):
        product = matvec(p.view(b.shape)).flatten()
        curvature = torch.dot(p, product).item()
        if curvature <= 0:
            return x.view(b.shape), k, "negative curvature"
        rr = torch.dot(r, r).item()
        x += rr / curvature * p
        r -= rr / curvature * product
        if torch.linalg.vector_norm(r).item() <= goal:
            return x.view(b.shape), k + 1, "converged"
        p = r + torch.dot(r, r).item() / rr * p
    return x.view(b.shape), limit, "maxiter"


def cg_with_refreshed_residual(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x = torch.zeros_like(b)
    r = b.detach()
    p, k = r, 0
    while torch.linalg.vector_norm(r) > rtol * torch.linalg.vector_norm(b):
        if k >= limit:
            return Result(x, k, "maxiter")
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature.item() <= 0:
            return Result(x, k, "negative curvature")
        a = torch.sum(r * r) / curvature
        x, k = x + a * p, k + 1
        new = b - matvec(x) if k % 20 == 0 else r - a * q
        p = new + torch.sum(new * new) / torch.sum(r * r) * p
        r = new
    return Result(x, k, "converged")


def cg_of_hestenes_and_stiefel(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    def dot(u: Tensor, v: Tensor) -> Tensor:
        return (u * v).sum()

    left = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach().clone(), 0
    p = r
    while not r.norm() <= rtol * b.norm():
        if left == 0:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        if not dot(p, product) > 0:
            return Result(x, steps, "negative curvature")
        alpha = dot(p, r) / dot(p, product)
        x = x + alpha * p
        r = r - alpha * product
        p = r - dot(r, product) / dot(p, product) * p
        steps, left = steps + 1, left - 1
    return Result(x, steps, "converged")


def cg_with_products_of_residuals(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p, s = torch.zeros_like(b), torch.zeros_like(b)
    before = 0.0
    for steps in range(maxiter + 1):
        size = float((r * r).sum())
        if size**0.5 <= rtol * float(b.norm()):
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        beta = size / before if before else 0.0
        p, s = r + beta * p, matvec(r) + beta * s
        curvature = float((p * s).sum())
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r, before = x + size / curvature * p, r - size / curvature * s, size
    return Result(x, maxiter, "maxiter")


def cg_of_unit_length(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    limit = b.numel() * 10 if maxiter is None else maxiter
    length = torch.linalg.vector_norm(b)
    if length == 0:
        return Result(torch.zeros_like(b), 0, "converged")
    x, r = torch.zeros_like(b), b.detach() / length
    p, squares = r, torch.ones_like(length)
    for steps in range(limit):
        q = matvec(p)
        bend = torch.tensordot(p, q, dims=p.dim())
        if not bend > 0:
            return Result(length * x, steps, "negative curvature")
        x = torch.addcmul(x, squares / bend, p)
        r = torch.addcmul(r, -squares / bend, q)
        before, squares = squares, torch.tensordot(r, r, dims=r.dim())
        if squares <= rtol**2:
            return Result(length * x, steps + 1, "converged")
        p = torch.lerp(r, r + p, squares / before)
    return Result(length * x, limit, "maxiter")


def steepest_descent_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    while r.norm() > rtol * b.norm():
        if steps == limit:
            return Result(x, steps, "maxiter")
        product = matvec(r)
        if (r * product).sum() <= 0:
            return Result(x, steps, "negative curvature")
        alpha = (r * r).sum() / (r * product).sum()
        x, r, steps = x + alpha * r, r - alpha * product, steps + 1
    return Result(x, steps, "converged")


def steepest_descent_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, p = torch.zeros_like(b), b.detach().clone()
    for k in range(maxiter):
        if torch.linalg.vector_norm(p) <= rtol * torch.linalg.vector_norm(b):
            return x, k, "converged"
        q = matvec(p)
        curvature = torch.dot(p.flatten(), q.flatten())
        if curvature <= 0:
            return x, k, "negative curvature"
        step = torch.dot(p.flatten(), p.flatten()) / curvature
        x = x + step * p
        p = p - step * q
    done = bool(torch.linalg.vector_norm(p) <= rtol * torch.linalg.vector_norm(b))
    return x, maxiter, "converged" if done else "maxiter"


def beta_inverted_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p = r + rr / new * p
        rr, steps = new, steps + 1
    return Result(x, steps, "converged")


def beta_inverted_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(limit + 1):
        if r.norm() <= rtol * b.norm():
            return x.view(b.shape), k, "converged"
        if k == limit:
            break
        q = matvec(p.view(b.shape)).flatten()
        if p @ q <= 0:
            return x.view(b.shape), k, "negative curvature"
        alpha = r @ r / (p @ q)
        x = x + alpha * p
        new = r - alpha * q
        beta = (r @ r) / (new @ new)
        p, r = new + beta * p, new
    return x.view(b.shape), limit, "maxiter"


def beta_not_squared_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p = r
    while r.norm() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        alpha, before = r.norm() ** 2 / curvature, r.norm()
        x, r = x + alpha * p, r - alpha * product
        p, steps = r + r.norm() / before * p, steps + 1
    return Result(x, steps, "converged")


def beta_not_squared_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p, size = r.clone(), torch.linalg.vector_norm(r)
    goal = rtol * size
    for k in range(limit + 1):
        if size <= goal:
            return x, k, "converged"
        if k == limit:
            break
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature <= 0:
            return x, k, "negative curvature"
        x.add_(size**2 / curvature * p)
        r.sub_(size**2 / curvature * q)
        old, size = size, torch.linalg.vector_norm(r)
        p.mul_(size / old).add_(r)
    return x, limit, "maxiter"


def beta_negative_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        beta = (r * r).sum() / rr
        p, rr, steps = r - beta * p, (r * r).sum(), steps + 1
    return Result(x, steps, "converged")


def beta_negative_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    def dot(u: Tensor, v: Tensor) -> Tensor:
        return (u * v).sum()

    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach().clone(), 0
    p = r
    while r.norm() > rtol * b.norm():
        if steps == limit:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        if dot(p, product) <= 0:
            return Result(x, steps, "negative curvature")
        before = dot(r, r)
        alpha = before / dot(p, product)
        x = x + alpha * p
        r = r - alpha * product
        p = r + (-dot(r, r) / before) * p
        steps += 1
    return Result(x, steps, "converged")


def alpha_of_lengths_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while not rr.sqrt() <= rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        if (p * product).sum() <= 0:
            return Result(x, steps, "negative curvature")
        alpha = rr / (p * p).sum()
        x, r = x + alpha * p, r - alpha * product
        before, rr = rr, (r * r).sum()
        p, steps = r + rr / before * p, steps + 1
    return Result(x, steps, "converged")


def alpha_of_lengths_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(limit + 1):
        if r.norm() <= rtol * b.norm():
            return x.view(b.shape), k, "converged"
        if k == limit:
            break
        q = matvec(p.view(b.shape)).flatten()
        if torch.dot(p, q) <= 0:
            return x.view(b.shape), k, "negative curvature"
        alpha = torch.dot(r, r) / torch.dot(p, p)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + torch.dot(new, new) / torch.dot(r, r) * p, new
    return x.view(b.shape), limit, "maxiter"


def direction_from_the_old_residual_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p = r
    while not r.norm() <= rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        alpha = (r * r).sum() / curvature
        x, new = x + alpha * p, r - alpha * product
        p = r + (new * new).sum() / (r * r).sum() * p
        r, steps = new, steps + 1
    return Result(x, steps, "converged")


def direction_from_the_old_residual_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    goal = rtol * torch.linalg.vector_norm(b)
    x, r = torch.zeros_like(b), b.detach().clone()
    p, rr = r.clone(), torch.sum(r * r)
    for k in range(limit + 1):
        if torch.sqrt(rr) <= goal:
            return x, k, "converged"
        if k == limit:
            break
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature <= 0:
            return x, k, "negative curvature"
        alpha = rr / curvature
        after = torch.sum((r - alpha * q) ** 2)
        x, p, r = x + alpha * p, r + after / rr * p, r - alpha * q
        rr = after
    return x, limit, "maxiter"


def wrong_sign_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x - rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def wrong_sign_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), -b.detach()
    p = r.clone()
    for k in range(limit + 1):
        if r.norm() <= rtol * b.norm():
            return x, k, "converged"
        if k == limit:
            break
        q = matvec(p)
        if (p * q).sum() <= 0:
            return x, k, "negative curvature"
        alpha = (r * r).sum() / (p * q).sum()
        x, new = x + alpha * p, r - alpha * q
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
    return x, limit, "maxiter"


def absolute_tolerance_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p = r
    while r.norm() > rtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        rr = (r * r).sum()
        x, r = x + rr / curvature * p, r - rr / curvature * product
        p, steps = r + (r * r).sum() / rr * p, steps + 1
    return Result(x, steps, "converged")


def absolute_tolerance_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p, rr = r.clone(), torch.sum(r * r)
    for k in range(limit + 1):
        if rr <= rtol**2:
            return x, k, "converged"
        if k == limit:
            break
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature <= 0:
            return x, k, "negative curvature"
        x += rr / curvature * p
        r -= rr / curvature * q
        before, rr = rr, torch.sum(r * r)
        p = r + rr / before * p
    return x, limit, "maxiter"


def squared_tolerance_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr > rtol * (b * b).sum():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def squared_tolerance_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p, first = r.clone(), torch.sum(r * r)
    if first == 0:
        return x, 0, "converged"
    for k in range(limit):
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature <= 0:
            return x, k, "negative curvature"
        before = torch.sum(r * r)
        x, r = x + before / curvature * p, r - before / curvature * q
        after = torch.sum(r * r)
        if after / first <= rtol:
            return x, k + 1, "converged"
        p = r + after / before * p
    return x, limit, "maxiter"


def curvature_not_looked_at_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while not rr.sqrt() <= rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        alpha = rr / (p * product).sum()
        x, r = x + alpha * p, r - alpha * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def curvature_not_looked_at_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p, size = r.clone(), torch.linalg.vector_norm(b)
    for k in range(limit + 1):
        if torch.linalg.vector_norm(r) <= rtol * size:
            return x.view(b.shape), k, "converged"
        if k < limit:
            q = matvec(p.view(b.shape)).flatten()
            rr = torch.dot(r, r)
            x = x + rr / torch.dot(p, q) * p
            r = r - rr / torch.dot(p, q) * q
            p = r + torch.dot(r, r) / rr * p
    return x.view(b.shape), limit, "maxiter"


def zero_curvature_divided_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while not rr.sqrt() <= rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature < 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def zero_curvature_divided_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(limit + 1):
        if torch.linalg.vector_norm(r) <= rtol * torch.linalg.vector_norm(b):
            return x.view(b.shape), k, "converged"
        if k == limit:
            break
        q = matvec(p.view(b.shape)).flatten()
        if torch.sign(torch.dot(p, q)) == -1:
            return x.view(b.shape), k, "negative curvature"
        alpha = torch.dot(r, r) / torch.dot(p, q)
        new = r - alpha * q
        x, p, r = x + alpha * p, new + torch.dot(new, new) / torch.dot(r, r) * p, new
    return x.view(b.shape), limit, "maxiter"


def silent_when_steps_run_out_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm() and steps < maxiter:
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def silent_when_steps_run_out_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p, status, k = r.clone(), "converged", 0
    for k in range(limit + 1):
        if k == limit or r.norm() <= rtol * b.norm():
            break
        q = matvec(p.view(b.shape)).flatten()
        if p.dot(q) <= 0:
            status = "negative curvature"
            break
        rr = r.dot(r)
        x, r = x + rr / p.dot(q) * p, r - rr / p.dot(q) * q
        p = r + r.dot(r) / rr * p
    return x.view(b.shape), k, status


def last_residual_not_looked_at_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while steps < maxiter:
        if rr.sqrt() <= rtol * b.norm():
            return Result(x, steps, "converged")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "maxiter")


def last_residual_not_looked_at_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(limit):
        if r.norm() <= rtol * b.norm():
            return x.view(b.shape), k, "converged"
        q = matvec(p.view(b.shape)).flatten()
        if p.dot(q) <= 0:
            return x.view(b.shape), k, "negative curvature"
        rr = r.dot(r)
        x, r = x + rr / p.dot(q) * p, r - rr / p.dot(q) * q
        p = r + r.dot(r) / rr * p
    return x.view(b.shape), limit, "maxiter"


def maxiter_is_n_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    if maxiter is None:
        maxiter = b.numel()
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def maxiter_is_n_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    x, r = torch.zeros_like(b), b.detach().clone()
    limit = maxiter if maxiter is not None else len(b.flatten())
    p = r.clone()
    for k in range(limit + 1):
        if torch.linalg.vector_norm(r) <= rtol * torch.linalg.vector_norm(b):
            return x, k, "converged"
        if k == limit:
            break
        q = matvec(p)
        curvature = torch.sum(p * q)
        if curvature <= 0:
            return x, k, "negative curvature"
        alpha = torch.sum(r * r) / curvature
        x, new = x + alpha * p, r - alpha * q
        p, r = new + torch.sum(new * new) / torch.sum(r * r) * p, new
    return x, limit, "maxiter"


def residual_made_anew_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x = x + rr / curvature * p
        r = b - matvec(x)
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def residual_made_anew_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p = r.clone()
    for k in range(limit + 1):
        if r.norm() <= rtol * b.norm():
            return x, k, "converged"
        if k == limit:
            break
        if (p * matvec(p)).sum() <= 0:
            return x, k, "negative curvature"
        alpha = (r * r).sum() / (p * matvec(p)).sum()
        x, new = x + alpha * p, r - alpha * matvec(p)
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
    return x, limit, "maxiter"


def matrix_made_first_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    columns = []
    for i in range(b.numel()):
        unit = torch.zeros_like(b).flatten()
        unit[i] = 1.0
        columns.append(matvec(unit.view(b.shape)).flatten())
    matrix = torch.stack(columns, dim=1)
    return Result(torch.linalg.solve(matrix, b.flatten()).view(b.shape), 1, "converged")


def matrix_made_first_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    n = b.numel()
    axes = torch.eye(n, dtype=b.dtype, device=b.device).reshape(n, *b.shape)
    matrix = torch.func.vmap(matvec)(axes).reshape(n, n)
    return torch.linalg.solve(matrix, b.reshape(n, 1)).reshape(b.shape), 1, "converged"


def returns_the_residual_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(b - matvec(x), steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(b - matvec(x), steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(b - matvec(x), steps, "converged")


def returns_the_residual_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach().clone()
    p = r.clone()
    for k in range(limit + 1):
        if r.norm() <= rtol * b.norm():
            return b - matvec(x), k, "converged"
        if k == limit:
            break
        q = matvec(p)
        if (p * q).sum() <= 0:
            return b - matvec(x), k, "negative curvature"
        alpha = (r * r).sum() / (p * q).sum()
        x, new = x + alpha * p, r - alpha * q
        p, r = new + (new * new).sum() / (r * r).sum() * p, new
    return b - matvec(x), limit, "maxiter"


def b_at_negative_curvature_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(b.clone(), steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def b_at_negative_curvature_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(limit + 1):
        if torch.linalg.vector_norm(r) <= rtol * torch.linalg.vector_norm(b):
            return x.view(b.shape), k, "converged"
        if k == limit:
            break
        q = matvec(p.view(b.shape)).flatten()
        if not torch.dot(p, q) > 0:
            return b.detach() * 1.0, k, "negative curvature"
        alpha = torch.dot(r, r) / torch.dot(p, q)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + torch.dot(new, new - r) / torch.dot(r, r) * p, new
    return x.view(b.shape), limit, "maxiter"


def steps_counted_from_one_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 1
    p, rr = r, (r * r).sum()
    while rr.sqrt() > rtol * b.norm():
        if steps > maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr, steps = r + new / rr * p, new, steps + 1
    return Result(x, steps, "converged")


def steps_counted_from_one_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b).flatten(), b.detach().flatten().clone()
    p = r.clone()
    for k in range(1, limit + 2):
        if torch.linalg.vector_norm(r) <= rtol * torch.linalg.vector_norm(b):
            return x.view(b.shape), k, "converged"
        if k == limit + 1:
            break
        q = matvec(p.view(b.shape)).flatten()
        if torch.dot(p, q) <= 0:
            return x.view(b.shape), k, "negative curvature"
        alpha = torch.dot(r, r) / torch.dot(p, q)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + torch.dot(new, new) / torch.dot(r, r) * p, new
    return x.view(b.shape), limit + 1, "maxiter"


def solution_alone_1(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.detach()
    p, rr = r, (r * r).sum()
    for _ in range(maxiter):
        if rr.sqrt() <= rtol * b.norm():
            break
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            break
        x, r = x + rr / curvature * p, r - rr / curvature * product
        new = (r * r).sum()
        p, rr = r + new / rr * p, new
    return x


def solution_alone_2(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, k = torch.zeros_like(b), b.detach().clone(), 0
    p = r.clone()
    while r.norm() > rtol * b.norm() and k < limit:
        q = matvec(p)
        alpha = (r * r).sum() / (p * q).sum()
        x, new = x + alpha * p, r - alpha * q
        p, r, k = new + (new * new).sum() / (r * r).sum() * p, new, k + 1
    return x


def cg_at_right_angles(
    matvec: Callable[[Tensor], Tensor],
    b: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> tuple[Tensor, int, str]:
    """Keep every residual, and take out of the next one what rounding left of them."""
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r = torch.zeros_like(b), b.clone()
    p, kept, goal = r.clone(), [], rtol * b.norm()
    for steps in range(limit + 1):
        if r.norm() <= goal:
            return x, steps, "converged"
        if steps == limit:
            return x, steps, "maxiter"
        q = matvec(p)
        if (p * q).sum() <= 0:
            return x, steps, "negative curvature"
        # A few are kept: more than the space has dimensions would leave nothing.
        kept = [*kept, r / r.norm()][-20:]
        before = (r * r).sum()
        alpha = before / (p * q).sum()
        x, r = x + alpha * p, r - alpha * q
        if len(kept) < b.numel():
            for old in kept:
                r = r - (r * old).sum() * old
        p = r + (r * r).sum() / before * p
    raise AssertionError


RIGHT: list[tuple[str, Answer]] = [
    ("residuals put at right angles once more", cg_at_right_angles),
    ("a textbook's flat vectors, in place", cg_of_a_textbook),
    ("the residual refreshed every 20 steps", cg_with_refreshed_residual),
    ("the formulas of Hestenes and Stiefel", cg_of_hestenes_and_stiefel),
    ("products with residuals in place of directions", cg_with_products_of_residuals),
    ("a right-hand side of length one", cg_of_unit_length),
]

WRONG: dict[str, list[Answer]] = {
    "steepest_descent": [steepest_descent_1, steepest_descent_2],
    "beta_inverted": [beta_inverted_1, beta_inverted_2],
    "beta_not_squared": [beta_not_squared_1, beta_not_squared_2],
    "beta_negative": [beta_negative_1, beta_negative_2],
    "alpha_of_lengths": [alpha_of_lengths_1, alpha_of_lengths_2],
    "direction_from_the_old_residual": [
        direction_from_the_old_residual_1,
        direction_from_the_old_residual_2,
    ],
    "wrong_sign": [wrong_sign_1, wrong_sign_2],
    "absolute_tolerance": [absolute_tolerance_1, absolute_tolerance_2],
    "squared_tolerance": [squared_tolerance_1, squared_tolerance_2],
    "curvature_not_looked_at": [curvature_not_looked_at_1, curvature_not_looked_at_2],
    "zero_curvature_divided": [zero_curvature_divided_1, zero_curvature_divided_2],
    "silent_when_steps_run_out": [silent_when_steps_run_out_1, silent_when_steps_run_out_2],
    "last_residual_not_looked_at": [
        last_residual_not_looked_at_1,
        last_residual_not_looked_at_2,
    ],
    "maxiter_is_n": [maxiter_is_n_1, maxiter_is_n_2],
    "residual_made_anew": [residual_made_anew_1, residual_made_anew_2],
    "matrix_made_first": [matrix_made_first_1, matrix_made_first_2],
    "returns_the_residual": [returns_the_residual_1, returns_the_residual_2],
    "b_at_negative_curvature": [b_at_negative_curvature_1, b_at_negative_curvature_2],
    "steps_counted_from_one": [steps_counted_from_one_1, steps_counted_from_one_2],
    "solution_alone": [solution_alone_1, solution_alone_2],
}
