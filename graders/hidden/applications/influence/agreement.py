"""How answers of `influence` have to agree: a solve by what it leaves over, an influence by value.

Two symptoms stand for digits that are missing: `UNSTABLE`, where an answer is nearly right and a
solve that went on to the end would have more digits; and `FINITE_DIFFERENCE` on the problem that is
made for it, where a right product and a converged solve are right to eight digits. `RAN_AWAY` is an
influence that nothing but an iteration without end makes so large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Building, Deviation, SameForm
from graders.checks.compare import relative_error
from graders.checks.failure import Symptom
from graders.hidden.applications.krylov import Directions, is_cut_short
from graders.sandbox.problem import Problem

# What the task promises, and a tenth more for those who stop by another norm of the same size.
_RESIDUAL = {torch.float64: 1.1e-10, torch.float32: 1.1e-5}
# A solve to that residual is off by at most κ times as much. Over 1,000 seeds and all problems
# (κ ≤ 52) the influences were off by 2.6e-9 at most. float32 is there for the dtype.
_INFLUENCE = {torch.float64: 1e-8, torch.float32: 1e-3}
# Below this an answer is the right quantity with digits missing, above it may be another one.
_NEARLY = 1e-3
# The largest error of a difference quotient whose step is right on every other problem.
_OF_A_QUOTIENT = 0.3
# Nothing else in the catalogue makes an answer even a hundred times too large, whatever the seed.
_BEYOND = 1e6


@dataclass(frozen=True)
class Solved(SameForm):
    """(H + damping I) x = v, to the residual that the task asks for; zeros where v is zero."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Put the answer into the equation."""
        given = problem().values
        x, v = _wide(got), _wide(given["v"])
        if not bool(torch.isfinite(x).all()):
            said = "There are infinite numbers or NaN in it."
            return Deviation.refuted(said, None if bool(v.any()) else Symptom.ZERO_DIVIDED)
        if not bool(v.any()):
            said = "v is zero, and then x is zero, exactly."
            return Deviation.refuted(said) if bool(x.any()) else Deviation(0.0, 0.0)
        left = _norm(_image(given, x) - v) / _norm(v)
        # Rounding moves the residual by about κ roundings of the solution's dtype.
        rounding = 10 * torch.finfo(got.dtype).eps * condition(given)
        allowed = _RESIDUAL[got.dtype] + rounding
        if left <= allowed:
            return Deviation(left, allowed)
        said = f"Put into the equation, it leaves {left:.1e} ‖v‖; {allowed:.1e} may be left."
        symptom = _of_missing_digits(got) if left < _NEARLY else None
        if symptom is None and "matrix" in given and is_cut_short(x, problem().once(_directions)):
            symptom = Symptom.CUT_SHORT
        return Deviation(left, allowed, symptom=symptom, sentence=said)


@dataclass(frozen=True)
class SolvedInfluence(SameForm):
    """Influences that come of a solve: equal to as many digits as the solve leaves."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the relative error in the norm."""
        error, allowed = relative_error(got, expected), _INFLUENCE[expected.dtype]
        if error <= allowed:
            return Deviation(error, allowed)
        if not bool(torch.isfinite(got).all()):
            return Deviation.refuted("There are infinite numbers or NaN in it.", Symptom.RAN_AWAY)
        said = (
            f"Off by {error:.0e} of the norm, where a solve to a relative residual of 1e-10 is off "
            f"by less than {allowed:.0e}."
        )
        return Deviation(error, allowed, symptom=_symptom(got, error, problem()), sentence=said)


def condition(values: Any) -> float:
    """Give the condition number of H + damping I, or a bound of it."""
    damping = values.get("damping", 0.0)
    least, most = values["ends"]
    return float((most + damping) / (least + damping))


def _image(values: Any, x: Tensor) -> Tensor:
    """Multiply by H + damping I, in float64."""
    damped: Tensor = values.get("damping", 0.0) * x
    if "matrix" in values:
        return damped + _wide(values["matrix"]).view(len(x), -1) @ x
    row = _wide(values["rank_one"])
    return damped + _wide(values["diagonal"]) * x + row * (row @ x)


def _symptom(got: Tensor, error: float, problem: Problem) -> Symptom | None:
    if _BEYOND < error < float("inf"):
        return Symptom.RAN_AWAY
    if problem.spec.name == "steep_and_slow":
        return Symptom.FINITE_DIFFERENCE if error < _OF_A_QUOTIENT else None
    return _of_missing_digits(got) if error < _NEARLY else None


def _of_missing_digits(got: Tensor) -> Symptom:
    fits = got.dtype == torch.float64 and torch.equal(got, got.float().double())
    return Symptom.FLOAT32 if fits else Symptom.UNSTABLE


def _directions(problem: Problem) -> Directions:
    given = problem.values
    matrix = given["matrix"].double()
    damped = matrix + given.get("damping", 0.0) * torch.eye(len(matrix), dtype=torch.float64)
    return Directions(damped, _wide(given["v"]))


def _wide(tensor: Tensor) -> Tensor:
    return tensor.detach().double().flatten()


def _norm(tensor: Tensor) -> float:
    return float(torch.linalg.vector_norm(tensor))
