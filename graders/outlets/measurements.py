"""The measured cost of an answer, read back from a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from graders.judge.verdict import TaskVerdict


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


def measurements_of(task: TaskVerdict) -> tuple[Measurement, ...]:
    """List what was measured of a task, as measured; nothing for a task without a budget.

    Checks that look at the same samples report them twice; each is listed once.
    """
    samples = (one for check in task.checks for one in check.measured.get("samples", ()))
    return tuple({(one.problem, one.n): one for one in _read(samples)}.values())


def telling_problem(measurements: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    """Keep one problem, in order of n: the first above its budget, or else the nearest to it."""
    above = next((one for one in measurements if not one.is_within_memory), None)
    chosen = above or max(measurements, key=lambda one: one.memory / one.memory_budget)
    same = [one for one in measurements if one.problem == chosen.problem]
    return tuple(sorted(same, key=lambda one: one.n))


def _read(samples: Iterator[Mapping[str, Any]]) -> Iterator[Measurement]:
    names = [field.name for field in fields(Measurement)]
    for sample in samples:
        if all(name in sample for name in names):
            yield Measurement(**{name: sample[name] for name in names})
