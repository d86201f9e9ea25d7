"""The stages of cost: memory, passes, and a problem too large for anything but products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graders.checks.asking import Asking
from graders.checks.cost import (
    Cost,
    Sample,
    figures,
    growth_failure,
    passes_failure,
    peak_failure,
    take_samples,
)
from graders.checks.failure import CheckFailed
from graders.checks.stage import stage
from graders.checks.stages import FORM, require_returned, values_fault
from graders.sandbox.spec import Spec

_RIGHT = (*FORM, "values")
_Failures = Callable[[Asking, list[Sample]], Iterator[CheckFailed | None]]


# The points of the three stages stand on the last one: the operating system's limit is what an
# answer that blinds the meter cannot get round.
@stage(
    "memory",
    title="Memory stays within a few gradients",
    stop="too much memory",
    weight=0,
    needs=_RIGHT,
)
def MEMORY(asking: Asking, _case: Spec | None) -> dict[str, Any]:  # noqa: N802
    """Peak memory is a fixed multiple of a unit's and grows like n, never like n²."""
    return _measured(asking, _memory_failures)


@stage(
    "passes",
    title="The number of passes does not grow",
    stop="too many passes",
    weight=0,
    needs=(*_RIGHT, "memory"),
)
def PASSES(asking: Asking, _case: Spec | None) -> dict[str, Any]:  # noqa: N802
    """The number of passes through the function is fixed, whatever n is."""
    return _measured(asking, _passes_failures)


@stage(
    "large",
    title="A million parameters fit",
    stop="fails at 10⁶",
    weight=8,
    needs=(*_RIGHT, "memory", "passes"),
)
def LARGE(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """A million parameters, under the operating system's memory limit."""
    cost = _cost(asking)
    large, agreement = cost.large, cost.agreement or asking.task.agreement
    assert large is not None
    got, expected = require_returned(asking, large), asking.expected(large)
    fault = agreement.form_fault(got, expected)
    if fault:
        raise asking.failed(large, fault)
    deviation = asking.deviation(large, got, expected, agreement)
    if not deviation.agrees:
        # No symptom: what is nearly right at size only need not come from a difference quotient.
        raise asking.failed(large, f"{values_fault(expected)}. {deviation.sentence}".rstrip(". "))


def _cost(asking: Asking) -> Cost:
    assert asking.task.cost is not None
    return asking.task.cost


def _measured(asking: Asking, failures: _Failures) -> dict[str, Any]:
    """Measure every problem until one fails; what was measured till then goes with the failure."""
    every: list[Sample] = []
    cost = _cost(asking)
    try:
        for which in cost.sized:
            samples = take_samples(asking, cost, which, every)
            for failure in failures(asking, samples):
                if failure is not None:
                    raise failure
    except CheckFailed as failed:
        raise CheckFailed(failed.failure, figures(every)) from None
    return figures(every)


def _memory_failures(asking: Asking, samples: list[Sample]) -> Iterator[CheckFailed | None]:
    yield from (peak_failure(asking, sample) for sample in reversed(samples))
    yield growth_failure(asking, [one for one in samples[1:] if one.complete])


def _passes_failures(asking: Asking, samples: list[Sample]) -> Iterator[CheckFailed | None]:
    yield from (passes_failure(asking, one, samples[1]) for one in samples[1:])
