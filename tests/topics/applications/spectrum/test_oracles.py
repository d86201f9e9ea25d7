"""What the checks of `spectrum` take for the truth, against other sources of it."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import torch
from reference_answers import CHECKS, answer, build
from torch import Tensor

from graders.hidden.applications.krylov import krylov_basis
from graders.hidden.applications.spectrum.oracles import (
    krylov_products,
    matrix_of,
    power_products,
    ritz,
    start_of,
    trace_of,
)
from graders.sandbox.spec import Spec, spec
from topics.applications.spectrum.closed_forms import _wide, gauss_newton

SEEDS = range(5)


@pytest.mark.parametrize("which", CHECKS["power_iteration"][1].problems, ids=str)
def test_power_iteration_takes_the_products_that_theory_counts(which: Spec) -> None:
    for seed in SEEDS:
        problem = build("power_iteration", which, seed)
        value, vector, residual = answer("power_iteration", problem)
        least, due = krylov_products(problem), power_products(problem)
        assert least <= due or due == problem.values["maxiter"]
        matrix, v = matrix_of(problem), vector.double().reshape(-1)
        powers = start_of(problem)
        for _ in range(due - 1):
            powers = matrix @ powers / torch.linalg.vector_norm(powers)
        powers = powers / torch.linalg.vector_norm(powers)
        assert torch.allclose(powers, v, atol=1e-5 if which.dtype == "float32" else 1e-9)
        assert residual == pytest.approx(
            float(torch.linalg.vector_norm(matrix @ v - value.double() * v)), rel=0.1, abs=1e-5
        )


@pytest.mark.parametrize("which", CHECKS["lanczos"][1].problems, ids=str)
def test_a_gauss_rule_of_k_points_knows_2k_moments(which: Spec) -> None:
    """Golub and Meurant, Matrices, Moments and Quadrature: exact up to the power 2k - 1."""
    for seed in SEEDS:
        problem = build("lanczos", which, seed)
        matrix, start, k = matrix_of(problem), start_of(problem), problem.values["k"]
        size = float(torch.linalg.matrix_norm(matrix, 2)) or 1.0
        matrix = matrix / size
        values, weights = ritz(matrix, start, k)
        power = start
        for moment in range(min(2 * k, 30)):
            assert float((weights * values**moment).sum()) == pytest.approx(
                float(start @ power), abs=1e-10
            )
            power = matrix @ power
        got, shares = answer("lanczos", problem)
        loose = which.dtype == "float32"
        assert torch.allclose(got.double() / size, values, atol=1e-5 if loose else 1e-11)
        assert torch.allclose(shares.double(), weights, atol=1e-3 if loose else 1e-9)


def test_a_krylov_basis_is_orthonormal_and_ends() -> None:
    problem = build("lanczos", spec("three_levels", k=8))
    basis = krylov_basis(matrix_of(problem), start_of(problem), 8)
    assert basis.shape == (24, 3)
    assert torch.allclose(basis.T @ basis, torch.eye(3, dtype=torch.float64), atol=1e-13)


def test_the_outer_eigenvalues_are_scipys() -> None:
    linalg = pytest.importorskip("scipy.sparse.linalg")
    for seed in SEEDS:
        matrix = matrix_of(build("lanczos", spec("outliers", k=20), seed))
        theirs = linalg.eigsh(matrix.numpy(), k=3, which="LM", return_eigenvectors=False)
        values, _ = answer("lanczos", build("lanczos", spec("outliers", k=20), seed))
        mine = values[values.abs().argsort()[-3:]].sort().values
        size = float(mine.abs().max())
        assert torch.allclose(mine, torch.tensor(theirs).sort().values, atol=1e-10 * size)


@pytest.mark.parametrize(
    "which", [one for one in CHECKS["ggn_vp"][1].problems if one.dtype == "float64"], ids=str
)
def test_the_hessian_is_gauss_newton_and_the_bends_of_the_model(which: Spec) -> None:
    problem = build("ggn_vp", which)
    model, loss, at = (problem.values[name] for name in ("model", "loss", "inputs"))
    n = at.numel()
    whole = torch.func.hessian(lambda x: loss(model(x)))(at).reshape(n, n)
    slopes = torch.func.grad(loss)(model(at).detach())
    bends = torch.func.hessian(lambda x: (slopes * _wide(model)(x)).sum())(at).reshape(n, n)
    assert torch.allclose(whole - bends, gauss_newton(problem), atol=1e-12)


def _signs(n: int, m: int) -> Tensor:
    return torch.randint(0, 2, (n, m)).double() * 2 - 1


def _normal(n: int, m: int) -> Tensor:
    return torch.randn(n, m, dtype=torch.float64)


def _sphere(n: int, m: int) -> Tensor:
    z = _normal(n, m)
    return z * (n**0.5 / z.norm(dim=0))


def _uniform(n: int, m: int) -> Tensor:
    return torch.rand(n, m, dtype=torch.float64)


def _alarms(samples_of: Callable[[Tensor, int], tuple[float, float]], runs: int) -> int:
    """Count the submissions, of `runs`, in which a check of a trace does not hold."""
    torch.manual_seed(1)
    problems = [
        build("hutchinson_trace", which) for which in CHECKS["hutchinson_trace"][1].problems
    ]
    known = [(matrix_of(one), one.values["samples"], trace_of(one)) for one in problems]
    alarms = 0
    for _ in range(runs):
        wrong = False
        for matrix, m, trace in known:
            value, error = samples_of(matrix, m)
            wrong |= abs(value - trace.value) > trace.bound
            least, most = 0.67 * trace.least_deviation, 1.5 * trace.largest_deviation
            wrong |= m >= 400 and not least <= error * m**0.5 <= most
            if wrong:
                break
        alarms += wrong
    return alarms


def _estimate(probes: Callable[[int, int], Tensor]) -> Callable[[Tensor, int], tuple[float, float]]:
    def estimate(matrix: Tensor, m: int) -> tuple[float, float]:
        z = probes(len(matrix), m)
        each = (z * (matrix @ z)).sum(0)
        return float(each.mean()), float(each.std()) / m**0.5

    return estimate


# The bound allows one alarm in 10⁶ submissions. RIGHT_SUBMISSIONS=2000 asks longer, a minute.
RIGHT_SUBMISSIONS = int(os.environ.get("RIGHT_SUBMISSIONS", "200"))


@pytest.mark.slow
@pytest.mark.parametrize("probes", [_signs, _normal, _sphere])
def test_no_right_estimator_is_taken_for_a_wrong_one_in_many_submissions(
    probes: Callable[[int, int], Tensor],
) -> None:
    assert _alarms(_estimate(probes), RIGHT_SUBMISSIONS) == 0


def _changed(
    change: Callable[[float, float, int, int], tuple[float, float]],
    probes: Callable[[int, int], Tensor] = _signs,
) -> Callable[[Tensor, int], tuple[float, float]]:
    right = _estimate(probes)
    return lambda matrix, m: change(*right(matrix, m), m, len(matrix))


WRONG = {
    "a sum": _changed(lambda value, error, m, n: (value * m, error)),
    "a mean over entries": _changed(lambda value, error, m, n: (value / n, error / n)),
    "a third": _changed(lambda value, error, m, n: (value / 3, error / 3)),
    "uniform probes": _estimate(_uniform),
    "bits": _estimate(lambda n, m: (_signs(n, m) + 1) / 2),
    "ones": _estimate(lambda n, m: torch.ones(n, m, dtype=torch.float64)),
    "one probe": _estimate(lambda n, m: _signs(n, 1).expand(n, m)),
    "a deviation": _changed(lambda value, error, m, n: (value, error * m**0.5)),
    "divided twice": _changed(lambda value, error, m, n: (value, error / m**0.5)),
    "a variance": _changed(lambda value, error, m, n: (value, error**2)),
    "no error": _changed(lambda value, error, m, n: (value, 0.0)),
    "no error, normal": _changed(lambda value, error, m, n: (value, 0.0), _normal),
    "a deviation, normal": _changed(lambda value, error, m, n: (value, error * m**0.5), _normal),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_estimator_is_caught_in_300_of_300_submissions(name: str) -> None:
    assert _alarms(WRONG[name], 300) == 300
