"""Losses of a sequence of parameters, plain functions over their data.

A problem hands them over as a `functools.partial`, so that whoever knows the closed form can read
the same data by name. None of them holds a derivative.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import softplus

Parameters = Sequence[Tensor]


def bowl(parameters: Parameters, matrix: Tensor, centre: Tensor) -> Tensor:
    """½ (p − c)ᵀ A (p − c)."""
    (p,) = parameters
    away = p - centre
    return 0.5 * away @ matrix @ away


def chain(parameters: Parameters, slopes: Tensor) -> Tensor:
    """Σ sᵢⱼ tanh(pᵢⱼ pᵢⱼ₊₁) + ¼ Σ p⁴: the curvature changes on the way."""
    (p,) = parameters
    return (slopes * torch.tanh(p[:, :-1] * p[:, 1:])).sum() + 0.25 * (p**4).sum()


def steep(parameters: Parameters, slopes: Tensor, mix: Tensor, centre: Tensor) -> Tensor:
    """10⁸ ⟨s, p⟩ + Σ √(1 + u²)/100 with u = 10 M (p − c)."""
    (p,) = parameters
    u = 10 * (mix @ (p - centre))
    return 1e8 * (slopes @ p) + ((1 + u**2).sqrt() / 100).sum()


def mean_square(outputs: Tensor, y: Tensor) -> Tensor:
    """Give the mean of (z − y)²; `mse_loss` fails forward over reverse (pytorch issue 123996)."""
    return ((outputs - y) ** 2).mean()


def line(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    """Give the mean squared error of w · x + b."""
    weight, bias = parameters
    return mean_square(x @ weight + bias, y)


def small_network(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    """Give the mean squared error of v · tanh(W x + b) + c."""
    weight, bias, outer, shift = parameters
    return mean_square(torch.tanh(x @ weight.T + bias) @ outer + shift, y)


def logistic(parameters: Parameters, x: Tensor, z: Tensor, y: Tensor) -> Tensor:
    """Give the mean of log(1 + exp(−y s)) with s = x · p + ⟨Z, Q⟩."""
    first, second = parameters
    score = (x @ first + (z * second).sum((1, 2))) * y
    return softplus(-score).mean()


def first_and_last(parameters: Parameters, scale: float) -> Tensor:
    """Σ (p + 2 r)⁴/48 + s Σ p², which leaves q out."""
    first, _, last = parameters
    return ((first + 2 * last) ** 4 / 48 + scale * first**2).sum()


def first_and_middle(parameters: Parameters, scale: float) -> Tensor:
    """S Σ p³ + Σ q², which leaves r out."""
    first, middle, _ = parameters
    return scale * (first**3).sum() + (middle**2).sum()


def straight(parameters: Parameters, slopes: Tensor) -> Tensor:
    """⟨a, p⟩."""
    (p,) = parameters
    return (slopes * p).sum()


def cubes(parameters: Parameters) -> Tensor:
    """Σ p³ over all parameters."""
    return torch.stack([(p**3).sum() for p in parameters]).sum()


def fourth_powers(parameters: Parameters) -> Tensor:
    """Σ p⁴ over all parameters."""
    return torch.stack([(p**4).sum() for p in parameters]).sum()


def constant(parameters: Parameters, number: Tensor) -> Tensor:
    """Give a number that no parameter has a part in."""
    return number**2


def wide_network(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    """Give the mean squared error of v · tanh(x W + b)."""
    weight, bias, outer = parameters
    return mean_square(torch.tanh(x @ weight + bias) @ outer, y)


def wide_logistic(parameters: Parameters, x: Tensor, y: Tensor) -> Tensor:
    """Give the mean of log(1 + exp(−y (x · w + b)))."""
    weight, bias = parameters
    return softplus(-y * (x @ weight + bias)).mean()
