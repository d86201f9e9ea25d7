"""Problems for Hessian-vector products, among them some whose size n can be chosen.

Every builder gives `func`, `inputs` and `tangent` (shaped as `inputs`); data that was drawn can be
read from the `functools.partial` by name. `dense_hessian` gives `n` and `dtype`. No builder holds
a derivative.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.derivatives.hessian.problems import (  # noqa: F401 - special cases used here, too
    constant_number,
    damped_wave,
    few_used,
    linear,
    linear_model,
    penalty_alone,
    relu_net,
    steep_slope,
    waves_at_rest,
)
from graders.hidden.derivatives.lent import lent
from graders.sandbox.problem import Draw, problem, spec


def _tanh_chain(x: Tensor, weights: Tensor) -> Tensor:
    return (weights * torch.tanh(x[:-1] * x[1:])).sum()


@problem("f(x) = Σᵢ wᵢ tanh(xᵢ xᵢ₊₁)")
def tanh_chain(draw: Draw) -> dict[str, Any]:
    """Build a function of 5 numbers, each coupled with its neighbours."""
    return {
        "func": partial(_tanh_chain, weights=draw.tensor([1.0, -2.0, 1.5, -0.5])),
        "inputs": draw.uniform(0.3, 1.2, 5),
        "tangent": draw.normal(5),
    }


def _three_letters(point: Tensor) -> Tensor:
    x, y, z = point.unbind()
    return torch.tanh(x * y) + softplus(z) * torch.sin(x) + y**2 * z


@problem("f(x, y, z) = tanh(xy) + softplus(z) sin(x) + y² z")
def three_letters(draw: Draw) -> dict[str, Any]:
    """Build a function of 3 numbers that mixes three kinds of curvature."""
    return {
        "func": _three_letters,
        "inputs": draw.uniform(0.4, 1.4, 3),
        "tangent": draw.normal(3),
    }


def _softplus_sheet(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return softplus(left @ x @ right).sum()


@problem("f(X) = Σᵢⱼ softplus(A X B)ᵢⱼ, of a 3 × 2 matrix X")
def softplus_sheet(draw: Draw) -> dict[str, Any]:
    """Build a convex function of a 3 × 2 matrix."""
    left, right = draw.normal(4, 3), draw.normal(2, 3)
    return {
        "func": partial(_softplus_sheet, left=left, right=right),
        "inputs": 0.5 * draw.normal(3, 2),
        "tangent": draw.normal(3, 2),
    }


def _sine_block(x: Tensor, slopes: Tensor, weights: Tensor) -> Tensor:
    return torch.sin((slopes * x).sum()) + (weights * softplus(x)).sum()


@problem("f(X) = sin(⟨A, X⟩) + ⟨B, softplus(X)⟩, of a 2 × 3 × 1 block X")
def sine_block(draw: Draw) -> dict[str, Any]:
    """Build a function of a block whose curvature is one full direction and a diagonal."""
    inputs, slopes = draw.uniform(0.1, 0.4, 2, 3, 1), draw.uniform(0.2, 0.7, 2, 3, 1)
    return {
        "func": partial(_sine_block, slopes=slopes, weights=2.0 * draw.normal(2, 3, 1)),
        "inputs": inputs,
        "tangent": draw.normal(2, 3, 1),
    }


def _soft_maximum(x: Tensor, rows: Tensor) -> Tensor:
    # `logsumexp` cannot be gone back through once it has been gone through forward.
    return torch.log(torch.exp(rows @ x).sum())


@problem("f(x) = log Σᵢ exp((A x)ᵢ)")
def soft_maximum(draw: Draw) -> dict[str, Any]:
    """Build a smooth maximum of 5 linear functions of 4 numbers."""
    return {
        "func": partial(_soft_maximum, rows=draw.normal(5, 4)),
        "inputs": 0.5 * draw.normal(4),
        "tangent": draw.normal(4),
    }


def _two_rhythms(x: Tensor, weights: Tensor) -> Tensor:
    return weights[0] * torch.sin(x[0]) + weights[1] * torch.sin(1000.0 * x[1]) / 1e6


@problem("f(x, y) = a sin(x) + 10⁻⁶ b sin(1000 y), slow in x and fast in y")
def two_rhythms(draw: Draw) -> dict[str, Any]:
    """Build a function that no step of a difference quotient suits in both directions."""
    return {
        "func": partial(_two_rhythms, weights=draw.uniform(1.0, 2.0, 2)),
        "inputs": draw.uniform(0.7, 1.3, 2) * draw.tensor([1.0, 1e-3]),
        "tangent": draw.uniform(1.0, 3.0, 2),
    }


def _row_sums_multiplied(x: Tensor) -> Tensor:
    return x.sum(dim=1).prod()


@problem("f(X) = the product of the row sums of X, where X and v require grad")
def row_sums_multiplied(draw: Draw) -> dict[str, Any]:
    """Build a function of a 2 × 3 matrix that the caller is training, as the direction is."""
    return {
        "func": _row_sums_multiplied,
        "inputs": lent(draw.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), draw.normal(2, 3)),
        "tangent": lent(draw.tensor([[1.0, 0.0, 1.0], [0.0, 5.0, 5.0]])),
    }


def _coupled(x: Tensor) -> Tensor:
    return (x**4).sum() / 12 + x.sum() ** 2 / 2


@problem("f(x) = Σᵢ xᵢ⁴/12 + (Σᵢ xᵢ)²/2")
def coupled(draw: Draw, n: int) -> dict[str, Any]:
    """Build the function of n numbers that the notebook counts with: its gradient costs little."""
    return {"func": _coupled, "inputs": draw.uniform(-1.0, 1.0, n), "tangent": draw.normal(n)}


def _rosenbrock(x: Tensor) -> Tensor:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


@problem("f(x) = Σᵢ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²")
def rosenbrock(draw: Draw, n: int) -> dict[str, Any]:
    """Build the function of Rosenbrock (1960), of n numbers, without any matrix product."""
    return {
        "func": _rosenbrock,
        "inputs": draw.uniform(-1.0, 1.0, n),
        "tangent": draw.normal(n),
    }


_FEATURES = 8
_PER_UNIT = _FEATURES + 2


def network_units(n: int) -> int:
    """Count the hidden units of the network with n parameters; what is left over skips them."""
    return n // _PER_UNIT


def _with_constant(batch: Tensor) -> Tensor:
    return torch.cat((torch.ones_like(batch[:, :1]), batch), dim=1)


def _mlp(parameters: Tensor, batch: Tensor, targets: Tensor) -> Tensor:
    units = network_units(parameters.numel())
    weight, bias, outer, skip = parameters.split(
        [units * _FEATURES, units, units, parameters.numel() - units * _PER_UNIT]
    )
    hidden = torch.tanh(batch @ weight.view(_FEATURES, units) + bias)
    output = hidden @ outer + _with_constant(batch)[:, : skip.numel()] @ skip
    return ((output - targets) ** 2).mean()


@problem("f(x) = the mean squared error of a tanh network with the parameters x, on 32 examples")
def mlp(draw: Draw, n: int) -> dict[str, Any]:
    """Build a network of one hidden layer whose parameters are one vector of n numbers."""
    batch, targets = draw.normal(32, _FEATURES), draw.normal(32)
    return {
        "func": partial(_mlp, batch=batch, targets=targets),
        "inputs": draw.normal(n) / n**0.5,
        "tangent": draw.normal(n),
    }


def _large_network(weight: Tensor, batch: Tensor, outer: Tensor) -> Tensor:
    return (torch.tanh(batch @ weight) @ outer).square().mean()


@problem("f(W) = mean (c · tanh(W x))², a network with 1000 × 1000 weights W, on 4 examples")
def large_network(draw: Draw, side: int = 1000) -> dict[str, Any]:
    """Build a layer with side² weights, 10⁶ unless told."""
    batch, outer = draw.normal(4, side), draw.normal(side) / side**0.5
    return {
        "func": partial(_large_network, batch=batch, outer=outer),
        "inputs": draw.ripples(side, side).div_(side**0.5),
        "tangent": draw.ripples(side, side),
    }


@problem("a function of n parameters")
def dense_hessian(draw: Draw, n: int) -> dict[str, Any]:
    """Ask for the memory of a Hessian that nobody wants to make."""
    return {"n": n, "dtype": draw.dtype}


HVP_PROBLEMS = (
    spec("three_letters"),
    spec("tanh_chain"),
    spec("softplus_sheet"),
    spec("sine_block"),
    spec("soft_maximum"),
    spec("rosenbrock", n=6),
    spec("mlp", n=47),
    spec("steep_slope"),
    spec("few_used", core=False),
    spec("relu_net", core=False),
    spec("linear", core=False),
    spec("linear_model", core=False),
    spec("constant_number", core=False),
    spec("penalty_alone", core=False),
    spec("damped_wave", core=False),
    spec("tanh_chain", dtype="float32", core=False),
    spec("two_rhythms", core=False),
    spec("waves_at_rest", core=False),
)
"""Problems for `hvp` and `hvp_forward_over_reverse`, most telling first."""

HVP_TRAINED = spec("row_sums_multiplied", core=False)
"""A call on tensors that the caller is training."""

HVP_CHEAP = spec("coupled")
"""A function whose gradient costs so little that every vector too many shows beside it."""

HVP_SIZED = (spec("mlp"), spec("rosenbrock"))
"""Problems whose builder takes the size `n`: one of matrix products, one elementwise."""

HVP_LARGE = spec("large_network", dtype="float32", core=False)
"""The problem of 10⁶ parameters."""

HESSIAN_BYTES_PROBLEMS = (
    spec("dense_hessian", n=1000, dtype="float32"),
    spec("dense_hessian", n=1000),
    spec("dense_hessian", n=7, dtype="float16"),
    spec("dense_hessian", n=10**6, dtype="float32"),
    spec("dense_hessian", n=1_234_567_891, dtype="bfloat16"),
    spec("dense_hessian", n=1),
    spec("dense_hessian", n=0, dtype="float32"),
)
"""Sizes and dtypes for `hessian_bytes`; 10⁶ parameters in float32 make 4 TB."""
