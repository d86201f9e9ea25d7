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
# The same stencil, along a vector of any length and from parameters in any shapes.
_IN_A_ROW = """
def row(tensors):
    return torch.cat([one.detach().reshape(-1) for one in tensors])

def cut(x, tensors):
    pieces = x.split([one.numel() for one in tensors])
    return tuple(piece.reshape(one.shape) for piece, one in zip(pieces, tensors))

def change(f, x, v):
    size = v.norm()
    return size * along(f, x.detach(), v.detach() / size) if size > 0 else 0 * f(x.detach())

def slopes(f, tensors):
    leaves = [one.detach().clone().requires_grad_() for one in tensors]
    y = f(leaves)
    if not y.requires_grad:
        return row([torch.zeros_like(one) for one in leaves])
    return row(torch.autograd.grad(y, leaves, materialize_grads=True))
"""
OF_APPLICATIONS = {
    "newton_step": """
def newton_step(func, inputs):
    x = inputs.detach()
    units = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
    rows = [change(lambda y: slope(func, y), x, unit.reshape(x.shape)).flatten() for unit in units]
    return torch.linalg.solve(torch.stack(rows), -slope(func, x).flatten()).reshape(x.shape)
""",
    "newton_cg_step": """
def newton_cg_step(func, inputs, *, rtol=1e-8, maxiter=None):
    product = lambda p: change(lambda x: slope(func, x), inputs, p)
    side = -slope(func, inputs)
    found = conjugate_gradient(product, side, rtol=rtol, maxiter=maxiter)
    return found.x if found.steps else side
""",
    "influence_on_loss": """
def influence_on_loss(loss, parameters, train, test, *, damping=1e-3):
    x = row(parameters)
    mean = lambda y: slopes(lambda p: loss(p, *train).mean(), cut(y, parameters))
    side = slopes(lambda p: loss(p, *test).mean(), parameters)
    solved = inverse_hvp(lambda v: change(mean, x, v), side, damping=damping)
    each = lambda p: loss(p, *train)
    own = cut(x, parameters)
    return -torch.func.jvp(each, (own,), (cut(solved, parameters),))[1]
""",
    "maml_gradient": """
def maml_gradient(inner_loss, outer_loss, parameters, lr, steps=1):
    points = [row(parameters)]
    slope_at = lambda y: slopes(inner_loss, cut(y, parameters))
    for _ in range(steps):
        points.append(points[-1] - lr * slope_at(points[-1]))
    v = slopes(outer_loss, cut(points.pop(), parameters))
    for at in reversed(points):
        v = v - lr * change(slope_at, at, v)
    return cut(v, parameters)
""",
    "implicit_maml_gradient": """
def implicit_maml_gradient(inner_loss, outer_loss, adapted, strength):
    x = row(adapted)
    slope_at = lambda y: slopes(inner_loss, cut(y, adapted))
    product = lambda u: u + change(slope_at, x, u) / strength
    side = slopes(outer_loss, adapted)
    return cut(conjugate_gradient(product, side, rtol=1e-10).x, adapted)
""",
    "ggn_vp": """
def ggn_vp(model, loss, inputs, v):
    x = inputs.detach()
    tilt = torch.func.jvp(model, (x,), (v.detach(),))[1]
    bent = change(lambda z: slope(loss, z), model(x), tilt)
    return slope(lambda y: (model(y) * bent).sum(), x)
""",
}
OF_APPLICATIONS["ggn_vp of the model"] = OF_APPLICATIONS["ggn_vp"].replace(
    "torch.func.jvp(model, (x,), (v.detach(),))[1]", "change(lambda y: model(y).detach(), x, v)"
)
MADE_FOR_IT = {
    *("high_up", "steep_slope", "steep_and_slow"),
    *("steep_inside", "steep_loss", "high_outputs"),
}
NEARLY_RIGHT = (Symptom.FINITE_DIFFERENCE, Symptom.UNSTABLE)
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


# A solve asks for many products, and each of these costs sixteen gradients for each step.
IN_FEWER_STEPS = [(which, 0) for which in OF_APPLICATIONS]
EACH = [
    pytest.param(which, seed, marks=[pytest.mark.long] if seed else [])
    for which in ANSWERS
    for seed in range(3)
]


@pytest.mark.parametrize(("which", "seed"), [*EACH, *IN_FEWER_STEPS])
def test_a_stencil_of_16_points_is_told_for_what_it_is(which: str, seed: int) -> None:
    task = which.partition(" ")[0]
    topic = next(one for one in course.topics() if task in [own.name for own in one.tasks])
    right = solution(topic)
    code = STENCIL + ANSWERS.get(which, "")
    if which in OF_APPLICATIONS:
        code = code.replace("range(2, 26)", "range(2, 10)") + _IN_A_ROW + OF_APPLICATIONS[which]
    answer = Cell(f"cell {task}", code)
    hints = {one.name: one.symptom for one in catalogue(topic)}
    submission = replace(right, cells=(*right.cells, answer))
    with SESSION.judgement(submission, seed=seed) as judgement:
        judgement.first_failure(task)
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    failed = [check for check in judged.checks if check.status == "failed"]
    assert [check.stage for check in failed][:1] == ["values"]
    assert failed[0].case is not None
    assert failed[0].case.name in MADE_FOR_IT
    assert hints[failed[0].mistake or ""] in NEARLY_RIGHT


@pytest.mark.parametrize("difference", HYBRID[1])
def test_a_matrix_below_100_numbers_and_differences_above_earn_half(difference: str) -> None:
    right = solution(course.topic("hvp"))
    answer = Cell("cell hvp", STENCIL + HYBRID[0] + difference)
    submission = replace(right, cells=(*right.cells, answer))
    with SESSION.judgement(submission) as judgement:
        judgement.run_all({"hvp"})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert judged.first_failure.stage == "large"
    assert judged.score == judged.max_score / 2
