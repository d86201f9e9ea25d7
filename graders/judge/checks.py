"""The checks a hidden grader is made of: a test class names its task and problems, and inherits.

Within a task they run in the order exists, runs, shape, dtype, values, inputs, edge, memory,
passes, large; what depends on a failed one is skipped as "not reached" (see `pytest_plugin`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import torch

from graders.judge.answers import Answer, Ended, Missing, Raised, Returned
from graders.judge.asking import Asking
from graders.judge.compare import (
    describe,
    dtype_fault,
    kind_fault,
    relative_error,
    shape_fault,
    show,
    tolerance,
)
from graders.judge.difference import known_difference
from graders.judge.explain import explain, in_words
from graders.judge.mistake import Mistake, Symptom
from graders.judge.problem import Spec


class CheckFailure(Exception):  # noqa: N818 - a result, not an error of the program
    """A check does not hold: what a student is told, and what gives the mistake away."""

    def __init__(self, message: str, symptom: Symptom | None = None) -> None:
        """Keep the sentence for the student apart from what the diagnosis needs."""
        super().__init__(message)
        self.message = message
        self.symptom = symptom


class TaskChecks:
    """Checks that every task has: the function exists, runs and gives the reference's values."""

    task: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]]
    problems: ClassVar[tuple[Spec, ...]]
    not_allowed: ClassVar[tuple[str, ...]] = ()
    mistakes: ClassVar[tuple[Mistake, ...]] = ()

    @pytest.mark.check(weight=0)
    def test_exists(self, asking: Asking) -> None:
        """A function of the task's name is there and is written."""
        outcome = asking.ask(self.problems[0]).outcome
        if isinstance(outcome, Missing):
            faults = "; ".join(asking.student.faults())
            because = f" These cells did not run: {faults}." if faults else ""
            raise CheckFailure(f"There is no function called {self.task}.{because}")
        if isinstance(outcome, Raised) and outcome.kind == "NotImplementedError":
            raise CheckFailure(f"{self.task} is not written yet.")

    @pytest.mark.check(weight=0, needs=("exists",))
    def test_runs(self, asking: Asking) -> None:
        """A first call comes back."""
        require_returned(asking, self.problems[0])

    @pytest.mark.check(weight=1, needs=("exists", "runs", "shape", "dtype"))
    def test_values(self, asking: Asking, spec: Spec) -> None:
        """The answer is the reference's, within the rounding of an exact method."""
        require_agreement(asking, spec)

    @pytest.mark.check(weight=1, needs=("exists", "runs", "shape", "dtype", "some values"))
    def test_edge(self, asking: Asking, edge: Spec) -> None:
        """So it is where the function is linear, ignores its inputs, has no axis or is float32."""
        require_agreement(asking, edge)


class CallerChecks(TaskChecks):
    """Checks of a task that is handed tensors, which belong to the caller."""

    @pytest.mark.check(weight=1, needs=("exists", "runs", "some values"))
    def test_inputs(self, asking: Asking) -> None:
        """The caller's tensors are as they were: values, requires_grad and .grad."""
        for spec in self.problems:
            touched = asking.ask(spec).touched
            for what, (symptom, sentence) in _TRACES.items():
                names = sorted(name for kind, name in touched if kind == what)
                if names:
                    called = asking.called(spec)
                    raise CheckFailure(f"{called}: {sentence.format(', '.join(names))}.", symptom)


class TensorChecks(CallerChecks):
    """Checks of a task that returns a tensor, or a tuple of tensors."""

    @pytest.mark.check(weight=0, needs=("exists", "runs"))
    def test_shape(self, asking: Asking) -> None:
        """Every core answer is a tensor of the right shape."""
        self._check_form(asking, lambda got, expected: shape_fault(got, expected))

    @pytest.mark.check(weight=0, needs=("exists", "runs", "shape"))
    def test_dtype(self, asking: Asking) -> None:
        """Every core answer keeps the dtype of the inputs."""
        self._check_form(asking, lambda got, expected: dtype_fault(got, expected))

    def _check_form(self, asking: Asking, fault_of: Callable[[Any, Any], str]) -> None:
        for spec in self.problems:
            outcome = asking.ask(spec).outcome
            if not spec.core or not isinstance(outcome, Returned):
                continue
            expected = asking.expected(spec)
            fault = kind_fault(outcome.value, expected) or fault_of(outcome.value, expected)
            if fault:
                symptom = form_symptom(outcome.value, expected)
                raise CheckFailure(f"{asking.called(spec)}: {fault}.", symptom)


def require_agreement(asking: Asking, spec: Spec) -> None:
    """Fail, with what is known of the difference, unless the answer is the reference's."""
    got, expected = require_returned(asking, spec), asking.expected(spec)
    fault = kind_fault(got, expected) or shape_fault(got, expected)
    fault = fault or dtype_fault(got, expected)
    if fault:
        raise CheckFailure(f"{asking.called(spec)}: {fault}.", form_symptom(got, expected))
    error = relative_error(got, expected)
    if error > tolerance(expected):
        raise values_failure(asking, spec, got, expected, error)


_TRACES = {
    "values": (Symptom.CHANGED_INPUTS, "it changed the numbers of {} in place"),
    "grad": (Symptom.LEFT_GRAD, "it left something behind in {}.grad"),
    "requires_grad": (Symptom.MARKED_INPUTS, "it left requires_grad switched on in {}"),
}


def require_returned(asking: Asking, spec: Spec) -> Any:
    """Give what the function returned, or fail with a sentence on why it returned nothing."""
    answer: Answer = asking.ask(spec)
    outcome = answer.outcome
    if isinstance(outcome, Returned):
        return outcome.value
    if isinstance(outcome, Raised):
        explanation = explain(outcome)
        symptom = explanation.symptom if explanation else None
        raise CheckFailure(f"{asking.called(spec)}: {in_words(outcome)}", symptom)
    if isinstance(outcome, Ended):
        raise CheckFailure(f"{asking.called(spec)}: {outcome.reason}.")
    raise CheckFailure(f"There is no function called {asking.task} any more.")


def form_symptom(got: Any, expected: Any) -> Symptom | None:
    """Tell a lost dtype or a lost tuple from a value of the wrong form."""
    if isinstance(got, torch.Tensor) and got.is_complex():
        return Symptom.COMPLEX
    if isinstance(expected, tuple) and isinstance(got, torch.Tensor):
        return Symptom.NOT_A_TUPLE
    is_single = isinstance(got, torch.Tensor) and got.dtype == torch.float32
    same_form = is_single and not shape_fault(got, expected)
    if same_form and expected.dtype == torch.float64 and relative_error(got, expected) < 1e-5:
        return Symptom.FLOAT32
    return None


def values_failure(
    asking: Asking, spec: Spec, got: Any, expected: Any, error: float
) -> CheckFailure:
    """Say how far off the values are and what is known of the difference."""
    called = asking.called(spec)
    symptom, known = known_difference(got, expected, error)
    message = f"{called}: got {show(got)}"
    if asking.reveal:
        message += f", expected {show(expected)}"
    else:
        message += f"; the form is right ({describe(expected)}), the numbers are not"
    return CheckFailure(f"{message}. {known}".strip(), symptom)
