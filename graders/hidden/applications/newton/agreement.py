"""How answers of `newton` have to agree: by what they claim, and not by the way they took.

A step is put into its equation. A run is held to its words: where it says that it converged, the
gradient is small; it went downhill, and it did not stop on a saddle. Conjugate gradients have a
unique x after each step. So every right method passes, whatever its line search or its solver.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Building, Deviation, SameForm
from graders.checks.failure import Symptom
from graders.hidden.applications.newton.curved import Curved, curved, start
from graders.hidden.applications.newton.system import System
from graders.sandbox.problem import Problem

# ‖H d + g‖ against ‖H‖ ‖d‖ + ‖g‖. Over 400 draws at a condition number of 10¹⁰, solve, Cholesky,
# QR, eigh and SVD stayed below 4e-15 and an explicit inverse above 3e-11. float32 is there for the
# dtype alone.
_BACKWARD_ERROR = {torch.float64: 1e-13, torch.float32: 1e-5}
# A few steps of conjugate gradients lose hardly a digit; what is left is room.
_OF_NEWTON_CG = {torch.float64: 1e-7, torch.float32: 1e-3}
_DENSE = 1000
# Below this a step solves nearly the right equation, above it another one.
_NEARLY = 1e-3

# What does not hold, in a sentence for the student, alone or with what it gives away.
Objections = Iterator[str | tuple[str, Symptom]]


class _Objecting(SameForm):
    """Agrees where nothing is objected to."""

    def deviation(self, got: Any, expected: Any, problem: Building) -> Deviation:
        """Give the first objection."""
        for found in self._objections(got, problem()):
            return Deviation.refuted(*(found if isinstance(found, tuple) else (found,)))
        return Deviation(0.0, 0.0)

    def _objections(self, got: Any, problem: Problem) -> Objections:
        raise NotImplementedError


@dataclass(frozen=True)
class NewtonStep(_Objecting):
    """H d = −∇f, to the backward error that every stable solver reaches, whatever H is.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, §7.1.
    """

    def _objections(self, got: Tensor, problem: Problem) -> Objections:
        d = _flat(got)
        g, matrix = problem.once(_slope_at_start), problem.once(_matrix_at_start)
        if not bool(g.any()):
            if bool(d.any()):
                yield "The gradient is zero there, and then the step is zero, exactly."
            return
        left = _norm(matrix @ d + g)
        error = left / (_norm(matrix) * _norm(d) + _norm(g))
        allowed = _BACKWARD_ERROR[got.dtype]
        if not error <= allowed:
            said = (
                f"Put into H d + ∇f = 0, it leaves {error:.0e} of the sizes of the two terms; "
                f"rounding leaves less than {allowed:.0e}."
            )
            symptom = _of_a_near_step(error, matrix)
            yield (said, symptom) if symptom else said


def _of_a_near_step(error: float, matrix: Tensor) -> Symptom | None:
    """On an easy matrix an unstable solver does not show: there, H is not the one of f."""
    if float(torch.linalg.cond(matrix)) > 1e8:
        return Symptom.UNSTABLE if error < 1e-5 else None
    return Symptom.FINITE_DIFFERENCE if error < _NEARLY else None


@dataclass(frozen=True)
class NewtonRun(_Objecting):
    """(x, steps, status) of a minimisation: what the status says is true, and f went down."""

    def _objections(self, got: Any, problem: Problem) -> Objections:
        run = _Run(problem, _flat(got[0]), got[1], got[2])
        yield from run.objections()


@dataclass(frozen=True)
class _Run:
    problem: Problem
    x: Tensor
    steps: int
    status: str

    def objections(self) -> Objections:
        """List what does not hold."""
        if not bool(torch.isfinite(self.x).all()):
            yield "There are infinite numbers or NaN in x."
        if self.status not in ("converged", "maxiter"):
            yield f'The status is "{self.status[:40]}"; it is "converged" or "maxiter".'
        if not 0 <= self.steps <= self._maxiter:
            yield f"It counts {self.steps} steps, where maxiter is {self._maxiter}."
        form, begin = self._form, start(self.problem)
        if not bool(self.problem.once(_slope_at_start).any()):
            yield from self._at_a_critical_start(begin)
            return
        yield from self._of_a_start_that_is_an_end()
        yield from self._of_the_status()
        if not self.steps:
            if not torch.equal(self.x, begin):
                yield "It counts no step, and yet x is not the start."
            return
        if bool(torch.isnan(form.value(self.x))):
            yield (
                "f is not a number at x: a step led to where f is not defined, and was kept. If f "
                "was compared: no comparison with NaN is true."
            )
        if not float(form.value(self.x)) < float(form.value(begin)):
            yield "f is not lower at x than it was at the start."
        if self.problem.spec.name == "wells" and self._maxiter <= 2:
            yield from self._of_the_speed(begin)
        elif self._maxiter > 4:
            yield from self._of_the_end(begin)

    def _at_a_critical_start(self, begin: Tensor) -> Objections:
        if self.steps or self.status != "converged" or not torch.equal(self.x, begin):
            said = "The gradient is zero at the start: that has converged, after 0 steps."
            stepped = self.steps > 0 and self.status == "converged"
            yield (said, Symptom.STEPPED_FIRST) if stepped else said

    def _of_a_start_that_is_an_end(self) -> Objections:
        size = float(self.problem.once(_slope_at_start).abs().max())
        if self.steps and size < 0.9 * self._gtol:
            yield (
                f"At the start the largest entry of the gradient is {size:.1e}, and gtol is "
                f"{self._gtol:.0e}: that has converged, after 0 steps."
            )

    def _of_the_status(self) -> Objections:
        size, rounding = self._slope, self._rounding
        if self.status == "converged" and size > self._gtol + rounding:
            yield (
                f'The status is "converged", but the largest entry of the gradient at x is '
                f"{size:.1e}, and gtol is {self._gtol:.0e}."
            )
        if self.status == "maxiter" and self.steps != self._maxiter:
            yield f'The status is "maxiter" after {self.steps} of {self._maxiter} steps.'
        if self.status == "maxiter" and size < self._gtol - rounding:
            yield (
                f'The status is "maxiter", but at x the gradient is small enough: {size:.1e}, '
                f"where gtol is {self._gtol:.0e}."
            )

    def _of_the_speed(self, begin: Tensor) -> Objections:
        """Near a minimum at distance e, the step of this function leaves 1.5 e² at most."""
        before, after = _from_a_well(self.problem, begin), _from_a_well(self.problem, self.x)
        allowed = 2 * before**2 if self._maxiter == 1 else 2 * (2 * before**2) ** 2
        if not after <= allowed:
            yield (
                f"The start is {before:.1e} away from the minimum, and x after "
                f"{self._maxiter} step{'s' * (self._maxiter > 1)} {after:.1e}. Newton's method "
                f"about squares a small distance in every step: {allowed:.1e} at most."
            )

    def _of_the_end(self, begin: Tensor) -> Objections:
        if self.status != "converged":
            yield (
                f"It has not converged in {self._maxiter} steps: the largest entry of the gradient "
                f"at x is {self._slope:.1e}. Every way that uses the curvature well needs fewer."
            )
        matrix = self._form.hessian(self.x)
        lowest = float(torch.linalg.eigvalsh(matrix)[0])
        if lowest < -1e-6 * _norm(matrix):
            yield (
                f"x is a critical point, but no minimum: its Hessian has the eigenvalue "
                f"{lowest:.2g}, so there is a way down."
            )
        if self.problem.spec.name == "unused" and float(self.x[2]) != float(begin[2]):
            yield "f does not use the third input, and yet it has moved."

    @property
    def _gtol(self) -> float:
        return float(self.problem.values.get("gtol", 1e-6))

    @property
    def _maxiter(self) -> int:
        return int(self.problem.values.get("maxiter", 100))

    @property
    def _form(self) -> Curved:
        return self.problem.once(curved)

    @cached_property
    def _slope(self) -> float:
        return float(self._form.gradient(self.x).abs().max())

    @property
    def _rounding(self) -> float:
        """By how much rounding x changes the gradient."""
        eps = torch.finfo(self.problem.values["inputs"].dtype).eps
        return 100 * eps * _norm(self._form.hessian(self.x)) * (1 + _norm(self.x))


@dataclass(frozen=True)
class ConjugateGradients(_Objecting):
    """(x, steps, status): the minimiser over the Krylov space, at the step at which it stops."""

    def _objections(self, got: Any, problem: Problem) -> Objections:
        x, steps, status = _flat(got[0]), got[1], got[2]
        system, most = problem.once(_system), _maxiter(problem)
        if not bool(torch.isfinite(x).all()):
            said = "There are infinite numbers or NaN in x."
            flat = bool(system.b.any()) and not bool((system.matrix @ system.b).any())
            yield (said, Symptom.ZERO_DIVIDED) if flat else said
        if not 0 <= steps <= most:
            yield f"It counts {steps} steps, where maxiter is {most}."
        if not system.size:
            if steps or status != "converged" or bool(x.any()):
                yield "b is zero: that is solved by zeros, after 0 steps."
            return
        stop = system.negative_after if len(x) < 20 else None
        if not system.is_symmetric:
            # A is not what the method is for, so what it finds is not looked at.
            if status == "maxiter" and steps != most:
                yield f'It ended with "maxiter" after {steps} steps; {most} were allowed.'
        elif stop is not None:
            yield from _stopped(system, x, steps, status, stop)
        elif "maxiter" in problem.values and most <= 3:
            yield from _cut_short(system, x, steps, status, most)
        else:
            yield from _solved(problem, system, x, steps, status)


def _stopped(system: System, x: Tensor, steps: int, status: str, stop: int) -> Objections:
    if (status, steps) != ("negative curvature", stop):
        yield (
            f'It ended with "{status[:40]}" after {steps} steps. Here pᵀ A p ≤ 0 for direction '
            f'number {stop + 1}: the status is "negative curvature" after {stop} steps.'
        )
    if not _near(x, system.minimiser(stop), 1e-8):
        yield "At negative curvature the answer is the x that was reached so far."


def _cut_short(system: System, x: Tensor, steps: int, status: str, most: int) -> Objections:
    if not _near(x, system.minimiser(most), 1e-8):
        yield (
            f"After {most} steps x is not the best that the first {most} directions can give: the "
            "minimiser of ½ xᵀ A x - bᵀ x."
        )
    is_solved = system.residual(system.minimiser(most)) <= system.rtol * system.size
    wanted = "converged" if is_solved else "maxiter"
    if (steps, status) != (most, wanted):
        yield (
            f'It ended with "{status[:40]}" after {steps} steps. maxiter is {most}, and what the '
            f'last of them leaves is {"small enough" if is_solved else "too large"}: "{wanted}".'
        )


def _solved(problem: Problem, system: System, x: Tensor, steps: int, status: str) -> Objections:
    # The residual of the recursion and the true one part by rounding, about eps ‖A‖ ‖x‖ in a step
    # (Greenbaum, Iterative Methods for Solving Linear Systems, §7.3).
    eps = torch.finfo(problem.values["b"].dtype).eps
    drift = 10 * eps * max(steps, 1) * _norm(system.matrix) * _norm(x)
    left = system.residual(x)
    if status == "converged" and not left <= system.rtol * system.size + drift:
        yield (
            f'The status is "converged", but ‖b - A x‖ is {left / system.size:.1e} ‖b‖, and rtol '
            f"is {system.rtol:.0e}."
        )
    if status != "converged":
        yield f'It ended with "{status[:40]}" after {steps} steps, though it can converge.'
    if steps > system.most_steps:
        yield f"It took {steps} steps, where {system.most_steps} are enough."
    if len(x) <= 24 and steps < system.least_steps:
        yield f"It counts {steps} steps, and no method of this kind can do with so few."


@dataclass(frozen=True)
class NewtonCgStep(_Objecting):
    """The step that conjugate gradients give for H d = −∇f, cut short at negative curvature."""

    def _objections(self, got: Tensor, problem: Problem) -> Objections:
        form, x, d = problem.once(curved), start(problem), _flat(got)
        g = problem.once(_slope_at_start)
        if not bool(torch.isfinite(d).all()):
            yield "There are infinite numbers or NaN in it."
        if not bool(g.any()):
            if bool(d.any()):
                yield "The gradient is zero there, and then the step is zero, exactly."
            return
        rtol, near = float(problem.values.get("rtol", 1e-8)), _OF_NEWTON_CG[got.dtype]
        if len(x) > _DENSE:
            yield from _left_over(form.product(x, d), g, rtol, got.dtype)
            return
        matrix, system = problem.once(_matrix_at_start), problem.once(_system_of_the_step)
        stop = system.negative_after if len(x) < 20 else None
        if stop is not None and stop <= problem.values.get("maxiter", stop):
            if not _near(d, system.minimiser(stop) if stop else -g, near):
                yield _AT_NEGATIVE_CURVATURE[bool(stop)]
        elif "maxiter" in problem.values:
            if not _near(d, system.minimiser(problem.values["maxiter"]), near):
                yield f"It is not what {problem.values['maxiter']} conjugate directions give."
        else:
            scale = _norm(matrix) * _norm(d) / _norm(g)
            # Two directions solve for two unknowns to the last digit: no solve ended too early.
            inexact = len(x) == 2 and _norm(matrix @ d + g) < _NEARLY * _norm(g)
            for said in _left_over(matrix @ d, g, rtol, got.dtype, scale):
                yield (said, Symptom.FINITE_DIFFERENCE) if inexact else said


_AT_NEGATIVE_CURVATURE = {
    False: "The first direction has no positive curvature here: then the step is -∇f.",
    True: "A later direction has no positive curvature here: then the step is the x so far.",
}


def _left_over(
    product: Tensor, g: Tensor, rtol: float, dtype: torch.dtype, scale: float = 1.0
) -> Iterator[str]:
    left = _norm(product + g) / _norm(g)
    if not left <= rtol + 100 * torch.finfo(dtype).eps * scale:
        yield f"‖H d + ∇f‖ is {left:.1e} ‖∇f‖, and rtol is {rtol:.0e}."


def _slope_at_start(problem: Problem) -> Tensor:
    return problem.once(curved).gradient(start(problem))


def _matrix_at_start(problem: Problem) -> Tensor:
    return problem.once(curved).hessian(start(problem))


def _system_of_the_step(problem: Problem) -> System:
    rtol = float(problem.values.get("rtol", 1e-8))
    return System(problem.once(_matrix_at_start), -problem.once(_slope_at_start), rtol)


def _system(problem: Problem) -> System:
    values = problem.values
    b, rtol = values["b"].detach().double().flatten(), float(values.get("rtol", 1e-8))
    return System(values["matrix"].double(), b, rtol)


def _maxiter(problem: Problem) -> int:
    return int(problem.values.get("maxiter", 10 * problem.values["b"].numel()))


def _from_a_well(problem: Problem, x: Tensor) -> float:
    data = problem.values["func"].keywords
    u = data["mix"].double() @ (x - data["centre"].double())
    return _norm(u.abs() - 1)


def _near(got: Tensor, wanted: Tensor, tolerance: float) -> bool:
    return _norm(got - wanted) <= tolerance * _norm(wanted)


def _flat(tensor: Tensor) -> Tensor:
    return tensor.detach().double().flatten()


def _norm(tensor: Tensor) -> float:
    return float(torch.linalg.vector_norm(tensor))
