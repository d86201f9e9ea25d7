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
    "four steps of conjugate gradients": (
        "inverse_hvp",
        "def inverse_hvp(matvec, v, *, damping=0.0):\n"
        "    x, r = torch.zeros_like(v), v\n"
        "    p = r\n"
        "    for _ in range(4):\n"
        "        q = matvec(p) + damping * p\n"
        "        a = (r * r).sum() / (p * q).sum()\n"
        "        x, new = x + a * p, r - a * q\n"
        "        p, r = new + (new * new).sum() / (r * r).sum() * p, new\n"
        "    return x\n",
    ),
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


@pytest.mark.parametrize("what", OTHER_FAULTS)
def test_another_fault_gets_no_name(what: str) -> None:
    task, code = OTHER_FAULTS[what]
    (verdict,) = judge([with_cell("applications/influence", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    assert not judged.passed
    assert [check.mistake for check in judged.checks if check.mistake] == []
