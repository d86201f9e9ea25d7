"""Hessian-vector products of the losses for `parameter_hvp`, by formula, in float64.

Each derives the gradient once along the direction v, which is how Pearlmutter (1994), "Fast exact
multiplication by the Hessian", does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from graders.sandbox.problem import Problem

Tensors = tuple[Tensor, ...]


def _parts(problem: Problem) -> tuple[Tensors, Tensors, dict[str, Tensor]]:
    parameters = tuple(_wide(parameter) for parameter in problem.values["parameters"])
    direction = tuple(_wide(tangent) for tangent in problem.values["tangent"])
    return parameters, direction, {k: _wide(v) for k, v in problem.values["data"].items()}


def _wide(numbers: Tensor) -> Tensor:
    return numbers.detach().to(torch.float64)


def _two_layers(problem: Problem) -> Tensors:
    (weight, bias, outer, scale), (v_weight, v_bias, v_outer, v_scale), data = _parts(problem)
    batch, targets = data["batch"], data["targets"]
    outer, v_outer = outer[0], v_outer[0]
    hidden = torch.tanh(batch @ weight.T + bias)
    slope = 1 - hidden**2
    raw = hidden @ outer
    error = 2 / len(targets) * (scale * raw - targets)
    # What follows v_… is the derivative of the value named so, along the direction.
    v_hidden = slope * (batch @ v_weight.T + v_bias)
    v_slope = -2 * hidden * v_hidden
    v_raw = v_hidden @ outer + hidden @ v_outer
    v_error = 2 / len(targets) * (v_scale * raw + scale * v_raw)
    # Gradients: s ← error · raw, V ← s hiddenᵀ error, W ← (s error ⊗ V · slope)ᵀ batch.
    to_scale = v_error @ raw + error @ v_raw
    pull, v_pull = scale * error, v_scale * error + scale * v_error
    to_outer = v_hidden.T @ pull + hidden.T @ v_pull
    inner = torch.outer(v_pull, outer) * slope
    inner = inner + torch.outer(pull, v_outer) * slope + torch.outer(pull, outer) * v_slope
    return inner.T @ batch, inner.sum(0), to_outer[None], to_scale


def network_hvp(
    parameters: Sequence[Tensor], direction: Sequence[Tensor], batch: Tensor, targets: Tensor
) -> Tensors:
    """Give H v for the mean squared error of tanh(X W + b) a + [1 X] s.

    Args:
        parameters: W of shape (features, units), b (units,), a (units,) and perhaps s.
        direction: The same shapes.
        batch: X of shape (examples, features).
        targets: Shape (examples,).
    """
    weight, bias, outer, *skip = parameters
    v_weight, v_bias, v_outer, *v_skip = direction
    hidden = torch.tanh(batch @ weight + bias)
    slope = 1 - hidden**2
    v_hidden = slope * (batch @ v_weight + v_bias)
    v_slope = -2 * hidden * v_hidden
    output, v_output = hidden @ outer, v_hidden @ outer + hidden @ v_outer
    straight = torch.cat((torch.ones(len(batch), 1, dtype=batch.dtype), batch), dim=1)
    for s, v_s in zip(skip, v_skip, strict=True):
        output = output + straight[:, : s.numel()] @ s
        v_output = v_output + straight[:, : s.numel()] @ v_s
    error, v_error = 2 / len(targets) * (output - targets), 2 / len(targets) * v_output
    inner = torch.outer(v_error, outer) * slope + torch.outer(error, v_outer) * slope
    inner = inner + torch.outer(error, outer) * v_slope
    to_outer = v_hidden.T @ error + hidden.T @ v_error
    to_skip = [straight[:, : s.numel()].T @ v_error for s in skip]
    return batch.T @ inner, inner.sum(0), to_outer, *to_skip


def _parameter_mlp(problem: Problem) -> Tensors:
    parameters, direction, data = _parts(problem)
    return network_hvp(parameters, direction, data["batch"], data["targets"])


def _three_factors(problem: Problem) -> Tensors:
    (a, m, b), (u, n, w), _ = _parts(problem)
    return n @ b + m @ w, torch.outer(u, b) + torch.outer(a, w), n.T @ a + m.T @ u


def _gaussian(problem: Problem) -> Tensors:
    (mean, log_scale), (v_mean, v_scale), data = _parts(problem)
    away = data["samples"] - mean
    shrink = torch.exp(-2 * log_scale)
    # Gradients: mean ← -e⁻²ˢ Σ (x - m), s ← -e⁻²ˢ Σ (x - m)² + a constant.
    to_mean = shrink * (len(away) * v_mean + 2 * v_scale * away.sum(0))
    to_scale = 2 * shrink * ((away * v_mean).sum() + v_scale * (away**2).sum())
    return to_mean, to_scale


def _sine_of_both(problem: Problem) -> Tensors:
    (p, q), (u, w), data = _parts(problem)
    first, second = data["on_first"], data["on_second"]
    along = (first * u).sum() + (second * w).sum()
    bend = -torch.sin((first * p).sum() + (second * q).sum()) * along
    s = torch.sigmoid(p)
    return bend * first + s * (1 - s) * u, bend * second


def _one_unused(problem: Problem) -> Tensors:
    (p, unused, q), (u, _, w), _ = _parts(problem)
    t = torch.tanh(p * q)
    slope, bend = 1 - t**2, -2 * t * (1 - t**2) * (p * w + q * u)
    return slope * w + bend * q, torch.zeros_like(unused), slope * u + bend * p


def _one_linear(problem: Problem) -> Tensors:
    (p, straight), (u, _), _ = _parts(problem)
    sine, cosine = torch.sin(p), torch.cos(p)
    curved = 2 * cosine * (cosine @ u) - 2 * sine.sum() * sine * u
    return curved, torch.zeros_like(straight)


def _both_linear(problem: Problem) -> Tensors:
    parameters, _, _ = _parts(problem)
    return tuple(torch.zeros_like(parameter) for parameter in parameters)


def _two_numbers(problem: Problem) -> Tensors:
    (p, q), (u, w), _ = _parts(problem)
    s = torch.sigmoid(p * q)
    bend = s * (1 - s) * (q * u + p * w)
    to_p = bend * q + s * w + 2 * q * u + 2 * p * w
    to_q = bend * p + s * u + 2 * p * u
    return to_p, to_q


def _linear_layer(problem: Problem) -> Tensors:
    _, (u, w), data = _parts(problem)
    example = data["example"]
    along = u @ example + w
    return torch.outer(along, example), along


def _coupled_parameter(problem: Problem) -> Tensors:
    (x,), (v,), _ = _parts(problem)
    return (x**2 * v + v.sum(),)


PARAMETER_HVPS: dict[str, Callable[[Problem], Tensors]] = {
    "two_layers": _two_layers,
    "three_factors": _three_factors,
    "gaussian": _gaussian,
    "sine_of_both": _sine_of_both,
    "parameter_mlp": _parameter_mlp,
    "one_unused": _one_unused,
    "one_linear": _one_linear,
    "both_linear": _both_linear,
    "two_numbers": _two_numbers,
    "constant_loss": _both_linear,
    "linear_layer": _linear_layer,
    "coupled_parameter": _coupled_parameter,
}
"""The formula of each problem, by the problem's name."""


def parameter_hvp(problem: Problem) -> Tensors:
    """Give the exact H v for the problem's tangent, float64, shaped as the problem's parameters."""
    return PARAMETER_HVPS[problem.spec.name](problem)
