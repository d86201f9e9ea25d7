"""Problems for `parameter_hvp`: a loss whose graph is alive, its parameters, a direction.

Every builder gives `loss`, `parameters` (a list of leaves), `tangent` (a tuple of the same shapes)
and `data`, the drawn numbers by name, for closed forms. No builder holds a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.derivatives.lent import lent
from graders.sandbox.problem import Draw, driver, problem, spec

Values = dict[str, Any]
_FEATURES = 8


def _values(
    draw: Draw,
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    data: dict[str, Tensor] | None = None,
    tangent: tuple[Tensor, ...] | None = None,
) -> Values:
    leaves = [parameter.requires_grad_() for parameter in parameters]
    return {
        "loss": loss(*leaves, **(data or {})),
        "parameters": leaves,
        "tangent": tangent or tuple(draw.normal(*leaf.shape) for leaf in leaves),
        "data": data or {},
    }


def _two_layers(
    weight: Tensor, bias: Tensor, outer: Tensor, scale: Tensor, *, batch: Tensor, targets: Tensor
) -> Tensor:
    output = scale * (torch.tanh(batch @ weight.T + bias) @ outer.T).squeeze(1)
    return ((output - targets) ** 2).mean()


@problem("loss = mean (s · V tanh(W x + b) - y)² with W of shape (3, 2), b (3,), V (1, 3) and s ()")
def two_layers(draw: Draw) -> Values:
    """Build a network whose four parameters have four shapes."""
    data = {"batch": draw.normal(5, 2), "targets": draw.normal(5)}
    shapes = ((3, 2), (3,), (1, 3), ())
    return _values(draw, _two_layers, [draw.normal(*shape) for shape in shapes], data)


def _three_factors(left: Tensor, middle: Tensor, right: Tensor) -> Tensor:
    return left @ middle @ right


@problem("loss = aᵀ M b with a of length 2, M of shape (2, 3) and b of length 3")
def three_factors(draw: Draw) -> Values:
    """Build a loss that is linear in each parameter, so that only cross terms are left."""
    return _values(draw, _three_factors, [draw.normal(2), draw.normal(2, 3), draw.normal(3)])


def _gaussian(mean: Tensor, log_scale: Tensor, *, samples: Tensor) -> Tensor:
    squares = (samples - mean) ** 2
    return 0.5 * (torch.exp(-2 * log_scale) * squares).sum() + samples.numel() * log_scale


@problem("loss = -log likelihood of samples x: Σ ½ (x - m)² e⁻²ˢ + s, with m of length 3 and s ()")
def gaussian(draw: Draw) -> Values:
    """Build the likelihood of 4 samples of 3 numbers that share one log scale."""
    parameters = [draw.normal(3), draw.uniform(-0.3, 0.3)]
    return _values(draw, _gaussian, parameters, {"samples": draw.normal(4, 3)})


def _sine_of_both(first: Tensor, second: Tensor, *, on_first: Tensor, on_second: Tensor) -> Tensor:
    phase = (on_first * first).sum() + (on_second * second).sum()
    return torch.sin(phase) + softplus(first).sum()


@problem("loss = sin(⟨A, P⟩ + ⟨B, Q⟩) + Σ softplus(P) with P of shape (2, 2, 2) and Q (3,)")
def sine_of_both(draw: Draw) -> Values:
    """Build a loss that couples a block with a vector."""
    parameters = [draw.uniform(0.1, 0.3, 2, 2, 2), draw.uniform(0.1, 0.3, 3)]
    data = {"on_first": draw.uniform(0.2, 0.8, 2, 2, 2), "on_second": draw.uniform(0.2, 0.8, 3)}
    return _values(draw, _sine_of_both, parameters, data)


def _one_unused(first: Tensor, unused: Tensor, last: Tensor) -> Tensor:
    return torch.tanh(first * last).sum()


@problem("loss = Σ tanh(p q) with p and q of length 3; a parameter between them is not used")
def one_unused(draw: Draw) -> Values:
    """Build a loss that ignores the second of three parameters."""
    return _values(draw, _one_unused, [draw.normal(3), draw.normal(2, 2), draw.normal(3)])


def _one_linear(curved: Tensor, straight: Tensor, *, slopes: Tensor) -> Tensor:
    return torch.sin(curved).sum() ** 2 + (slopes * straight).sum()


@problem("loss = (Σ sin p)² + ⟨A, Q⟩, linear in Q, with p of length 4 and Q of shape (2, 3)")
def one_linear(draw: Draw) -> Values:
    """Build a loss that is linear in its second parameter."""
    parameters = [draw.uniform(0.3, 1.2, 4), draw.normal(2, 3)]
    return _values(draw, _one_linear, parameters, {"slopes": draw.normal(2, 3)})


def _both_linear(first: Tensor, second: Tensor, *, slopes: Tensor) -> Tensor:
    return (slopes * first).sum() + 3.0 * second


@problem("loss = ⟨a, p⟩ + 3 s, linear in p of length 3 and in s ()")
def both_linear(draw: Draw) -> Values:
    """Build a loss without curvature."""
    return _values(draw, _both_linear, [draw.normal(3), draw.normal()], {"slopes": draw.normal(3)})


def _two_numbers(first: Tensor, second: Tensor) -> Tensor:
    return softplus(first * second) + first**2 * second


@problem("loss = softplus(p q) + p² q with two numbers p and q")
def two_numbers(draw: Draw) -> Values:
    """Build a loss of two parameters without dimensions."""
    return _values(draw, _two_numbers, [draw.uniform(0.5, 1.5), draw.uniform(0.5, 1.5)])


@problem("loss = 7, a number without a graph, with parameters of the shapes (), () and (2,)")
def constant_loss(draw: Draw) -> Values:
    """Build a loss that was computed from no parameter."""
    parameters = [draw.normal(), draw.normal(), draw.normal(2)]
    return _values(draw, lambda *_: draw.tensor(7.0), parameters)


def _linear_layer(weight: Tensor, bias: Tensor, *, example: Tensor) -> Tensor:
    return ((weight @ example + bias - 1.0) ** 2).sum() / 2


@problem(
    "loss = ½ (w · x + b - 1)² with w of shape (1, 2) and b (1,), each with something in its .grad"
)
def linear_layer(draw: Draw) -> Values:
    """Build the loss of a layer as a training loop holds it after its first steps."""
    shapes = ((1, 2), (1,))
    layer = [torch.nn.Parameter(draw.normal(*shape)) for shape in shapes]
    values = _values(draw, _linear_layer, layer, {"example": draw.normal(2)})
    for parameter in layer:
        lent(parameter, draw.normal(*parameter.shape))
    return {**values, "parameters": tuple(layer)}


def _coupled_parameter(x: Tensor) -> Tensor:
    return (x**4).sum() / 12 + x.sum() ** 2 / 2


@problem("loss = Σᵢ xᵢ⁴/12 + (Σᵢ xᵢ)²/2 with one parameter x of length {n}")
def coupled_parameter(draw: Draw, n: int) -> Values:
    """Build the loss that the notebook counts with: its gradient costs little."""
    return _values(draw, _coupled_parameter, [draw.uniform(-1.0, 1.0, n)])


def _parameter_mlp(
    weight: Tensor,
    bias: Tensor,
    outer: Tensor,
    skip: Tensor | None = None,
    *,
    batch: Tensor,
    targets: Tensor,
) -> Tensor:
    output = torch.tanh(batch @ weight + bias) @ outer
    if skip is not None:
        with_constant = torch.cat((torch.ones_like(batch[:, :1]), batch), dim=1)
        output = output + with_constant[:, : skip.numel()] @ skip
    return ((output - targets) ** 2).mean()


@problem("loss = the mean squared error of a tanh network with {n} parameters, on 32 examples")
def parameter_mlp(draw: Draw, n: int) -> Values:
    """Build a network of one hidden layer with n parameters in three or four tensors."""
    units, left_over = divmod(n, _FEATURES + 2)
    shapes: list[tuple[int, ...]] = [(_FEATURES, units), (units,), (units,)]
    if left_over:
        shapes.append((left_over,))
    data = {"batch": draw.normal(32, _FEATURES), "targets": draw.normal(32)}
    return _values(draw, _parameter_mlp, [draw.normal(*shape) / n**0.5 for shape in shapes], data)


def _large_parameter_network(
    weight: Tensor, bias: Tensor, *, batch: Tensor, outer: Tensor
) -> Tensor:
    return ((torch.tanh(batch @ weight + bias) @ outer) ** 2).mean()


@problem("loss = mean (c · tanh(W x + b))² with a matrix W and a vector b")
def large_parameter_network(draw: Draw, side: int = 1000) -> Values:
    """Build a layer with side² parameters in two tensors, 10⁶ unless told."""
    data = {"batch": draw.normal(4, side - 1), "outer": draw.normal(side) / side**0.5}
    parameters = [draw.ripples(side - 1, side).div_(side**0.5), draw.normal(side)]
    tangent = (draw.ripples(side - 1, side), draw.normal(side))
    return _values(draw, _large_parameter_network, parameters, data, tangent)


@driver
def again(
    function: Callable[..., Any], loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> Any:
    """Ask for a product, then for a gradient of the same loss, then for another product."""
    function(loss, parameters, v)
    torch.autograd.grad(loss, list(parameters), retain_graph=True, allow_unused=True)
    return function(loss, parameters, tuple(-2.0 * part for part in v))


PARAMETER_HVP_PROBLEMS = (
    spec("two_layers"),
    spec("three_factors"),
    spec("gaussian"),
    spec("sine_of_both"),
    spec("parameter_mlp", n=47),
    spec("one_unused", core=False),
    spec("one_linear", core=False),
    spec("both_linear", core=False),
    spec("two_numbers", core=False),
    spec("two_layers", dtype="float32", core=False),
    spec("constant_loss", core=False),
)
"""Problems for `parameter_hvp`, most telling first."""

PARAMETER_HVP_TRAINED = spec("linear_layer", core=False)
"""A call on parameters that the caller is training."""

PARAMETER_HVP_CHEAP = spec("coupled_parameter")
"""A loss whose gradient costs so little that every vector too many shows beside it."""

PARAMETER_HVP_SIZED = (spec("parameter_mlp"),)
"""Problems whose builder takes the number of parameters `n`."""

PARAMETER_HVP_LARGE = spec("large_parameter_network", dtype="float32", core=False)
"""The problem of 10⁶ parameters."""
