"""Problems for `hutchinson_trace`: a square map as a product, and how many samples to take.

Every builder gives `matvec`, `like` (a tensor that has the shape and dtype of a vector) and
`samples`. The matrix of a map lies in its `partial`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from graders.hidden.applications.spectrum.problems.operators import apply_matrix, rotated
from graders.meter import Product
from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]
_SIZE = 60


def _trace_of(matrix: Tensor, samples: int, rows: int = 0) -> Values:
    like = torch.zeros_like(matrix[0])
    like = like.reshape(rows, -1) if rows else like
    product = Product(partial(apply_matrix, matrix=matrix), like)
    return {"matvec": product, "like": like, "samples": samples}


def _spread(draw: Draw, low: float, high: float, n: int) -> Tensor:
    steps = [low + (high - low) * i / (n - 1) for i in range(n)]
    return draw.tensor(steps) * draw.uniform(1.0, 2.0)


@problem("A with n eigenvalues between 0.5 and 1.5, times a number")
def level(draw: Draw, samples: int, n: int = _SIZE, rows: int = 0) -> Values:
    """Build a positive map whose trace is far from zero."""
    return _trace_of(rotated(draw, _spread(draw, 0.5, 1.5, n))[0], samples, rows)


@problem("A with 60 eigenvalues between -1 and 1.02, times a number")
def mixed_signs(draw: Draw, samples: int) -> Values:
    """Build a map whose trace is small because its eigenvalues cancel."""
    return _trace_of(rotated(draw, _spread(draw, -1.0, 1.02, _SIZE))[0], samples)


@problem("A = S + K, S symmetric and K = -Kᵀ larger")
def unsymmetric(draw: Draw, samples: int) -> Values:
    """Build a map that is not symmetric: only its symmetric part has a trace."""
    half = draw.normal(_SIZE, _SIZE)
    return _trace_of(rotated(draw, _spread(draw, 0.0, 2.0, _SIZE))[0] + half - half.T, samples)


@problem("A = D + c u uᵀ with D diagonal and u = (1, …, 1)")
def leaning(draw: Draw, samples: int) -> Values:
    """Build a map that shows probes whose mean is not zero; its unit is large, too."""
    ones = draw.tensor([1.0] * _SIZE)
    return _trace_of(
        torch.diag(draw.uniform(0.5, 1.5, _SIZE)) + 0.05 * torch.outer(ones, ones), samples
    )


@problem("A = D, diagonal")
def diagonal(draw: Draw, samples: int) -> Values:
    """Build a map of which signs see the trace without any error."""
    return _trace_of(torch.diag(draw.uniform(-1.0, 3.0, _SIZE)), samples)


TRACE_PROBLEMS = (
    spec("level", samples=400),
    spec("mixed_signs", samples=400),
    spec("leaning", samples=400),
    spec("unsymmetric", samples=100, core=False),
    spec("diagonal", samples=100, core=False),
    spec("level", n=20, samples=100, rows=4, core=False),
    spec("level", samples=100, dtype="float32", core=False),
)
"""Problems for `hutchinson_trace`, most telling first."""

REDRAWN = spec("mixed_signs", samples=40)
"""The map that is asked twice, with other random numbers."""
