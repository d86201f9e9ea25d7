"""Problems for `influence_on_loss`: a loss for each example, parameters, and two sets of examples.

Every builder gives `loss`, `parameters` (a tuple; in some problems they are marked, as a model's
are), `train`, `test` and `damping`. No builder holds a derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, softplus

from graders.sandbox.problem import Draw, problem, spec

Examples = tuple[Tensor, Tensor]
Parameters = Sequence[Tensor]
Values = dict[str, Any]
STEEP = 3e5


def _values(
    loss: Callable[..., Tensor],
    parameters: Parameters,
    train: Examples,
    test: Examples,
    damping: float | None,
    marked: bool = False,
) -> Values:
    leaves = tuple(parameter.requires_grad_(marked) for parameter in parameters)
    values = {"loss": loss, "parameters": leaves, "train": train, "test": test}
    return values if damping is None else {**values, "damping": damping}


def _squares(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, bias = parameters
    return 0.5 * (x @ weight + bias - y) ** 2


@problem("Lᵢ = ½ (w · xᵢ + b - yᵢ)² with w of length 3 and b ()")
def least_squares(draw: Draw) -> Values:
    """Build a linear regression at a point that is not its minimum.

    Its largest eigenvalue is above 3, so that a series which is not scaled runs away at once.
    """
    train, test = (2 * draw.normal(9, 3), draw.normal(9)), (2 * draw.normal(4, 3), draw.normal(4))
    return _values(_squares, [draw.normal(3), draw.normal()], train, test, 0.1)


def _logistic(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, bias = parameters
    score = x @ weight + bias
    return softplus(score) - y * score


def _coins(draw: Draw, count: int) -> Tensor:
    return (draw.uniform(0, 1, count) < 0.5).to(draw.dtype)


@problem("Lᵢ = softplus(sᵢ) - yᵢ sᵢ, logistic regression with sᵢ = w · xᵢ + b, w a vector and b ()")
def logistic(draw: Draw, features: int = 2, m: int = 9, default: bool = False) -> Values:
    """Build a logistic regression; `default` leaves the damping to the signature."""
    train, test = (
        (draw.normal(m, features), _coins(draw, m)),
        (draw.normal(3, features), _coins(draw, 3)),
    )
    own = [draw.normal(features) / features**0.5, 0.5 * draw.normal()]
    return _values(_logistic, own, train, test, None if default else 0.05, marked=True)


def _softmax(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, bias = parameters
    return cross_entropy(x.flatten(1) @ weight.T + bias, y, reduction="none")


@problem("Lᵢ = cross-entropy of W xᵢ + b with 2 classes, W of shape (2, 2), b (2,), xᵢ (1, 2)")
def softmax_regression(draw: Draw) -> Values:
    """Build a classifier whose Hessian is singular: all scores may move together."""
    train = (draw.normal(11, 1, 2), draw.uniform(0, 2, 11).long())
    test = (draw.normal(2, 1, 2), draw.uniform(0, 2, 2).long())
    return _values(_softmax, [draw.normal(2, 2), draw.normal(2)], train, test, 0.02)


def _network(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, bias, outer = parameters
    return 0.5 * (torch.tanh(x @ weight.T + bias) @ outer - y) ** 2


@problem("Lᵢ = ½ (v · tanh(W xᵢ + b) - yᵢ)² with W of shape (2, 2), b (2,), v (2,)")
def small_network(draw: Draw) -> Values:
    """Build a network, of which the Gauss-Newton matrix is not the Hessian."""
    own = [draw.normal(2, 2), draw.normal(2), draw.normal(2)]

    def examples(count: int) -> Examples:
        x = draw.normal(count, 2)
        made = torch.tanh(x @ own[0].T + own[1]) @ own[2]
        return x, made + draw.uniform(-0.8, 0.8, count)

    return _values(_network, own, examples(12), examples(5), 0.9)


def _steep(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    (theta,) = parameters
    fast = softplus(STEEP * (x @ theta - y[:, 0])) / STEEP**2
    return fast + 0.5 * ((x + 1) @ theta) ** 2 + y[:, 1] * theta.sum()


@problem(
    "Lᵢ = softplus(k (xᵢ · p - yᵢ)) / k² + ½ ((xᵢ + 1) · p)² + zᵢ Σ p with k = 3·10⁵, zᵢ ≈ 10⁴"
)
def steep_and_slow(draw: Draw) -> Values:
    """Build curvature of size 1 on two scales: no step of a difference quotient suits both."""
    theta = draw.normal(3)

    def examples(count: int) -> Examples:
        x, slopes = draw.normal(count, 3), 1e4 * draw.normal(count)
        return x, torch.stack((x @ theta - draw.normal(count) / STEEP, slopes), 1)

    return _values(_steep, [theta], examples(8), examples(3), 0.2)


def _skips_one(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, _unused, bias = parameters
    return _logistic((weight, bias), x, y)


@problem("logistic regression with w of length 3 and b (); a parameter between them is not used")
def unused_between(draw: Draw) -> Values:
    """Build a loss that does not use its second parameter."""
    train, test = (draw.normal(8, 3), _coins(draw, 8)), (draw.normal(3, 3), _coins(draw, 3))
    own = [0.5 * draw.normal(3), draw.normal(2, 2), 0.5 * draw.normal()]
    return _values(_skips_one, own, train, test, 0.1, marked=True)


def _straight(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    (weight,) = parameters
    return y * (x @ weight)


@problem("Lᵢ = yᵢ w · xᵢ, linear in w of length 3, so that H = 0")
def linear_losses(draw: Draw) -> Values:
    """Build losses that do not bend."""
    train, test = (draw.normal(7, 3), draw.normal(7)), (draw.normal(2, 3), draw.normal(2))
    return _values(_straight, [draw.normal(3)], train, test, 0.5)


@problem("Lᵢ = ½ (w · xᵢ + b - yᵢ)², one example to train on and one to test on")
def one_example(draw: Draw) -> Values:
    """Build a regression on one example; another one is much like it."""
    own, x = [draw.normal(3), draw.normal()], draw.normal(1, 3)
    at = x @ own[0] + own[1]
    train, test = (x, at + 1), (x + draw.uniform(-0.2, 0.2, 1, 3), at - 1)
    return _values(_squares, own, train, test, 0.3)


def _bilinear(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    weight, bias = parameters
    score = ((x[:, 0] @ weight) * x[:, 1]).sum(1) + bias
    return softplus(score) - y * score


@problem("logistic regression with sᵢ = aᵢᵀ W bᵢ + c, W square and zero, on 48 examples")
def square_logistic(draw: Draw, n: int) -> Values:
    """Build a loss of a square matrix and a number, n in all or a few less.

    The examples are small beside W, and their gradients large. No two of them share a weight, so
    that the Hessian has four different eigenvalues, whatever n is.
    """
    side, count = math.isqrt(n - 1), 48
    place = torch.arange(count, device=draw.device)
    units = torch.eye(side, dtype=draw.dtype, device=draw.device)
    signs = 8 * draw.normal(count, 1).sign()
    train = torch.stack((signs * units[place % side], units[place // side]), 1)
    test = 3 * draw.normal(8, 2, side) / side**0.5
    own = [0 * draw.normal(side, side), 0.1 * draw.normal()]
    sets = (train, _coins(draw, count)), (test, _coins(draw, 8))
    return _values(_bilinear, own, *sets, damping=3.0)


INFLUENCE_PROBLEMS = (
    spec("least_squares"),
    spec("small_network"),
    spec("logistic", features=14, m=30),
    spec("steep_and_slow"),
    spec("logistic", default=True, core=False),
    spec("softmax_regression", core=False),
    spec("unused_between", core=False),
    spec("linear_losses", core=False),
    spec("one_example", core=False),
    spec("logistic", dtype="float32", core=False),
)
"""Losses for `influence_on_loss`, most telling first."""
