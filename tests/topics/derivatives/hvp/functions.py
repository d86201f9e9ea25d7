"""Hessian-vector products of the problems for `hvp`, by formula, in float64."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from graders.sandbox.problem import Problem
from topics.derivatives.hessian import closed_forms as scalar_functions
from topics.derivatives.hvp.parameter_losses import network_hvp


def _data(problem: Problem, *names: str) -> tuple[Tensor, ...]:
    keywords = problem.values["func"].keywords
    return tuple(keywords[name].detach().double() for name in names)


def _point(problem: Problem) -> tuple[Tensor, Tensor]:
    return problem.values["inputs"].double(), problem.values["tangent"].double()


def _three_letters(problem: Problem) -> Tensor:
    (x, y, z), v = _point(problem)
    t, s = torch.tanh(x * y), torch.sigmoid(z)
    bend = -2 * t * (1 - t**2)
    xx = bend * y**2 - torch.log1p(torch.exp(z)) * torch.sin(x)
    xy = (1 - t**2) + bend * x * y
    yy = bend * x**2 + 2 * z
    xz = s * torch.cos(x)
    yz = 2 * y
    zz = s * (1 - s) * torch.sin(x)
    rows = torch.stack((xx, xy, xz, xy, yy, yz, xz, yz, zz)).reshape(3, 3)
    return rows @ v


def _tanh_chain(problem: Problem) -> Tensor:
    x, v = _point(problem)
    (weights,) = _data(problem, "weights")
    left, right = x[:-1], x[1:]
    t = torch.tanh(left * right)
    slope, bend = weights * (1 - t**2), -2 * weights * t * (1 - t**2)
    along = left * v[1:] + right * v[:-1]
    result = torch.zeros_like(x)
    result[:-1] += slope * v[1:] + bend * right * along
    result[1:] += slope * v[:-1] + bend * left * along
    return result


def _softplus_sheet(problem: Problem) -> Tensor:
    x, v = _point(problem)
    left, right = _data(problem, "left", "right")
    s = torch.sigmoid(left @ x @ right)
    return left.T @ (s * (1 - s) * (left @ v @ right)) @ right.T


def _sine_block(problem: Problem) -> Tensor:
    x, v = _point(problem)
    slopes, weights = _data(problem, "slopes", "weights")
    s = torch.sigmoid(x)
    full = -torch.sin((slopes * x).sum()) * (slopes * v).sum() * slopes
    return full + weights * s * (1 - s) * v


def _soft_maximum(problem: Problem) -> Tensor:
    x, v = _point(problem)
    (rows,) = _data(problem, "rows")
    p = torch.exp(rows @ x)
    p = p / p.sum()
    along = rows @ v
    return rows.T @ (p * (along - p @ along))


def _two_rhythms(problem: Problem) -> Tensor:
    (x, y), v = _point(problem)
    ((slow, fast),) = _data(problem, "weights")
    # The two factors of 1000 from the inner derivatives and the 10⁻⁶ in front cancel.
    return torch.stack((-slow * torch.sin(x) * v[0], -fast * torch.sin(1000 * y) * v[1]))


def _row_sums_multiplied(problem: Problem) -> Tensor:
    # The slope by each entry of a row is the other row's sum, so it changes as that sum does.
    _, v = _point(problem)
    along = v.detach().sum(dim=1)
    return torch.stack((along[1].expand(3), along[0].expand(3)))


def _coupled(problem: Problem) -> Tensor:
    x, v = _point(problem)
    return x**2 * v + v.sum()


def _rosenbrock(problem: Problem) -> Tensor:
    x, v = _point(problem)
    result = torch.zeros_like(x)
    result[:-1] += (1200 * x[:-1] ** 2 - 400 * x[1:] + 2) * v[:-1] - 400 * x[:-1] * v[1:]
    result[1:] += 200 * v[1:] - 400 * x[:-1] * v[:-1]
    return result


def _mlp(problem: Problem) -> Tensor:
    batch, targets = _data(problem, "batch", "targets")
    x, v = _point(problem)
    units = x.numel() // 10
    sizes = [8 * units, units, units, x.numel() - 10 * units]

    def parts(flat: Tensor) -> list[Tensor]:
        weight, *others = flat.split(sizes)
        return [weight.reshape(8, units), *others]

    return torch.cat([h.reshape(-1) for h in network_hvp(parts(x), parts(v), batch, targets)])


HVPS: dict[str, Callable[[Problem], Tensor]] = {
    "three_letters": _three_letters,
    "tanh_chain": _tanh_chain,
    "softplus_sheet": _softplus_sheet,
    "sine_block": _sine_block,
    "soft_maximum": _soft_maximum,
    "two_rhythms": _two_rhythms,
    "row_sums_multiplied": _row_sums_multiplied,
    "coupled": _coupled,
    "rosenbrock": _rosenbrock,
    "mlp": _mlp,
}
"""The formula of each problem that the Hessian tasks do not share, by the problem's name."""


def hvp(problem: Problem) -> Tensor:
    """Give the exact H v for the problem's tangent, float64, shaped as the problem's inputs."""
    formula = HVPS.get(problem.spec.name, scalar_functions.hvp)
    return formula(problem)


BYTES = {
    "dense_hessian(n=1000, float32)": 4_000_000,
    "dense_hessian(n=1000)": 8_000_000,
    "dense_hessian(n=7, float16)": 98,
    "dense_hessian(n=1000000, float32)": 4_000_000_000_000,
    "dense_hessian(n=1234567891, bfloat16)": 3_048_315_754_976_375_762,
    "dense_hessian(n=1)": 8,
    "dense_hessian(n=0, float32)": 0,
}
"""What `hessian_bytes` must say, by the name of the problem with its parameters."""
