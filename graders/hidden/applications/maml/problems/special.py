"""Special cases: parameters that are not used, losses that are straight or constant."""

from __future__ import annotations

from functools import partial
from typing import Any

from graders.hidden.applications.maml.problems.drawn import Values, values
from graders.hidden.applications.maml.problems.losses import (
    constant,
    cubes,
    first_and_last,
    first_and_middle,
    fourth_powers,
    straight,
)
from graders.sandbox.problem import Draw, problem


@problem("inner = Σ (p + 2 r)⁴/48 + p², outer = Σ p³/3 + Σ q²: each leaves one of p, q, r out")
def unused_in_each(draw: Draw, **keywords: Any) -> Values:
    """Leave q as it is; r is not in the outer loss, but p after a step depends on it."""
    own = [draw.uniform(0.5, 1.5, 3), draw.normal(2, 1, 2), draw.uniform(-1.0, 1.0, 3)]
    inner, outer = partial(first_and_last, scale=1.0), partial(first_and_middle, scale=1 / 3)
    return values(inner, outer, own, 0.1, marked=True, **keywords)


@problem("inner = ⟨a, p⟩, linear in p of length 3; outer = Σ p³")
def linear_inside(draw: Draw, **keywords: Any) -> Values:
    """Build H = 0: the answer is the first-order one."""
    inner = partial(straight, slopes=draw.normal(3))
    return values(inner, cubes, [draw.normal(3)], 0.2, **keywords)


@problem("inner = 4, a constant; outer = Σ p³ + Σ q³")
def constant_inside(draw: Draw, **keywords: Any) -> Values:
    """Build an inner loss that has no graph at all."""
    own = [draw.normal(3), draw.normal(2, 2)]
    inner = partial(constant, number=draw.tensor(2.0))
    return values(inner, cubes, own, 0.2, marked=True, **keywords)


@problem("inner = Σ p⁴ + Σ q⁴; outer = 4, a constant")
def constant_outside(draw: Draw, **keywords: Any) -> Values:
    """Build an outer loss that has no graph at all: the answer is exactly zero."""
    own = [draw.normal(3), draw.normal(2, 2)]
    outer = partial(constant, number=draw.tensor(2.0))
    return values(fourth_powers, outer, own, 0.05, **keywords)
