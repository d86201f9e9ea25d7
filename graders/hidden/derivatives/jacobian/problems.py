"""Problems for first derivatives: functions with several outputs, their point and two directions.

Every builder gives `func`, `inputs`, `tangent` (shaped as `inputs`) and `cotangent` (shaped as
`func(inputs)`). A function is a `functools.partial` over its data, so that whoever checks a
reference against a closed form can read the same data by name; no builder holds a derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.derivatives.lent import lent
from graders.sandbox.problem import Draw, problem, spec


def _squares_and_cubes(point: Tensor) -> Tensor:
    return torch.stack((point[0] ** 2, point[1] ** 3))


@problem("f(x, y) = (x², y³)")
def squares_and_cubes(draw: Draw) -> dict[str, Any]:
    """Build the example that opens the course, at (2, 2)."""
    return {
        "func": _squares_and_cubes,
        "inputs": draw.tensor([2.0, 2.0]),
        "tangent": draw.tensor([1.0, -2.0]),
        "cotangent": draw.tensor([3.0, 0.5]),
    }


def _tanh_layer(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.tanh(weight @ x + bias)


@problem("f(x) = tanh(W x + b)")
def tanh_layer(draw: Draw, inputs: int, outputs: int) -> dict[str, Any]:
    """Build one layer of a network, `inputs` numbers to `outputs` numbers."""
    weight, bias = 0.6 * draw.normal(outputs, inputs), 0.3 * draw.normal(outputs)
    return {
        "func": partial(_tanh_layer, weight=weight, bias=bias),
        "inputs": draw.uniform(-1.0, 1.0, inputs),
        "tangent": draw.normal(inputs),
        "cotangent": draw.normal(outputs),
    }


def _matrix_to_matrix(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return torch.tanh(left @ x @ right)


@problem("f(X) = tanh(A X B), a matrix from a matrix")
def matrix_to_matrix(draw: Draw) -> dict[str, Any]:
    """Build a map from 2 × 3 to 4 × 2 matrices."""
    left, right = 0.6 * draw.normal(4, 2), 0.6 * draw.normal(3, 2)
    return {
        "func": partial(_matrix_to_matrix, left=left, right=right),
        "inputs": draw.uniform(-1.0, 1.0, 2, 3),
        "tangent": draw.normal(2, 3),
        "cotangent": draw.normal(4, 2),
    }


def _vector_to_matrix(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return torch.sin(scale[:, None] * x + shift)


@problem("f(x)ᵢⱼ = sin(aᵢ xⱼ + Cᵢⱼ), a matrix from a vector")
def vector_to_matrix(draw: Draw) -> dict[str, Any]:
    """Build a map from 3 numbers to a 2 × 3 matrix."""
    scale, shift = draw.normal(2), draw.normal(2, 3)
    return {
        "func": partial(_vector_to_matrix, scale=scale, shift=shift),
        "inputs": draw.normal(3),
        "tangent": draw.normal(3),
        "cotangent": draw.normal(2, 3),
    }


def _tensor_to_vector(x: Tensor, weight: Tensor) -> Tensor:
    return (weight * torch.sin(x)).sum(dim=(1, 2, 3))


@problem("f(X)ₘ = Σᵢⱼₖ Tₘᵢⱼₖ sin(Xᵢⱼₖ), a vector from a tensor with three axes")
def tensor_to_vector(draw: Draw) -> dict[str, Any]:
    """Build a map from a 2 × 3 × 2 tensor to 4 numbers."""
    return {
        "func": partial(_tensor_to_vector, weight=draw.normal(4, 2, 3, 2)),
        "inputs": draw.normal(2, 3, 2),
        "tangent": draw.normal(2, 3, 2),
        "cotangent": draw.normal(4),
    }


def _vector_to_number(x: Tensor, weight: Tensor, mix: Tensor) -> Tensor:
    return weight @ softplus(mix @ x)


@problem("f(x) = w · softplus(A x), one number from a vector")
def vector_to_number(draw: Draw) -> dict[str, Any]:
    """Build a map from 4 numbers to one number with no axis at all."""
    return {
        "func": partial(_vector_to_number, weight=draw.normal(3), mix=draw.normal(3, 4)),
        "inputs": draw.uniform(-1.0, 1.0, 4),
        "tangent": draw.normal(4),
        "cotangent": draw.uniform(0.5, 1.5),
    }


def _wave(time: Tensor, height: Tensor, speed: Tensor, phase: Tensor) -> Tensor:
    return height * torch.sin(speed * time + phase)


@problem("f(t) = a ⊙ sin(ω t + φ), a vector from one number")
def wave(draw: Draw) -> dict[str, Any]:
    """Build a curve in three dimensions over an input with no axis at all."""
    height, speed = draw.uniform(0.5, 1.5, 3), draw.uniform(0.5, 1.5, 3)
    return {
        "func": partial(_wave, height=height, speed=speed, phase=draw.normal(3)),
        "inputs": draw.normal(),
        "tangent": draw.uniform(0.5, 1.5),
        "cotangent": draw.normal(3),
    }


def _cube(x: Tensor) -> Tensor:
    return x**3


@problem("f(x) = x³, one number from one number")
def cube(draw: Draw) -> dict[str, Any]:
    """Build a function whose input and output have no axis at all."""
    return {
        "func": _cube,
        "inputs": draw.uniform(0.5, 1.5),
        "tangent": draw.uniform(0.5, 1.5),
        "cotangent": draw.uniform(0.5, 1.5),
    }


def _affine_column(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return weight @ x + bias


@problem("f(x) = A x + b, where x is a column of shape (4, 1) and b one of shape (3, 1)")
def affine_column(draw: Draw) -> dict[str, Any]:
    """Build a function whose Jacobian is the same everywhere, a column of 4 to a column of 3."""
    return {
        "func": partial(_affine_column, weight=draw.normal(3, 4), bias=draw.normal(3, 1)),
        "inputs": draw.normal(4, 1),
        "tangent": draw.tensor([[1.0], [0.0], [-1.0], [2.0]]),
        "cotangent": draw.tensor([[1.0], [0.0], [-1.0]]),
    }


def _column_squares(x: Tensor) -> Tensor:
    return (x**2).sum(dim=0)


@problem("f(X)ⱼ = Σᵢ Xᵢⱼ², where X requires grad and has something in its .grad")
def column_squares(draw: Draw) -> dict[str, Any]:
    """Build a map from a 2 × 3 matrix, which the caller is training, to 3 numbers."""
    return {
        "func": _column_squares,
        "inputs": lent(draw.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), draw.normal(2, 3)),
        "tangent": draw.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]),
        "cotangent": draw.tensor([1.0, 0.0, -1.0]),
    }


def _partly_used(x: Tensor) -> Tensor:
    return torch.stack((torch.sin(x[0] * x[2]), x[2] ** 2, torch.ones_like(x[0])))


@problem("f(x₀, x₁, x₂, x₃) = (sin(x₀ x₂), x₂², 1), which uses neither x₁ nor x₃")
def partly_used(draw: Draw) -> dict[str, Any]:
    """Build a function with two inputs and one output that take no part."""
    return {
        "func": _partly_used,
        "inputs": draw.uniform(0.5, 1.5, 4),
        "tangent": draw.normal(4),
        "cotangent": draw.normal(3),
    }


def _constant_vector(x: Tensor, value: Tensor) -> Tensor:
    return value.clone()


@problem("f(x) = c, the same vector whatever x is")
def constant_vector(draw: Draw) -> dict[str, Any]:
    """Build a function of a 2 × 2 matrix whose output has no graph."""
    return {
        "func": partial(_constant_vector, value=draw.normal(3)),
        "inputs": draw.normal(2, 2),
        "tangent": draw.normal(2, 2),
        "cotangent": draw.normal(3),
    }


def _weights_alone(x: Tensor, weight: Tensor) -> Tensor:
    return torch.tanh(weight)


@problem("f(x) = tanh(w), which has trainable weights w but does not use x")
def weights_alone(draw: Draw) -> dict[str, Any]:
    """Build a function whose output has a graph in which the inputs do not occur.

    It has another number of inputs than of outputs, so that zeros of the wrong shape show.
    """
    return {
        "func": partial(_weights_alone, weight=draw.normal(2).requires_grad_()),
        "inputs": draw.normal(3),
        "tangent": draw.normal(3),
        "cotangent": draw.normal(2),
    }


def _of_weights(draw: Draw, func: Callable[..., Tensor]) -> dict[str, Any]:
    """Build a map from 3 numbers to 2 by a positive matrix W."""
    return {
        "func": partial(func, weight=draw.uniform(0.5, 1.5, 2, 3)),
        "inputs": draw.uniform(-0.5, 0.5, 3),
        "tangent": draw.uniform(0.5, 1.5, 3),
        "cotangent": draw.uniform(0.5, 1.5, 2),
    }


def _high_up(x: Tensor, weight: Tensor) -> Tensor:
    return 1e6 + torch.sin(weight @ x)


@problem("f(x) = 10⁶ + sin(W x)")
def high_up(draw: Draw) -> dict[str, Any]:
    """Build a function whose values keep ten digits of what varies: too few for differences."""
    return _of_weights(draw, _high_up)


def _faint(x: Tensor, weight: Tensor) -> Tensor:
    return 1e-12 * torch.sin(weight @ x)


@problem("f(x) = 10⁻¹² sin(W x), whose slopes are small and not zero")
def faint(draw: Draw) -> dict[str, Any]:
    """Build a function whose slopes whoever rounds to zero loses."""
    return _of_weights(draw, _faint)


_CLASSIC = spec("squares_and_cubes")
# Only a square Jacobian lets a product from the wrong side through without an error.
_SQUARE = spec("tanh_layer", inputs=3, outputs=3)
_WIDE = spec("tanh_layer", inputs=4, outputs=2)
_HIGH_UP = spec("high_up")
_SPECIAL = (
    spec("tanh_layer", inputs=3, outputs=2, dtype="float32", core=False),
    spec("affine_column", dtype="float32", core=False),
    spec("partly_used", core=False),
    spec("constant_vector", core=False),
    spec("weights_alone", core=False),
    spec("wave", core=False),
    spec("cube", core=False),
    spec("faint", core=False),
)

VJP_PROBLEMS = (
    _CLASSIC,
    _SQUARE,
    _WIDE,
    spec("matrix_to_matrix"),
    spec("vector_to_number"),
    _HIGH_UP,
    *_SPECIAL,
)
JACOBIAN_PROBLEMS = (
    _CLASSIC,
    _WIDE,
    _SQUARE,
    spec("vector_to_matrix"),
    spec("matrix_to_matrix"),
    _HIGH_UP,
    spec("vector_to_number", core=False),
    spec("tanh_layer", inputs=3, outputs=1, core=False),
    *_SPECIAL,
)
JVP_PROBLEMS = (
    _CLASSIC,
    _SQUARE,
    _WIDE,
    spec("tensor_to_vector"),
    spec("matrix_to_matrix"),
    _HIGH_UP,
    *_SPECIAL,
)

TRAINED = spec("column_squares", core=False)
"""A call on a tensor that the caller is training."""
