"""Right for vectors only: named where that is all, and not where it is another fault."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import judge

OTHERWISE = {
    "a graph that is missing for matrices": (
        "def hessian(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_(inputs.dim() == 1)\n"
        "    return torch.autograd.grad(x.sum() * 0, x) and _right(func, inputs)\n"
    ),
    "other numbers for matrices": (
        "def hessian(func, inputs):\n    return _right(func, inputs) * (3 - 2 / inputs.dim())\n"
    ),
    "nothing right at all": (
        "def hessian(func, inputs):\n"
        "    (_n,) = inputs.shape\n"
        "    return _right(func, inputs).cos()\n"
    ),
}


@pytest.mark.parametrize("code", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_another_fault_is_not_put_down_to_the_shape(code: str) -> None:
    topic = "derivatives/hessian"
    (verdict,) = judge([with_cell(topic, "hessian", "_right = hessian\n" + code)])
    (judged,) = [one for one in verdict.tasks if one.name == "hessian"]
    assert judged.first_failure is not None
    assert "hessian_for_vectors_only" not in judged.first_failure.mistakes
