"""The measured cost of an answer, read back from a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from graders.judge.verdict import TaskVerdict

_Kind = TypeVar("_Kind", "Measurement", "BrokenOff")


@dataclass(frozen=True)
class Measurement:
    """What an answer cost at one size: bytes at the peak, and passes in units of a gradient."""

    problem: str
    n: int
    peak_bytes: float
    budget_bytes: float
    gradient_bytes: float
    passes: float
    passes_budget: float

    @property
    def memory(self) -> float:
        """The peak in gradients of the same function."""
        return self.peak_bytes / max(self.gradient_bytes, 1)

    @property
    def memory_budget(self) -> float:
        """The budget in gradients of the same function."""
        return max(self.budget_bytes, 1) / max(self.gradient_bytes, 1)

    @property
    def is_within_memory(self) -> bool:
        """Whether the peak stays within the budget."""
        return self.peak_bytes <= self.budget_bytes

    @property
    def is_within_passes(self) -> bool:
        """Whether the passes stay within the budget."""
        return self.passes <= self.passes_budget


@dataclass(frozen=True)
class BrokenOff:
    """A size at which an answer broke off, and what it was allowed there."""

    problem: str
    n: int
    budget_bytes: float
    gradient_bytes: float


def measurements_of(task: TaskVerdict) -> tuple[Measurement, ...]:
    """List what was measured of a task, as measured; nothing for a task without a budget.

    Checks that look at the same samples report them twice; each is listed once.
    """
    found = _read(Measurement, _figures(task, "samples"))
    return tuple({(one.problem, one.n): one for one in found}.values())


def broken_off(task: TaskVerdict) -> tuple[BrokenOff, ...]:
    """List the sizes at which the answer to a task broke off."""
    found = _read(BrokenOff, _figures(task, "broken_off"))
    return tuple({(one.problem, one.n): one for one in found}.values())


def telling_problem(
    measurements: tuple[Measurement, ...], broken: tuple[BrokenOff, ...] = ()
) -> tuple[Measurement, ...]:
    """Keep one problem, in order of n: the first above its budget, or else the nearest to it.

    Where an answer keeps its budgets and breaks off, it is the problem on which it does.
    """
    above = next((one for one in measurements if not one.is_within_memory), None)
    ends = {one.problem for one in broken}
    nearest = [one for one in measurements if one.problem in ends] or measurements
    chosen = above or max(nearest, key=lambda one: one.memory / one.memory_budget)
    same = [one for one in measurements if one.problem == chosen.problem]
    return tuple(sorted(same, key=lambda one: one.n))


def _figures(task: TaskVerdict, name: str) -> Iterator[Mapping[str, Any]]:
    return (one for check in task.checks for one in check.measured.get(name, ()))


def _read(kind: type[_Kind], figures: Iterator[Mapping[str, Any]]) -> Iterator[_Kind]:
    names = [field.name for field in fields(kind)]
    for one in figures:
        if all(name in one for name in names):
            yield kind(**{name: one[name] for name in names})
