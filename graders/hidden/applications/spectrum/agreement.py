"""How answers of the topic `spectrum` have to agree: by what they claim, not by their digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Building, Deviation, SameForm
from graders.checks.failure import Symptom
from graders.hidden.applications.spectrum.oracles import (
    LONGEST,
    Trace,
    eigenvalues_of,
    matrix_of,
    power_products,
    ritz_of,
    trace_of,
)
from graders.sandbox.problem import Problem

_RIGHT = Deviation(0.0, 1.0)


@dataclass(frozen=True)
class Eigenpair(SameForm):
    """A value, a vector and a residual that belong together, of the largest magnitude there is.

    The vector's sign is free, and the method too. A Rayleigh quotient of a vector with residual r
    is off by r²/gap at most (Parlett, The Symmetric Eigenvalue Problem, §11.7).
    """

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Put the pair into A v = λ v, then ask whether it is the one that is wanted."""
        built = problem()
        pair = _Pair.of(got, built)
        if not pair.finite:
            return Deviation.refuted("Some numbers of it are not finite.")
        return _consistent(pair) or _wanted(pair, built) or _RIGHT


@dataclass(frozen=True)
class _Pair:
    value: float
    told: float
    length: float
    quotient: float
    residual: float
    finite: bool
    eigenvalues: Tensor
    eps: float

    @classmethod
    def of(cls, got: tuple[Tensor, Tensor, Tensor], problem: Problem) -> _Pair:
        matrix = matrix_of(problem)
        value, vector, told = (part.detach().double() for part in got)
        vector = vector.reshape(-1)
        image = matrix @ vector
        return cls(
            float(value),
            float(told),
            float(torch.linalg.vector_norm(vector)),
            float(vector @ image),
            float(torch.linalg.vector_norm(image - value * vector)),
            all(bool(torch.isfinite(part).all()) for part in (value, vector, told)),
            problem.once(eigenvalues_of),
            torch.finfo(got[0].dtype).eps,
        )

    @property
    def size(self) -> float:
        return float(self.eigenvalues.abs().max())

    @property
    def rounding(self) -> float:
        return 50 * self.eps * self.size

    @property
    def top(self) -> float:
        """The eigenvalue of largest magnitude; of λ and -λ, the one that is nearer."""
        ties = self.eigenvalues[self.eigenvalues.abs() >= (1 - 1e-9) * self.size]
        return float(ties[(ties - self.value).abs().argmin()])

    @property
    def slack(self) -> float:
        """How far off a value may be at this residual."""
        others = self.eigenvalues[(self.eigenvalues - self.top).abs() > 1e-6 * self.size]
        gap = float((others - self.top).abs().min()) if len(others) else self.size or 1.0
        return 4 * self.residual**2 / gap + self.rounding


def _consistent(pair: _Pair) -> Deviation | None:
    if abs(pair.length - 1) > 50 * pair.eps:
        return Deviation.refuted(f"The vector's length is not 1: it is {pair.length - 1:+.1e} off.")
    if not pair.residual / 2.5 - pair.rounding <= pair.told <= 2.5 * pair.residual + pair.rounding:
        return Deviation.refuted(
            f"It says that the residual is {pair.told:.2g}, but with this value and vector "
            f"‖A v - λ v‖ is {pair.residual:.2g}."
        )
    if abs(pair.value - pair.quotient) > pair.slack:
        return Deviation.refuted(
            f"The value is {pair.value:.6g}, but for this unit vector vᵀA v is {pair.quotient:.6g}."
        )
    return None


def _wanted(pair: _Pair, problem: Problem) -> Deviation | None:
    if pair.residual > problem.values.get("rtol", 1e-6) * abs(pair.value) + pair.rounding:
        needed = problem.once(power_products)
        if needed >= problem.values.get("maxiter", LONGEST):
            return None
        return Deviation.refuted(
            f"‖A v - λ v‖ is {pair.residual / abs(pair.value or 1.0):.1e} times |λ|: more than "
            f"rtol, for which {needed} products are enough here."
        )
    if abs(pair.value - pair.top) > pair.slack:
        return Deviation.refuted(
            f"{pair.value:.6g} is an eigenvalue or near one, but another has a larger magnitude."
        )
    return None


@dataclass(frozen=True)
class RitzValues(SameForm):
    """Ritz values within rounding of A's size, and weights that belong to them."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Look for order, for ghosts, and then at each number."""
        values, weights = (part.detach().double() for part in got)
        built = problem()
        wanted, shares = built.once(ritz_of)
        digits = 1e-9 if got[0].dtype == torch.float64 else 2e-4
        size = float(built.once(eigenvalues_of).abs().max())
        allowed = digits * size
        if not bool((values.diff() >= -allowed).all()):
            return Deviation.refuted("The values do not ascend.")
        off = float((values - wanted).abs().max())
        if not off <= allowed:
            twice = ghost(values, built.once(eigenvalues_of))
            if twice:
                return Deviation.refuted(twice, Symptom.GHOST)
            return Deviation.refuted(
                f"A value is off by {off / (size or 1.0):.0e} of the largest |λ|."
            )
        off = float((weights - shares).abs().max())
        if not off <= 1e3 * digits:
            return Deviation.refuted(f"The values are right, but a weight is off by {off:.1g}.")
        return _RIGHT


def ghost(values: Tensor, eigenvalues: Tensor) -> str:
    """Say which simple eigenvalue was found more than once, or nothing."""
    near = 1e-7 * float(eigenvalues.abs().max())
    for eigenvalue in eigenvalues:
        found = int(((values - eigenvalue).abs() <= near).sum())
        if found > 1 and int(((eigenvalues - eigenvalue).abs() <= 2 * near).sum()) == 1:
            return f"A has the eigenvalue {float(eigenvalue):.5g} once; it was found {found} times."
    return ""


@dataclass(frozen=True)
class TraceEstimate(SameForm):
    """A random estimate of a trace with its standard error.

    A right value is further off than allowed with probability ALARM at most. An error bar from 400
    samples varies by 3.5 %; one that is off by a third is out of the question. With fewer samples
    the bar is not looked at.
    """

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Compare with the trace itself; the reference's answer is an estimate, too."""
        built = problem()
        value, error = (float(part.detach()) for part in got)
        trace, root = built.once(trace_of), built.values["samples"] ** 0.5
        rounding = 100 * torch.finfo(got[0].dtype).eps * abs(trace.value)
        if not abs(value - trace.value) <= trace.bound + rounding:
            return Deviation.refuted(
                f"The estimate is off by {abs(value - trace.value):.3g}. By chance alone, more "
                f"than {trace.bound:.3g} happens less than once in ten million answers."
            )
        least, most = 0.67 * trace.least_deviation / root, 1.5 * trace.largest_deviation / root
        if built.values["samples"] >= 400 and not least <= error <= most:
            return Deviation.refuted(
                f"The value is as good as chance allows. The error bar is {error:.3g}; the mean of "
                f"this many samples deviates by {least / 0.67:.3g} to {most / 1.5:.3g}, after the "
                "kind of probe.",
                _of_the_bar(error, trace, built.values["samples"]),
            )
        if built.spec.name == "two_coins" and not _fits_two_coins(value, error, built):
            return Deviation.refuted(
                "The value is as good as chance allows. The error bar is not the standard error of "
                "samples with that mean: their std(), divided by √samples."
            )
        return _RIGHT


def _fits_two_coins(value: float, error: float, problem: Problem) -> bool:
    """Whether the error belongs to the value, where that tells how often each side came up.

    Samples trace ± s with the mean trace + q s have the variance s² (1 − q²) m/(m − 1). Normal
    numbers have other means, and tell nothing.
    """
    matrix, samples = matrix_of(problem), problem.values["samples"]
    side = float(matrix[0, 1] + matrix[1, 0])
    share = (value - float(matrix.trace())) / side
    heads = (share + 1) * samples / 2
    if abs(heads - round(heads)) > 1e-9 or not 0 <= round(heads) <= samples:
        return True
    due = side * max((1 - share**2) / (samples - 1), 0.0) ** 0.5
    return abs(error - due) <= 1e-6 * side


def _of_the_bar(error: float, trace: Trace, samples: int) -> Symptom | None:
    """Tell a deviation, one divided too often and a variance apart, by the deviation each implies.

    400 samples give it to 3.5 %; the three are further apart than the fifth that is allowed here.
    """
    least, most = trace.least_deviation / 1.2, 1.2 * trace.largest_deviation
    implied = {
        Symptom.DEVIATION: error,
        Symptom.DIVIDED_TWICE: error * samples,
        Symptom.VARIANCE: (error * samples) ** 0.5,
    }
    fitting = [symptom for symptom, found in implied.items() if least <= found <= most]
    return fitting[0] if len(fitting) == 1 else None
