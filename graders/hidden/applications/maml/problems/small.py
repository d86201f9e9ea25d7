"""Problems that show by their numbers what was computed. `steps` is handed on where it is given."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from graders.hidden.applications.drawn import square
from graders.hidden.applications.maml.problems.drawn import Loss, Values, values
from graders.hidden.applications.maml.problems.losses import (
    bowl,
    chain,
    line,
    logistic,
    small_network,
    steep,
)
from graders.sandbox.problem import Draw, problem


@problem("inner = ½ (p - a)ᵀ A (p - a), outer = ½ (p - b)ᵀ B (p - b), p a vector")
def two_bowls(draw: Draw, marked: bool = False, n: int = 4, **keywords: Any) -> Values:
    """Build two quadratics: the answer is (I − lr A)ᵏ B (p_k − b).

    A has n different eigenvalues, and so many conjugate directions does a solve with it take. Its
    largest is four times the strength or more, so that a series of H/strength runs away at once.
    """
    roots = draw.normal(n, n + 2) / 2, draw.normal(n, n + 2) / 2
    inner, outer = (partial(bowl, matrix=root @ root.T, centre=draw.normal(n)) for root in roots)
    return values(inner, outer, [draw.normal(n)], 0.15, marked=marked, strength=n / 20, **keywords)


@problem("Σ sᵢⱼ tanh(pᵢⱼ pᵢⱼ₊₁) + ¼ Σ p⁴ with p of shape (2, 3), other slopes s inside and outside")
def tanh_chains(draw: Draw, marked: bool = False, **keywords: Any) -> Values:
    """Build curvature that changes on the way: H at the start is not H after a step."""
    inner, outer = (partial(chain, slopes=draw.normal(2, 2)) for _ in range(2))
    own = [draw.uniform(0.4, 1.2, 2, 3)]
    return values(inner, outer, own, 0.2, marked=marked, **keywords)


@problem(
    "inner = 10⁸ s · p + Σ √(1 + u²)/100 with u = 10 M (p - c), outer = ½ (p - b)ᵀ B (p - b), "
    "p a vector"
)
def steep_inside(draw: Draw, n: int = 3, **keywords: Any) -> Values:
    """Build an inner gradient that keeps eight digits of what varies: too few for differences."""
    mix, back = square(draw, n)
    centre = draw.normal(n)
    inner = partial(steep, slopes=draw.uniform(0.5, 1.5, n), mix=mix, centre=centre)
    root = draw.normal(n, n + 2) / 2
    outer = partial(bowl, matrix=root @ root.T, centre=draw.normal(n))
    start = centre + back @ draw.uniform(0.02, 0.06, n)
    return values(inner, outer, [start], 0.2, strength=0.5, **keywords)


@problem("the mean squared error of w · x + b on other examples inside and outside, w (3,), b ()")
def line_fit(draw: Draw, **keywords: Any) -> Values:
    """Build a linear regression; its two parameters are coupled.

    The targets lie above all outputs: no part of an answer that is a single number may come near
    zero, where its relative error would be the cancellation's.
    """
    inner, outer = (
        partial(line, x=0.7 * draw.normal(k, 3) + 0.3, y=draw.normal(k) + 6) for k in (5, 8)
    )
    own = [draw.normal(3), draw.uniform(0.5, 1.5)]
    return values(inner, outer, own, 0.05, marked=True, **keywords)


@problem("the mean squared error of v · tanh(W x + b) + c, W of shape (3, 2), b (3,), v (3,), c ()")
def network(draw: Draw, trained: bool = False, **keywords: Any) -> Values:
    """Build a small network; where it is being trained, there is something in each `.grad`."""
    own = [draw.normal(3, 2), draw.normal(3), draw.normal(3), draw.uniform(0.5, 1.5)]
    inner, outer = (
        partial(small_network, x=draw.normal(k, 2), y=draw.normal(k) + 6) for k in (6, 9)
    )
    if trained:
        for parameter in own:
            parameter.grad = torch.ones_like(parameter)
    return values(inner, outer, own, 0.05, marked=True, strength=100.0, **keywords)


@problem(
    "the logistic loss of x · p + ⟨Z, Q⟩ on other examples inside and outside, p (4,), Q (2, 2)"
)
def coin_flips(draw: Draw, **keywords: Any) -> Values:
    """Build losses that are convex and not quadratic, in two parameters."""

    def loss(count: int) -> Loss:
        y = (draw.uniform(0, 1, count) < 0.5).to(draw.dtype) * 2 - 1
        return partial(logistic, x=draw.normal(count, 4), z=draw.normal(count, 2, 2), y=y)

    own = [draw.normal(4), draw.normal(2, 2)]
    return values(loss(9), loss(6), own, 0.5, strength=0.1, **keywords)
