"""Problems for `ggn_vp`: a model of its parameters, and a loss of what the model gives.

Every builder gives `model`, `loss`, `inputs` and `tangent` (shaped as `inputs`); data that was
drawn can be read from the two `partial`s by name. No builder holds a derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, softplus

from graders.sandbox.problem import Draw, problem, spec

Function = Callable[[Tensor], Tensor]
Values = dict[str, Any]
_FEATURES, _OUTPUTS = 8, 4


def _values(draw: Draw, model: Function, loss: Function, inputs: Tensor) -> Values:
    tangent = draw.normal(*inputs.shape)
    return {"model": model, "loss": loss, "inputs": inputs, "tangent": tangent}


def _network(parameters: Tensor, batch: Tensor, units: int, outputs: int) -> Tensor:
    features = batch.shape[1]
    used = [features * units, units, units * outputs]
    weight, bias, outer, rest = parameters.split([*used, parameters.numel() - sum(used)])
    hidden = torch.tanh(batch @ weight.view(features, units) + bias)
    return hidden @ outer.view(units, outputs) + rest.sum()


def _mean_cross_entropy(outputs: Tensor, labels: tuple[int, ...]) -> Tensor:
    return cross_entropy(outputs, torch.tensor(labels, device=outputs.device))


def _mean_square(outputs: Tensor, targets: Tensor) -> Tensor:
    return ((outputs - targets) ** 2).mean()


@problem("L(z) = the mean cross-entropy, z = a tanh network's 3 outputs for each of 6 examples")
def classifier(draw: Draw) -> Values:
    """Build a small classifier, whose loss couples the outputs of one example."""
    model = partial(_network, batch=draw.normal(6, 3), units=4, outputs=3)
    loss = partial(_mean_cross_entropy, labels=(0, 1, 2, 1, 0, 1))
    return _values(draw, model, loss, draw.normal(3 * 4 + 4 + 12))


@problem("L(z) = the mean squared error, z = a tanh network's 2 outputs for each of 5 examples")
def regression(draw: Draw) -> Values:
    """Build a small regression; its loss has a multiple of the identity for a Hessian."""
    model = partial(_network, batch=draw.normal(5, 3), units=3, outputs=2)
    loss = partial(_mean_square, targets=draw.normal(5, 2))
    return _values(draw, model, loss, draw.normal(9 + 3 + 6 + 1))


def _waves(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return torch.sin(left @ x.flatten(0, -2) @ right)


def _coupled_loss(outputs: Tensor, matrix: Tensor) -> Tensor:
    flat = outputs.reshape(-1)
    return torch.logsumexp(flat, 0) + 0.5 * flat @ (matrix @ flat) + torch.cos(flat).sum()


def _symmetric(draw: Draw, n: int) -> Tensor:
    half = draw.normal(n, n)
    return (half + half.T) / 2


@problem("L(z) with a full and indefinite Hessian, z = sin(A X B) of a 3 × 1 × 2 block X")
def coupled(draw: Draw) -> Values:
    """Build a loss that is not convex and couples all outputs, of a block."""
    model = partial(_waves, left=draw.normal(4, 3), right=draw.normal(2, 3))
    loss = partial(_coupled_loss, matrix=_symmetric(draw, 12))
    return _values(draw, model, loss, draw.normal(3, 1, 2))


def _steep_loss(outputs: Tensor, slopes: Tensor) -> Tensor:
    return 1e6 * (slopes * outputs).sum() + (1 + outputs**2).sqrt().sum()


@problem("L(z) = 10⁶ ⟨C, z⟩ + Σ √(1 + z²), z = sin(A X B) of a 3 × 2 matrix X")
def steep_loss(draw: Draw) -> Values:
    """Build a loss whose slope keeps ten digits of what varies: too few for differences."""
    model = partial(_waves, left=draw.normal(4, 3), right=draw.normal(2, 3))
    loss = partial(_steep_loss, slopes=draw.uniform(0.5, 1.5, 4, 3))
    return _values(draw, model, loss, draw.normal(3, 2))


def _waves_high_up(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return 1e6 + _waves(x, left, right)


@problem("L(z) = the mean squared error, z = 10⁶ + sin(A X B) of a 3 × 2 matrix X")
def high_outputs(draw: Draw) -> Values:
    """Build outputs that keep ten digits of what varies: too few for differences."""
    model = partial(_waves_high_up, left=draw.normal(4, 3), right=draw.normal(2, 3))
    loss = partial(_mean_square, targets=draw.normal(4, 3))
    return _values(draw, model, loss, draw.normal(3, 2))


def _linear_model(x: Tensor, matrix: Tensor) -> Tensor:
    return matrix @ x


@problem("L(z) with a full and indefinite Hessian, z = A x: a linear model")
def linear_model(draw: Draw) -> Values:
    """Build a linear model, of which the Gauss-Newton matrix is the Hessian."""
    model = partial(_linear_model, matrix=draw.normal(5, 4))
    loss = partial(_coupled_loss, matrix=_symmetric(draw, 5))
    return _values(draw, model, loss, draw.normal(4))


def _linear_loss(outputs: Tensor, slopes: Tensor) -> Tensor:
    return (slopes * outputs).sum()


@problem("L(z) = ⟨C, z⟩, a linear loss, z = sin(A X B) of a 3 × 2 matrix X")
def linear_loss(draw: Draw) -> Values:
    """Build a linear loss: the Gauss-Newton matrix is zero, and the Hessian is not."""
    model = partial(_waves, left=draw.normal(4, 3), right=draw.normal(2, 3))
    loss = partial(_linear_loss, slopes=draw.normal(4, 3))
    return _values(draw, model, loss, draw.normal(3, 2))


def _constant(x: Tensor, outputs: Tensor) -> Tensor:
    return outputs


def _soft(outputs: Tensor) -> Tensor:
    return softplus(outputs).sum()


@problem("L(z) = Σ softplus(z), z = three numbers: a model that ignores its 4 inputs")
def deaf_model(draw: Draw) -> Values:
    """Build a model that does not listen."""
    return _values(draw, partial(_constant, outputs=draw.normal(3)), _soft, draw.normal(4))


def _growth(x: Tensor) -> Tensor:
    return torch.exp(0.5 * x)


@problem("L(z) = softplus(z), z = exp(x/2), of one number x")
def one_number_model(draw: Draw) -> Values:
    """Build a model of a tensor without axes."""
    return _values(draw, _growth, _soft, draw.uniform(0.2, 1.0))


@problem("L(z) = the mean squared error, z = a tanh network with {n} parameters, on 32 examples")
def network_of_size(draw: Draw, n: int) -> Values:
    """Build a network with {n} parameters and 128 outputs."""
    units = n // (_FEATURES + _OUTPUTS + 2)
    model = partial(_network, batch=draw.normal(32, _FEATURES), units=units, outputs=_OUTPUTS)
    loss = partial(_mean_square, targets=draw.normal(32, _OUTPUTS))
    return _values(draw, model, loss, draw.normal(n) / n**0.5)


def _coupled_square(outputs: Tensor, targets: Tensor) -> Tensor:
    return _mean_square(outputs, targets) + outputs.sum(-1).square().mean() / outputs.shape[-1]


@problem("L(z) = the mean squared error and the mean of (Σ z)² / 128, z = the same network")
def coupled_network_of_size(draw: Draw, n: int) -> Values:
    """Couple the outputs, so that H_L is no multiple of I, of which a guess would do."""
    values = network_of_size(draw, n)
    return {**values, "loss": partial(_coupled_square, **values["loss"].keywords)}


# The rows of the classifier's H_L add up to zero, and who multiplies by them gets rounding alone.
GGN_PROBLEMS = (
    spec("regression"),
    spec("coupled"),
    spec("linear_model"),
    spec("steep_loss"),
    spec("high_outputs"),
    spec("classifier", core=False),
    spec("linear_loss", core=False),
    spec("deaf_model", core=False),
    spec("one_number_model", core=False),
    spec("classifier", dtype="float32", core=False),
)
"""Problems for `ggn_vp`, most telling first."""

GGN_SIZED = spec("network_of_size")
"""The network whose number of parameters can be chosen."""

GGN_LARGE = spec("coupled_network_of_size", n=12_000)
"""One of a size at which no matrix fits, and no multiple of Jᵀ J is right."""
