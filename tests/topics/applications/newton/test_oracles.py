"""What the checks of `newton` take for the truth, against other sources of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import torch
from reference_answers import CHECKS, answer, build
from torch import Tensor

from graders.hidden.applications.newton.curved import curved, start
from graders.hidden.applications.newton.system import System
from graders.hidden.applications.newton.test_newton import _SINGULAR
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec, spec
from topics.applications.newton import answers

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
OF_FUNCTIONS = ("newton_step", "newton", "newton_cg_step")


def _function_problems() -> Iterator[tuple[str, Spec]]:
    for task in OF_FUNCTIONS:
        checks = CHECKS[task][1]
        yield from ((task, which) for which in checks.problems)
        cost = checks.cost
        yield from ((task, cost.at(which, cost.sizes[0])) for which in cost.sized) if cost else ()
    yield from (("newton_step", which) for which in _SINGULAR)


def _wide(problem: Problem) -> Callable[[Tensor], Tensor]:
    """Give a problem's function of a flat point, in float64."""
    func, shape = problem.values["func"], problem.values["inputs"].shape
    data = {
        name: item.double() if isinstance(item, Tensor) else item
        for name, item in getattr(func, "keywords", {}).items()
    }
    plain = partial(getattr(func, "func", func), **data)
    return lambda x: plain(x.view(shape))


def _near(got: Tensor, wanted: Tensor, rtol: float) -> bool:
    return float((got - wanted).norm()) <= rtol * float(wanted.norm())


@pytest.mark.parametrize(("task", "which"), list(_function_problems()), ids=str)
def test_the_closed_forms_are_the_derivatives_of_the_function(task: str, which: Spec) -> None:
    for seed in range(3):
        problem = build(task, which, seed)
        form, func, x = curved(problem), _wide(problem), start(problem)
        assert float(form.value(x)) == pytest.approx(float(func(x)), rel=1e-12)
        assert _near(form.gradient(x), torch.func.grad(func)(x), 1e-10)
        hessian = torch.func.hessian(func)(x)
        assert _near(form.hessian(x), hessian, 1e-10)
        v = torch.linspace(-1, 1, len(x), dtype=torch.float64)
        assert _near(form.product(x, v), hessian @ v, 1e-10)


def _system(problem: Problem, rtol: float = 1e-8) -> System:
    values = problem.values
    return System(values["matrix"].double(), values["b"].double().flatten(), rtol)


def test_krylov_minimisers_are_the_iterates_of_scipys_conjugate_gradients() -> None:
    linalg = pytest.importorskip("scipy.sparse.linalg")
    for seed in range(3):
        system = _system(build("conjugate_gradient", spec("spread"), seed))
        path: list[Tensor] = []
        matrix, b = system.matrix.numpy(), system.b.numpy()
        linalg.cg(matrix, b, maxiter=12, callback=lambda x: path.append(torch.tensor(x)))  # noqa: B023
        assert len(path) == 12
        for steps, x in enumerate(path, start=1):
            assert _near(system.minimiser(steps), x, 1e-10)


def test_a_krylov_minimiser_leaves_a_residual_at_right_angles_to_the_space() -> None:
    for seed in range(3):
        system = _system(build("conjugate_gradient", spec("spread"), seed))
        for steps in range(1, 13):
            left, vector = system.b - system.matrix @ system.minimiser(steps), system.b
            for _ in range(steps):
                assert abs(float(left @ vector)) <= 1e-12 * float(system.b.norm() * vector.norm())
                vector = system.matrix @ vector


def _diagonal(*eigenvalues: float, b: tuple[float, ...] = (), rtol: float = 1e-8) -> System:
    side = torch.tensor(b or (1.0,) * len(eigenvalues), dtype=torch.float64)
    return System(torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)), side, rtol)


def test_no_step_minimises_to_zeros_and_a_full_space_solves() -> None:
    system = _diagonal(1, 2, 4)
    assert torch.equal(system.minimiser(0), torch.zeros(3).double())
    assert torch.allclose(system.minimiser(3), torch.tensor([1, 0.5, 0.25]).double(), atol=1e-14)


def test_the_example_of_the_lesson_is_minimised_as_by_hand() -> None:
    matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    system = System(matrix, torch.tensor([3.0, 0.0], dtype=torch.float64), 1e-8)
    assert system.minimiser(1).tolist() == pytest.approx([1.5, 0])
    assert system.minimiser(2).tolist() == pytest.approx([2, -1])


@pytest.mark.parametrize(
    ("eigenvalues", "b", "stop"),
    [
        ((1.0, 2.0, 3.0), (1.0, 1.0, 1.0), None),
        # bᵀ A b = -2 + 1, and 0 in the second, and then 3 - 1 > 0, but A has two signs.
        ((-2.0, 1.0), (1.0, 1.0), 0),
        ((-1.0, 1.0), (1.0, 1.0), 0),
        ((-1.0, 3.0), (1.0, 1.0), 1),
        ((0.0, 0.0), (1.0, 1.0), 0),
        # b has no part along the axis of negative curvature, and no direction ever has.
        ((-1.0, 3.0), (0.0, 1.0), None),
        # Solved in one step, before a second direction is asked for.
        ((2.0, 2.0), (1.0, 3.0), None),
        # Singular: the first direction is fine, the second one is along the axis without curvature.
        ((0.0, 1.0), (1.0, 1.0), 1),
        ((0.0, 1.0), (0.0, 1.0), None),
        ((-0.1, 1.0, 5.0), (0.1, 1.0, 1.0), 2),
    ],
)
def test_negative_curvature_comes_where_it_comes_by_hand(
    eigenvalues: tuple[float, ...], b: tuple[float, ...], stop: int | None
) -> None:
    assert _diagonal(*eigenvalues, b=b).negative_after == stop


@pytest.mark.parametrize(
    ("eigenvalues", "b", "rtol", "least"),
    [
        ((2.0, 2.0, 2.0), (1.0, 2.0, 3.0), 1e-8, 1),
        ((1.0, 4.0, 4.0), (1.0, 2.0, 3.0), 1e-8, 2),
        ((1.0, 4.0, 10.0), (1.0, 2.0, 3.0), 1e-8, 3),
        ((1.0, 4.0, 10.0), (0.0, 2.0, 0.0), 1e-8, 1),
        ((1.0, 4.0, 10.0), (1.0, 2.0, 3.0), 1.0, 0),
        # After one step x = b · 4/5 and the residual is (3/5, -3/5) of length 3/5 ‖b‖.
        ((1 / 2, 2.0), (1.0, 1.0), 0.61, 1),
        ((1 / 2, 2.0), (1.0, 1.0), 0.58, 2),
    ],
)
def test_the_least_number_of_steps_is_that_of_exact_arithmetic(
    eigenvalues: tuple[float, ...], b: tuple[float, ...], rtol: float, least: int
) -> None:
    assert _diagonal(*eigenvalues, b=b, rtol=rtol).least_steps == least


def test_few_eigenvalues_allow_one_step_each_and_one_more() -> None:
    assert _diagonal(1, 1, 1, 4, 4, 10).most_steps == 4
    assert _diagonal(0, 0, 3).most_steps == 2
    assert _diagonal(0, 0, 0).most_steps == 0


def test_many_eigenvalues_allow_what_chebyshevs_bound_allows() -> None:
    """2 ((√κ - 1) / (√κ + 1))ᵏ √κ is what may be left of the residual after k steps."""
    system = _diagonal(*torch.linspace(1, 100, 40).tolist(), rtol=1e-6)
    factor, root, steps = 9 / 11, 10, 0
    while 2 * root * factor**steps > 1e-6:
        steps += 1
    assert steps <= system.most_steps <= 1.15 * steps


@pytest.mark.parametrize("which", CHECKS["conjugate_gradient"][1].problems, ids=str)
def test_the_reference_takes_a_number_of_steps_that_is_allowed(which: Spec) -> None:
    for seed in range(5):
        problem = build("conjugate_gradient", which, seed)
        _, steps, status = answer("conjugate_gradient", problem)
        system = _system(problem, problem.values.get("rtol", 1e-8))
        if status == "converged" and system.size:
            assert steps <= system.most_steps
            assert len(system.b) > 24 or system.least_steps <= steps


# Whole classes are asked on other seeds by test_answers.py.
EACH_SEED = (0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2)))
RIGHT = [(task, *named) for task, methods in answers.RIGHT.items() for named in methods]


@pytest.mark.parametrize("seed", EACH_SEED)
@pytest.mark.parametrize(
    ("task", "function"), [pytest.param(task, function, id=name) for task, name, function in RIGHT]
)
def test_a_right_method_agrees_on_every_problem(
    task: str, function: Callable[..., Any], seed: int
) -> None:
    for which in CHECKS[task][1].problems:
        said = _objection(task, which, seed, function)
        assert not said, f"{which}: {said}"


def _objection(task: str, which: Spec, seed: int, function: Callable[..., Any]) -> str:
    checks = CHECKS[task][1]
    problem, untouched = build(task, which, seed), build(task, which, seed)
    keywords = [key for key in checks.keywords if key in problem.values]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = function(
            *problem.arguments(checks.arguments), **{key: problem.values[key] for key in keywords}
        )
    expected = untouched.values[checks.arguments[1]]
    form = expected if isinstance(got, Tensor) else (expected, 0, "word")
    fault = checks.agreement.form_fault(got, form)
    deviation = checks.agreement.deviation(got, form, lambda: untouched)
    return fault or ("" if deviation.agrees else deviation.sentence or f"off by {deviation.error}")
