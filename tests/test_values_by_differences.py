"""Differences of 16 values, with the best of many steps: ten digits and more, and no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from warm import SESSION

from graders import course
from graders.authoring.specimens import catalogue, solution
from graders.checks.failure import Symptom
from graders.course.submission import Cell

# Of the steps the best is taken by how little the next one changes, as whoever is after digits
# would. The weights are those of a central difference of order 16.
STENCIL = """
import math
import torch

WEIGHTS = {
    k: (-1) ** (k + 1) * math.factorial(8) ** 2
    / (k * math.factorial(8 - k) * math.factorial(8 + k))
    for k in range(1, 9)
}

def along(f, x, u):
    best = last = least = None
    for step in (2.0 ** -k for k in range(2, 26)):
        found = sum(w * (f(x + k * step * u) - f(x - k * step * u)) for k, w in WEIGHTS.items())
        found = found / step
        if last is not None:
            change = (found - last).abs().max()
            if least is None or change < least:
                least, best = change, found
        last = found
    return best

def matrix(f, x):
    x = x.detach()
    units = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
    columns = [along(f, x, u.reshape(x.shape)) for u in units]
    return torch.stack(columns, -1).reshape(columns[0].shape + x.shape)

def slope(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(y, leaf, allow_unused=True)
    return torch.zeros_like(x) if found is None else found
"""
ANSWERS = {
    "jacobian": "def jacobian(func, inputs):\n    return matrix(func, inputs).detach()",
    "vjp": (
        "def vjp(func, inputs, cotangent):\n"
        "    return matrix(lambda x: (func(x) * cotangent).sum(), inputs).detach()"
    ),
    "jvp": (
        "def jvp(func, inputs, tangent):\n"
        "    return along(func, inputs.detach(), tangent.detach()).detach()"
    ),
    "gradient": "def gradient(func, inputs):\n    return matrix(func, inputs).detach()",
    "hessian": "def hessian(func, inputs):\n    return matrix(lambda x: slope(func, x), inputs)",
    "hvp": (
        "def hvp(func, inputs, tangent):\n"
        "    return along(lambda x: slope(func, x), inputs.detach(), tangent.detach())"
    ),
}
ANSWERS["hvp_forward_over_reverse"] = ANSWERS["hvp"].replace("hvp(", "hvp_forward_over_reverse(")
SEEDS = range(3)
# The matrix where it is small, and few differences where it is not.
HYBRID = (
    """
def whole(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in (g + 0 * x).reshape(-1)]
    return torch.stack(rows).reshape(x.numel(), x.numel())

def hvp(func, inputs, tangent):
    if inputs.numel() < 100:
        return (whole(func, inputs) @ tangent.detach().reshape(-1)).reshape(inputs.shape)
    def change(step):
        ahead, behind = inputs.detach() + step * tangent, inputs.detach() - step * tangent
        return slope(func, ahead) - slope(func, behind)
    return """,
    ("change(1e-3) / 2e-3", "(8 * change(0.03) - change(0.06)) / 0.36"),
)


@pytest.mark.parametrize("task", ANSWERS)
def test_a_stencil_of_16_points_is_told_for_what_it_is(task: str) -> None:
    topic = next(one for one in course.topics() if task in [own.name for own in one.tasks])
    right = solution(topic)
    answer = Cell(f"cell {task}", STENCIL + ANSWERS[task])
    hints = {one.name: one.symptom for one in catalogue(topic)}
    for seed in SEEDS:
        submission = replace(right, cells=(*right.cells, answer))
        with SESSION.judgement(submission, seed=seed) as judgement:
            judgement.run_all(task)
            (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
        failed = [check for check in judged.checks if check.status == "failed"]
        assert [check.stage for check in failed][:1] == ["values"]
        assert failed[0].case is not None
        assert failed[0].case.name in ("high_up", "steep_slope")
        assert hints[failed[0].mistake or ""] is Symptom.FINITE_DIFFERENCE


@pytest.mark.parametrize("difference", HYBRID[1])
def test_a_matrix_below_100_numbers_and_differences_above_earn_half(difference: str) -> None:
    right = solution(course.topic("hvp"))
    answer = Cell("cell hvp", STENCIL + HYBRID[0] + difference)
    submission = replace(right, cells=(*right.cells, answer))
    with SESSION.judgement(submission) as judgement:
        judgement.run_all("hvp")
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert judged.first_failure.stage == "large"
    assert judged.score == judged.max_score / 2
