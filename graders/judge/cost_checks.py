"""Checks of memory and cost: counted in bytes and passes, never timed.

The unit of every budget is one gradient of the same function, measured by the same meter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from graders.judge.answers import Answer, Ended, Raised
from graders.judge.asking import Asking
from graders.judge.checks import CheckFailure, TensorChecks, require_returned
from graders.judge.compare import relative_error, shape_fault, tolerance
from graders.judge.explain import in_words
from graders.judge.meter import Measured
from graders.judge.mistake import Symptom
from graders.judge.problem import Spec, spec

# Honest methods peak at 2.4 to 4.6 gradients and cost 2 to 14 (a loss whose graph is given makes
# its gradient cheap); a materialised Hessian or a row loop costs thousands. From SIZES[1] on, a
# matrix of n × n is more than 100 times the budget; at SIZES[0] it is over it, and a loop over the
# rows can still be run to its end, which tells a list of rows from rows that are let go.
PEAK_BUDGET = 8
PASSES_BUDGET = 20
# Gradients after which a call is stopped.
WORK_LIMIT = 300
SIZES = (200, 10_000, 20_000, 40_000)
# Memory and passes of a method whose cost is linear in n grow with exponent 1 and 0.
LARGEST_EXPONENT = 1.2
LARGEST_PASSES_GROWTH = 1.5

_NO_LIMIT = 10**9
_TOO_MUCH = "TooMuchWork"
_STOPPED = ("TensorTooLarge", _TOO_MUCH)


@dataclass(frozen=True)
class Sample:
    """What an answer cost at one size, beside one gradient of the same function."""

    n: int
    spec: Spec
    answer: Answer
    gradient: Measured

    @property
    def peak(self) -> int:
        """Bytes alive at the worst moment, or asked for at once."""
        counts = self.answer.measured
        return max(counts.get("peak_bytes", 0), counts.get("largest_bytes", 0))

    @property
    def complete(self) -> bool:
        """Whether the call ran to its end, or was refused a tensor; not where it ran too long."""
        outcome = self.answer.outcome
        return not (isinstance(outcome, Raised) and outcome.kind == _TOO_MUCH)

    @property
    def budget(self) -> int:
        """Bytes the answer may have alive at once."""
        return PEAK_BUDGET * self.gradient.peak_bytes

    @property
    def passes(self) -> float:
        """Cost in gradients: by bytes produced, or by FLOPs where those tell more."""
        counts = self.answer.measured
        ratios = [counts.get("produced_bytes", 0) / self.gradient.produced_bytes]
        if self.gradient.flops:
            ratios.append(counts.get("flops", 0) / self.gradient.flops)
        return max(ratios)

    def measured(self) -> dict[str, Any]:
        """Give the figures a report draws."""
        return {
            "problem": self.spec.name,
            "n": self.n,
            "peak_bytes": self.peak,
            "budget_bytes": self.budget,
            "gradient_bytes": self.gradient.peak_bytes,
            "passes": round(self.passes, 2),
            "passes_budget": PASSES_BUDGET,
        }


class MatrixFreeChecks(TensorChecks):
    """Checks of a task whose cost must stay within a fixed multiple of a gradient's."""

    sized: ClassVar[tuple[str, ...]]
    large: ClassVar[Spec]

    # The points of the three cost checks stand on the last one: the operating system's limit is
    # what an answer that blinds the meter cannot get round.
    @pytest.mark.check(weight=0, needs=("exists", "runs", "shape", "dtype", "values"))
    def test_memory(self, asking: Asking, record_measured: dict[str, Any]) -> None:
        """Peak memory is a fixed multiple of a gradient's and grows like n, never like n²."""
        for name in self.sized:
            samples = list(take_samples(asking, name))
            _record(record_measured, samples)
            for sample in reversed(samples):
                _check_peak(asking, sample)
            _check_growth(asking, [sample for sample in samples[1:] if sample.complete])

    @pytest.mark.check(weight=0, needs=("exists", "runs", "shape", "dtype", "values", "memory"))
    def test_passes(self, asking: Asking, record_measured: dict[str, Any]) -> None:
        """The number of passes through the function is fixed, whatever n is."""
        for name in self.sized:
            samples = list(take_samples(asking, name))
            _record(record_measured, samples)
            for sample in samples[1:]:
                _check_passes(asking, sample, samples[1])

    @pytest.mark.check(
        weight=8, needs=("exists", "runs", "shape", "dtype", "values", "memory", "passes")
    )
    def test_large(self, asking: Asking) -> None:
        """A million parameters, under the operating system's memory limit."""
        got, expected = require_returned(asking, self.large), asking.expected(self.large)
        is_right = not shape_fault(got, expected)
        if not is_right or relative_error(got, expected) > tolerance(expected):
            raise CheckFailure(f"{asking.called(self.large)}: the values are not right.")


def take_samples(asking: Asking, name: str) -> Iterator[Sample]:
    """Measure the answer at a small size, and at n, 2n and 4n."""
    for n in SIZES:
        which = spec(name, n=n)
        gradient = asking.references.gradient_cost(which)
        work = WORK_LIMIT if n > SIZES[0] else _NO_LIMIT
        limits = (
            PEAK_BUDGET * gradient.peak_bytes,
            work * gradient.produced_bytes,
            work * gradient.operations,
        )
        answer = asking.ask(which, limits=limits)
        if isinstance(answer.outcome, Ended):
            raise CheckFailure(f"{asking.called(which)}: {answer.outcome.reason}.")
        if isinstance(answer.outcome, Raised) and answer.outcome.kind not in _STOPPED:
            raise CheckFailure(f"{asking.called(which)}: {in_words(answer.outcome)}")
        if not answer.measured:
            raise CheckFailure(f"{asking.called(which)}: it could not be measured.")
        yield Sample(n, which, answer, gradient)


def _record(place: dict[str, Any], samples: list[Sample]) -> None:
    """Keep the figures; those of a call that was stopped midway say nothing of its memory."""
    place.setdefault("samples", []).extend(one.measured() for one in samples if one.complete)


def in_bytes(count: float) -> str:
    """Write a number of bytes as a person would: 12 MB, 4.0 TB."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"


def _check_peak(asking: Asking, sample: Sample) -> None:
    if sample.peak <= sample.budget:
        return
    where = sample.answer.measured.get("largest_where", "")
    n_by_n = sample.n * sample.n * asking.expected_itemsize(sample.spec)
    largest = sample.answer.measured.get("largest_bytes", 0)
    symptom = Symptom.DENSE if 4 * largest >= n_by_n else Symptom.ROW_LIST
    raise CheckFailure(
        f"{asking.called(sample.spec)}: your peak: {in_bytes(sample.peak)}"
        f"{f' at {where}' if where and symptom is Symptom.DENSE else ''}; a gradient of this "
        f"function needs {in_bytes(sample.gradient.peak_bytes)}; the budget is "
        f"{in_bytes(sample.budget)}.",
        symptom,
    )


def _check_growth(asking: Asking, samples: list[Sample]) -> None:
    if len(samples) < 2:
        return
    first, last = samples[0], samples[-1]
    exponent = math.log(max(last.peak, 1) / max(first.peak, 1)) / math.log(last.n / first.n)
    if exponent > LARGEST_EXPONENT:
        raise CheckFailure(
            f"{asking.called(last.spec)}: from n = {first.n} to n = {last.n} your memory grew from "
            f"{in_bytes(first.peak)} to {in_bytes(last.peak)}, like n to the power "
            f"{exponent:.1f}; it should grow like n.",
            Symptom.ROW_LIST,
        )


def _check_passes(asking: Asking, sample: Sample, first: Sample) -> None:
    stopped = isinstance(sample.answer.outcome, Raised)
    grows = sample.passes > LARGEST_PASSES_GROWTH * first.passes
    if sample.passes <= PASSES_BUDGET and not grows and not stopped:
        return
    amount = f"more than {WORK_LIMIT}" if stopped else f"as much as {sample.passes:.0f}"
    where = sample.answer.outcome.where if isinstance(sample.answer.outcome, Raised) else ""
    budget = f"the budget is {PASSES_BUDGET}, whatever n is"
    if not stopped and sample.passes <= PASSES_BUDGET:
        budget = f"at n = {first.n} it cost {first.passes:.0f}, and it must not grow with n"
    raise CheckFailure(
        f"{asking.called(sample.spec)}: it cost {amount} gradients"
        f"{f', and was stopped at {where}' if where else ''}; {budget}. "
        "One pass per row is as many passes as there are parameters.",
        Symptom.MANY_PASSES,
    )
