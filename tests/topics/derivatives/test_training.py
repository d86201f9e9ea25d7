"""Problems that only a stage of a topic asks: there, too, the reference equals the closed form."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from reference_answers import CHECKS, answer, build
from specimens_of_answers import Specimen, in_one
from torch import Tensor
from warm import judge

from graders.checks.compare import RELATIVE_TOLERANCE, parts, relative_error
from graders.hidden.derivatives.curvature.problems import critical_points
from graders.hidden.derivatives.hessian import problems as hessian
from graders.hidden.derivatives.hvp.problems import functions, parameter_losses
from graders.hidden.derivatives.jacobian import problems as jacobian
from graders.sandbox.given import tensors_in
from graders.sandbox.spec import Spec, spec
from topics.derivatives import one_fault
from topics.derivatives.curvature.closed_forms import CLOSED_FORMS as OF_CURVATURE
from topics.derivatives.hessian.closed_forms import CLOSED_FORMS as OF_HESSIAN
from topics.derivatives.hvp.closed_forms import CLOSED_FORMS as OF_HVP
from topics.derivatives.jacobian.closed_forms import CLOSED_FORMS as OF_JACOBIAN

CLOSED_FORMS: dict[str, Any] = {**OF_JACOBIAN, **OF_HESSIAN, **OF_CURVATURE, **OF_HVP}
TRAINED: dict[str, Spec] = {
    **dict.fromkeys(("vjp", "jacobian", "jvp"), jacobian.TRAINED),
    **dict.fromkeys(("gradient", "hessian"), hessian.TRAINED),
    "classify_critical_point": critical_points.TRAINED,
    **dict.fromkeys(("hvp", "hvp_forward_over_reverse"), functions.HVP_TRAINED),
    "parameter_hvp": parameter_losses.PARAMETER_HVP_TRAINED,
}
CHEAP: dict[str, Spec] = {
    **dict.fromkeys(("hvp", "hvp_forward_over_reverse"), functions.HVP_CHEAP),
    "parameter_hvp": parameter_losses.PARAMETER_HVP_CHEAP,
}
CASES = [*TRAINED.items(), *((task, spec(one.name, n=7)) for task, one in CHEAP.items())]


def tensors(task: str, values: Any) -> list[Tensor]:
    names = CHECKS[task][1].given.given(values)
    return [one for name in names for one in tensors_in(values[name])]


@pytest.mark.parametrize(("task", "which"), CASES, ids=str)
def test_the_reference_equals_the_closed_form(task: str, which: Spec) -> None:
    for seed in (0, 1, 2):
        problem = build(task, which, seed)
        got, expected = answer(task, problem), CLOSED_FORMS[task](problem)
        assert type(got) is type(expected)
        if isinstance(expected, str):
            assert got == expected
            continue
        for mine, theirs in zip(parts(got), parts(expected), strict=True):
            assert (mine.shape, mine.dtype) == (theirs.shape, torch.float64)
        assert relative_error(got, expected) <= RELATIVE_TOLERANCE[torch.float64]


@pytest.mark.parametrize(("task", "which"), TRAINED.items(), ids=str)
def test_what_is_trained_has_a_gradient_and_the_reference_leaves_it_there(
    task: str, which: Spec
) -> None:
    problem, untouched = build(task, which), build(task, which)
    answer(task, problem)
    lent = [one for one in tensors(task, untouched.values) if one.is_leaf and one.grad is not None]
    assert lent and all(one.requires_grad for one in lent)
    pairs = zip(tensors(task, problem.values), tensors(task, untouched.values), strict=True)
    for mine, theirs in pairs:
        assert torch.equal(mine, theirs) and mine.requires_grad == theirs.requires_grad
        left, before = (one.grad if one.is_leaf else None for one in (mine, theirs))
        assert (left is None) == (before is None)
        assert left is None or before is None or torch.equal(left, before)


def test_every_task_that_is_handed_tensors_to_differentiate_by_is_tried_on_trained_ones() -> None:
    staged = {name for name, (_, checks) in CHECKS.items() if "training" in _stages(checks)}
    differentiate = {
        name
        for name, (topic, checks) in CHECKS.items()
        if topic.assignment == "derivatives" and {"inputs", "parameters"} & set(checks.arguments)
    }
    assert staged == differentiate == set(TRAINED)


def _stages(checks: Any) -> set[str]:
    return {stage.name for stage in checks.stages}


@pytest.mark.parametrize("task", CHECKS)
def test_the_manners_count_no_more_for_being_looked_at_twice(task: str) -> None:
    weights = {stage.name: stage.weight for stage in CHECKS[task][1].stages}
    if "training" in weights:
        assert weights["training"] == weights["inputs"]
        assert weights["training"] + weights["inputs"] + weights.get("device", 0.0) == 1.0


TOLD = {
    ("derivatives/hvp", "parameter_hvp"): {
        one_fault.list_for_a_tuple: ("shape", "it returned a list of 4 items", "list_for_tuple"),
        one_fault.graph_thrown_away: (
            "again",
            "the graph of the loss was gone after the call",
            "parameter_graph_thrown_away",
        ),
        one_fault.wipes_grad: ("training", "kept in parameters.grad", "parameter_wipes_grad"),
    },
    ("derivatives/hvp", "hvp"): {
        one_fault.fills_grad_of_v: ("training", "behind in tangent.grad", "product_leaves_grad"),
        one_fault.copies_without_end: ("lean", "as 22 gradients of this function", None),
    },
    ("derivatives/hessian", "gradient"): {
        one_fault.unmarks_in_gradient: (
            "training",
            "it switched requires_grad off in",
            "inputs_unmarked",
        ),
    },
    ("derivatives/curvature", "eigenvalues"): {
        one_fault.index_error_for_a_vector: (
            "refuses",
            "'square' in its message, got Index",
            "another_error_raised",
        ),
    },
}
CASES_TOLD = [
    (*where, function, *told) for where, each in TOLD.items() for function, told in each.items()
]


@pytest.mark.parametrize(
    ("topic", "task", "function", "stage", "sentence", "mistake"),
    CASES_TOLD,
    ids=lambda one: getattr(one, "__name__", None),
)
def test_what_is_wrong_is_said_and_no_hint_is_given_for_what_was_not_done(
    topic: str, task: str, function: Any, stage: str, sentence: str, mistake: str | None
) -> None:
    (verdict,) = judge([in_one(topic, [Specimen(task, function.__name__, function)])])
    failure = next(one for one in verdict.tasks if one.name == task).first_failure
    assert failure is not None and failure.stage == stage
    assert sentence in failure.message
    assert failure.mistake == mistake
