"""Systems A x = b, of which only products with A are handed over.

`matrix` goes to nobody: it is there for whoever checks the answer.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from graders.hidden.applications.drawn import as_drawn, symmetric
from graders.hidden.applications.maps import product_with
from graders.meter import Product
from graders.sandbox.problem import Draw, problem

Values = dict[str, Any]


def _system(matrix: Tensor, b: Tensor, keywords: dict[str, Any]) -> Values:
    return {"matvec": product_with(matrix, b), "b": b, "matrix": matrix, **keywords}


def _matrix_and_side(draw: Draw, eigenvalues: Any, weights: Any) -> tuple[Tensor, Tensor]:
    """Draw A and b so that the steps they take are the same for every draw."""
    values = torch.as_tensor(eigenvalues, dtype=torch.float64)
    values = values * draw.unconverted.uniform(1.0, 2.0)
    matrix, axes = symmetric(draw, values)
    return matrix, as_drawn(draw, axes @ torch.as_tensor(weights, dtype=torch.float64))


@problem("A x = b, A symmetric with the eigenvalues a, 4a and 10a")
def three_values(draw: Draw, scale: float = 1.0, rows: int = 0, **keywords: Any) -> Values:
    """Build a system that three steps solve; with `rows`, b is a block."""
    eigenvalues = [1.0] * 8 + [4.0] * 8 + [10.0] * 8
    matrix, b = _matrix_and_side(draw, eigenvalues, [1.0, -0.5, 2.0] * 8)
    return _system(matrix, scale * (b.reshape(rows, 1, -1) if rows else b), keywords)


@problem("A x = b, A symmetric positive definite")
def spread(draw: Draw, power: float = 2, n: int = 30, **keywords: Any) -> Values:
    """Build a system with condition number 10^power."""
    eigenvalues = torch.logspace(0, power, n, dtype=torch.float64)
    weights = eigenvalues.sqrt() * torch.cos(torch.arange(n))
    return _system(*_matrix_and_side(draw, eigenvalues, weights), keywords)


@problem("A x = b with A = diag(1, 2, …, 2) and b = (1, 0.02, …, 0.02), times a number each")
def one_large_entry(draw: Draw, **keywords: Any) -> Values:
    """Build a system of two steps, whose largest entries are small after one, and their norm not.

    After it the residual is about (0.01, -0.02, …, -0.02): 0.02 of b by the largest entry, and a
    tenth by the norm.
    """
    matrix = torch.diag(draw.tensor([1.0] + [2.0] * 23)) * draw.uniform(1.0, 2.0)
    b = draw.tensor([1.0] + [0.02] * 23) * draw.uniform(1.0, 2.0)
    return _system(matrix, b, keywords)


@problem("A x = b, A symmetric with eigenvalues of both signs")
def both_signs(draw: Draw, late: bool = False, **keywords: Any) -> Values:
    """Build a system whose first direction has negative curvature, or with `late` the third."""
    if late:
        eigenvalues, weights = [-2.0, 1.0, 2.0, 3.0, 5.0, 8.0], [0.15, 1.0, -1.0, 1.0, 1.0, -2.0]
    else:
        eigenvalues, weights = [-6.0, -1.0, 1.0, 2.0, 3.0], [2.0, 1.0, 1.0, 1.0, -1.0]
    return _system(*_matrix_and_side(draw, eigenvalues, weights), keywords)


@problem("A x = b, A positive semidefinite with rank 4 of 7 and b in its range")
def rank_deficient(draw: Draw, **keywords: Any) -> Values:
    """Build a singular system that has solutions."""
    eigenvalues = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 5.0]
    return _system(*_matrix_and_side(draw, eigenvalues, [0, 0, 0, 1.0, 1.0, -1.0, 2.0]), keywords)


@problem("A x = 0")
def zero_side(draw: Draw, **keywords: Any) -> Values:
    """Build a system that zeros solve."""
    matrix, b = _matrix_and_side(draw, [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    return _system(matrix, 0 * b, keywords)


@problem("0 x = b, A = 0")
def zero_matrix(draw: Draw, **keywords: Any) -> Values:
    """Build a system without curvature in any direction."""
    matrix, b = _matrix_and_side(draw, [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    return _system(0 * matrix, b, keywords)


@problem("A x = b with an A that is not symmetric, on which no number of steps is enough")
def twisted(draw: Draw, **keywords: Any) -> Values:
    """Build A = I + 2 K with Kᵀ = -K: every curvature is positive, every step doubles what is left.

    It is there for the steps that are allowed where nobody says how many.
    """
    matrix = draw.tensor([[1.0, 2.0, 0.0, 0.0], [-2.0, 1.0, 0.0, 0.0]])
    matrix = torch.cat((matrix, matrix.roll(2, 1)))
    return _system(matrix, draw.uniform(1.0, 2.0, 4), keywords)


@problem("a x = b, of one number")
def one_equation(draw: Draw, **keywords: Any) -> Values:
    """Build a system of one equation, whose b has no axis at all."""
    matrix = 3 * draw.uniform(1.0, 2.0).reshape(1, 1)
    return _system(matrix, draw.uniform(1.0, 2.0), keywords)


def _identity_and_rows(v: Tensor, rows: Tensor) -> Tensor:
    return v + ((rows @ v.reshape(-1)) @ rows).reshape(v.shape)


@problem("A x = b with A = I + Uᵀ U, U of shape (3, {n})")
def low_rank(draw: Draw, n: int, **keywords: Any) -> Values:
    """Build a system that four steps solve, whatever n is."""
    rows = torch.stack([scale * draw.normal(n) / n**0.5 for scale in (1.0, 2.0, 3.0)])
    b = draw.normal(n)
    matvec = Product(partial(_identity_and_rows, rows=rows), b)
    return {"matvec": matvec, "b": b, "rows": rows, **keywords}
