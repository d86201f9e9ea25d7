"""What is nearly right, or wrong in its own way, is not given the name of another mistake."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import judge

from graders.judge.verdict import TaskVerdict

_MAML = "def maml_gradient(inner_loss, outer_loss, parameters, lr, steps=1):\n"
_ROWS = (
    "    path = [tuple(p.detach() for p in parameters)]\n"
    "    for _ in range(steps):\n"
    "        slopes = gradient(inner_loss, path[-1])\n"
    "        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes)))\n"
    "    v = as_vector(gradient(outer_loss, path.pop()))\n"
    "    axes = lambda: (torch.nn.functional.one_hot(torch.tensor(i), len(v)).to(v)\n"
    "                    for i in range(len(v)))\n"
    "    row = lambda at, e: as_vector(hvp(inner_loss, at, like(e, at)))\n"
)
OTHER_FAULTS = {
    "a factor of the moved point": (
        "inner_update",
        "def inner_update(loss, parameters, lr):\n"
        "    g = torch.func.grad(loss)(tuple(parameters))\n"
        "    moved = tuple(p - lr * s for p, s in zip(parameters, g))\n"
        "    h = torch.func.grad(loss)(moved)\n"
        "    return tuple(p - lr * (s + t - t.detach()) for p, s, t in zip(parameters, g, h))\n",
    ),
    "the gradient of one parameter while another has moved": (
        "inner_update",
        "def inner_update(loss, parameters, lr):\n"
        "    at = list(parameters)\n"
        "    for i in range(len(at)):\n"
        "        at[i] = at[i] - lr * torch.func.grad(loss)(tuple(at))[i]\n"
        "    return tuple(at)\n",
    ),
    "the first step not recorded": (
        "maml_gradient",
        _MAML + "    def after(at):\n"
        "        for k in range(steps):\n"
        "            if k == 0:\n"
        "                at = [p - lr * g for p, g in zip(at, gradient(inner_loss, at))]\n"
        "            else:\n"
        "                at = inner_update(inner_loss, at, lr)\n"
        "        return outer_loss(at)\n"
        "    return gradient(after, parameters)\n",
    ),
    "half of the outer loss": (
        "maml_gradient",
        _MAML + "    def after(at):\n"
        "        for _ in range(steps):\n"
        "            at = inner_update(inner_loss, at, lr)\n"
        "        return outer_loss(at) / 2\n"
        "    return gradient(after, parameters)\n",
    ),
    "the outer slope at the start, averaged over nothing": (
        "first_order_maml_gradient",
        "def first_order_maml_gradient(inner_loss, outer_loss, parameters, lr, steps=1):\n"
        "    found = gradient(outer_loss, parameters)\n"
        "    return tuple(g / (steps + 1) for g in found)\n",
    ),
}


ROWS = {
    "too_much_kept": _MAML + _ROWS + "    for at in reversed(path):\n"
    "        rows = [row(at, e) for e in axes()]\n"
    "        v = v - lr * torch.stack([r @ v for r in rows])\n"
    "    return like(v, parameters)\n",
    "passes_grow": _MAML + _ROWS + "    for at in reversed(path):\n"
    "        v = v - lr * torch.stack([row(at, e) @ v for e in axes()])\n"
    "    return like(v, parameters)\n",
}


TWO_DIRECTIONS = (
    "def implicit_maml_gradient(inner_loss, outer_loss, adapted, strength):\n"
    "    product = lambda u: u + as_vector(hvp(inner_loss, adapted, like(u, adapted)))"
    " / strength\n"
    "    side = as_vector(gradient(outer_loss, adapted))\n"
    "    return like(conjugate_gradient(product, side, maxiter=2).x, adapted)\n"
)


def test_a_solver_that_stops_after_two_directions_is_told_so() -> None:
    failure = judged_with("implicit_maml_gradient", TWO_DIRECTIONS).first_failure
    assert failure is not None
    assert failure.mistakes == ("solver_cut_short",)


@pytest.mark.parametrize("what", OTHER_FAULTS)
def test_another_fault_gets_no_name(what: str) -> None:
    judged = judged_with(*OTHER_FAULTS[what])
    assert not judged.passed
    assert [check.mistake for check in judged.checks if check.mistake] == []


@pytest.mark.parametrize("name", ROWS)
def test_what_the_catalogue_lacks_has_its_general_name(name: str) -> None:
    failure = judged_with("maml_gradient", ROWS[name]).first_failure
    assert failure is not None
    assert failure.mistakes == (name,)


def test_a_list_of_new_parameters_is_told_so() -> None:
    code = "_right = inner_update\ndef inner_update(*given):\n    return list(_right(*given))\n"
    failure = judged_with("inner_update", code).first_failure
    assert failure is not None and failure.name == "shape"
    said = "your step: it returned a list of 1 item, expected a tuple of 1 tensor"
    assert said in failure.message
    assert failure.mistakes == ("list_for_tuple",)


def test_a_wrong_step_is_told_of_as_the_tuple_that_was_returned() -> None:
    code = (
        "_right = inner_update\n"
        "def inner_update(*given):\n    return tuple(2 * p for p in _right(*given))\n"
    )
    message = message_of("inner_update", code)
    assert "] for your step; the form is right (a tuple of 1 item), what stands in it" in message
    assert "The new parameters are not right. Every entry is 2 times what it should be." in message


def test_a_wrong_way_back_is_told_of_as_a_gradient_through_the_step() -> None:
    code = (
        "_right = inner_update\n"
        "def inner_update(*given):\n    return tuple(p.detach() for p in _right(*given))\n"
    )
    message = message_of("inner_update", code)
    assert "got [0, 0, 0, 0] for a gradient through your step; the form is right" in message
    assert "2 items" not in message


def test_a_callers_tensor_is_counted_and_called_so() -> None:
    code = (
        "_right = inner_update\n"
        "def inner_update(loss, parameters, lr):\n"
        "    found = _right(loss, parameters, lr)\n"
        "    pairs = zip(found, parameters)\n"
        "    return tuple(p.view_as(p) if torch.equal(q, p) else q for q, p in pairs)\n"
    )
    message = message_of("inner_update", code)
    assert "got 1 for how many of your caller's own tensors came back" in message
    assert "A new tensor is asked for, also where nothing has to be subtracted." in message


TOO_LARGE = {
    "the matrix of each step": (
        "maml_gradient",
        _MAML + "    at = as_vector(parameters).detach()\n"
        "    inner = lambda u: inner_loss(like(u, parameters))\n"
        "    factors = []\n"
        "    for _ in range(steps):\n"
        "        factors.append(torch.eye(len(at)).to(at) - lr * torch.func.hessian(inner)(at))\n"
        "        at = at - lr * torch.func.grad(inner)(at)\n"
        "    v = as_vector(gradient(outer_loss, like(at, parameters)))\n"
        "    for factor in reversed(factors):\n"
        "        v = factor @ v\n"
        "    return like(v, parameters)\n",
    ),
    "the matrix of the equation": (
        "implicit_maml_gradient",
        "def implicit_maml_gradient(inner_loss, outer_loss, adapted, strength):\n"
        "    at = as_vector(adapted).detach()\n"
        "    h = torch.func.hessian(lambda u: inner_loss(like(u, adapted)))(at)\n"
        "    side = as_vector(gradient(outer_loss, adapted))\n"
        "    x = torch.linalg.solve(torch.eye(len(at)).to(at) + h / strength, side)\n"
        "    return like(x, adapted)\n",
    ),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_what_is_made_whole_earns_at_most_half_of_the_points(what: str) -> None:
    judged = judged_with(*TOO_LARGE[what])
    assert [check.name for check in judged.checks if check.status == "failed"] == ["memory"]
    assert 0.4 < judged.score / judged.max_score <= 0.5


def test_a_solve_that_is_cut_short_costs_more_than_an_edge() -> None:
    code = (
        "def implicit_maml_gradient(inner_loss, outer_loss, adapted, strength):\n"
        "    side = as_vector(gradient(outer_loss, adapted))\n"
        "    def product(u):\n"
        "        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted))) / strength\n"
        "    found = conjugate_gradient(product, side, rtol=1e-10, maxiter=10)\n"
        "    return like(found.x, adapted)\n"
    )
    judged = judged_with("implicit_maml_gradient", code)
    assert judged.first_failure is not None
    assert judged.first_failure.name == "values[two_bowls(n=40)]"
    assert judged.score < 0.8 * judged.max_score


def test_the_default_of_steps_is_the_functions_own() -> None:
    code = _MAML.replace("steps=1", "steps=2") + (
        "    def after(at):\n"
        "        for _ in range(steps):\n"
        "            at = inner_update(inner_loss, at, lr)\n"
        "        return outer_loss(at)\n"
        "    return gradient(after, parameters)\n"
    )
    failure = judged_with("maml_gradient", code).first_failure
    assert failure is not None and failure.name == "values[two_bowls]"


def message_of(task: str, code: str) -> str:
    failure = judged_with(task, code).first_failure
    assert failure is not None
    return failure.message


def judged_with(task: str, code: str) -> TaskVerdict:
    (verdict,) = judge([with_cell("applications/maml", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    return judged
