"""Memory and cost: counted in bytes and passes, never timed.

The unit of every budget is what the task's policy says, by default one gradient of the same
function, measured by the same meter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from graders.checks.agreement import Agreement
from graders.checks.asking import Asking, itemsize
from graders.checks.explain import raised_failure
from graders.checks.failure import CheckFailed, Symptom
from graders.checks.words import in_bytes
from graders.meter import Measured
from graders.sandbox.answers import Answer, Ended, Raised, Returned
from graders.sandbox.call import MeterLimits
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec, spec

if TYPE_CHECKING:
    from graders.checks.references import Unit

_NO_LIMIT = 10**9
_TOO_LARGE = "TensorTooLarge"
_STOPPED = (_TOO_LARGE, "TooMuchWork")


def one_gradient(problem: Problem) -> Any:
    """Take one gradient of a problem's `func` at `inputs`, or of its `loss` by `parameters`."""
    values = problem.values
    if "loss" in values:
        return torch.autograd.grad(
            values["loss"], values["parameters"], retain_graph=True, allow_unused=True
        )
    leaf = values["inputs"].detach().clone().requires_grad_()
    return torch.autograd.grad(values["func"](leaf), leaf)


def one_product(matvec: str = "matvec", vector: str = "v") -> Callable[[Problem], Any]:
    """Take one product of a problem's `matvec` with a vector of it, by their names."""
    return lambda problem: problem.values[matvec](problem.values[vector])


@dataclass(frozen=True)
class Cost:
    """What an answer may cost.

    The defaults are for a matrix-free product of a function's second derivatives. Honest methods
    peak at 2.4 to 4.6 gradients and cost 2 to 14 (a loss whose graph is given makes its gradient
    cheap); a materialised Hessian or a row loop costs thousands. From sizes[1] on, a matrix of
    n × n is more than 100 times the budget; at sizes[0] it is over it, and a loop over the rows can
    still be run to its end, which tells a list of rows from rows that are let go.

    Attributes:
        sized: problems whose builder takes a size `n`.
        large: the problem that is asked under the operating system's limit, if any.
        agreement: how the answer to it has to agree, where the task's own policy needs the matrix.
        unit: takes one unit of a problem: a gradient, a product.
        unit_name: what it is called in a message.
        sizes: the sizes; at the first one there is no limit on the work.
        peak: units of memory that may be alive at once.
        peaks: the same for single problems, by name, where they need another number.
        passes: units of work, by bytes produced, or by FLOPs where those tell more.
        calls: the function whose calls are the passes, in place of work in units; empty for none.
        work_limit: units of work after which a call is stopped.
        growth: the largest exponent of n in the memory; 1 for a method that is linear.
        passes_growth: by what factor the passes may grow from sizes[1] on; 1 for fixed passes.

    """

    sized: tuple[Spec, ...]
    large: Spec | None = None
    agreement: Agreement | None = None
    unit: Unit = one_gradient
    unit_name: str = "gradient"
    sizes: tuple[int, ...] = (200, 10_000, 40_000)
    peak: int = 8
    peaks: Mapping[str, int] = field(default_factory=dict)
    passes: int = 20
    calls: str = ""
    work_limit: int = 300
    growth: float = 1.2
    passes_growth: float = 1.5

    def samples(self) -> Iterator[Spec]:
        """List the problems that are measured, at each size."""
        yield from (self.at(which, n) for which in self.sized for n in self.sizes)

    def peak_of(self, which: Spec) -> int:
        """Give the units of memory that may be alive at once on a problem."""
        return self.peaks.get(which.name, self.peak)

    def at(self, which: Spec, n: int) -> Spec:
        """Give a sized problem at n."""
        parameters: dict[str, Any] = dict(which.parameters)
        return spec(which.name, dtype=which.dtype, n=n, **parameters)


@dataclass(frozen=True)
class Sample:
    """What an answer cost at one size, beside one unit of the same problem."""

    n: int
    spec: Spec
    answer: Answer
    unit: Measured
    cost: Cost

    @property
    def peak(self) -> int:
        """Bytes alive at the worst moment, or asked for at once."""
        counts = self.answer.measured
        return max(counts.get("peak_bytes", 0), counts.get("largest_bytes", 0))

    @property
    def complete(self) -> bool:
        """Whether the call ran to its end, or was refused a tensor; not where it broke off."""
        outcome = self.answer.outcome
        refused = isinstance(outcome, Raised) and outcome.kind == _TOO_LARGE
        return bool(self.answer.measured) and (refused or isinstance(outcome, Returned))

    @property
    def budget(self) -> int:
        """Bytes the answer may have alive at once."""
        return self.cost.peak_of(self.spec) * self.unit.peak_bytes

    @property
    def passes(self) -> float:
        """Cost in units: by bytes produced, or by FLOPs where those tell more; or in calls."""
        if self.cost.calls:
            return float(self.answer.counted.get(self.cost.calls, 0))
        counts = self.answer.measured
        ratios = [counts.get("produced_bytes", 0) / self.unit.produced_bytes]
        if self.unit.flops:
            ratios.append(counts.get("flops", 0) / self.unit.flops)
        return max(ratios)

    def measured(self) -> dict[str, Any]:
        """Give the figures a report draws."""
        return {**self.allowed(), "peak_bytes": self.peak, "passes": round(self.passes, 2)}

    def allowed(self) -> dict[str, Any]:
        """Give the figures that hold whatever the answer does."""
        return {
            "problem": self.spec.name,
            "n": self.n,
            "budget_bytes": self.budget,
            "gradient_bytes": self.unit.peak_bytes,
            "passes_budget": self.cost.passes,
        }


def take_samples(
    asking: Asking, cost: Cost, which: Spec, into: list[Sample] | None = None
) -> list[Sample]:
    """Measure the answer at every size; `into` gets each sample as soon as it is there."""
    every = [] if into is None else into
    before = len(every)
    for n in cost.sizes:
        at_size = cost.at(which, n)
        unit = asking.references.unit_cost(cost.unit, at_size)
        work = cost.work_limit if n > cost.sizes[0] else _NO_LIMIT
        limits = MeterLimits(
            cost.peak_of(which) * unit.peak_bytes,
            work * unit.produced_bytes,
            work * unit.operations,
        )
        every.append(Sample(n, at_size, asking.ask(at_size, limits=limits), unit, cost))
        _require_end(asking, every[-1])
    return every[before:]


def _require_end(asking: Asking, sample: Sample) -> None:
    """Fail where an answer broke off by itself: a call that the meter stopped was measured."""
    outcome = sample.answer.outcome
    if isinstance(outcome, Ended):
        raise asking.failed(sample.spec, outcome.reason)
    if isinstance(outcome, Raised) and outcome.kind not in _STOPPED:
        raise raised_failure(outcome, asking.called(sample.spec))
    if not sample.answer.measured:
        raise asking.failed(sample.spec, "it could not be measured")


def figures(samples: list[Sample]) -> dict[str, Any]:
    """Give the figures of samples; of a call that broke off only what it was allowed."""
    return {
        "samples": [one.measured() for one in samples if one.complete],
        "broken_off": [one.allowed() for one in samples if not one.complete],
    }


def peak_failure(asking: Asking, sample: Sample) -> CheckFailed | None:
    """Say that the peak is over the budget, and of what; None where it is not."""
    if sample.peak <= sample.budget:
        return None
    n_by_n = sample.n * sample.n * itemsize(sample.spec)
    largest = sample.answer.measured.get("largest_bytes", 0)
    symptom = Symptom.DENSE if 4 * largest >= n_by_n else Symptom.ROW_LIST
    place = sample.answer.largest_place if symptom is Symptom.DENSE else None
    return asking.failed(
        sample.spec,
        f"your peak: {in_bytes(sample.peak)}{f' at {place}' if place else ''}; a "
        f"{sample.cost.unit_name} of this function needs {in_bytes(sample.unit.peak_bytes)}; the "
        f"budget is {in_bytes(sample.budget)}",
        symptom,
        place=place,
    )


def growth_failure(asking: Asking, samples: list[Sample]) -> CheckFailed | None:
    """Say that memory grows faster than it should; None where it does not."""
    if len(samples) < 2:
        return None
    first, last = samples[0], samples[-1]
    exponent = math.log(max(last.peak, 1) / max(first.peak, 1)) / math.log(last.n / first.n)
    if exponent <= last.cost.growth:
        return None
    return asking.failed(
        last.spec,
        f"from n = {first.n} to n = {last.n} your memory grew from {in_bytes(first.peak)} to "
        f"{in_bytes(last.peak)}, like n to the power {exponent:.1f}; it should grow like n",
        Symptom.ROW_LIST,
    )


def passes_failure(asking: Asking, sample: Sample, first: Sample) -> CheckFailed | None:
    """Say that there are too many passes, or more and more of them; None where that is not so."""
    cost = sample.cost
    stopped = isinstance(sample.answer.outcome, Raised)
    grows = sample.passes > cost.passes_growth * first.passes
    if sample.passes <= cost.passes and not grows and not stopped:
        return None
    place = sample.answer.outcome.place if isinstance(sample.answer.outcome, Raised) else None
    amount = f"more than {cost.work_limit}" if stopped else f"as much as {sample.passes:.0f}"
    budget = f"the budget is {cost.passes}, whatever n is"
    if not stopped and sample.passes <= cost.passes:
        budget = f"at n = {first.n} it cost {first.passes:.0f}, and it must not grow with n"
    return asking.failed(
        sample.spec,
        f"it cost {amount} {f'calls of {cost.calls}' if cost.calls else f'{cost.unit_name}s'}"
        f"{f', and was stopped at {place}' if place else ''}; {budget}",
        Symptom.MANY_PASSES,
        place=place,
        difference="One pass per row is as many passes as there are parameters.",
    )
