"""Problems for `hutchinson_trace`: a square map as a product, and how many samples to take.

Every builder gives `matvec`, `like` (a tensor that has the shape and dtype of a vector) and
`samples`. The matrix of a map lies in its `partial`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graders.hidden.applications.maps import product_with
from graders.hidden.applications.spectrum.problems.operators import rotated
from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]
_SIZE = 60


def _trace_of(matrix: Tensor, samples: int, rows: int = 0) -> Values:
    like = torch.zeros_like(matrix[0])
    like = like.reshape(rows, -1) if rows else like
    return {"matvec": product_with(matrix, like), "like": like, "samples": samples}


def _spread(draw: Draw, low: float, high: float, n: int) -> Tensor:
    steps = [low + (high - low) * i / (n - 1) for i in range(n)]
    return draw.tensor(steps) * draw.uniform(1.0, 2.0)


def _integers(draw: Draw, low: int, high: int, *sizes: int) -> Tensor:
    return draw.uniform(low - 0.5, high + 0.5, *sizes).round()


def _with_diagonal(draw: Draw, diagonal: Tensor, beside: int) -> Tensor:
    upper = _integers(draw, -beside, beside, len(diagonal), len(diagonal)).triu(1)
    return torch.diag(diagonal) + upper + upper.T


@problem("A of whole numbers divided by 64: 5 to 15 on the diagonal, -1 to 1 beside it")
def level(draw: Draw, samples: int, n: int = _SIZE, rows: int = 0) -> Values:
    """Build a map whose trace is far from zero; its unit is small, so that the error is, too."""
    return _trace_of(_with_diagonal(draw, _integers(draw, 5, 15, n), 1) / 64, samples, rows)


@problem("A of whole numbers divided by 64: -9 to 9 on the diagonal, in all 30; -2 to 2 beside")
def mixed_signs(draw: Draw, samples: int) -> Values:
    """Build a map whose trace is small because its eigenvalues cancel.

    One sample deviates by four times the trace, so that samples without their signs have another
    mean. The unit is small, so that an error bar that is cut to a whole number is none.
    """
    half = _integers(draw, -8, 9, _SIZE // 2)
    return _trace_of(_with_diagonal(draw, torch.cat((half, 1 - half)), 2) / 64, samples)


@problem("A of whole numbers: 11 to 31 on the diagonal, 1 beside it")
def leaning(draw: Draw, samples: int) -> Values:
    """Build a map that shows probes whose mean is not zero."""
    ones = draw.tensor([1.0] * _SIZE)
    diagonal = torch.diag(_integers(draw, 10, 30, _SIZE))
    return _trace_of(diagonal + torch.outer(ones, ones), samples)


@problem("A = S + K, S symmetric and K = -Kᵀ larger")
def unsymmetric(draw: Draw, samples: int) -> Values:
    """Build a map that is not symmetric: only its symmetric part has a trace."""
    half = draw.normal(_SIZE, _SIZE)
    return _trace_of(rotated(draw, _spread(draw, 0.0, 2.0, _SIZE))[0] + half - half.T, samples)


@problem("A = D, diagonal")
def diagonal(draw: Draw, samples: int) -> Values:
    """Build a map of which signs see the trace without any error."""
    return _trace_of(torch.diag(draw.uniform(-1.0, 3.0, _SIZE)), samples)


@problem("A = [[a, c], [c, b]]")
def two_coins(draw: Draw, samples: int) -> Values:
    """Build a map of which a throw of signs is trace + 2c or trace - 2c, and nothing between."""
    a, b = draw.normal(), draw.normal()
    c = draw.uniform(0.5, 1.5)
    return _trace_of(torch.stack((torch.stack((a, c)), torch.stack((c, b)))), samples)


# Of whole numbers (a 64th is as exact), so that samples that should not differ do not differ by
# rounding either.
TRACE_PROBLEMS = (
    spec("level", samples=100),
    spec("mixed_signs", samples=400),
    spec("leaning", samples=100),
    spec("unsymmetric", samples=40, core=False),
    spec("diagonal", samples=40, core=False),
    spec("level", n=20, samples=40, rows=4, core=False),
    # Of an odd number the median is one of the two values, and its error bar is another one.
    spec("two_coins", samples=9, core=False),
    spec("level", samples=40, dtype="float32", core=False),
)
"""Problems for `hutchinson_trace`, most telling first."""

REDRAWN = spec("mixed_signs", samples=40)
"""The map that is asked twice, with other random numbers."""
