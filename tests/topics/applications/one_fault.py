"""Answers that are wrong in one respect alone, which a visible check or a docstring names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Answers = dict[str, tuple[Callable[..., Any], ...]]


def zero_matrix_divided(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0 / v0.norm()
    for _ in range(maxiter):
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        v = w / w.norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def pair_of_vectors_only(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v.flatten(), residual


def end_found_by_zero(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    rows = []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        rows.append(w)
        for q in [*basis, *basis]:
            w = w - (w @ q) * q
        if len(basis) == k or w.norm() == 0:
            break
        basis.append(w / w.norm())
    columns = torch.stack(basis, dim=1)
    small = columns.T @ torch.stack(rows, dim=1)
    values, vectors = torch.linalg.eigh((small + small.T) / 2)
    return values, vectors[0] ** 2


def samples_over_like_in_float32(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append(float((z * matvec(z)).sum()))
    each = torch.tensor(found)
    return each.mean(), each.std() / samples**0.5


def deaf_model_refused(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    outputs, along = torch.func.jvp(model, (inputs.detach(),), (v.detach(),))
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    return torch.autograd.grad(model(x), x, bent)[0]


def five_digits_at_most(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(min(maxiter, 100)):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= max(rtol, 1e-5) * value.abs():
            break
    return value, v, residual


def zero_slope_is_not_a_number(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    slope = torch.func.grad(func)(inputs).flatten()
    matrix = torch.func.hessian(func)(inputs).reshape(len(slope), len(slope))
    return -torch.linalg.solve(matrix, slope / slope.norm()).view(inputs.shape) * slope.norm()


def a_step_where_there_is_no_slope(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, steps = inputs.detach().clone(), 0
    slope = torch.func.grad(func)(x)
    while bool(slope.abs().max() > gtol):
        if steps == maxiter:
            return x, steps, "maxiter"
        matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
        bends, axes = torch.linalg.eigh(matrix)
        step = -(axes @ (axes.mT @ slope.flatten() / bends.abs().clamp(min=1e-8))).view(x.shape)
        height, t = func(x), 1.0
        while t > 1e-10 and not bool(func(x + t * step) <= height):
            t = t / 2
        x, steps = x + t * step, steps + 1
        slope = torch.func.grad(func)(x)
    return x, max(steps, 1), "converged"


def b_has_to_be_a_vector(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> tuple[Tensor, int, str]:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b).flatten(), b.flatten(), 0
    p, size = r, r @ r
    while bool(size.sqrt() > rtol * b.norm()):
        if steps == limit:
            return x, steps, "maxiter"
        q = matvec(p.view(b.shape)).flatten()
        if bool(p @ q <= 0):
            return x, steps, "negative curvature"
        alpha = size / (p @ q)
        x, r, before = x + alpha * p, r - alpha * q, size
        size, steps = r @ r, steps + 1
        p = r + size / before * p
    return x, steps, "converged"


def nothing_at_the_first_bad_direction(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = gradient(func, inputs)  # noqa: F821
    found = conjugate_gradient(  # noqa: F821
        lambda p: hvp(func, inputs, p),  # noqa: F821
        -slope,
        rtol=rtol,
        maxiter=maxiter,
    )
    step: Tensor = found[0]
    return step


def float64_comes_back(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> tuple[Tensor, int, str]:
    x, steps = inputs.detach().clone(), 0
    slope = torch.func.grad(func)(x)
    while bool(slope.abs().max() > gtol):
        if steps == maxiter:
            return x.double(), steps, "maxiter"
        matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
        bends, axes = torch.linalg.eigh(matrix)
        step = -(axes @ (axes.mT @ slope.flatten() / bends.abs().clamp(min=1e-8))).view(x.shape)
        height, t = func(x), 1.0
        while t > 1e-10 and not bool(func(x + t * step) <= height):
            t = t / 2
        x, steps = x + t * step, steps + 1
        slope = torch.func.grad(func)(x)
    return x.double(), steps, "converged"


def a_loss_without_a_graph_refused(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor], lr: float
) -> tuple[Tensor, ...]:
    slopes = torch.autograd.grad(
        loss(parameters), list(parameters), create_graph=True, materialize_grads=True
    )
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def unused_parameter_is_the_callers(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor], lr: float
) -> tuple[Tensor, ...]:
    value = loss(parameters) + 0 * parameters[0].sum()
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, allow_unused=True)
    return tuple(p if g is None else p - lr * g for p, g in zip(parameters, slopes, strict=True))


def always_one_step(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(max(steps, 1)):
            at = inner_update(inner_loss, at, lr)  # noqa: F821
        return outer_loss(at)

    found: tuple[Tensor, ...] = gradient(after, parameters)  # noqa: F821
    return found


def outer_constant_refused(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    at = [p.detach() for p in parameters]
    for _ in range(steps):
        at = [p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True)]  # noqa: F821
    own = [p.requires_grad_() for p in at] if steps else [p.clone().requires_grad_() for p in at]
    return torch.autograd.grad(outer_loss(own), own, materialize_grads=True)


def inner_constant_refused(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> tuple[Tensor, ...]:
    own = [p.detach().clone().requires_grad_() for p in adapted]
    slopes = torch.autograd.grad(inner_loss(own), own, create_graph=True, materialize_grads=True)
    slope = as_vector([g + 0 * p for g, p in zip(slopes, own, strict=True)])  # noqa: F821

    def product(u: Tensor) -> Tensor:
        bent = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        total: Tensor = u + as_vector(bent) / strength  # noqa: F821
        return total

    side = as_vector(gradient(outer_loss, adapted))  # noqa: F821
    found: tuple[Tensor, ...] = like(  # noqa: F821
        conjugate_gradient(product, side, rtol=1e-11)[0],  # noqa: F821
        adapted,
    )
    return found


def what_was_in_grad_is_wiped(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)  # noqa: F821
        return outer_loss(at)

    for p in parameters:
        p.grad = None
    found: tuple[Tensor, ...] = gradient(after, parameters)  # noqa: F821
    return found


def float64_influences(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(parameter.detach() for parameter in parameters)
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())
    side = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))  # noqa: F821

    def product(u: Tensor) -> Tensor:
        along = torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1]  # noqa: F821
        image: Tensor = as_vector(along)  # noqa: F821
        return image

    s = inverse_hvp(product, side, damping=damping)  # noqa: F821
    change = torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))  # noqa: F821
    return -change[1].double()


def no_side_has_no_direction(
    matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0
) -> Tensor:
    length = v.norm()
    x, r = torch.zeros_like(v), v / length
    p, size = r, (r * r).sum()
    while not bool(size <= (1e-21 if v.dtype == torch.float64 else 1e-11)):
        q = matvec(p) + damping * p
        alpha = size / (p * q).sum()
        x, r, before = x + alpha * p, r - alpha * q, size
        size = (r * r).sum()
        p = r + size / before * p
        if bool(size != size):
            break
    return length * x


def straight_losses_divided_by_zero(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(parameter.detach() for parameter in parameters)
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())
    side = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))  # noqa: F821

    def product(u: Tensor) -> Tensor:
        along = torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1]  # noqa: F821
        image = as_vector(along)  # noqa: F821
        return image / image.norm() * image.norm()

    s = inverse_hvp(product, side, damping=damping)  # noqa: F821
    change = torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))  # noqa: F821
    return -change[1]


def nobody_is_left(influence: Tensor) -> Tensor:
    m = len(influence)
    return -influence / m if m > 1 else 0 * influence


FAIL_BOTH: Answers = {
    "inverse_hvp": (no_side_has_no_direction,),
    "influence_on_loss": (straight_losses_divided_by_zero,),
    "leave_one_out_change": (nobody_is_left,),
    "newton_step": (zero_slope_is_not_a_number,),
    "newton": (a_step_where_there_is_no_slope,),
    "conjugate_gradient": (b_has_to_be_a_vector,),
    "newton_cg_step": (nothing_at_the_first_bad_direction,),
    "power_iteration": (zero_matrix_divided, pair_of_vectors_only),
    "lanczos": (end_found_by_zero,),
    "hutchinson_trace": (samples_over_like_in_float32,),
    "ggn_vp": (deaf_model_refused,),
    "inner_update": (a_loss_without_a_graph_refused, unused_parameter_is_the_callers),
    "maml_gradient": (always_one_step,),
    "first_order_maml_gradient": (outer_constant_refused,),
    "implicit_maml_gradient": (inner_constant_refused,),
}
"""Wrong in a single visible case, and in a hidden one."""

FAIL_THE_HIDDEN_ONES: Answers = {
    "influence_on_loss": (float64_influences,),
    "newton": (float64_comes_back,),
    "power_iteration": (five_digits_at_most,),
    "maml_gradient": (what_was_in_grad_is_wiped,),
}
"""Wrong in what a docstring promises and no visible check looks at."""
