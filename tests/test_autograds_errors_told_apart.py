"""Many causes end in the same error of autograd's: each is called by its own name, or by none."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import SESSION, judge

from graders import course
from graders.course.submission import parse_submission
from graders.judge.verdict import TaskVerdict

HESSIAN, JACOBIAN, HVP = "derivatives/hessian", "derivatives/jacobian", "derivatives/hvp"
ROWS = "[torch.autograd.grad(e, {by}, retain_graph=True)[0] for e in g.flatten()]"
HESSIAN_BY = f"""
def hessian(func, inputs):
    x = {{x}}
    (g,) = torch.autograd.grad(func(x), x{{more}})
    return torch.stack({ROWS}).reshape(x.shape + x.shape)
"""
OWN, UNMARKED = "inputs.detach().clone().requires_grad_()", "inputs.detach().clone()"
KEPT = ", create_graph=True"
# Topic, task, what it is called, and the answer.
ANSWERS = {
    "the function is called with the inputs": (
        (HESSIAN, "gradient", ("another_tensor_marked",)),
        f"""
def gradient(func, inputs):
    x = {OWN}
    return torch.autograd.grad(func(inputs), x)[0]
""",
    ),
    "the function is called with the inputs, and there are weights": (
        (JACOBIAN, "vjp", ("another_tensor_marked",)),
        f"""
def vjp(func, inputs, v):
    x = {OWN}
    y = func(inputs)
    return torch.autograd.grad(y, x, v)[0]
""",
    ),
    "nothing is marked": (
        (HESSIAN, "gradient", ("tensor_not_marked",)),
        f"""
def gradient(func, inputs):
    x = {UNMARKED}
    return torch.autograd.grad(func(x), x)[0]
""",
    ),
    "nothing is marked for a Jacobian": (
        (JACOBIAN, "jacobian", ("tensor_not_marked",)),
        f"""
def jacobian(func, inputs):
    x = {UNMARKED}
    g = func(x)
    return torch.stack({ROWS.format(by="x")}).reshape(g.shape + x.shape)
""",
    ),
    "nothing is marked, and the graph would be kept": (
        (HESSIAN, "hessian", ("tensor_not_marked",)),
        HESSIAN_BY.format(x=UNMARKED, more=KEPT, by="x"),
    ),
    "the rows are taken by the inputs": (
        (HESSIAN, "hessian", ("tensor_not_marked",)),
        HESSIAN_BY.format(x=OWN, more=KEPT, by="inputs"),
    ),
    "the graph is not kept": (
        (HESSIAN, "hessian", ("hessian_without_create_graph",)),
        HESSIAN_BY.format(x=OWN, more="", by="x"),
    ),
    "the graph is kept, and cut afterwards": (
        (HESSIAN, "hessian", ("no_graph",)),
        HESSIAN_BY.format(x=OWN, more=KEPT, by="x").replace("g.flatten()", "g.detach().flatten()"),
    ),
    "the rows are taken by a copy in one row": (
        (HESSIAN, "hessian", ("another_tensor_marked",)),
        HESSIAN_BY.format(x=OWN, more=KEPT, by="x.flatten()"),
    ),
    "what is added is small": (
        (HESSIAN, "hessian", ("nearly_right",)),
        HESSIAN_BY.format(x=OWN, more=KEPT, by="x").replace("x.shape)", "x.shape) + 1e-8"),
    ),
    "nothing is recorded": (
        (HESSIAN, "gradient", ("no_graph",)),
        f"""
def gradient(func, inputs):
    x = {OWN}
    with torch.no_grad():
        y = func(x)
    return torch.autograd.grad(y, x)[0]
""",
    ),
    "constants alone are refused": (
        (HESSIAN, "gradient", ("gradient_refuses_constants",)),
        f"""
def gradient(func, inputs):
    x = {OWN}
    return torch.autograd.grad(func(x), x, allow_unused=True, materialize_grads=True)[0]
""",
    ),
    "weights of zero are not marked": (
        (JACOBIAN, "jvp", ("tensor_not_marked",)),
        f"""
def jvp(func, inputs, v):
    x = {OWN}
    y = func(x)
    u = torch.zeros_like(y)
    (g,) = torch.autograd.grad(y, x, u, create_graph=True)
    return torch.autograd.grad(g, u, v)[0]
""",
    ),
    "something is marked in what torch.func transforms": (
        (HVP, "hvp_forward_over_reverse", ()),
        """
def hvp_forward_over_reverse(func, inputs, v):
    def gradient(z):
        z = z.detach().requires_grad_()
        return torch.autograd.grad(func(z), z, create_graph=True)[0]

    return torch.func.jvp(gradient, (inputs,), (v,))[1]
""",
    ),
    "a batch loses its first axis where a weight alone has a part": (
        (JACOBIAN, "jacobian", ()),
        f"""
def jacobian(func, inputs):
    x = {OWN}
    y = func(x)
    if not y.requires_grad:
        return x.new_zeros(y.shape + x.shape)
    rows = torch.eye(y.numel(), dtype=y.dtype).reshape((y.numel(),) + y.shape)
    (found,) = torch.autograd.grad(y, x, rows, is_grads_batched=True, materialize_grads=True)
    return found.reshape(y.shape + x.shape)
""",
    ),
}


@pytest.mark.parametrize(("what", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_the_cause_is_named_that_is_the_cause(
    what: tuple[str, str, tuple[str, ...]], code: str
) -> None:
    topic, task, names = what
    with SESSION.judgement(with_cell(topic, task, f"import torch\n{code}")) as judgement:
        judgement.run_all({task})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert judged.first_failure.mistakes == names


def tasks_of(topic: str, code: str) -> dict[str, TaskVerdict]:
    content = f"import torch\n{code}".encode()
    name = f"{topic.rpartition('/')[2]}.py"
    (verdict,) = judge([parse_submission(content, name, course.topic(topic))])
    return {task.name: task for task in verdict.tasks}


STEEPEST_DESCENT = """
def gradient(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    return torch.autograd.grad(func(x) + 0 * (x * x).sum(), x)[0]


def product(func, inputs, v):
    x = inputs.detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    return torch.autograd.grad((g * v).sum(), x)[0]


def conjugate_gradient(matvec, b, *, rtol=1e-8, maxiter=None):
    x, r, steps = torch.zeros_like(b), b.clone(), 0
    for steps in range(1, (b.numel() if maxiter is None else maxiter) + 1):
        image, size = matvec(r), (r * r).sum()
        bend = (r * image).sum()
        if bend <= 0:
            return x, steps - 1, "negative curvature"
        x, r = x + size / bend * r, r - size / bend * image
        if r.norm() <= rtol * b.norm():
            return x, steps, "converged"
    return x, steps, "maxiter"


def solved(func, inputs, side, **settings):
    return conjugate_gradient(lambda p: product(func, inputs, p), side, **settings)


def newton_cg_step(func, inputs, *, rtol=1e-8, maxiter=None):
    side = -gradient(func, inputs)
    d, steps, _ = solved(func, inputs, side, rtol=rtol, maxiter=maxiter)
    return d if steps else side
"""


def test_what_is_built_on_a_task_that_fails_is_told_so_and_blamed_for_nothing_else() -> None:
    tasks = tasks_of("applications/newton", STEEPEST_DESCENT)
    failure = tasks["newton_cg_step"].first_failure
    assert failure is not None
    assert failure.mistakes == ("built_on_what_fails",)
    assert "calls your `conjugate_gradient`, which is not right yet" in (failure.hint or "")
    first = tasks["conjugate_gradient"].first_failure
    assert first is not None and "built_on_what_fails" not in first.mistakes


def test_a_call_that_broke_off_is_not_reproached_with_what_it_left_behind() -> None:
    code = """
def parameter_hvp(loss, parameters, v):
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v))
    dot.backward(inputs=own, retain_graph=True)
    found = tuple(one.grad.clone() for one in own)
    for one in own:
        one.grad = None
    return found
"""
    failure = tasks_of(HVP, code)["parameter_hvp"].first_failure
    assert failure is not None and failure.failure is not None
    assert failure.failure.raised == "AttributeError"
    assert failure.mistakes == ()


def test_a_long_sentence_of_torch_s_ends_where_a_sentence_ends() -> None:
    code = HESSIAN_BY.format(x=OWN, more=KEPT, by="x").replace(", retain_graph=True", "")
    failure = tasks_of(HESSIAN, code)["hessian"].first_failure
    assert failure is not None and failure.failure is not None
    assert failure.failure.said.startswith("Trying to backward through the graph a second time")
    assert failure.failure.said.endswith(".")


def test_slopes_that_are_small_are_not_taken_for_none() -> None:
    code = """
def vjp(func, inputs, v):
    x = inputs.detach().clone().requires_grad_()
    try:
        (g,) = torch.autograd.grad(func(x), x, v, materialize_grads=True)
    except RuntimeError:
        return torch.zeros_like(inputs)
    g[g.abs() < 1e-8] = 0
    return g
"""
    task = tasks_of(JACOBIAN, code)["vjp"]
    assert [
        check.case.name for check in task.checks if check.status == "failed" and check.case
    ] == ["faint"]


def test_zeros_of_a_flat_shape_are_seen_where_nothing_depends_on_a_matrix() -> None:
    code = HESSIAN_BY.format(x=OWN, more=KEPT, by="x").replace(
        "    (g,)",
        "    if not func(x).requires_grad:\n"
        "        return x.new_zeros(x.numel(), x.numel())\n    (g,)",
    )
    failed = [one.case for one in tasks_of(HESSIAN, code)["hessian"].checks if one.failure]
    assert "constant_of_a_matrix" in [case.name for case in failed if case]


def test_a_residual_is_measured_by_its_norm() -> None:
    norms, entries = "r.norm() <= rtol * b.norm()", "r.abs().max() <= rtol * b.abs().max()"
    wrong = tasks_of(NEWTON, CONJUGATE_GRADIENT.replace(norms, entries))["conjugate_gradient"]
    failed = [check.case.name for check in wrong.checks if check.failure and check.case]
    assert failed == ["one_large_entry"]
    assert tasks_of(NEWTON, CONJUGATE_GRADIENT)["conjugate_gradient"].passed


NEWTON = "applications/newton"
CONJUGATE_GRADIENT = """
def conjugate_gradient(matvec, b, *, rtol=1e-8, maxiter=None):
    x, r = torch.zeros_like(b), b.clone()
    p, size = r.clone(), (r * r).sum()
    most = 10 * b.numel() if maxiter is None else maxiter
    for steps in range(most + 1):
        if r.norm() <= rtol * b.norm():
            return x, steps, "converged"
        if steps == most:
            return x, steps, "maxiter"
        image = matvec(p)
        bend = (p * image).sum()
        if bend <= 0:
            return x, steps, "negative curvature"
        x = x + size / bend * p
        r = r - size / bend * image
        last, size = size, (r * r).sum()
        p = r + size / last * p
"""
