"""The answers to every problem of `spectrum`: `ggn_vp` by its factors, the others by claim."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from graders.sandbox.problem import Problem

BY_CLAIM = {"power_iteration", "lanczos", "hutchinson_trace"}
"""Tasks whose digits depend on the method: `test_oracles.py` looks at what they claim."""


def _wide(function: Any) -> Any:
    """Give a function of a problem in float64."""
    if not isinstance(function, partial):
        return function
    data = {
        name: one.double() if isinstance(one, Tensor) and one.is_floating_point() else one
        for name, one in function.keywords.items()
    }
    return partial(function.func, **data)


def gauss_newton(problem: Problem) -> Tensor:
    """Give the Gauss-Newton matrix of a problem, each factor whole, in float64."""
    model, loss = _wide(problem.values["model"]), _wide(problem.values["loss"])
    at = problem.values["inputs"].double()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    curvature = torch.func.jacrev(torch.func.grad(loss))(outputs)
    return jacobian.T @ curvature.reshape(outputs.numel(), outputs.numel()) @ jacobian


def _ggn_vp(problem: Problem) -> Tensor:
    inputs, v = problem.values["inputs"], problem.values["tangent"].double()
    return (gauss_newton(problem) @ v.reshape(-1)).reshape(inputs.shape).to(inputs.dtype)


CLOSED_FORMS = {"ggn_vp": _ggn_vp}
