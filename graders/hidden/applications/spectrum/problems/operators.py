"""Problems for `power_iteration` and `lanczos`: a symmetric map as a product, and a start.

The spectrum of each map and the weights of its start on the eigenvectors are fixed; the directions
of the eigenvectors and the unit are drawn. Every builder gives `matvec` and `v0`; those for
`lanczos` are told `k`. The matrix of a map lies in its `partial`, and no builder holds an
eigenvalue that was computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from graders.hidden.applications.maps import product_with
from graders.meter import Product
from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]


def rotated(draw: Draw, eigenvalues: Tensor) -> tuple[Tensor, Tensor]:
    """Give a symmetric matrix with these eigenvalues, and its eigenvectors as columns."""
    n = len(eigenvalues)
    vectors = torch.linalg.qr(draw.normal(n, n)).Q
    matrix = (vectors * eigenvalues) @ vectors.T
    return (matrix + matrix.T) / 2, vectors


def _map(
    draw: Draw,
    eigenvalues: Sequence[float],
    weights: Sequence[float] = (),
    scale: float = 1.0,
    rows: int = 0,
    **others: Any,
) -> Values:
    n = len(eigenvalues)
    values = draw.tensor(eigenvalues) * draw.uniform(1.0, 2.0) * scale
    matrix, vectors = rotated(draw, values)
    signed = [weight * (-1) ** i for i, weight in enumerate(weights or [1.0] * n)]
    # Seven long, so that whoever forgets to normalise the start is seen.
    start = 7.0 * (vectors @ draw.tensor(signed))
    start = start.reshape(rows, 1, -1) if rows else start
    return {"matvec": product_with(matrix, start), "v0": start, **others}


@problem("A with the eigenvalues 6, -3.5, 3, … times a number")
def top_positive(draw: Draw, **others: Any) -> Values:
    """Build a map whose largest eigenvalue is its largest in magnitude, too."""
    values = [6.0, 3.0, 2.0, 1.5, -1.0, -2.0, -3.5, 0.5, 0.1, -0.2, 0.7, 1.1]
    return _map(draw, values, **others)


@problem("A with the eigenvalues -6, 4, 3, … times a number")
def top_negative(draw: Draw, **others: Any) -> Values:
    """Build a map whose eigenvalue of largest magnitude is negative."""
    return _map(draw, [-6.0, 4.0, 3.0, 1.5, -1.0, -2.0, 0.5, 0.1], **others)


@problem("A with the eigenvalues 5, -4.5, 4, … times a number")
def near_tie(draw: Draw, **others: Any) -> Values:
    """Build a map on which power iteration is slow: the ratio is 0.9, and of another sign."""
    return _map(draw, [5.0, -4.5, 4.0, 3.0, 2.0, 1.0, -1.0, -2.0, -3.0], **others)


@problem("A with the eigenvalues 5, -4.5, 4, … times a number, and v0 an eigenvector of the first")
def begun_at_the_end(draw: Draw, **others: Any) -> Values:
    """Build a map on which power iteration is slow from everywhere but from the start it is given.

    Another start needs dozens of products, and a random one shows that `v0` was not used.
    """
    values = [5.0, -4.5, 4.0, 3.0, 2.0, 1.0, -1.0, -2.0, -3.0]
    return _map(draw, values, [1.0] + [0.0] * 8, **others)


@problem("A = diag(a, B, b) with the eigenvalues -6, 4, 3, … of B, times a number, and a, b > 0")
def ends_apart(draw: Draw, **others: Any) -> Values:
    """Build a map whose first and last entries keep their signs while the largest ones turn."""
    unit = draw.uniform(1.0, 2.0)
    inner, vectors = rotated(draw, draw.tensor([-6.0, 4.0, 3.0, 1.5, -1.0, -2.0]) * unit)
    alone = unit.reshape(1, 1)
    matrix = torch.block_diag(1.5 * alone, inner, 0.5 * alone)
    one = torch.ones_like(alone[0])
    start = 7.0 * torch.cat((one, vectors.sum(1), one))
    return {"matvec": product_with(matrix, start), "v0": start, **others}


@problem("A with the eigenvalues -4, -4, 2, … times a number")
def repeated_top(draw: Draw, **others: Any) -> Values:
    """Build a map whose top eigenvalue is double, so that its eigenvectors fill a plane."""
    return _map(draw, [-4.0, -4.0, 2.0, 2.0, 1.0, -1.0, 0.5], **others)


@problem("A with the eigenvalues 5, -5, 2, … times a number")
def plus_and_minus(draw: Draw, **others: Any) -> Values:
    """Build a map with two eigenvalues of the same magnitude: power iteration never settles."""
    values = [5.0, -5.0, 2.0, 1.0, -1.0, 0.5]
    return _map(draw, values, [1.0, 0.6, 1.0, 1.0, 1.0, 1.0], **others)


@problem("A = 0")
def nothing(draw: Draw, **others: Any) -> Values:
    """Build the map that takes everything to zero."""
    return _map(draw, [0.0] * 5, **others)


@problem("A v = a v of one number, a < 0")
def one_entry(draw: Draw, **others: Any) -> Values:
    """Build a map of a tensor without axes."""
    start, matrix = draw.uniform(1.0, 2.0), -draw.uniform(1.0, 2.0, 1, 1)
    return {"matvec": product_with(matrix, start), "v0": start, **others}


@problem("A with 40 eigenvalues between -3 and 10, times a number")
def forty(draw: Draw, **others: Any) -> Values:
    """Build a map whose spectrum is spread out, with weights that differ."""
    places = torch.linspace(0.0, 1.0, 40, dtype=torch.float64)
    values, weights = -3 + 13 * places**2, 1 + torch.sin(7 * places)
    return _map(draw, values.tolist(), weights.tolist(), **others)


@problem("A with the eigenvalues 1000, 300, -100 and 57 more between 0 and 1, times a number")
def outliers(draw: Draw, **others: Any) -> Values:
    """Build a map whose three outliers are found early and, by rounding, found again."""
    bulk = torch.linspace(0.0, 1.0, 57, dtype=torch.float64)
    return _map(draw, [1000.0, 300.0, -100.0, *bulk.tolist()], **others)


@problem("A with the eigenvalues 1, 4 and 10, eight times each, times a number")
def three_levels(draw: Draw, **others: Any) -> Values:
    """Build a map whose Krylov spaces end after three steps."""
    values = [1.0] * 8 + [4.0] * 8 + [10.0] * 8
    return _map(draw, values, [1.0, -0.5, 2.0] * 8, **others)


@problem("A with the eigenvalues 5, 5 - 10⁻⁴, 3, … times a number")
def clustered(draw: Draw, **others: Any) -> Values:
    """Build a map with two eigenvalues that are hard to tell apart."""
    return _map(draw, [5.0, 5.0 - 1e-4, 3.0, 2.0, 1.0, -1.5, -4.0], **others)


def _stencil(v: Tensor, rows: Tensor) -> Tensor:
    x = v.reshape(-1)
    y = 2 * x
    y[1:] -= x[:-1]
    y[:-1] -= x[1:]
    return (y + (rows @ x) @ rows).reshape(v.shape)


@problem("A v = the second differences of v plus Uᵀ U v, with U of shape (3, {n})")
def stencil(draw: Draw, n: int, **others: Any) -> Values:
    """Build a map of n numbers that needs no matrix, with three large eigenvalues."""
    rows = torch.stack([size * draw.normal(n) / n**0.5 for size in (4.0, 6.0, 9.0)])
    start = draw.normal(n)
    product = Product(partial(_stencil, rows=rows), start)
    return {"matvec": product, "v0": start, "like": torch.zeros_like(start), **others}


BEGUN_AT_THE_END = spec("begun_at_the_end", rtol=1e-3, core=False)
"""A start from which one product is enough."""

# The core problems of power iteration have loose tolerances: near rtol = 1e-6 the residual keeps
# ten digits at most, too few to tell one known mistake from another by its numbers.
POWER_PROBLEMS = (
    spec("top_positive", rtol=1e-2),
    spec("top_negative", rtol=1e-2),
    spec("near_tie", rtol=1e-3),
    spec("repeated_top", rtol=1e-2),
    spec("top_negative", rtol=1e-2, scale=1e30),
    spec("top_negative", rtol=1e-2, scale=1e-30),
    spec("top_positive", core=False),
    spec("plus_and_minus", maxiter=60, core=False),
    spec("near_tie", maxiter=5, core=False),
    spec("nothing", core=False),
    spec("one_entry", core=False),
    BEGUN_AT_THE_END,
    spec("ends_apart", rtol=1e-2, maxiter=200, core=False),
    spec("top_positive", rows=3, core=False),
    spec("top_negative", rtol=1e-3, dtype="float32", core=False),
)
"""Problems for `power_iteration`, most telling first."""

LANCZOS_PROBLEMS = (
    spec("forty", k=8),
    spec("top_negative", k=4),
    spec("clustered", k=7),
    spec("outliers", k=20),
    spec("forty", k=6, scale=1e-12, core=False),
    spec("three_levels", k=8, core=False),
    spec("top_negative", k=20, core=False),
    spec("forty", k=1, core=False),
    spec("nothing", k=3, core=False),
    spec("one_entry", k=2, core=False),
    spec("top_positive", k=5, rows=3, core=False),
    spec("forty", k=6, dtype="float32", core=False),
)
"""Problems for `lanczos`, most telling first."""

LANCZOS_ENDS = (
    spec("three_levels", k=8, core=False),
    spec("top_negative", k=20, core=False),
    spec("three_levels", k=8, scale=1e12, core=False),
)
"""Krylov spaces that end before k steps."""
