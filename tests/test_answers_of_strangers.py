"""Answers that strangers wrote from the lessons alone, and the mistakes that they put into them.

Each was told nothing, or less, when it was first judged.
"""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import SESSION

ANSWERS = {
    "rows that pile up, in a flat matrix": (
        "derivatives/jacobian",
        "jacobian",
        ["rows_pile_up", "flattened"],
        """
import torch
from collections.abc import Callable, Sequence
from torch import Tensor


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    for output in y.reshape(-1):
        if output.requires_grad:
            output.backward(retain_graph=True)
        row = torch.zeros_like(x) if x.grad is None else x.grad
        rows.append(row.reshape(-1).clone())
    return torch.stack(rows)
""",
    ),
    "a fixed threshold, and zeros asked for first": (
        "derivatives/curvature",
        "classify_hessian",
        ["any_zero_is_degenerate", "absolute_tolerance"],
        """
import torch
from collections.abc import Callable, Sequence
from torch import Tensor


def classify_hessian(matrix: Tensor) -> str:
    values = eigenvalues(matrix)
    if any(abs(v) < 1e-8 for v in values):
        return "degenerate"
    if all(v > 0 for v in values):
        return "minimum"
    if all(v < 0 for v in values):
        return "maximum"
    return "saddle"
""",
    ),
    "slopes added up, and a Hessian of four axes": (
        "derivatives/curvature",
        "classify_critical_point",
        ["gradient_summed", "point_for_vectors_only"],
        """
import torch
from collections.abc import Callable, Sequence
from torch import Tensor


def classify_critical_point(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    g = torch.func.grad(func)(x)
    if g.sum().abs() > 1e-6:
        return "not critical"
    H = torch.func.hessian(func)(x)
    return classify_hessian(H)
""",
    ),
    "numbers from 0 to 1, and an error divided by the samples": (
        "applications/spectrum",
        "hutchinson_trace",
        ["uniform_probes", "divided_by_samples"],
        """
import torch
from collections.abc import Callable, Sequence
from torch import Tensor


def hutchinson_trace(matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int) -> "Estimate":
    t = torch.zeros(samples, dtype=like.dtype, device=like.device)
    for i in range(samples):
        z = torch.rand_like(like)
        t[i] = (z * matvec(z)).sum()
    return Estimate(t.mean(), t.std() / samples)
""",
    ),
    "one triangle, and a float": (
        "derivatives/hvp",
        "hessian_bytes",
        ["one_triangle_counted", "bytes_as_a_float"],
        """
import torch


def hessian_bytes(n: int, dtype: torch.dtype) -> int:
    entries = n * (n + 1) / 2  # the other triangle is the same
    return entries * dtype.itemsize
""",
    ),
    "nan kept, and no last look": (
        "applications/newton",
        "newton",
        ["last_step_not_looked_at", "nan_taken_for_lower"],
        """
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Result(NamedTuple):
    x: Tensor
    steps: int
    status: str


def _gradient(func, inputs):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]


def _hvp(func, inputs, v):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (slope,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slope.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(slope, x, v, materialize_grads=True)[0]


def _hessian_matrix(func, inputs):
    eye = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    return torch.stack([_hvp(func, inputs, e.view(inputs.shape)).flatten() for e in eye])


def newton(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    x = inputs.detach().clone()
    for k in range(maxiter):
        g = _gradient(func, x)
        if g.abs().max() <= gtol:
            return Result(x, k, "converged")
        lam, U = torch.linalg.eigh(_hessian_matrix(func, x))
        size = lam.abs().clamp(min=1e-8)
        direction = -(U @ ((U.T @ g.flatten()) / size)).reshape(x.shape)
        t, height = 1.0, func(x)
        while t > 1e-10 and func(x + t * direction) > height:
            t = t / 2
        x = (x + t * direction).detach()
    return Result(x, maxiter, "maxiter")
""",
    ),
    "keywords not handed on, and zeros at the top": (
        "applications/newton",
        "newton_cg_step",
        ["keywords_not_handed_on", "zero_at_negative_curvature"],
        '''
from collections.abc import Callable

import torch
from torch import Tensor


def _gradient(func, inputs):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]


def _hvp(func, inputs, v):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (slope,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slope.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(slope, x, v, materialize_grads=True)[0]


def _cg(matvec, b, rtol=1e-8, maxiter=None):
    """Conjugate gradients, as in task 3."""
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, p = torch.zeros_like(b), b, b
    rr, goal, steps = (r * r).sum(), rtol * b.norm(), 0
    while rr.sqrt() > goal:
        if steps == limit:
            return x, steps, "maxiter"
        q = matvec(p)
        curvature = (p * q).sum()
        if curvature <= 0:
            return x, steps, "negative curvature"
        alpha = rr / curvature
        x, r, old = x + alpha * p, r - alpha * q, rr
        rr, steps = (r * r).sum(), steps + 1
        p = r + rr / old * p
    return x, steps, "converged"


def newton_cg_step(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    slope = _gradient(func, inputs)
    step, steps, status = _cg(lambda p: _hvp(func, inputs, p), -slope)
    return step
''',
    ),
    "a length for an eigenvalue, and an absolute limit": (
        "applications/spectrum",
        "power_iteration",
        ["magnitude_returned"],
        """
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Eigenpair(NamedTuple):
    value: Tensor
    vector: Tensor
    residual: Tensor


def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Eigenpair:
    v = v0.detach() / v0.detach().norm()
    products = 0
    while True:
        w = matvec(v)
        products += 1
        value = w.norm()
        residual = (w - value * v).norm()
        if residual <= rtol or products >= maxiter:
            return Eigenpair(value, v, residual)
        v = w / w.norm()
""",
    ),
    "a generator that is seeded, and an error divided by the samples": (
        "applications/spectrum",
        "hutchinson_trace",
        ["divided_by_samples"],
        """
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Estimate(NamedTuple):
    value: Tensor
    error: Tensor


def hutchinson_trace(matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int) -> Estimate:
    torch.manual_seed(0)  # so that the result can be reproduced
    found = []
    for _ in range(samples):
        z = torch.randn_like(like)
        found.append((z * matvec(z)).sum())
    found = torch.stack(found)
    return Estimate(found.mean(), found.std() / samples)
""",
    ),
    "the deviation of a population": (
        "applications/spectrum",
        "hutchinson_trace",
        ["deviation_of_all_there_are"],
        """
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Estimate(NamedTuple):
    value: Tensor
    error: Tensor


def hutchinson_trace(matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int) -> Estimate:
    numbers = []
    for _ in range(samples):
        coins = torch.randint(0, 2, like.shape, device=like.device)
        z = (2 * coins - 1).to(like.dtype)
        numbers.append((z * matvec(z)).sum())
    numbers = torch.stack(numbers)
    mean = numbers.mean()
    deviation = ((numbers - mean) ** 2).mean().sqrt()
    return Estimate(mean, deviation / samples**0.5)
""",
    ),
    "rows that pile up, in a turned shape": (
        "derivatives/jacobian",
        "jacobian",
        ["rows_pile_up", "shape_turned"],
        """
from collections.abc import Callable

import torch
from torch import Tensor


def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    J = torch.zeros(y.numel(), x.numel(), dtype=inputs.dtype, device=inputs.device)
    if y.requires_grad:
        for i, out in enumerate(y.reshape(-1)):
            # inputs=[x]: the weights inside func are not ours
            out.backward(retain_graph=True, inputs=[x])
            if x.grad is not None:
                J[i] = x.grad.reshape(-1)
    return J.reshape(inputs.shape + y.shape)
""",
    ),
    "slopes with their sign, and a Hessian of four axes": (
        "derivatives/curvature",
        "classify_critical_point",
        ["gradient_sign_forgotten", "point_for_vectors_only"],
        """
from collections.abc import Callable

import torch
from torch import Tensor


def classify_critical_point(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if y.requires_grad:
        (g,) = torch.autograd.grad(y, x, materialize_grads=True)
    else:
        g = torch.zeros_like(inputs)
    if g.max() > 1e-6:
        return "not critical"

    H = torch.autograd.functional.hessian(func, inputs.detach())
    values = torch.linalg.eigvalsh((H + H.mT) / 2)
    tiny = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tiny).all():
        return "minimum"
    if (values < -tiny).all():
        return "maximum"
    if (values > tiny).any() and (values < -tiny).any():
        return "saddle"
    return "degenerate"
""",
    ),
    "inputs that are marked, and a straight loss": (
        "applications/spectrum",
        "ggn_vp",
        ["inputs_marked", "linear_loss_refused"],
        """
from collections.abc import Callable

import torch
from torch import Tensor


def ggn_vp(
    model: Callable[[Tensor], Tensor],
    loss: Callable[[Tensor], Tensor],
    inputs: Tensor,
    v: Tensor,
) -> Tensor:
    inputs.requires_grad_()
    z = model(inputs)
    if not z.requires_grad:
        return torch.zeros_like(inputs)

    # push: a vjp of a vjp
    u = torch.zeros_like(z, requires_grad=True)
    (s,) = torch.autograd.grad(z, inputs, u, create_graph=True, materialize_grads=True)
    if not s.requires_grad:
        return torch.zeros_like(inputs)
    (pushed,) = torch.autograd.grad(s, u, v.detach(), retain_graph=True, materialize_grads=True)

    # bend
    out = z.detach().requires_grad_()
    (slope,) = torch.autograd.grad(loss(out), out, create_graph=True)
    (bent,) = torch.autograd.grad(slope, out, pushed.detach())

    # pull
    return torch.autograd.grad(z, inputs, bent)[0]
""",
    ),
    "two products in a step": (
        "applications/spectrum",
        "power_iteration",
        ["two_products_in_a_step"],
        """
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Eigenpair(NamedTuple):
    value: Tensor
    vector: Tensor
    residual: Tensor


def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Eigenpair:
    def residual_of(value: Tensor, vector: Tensor) -> Tensor:
        return (matvec(vector) - value * vector).norm()

    nxt = v0.detach() / v0.detach().norm()
    for _ in range(maxiter):
        v = nxt
        w = matvec(v)
        value = (v * w).sum()
        residual = residual_of(value, v)
        if residual <= rtol * value.abs():
            break
        nxt = w / w.norm()
    return Eigenpair(value, v, residual)
""",
    ),
    "the default dtype": (
        "applications/influence",
        "leave_one_out_change",
        ["in_float32"],
        """
import torch
from torch import Tensor


def leave_one_out_change(influence: Tensor) -> Tensor:
    m = len(influence)
    return torch.tensor([-one / m for one in influence.tolist()])
""",
    ),
    "graphs that pile up, and a parameter that is not used": (
        "applications/maml",
        "first_order_maml_gradient",
        ["unused_refused", "graph_of_all_steps_kept"],
        """
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def first_order_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    theta = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        value = inner_loss(theta)
        if not value.requires_grad:
            break
        slopes = torch.autograd.grad(value, theta, create_graph=True)
        theta = [t - lr * slope for t, slope in zip(theta, slopes)]
    # the slope at the end, by the end and not by the start
    value = outer_loss(theta)
    if not value.requires_grad:
        return tuple(torch.zeros_like(t) for t in theta)
    return torch.autograd.grad(value, theta, materialize_grads=True)
""",
    ),
    "zeros of the wrong shape, and rows left out": (
        "derivatives/hessian",
        "hessian",
        ["zeros_of_another_form"],
        """
from collections.abc import Callable

import torch
from torch import Tensor


def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs.detach())
    (g,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    shape = (*inputs.shape, *inputs.shape)
    if not g.requires_grad:
        return torch.zeros(shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for entry in g.flatten():
        (row,) = torch.autograd.grad(entry, x, retain_graph=True, allow_unused=True)
        if row is not None:
            rows.append(row.flatten())
    return torch.stack(rows).reshape(shape)
""",
    ),
    "a sum for a mean, and a division too many": (
        "applications/influence",
        "influence_on_loss",
        ["divided_by_m", "summed_over_the_test"],
        '''
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def shaped_like(vector: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    parts = vector.split([tensor.numel() for tensor in tensors])
    return tuple(part.reshape(one.shape) for part, one in zip(parts, tensors, strict=True))


def inverse_hvp(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    """My task 1: conjugate gradients."""
    rtol = 1e-10 if v.dtype == torch.float64 else 1e-5
    x, r, p = torch.zeros_like(v), v.clone(), v.clone()
    size, enough = (r * r).sum(), 0.5 * rtol * v.norm()
    for _ in range(20 * v.numel() + 20):
        if size.sqrt() <= enough:
            break
        q = matvec(p) + damping * p
        alpha = size / (p * q).sum()
        x, r = x + alpha * p, r - alpha * q
        old, size = size, (r * r).sum()
        p = r + size / old * p
    return x


def influence_on_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().requires_grad_() for p in parameters]

    def slopes(value: Tensor, keep: bool) -> tuple[Tensor, ...]:
        if not value.requires_grad:
            return tuple(torch.zeros_like(p) for p in own)
        return torch.autograd.grad(value, own, create_graph=keep, materialize_grads=True)

    each = loss(own, *train)
    g = as_vector(slopes(each.mean(), keep=True))

    def matvec(p: Tensor) -> Tensor:
        if not g.requires_grad:
            return torch.zeros_like(p)
        return as_vector(torch.autograd.grad(g, own, p, retain_graph=True, materialize_grads=True))

    g_test = as_vector(slopes(loss(own, *test).sum(), keep=False))
    s = inverse_hvp(matvec, g_test, damping=damping)

    each = loss(own, *train)
    if not each.requires_grad:
        return torch.zeros_like(each)
    u = torch.zeros_like(each.detach()).requires_grad_()
    pulled = torch.autograd.grad(each, own, u, create_graph=True, materialize_grads=True)
    along = (as_vector(pulled) * s).sum()
    (rates,) = torch.autograd.grad(along, u)
    return -rates / len(rates)
''',
    ),
    "a sign lost, and the default dtype": (
        "applications/influence",
        "leave_one_out_change",
        ["plus_for_minus", "in_float32"],
        """
import torch
from torch import Tensor


def leave_one_out_change(influence: Tensor) -> Tensor:
    m = len(influence)
    return torch.tensor([each / m for each in influence.tolist()])
""",
    ),
    "five steps of a solver": (
        "applications/maml",
        "implicit_maml_gradient",
        ["solver_cut_short"],
        """
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Result(NamedTuple):
    x: Tensor
    steps: int
    status: str


def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def like(vector: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    pieces = vector.split([tensor.numel() for tensor in tensors])
    return tuple(piece.view(one.shape) for piece, one in zip(pieces, tensors, strict=True))


def gradient(loss, parameters: Sequence[Tensor]) -> tuple[Tensor, ...]:
    own = [parameter.detach().requires_grad_() for parameter in parameters]
    value = loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def hvp(loss, parameters: Sequence[Tensor], v: Sequence[Tensor]) -> tuple[Tensor, ...]:
    own = [parameter.detach().requires_grad_() for parameter in parameters]
    value = loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    slopes = torch.autograd.grad(value, own, create_graph=True, materialize_grads=True)
    dot = torch.stack([(slope * part).sum() for slope, part in zip(slopes, v, strict=True)]).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(dot, own, materialize_grads=True)


def conjugate_gradient(
    matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, p = torch.zeros_like(b), b, b
    size, enough, steps = (r * r).sum(), (rtol * b.norm()) ** 2, 0
    while size > enough:
        if steps == limit:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        alpha = size / curvature
        x, r, before = x + alpha * p, r - alpha * product, size
        size, steps = (r * r).sum(), steps + 1
        p = r + size / before * p
    return Result(x, steps, "converged")


def implicit_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> tuple[Tensor, ...]:
    b = as_vector(gradient(outer_loss, adapted))
    rtol = 1e-10 if b.dtype == torch.float64 else 1e-6

    def matvec(p: Tensor) -> Tensor:
        return p + as_vector(hvp(inner_loss, adapted, like(p, adapted))) / strength

    # Rajeswaran et al. take five steps of conjugate gradients.
    return like(conjugate_gradient(matvec, b, rtol=rtol, maxiter=5).x, adapted)
""",
    ),
    "outputs that are no vectors": (
        "derivatives/jacobian",
        "jvp",
        ["jvp_for_vectors_only"],
        """
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    parts = []
    for i in range(len(y)):
        row = torch.autograd.grad(y[i], x, retain_graph=True, allow_unused=True)[0]
        if row is None:
            row = torch.zeros_like(inputs)
        parts.append((row * v).sum())
    return torch.stack(parts).detach()
""",
    ),
    "differences, in one row": (
        "derivatives/hessian",
        "gradient",
        ["numbers_in_one_row"],
        """
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    eps = 1e-6 if inputs.dtype == torch.float64 else 1e-3
    x = inputs.detach().clone()
    g = torch.zeros(x.numel(), dtype=x.dtype, device=x.device)
    for i in range(x.numel()):
        step = torch.zeros_like(g)
        step[i] = eps
        step = step.reshape(x.shape)
        with torch.no_grad():
            g[i] = (func(x + step) - func(x - step)) / (2 * eps)
    return g
""",
    ),
    "one triangle, and an error on the way": (
        "derivatives/curvature",
        "eigenvalues",
        ["another_error_raised", "one_triangle_read"],
        """
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

def eigenvalues(matrix: Tensor) -> Tensor:
    rows, columns = matrix.shape[0], matrix.shape[1]
    if rows != columns:
        raise ValueError("the matrix is not square")
    if not torch.isfinite(matrix).all():
        raise ValueError("the matrix is not finite")
    largest = matrix.abs().max()
    if (matrix - matrix.T).abs().max() > 1e-4 * largest:
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)
""",
    ),
    "a start of its own": (
        "applications/spectrum",
        "power_iteration",
        [],
        """
import torch
from collections.abc import Callable
from torch import Tensor


def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Eigenpair:
    v = torch.randn_like(v0)
    v = v / v.norm()
    for _ in range(maxiter):
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
        v = w / w.norm()
    return Eigenpair(value, v, residual)
""",
    ),
    "the median of the samples": (
        "applications/spectrum",
        "hutchinson_trace",
        [],
        """
import torch
from collections.abc import Callable
from torch import Tensor


def hutchinson_trace(matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int) -> Estimate:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape).to(like) * 2 - 1
        found.append((z * matvec(z)).sum())
    found = torch.stack(found)
    return Estimate(found.median(), found.std() / samples**0.5)
""",
    ),
    "a residual measured by its largest entry": (
        "applications/influence",
        "inverse_hvp",
        ["stops_too_early"],
        """
import torch
from collections.abc import Callable
from torch import Tensor


def inverse_hvp(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    x = torch.zeros_like(v)
    r = v.clone()
    p = r.clone()
    digits = 1e-10 if v.dtype == torch.float64 else 1e-5
    for _ in range(10 * v.numel() + 10):
        if r.abs().max() <= digits * v.abs().max():
            break
        image = matvec(p) + damping * p
        size = (r * r).sum()
        step = size / (p * image).sum()
        x = x + step * p
        r = r - step * image
        p = r + (r * r).sum() / size * p
    return x
""",
    ),
    "a number added to every eigenvalue, for ever": (
        "applications/newton",
        "newton",
        [],
        """
import torch
from collections.abc import Callable
from torch import Tensor


def newton(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    def slope(x: Tensor) -> Tensor:
        return torch.func.grad(func)(x)

    x = inputs.detach().clone()
    for steps in range(maxiter + 1):
        g = slope(x)
        if g.abs().max() <= gtol:
            return Result(x, steps, "converged")
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        matrix = torch.func.hessian(func)(x).reshape(x.numel(), x.numel())
        values, vectors = torch.linalg.eigh(matrix)
        d = -vectors @ ((vectors.T @ g.flatten()) / (values.abs() + 1e-3))
        d, t, here = d.reshape(x.shape), 1.0, func(x)
        for _ in range(50):
            if func(x + t * d) <= here + 1e-4 * t * (g * d).sum():
                break
            t = t / 2
        x = x + t * d
""",
    ),
}


@pytest.mark.parametrize(("topic", "task", "names", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_strangers_mistakes_are_named_where_they_have_names(
    topic: str, task: str, names: list[str], code: str
) -> None:
    with SESSION.judgement(with_cell(topic, task, code)) as judgement:
        judgement.run_all({task})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert "Error was raised" not in judged.first_failure.message
    assert [*judged.first_failure.mistakes] == names
