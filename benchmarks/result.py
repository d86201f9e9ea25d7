"""One measured figure with its spread, as it is printed and saved."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """A figure measured several times. `target` is what it should come to, in words."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: str = ""
    note: str = ""
    details: dict[str, list[float]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)

    def line(self) -> str:
        """Write it as a line: the median, and the smallest and largest value in brackets."""
        if not self.values:
            return f"{self.name}: {self.note}"
        low, high = min(self.values), max(self.values)
        spread = f" [{low:.3g} to {high:.3g}]" if len(self.values) > 1 else ""
        extra = "; ".join(
            text for text in (self.target and f"target {self.target}", self.note) if text
        )
        return f"{self.name}: {self.median:.3g} {self.unit}{spread}" + (
            f" ({extra})" if extra else ""
        )


def skipped(name: str, why: str) -> Result:
    """Say that a figure was not measured, and why."""
    return Result(name, "", (), note=f"skipped: {why}")


def ratio(
    name: str, above: Sequence[float], below: Sequence[float], target: str, note: str = ""
) -> Result:
    """Compare two series round by round, or each with the other's median where they differ."""
    if len(above) == len(below):
        values = tuple(a / b for a, b in zip(above, below, strict=True))
    else:
        values = tuple(a / statistics.median(below) for a in above)
    details = {"above": list(above), "below": list(below)}
    return Result(name, "×", values, target, note, details)


def seconds(work: Callable[[], object]) -> float:
    """Time one call by the wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
