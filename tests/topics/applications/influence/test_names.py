"""What is wrong in its own way is not given the name of another mistake."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import judge

_INVERSE = "_right = inverse_hvp\ndef inverse_hvp(matvec, v, *, damping=0.0):\n"
_INFLUENCE = (
    "_right = influence_on_loss\n"
    "def influence_on_loss(loss, parameters, train, test, *, damping=1e-3):\n"
)
OTHER_FAULTS = {
    "a series of fifty rounds": (
        "inverse_hvp",
        "def inverse_hvp(matvec, v, *, damping=0.0):\n"
        "    x = v\n"
        "    for _ in range(50):\n"
        "        x = v + x - matvec(x) - damping * x\n"
        "    return x\n",
    ),
    "one more damping of one": (
        "inverse_hvp",
        _INVERSE + "    return _right(matvec, v, damping=damping + 1.0)\n",
    ),
    "half of an answer": (
        "inverse_hvp",
        _INVERSE + "    return _right(matvec, v, damping=damping) / 2\n",
    ),
    "a hundredth too much": (
        "influence_on_loss",
        _INFLUENCE + "    return 1.01 * _right(loss, parameters, train, test, damping=damping)\n",
    ),
    "the Hessian of the first two examples": (
        "influence_on_loss",
        "def influence_on_loss(loss, parameters, train, test, *, damping=1e-3):\n"
        "    own = tuple(p.detach() for p in parameters)\n"
        "    two = train[0][:2], train[1][:2]\n"
        "    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))\n"
        "    bend = torch.func.hessian(lambda u: loss(shaped_like(u, own), *two).mean())\n"
        "    h = bend(as_vector(own)) + damping * torch.eye(len(g), dtype=g.dtype)\n"
        "    s = shaped_like(torch.linalg.solve(h, g), own)\n"
        "    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (s,))[1]\n",
    ),
    "the first test example alone": (
        "influence_on_loss",
        _INFLUENCE + "    one = test[0][:1], test[1][:1]\n"
        "    return _right(loss, parameters, train, one, damping=damping)\n",
    ),
    "examples in the wrong order": (
        "influence_on_loss",
        _INFLUENCE + "    return _right(loss, parameters, train, test, damping=damping).flip(0)\n",
    ),
    "a mean over the others": (
        "leave_one_out_change",
        "def leave_one_out_change(influence):\n    return influence.mean() - influence\n",
    ),
}


_FULL_SIZE = (
    "def influence_on_loss(loss, parameters, train, test, *, damping=1e-3):\n"
    "    own = tuple(p.detach() for p in parameters)\n"
    "    mean = lambda u: loss(shaped_like(u, own), *train).mean()\n"
    "    side = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))\n"
)
_ROWS = (
    "    one = lambda p, x, y: loss(p, x[None], y[None])[0]\n"
    "    each = torch.func.vmap(torch.func.grad(one), (None, 0, 0))(own, *train)\n"
    "    rows = torch.cat([part.reshape(len(part), -1) for part in each], 1)\n"
)
TOO_LARGE = {
    "the matrix of the products": (
        "inverse_hvp",
        "def inverse_hvp(matvec, v, *, damping=0.0):\n"
        "    eye = torch.eye(v.numel(), dtype=v.dtype, device=v.device)\n"
        "    h = torch.stack([matvec(e.view(v.shape)).flatten() for e in eye]) + damping * eye\n"
        "    return torch.linalg.solve(h, v.flatten()).view(v.shape)\n",
    ),
    "the whole Hessian": (
        "influence_on_loss",
        _FULL_SIZE + "    h = torch.func.hessian(mean)(as_vector(own))\n"
        "    eye = torch.eye(len(side), dtype=side.dtype, device=side.device)\n"
        "    s = shaped_like(torch.linalg.solve(h + damping * eye, side), own)\n"
        "    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (s,))[1]\n",
    ),
    "the gradients of all examples as rows": (
        "influence_on_loss",
        _FULL_SIZE + "    slopes = torch.func.grad(mean)\n"
        "    product = lambda u: torch.func.jvp(slopes, (as_vector(own),), (u,))[1]\n"
        + _ROWS
        + "    return -rows @ inverse_hvp(product, side, damping=damping)\n",
    ),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_what_is_made_whole_earns_at_most_half_of_the_points(what: str) -> None:
    task, code = TOO_LARGE[what]
    (verdict,) = judge([with_cell("applications/influence", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    failed = [check.name for check in judged.checks if check.status == "failed"]
    assert failed == ["memory"]
    assert 0.4 < judged.score / judged.max_score <= 0.5


def test_a_limit_of_a_hundred_steps_is_too_few() -> None:
    code = (
        "def inverse_hvp(matvec, v, *, damping=0.0):\n"
        "    x, r = torch.zeros_like(v), v\n"
        "    p, size = r, (r * r).sum()\n"
        "    enough = 1e-24 * size if v.dtype == torch.float64 else 1e-11 * size\n"
        "    for _ in range(100):\n"
        "        if size <= enough:\n"
        "            break\n"
        "        q = matvec(p) + damping * p\n"
        "        a = size / (p * q).sum()\n"
        "        x, r, before = x + a * p, r - a * q, size\n"
        "        size = (r * r).sum()\n"
        "        p = r + size / before * p\n"
        "    return x\n"
    )
    (verdict,) = judge([with_cell("applications/influence", "inverse_hvp", code)])
    (judged,) = [one for one in verdict.tasks if one.name == "inverse_hvp"]
    failed = [check for check in judged.checks if check.status == "failed"]
    assert [check.name for check in failed] == ["values[crowded_at_both_ends(damping=0.1, n=120)]"]
    assert failed[0].mistake == "stops_too_early"


FOUR_STEPS = (
    "def inverse_hvp(matvec, v, *, damping=0.0):\n"
    "    x, r = torch.zeros_like(v), v\n"
    "    p = r\n"
    "    for _ in range(4):\n"
    "        q = matvec(p) + damping * p\n"
    "        a = (r * r).sum() / (p * q).sum()\n"
    "        x, new = x + a * p, r - a * q\n"
    "        p, r = new + (new * new).sum() / (r * r).sum() * p, new\n"
    "    return x\n"
)


def test_a_solver_that_stops_after_some_directions_is_told_so() -> None:
    (verdict,) = judge([with_cell("applications/influence", "inverse_hvp", FOUR_STEPS)])
    (judged,) = [one for one in verdict.tasks if one.name == "inverse_hvp"]
    assert judged.first_failure is not None
    assert judged.first_failure.mistakes == ("solver_cut_short",)


@pytest.mark.parametrize("what", OTHER_FAULTS)
def test_another_fault_gets_no_name(what: str) -> None:
    task, code = OTHER_FAULTS[what]
    (verdict,) = judge([with_cell("applications/influence", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    assert not judged.passed
    assert [check.mistake for check in judged.checks if check.mistake] == []
