"""The stages that every task has: the function exists, runs, and gives the right answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor

from graders.checks.agreement import Deviation
from graders.checks.asking import Asking
from graders.checks.compare import (
    Part,
    describe,
    dtype_fault,
    form_fault,
    is_number_for_tensor,
    is_tuple_of_one,
    kind_fault,
    paired,
    parts,
    relative_error,
    shape_fault,
    show,
    show_both,
)
from graders.checks.explain import raised_failure
from graders.checks.failure import CheckFailed, Failure, Symptom
from graders.checks.stage import stage
from graders.checks.task import TaskChecks, core, edges
from graders.course.submission import Submission
from graders.sandbox.answers import Answer, Ended, Missing, Raised, Returned
from graders.sandbox.spec import Spec

FaultOf = Callable[[Any, Any], str]
WRITTEN = ("exists", "runs")
_DEFINED = re.compile(r"^def ([A-Za-z_]\w{0,60})\(", re.MULTILINE)
_MOST_FUNCTIONS = 200
FORM = (*WRITTEN, "shape", "dtype")


@stage("exists", title="The function is written", stop="no function", weight=0)
def EXISTS(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """A function of the task's name is there and is written."""
    name = asking.task.name
    outcome = asking.ask(asking.task.problems[0]).outcome
    if isinstance(outcome, Missing):
        cells = tuple(asking.student.faults())
        other = _named_nearly(name, asking.student.submission)
        but = f", but one called {other}" if other else ""
        raise CheckFailed(Failure(f"There is no function called {name}{but}", cells=cells))
    if isinstance(outcome, Raised) and outcome.kind == "NotImplementedError":
        raise CheckFailed(Failure(f"{name} is not written yet", symptom=Symptom.UNWRITTEN))


def _named_nearly(name: str, submission: Submission) -> str:
    """Find a function of the student's with nearly this name that no task has, or nothing."""
    theirs = submission.cells[len(submission.ours) :]
    found = [one for cell in theirs for one in _DEFINED.findall(cell.source)][:_MOST_FUNCTIONS]
    tasks = {task.name for task in submission.topic.tasks}
    by_small_letters = {one.casefold(): one for one in found if one not in tasks}
    near = get_close_matches(name.casefold(), by_small_letters, n=1, cutoff=0.7)
    return by_small_letters[near[0]] if near else ""


@stage("runs", title="A first call comes back", stop="no answer", weight=0, needs=("exists",))
def RUNS(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """A first call comes back."""
    require_returned(asking, asking.task.problems[0])


@stage("shape", title="The shape is right", stop="wrong shape", weight=0, needs=WRITTEN)
def SHAPE(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """Every core answer is a tensor, or what else is due, of the right shape."""
    _check_form(asking, shape_fault)


@stage("dtype", title="The dtype is kept", stop="wrong dtype", weight=0, needs=(*WRITTEN, "shape"))
def DTYPE(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """Every core answer keeps the dtype of the inputs."""
    _check_form(asking, dtype_fault)


@stage(
    "values",
    title="The values are right",
    stop="shape right, values wrong",
    needs=FORM,
    cases=core,
)
def VALUES(asking: Asking, case: Spec | None) -> None:  # noqa: N802
    """The answer agrees with the reference's, as the task's agreement asks."""
    require_agreement(asking, _given(case))


@stage(
    "edge",
    title="A special case is right",
    stop="special case wrong",
    needs=FORM,
    needs_some=("values",),
    cases=edges,
)
def EDGE(asking: Asking, case: Spec | None) -> None:  # noqa: N802
    """So it is where the function is linear, ignores its inputs, has no axis or is float32."""
    require_agreement(asking, _given(case))


def require_returned(asking: Asking, spec: Spec) -> Any:
    """Give what the function returned, or fail with a sentence on why it returned nothing."""
    return returned(asking.ask(spec), asking.task.name, lambda: asking.called(spec))


def require_form(asking: Asking, spec: Spec) -> Any:
    """Give what the function returned, of the form that is due, or fail and say what is not."""
    got = require_returned(asking, spec)
    _require_form(asking, spec, got, asking.expected(spec), form_fault)
    return got


def returned(answer: Answer, task: str, called: Callable[[], str]) -> Any:
    """Give what an answer holds; CheckFailed, with the call in words, where it holds nothing."""
    outcome = answer.outcome
    if isinstance(outcome, Returned):
        return outcome.value
    if isinstance(outcome, Raised):
        raise raised_failure(outcome, called())
    if isinstance(outcome, Ended):
        raise CheckFailed(Failure(outcome.reason, call=called()))
    raise CheckFailed(Failure(f"There is no function called {task} any more"))


def require_agreement(
    asking: Asking, spec: Spec, *, driver: str | None = None, draw: int = 0
) -> None:
    """Fail, with what is known of the difference, unless the answer agrees with the reference's."""
    answer = asking.ask(spec, driver=driver, draw=draw)
    got = returned(answer, asking.task.name, lambda: asking.called(spec))
    expected = asking.expected(spec, driver=driver, draw=draw)
    if asking.task.parts:
        _require_form(asking, spec, got, expected, form_fault)
    fault = asking.task.agreement.form_fault(got, expected)
    if fault:
        raise asking.failed(spec, fault, form_symptom(got, expected))
    deviation = asking.deviation(spec, got, expected)
    if not deviation.agrees:
        raise _of_other_value(asking, spec, deviation, Part("", got, expected))


def values_fault(expected: Any) -> str:
    """Say that an answer of the right form is wrong, without giving the right one away."""
    if isinstance(expected, Tensor):
        return f"the form is right ({describe(expected)}), the numbers are not"
    if isinstance(expected, (tuple, dict)):
        return f"the form is right ({describe(expected)}), what stands in it is not"
    if isinstance(expected, str):
        return "that is not the right word"
    is_number = isinstance(expected, (int, float)) and not isinstance(expected, bool)
    return f"that is not the right {'number' if is_number else 'answer'}"


def form_symptom(got: Any, expected: Any) -> Symptom | None:
    """Tell a lost dtype, a lost tuple or a lost zero from a value of the wrong form."""
    if _none_for_zeros(got, expected):
        return Symptom.NONE_FOR_ZEROS
    if any(isinstance(part, Tensor) and part.is_complex() for part in parts(got)):
        return Symptom.COMPLEX
    if isinstance(expected, tuple) and isinstance(got, Tensor):
        return Symptom.NOT_A_TUPLE
    if isinstance(expected, tuple) and isinstance(got, list):
        return Symptom.A_LIST
    if isinstance(expected, Tensor) and is_tuple_of_one(got):
        return Symptom.A_TUPLE_OF_ONE
    if any(map(is_number_for_tensor, *_side_by_side(got, expected))):
        return Symptom.A_NUMBER
    if not isinstance(got, Tensor) or not isinstance(expected, Tensor):
        return None
    if form_fault(got, expected) and not bool(got.any()) and not bool(expected.any()):
        return Symptom.OTHER_ZEROS
    if got.shape != expected.shape and got.shape == expected.squeeze().shape:
        return Symptom.AXES_LOST
    if got.dim() == 1 != expected.dim() and got.numel() == expected.numel() > 1:
        return Symptom.FLATTENED
    lost = (got.dtype, expected.dtype) == (torch.float32, torch.float64)
    same = got.shape == expected.shape and relative_error(got, expected) < 1e-5
    # Zeros were not computed in any dtype: they were made in it.
    if lost and same and bool(got.any()):
        return Symptom.FLOAT32
    return None


def _side_by_side(got: Any, expected: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    mine, due = (one if isinstance(one, tuple) else (one,) for one in (got, expected))
    return (mine, due) if len(mine) == len(due) else ((), ())


def _none_for_zeros(got: Any, expected: Any) -> bool:
    """Whether None stands for a tensor of zeros, and nowhere for another one."""
    pairs = zip(*_side_by_side(got, expected), strict=True)
    lost = [other for one, other in pairs if one is None]
    tensors = [one for one in lost if isinstance(one, Tensor)]
    same = len(tensors) == len(lost) > 0
    return same and not any(bool(one.any()) for one in tensors if not one.is_meta)


def _check_form(asking: Asking, fault_of: FaultOf) -> None:
    for spec in core(asking.task):
        outcome = asking.ask(spec).outcome
        if isinstance(outcome, Returned):
            _require_form(asking, spec, outcome.value, asking.expected(spec), fault_of)


def _require_form(asking: Asking, spec: Spec, got: Any, expected: Any, fault_of: FaultOf) -> None:
    for part in _told(asking.task, got, expected):
        fault = kind_fault(part.got, part.expected) or fault_of(part.got, part.expected)
        if fault:
            whose = f"{part.name}: " if part.name else ""
            raise asking.failed(spec, whose + fault, form_symptom(part.got, part.expected))


def _of_other_value(asking: Asking, spec: Spec, deviation: Deviation, whole: Part) -> CheckFailed:
    words = asking.task.parts.get(deviation.part, "")
    told = {part.name: part for part in _told(asking.task, whole.got, whole.expected)}
    part = told.get(words, whole)
    got, expected = show_both(part.got, part.expected) if asking.reveal else (show(part.got), "")
    if got == expected:
        # What differs is too large, or too deep, to be shown.
        got = expected = ""
    return asking.failed(
        spec,
        values_fault(part.expected),
        deviation.symptom,
        got=f"{got} for {part.name}" if got and part.name else got,
        expected=expected,
        difference=deviation.sentence,
    )


def _told(task: TaskChecks, got: Any, expected: Any) -> list[Part]:
    """Take what a driver gave apart, by the task's words; what has none is told of as a whole."""
    words = task.parts.get("", "")
    if words or not task.parts or len(parts(got)) != len(parts(expected)):
        return [Part(words, got, expected)]
    named = paired(got, expected)
    return [replace(part, name=task.parts.get(part.name, part.name)) for part in named]


def _given(case: Spec | None) -> Spec:
    assert case is not None
    return case
