"""Problems for second derivatives: functions with one number as output, their point, a direction.

Every builder gives `func`, `inputs` and `tangent` (shaped as `inputs`). A function is a
`functools.partial` over its data, so that whoever checks a reference against a closed form can
read the same data by name; no builder holds a derivative.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.derivatives.lent import lent
from graders.sandbox.problem import Draw, problem, spec


def _bowl(point: Tensor) -> Tensor:
    return point[0] ** 2 + point[1] ** 2


@problem("f(x, y) = x² + y²")
def bowl(draw: Draw) -> dict[str, Any]:
    """Build the example that opens the second topic, at (2, 2)."""
    return {
        "func": _bowl,
        "inputs": draw.tensor([2.0, 2.0]),
        "tangent": draw.tensor([1.0, -3.0]),
    }


def _bent_valley(point: Tensor) -> Tensor:
    return point[0] ** 2 * point[1] + point[1] ** 3


@problem("f(x, y) = x² y + y³")
def bent_valley(draw: Draw) -> dict[str, Any]:
    """Build a function whose curvature depends on the point and couples x and y, at (1, 2)."""
    return {
        "func": _bent_valley,
        "inputs": draw.tensor([1.0, 2.0]),
        "tangent": draw.tensor([1.0, -3.0]),
    }


@problem("f(x, y) = x² y + y³, where (x, y) requires grad and has something in its .grad")
def trained_valley(draw: Draw) -> dict[str, Any]:
    """Build the same function at (-1, 1), a point that the caller is training."""
    return {
        "func": _bent_valley,
        "inputs": lent(draw.tensor([-1.0, 1.0]), draw.normal(2)),
        "tangent": draw.tensor([1.0, -3.0]),
    }


def _mixed_signs(draw: Draw, *shape: int) -> Tensor:
    """Draw weights of both signs, none near zero, so that curvature goes up and down."""
    signs = torch.ones(shape, dtype=draw.dtype, device=draw.device)
    signs.view(-1)[1::2] = -1.0
    return signs * draw.uniform(0.5, 1.5, *shape)


def _softplus_net(x: Tensor, outer: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return outer @ softplus(weight @ x + bias)


@problem("f(x) = w · softplus(A x + b)")
def softplus_net(draw: Draw, inputs: int) -> dict[str, Any]:
    """Build a small network of `inputs` numbers, with curvature of both signs."""
    weight, bias = draw.normal(inputs + 1, inputs), 0.3 * draw.normal(inputs + 1)
    outer = _mixed_signs(draw, inputs + 1)
    return {
        "func": partial(_softplus_net, outer=outer, weight=weight, bias=bias),
        "inputs": draw.uniform(-1.0, 1.0, inputs),
        "tangent": draw.normal(inputs),
    }


def _sine_of_quadratic(x: Tensor, form: Tensor, slope: Tensor) -> Tensor:
    return torch.sin(0.5 * x @ form @ x + slope @ x)


@problem("f(x) = sin(½ xᵀ M x + a · x), where M is not symmetric")
def sine_of_quadratic(draw: Draw) -> dict[str, Any]:
    """Build a function of 3 numbers whose Hessian is full."""
    return {
        "func": partial(_sine_of_quadratic, form=draw.normal(3, 3), slope=draw.normal(3)),
        "inputs": draw.uniform(-1.0, 1.0, 3),
        "tangent": draw.normal(3),
    }


def _matrix_net(x: Tensor, outer: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return (outer * torch.tanh(left @ x @ right)).sum()


@problem("f(X) = Σᵢⱼ Cᵢⱼ tanh(A X B)ᵢⱼ, of a matrix X")
def matrix_net(draw: Draw) -> dict[str, Any]:
    """Build a function of a 2 × 3 matrix."""
    left, right = draw.normal(4, 2), 0.6 * draw.normal(3, 2)
    return {
        "func": partial(_matrix_net, outer=_mixed_signs(draw, 4, 2), left=left, right=right),
        "inputs": draw.uniform(-1.0, 1.0, 2, 3),
        "tangent": draw.normal(2, 3),
    }


def _product_of_sums(x: Tensor, waves: Tensor, slopes: Tensor) -> Tensor:
    return (waves * torch.sin(x)).sum() * (slopes * x).sum()


@problem("f(X) = (Σᵢⱼₖ Sᵢⱼₖ sin(Xᵢⱼₖ)) · (Σᵢⱼₖ Tᵢⱼₖ Xᵢⱼₖ), of a tensor X with three axes")
def product_of_sums(draw: Draw) -> dict[str, Any]:
    """Build a function of a 2 × 3 × 1 tensor, whose last axis is easily lost."""
    waves, slopes = draw.normal(2, 3, 1), draw.normal(2, 3, 1)
    return {
        "func": partial(_product_of_sums, waves=waves, slopes=slopes),
        "inputs": draw.normal(2, 3, 1),
        "tangent": draw.normal(2, 3, 1),
    }


def _relu_net(x: Tensor, outer: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return outer @ torch.relu(weight @ x + bias)


@problem("f(x) = w · relu(A x + b), flat pieces whose curvature is zero")
def relu_net(draw: Draw) -> dict[str, Any]:
    """Build a ReLU network of 3 numbers at a point well inside one of its flat pieces."""
    weight, inputs = draw.normal(5, 3), draw.normal(3)
    bias = _mixed_signs(draw, 5) - weight @ inputs
    return {
        "func": partial(_relu_net, outer=draw.normal(5), weight=weight, bias=bias),
        "inputs": inputs,
        "tangent": draw.normal(3),
    }


def _linear(x: Tensor, slope: Tensor) -> Tensor:
    return (slope * x).sum()


@problem("f(X) = Σᵢⱼ Aᵢⱼ Xᵢⱼ, linear in X")
def linear(draw: Draw) -> dict[str, Any]:
    """Build a linear function of a 2 × 3 matrix: its gradient has no graph."""
    return {
        "func": partial(_linear, slope=draw.normal(2, 3)),
        "inputs": draw.normal(2, 3),
        "tangent": draw.normal(2, 3),
    }


@problem("f(x) = w · x, linear in x, with trainable weights w")
def linear_model(draw: Draw) -> dict[str, Any]:
    """Build a linear function whose gradient has a graph in which the inputs do not occur."""
    return {
        "func": partial(_linear, slope=draw.normal(3).requires_grad_()),
        "inputs": draw.normal(3),
        "tangent": draw.normal(3),
    }


def _few_used(x: Tensor) -> Tensor:
    return torch.sin(x[0] * x[2]) + 3.0 * x[1]


@problem("f(x₀, x₁, x₂, x₃) = sin(x₀ x₂) + 3 x₁, which does not use x₃")
def few_used(draw: Draw) -> dict[str, Any]:
    """Build a function that is curved in two inputs, linear in one and ignores one."""
    return {
        "func": _few_used,
        "inputs": draw.uniform(0.5, 1.5, 4),
        "tangent": draw.normal(4),
    }


def _constant_number(x: Tensor, value: Tensor) -> Tensor:
    return value.clone()


@problem("f(x) = c, the same number whatever x is")
def constant_number(draw: Draw) -> dict[str, Any]:
    """Build a function of 3 numbers whose output has no graph."""
    return {
        "func": partial(_constant_number, value=draw.normal()),
        "inputs": draw.normal(3),
        "tangent": draw.normal(3),
    }


@problem("f(X) = c, the same number whatever the 2 × 3 matrix X is")
def constant_of_a_matrix(draw: Draw) -> dict[str, Any]:
    """Build a function without a graph, of inputs with two axes: so its zeros have four."""
    return {
        "func": partial(_constant_number, value=draw.normal()),
        "inputs": draw.normal(2, 3),
        "tangent": draw.normal(2, 3),
    }


def _penalty_alone(x: Tensor, weight: Tensor) -> Tensor:
    return (weight**2).sum()


@problem("f(x) = ‖w‖², which has trainable weights w but does not use x")
def penalty_alone(draw: Draw) -> dict[str, Any]:
    """Build a function whose output has a graph in which the inputs do not occur."""
    return {
        "func": partial(_penalty_alone, weight=draw.normal(4).requires_grad_()),
        "inputs": draw.normal(2, 2),
        "tangent": draw.normal(2, 2),
    }


def _damped_wave(time: Tensor, speed: Tensor) -> Tensor:
    return time * torch.sin(speed * time)


@problem("f(t) = t sin(ω t), of one number")
def damped_wave(draw: Draw) -> dict[str, Any]:
    """Build a function of one number with no axis at all."""
    return {
        "func": partial(_damped_wave, speed=draw.uniform(1.0, 1.5)),
        "inputs": draw.uniform(0.2, 0.6),
        "tangent": draw.uniform(0.5, 1.5),
    }


def _high_up(x: Tensor, weight: Tensor) -> Tensor:
    return 1e6 + torch.sin(weight @ x).sum()


@problem("f(x) = 10⁶ + Σ sin(W x)")
def high_up(draw: Draw) -> dict[str, Any]:
    """Build a function whose values keep ten digits of what varies: too few for differences."""
    return {
        "func": partial(_high_up, weight=draw.uniform(0.5, 1.5, 2, 3)),
        "inputs": draw.uniform(-0.5, 0.5, 3),
        "tangent": draw.uniform(0.5, 1.5, 3),
    }


def _steep_slope(x: Tensor, slope: Tensor, weight: Tensor) -> Tensor:
    return 1e6 * (slope @ x) + torch.sin(weight @ x).sum()


@problem("f(x) = 10⁶ s·x + Σ sin(W x)")
def steep_slope(draw: Draw) -> dict[str, Any]:
    """Build a function whose gradient keeps ten digits of what varies: too few for differences."""
    data = {"slope": draw.uniform(0.5, 1.5, 3), "weight": draw.uniform(0.5, 1.5, 2, 3)}
    return {
        "func": partial(_steep_slope, **data),
        "inputs": draw.uniform(0.1, 0.5, 3),
        "tangent": draw.uniform(0.5, 1.5, 3),
    }


def _waves_at_rest(x: Tensor, weight: Tensor) -> Tensor:
    return (1 - torch.cos(weight @ x)).sum()


@problem("f(x) = Σ (1 - cos(W x)), at x = 0, where its gradient is zero")
def waves_at_rest(draw: Draw) -> dict[str, Any]:
    """Start at the bottom of a bowl: a gradient that is zero there, and a curvature that is not."""
    return {
        "func": partial(_waves_at_rest, weight=draw.uniform(0.5, 1.5, 4, 3)),
        "inputs": draw.tensor([0.0, 0.0, 0.0]),
        "tangent": draw.uniform(0.5, 1.5, 3),
    }


_CLASSIC = spec("bowl")
_SPECIAL = (
    spec("relu_net", core=False),
    spec("softplus_net", inputs=3, dtype="float32", core=False),
    spec("linear", core=False),
    spec("few_used", core=False),
    spec("constant_number", core=False),
    spec("penalty_alone", core=False),
    spec("damped_wave", core=False),
)

GRADIENT_PROBLEMS = (
    _CLASSIC,
    spec("softplus_net", inputs=4),
    spec("matrix_net"),
    spec("product_of_sums"),
    spec("high_up"),
    *_SPECIAL,
)
HESSIAN_PROBLEMS = (
    _CLASSIC,
    spec("bent_valley"),
    spec("sine_of_quadratic"),
    spec("softplus_net", inputs=4),
    spec("matrix_net"),
    spec("steep_slope"),
    spec("product_of_sums", core=False),
    *_SPECIAL,
    spec("linear_model", core=False),
    spec("constant_of_a_matrix", core=False),
    spec("waves_at_rest", core=False),
)
TRAINED = spec("trained_valley", core=False)
"""A call on a tensor that the caller is training."""
