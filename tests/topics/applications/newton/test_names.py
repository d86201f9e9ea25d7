"""What is nearly right, or wrong in its own way, is not given the name of another mistake."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from warm import judge

OTHER_FAULTS = {
    "digits lost at the end of conjugate gradients": (
        "conjugate_gradient",
        "_right = conjugate_gradient\n"
        "def conjugate_gradient(matvec, b, *, rtol=1e-8, maxiter=None):\n"
        "    x, steps, status = _right(matvec, b, rtol=rtol, maxiter=maxiter)\n"
        "    return x.float().to(b.dtype), steps, status\n",
    ),
    "digits lost at the end of a minimisation": (
        "newton",
        "_right = newton\n"
        "def newton(func, inputs, *, gtol=1e-6, maxiter=100):\n"
        "    x, steps, status = _right(func, inputs, gtol=gtol, maxiter=maxiter)\n"
        "    return x.float().to(inputs.dtype), steps, status\n",
    ),
    "products by differences": (
        "newton_cg_step",
        "def newton_cg_step(func, inputs, *, rtol=1e-8, maxiter=None):\n"
        "    g, h = gradient(func, inputs), 1e-6\n"
        "    def product(p):\n"
        "        ahead, behind = gradient(func, inputs + h * p), gradient(func, inputs - h * p)\n"
        "        return (ahead - behind) / (2 * h)\n"
        "    found = conjugate_gradient(product, -g, rtol=rtol, maxiter=maxiter)\n"
        "    return -g if found.steps == 0 else found.x\n",
    ),
    "the slope wherever the end is not reached": (
        "newton_cg_step",
        "def newton_cg_step(func, inputs, *, rtol=1e-8, maxiter=None):\n"
        "    g = gradient(func, inputs)\n"
        "    product = lambda p: hvp(func, inputs, p)\n"
        "    found = conjugate_gradient(product, -g, rtol=rtol, maxiter=maxiter)\n"
        "    return found.x if found.status == 'converged' else -g\n",
    ),
    "the matrix made first, and the steps taken with it": (
        "conjugate_gradient",
        "_right = conjugate_gradient\n"
        "def conjugate_gradient(matvec, b, *, rtol=1e-8, maxiter=None):\n"
        "    axes = torch.eye(b.numel(), dtype=b.dtype)\n"
        "    matrix = torch.stack([matvec(axis.view(b.shape)).flatten() for axis in axes])\n"
        "    product = lambda p: (matrix @ p.flatten()).view(b.shape)\n"
        "    return _right(product, b, rtol=rtol, maxiter=maxiter)\n",
    ),
    "a small gradient taken for none": (
        "newton_step",
        "_right = newton_step\n"
        "def newton_step(func, inputs):\n"
        "    if gradient(func, inputs).norm() < 1e-8:\n"
        "        return torch.zeros_like(inputs)\n"
        "    return _right(func, inputs)\n",
    ),
    "a tolerance without the size of the gradient": (
        "newton_cg_step",
        "_right = newton_cg_step\n"
        "def newton_cg_step(func, inputs, *, rtol=1e-8, maxiter=None):\n"
        "    size = float(gradient(func, inputs).norm()) or 1.0\n"
        "    return _right(func, inputs, rtol=rtol / size, maxiter=maxiter)\n",
    ),
}


@pytest.mark.parametrize("what", OTHER_FAULTS)
def test_another_fault_gets_no_name(what: str) -> None:
    task, code = OTHER_FAULTS[what]
    (verdict,) = judge([with_cell("applications/newton", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    assert not judged.passed
    assert [check.mistake for check in judged.checks if check.mistake] == []
