"""Problems for `inverse_hvp` and `leave_one_out_change`.

`matrix`, or `diagonal` and `rank_one`, and `ends`, H's smallest eigenvalue and a bound of its
largest, go to nobody: they are there for whoever checks the answer.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from graders.hidden.applications.drawn import as_drawn, symmetric
from graders.hidden.applications.maps import product_with
from graders.meter import Product
from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]


@problem("(H + damping I) x = v, H symmetric with its eigenvalues evenly spread")
def known_spectrum(
    draw: Draw,
    rows: int = 6,
    columns: int = 0,
    low: float = 1.0,
    high: float = 20.0,
    scale: float = 1.0,
    **keywords: Any,
) -> Values:
    """Build a system; with `columns`, v is a block, and of one equation it has no axis."""
    n = rows * max(columns, 1)
    shape = (rows, 1, columns) if columns else (rows,) if n > 1 else ()
    values = torch.linspace(low, high, n, dtype=torch.float64)
    return _system(draw, values, scale * draw.normal(*shape), keywords)


@problem("(H + damping I) x = v, H symmetric with most of its eigenvalues near 1 or near 100")
def crowded_at_both_ends(draw: Draw, n: int, **keywords: Any) -> Values:
    """Build the hardest system for conjugate gradients: the zeros of a polynomial of Chebyshev's.

    Spread evenly, eigenvalues are fewer to them than there are.
    """
    angles = (torch.arange(n, dtype=torch.float64) + 0.5) * (torch.pi / n)
    return _system(draw, 50.5 - 49.5 * torch.cos(angles), draw.normal(n), keywords)


@problem("(H + damping I) x = v, H = diag(1, 2, …, 2), v = (1, 5·10⁻¹¹, …), times a number each")
def one_large_entry(draw: Draw) -> Values:
    """Build a system after whose first step the largest entry of the residual is small.

    That is 5·10⁻¹¹ of v; by the norm, which is what counts, 2·10⁻¹⁰ of it are left.
    """
    unit, small = draw.uniform(1.0, 2.0), 5e-11
    matrix = torch.diag(draw.tensor([1.0] + [2.0] * 23)) * unit
    v = draw.tensor([1.0] + [small] * 23) * draw.uniform(1.0, 2.0)
    ends = float(unit), 2 * float(unit)
    return {"matvec": product_with(matrix, v), "v": v, "matrix": matrix, "ends": ends}


def _system(draw: Draw, eigenvalues: Tensor, v: Tensor, keywords: Values) -> Values:
    matrix, _ = symmetric(draw, eigenvalues)
    ends = float(eigenvalues[0]), float(eigenvalues[-1])
    return {"matvec": product_with(matrix, v), "v": v, "matrix": matrix, "ends": ends, **keywords}


def _diagonal_and_row(v: Tensor, diagonal: Tensor, rank_one: Tensor) -> Tensor:
    return diagonal * v + rank_one * (rank_one * v).sum()


@problem("(H + damping I) x = v, H = diag(1, 4, 9, 1, 4, …) + u uᵀ of size {n}")
def few_eigenvalues(draw: Draw, n: int) -> Values:
    """Build a system with at most 7 different eigenvalues, whatever n is."""
    diagonal = draw.tensor([1.0, 4.0, 9.0]).repeat(n // 3 + 1)[:n]
    row, v = draw.unconverted.normal(n) / n**0.5, draw.normal(n)
    rank_one = as_drawn(draw, row)
    apply = partial(_diagonal_and_row, diagonal=diagonal, rank_one=rank_one)
    ends = 1.0, 9.0 + float(row @ row)
    parts = {"diagonal": diagonal, "rank_one": rank_one, "ends": ends}
    return {"matvec": Product(apply, v), "v": v, "damping": 0.5, **parts}


@problem("the influences of {m} training examples")
def some_influences(draw: Draw, m: int = 5) -> Values:
    """Draw the influences themselves: there is nothing to solve."""
    return {"influence": draw.normal(m)}


# Unless damped the matrix of the first edge is singular. With 10⁻¹⁴ for a scale every stop that
# does not look at the size of v is too early.
INVERSE_PROBLEMS = (
    spec("known_spectrum"),
    spec("known_spectrum", rows=7, damping=0.5),
    spec("known_spectrum", rows=2, columns=4, low=0.5, high=30.0, damping=0.25),
    spec("crowded_at_both_ends", n=120, damping=0.1),
    spec("known_spectrum", low=0.4, high=1.6, damping=0.1),
    spec("known_spectrum", rows=5, low=0.0, high=12.0, damping=0.3, core=False),
    spec("known_spectrum", rows=5, scale=1e-14, core=False),
    spec("known_spectrum", rows=5, scale=1e9, core=False),
    spec("known_spectrum", rows=4, scale=0.0, core=False),
    spec("known_spectrum", rows=1, core=False),
    spec("one_large_entry", core=False),
    spec("known_spectrum", high=10.0, dtype="float32", core=False),
)
"""Systems for `inverse_hvp`, most telling first."""

LEAVE_ONE_OUT_PROBLEMS = (
    spec("some_influences"),
    spec("some_influences", m=2),
    spec("some_influences", m=1, core=False),
    spec("some_influences", dtype="float32", core=False),
)
"""Influences for `leave_one_out_change`."""
