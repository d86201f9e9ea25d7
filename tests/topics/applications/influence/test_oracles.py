"""What the checks of `influence` take for the truth, against other sources of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from reference_answers import CHECKS, answer, build
from torch import Tensor

from graders.hidden.applications.influence.agreement import condition
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec, spec
from topics.applications.influence import answers
from topics.applications.influence.closed_forms import (
    CLOSED_FORMS,
    Array,
    damped_hessian_of,
    examples_of,
    hessian_of,
    parameters_of,
)
from topics.applications.influence.given import influence_on_loss, leave_one_out_change

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
SEEDS = range(50)
SOLVED, INFLUENCES = (CHECKS[task][1].problems for task in ("inverse_hvp", "influence_on_loss"))


def _of_squares(_theta: Array, x: Array) -> Array:
    one = np.concatenate([x, np.ones((len(x), 1))], 1)
    return np.asarray(one.T @ one / len(x))


def _of_a_logistic_regression(theta: Array, x: Array) -> Array:
    one = np.concatenate([x, np.ones((len(x), 1))], 1)
    p = 1 / (1 + np.exp(-one @ theta))
    return np.asarray((one * (p * (1 - p))[:, None]).T @ one / len(x))


def _of_straight_losses(theta: Array, _x: Array) -> Array:
    return np.zeros((len(theta), len(theta)))


BY_FORMULA = {
    "least_squares": _of_squares,
    "one_example": _of_squares,
    "logistic": _of_a_logistic_regression,
    "linear_losses": _of_straight_losses,
}


@pytest.mark.parametrize("which", [one for one in INFLUENCES if one.name in BY_FORMULA], ids=str)
def test_a_complex_step_gives_the_hessian_of_the_formula(which: Spec) -> None:
    for seed in range(5):
        problem = build("influence_on_loss", which, seed)
        theta, (x, _) = parameters_of(problem), examples_of(problem, "train")
        formula = BY_FORMULA[which.name](theta, x)
        assert np.allclose(
            hessian_of(problem), formula, rtol=0, atol=1e-13 * (1 + abs(formula).max())
        )


def _conditions(which: Spec) -> list[tuple[float, float]]:
    """Give smallest eigenvalue and condition number of H + damping I over the seeds."""
    found = []
    for seed in SEEDS:
        values = np.linalg.eigvalsh(damped_hessian_of(build("influence_on_loss", which, seed)))
        found.append((float(values[0]), float(values[-1] / values[0])))
    return found


@pytest.mark.parametrize("which", [one for one in INFLUENCES if one.dtype == "float64"], ids=str)
def test_every_damped_hessian_is_positive_definite_and_not_near_singular(which: Spec) -> None:
    limit = 1e3 if ("default", True) in which.parameters else 100
    conditions = _conditions(which)
    assert min(least for least, _ in conditions) > 0
    assert max(condition for _, condition in conditions) <= limit


def test_a_series_that_is_not_scaled_runs_away_on_the_first_problem() -> None:
    for seed in SEEDS:
        matrix = damped_hessian_of(build("influence_on_loss", INFLUENCES[0], seed))
        assert np.linalg.eigvalsh(matrix)[-1] > 3


@pytest.mark.parametrize("which", SOLVED, ids=str)
def test_every_system_is_positive_definite_with_a_condition_number_up_to_100(which: Spec) -> None:
    for seed in range(5):
        values = build("inverse_hvp", which, seed).values
        found = torch.linalg.eigvalsh(values["matrix"].double()) + values.get("damping", 0.0)
        assert float(found[0]) > 0
        assert condition(values) == pytest.approx(float(found[-1] / found[0]), rel=1e-5)
        assert condition(values) <= 100


def test_the_condition_number_of_a_diagonal_and_a_row_is_not_above_its_bound() -> None:
    values = build("inverse_hvp", spec("few_eigenvalues", n=30)).values
    row = values["rank_one"]
    matrix = torch.diag(values["diagonal"]) + torch.outer(row, row) + 0.5 * torch.eye(30)
    found = float(torch.linalg.cond(matrix))
    assert 0.5 * condition(values) < found <= condition(values)


@pytest.mark.parametrize("which", INFLUENCES, ids=str)
def test_the_reference_is_far_within_its_tolerance_at_50_seeds(which: Spec) -> None:
    agreement = CHECKS["influence_on_loss"][1].agreement
    for seed in SEEDS:
        problem = build("influence_on_loss", which, seed)
        got, expected = (
            answer("influence_on_loss", problem),
            CLOSED_FORMS["influence_on_loss"](problem),
        )
        found = agreement.deviation(got, expected, lambda: problem)  # noqa: B023
        assert found.error <= found.allowed / 2


def test_the_hessian_for_the_cost_has_four_eigenvalues_whatever_its_size() -> None:
    problem = build("influence_on_loss", spec("square_logistic", n=197))
    values = np.linalg.eigvalsh(hessian_of(problem))
    assert 1 + int((np.diff(values) > 1e-10).sum()) <= 4


def _ridge(x: Tensor, y: Tensor, shares: Tensor, decay: float) -> Tensor:
    """Train a linear regression with weights for its examples, in closed form."""
    bend = x.T @ (shares[:, None] * x) + decay * torch.eye(x.shape[1], dtype=x.dtype)
    return torch.linalg.solve(bend, x.T @ (shares * y))


def _squares(parameters: Any, x: Tensor, y: Tensor) -> Tensor:
    return 0.5 * (x @ parameters[0] - y) ** 2


def test_an_influence_is_the_derivative_of_retraining_by_the_weight() -> None:
    """A ridge regression has its solution in closed form, for every weight; complex steps too."""
    draw = torch.Generator().manual_seed(0)
    x, xt = (torch.randn(m, 4, generator=draw, dtype=torch.float64) for m in (20, 6))
    y, yt = (torch.randn(m, generator=draw, dtype=torch.float64) for m in (20, 6))
    decay, shares, step = 0.1, torch.full((20,), 1 / 20, dtype=torch.float64), 1e-30
    theta = _ridge(x, y, shares, decay)
    got = influence_on_loss(_squares, (theta,), (x, y), (xt, yt), damping=decay)
    for i in range(20):
        moved = shares.to(torch.complex128)
        moved[i] += 1j * step
        ends = _ridge(x.to(moved.dtype), y.to(moved.dtype), moved, decay)
        rate = ((xt.to(moved.dtype) @ ends - yt) ** 2 / 2).mean().imag / step
        assert float(got[i]) == pytest.approx(float(rate), rel=1e-9)


def test_leaving_one_out_of_a_ridge_regression_is_the_prediction_over_one_less_leverage() -> None:
    """For a linear test loss it is exact: (A - xxᵀ/m)⁻¹ by Sherman and Morrison (1950)."""
    draw = torch.Generator().manual_seed(1)
    x, y = (torch.randn(*shape, generator=draw, dtype=torch.float64) for shape in ((20, 4), (20,)))
    decay, shares = 0.1, torch.full((20,), 1 / 20, dtype=torch.float64)
    theta, probe = _ridge(x, y, shares, decay), torch.ones(4, dtype=torch.float64)
    bend = x.T @ x / 20 + decay * torch.eye(4)
    leverage = (x * torch.linalg.solve(bend, x.T).T).sum(1) / 20

    def loss(parameters: Any, rows: Tensor, targets: Tensor) -> Tensor:
        """Take the squares of those with a target, and the bare product where it is marked."""
        target, marked = targets.T
        squares = _squares(parameters, rows, target)
        return (1 - marked) * squares + marked * (rows @ parameters[0])

    train = x, torch.stack((y, torch.zeros_like(y)), 1)
    test = probe[None], torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    influences = influence_on_loss(loss, (theta,), train, test, damping=decay)
    predicted = leave_one_out_change(influences) / (1 - leverage)
    for i in range(20):
        rest = shares.clone()
        rest[i] = 0
        true = (_ridge(x, y, rest, decay) - theta) @ probe
        assert float(predicted[i]) == pytest.approx(float(true), rel=1e-8, abs=1e-10)


# Whole classes are asked on other seeds by test_answers.py.
EACH_SEED = (0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2)))
RIGHT = [(task, *named) for task, methods in answers.RIGHT.items() for named in methods]


@pytest.mark.parametrize("seed", EACH_SEED)
@pytest.mark.parametrize(
    ("task", "function"), [pytest.param(task, function, id=name) for task, name, function in RIGHT]
)
def test_a_right_method_agrees_with_the_closed_form(
    task: str, function: Callable[..., Any], seed: int
) -> None:
    checks = CHECKS[task][1]
    for which in checks.problems:
        problem = build(task, which, seed)
        deviation = checks.agreement.deviation(
            _answer(task, problem, function),
            CLOSED_FORMS[task](problem),
            lambda: problem,  # noqa: B023
        )
        assert deviation.agrees, f"{which}: {deviation}"


def _answer(task: str, problem: Problem, function: Callable[..., Any]) -> Tensor:
    checks = CHECKS[task][1]
    keywords = {key: problem.values[key] for key in checks.keywords if key in problem.values}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Tensor = function(*problem.arguments(checks.arguments), **keywords)
    return found.detach()
