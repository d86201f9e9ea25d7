"""The answers to every problem of `influence`, in numpy and without autograd.

The gradient of each example is written out by hand. The Hessian is its derivative by a complex
step, Im g(θ + ih eⱼ)/h, which is exact to rounding (Squire and Trapp, 1998).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graders.hidden.applications.influence.problems.losses import INFLUENCE_PROBLEMS, STEEP
from graders.hidden.applications.influence.problems.systems import INVERSE_PROBLEMS
from graders.sandbox.problem import Problem

Array = np.ndarray[Any, Any]
Gradients = Callable[[Array, Array, Array], Array]


def _array(tensor: Tensor) -> Array:
    return tensor.detach().to(torch.float64).numpy()


def _sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def _with_one(x: Array) -> Array:
    return np.concatenate([x.reshape(len(x), -1), np.ones((len(x), 1))], 1)


def _squares(theta: Array, x: Array, y: Array) -> Array:
    one = _with_one(x)
    return np.asarray(one * (one @ theta - y)[:, None])


def _logistic(theta: Array, x: Array, y: Array) -> Array:
    one = _with_one(x)
    return np.asarray(one * (_sigmoid(one @ theta) - y)[:, None])


def _softmax(theta: Array, x: Array, y: Array) -> Array:
    one = _with_one(x)
    weight = np.concatenate([theta[:4].reshape(2, 2), theta[4:].reshape(2, 1)], 1)
    score = np.exp(one @ weight.T)
    error = score / score.sum(1, keepdims=True) - np.eye(2)[y.astype(int)]
    outer = error[:, :, None] * one[:, None, :]
    return np.concatenate([outer[:, :, :2].reshape(len(x), -1), outer[:, :, 2]], 1)


def _network(theta: Array, x: Array, y: Array) -> Array:
    weight, bias, outer = theta[:4].reshape(2, 2), theta[4:6], theta[6:]
    hidden = np.tanh(x @ weight.T + bias)
    error = (hidden @ outer - y)[:, None]
    inner = error * outer * (1 - hidden**2)
    rows = (inner[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    return np.concatenate([rows, inner, error * hidden], 1)


def _steep(theta: Array, x: Array, y: Array) -> Array:
    fast = _sigmoid(STEEP * (x @ theta - y[:, 0])) / STEEP
    return np.asarray(x * fast[:, None] + (x + 1) * ((x + 1) @ theta)[:, None] + y[:, 1:])


def _unused(theta: Array, x: Array, y: Array) -> Array:
    used = _logistic(np.concatenate([theta[:3], theta[7:]]), x, y)
    return np.concatenate([used[:, :3], np.zeros((len(x), 4)), used[:, 3:]], 1)


def _straight(theta: Array, x: Array, y: Array) -> Array:
    return np.asarray(x * y[:, None] + 0 * theta)


def _bilinear(theta: Array, x: Array, y: Array) -> Array:
    weight = theta[:-1].reshape(x.shape[2], x.shape[2])
    left, right = x[:, 0], x[:, 1]
    score = ((left @ weight) * right).sum(1) + theta[-1]
    error = (_sigmoid(score) - y)[:, None]
    outer = (left[:, :, None] * right[:, None, :]).reshape(len(x), -1)
    return np.concatenate([error * outer, error], 1)


GRADIENTS: dict[str, Gradients] = {
    "least_squares": _squares,
    "logistic": _logistic,
    "softmax_regression": _softmax,
    "small_network": _network,
    "steep_and_slow": _steep,
    "unused_between": _unused,
    "linear_losses": _straight,
    "one_example": _squares,
    "square_logistic": _bilinear,
}
"""The gradients of single examples, one a row, by the name of the problem."""


def parameters_of(problem: Problem) -> Array:
    """Give all parameters as one vector."""
    return np.concatenate([_array(p).reshape(-1) for p in problem.values["parameters"]])


def examples_of(problem: Problem, which: str) -> tuple[Array, Array]:
    """Give the x and y of "train" or "test"."""
    x, y = problem.values[which]
    return _array(x), _array(y)


def hessian_of(problem: Problem) -> Array:
    """Give the Hessian of the mean training loss, by a complex step on the gradients."""
    theta, step = parameters_of(problem), 1e-30
    gradients, examples = GRADIENTS[problem.spec.name], examples_of(problem, "train")
    columns = [
        gradients(theta + 1j * step * axis, *examples).mean(0).imag / step
        for axis in np.eye(len(theta))
    ]
    return np.stack(columns, 1)


def damped_hessian_of(problem: Problem) -> Array:
    """Add the damping, that of the signature where the problem has none."""
    hessian = hessian_of(problem)
    return np.asarray(hessian + problem.values.get("damping", 1e-3) * np.eye(len(hessian)))


def _influence_on_loss(problem: Problem) -> Tensor:
    gradients, theta = GRADIENTS[problem.spec.name], parameters_of(problem)
    slope = gradients(theta, *examples_of(problem, "test")).mean(0)
    rows = gradients(theta, *examples_of(problem, "train"))
    found = torch.from_numpy(-rows @ np.linalg.solve(damped_hessian_of(problem), slope))
    return found.to(problem.values["parameters"][0].dtype)


def _inverse_hvp(problem: Problem) -> Tensor:
    values, v = problem.values, _array(problem.values["v"])
    damping = values.get("damping", 0.0)
    if "matrix" in values:
        damped = _array(values["matrix"]) + damping * np.eye(v.size)
        found = np.linalg.solve(damped, v.reshape(-1)).reshape(v.shape)
    else:
        # Sherman and Morrison (1950).
        diagonal, row = _array(values["diagonal"]) + damping, _array(values["rank_one"])
        side, bent = v / diagonal, row / diagonal
        found = side - bent * (row @ side) / (1 + row @ bent)
    return torch.from_numpy(np.asarray(found)).to(values["v"].dtype)


def _leave_one_out_change(problem: Problem) -> Tensor:
    influence = problem.values["influence"]
    found = -_array(influence) / influence.numel()
    return torch.from_numpy(found).to(influence.dtype)


CLOSED_FORMS = {
    "inverse_hvp": _inverse_hvp,
    "influence_on_loss": _influence_on_loss,
    "leave_one_out_change": _leave_one_out_change,
}
_SOLVED = {"inverse_hvp": INVERSE_PROBLEMS, "influence_on_loss": INFLUENCE_PROBLEMS}
_OF_A_SOLVE = {"float64": 1e-8, "float32": 1e-3}
CONDITIONED = {
    (task, str(which)): _OF_A_SOLVE[which.dtype] for task, all in _SOLVED.items() for which in all
} | {
    ("inverse_hvp", "few_eigenvalues(n=200)"): _OF_A_SOLVE["float64"],
    ("influence_on_loss", "square_logistic(n=197)"): _OF_A_SOLVE["float64"],
}
"""A residual of 1e-10, or 1e-5 in float32, is multiplied by the condition number: up to 100."""
