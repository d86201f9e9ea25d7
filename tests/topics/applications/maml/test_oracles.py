"""What the checks of `maml` take for the truth, against other sources of it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from reference_answers import CHECKS, answer, build

from graders import course
from graders.checks.compare import relative_error
from graders.checks.references import problems_of
from graders.checks.solution import reference_functions
from graders.hidden.applications.maml.problems.drivers import pulled
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec, spec
from topics.applications.maml.answers import RIGHT
from topics.applications.maml.by_hand import Array, by_hand, cut, row, start
from topics.applications.maml.closed_forms import CLOSED_FORMS, path, walked_back

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
TOPIC = course.topic("applications/maml")
SEEDS = range(5)
STEP = CHECKS["inner_update"][1].problems
TASKS = [checks for topic, checks in CHECKS.values() if topic == TOPIC]
EVERY = sorted({which for checks in TASKS for which in checks.problems}, key=str)


@pytest.mark.parametrize("which", EVERY, ids=str)
@pytest.mark.parametrize("loss", ["inner_loss", "outer_loss"])
def test_the_gradients_by_hand_are_the_losses_own(loss: str, which: Spec) -> None:
    for seed in SEEDS:
        problem = build("maml_gradient", which, seed)
        own = tuple(p.detach() for p in problem.values["parameters"])
        got = torch.func.grad(problem.values[loss])(own)
        expected = cut(by_hand(problem, loss).gradient(start(problem)), problem)
        assert relative_error(got, expected) <= (1e-12 if which.dtype == "float64" else 1e-5)


def test_the_hessian_by_complex_step_is_symmetric_and_a_difference_of_gradients() -> None:
    problem = build("maml_gradient", spec("network", steps=4))
    inner, at, h = by_hand(problem, "inner_loss"), start(problem), 1e-6
    hessian = inner.hessian(at)
    assert np.allclose(hessian, hessian.T, rtol=0, atol=1e-14)
    for place, axis in enumerate(np.eye(len(at))):
        quotient = (inner.gradient(at + h * axis) - inner.gradient(at - h * axis)) / (2 * h)
        assert np.allclose(hessian[:, place], quotient, rtol=0, atol=1e-8)


@pytest.mark.parametrize("steps", range(6))
def test_of_two_parabolas_the_walk_back_is_a_power_of_one_matrix(steps: int) -> None:
    for seed in SEEDS:
        problem = build("maml_gradient", spec("two_bowls", steps=steps), seed)
        (inner, outer), lr = _bowls(problem), problem.values["lr"]
        power = np.linalg.matrix_power(np.eye(4) - lr * inner[0], steps)
        end = inner[1] + power @ (start(problem) - inner[1])
        expected = cut(power @ outer[0] @ (end - outer[1]), problem)
        assert relative_error(CLOSED_FORMS["maml_gradient"](problem), expected) <= 1e-12


def _bowls(problem: Problem) -> list[tuple[Array, Array]]:
    losses = (problem.values[name] for name in ("inner_loss", "outer_loss"))
    return [(loss.keywords["matrix"].numpy(), loss.keywords["centre"].numpy()) for loss in losses]


@pytest.mark.parametrize("which", STEP, ids=str)
@pytest.mark.parametrize(("driver", "steps"), [("through_the_step", 1), ("through_two_steps", 2)])
def test_what_is_pulled_back_through_steps_is_a_product_of_hessians(
    which: Spec, driver: str, steps: int
) -> None:
    function, run = reference_functions(TOPIC)["inner_update"], problems_of(TOPIC).driver(driver)
    for seed in SEEDS:
        problem = build("inner_update", which, seed)
        got = run(function, *problem.arguments(("loss", "parameters", "lr")))
        points = path(problem, steps)
        back = walked_back(problem, row(pulled(problem.values["parameters"])), points[:-1])
        allowed = 1e-12 if which.dtype == "float64" else 2e-5
        assert relative_error(got.adapted, cut(points[-1], problem)) <= allowed
        assert relative_error(got.pulled_back, cut(back, problem)) <= allowed


def test_a_step_without_a_way_back_gives_zeros_and_no_error() -> None:
    run = problems_of(TOPIC).driver("through_the_step")
    problem = build("inner_update", spec("line_fit"))
    given = problem.arguments(("loss", "parameters", "lr"))
    for strange in (None, 3, (), [torch.ones(3)], (torch.ones(3), "b"), torch.ones(4)):
        got = run(lambda *_, strange=strange: strange, *given)
        assert got.adapted is strange
        assert not any(part.any() for part in got.pulled_back)
        assert got.own == 0


@pytest.mark.parametrize(
    "which", [spec("tanh_chains", steps=2), spec("line_fit", steps=3)], ids=str
)
def test_second_order_first_order_and_a_stale_point_are_told_apart(which: Spec) -> None:
    for seed in range(50):
        problem = build("maml_gradient", which, seed)
        points, outer = path(problem, problem.values["steps"]), by_hand(problem, "outer_loss")
        slope = outer.gradient(points[-1])
        whole = walked_back(problem, slope, points[:-1])
        stale = walked_back(problem, slope, [points[0]] * (len(points) - 1))
        others = [slope, outer.gradient(points[0])]
        # Of a loss whose curvature never changes, every point has the same Hessian.
        others += [stale] if which.name == "tanh_chains" else []
        for other in others:
            assert np.linalg.norm(other - whole) > 1e-3 * np.linalg.norm(whole)


@pytest.mark.parametrize("which", CHECKS["implicit_maml_gradient"][1].problems, ids=str)
def test_the_matrix_of_the_implicit_gradient_is_positive_definite_and_well_conditioned(
    which: Spec,
) -> None:
    for seed in range(50):
        problem = build("implicit_maml_gradient", which, seed)
        hessian = by_hand(problem, "inner_loss").hessian(start(problem))
        values = np.linalg.eigvalsh(np.eye(len(hessian)) + hessian / problem.values["strength"])
        assert values[0] > 0.1
        assert values[-1] / values[0] < 100


def test_a_series_runs_away_on_the_first_problem() -> None:
    which = CHECKS["implicit_maml_gradient"][1].problems[0]
    for seed in range(50):
        problem = build("implicit_maml_gradient", which, seed)
        hessian = by_hand(problem, "inner_loss").hessian(start(problem))
        assert np.linalg.eigvalsh(hessian)[-1] > 4 * problem.values["strength"]


@pytest.mark.parametrize("task", sorted(RIGHT))
def test_the_solution_equals_the_closed_forms_with_fifty_seeds(task: str) -> None:
    checks = CHECKS[task][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for which in checks.problems:
            dtype = getattr(torch, which.dtype)
            if task == "implicit_maml_gradient":
                allowed = {torch.float64: 1e-7, torch.float32: 1e-3}[dtype]
            else:
                allowed = {torch.float64: 1e-12, torch.float32: 2e-5}[dtype]
            for seed in range(50):
                problem = build(task, which, seed)
                error = relative_error(answer(task, problem), CLOSED_FORMS[task](problem))
                assert error <= allowed, (which, seed, error)
