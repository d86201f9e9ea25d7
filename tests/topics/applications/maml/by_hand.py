"""Gradients of the losses of `maml` by hand, in numpy; Hessians by complex step on them.

A complex step is exact to rounding: f'(x) = Im f(x + ih)/h has no difference in it (Squire and
Trapp, Using complex variables to estimate derivatives of real functions, 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graders.hidden.applications.maml.problems import losses
from graders.sandbox.problem import Problem

Array = np.ndarray[Any, np.dtype[Any]]
OfParts = Callable[..., "tuple[Any, ...]"]


def _bowl(p: Array, *, matrix: Array, centre: Array) -> tuple[Any, ...]:
    return (matrix @ (p - centre),)


def _chain(p: Array, *, slopes: Array) -> tuple[Any, ...]:
    bend = slopes * (1 - np.tanh(p[:, :-1] * p[:, 1:]) ** 2)
    found = p**3
    found[:, :-1] += bend * p[:, 1:]
    found[:, 1:] += bend * p[:, :-1]
    return (found,)


def _steep(p: Array, *, slopes: Array, mix: Array, centre: Array) -> tuple[Any, ...]:
    u = 10 * (mix @ (p - centre))
    return (1e8 * slopes + mix.T @ (u / np.sqrt(1 + u**2)) / 10,)


def _line(weight: Array, bias: Array, *, x: Array, y: Array) -> tuple[Any, ...]:
    error = 2 / len(y) * (x @ weight + bias - y)
    return x.T @ error, error.sum()


def _small_network(
    weight: Array, bias: Array, outer: Array, shift: Array, *, x: Array, y: Array
) -> tuple[Any, ...]:
    hidden = np.tanh(x @ weight.T + bias)
    error = 2 / len(y) * (hidden @ outer + shift - y)
    inside = error[:, None] * outer * (1 - hidden**2)
    return inside.T @ x, inside.sum(0), hidden.T @ error, error.sum()


def _logistic(p: Array, q: Array, *, x: Array, z: Array, y: Array) -> tuple[Any, ...]:
    flat = z.reshape(len(y), -1)
    pull = -y / (1 + np.exp(y * (x @ p + flat @ q.reshape(-1)))) / len(y)
    return pull @ x, pull @ flat


def _first_and_last(p: Array, q: Array, r: Array, *, scale: float) -> tuple[Any, ...]:
    rise = (p + 2 * r) ** 3 / 12
    return rise + 2 * scale * p, 0 * q, 2 * rise


def _first_and_middle(p: Array, q: Array, r: Array, *, scale: float) -> tuple[Any, ...]:
    return 3 * scale * p**2, 2 * q, 0 * r


def _straight(p: Array, *, slopes: Array) -> tuple[Any, ...]:
    return (slopes + 0 * p,)


def _cubes(*parts: Array) -> tuple[Any, ...]:
    return tuple(3 * p**2 for p in parts)


def _fourth_powers(*parts: Array) -> tuple[Any, ...]:
    return tuple(4 * p**3 for p in parts)


def _constant(*parts: Array, number: Array) -> tuple[Any, ...]:
    return tuple(0 * p for p in parts)


def _wide_network(
    weight: Array, bias: Array, outer: Array, *, x: Array, y: Array
) -> tuple[Any, ...]:
    hidden = np.tanh(x @ weight + bias)
    error = 2 / len(y) * (hidden @ outer - y)
    inside = error[:, None] * outer * (1 - hidden**2)
    return x.T @ inside, inside.sum(0), hidden.T @ error


def _wide_logistic(weight: Array, bias: Array, *, x: Array, y: Array) -> tuple[Any, ...]:
    pull = -y / (1 + np.exp(y * (x @ weight + bias))) / len(y)
    return pull @ x, pull.sum()


_GRADIENTS: dict[str, OfParts] = {
    one.__name__.removeprefix("_"): one
    for one in (
        *(_bowl, _chain, _line, _small_network, _logistic, _first_and_last, _first_and_middle),
        *(_steep, _straight, _cubes, _fourth_powers, _constant, _wide_network, _wide_logistic),
    )
}


@dataclass(frozen=True)
class ByHand:
    """A loss of a flat vector by its hand-made gradient."""

    gradient: Callable[[Array], Array]

    def hessian(self, at: Array) -> Array:
        """Differentiate the gradient along each axis."""
        h = 1e-30
        axes = np.eye(len(at))
        return np.stack([self.gradient(at + 1j * h * axis).imag / h for axis in axes], 1)


def by_hand(problem: Problem, which: str) -> ByHand:
    """Give the inner or the outer loss of a problem; KeyError where there is no closed form."""
    loss = problem.values[which]
    function, data = (loss.func, loss.keywords) if isinstance(loss, partial) else (loss, {})
    assert getattr(losses, function.__name__) is function
    known = {name: _wide(item) for name, item in data.items()}
    shapes = [tuple(p.shape) for p in problem.values["parameters"]]
    form = _GRADIENTS[function.__name__]

    def gradient(at: Array) -> Array:
        parts = form(*_parts(at, shapes), **known)
        return np.concatenate([np.reshape(part, -1) for part in parts])

    return ByHand(gradient)


def start(problem: Problem) -> Array:
    """Give the point that a problem starts from, in one row."""
    return row(problem.values["parameters"])


def row(tensors: Sequence[Tensor]) -> Array:
    """Lay tensors in one row of float64."""
    return np.concatenate([_wide(one).reshape(-1) for one in tensors])


def cut(at: Array, problem: Problem) -> tuple[Tensor, ...]:
    """Cut a row into tensors of the shapes and dtypes of a problem's parameters."""
    own: Sequence[Tensor] = problem.values["parameters"]
    pieces = _parts(at, [tuple(p.shape) for p in own])
    return tuple(
        torch.from_numpy(np.array(piece)).to(one.dtype)
        for piece, one in zip(pieces, own, strict=True)
    )


def _parts(at: Array, shapes: list[tuple[int, ...]]) -> list[Array]:
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    pieces = np.split(at, ends[:-1])
    return [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]


def _wide(item: Any) -> Any:
    return item.detach().double().numpy() if isinstance(item, Tensor) else item
