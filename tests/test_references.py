"""Every reference answer equals the closed form that was worked out by hand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from reference_answers import CHECKS, answer, build
from specimens_of_answers import module_of
from torch import Tensor

from graders import course
from graders.checks.compare import RELATIVE_TOLERANCE, parts, relative_error
from graders.checks.references import References
from graders.checks.task import TaskChecks
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec, spec

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
SEEDS = (0, 1, 2)
FORMS = {topic: module_of(topic.path, "closed_forms") for topic in course.topics()}
CLOSED_FORMS: dict[str, Callable[[Problem], Any]] = {
    task: form for module in FORMS.values() for task, form in module.CLOSED_FORMS.items()
}
# Where an equation is solved, its condition number multiplies rounding: (task, problem) to rtol.
CONDITIONED: dict[tuple[str, str], float] = {
    case: rtol
    for module in FORMS.values()
    for case, rtol in getattr(module, "CONDITIONED", {}).items()
}
# Answers of which theory tells what they claim and not their digits: iterations, estimates.
BY_CLAIM = {task for module in FORMS.values() for task in getattr(module, "BY_CLAIM", ())}
ROUNDED_ZEROS = {task for module in FORMS.values() for task in getattr(module, "ROUNDED_ZEROS", ())}


def specs_of(checks: TaskChecks) -> list[Spec]:
    cost = checks.cost
    sized = [cost.at(which, cost.sizes[0]) for which in cost.sized] if cost else []
    return [*checks.problems, *sized]


CASES = [(task, which) for task, (_, checks) in CHECKS.items() for which in specs_of(checks)]
WITH_FORMS = [(task, which) for task, which in CASES if task not in BY_CLAIM]


def test_every_task_of_the_course_is_checked_here() -> None:
    assert {task.name for topic in course.topics() for task in topic.tasks} == set(CHECKS)
    assert set(CHECKS) == set(CLOSED_FORMS) | BY_CLAIM


@pytest.mark.parametrize(("task", "which"), WITH_FORMS, ids=str)
def test_the_reference_equals_the_closed_form(task: str, which: Spec) -> None:
    for seed in SEEDS:
        problem = build(task, which, seed)
        got, expected = answer(task, problem), CLOSED_FORMS[task](problem)
        if not isinstance(expected, (Tensor, tuple)):
            assert (type(got), got) == (type(expected), expected)
            continue
        assert type(got) is type(expected)
        dtype = getattr(torch, which.dtype)
        for mine, theirs in zip(parts(got), parts(expected), strict=True):
            assert (mine.shape, mine.dtype) == (theirs.shape, dtype)
            if task not in ROUNDED_ZEROS:
                assert not mine[theirs == 0].any(), "a zero of the closed form is not exactly zero"
        allowed = CONDITIONED.get((task, str(which)), RELATIVE_TOLERANCE[dtype])
        assert relative_error(got, expected) <= allowed


@pytest.mark.parametrize(("task", "which"), CASES, ids=str)
def test_the_reference_leaves_what_it_was_given_as_it_was(task: str, which: Spec) -> None:
    problem, untouched = build(task, which), build(task, which)
    answer(task, problem)
    for mine, theirs in zip(tensors_of(problem), tensors_of(untouched), strict=True):
        assert torch.equal(mine, theirs)
        assert mine.requires_grad == theirs.requires_grad
        assert mine.grad_fn is not None or mine.grad is None


def tensors_of(problem: Problem) -> list[Tensor]:
    func = problem.values.get("func")
    drawn = func.keywords.values() if isinstance(func, partial) else ()
    found = [*problem.values.values(), *drawn]
    listed = [item for one in found for item in (one if isinstance(one, (list, tuple)) else [one])]
    return [one for one in listed if isinstance(one, Tensor)]


def test_problems_drawn_with_another_seed_are_other_problems() -> None:
    drawn = spec("softplus_net", inputs=4)
    again, other = (build("hessian", drawn, seed).values["inputs"] for seed in (0, 1))
    assert torch.equal(again, build("hessian", copy.copy(drawn)).values["inputs"])
    assert not torch.equal(again, other)
    smaller = build("hessian", spec("softplus_net", inputs=3)).values["inputs"]
    assert not torch.equal(again[:3], smaller)


def test_a_hidden_check_without_a_closed_form_would_be_seen() -> None:
    stray = SimpleNamespace(
        spec=spec("unheard_of"), values={"inputs": torch.zeros(1), "func": None}
    )
    with pytest.raises(KeyError):
        CLOSED_FORMS["hessian"](stray)  # type: ignore[arg-type]


@pytest.mark.parametrize("task", [task for task, (_, checks) in CHECKS.items() if checks.cost])
def test_half_of_a_costs_points_stand_on_values_where_no_matrix_fits(task: str) -> None:
    """What is measured tells what honest code costs, and can be had by doing nothing."""
    checks = CHECKS[task][1]
    assert checks.cost is not None
    assert checks.cost.large is not None
    weights = {stage.name: stage.weight for stage in checks.stages}
    assert (weights["memory"], weights["passes"]) == (0, 0)
    assert 2 * weights["large"] == sum(check.stage.weight for check in checks.checks())


def test_a_problem_that_is_looked_at_is_another_than_functions_get_and_is_worked_out_once() -> None:
    topic = course.topic("newton")
    references, (which, *_) = References(topic, 0), CHECKS["newton_step"][1].problems
    looked_at, asked = references.looked_at(which), []

    def worked_out(problem: Problem) -> int:
        asked.append(problem)
        return 7

    assert [references.looked_at(which).once(worked_out) for _ in range(3)] == [7, 7, 7]
    assert asked == [looked_at]
    assert references.problem(which) is not references.problem(which)
    assert references.problem(which) is not looked_at
