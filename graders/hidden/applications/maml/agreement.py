"""How an answer that is solved for has to agree with the reference's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Building, Deviation, Fields, SameForm
from graders.checks.compare import relative_error
from graders.checks.difference import known_difference
from graders.checks.failure import Symptom
from graders.hidden.applications.krylov import Directions, is_cut_short
from graders.sandbox.problem import Problem

# A relative residual of 1e-10 leaves an error of at most κ · 1e-10 of the whole, and of 71e-10 of
# any one tensor, over 1000 seeds of these problems; ten times that is allowed, and in float32 a
# hundred times the residual of 1e-5 that is asked for there.
_ALLOWED = {torch.float64: 1e-7, torch.float32: 1e-3}
# Nearer than this, an answer is the right one solved too loosely, and no other quantity; so many
# times too large, it is of an iteration that runs away.
_ALMOST = 1e-3
_BEYOND = 1e6
_SMALL = 50
_PARTS = {
    "adapted": "The new parameters are not right.",
    "pulled_back": "The new parameters are right. But a vector that is pulled back through the "
    "step, as an outer gradient is, comes out wrong.",
    "own": "A new tensor is asked for, also where nothing has to be subtracted.",
}


class ThroughTheStep(Fields):
    """A step by its numbers, by what comes back through it, and by its being new.

    What is nearly right gives nothing away here: a step that takes its gradients one after the
    other may come as near.
    """

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the part that does not agree, the numbers first."""
        found = super().deviation(got, expected, problem)
        if found.agrees:
            return found
        known = found.sentence.partition("is not right.")[2]
        symptom = Symptom.CALLERS_TENSOR if found.part == "own" else None
        return replace(found, symptom=symptom, sentence=f"{_PARTS[found.part]}{known}".strip())


class Solved(SameForm):
    """As near as a solver comes that is asked for a relative residual."""

    def deviation(self, got: Any, expected: tuple[Tensor, ...], problem: Building) -> Deviation:
        """Take the largest relative error of the parts, in the norm."""
        error, allowed = relative_error(got, expected), _ALLOWED[expected[0].dtype]
        if error <= allowed:
            return Deviation(error, allowed)
        if error < _ALMOST:
            said = f"Off by {error:.0e} of the norm; a residual of 1e-10 would leave far less."
            return Deviation(error, allowed, symptom=Symptom.UNSTABLE, sentence=said)
        said = known_difference(got, expected, error)[1]
        symptom = Symptom.RAN_AWAY if _ran_away(got, expected) else _cut_short(got, problem())
        return Deviation(error, allowed, symptom=symptom, sentence=said)


def _cut_short(got: tuple[Tensor, ...], problem: Problem) -> Symptom | None:
    """Whether the solve was stopped early, where the system is small enough to write it down."""
    x = torch.cat([one.reshape(-1) for one in got])
    if len(x) > _SMALL or x.dtype != torch.float64:
        return None
    return Symptom.CUT_SHORT if is_cut_short(x, problem.once(_directions)) else None


def _directions(problem: Problem) -> Directions:
    given = problem.values
    at = [one.detach() for one in given["adapted"]]
    sizes = [one.numel() for one in at]

    def of_row(loss: Any) -> Any:
        return lambda row: loss(
            [piece.reshape(one.shape) for piece, one in zip(row.split(sizes), at, strict=True)]
        )

    row = torch.cat([one.reshape(-1) for one in at])
    bent = torch.func.hessian(of_row(given["inner_loss"]))(row) / float(given["strength"])
    side = torch.func.grad(of_row(given["outer_loss"]))(row)
    return Directions(torch.eye(len(row), dtype=row.dtype) + bent, side)


def _ran_away(got: tuple[Tensor, ...], expected: tuple[Tensor, ...]) -> bool:
    """Whether there are numbers that are not finite, or all of them are enormous."""
    mine, due = (
        torch.stack([one.norm().double() for one in each]).norm() for each in (got, expected)
    )
    return not bool(mine <= _BEYOND * due) and bool(due > 0)
