"""A fault gets its own name or none, also in the words of who has not read the catalogue."""

from __future__ import annotations

import torch
from specimens_of_answers import Specimen, in_one, with_cell
from torch import Tensor
from warm import judge

from graders.judge.verdict import TaskVerdict


def three_terms_that_look_for_the_end(matvec, v0, k):  # type: ignore[no-untyped-def]
    q = v0.flatten() / v0.norm()
    basis, alphas, betas = [q], [], []
    tiny = 100 * torch.finfo(v0.dtype).eps
    for j in range(k):
        w = matvec(basis[-1].reshape(v0.shape)).flatten()
        alphas.append(w @ basis[-1])
        w = w - alphas[-1] * basis[-1]
        if j > 0:
            w = w - betas[-1] * basis[-2]
        beta = w.norm()
        scale = max(float(a.abs()) for a in alphas + betas)
        if j == k - 1 or beta <= tiny * scale:
            break
        betas.append(beta)
        basis.append(w / beta)
    T = torch.diag(torch.stack(alphas))  # noqa: N806
    for i, beta in enumerate(betas):
        T[i, i + 1] = T[i + 1, i] = beta
    values, vectors = torch.linalg.eigh(T)
    return values, vectors[0] ** 2


def maxiter_of_its_own(matvec, v0, *, rtol=1e-6, maxiter=1000):  # type: ignore[no-untyped-def]
    v = v0 / v0.norm()
    for step in range(1000):
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs() or step == 999:
            break
        v = w / w.norm()
    return value, v, residual


def a_little_added_to_the_length(  # type: ignore[no-untyped-def]
    matvec, v0, *, rtol=1e-6, maxiter=1000
) -> tuple[Tensor, Tensor, Tensor]:
    v = v0 / (v0.norm() + 1e-8)
    for step in range(maxiter):
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs() or step == maxiter - 1:
            break
        v = w / (w.norm() + 1e-8)
    return value, v, residual


def one_curvature_for_all_outputs_at_size(model, loss, inputs, v):  # type: ignore[no-untyped-def]
    outputs, pushed = torch.func.jvp(model, (inputs,), (v,))
    _, pull = torch.func.vjp(model, inputs)
    slope = torch.func.grad(loss)
    if inputs.numel() <= 64:
        return pull(torch.func.jvp(slope, (outputs,), (pushed,))[1])[0]
    ones = torch.ones_like(outputs)
    bent = torch.func.jvp(slope, (outputs,), (ones,))[1]
    return pull(bent.mean() * pushed)[0]


def judged(task: str, function) -> TaskVerdict:  # type: ignore[no-untyped-def]
    answer = Specimen(task, function.__name__, function)
    (verdict,) = judge([in_one("applications/spectrum", [answer])])
    (found,) = [one for one in verdict.tasks if one.name == task]
    assert not found.passed
    return found


def names(task: TaskVerdict) -> list[str]:
    return [check.mistake for check in task.checks if check.mistake]


def test_ghosts_beyond_the_end_are_ghosts() -> None:
    found = judged("lanczos", three_terms_that_look_for_the_end)
    assert names(found) == ["not_reorthogonalised"]
    assert found.first_failure is not None
    assert "once; it was found" in found.first_failure.message


def test_who_looks_at_the_residual_is_not_told_to_look_at_it() -> None:
    assert names(judged("power_iteration", maxiter_of_its_own)) == []


def test_a_length_that_is_nearly_one_is_told_by_how_much() -> None:
    found = judged("power_iteration", a_little_added_to_the_length)
    assert found.first_failure is not None
    assert "not 1: it is -" in found.first_failure.message


def test_a_guess_at_size_fails_there_and_is_told_by_how_much() -> None:
    found = judged("ggn_vp", one_curvature_for_all_outputs_at_size)
    assert names(found) == []
    assert found.first_failure is not None
    assert "the numbers are not" in found.first_failure.message
    assert "Off by" in found.first_failure.message


def test_ghosts_cost_points() -> None:
    found = judged("lanczos", three_terms_that_look_for_the_end)
    assert found.score < 0.8 * found.max_score


def test_who_raises_at_the_end_of_the_krylov_space_has_not_ended_there() -> None:
    """Nothing that comes back, and nothing of the right kind, earns the points of an end."""
    right = "right = lanczos\ndef lanczos(matvec, v0, k):\n    found = right(matvec, v0, k)\n"
    short = "    if len(found[0]) < k:\n        {}\n    return found\n"
    for ending in (
        "raise ArithmeticError('no more')",
        "return None",
        "return Ritz(found[0][:1], found[1][:1])",
    ):
        (verdict,) = judge(
            [with_cell("applications/spectrum", "lanczos", right + short.format(ending))]
        )
        (found,) = [one for one in verdict.tasks if one.name == "lanczos"]
        ends = [check.status for check in found.checks if check.stage == "ends"]
        assert set(ends) == {"failed"}, ending
