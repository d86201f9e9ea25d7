"""How answers have to agree where there is no matrix to look at: on `stencil`, T + Uᵀ U of size n.

T has 2 on its diagonal and -1 beside it, so that its eigenvalues lie between 0 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import AtMost, Building, Deviation, Exact, Fields, SameForm, UpToSign
from graders.hidden.applications.spectrum.oracles import tail_bound
from graders.sandbox.problem import Problem

_RTOL = 1e-2


def _rows(problem: Problem) -> Tensor:
    rows: Tensor = problem.values["matvec"].apply.keywords["rows"]
    return rows.double()


def _largest(problem: Problem) -> float:
    """Bound the largest eigenvalue."""
    rows = _rows(problem)
    return 4.0 + float(torch.linalg.matrix_norm(rows @ rows.T, 2))


# With a residual of 0.01 |λ| a value is off by the square of it over the gap, which is half of |λ|
# here: less than a thousandth. The vector turns by the residual over the gap.
EIGENPAIR = Fields(
    {
        "value": Exact(rtol=1e-3),
        "vector": UpToSign(rtol=0.1),
        "residual": AtMost(lambda problem: 1.1 * _RTOL * _largest(problem)),
    }
)
# Six steps with full reorthogonalisation lose a few digits at most.
RITZ_VALUES = Fields({"values": Exact(rtol=1e-9), "weights": Exact(rtol=1e-6)})


@dataclass(frozen=True)
class TraceAtSize(SameForm):
    """An estimate within the bound that a right one exceeds with the probability of an alarm."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Compare with the trace, 2 n + ‖U‖²."""
        built = problem()
        rows = _rows(built)
        trace = 2.0 * rows.shape[1] + float((rows**2).sum())
        bound = tail_bound(_largest(built), _squares(rows), built.values["samples"])
        return Deviation(abs(float(got[0].detach()) - trace), bound)


def _squares(rows: Tensor) -> float:
    """Give ‖T + Uᵀ U‖², the sum of the squares of all entries."""
    n = rows.shape[1]
    bent = 2 * rows
    bent[:, 1:] -= rows[:, :-1]
    bent[:, :-1] -= rows[:, 1:]
    return (
        4.0 * n
        + 2.0 * (n - 1)
        + 2 * float((rows * bent).sum())
        + float(((rows @ rows.T) ** 2).sum())
    )
