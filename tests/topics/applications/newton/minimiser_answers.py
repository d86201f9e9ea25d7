"""Answers to `newton`: right by several ways to keep going down, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from topics.applications.newton.given import Result, gradient, hessian_matrix, hvp, newton_step

Answer = Callable[..., Any]


def newton_by_growing_shift(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    identity = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
    for steps in range(maxiter + 1):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        matrix = hessian_matrix(func, x)
        least = 1e-3 * max(matrix.norm().item(), 1e-8)
        shift = 0.0
        if matrix.diagonal().min() <= 0:
            shift = least - matrix.diagonal().min().item()
        factor, fault = torch.linalg.cholesky_ex(matrix + shift * identity)
        while fault or factor.diagonal().min() == 0:
            shift = max(2 * shift, least)
            factor, fault = torch.linalg.cholesky_ex(matrix + shift * identity)
        d = -torch.cholesky_solve(g.reshape(-1, 1), factor).view(x.shape)
        t, fall = 1.0, (g * d).sum()
        for _ in range(50):
            if func(x + t * d) <= func(x) + 1e-4 * t * fall:
                break
            t = 0.5 * t
        x = x + t * d
    return Result(x, maxiter, "maxiter")


def newton_or_down_the_slope(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while True:
        g = gradient(func, x)
        if float(g.abs().max()) <= gtol:
            return Result(x, steps, "converged")
        if steps >= maxiter:
            return Result(x, steps, "maxiter")
        try:
            factor = torch.linalg.cholesky(hessian_matrix(func, x))
            d = -torch.cholesky_solve(g.reshape(-1, 1), factor).view(x.shape)
        except RuntimeError:
            d = -g
        before, length = float(func(x)), 1.0
        while not float(func(x + length * d)) < before and length > 1e-10:
            length *= 0.5
        x = x + length * d
        steps += 1


def newton_with_lifted_spectrum(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x = inputs.detach().clone()
    for k in range(maxiter):
        g = gradient(func, x).flatten()
        if g.abs().max() <= gtol:
            return x, k, "converged"
        matrix = hessian_matrix(func, x)
        values = torch.linalg.eigvalsh(matrix)
        floor = 1e-8 * max(float(values.abs().max()), 1e-8)
        lift = max(0.0, floor - float(values[0]))
        matrix = matrix + lift * torch.eye(len(g), dtype=g.dtype, device=g.device)
        d = torch.linalg.solve(matrix, -g).view(x.shape)
        t = 1.0
        while not func(x + t * d) < func(x) and t > 1e-10:
            t /= 2
        x = x + t * d
    done = bool(gradient(func, x).abs().max() <= gtol)
    return x, maxiter, "converged" if done else "maxiter"


def newton_without_the_matrix(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    def direction(x: Tensor, g: Tensor) -> Tensor:
        d, r, p = torch.zeros_like(g), -g, -g
        for _ in range(10 * g.numel()):
            if r.norm() <= 1e-3 * min(1.0, float(g.norm())) * g.norm():
                break
            product = hvp(func, x, p)
            if (p * product).sum() <= 0:
                return d if bool(d.any()) else -g
            step = (r * r).sum() / (p * product).sum()
            d, new = d + step * p, r - step * product
            p, r = new + (new * new).sum() / (r * r).sum() * p, new
        return d

    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps < maxiter:
            d, t = direction(x, g), 1.0
            while t > 1e-10 and not func(x + t * d) <= func(x) + 1e-4 * t * (g * d).sum():
                t = t / 2
            x = x + t * d
    return Result(x, maxiter, "maxiter")


def newton_with_damping(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, damping = inputs.detach().clone(), 0.0
    for steps in range(maxiter + 1):
        g = gradient(func, x).flatten()
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        matrix, before = hessian_matrix(func, x), func(x)
        scale = max(float(matrix.abs().max()), 1e-8)
        new = x
        for _ in range(60):
            damped = matrix + damping * torch.eye(len(g), dtype=g.dtype, device=g.device)
            factor, fault = torch.linalg.cholesky_ex(damped)
            if not fault and factor.diagonal().min() > 1e-10 * scale**0.5:
                new = x - torch.cholesky_solve(g[:, None], factor).view(x.shape)
                if func(new) < before:
                    break
            damping = max(4 * damping, 1e-3 * scale)
        x, damping = new, damping / 8 if damping > 1e-4 * scale else 0.0
    return Result(x, maxiter, "maxiter")


def newton_by_functorch(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    slopes, bends = torch.func.grad(func), torch.func.hessian(func)
    x, n, steps = inputs.detach().clone(), inputs.numel(), 0
    while slopes(x).abs().max() > gtol and steps < maxiter:
        g, matrix = slopes(x).reshape(n), bends(x).reshape(n, n)
        values, vectors = torch.linalg.eigh(matrix)
        least = 1e-6 * values.abs().max().clamp(min=1e-6)
        d = -(vectors / values.abs().maximum(least)) @ (vectors.T @ g)
        lengths = [0.5**k for k in range(40) if func(x + 0.5**k * d.view(x.shape)) < func(x)]
        x, steps = x + max(lengths, default=0.0) * d.view(x.shape), steps + 1
    small = bool(slopes(x).abs().max() <= gtol)
    return Result(x, steps, "converged" if small else "maxiter")


def newton_in_a_trust_region(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, radius = inputs.detach().clone(), 10.0
    for steps in range(maxiter + 1):
        g = gradient(func, x).flatten()
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        along, height = vectors.T @ g, func(x)
        for _ in range(60):
            floor = 1e-12 * max(1e-6, float(values.abs().max()))
            low = max(0.0, floor - float(values[0]))
            high = low + float(g.norm()) / radius + float(values.abs().max())
            for _ in range(100):
                shift = low if (along / (values + low)).norm() <= radius else (low + high) / 2
                if (along / (values + shift)).norm() > radius:
                    low = shift
                else:
                    high = shift
            d = -(vectors @ (along / (values + high)))
            promised = -(g @ d + 0.5 * (vectors.T @ d) ** 2 @ values)
            gained = height - func(x + d.view(x.shape))
            if gained > 0.1 * promised:
                break
            radius = 0.25 * min(radius, float(d.norm()))
        x = x + d.view(x.shape)
        radius = 2 * radius if gained > 0.7 * promised else radius
    return Result(x, maxiter, "maxiter")


def no_line_search_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        try:
            x = x + newton_step(func, x)
        except RuntimeError:
            x = x - g
    if gradient(func, x).abs().max() <= gtol:
        return Result(x, maxiter, "converged")
    return Result(x, maxiter, "maxiter")


def no_line_search_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while True:
        g = gradient(func, x)
        if float(g.abs().max()) <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        d, fault = torch.linalg.solve_ex(hessian_matrix(func, x), -g.flatten())
        d = -g if fault else d.view(x.shape)
        x, steps = x + d, steps + 1


def downhill_and_never_halved_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps < maxiter:
            values, axes = torch.linalg.eigh(hessian_matrix(func, x))
            values = values.abs().clamp(min=1e-8)
            x = x - (axes @ ((axes.T @ g.flatten()) / values)).view(x.shape)
    return Result(x, maxiter, "maxiter")


def downhill_and_never_halved_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while float(gradient(func, x).abs().max()) > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, axes = torch.linalg.eigh(hessian_matrix(func, x))
        convex = axes @ torch.diag(values.abs().clamp(min=1e-8)) @ axes.T
        x = x - torch.linalg.solve(convex, gradient(func, x).flatten()).view(x.shape)
        steps += 1
    return Result(x, steps, "converged")


def indefinite_ignored_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while steps < maxiter and gradient(func, x).abs().max() > gtol:
        try:
            d = newton_step(func, x)
        except RuntimeError:
            d = -gradient(func, x)
        t = 1.0
        while func(x + t * d) > func(x) and t > 1e-10:
            t *= 0.5
        x = x + t * d
        steps += 1
    done = gradient(func, x).abs().max() <= gtol
    return Result(x, steps, "converged" if done else "maxiter")


def indefinite_ignored_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g, matrix = gradient(func, x), hessian_matrix(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        factors, pivots, fault = torch.linalg.lu_factor_ex(matrix)
        singular = bool(fault) or bool(factors.diagonal().abs().min() < 1e-14)
        d = -g if singular else -torch.linalg.lu_solve(factors, pivots, g.view(-1, 1)).view_as(g)
        for halvings in range(35):
            new = x + 0.5**halvings * d
            if func(new) <= func(x):
                break
        x = new
    return Result(x, maxiter, "maxiter")


def downhill_is_enough_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    g = gradient(func, x)
    while g.abs().max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        try:
            d = newton_step(func, x)
        except RuntimeError:
            d = -g
        if (g * d).sum() >= 0:
            d = -g
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
        g = gradient(func, x)
    return Result(x, steps, "converged")


def downhill_is_enough_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for k in range(maxiter + 1):
        g = gradient(func, x).flatten()
        if torch.max(torch.abs(g)) <= gtol:
            return Result(x, k, "converged")
        if k < maxiter:
            values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
            singular = values.abs().min() < 1e-14
            d = -g if singular else -(vectors @ (vectors.T @ g / values))
            d = (d if torch.dot(d, g) < 0 else -g).view(x.shape)
            t, before = 1.0, float(func(x))
            while float(func(x + t * d)) > before and t > 1e-10:
                t = t / 2
            x = x + t * d
    return Result(x, maxiter, "maxiter")


def gradient_descent_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).abs().max() > gtol and steps < maxiter:
        g, rate = gradient(func, x), 1.0
        while func(x - rate * g) > func(x) and rate > 1e-10:
            rate /= 2
        x, steps = x - rate * g, steps + 1
    done = gradient(func, x).abs().max() <= gtol
    return Result(x, steps, "converged" if done else "maxiter")


def gradient_descent_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x = inputs.detach().clone()
    for step in range(maxiter + 1):
        x = x.detach().requires_grad_()
        y = func(x)
        (g,) = torch.autograd.grad(y, x)
        x = x.detach()
        if g.abs().max().item() <= gtol:
            return x, step, "converged"
        if step == maxiter:
            break
        for k in range(34):
            if func(x - g / 2**k).item() <= y.item():
                break
        x = x - g / 2**k
    return x, maxiter, "maxiter"


def plus_sign_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while True:
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        d = vectors @ (vectors.T @ g.flatten() / values.abs().clamp(min=1e-8))
        x = x + d.view(x.shape)
        steps += 1


def plus_sign_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = gradient(func, x).reshape(-1)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        values, vectors = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(len(g), len(g)))
        inverse = vectors @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ vectors.T
        x = x - (inverse @ -g).reshape(x.shape)
    return Result(x, maxiter, "maxiter")


def nan_taken_for_lower_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while True:
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        d = -(vectors @ (vectors.T @ g.flatten() / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while func(x + t * d) > func(x) and t > 1e-10:
            t *= 0.5
        x, steps = x + t * d, steps + 1


def nan_taken_for_lower_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        slope = gradient(func, x).flatten()
        if float(slope.abs().max()) <= gtol:
            return x, steps, "converged"
        if steps == maxiter:
            break
        bends, axes = torch.linalg.eigh(hessian_matrix(func, x))
        move = torch.zeros_like(slope)
        for bend, axis in zip(bends, axes.T, strict=True):
            move = move - (axis @ slope) / max(abs(float(bend)), 1e-8) * axis
        now, step = float(func(x)), move.view(x.shape)
        for _ in range(33):
            if not float(func(x + step)) > now:
                break
            step = step / 2
        x = x + step
    return x, maxiter, "maxiter"


def half_steps_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while True:
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        d = -(vectors @ (vectors.T @ g.flatten() / values.abs().clamp(min=1e-8)))
        x, steps = x + 0.5 * d.view(x.shape), steps + 1


def half_steps_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    damping = 0.5
    x, n = inputs.detach().clone(), inputs.numel()
    for k in range(maxiter):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().max() <= gtol:
            return Result(x, k, "converged")
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        values = torch.where(values.abs() < 1e-8, 1e-8, values.abs())
        x = x - damping * (axes @ (axes.T @ g / values)).reshape(x.shape)
    done = bool(torch.func.grad(func)(x).abs().max() <= gtol)
    return Result(x, maxiter, "converged" if done else "maxiter")


def frozen_hessian_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    curvatures, axes = torch.linalg.eigh(hessian_matrix(func, x))
    curvatures = curvatures.abs().clamp(min=1e-8)
    while gradient(func, x).abs().max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        d = -(axes @ (axes.T @ gradient(func, x).flatten() / curvatures)).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def frozen_hessian_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    n = inputs.numel()
    values, vectors = torch.linalg.eigh(torch.func.hessian(func)(inputs).reshape(n, n))
    sizes = values.abs().clamp(min=1e-8)
    x = inputs.detach().clone()
    for step in range(maxiter + 1):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, step, "converged")
        if step < maxiter:
            along = vectors.T @ g.reshape(n) / sizes
            d, before = -(vectors @ along).reshape(x.shape), func(x)
            for k in range(35):
                if func(x + d / 2**k) <= before:
                    break
            x = x + d / 2**k
    return Result(x, maxiter, "maxiter")


def diagonal_newton_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).abs().max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        curvatures = torch.diag(hessian_matrix(func, x)).abs().clamp(min=1e-8)
        d = -gradient(func, x) / curvatures.view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def diagonal_newton_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = gradient(func, x).flatten()
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            break
        d = torch.zeros_like(g)
        for i in range(len(g)):
            axis = torch.zeros_like(g)
            axis[i] = 1.0
            curvature = abs(float(hvp(func, x, axis.view(x.shape)).flatten()[i]))
            d[i] = -g[i] / max(curvature, 1e-8)
        t, d = 1.0, d.view(x.shape)
        while t > 1e-10 and func(x + t * d) > func(x):
            t *= 0.5
        x = x + t * d
    return Result(x, maxiter, "maxiter")


def silent_at_maxiter_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).abs().max() > gtol and steps < maxiter:
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def silent_at_maxiter_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().max() <= gtol:
            return x, step, "converged"
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
        d, k = d.reshape(x.shape), 0
        while k < 34 and not func(x + d / 2**k) <= func(x):
            k += 1
        x = x + d / 2**k
    return x, maxiter, "converged"


def length_against_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).norm() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def length_against_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter + 1):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().sum() <= gtol:
            return x, step, "converged"
        if step < maxiter:
            values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
            d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
            d, k = d.reshape(x.shape), 0
            while k < 34 and not func(x + d / 2**k) <= func(x):
                k += 1
            x = x + d / 2**k
    return x, maxiter, "maxiter"


def mean_against_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).abs().mean() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def mean_against_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter + 1):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().sum() / n <= gtol:
            return x, step, "converged"
        if step < maxiter:
            values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
            d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
            d, k = d.reshape(x.shape), 0
            while k < 34 and not func(x + d / 2**k) <= func(x):
                k += 1
            x = x + d / 2**k
    return x, maxiter, "maxiter"


def root_mean_square_against_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).norm() / x.numel() ** 0.5 > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def root_mean_square_against_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter + 1):
        g = torch.func.grad(func)(x).reshape(n)
        if (g @ g / n).sqrt() <= gtol:
            return x, step, "converged"
        if step < maxiter:
            values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
            d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
            d, k = d.reshape(x.shape), 0
            while k < 34 and not func(x + d / 2**k) <= func(x):
                k += 1
            x = x + d / 2**k
    return x, maxiter, "maxiter"


def signed_maximum_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def signed_maximum_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter + 1):
        g = torch.func.grad(func)(x).reshape(n)
        if (g <= gtol).all():
            return x, step, "converged"
        if step < maxiter:
            values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
            d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
            d, k = d.reshape(x.shape), 0
            while k < 34 and not func(x + d / 2**k) <= func(x):
                k += 1
            x = x + d / 2**k
    return x, maxiter, "maxiter"


def step_against_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while steps < maxiter:
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        y, steps = x + t * d, steps + 1
        if (y - x).abs().max() <= gtol:
            return Result(y, steps, "converged")
        x = y
    return Result(x, steps, "maxiter")


def step_against_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter):
        g = torch.func.grad(func)(x).reshape(n)
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
        d, k = d.reshape(x.shape), 0
        while k < 34 and not func(x + d / 2**k) <= func(x):
            k += 1
        d = d / 2**k
        is_small = d.norm(p=float("inf")) <= gtol
        x = x + d
        if is_small:
            return x, step + 1, "converged"
    return x, maxiter, "maxiter"


def change_of_f_against_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while steps < maxiter:
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        y, steps = x + t * d, steps + 1
        if func(x) - func(y) <= gtol:
            return Result(y, steps, "converged")
        x = y
    return Result(x, steps, "maxiter")


def change_of_f_against_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter):
        g = torch.func.grad(func)(x).reshape(n)
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
        d, k = d.reshape(x.shape), 0
        while k < 34 and not func(x + d / 2**k) <= func(x):
            k += 1
        d = d / 2**k
        is_small = torch.isclose(func(x + d), func(x), rtol=0, atol=gtol)
        x = x + d
        if is_small:
            return x, step + 1, "converged"
    return x, maxiter, "maxiter"


def steps_before_looking_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for step in range(1, maxiter + 1):
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        sizes = values.abs().clamp(min=max(1e-8 * float(values.abs().max()), 1e-12))
        d = -(vectors @ ((vectors.T @ gradient(func, x).flatten()) / sizes)).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x = x + t * d
        if gradient(func, x).abs().max() <= gtol:
            return Result(x, step, "converged")
    return Result(x, maxiter, "maxiter")


def steps_before_looking_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n, steps, status = inputs.detach().clone(), inputs.numel(), 0, "maxiter"
    while steps < maxiter and status == "maxiter":
        g = torch.func.grad(func)(x).reshape(n)
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
        d, k = d.reshape(x.shape), 0
        while k < 34 and not func(x + d / 2**k) <= func(x):
            k += 1
        x, steps = x + d / 2**k, steps + 1
        status = "converged" if torch.func.grad(func)(x).abs().max() <= gtol else "maxiter"
    return x, steps, status


def last_step_not_looked_at_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, status = inputs.detach().clone(), "maxiter"
    steps = 0
    while steps < maxiter:
        if gradient(func, x).abs().max() <= gtol:
            status = "converged"
            break
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, status)


def last_step_not_looked_at_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n = inputs.detach().clone(), inputs.numel()
    for step in range(maxiter):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().max() <= gtol:
            return x, step, "converged"
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = axes @ torch.diag(1 / values.abs().clamp(min=1e-8)) @ axes.T @ -g
        d, k = d.reshape(x.shape), 0
        while k < 34 and not func(x + d / 2**k) <= func(x):
            k += 1
        x = x + d / 2**k
    return x, maxiter, "maxiter"


def never_looks_at_gtol_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for _ in range(maxiter):
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x = x + t * d
    return Result(x, maxiter, "maxiter")


def never_looks_at_gtol_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, steps, n = inputs.detach().clone(), 0, inputs.numel()
    while steps < maxiter:
        g = torch.func.grad(func)(x).reshape(n)
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = (axes / values.abs().clamp(min=1e-8)) @ (axes.T @ -g)
        d, before = d.reshape(x.shape), func(x)
        for k in range(35):
            if func(x + 0.5**k * d) <= before:
                break
        x, steps = x + 0.5**k * d, steps + 1
    return x, steps, "maxiter"


def raises_at_maxiter_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = gradient(func, x).flatten()
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        d = -(vectors @ (vectors.T @ g / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x = x + t * d
    raise RuntimeError(f"no convergence in {maxiter} steps")


def raises_at_maxiter_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    identity = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
    while gradient(func, x).abs().max() > gtol:
        if steps == maxiter:
            raise RuntimeError("maxiter")
        matrix, shift = hessian_matrix(func, x), 0.0
        factor, fault = torch.linalg.cholesky_ex(matrix)
        while fault or factor.diagonal().min() < 1e-6:
            shift = max(2 * shift, 1e-3 * (1e-6 + float(matrix.norm())))
            factor, fault = torch.linalg.cholesky_ex(matrix + shift * identity)
        d = -torch.cholesky_solve(gradient(func, x).reshape(-1, 1), factor).view(x.shape)
        t = 1.0
        while t > 1e-10 and not func(x + t * d) <= func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def one_step_too_many_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 0
    while gradient(func, x).abs().max() > gtol:
        if steps > maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def one_step_too_many_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n, steps = inputs.detach().clone(), inputs.numel(), 0
    for _ in range(maxiter + 1):
        g = torch.func.grad(func)(x).reshape(n)
        if g.abs().max() <= gtol:
            return x, steps, "converged"
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = ((axes / values.abs().clamp(min=1e-8)) @ (axes.T @ -g)).reshape(x.shape)
        k = next((k for k in range(34) if func(x + d / 2**k) <= func(x)), 34)
        x, steps = x + d / 2**k, steps + 1
    done = bool(gradient(func, x).abs().max() <= gtol)
    return x, steps, "converged" if done else "maxiter"


def counts_from_one_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach().clone(), 1
    while gradient(func, x).abs().max() > gtol:
        if steps > maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return Result(x, steps, "converged")


def counts_from_one_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, n, looks = inputs.detach().clone(), inputs.numel(), 0
    while True:
        g = torch.func.grad(func)(x).reshape(n)
        looks += 1
        if g.abs().max() <= gtol:
            return x, looks, "converged"
        if looks == maxiter + 1:
            return x, looks, "maxiter"
        values, axes = torch.linalg.eigh(torch.func.hessian(func)(x).reshape(n, n))
        d = ((axes / values.abs().clamp(min=1e-8)) @ (axes.T @ -g)).reshape(x.shape)
        k = 0
        while k < 34 and func(x + d / 2**k) > func(x):
            k += 1
        x = x + d / 2**k


def moves_the_callers_tensor_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x, steps = inputs.detach(), 0
    while gradient(func, x).abs().max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x += t * d
        steps += 1
    return Result(x, steps, "converged")


def moves_the_callers_tensor_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    identity = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    for steps in range(maxiter + 1):
        g = gradient(func, inputs).clone()
        if g.abs().max() <= gtol:
            return Result(inputs.clone(), steps, "converged")
        if steps == maxiter:
            break
        matrix = hessian_matrix(func, inputs)
        shift = max(0.0, 1e-6 - float(torch.linalg.eigvalsh(matrix)[0]))
        d = -torch.linalg.solve(matrix + shift * identity, g.flatten()).view(g.shape)
        t = 1.0
        while t > 1e-10 and func(inputs + t * d) >= func(inputs):
            t = t / 2
        inputs.add_(d, alpha=t)
    return Result(inputs.clone(), maxiter, "maxiter")


def point_alone_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Tensor:
    x, steps = inputs.detach().clone(), 0
    while steps < maxiter and gradient(func, x).abs().max() > gtol:
        values, vectors = torch.linalg.eigh(hessian_matrix(func, x))
        slopes = vectors.T @ gradient(func, x).flatten()
        d = -(vectors @ (slopes / values.abs().clamp(min=1e-8))).view(x.shape)
        t = 1.0
        while t > 1e-10 and func(x + t * d) > func(x):
            t = t / 2
        x, steps = x + t * d, steps + 1
    return x


def point_alone_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Tensor:
    x = inputs.detach().clone()
    for _ in range(maxiter):
        g = gradient(func, x)
        if g.abs().max() <= gtol:
            break
        try:
            factor = torch.linalg.cholesky(hessian_matrix(func, x))
            d = -torch.cholesky_solve(g.reshape(-1, 1), factor).view(x.shape)
        except RuntimeError:
            d = -g
        t = 1.0
        while func(x + t * d) > func(x) and t > 1e-10:
            t /= 2
        x = x + t * d
    return x


RIGHT: list[tuple[str, Answer]] = [
    ("a shift that grows until Cholesky works", newton_by_growing_shift),
    ("down the slope where Cholesky fails", newton_or_down_the_slope),
    ("the whole spectrum lifted", newton_with_lifted_spectrum),
    ("products alone, cut short", newton_without_the_matrix),
    ("a damping that comes and goes", newton_with_damping),
    ("torch.func, and the longest of many halvings", newton_by_functorch),
    ("a trust region", newton_in_a_trust_region),
]

WRONG: dict[str, list[Answer]] = {
    "no_line_search": [no_line_search_1, no_line_search_2],
    "downhill_and_never_halved": [downhill_and_never_halved_1, downhill_and_never_halved_2],
    "indefinite_ignored": [indefinite_ignored_1, indefinite_ignored_2],
    "downhill_is_enough": [downhill_is_enough_1, downhill_is_enough_2],
    "gradient_descent": [gradient_descent_1, gradient_descent_2],
    "plus_sign": [plus_sign_1, plus_sign_2],
    "nan_taken_for_lower": [nan_taken_for_lower_1, nan_taken_for_lower_2],
    "half_steps": [half_steps_1, half_steps_2],
    "frozen_hessian": [frozen_hessian_1, frozen_hessian_2],
    "diagonal_newton": [diagonal_newton_1, diagonal_newton_2],
    "length_against_gtol": [length_against_gtol_1, length_against_gtol_2],
    "root_mean_square_against_gtol": [
        root_mean_square_against_gtol_1,
        root_mean_square_against_gtol_2,
    ],
    "mean_against_gtol": [mean_against_gtol_1, mean_against_gtol_2],
    "signed_maximum": [signed_maximum_1, signed_maximum_2],
    "step_against_gtol": [step_against_gtol_1, step_against_gtol_2],
    "change_of_f_against_gtol": [change_of_f_against_gtol_1, change_of_f_against_gtol_2],
    "steps_before_looking": [steps_before_looking_1, steps_before_looking_2],
    "last_step_not_looked_at": [last_step_not_looked_at_1, last_step_not_looked_at_2],
    "silent_at_maxiter": [silent_at_maxiter_1, silent_at_maxiter_2],
    "never_looks_at_gtol": [never_looks_at_gtol_1, never_looks_at_gtol_2],
    "raises_at_maxiter": [raises_at_maxiter_1, raises_at_maxiter_2],
    "one_step_too_many": [one_step_too_many_1, one_step_too_many_2],
    "counts_from_one": [counts_from_one_1, counts_from_one_2],
    "moves_the_callers_tensor": [moves_the_callers_tensor_1, moves_the_callers_tensor_2],
    "point_alone": [point_alone_1, point_alone_2],
}
