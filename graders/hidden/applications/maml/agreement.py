"""How an answer that is solved for has to agree with the reference's."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Building, Deviation, SameForm
from graders.checks.compare import relative_error
from graders.checks.difference import known_difference

# A relative residual of 1e-10 leaves an error of at most κ · 1e-10 of the whole, and of 71e-10 of
# any one tensor, over 1000 seeds of these problems; ten times that is allowed, and in float32 a
# hundred times the residual of 1e-5 that is asked for there.
_ALLOWED = {torch.float64: 1e-7, torch.float32: 1e-3}
# Nearer than this, an answer is the right one solved too loosely, and no other quantity.
_ALMOST = 1e-3


class Solved(SameForm):
    """As near as a solver comes that is asked for a relative residual."""

    def deviation(self, got: Any, expected: tuple[Tensor, ...], problem: Building) -> Deviation:
        """Take the largest relative error of the parts, in the norm."""
        error, allowed = relative_error(got, expected), _ALLOWED[expected[0].dtype]
        if error <= allowed:
            return Deviation(error, allowed)
        if error < _ALMOST:
            said = f"Off by {error:.0e} of the norm; a residual of 1e-10 would leave far less."
            return Deviation(error, allowed, sentence=said)
        return Deviation(error, allowed, sentence=known_difference(got, expected, error)[1])
