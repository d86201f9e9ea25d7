"""The stages of cost: memory, passes, and a problem too large for anything but products."""

from __future__ import annotations

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
    every: list[Sample] = []
    cost = _cost(asking)
    for which in cost.sized:
        samples = take_samples(asking, cost, which)
        every += samples
        failures = [peak_failure(asking, sample) for sample in reversed(samples)]
        failures.append(growth_failure(asking, [one for one in samples[1:] if one.complete]))
        _raise_first(failures, every)
    return figures(every)


@stage(
    "passes",
    title="The number of passes does not grow",
    stop="too many passes",
    weight=0,
    needs=(*_RIGHT, "memory"),
)
def PASSES(asking: Asking, _case: Spec | None) -> dict[str, Any]:  # noqa: N802
    """The number of passes through the function is fixed, whatever n is."""
    every: list[Sample] = []
    cost = _cost(asking)
    for which in cost.sized:
        samples = take_samples(asking, cost, which)
        every += samples
        _raise_first([passes_failure(asking, one, samples[1]) for one in samples[1:]], every)
    return figures(every)


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


def _raise_first(failures: list[CheckFailed | None], samples: list[Sample]) -> None:
    for failure in failures:
        if failure is not None:
            raise CheckFailed(failure.failure, figures(samples))
