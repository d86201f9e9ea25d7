"""Every reference answer equals the closed form that was worked out by hand."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from graders import course
from graders.judge.checks import TaskChecks
from graders.judge.compare import RELATIVE_TOLERANCE, parts, relative_error
from graders.judge.cost_checks import SIZES, MatrixFreeChecks
from graders.judge.problem import Problem, Spec, build, spec
from graders.judge.references import reference_functions
from tests.closed_forms import (
    critical_points,
    hvp_functions,
    matrices,
    parameter_losses,
    scalar_functions,
    vector_functions,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
SEEDS = (0, 1, 2)
CLOSED_FORMS: dict[str, Callable[[Problem], Any]] = {
    "vjp": vector_functions.vjp,
    "jacobian": vector_functions.jacobian,
    "jvp": vector_functions.jvp,
    "gradient": scalar_functions.gradient,
    "hessian": scalar_functions.hessian,
    "eigenvalues": matrices.eigenvalues,
    "classify_hessian": lambda problem: matrices.CLASSES[str(problem.spec)],
    "classify_critical_point": lambda problem: critical_points.CLASSES[str(problem.spec)],
    "hessian_bytes": lambda problem: hvp_functions.BYTES[str(problem.spec)],
    "hvp": hvp_functions.hvp,
    "hvp_forward_over_reverse": hvp_functions.hvp,
    "parameter_hvp": parameter_losses.parameter_hvp,
}
# The eigenvalue 0 of a matrix is met up to rounding; a derivative that is not there is met exactly.
ROUNDED_ZEROS = {"eigenvalues"}


def hidden_checks(topic: course.Topic) -> list[type[TaskChecks]]:
    module = importlib.import_module(f"graders.hidden.{topic.assignment}.test_{topic.name}")
    return [one for one in vars(module).values() if isinstance(one, type) and hasattr(one, "task")]


CHECKS = {
    checks.task: (topic, checks) for topic in course.topics() for checks in hidden_checks(topic)
}


def specs_of(checks: type[TaskChecks]) -> list[Spec]:
    sized = checks.sized if issubclass(checks, MatrixFreeChecks) else ()
    return [*checks.problems, *(spec(name, n=SIZES[0]) for name in sized)]


CASES = [(task, which) for task, (_, checks) in CHECKS.items() for which in specs_of(checks)]


def answer(task: str, problem: Problem) -> Any:
    topic, checks = CHECKS[task]
    return reference_functions(topic)[task](*problem.arguments(checks.arguments))


def test_every_task_of_the_course_is_checked_here() -> None:
    assert {task.name for topic in course.topics() for task in topic.tasks} == set(CLOSED_FORMS)
    assert set(CHECKS) == set(CLOSED_FORMS)


@pytest.mark.parametrize(("task", "which"), CASES, ids=str)
def test_the_reference_equals_the_closed_form(task: str, which: Spec) -> None:
    for seed in SEEDS:
        problem = build(which, seed=seed)
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
        assert relative_error(got, expected) <= RELATIVE_TOLERANCE[dtype]


@pytest.mark.parametrize(("task", "which"), CASES, ids=str)
def test_the_reference_leaves_what_it_was_given_as_it_was(task: str, which: Spec) -> None:
    problem, untouched = build(which), build(which)
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


@pytest.mark.parametrize("which", CHECKS["eigenvalues"][1].refused, ids=str)  # type: ignore[attr-defined]
def test_the_reference_refuses_what_has_no_real_eigenvalues(which: Spec) -> None:
    assert which.name in matrices.REFUSED
    shape = build(which).values["matrix"].shape
    with pytest.raises(ValueError, match="symmetric" if shape[0] == shape[1] else "square"):
        answer("eigenvalues", build(which))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["large_network", "large_parameter_network"])
def test_the_large_problems_curve_as_differences_of_their_values_say(name: str, seed: int) -> None:
    """They have no closed form; at a small size, vᵀHv is the second difference of f along v."""
    problem = build(spec(name, side=5), seed=seed)
    step = 1e-4
    if name == "large_network":
        func, at, v = (problem.values[key] for key in ("func", "inputs", "tangent"))
        curvature = (answer("hvp", problem) * v).sum()
    else:
        at, v = problem.values["parameters"], problem.values["tangent"]
        pairs = zip(answer("parameter_hvp", problem), v, strict=True)
        curvature = sum((product * part).sum() for product, part in pairs)
        at, v = (torch.cat([one.detach().reshape(-1) for one in each]) for each in (at, v))
        func = partial(large_parameter_loss, **problem.values["data"])
        assert torch.equal(func(at), problem.values["loss"].detach())
    second_difference = (func(at + step * v) - 2 * func(at) + func(at - step * v)) / step**2
    torch.testing.assert_close(second_difference, curvature, rtol=1e-5, atol=1e-6)


def large_parameter_loss(flat: Tensor, batch: Tensor, outer: Tensor) -> Tensor:
    side = len(outer)
    weight, bias = flat[:-side].reshape(side - 1, side), flat[-side:]
    return ((torch.tanh(batch @ weight + bias) @ outer) ** 2).mean()


def test_problems_drawn_with_another_seed_are_other_problems() -> None:
    drawn = spec("softplus_net", inputs=4)
    again, other = (build(drawn, seed=seed).values["inputs"] for seed in (0, 1))
    assert torch.equal(again, build(copy.copy(drawn), seed=0).values["inputs"])
    assert not torch.equal(again, other)
    assert not torch.equal(again[:3], build(spec("softplus_net", inputs=3)).values["inputs"])


def test_a_hidden_check_without_a_closed_form_would_be_seen() -> None:
    stray = SimpleNamespace(
        spec=spec("unheard_of"), values={"inputs": torch.zeros(1), "func": None}
    )
    with pytest.raises(KeyError):
        scalar_functions.hessian(stray)  # type: ignore[arg-type]
