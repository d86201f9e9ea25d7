"""The problems of a million parameters are right at a size at which that can be seen."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from reference_answers import answer, build
from torch import Tensor

from graders.sandbox.spec import spec


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["large_network", "large_parameter_network"])
def test_the_large_problems_curve_as_differences_of_their_values_say(name: str, seed: int) -> None:
    """They have no closed form; at a small size, vᵀHv is the second difference of f along v."""
    task = "hvp" if name == "large_network" else "parameter_hvp"
    problem = build(task, spec(name, side=5), seed)
    step = 1e-4
    if name == "large_network":
        func, at, v = (problem.values[key] for key in ("func", "inputs", "tangent"))
        curvature = (answer("hvp", problem) * v).sum()
    else:
        at, v = problem.values["parameters"], problem.values["tangent"]
        pairs = zip(answer("parameter_hvp", problem), v, strict=True)
        curvature = sum((product * part).sum() for product, part in pairs)
        at, v = (torch.cat([one.detach().reshape(-1) for one in each]) for each in (at, v))
        func = partial(large_parameter_loss, **problem.values["data"])
        assert torch.equal(func(at), problem.values["loss"].detach())
    second_difference = (func(at + step * v) - 2 * func(at) + func(at - step * v)) / step**2
    torch.testing.assert_close(second_difference, curvature, rtol=1e-5, atol=1e-6)


def large_parameter_loss(flat: Tensor, batch: Tensor, outer: Tensor) -> Tensor:
    side = len(outer)
    weight, bias = flat[:-side].reshape(side - 1, side), flat[-side:]
    return ((torch.tanh(batch @ weight + bias) @ outer) ** 2).mean()
