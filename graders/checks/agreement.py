"""How an answer has to agree with the reference: one policy for each kind of agreement.

A policy looks at the form first (kind, shape, dtype) and then gives a `Deviation`: how far off the
answer is, and how far off it may be. Which tolerance belongs to which problem is the task's
knowledge; a policy is handed functions of the problem for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from graders.checks.compare import form_fault, kind_fault, paired, relative_error, tolerance
from graders.checks.difference import known_difference
from graders.checks.failure import Symptom
from graders.sandbox.problem import Problem

OfProblem = Callable[[Problem], float]
# Most policies have no need of the problem, and a large one takes a while to build. It is the same
# for all answers: it is looked at, and what depends on it alone is kept by `Problem.once`.
Building = Callable[[], Problem]


@dataclass(frozen=True)
class Deviation:
    """How far off an answer is and may be, and what is known of it; `part` names a part of it."""

    error: float
    allowed: float
    part: str = ""
    symptom: Symptom | None = None
    sentence: str = ""

    @classmethod
    def refuted(cls, sentence: str, symptom: Symptom | None = None) -> Deviation:
        """Stand for an answer of which a claim is false, however far off its numbers are."""
        return cls(float("inf"), 0.0, symptom=symptom, sentence=sentence)

    @property
    def agrees(self) -> bool:
        """Whether the answer is within what is allowed; NaN is not."""
        return self.error <= self.allowed


class Agreement(Protocol):
    """A policy of agreement."""

    def form_fault(self, got: Any, expected: Any) -> str:
        """Say how the form differs, or nothing where it does not."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Measure an answer of the right form."""


class SameForm:
    """The answer has the kind, shapes and dtypes of the reference's."""

    def form_fault(self, got: Any, expected: Any) -> str:
        """Say how the form differs, or nothing where it does not."""
        return form_fault(got, expected)


@dataclass(frozen=True)
class Exact(SameForm):
    """Equal within rounding, by the dtype; `rtol` in place of the dtype's own tolerance."""

    rtol: float | None = None

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the largest relative error of the parts, in the norm."""
        error = relative_error(got, expected)
        allowed = tolerance(expected) if self.rtol is None else self.rtol
        if error <= allowed:
            return Deviation(error, allowed)
        symptom, sentence = known_difference(got, expected, error)
        return Deviation(error, allowed, symptom=symptom, sentence=sentence)


EXACT = Exact()


@dataclass(frozen=True)
class ConditionScaled(SameForm):
    """Within `factor` roundings of the dtype, times the problem's condition number.

    An exact method that solves an equation loses as many digits as the condition number has
    (Higham, Accuracy and Stability of Numerical Algorithms, §1.6).
    """

    condition: OfProblem
    factor: float = 100.0

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the relative error, against factor · κ · eps."""
        allowed = self.factor * self.condition(problem()) * _eps(expected)
        error = relative_error(got, expected)
        return Deviation(error, allowed, sentence="" if error <= allowed else _OFF.format(error))


@dataclass(frozen=True)
class Residual(SameForm):
    """Judged by what is left over when the answer is put in: `residual(problem, got)`.

    `allowed(problem)` says how much may be left. The reference's answer gives the form alone, so
    that another solution of the same equation is as right.
    """

    residual: Callable[[Problem, Any], float]
    allowed: OfProblem

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Put the answer in."""
        error, allowed = float(self.residual(problem(), got)), float(self.allowed(problem()))
        left = f"Put into the equation, it leaves {error:.1e}, and {allowed:.1e} may be left."
        return Deviation(error, allowed, sentence="" if error <= allowed else left)


@dataclass(frozen=True)
class UpToSign(SameForm):
    """A vector whose sign is free, as an eigenvector's is."""

    rtol: float | None = None

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the nearer of the two signs."""
        error = min(relative_error(got, expected), relative_error(-got, expected))
        allowed = tolerance(expected) if self.rtol is None else self.rtol
        return Deviation(error, allowed, sentence="" if error <= allowed else _OFF.format(error))


@dataclass(frozen=True)
class UpToBasis(SameForm):
    """Orthonormal columns whose span counts, and not which basis of it they are."""

    rtol: float = 1e-10

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take how far the columns are from orthonormal, and their projector from the right one."""
        mine, theirs = got.detach().double(), expected.detach().double()
        identity = torch.eye(mine.shape[1], dtype=mine.dtype)
        skew = float(torch.linalg.matrix_norm(mine.T @ mine - identity))
        if not skew <= self.rtol:
            return Deviation(_finite(skew), self.rtol, sentence="Its columns are not orthonormal.")
        error = float(torch.linalg.matrix_norm(mine @ mine.T - theirs @ theirs.T))
        said = "" if error <= self.rtol else "Its columns span another space."
        return Deviation(_finite(error), self.rtol, sentence=said)


@dataclass(frozen=True)
class Statistical(SameForm):
    """A random estimate: within `allowed(problem)` of the true value, in its own units.

    A right answer is further off with probability `false_alarm` at most; the bound that says so is
    the task's to give. The reference's answer has to be the true value, not an estimate.
    """

    allowed: OfProblem
    false_alarm: float

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the distance to the true value."""
        error, allowed = _distance(got, expected), float(self.allowed(problem()))
        said = (
            f"It is off by {error:.3g}. By chance alone, more than {allowed:.3g} happens less than "
            f"once in {1 / self.false_alarm:.0e} answers."
        )
        return Deviation(error, allowed, sentence="" if error <= allowed else said)


@dataclass(frozen=True)
class AtMost:
    """A number that may be anything from `least` up to `most(problem)`: steps, products."""

    most: OfProblem
    least: float = 0.0

    def form_fault(self, got: Any, expected: Any) -> str:
        """Say how the kind differs, or nothing where it does not."""
        return kind_fault(got, expected)

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Take the number itself; below `least` is as wrong as above `most`."""
        most = float(self.most(problem()))
        number = float(got) if float(got) >= self.least else float("inf")
        said = f"It has to be between {self.least:g} and {most:g}."
        return Deviation(number, most, sentence="" if number <= most else said)


@dataclass(frozen=True)
class Fields:
    """A (named) tuple or a dict, each part by a policy of its own; parts not named are exact."""

    policies: Mapping[str, Agreement] = field(default_factory=dict)

    def form_fault(self, got: Any, expected: Any) -> str:
        """Say how the form of the whole or of a part differs, or nothing where none does."""
        fault = kind_fault(got, expected)
        if fault:
            return fault
        for part in paired(got, expected):
            fault = self._policy(part.name).form_fault(part.got, part.expected)
            if fault:
                return f"{part.name}: {fault}"
        return ""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Give the first part that does not agree, or else the one that comes nearest to it."""
        found = []
        for part in paired(got, expected):
            one = self._policy(part.name).deviation(part.got, part.expected, problem)
            if not one.agrees:
                said = f"{_capital(part.name)} is not right. {one.sentence}".strip()
                return Deviation(one.error, one.allowed, part.name, one.symptom, said)
            found.append(one)
        return max(found, key=_share, default=Deviation(0.0, 0.0))

    def _policy(self, name: str) -> Agreement:
        return self.policies.get(name, EXACT)


_OFF = "Off by {:.0e} of the norm."


def _share(deviation: Deviation) -> float:
    return deviation.error / deviation.allowed if deviation.allowed else 0.0


def _eps(expected: Any) -> float:
    dtype = expected.dtype if isinstance(expected, Tensor) else torch.float64
    return torch.finfo(dtype).eps


def _distance(got: Any, expected: Any) -> float:
    mine, theirs = (torch.as_tensor(value).detach().double() for value in (got, expected))
    return _finite(float(torch.linalg.vector_norm(mine - theirs)))


def _finite(error: float) -> float:
    return error if error == error else float("inf")


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:] if name.startswith("item ") else f"`{name}`"
