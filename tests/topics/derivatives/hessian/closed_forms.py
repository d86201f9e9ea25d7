"""Gradients and Hessians of the problems of `hessian` by formula, in float64."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from graders.sandbox.problem import Problem

Data = dict[str, Tensor]
Formula = Callable[[Tensor, Data], Tensor]


def gradient(problem: Problem) -> Tensor:
    """Give the exact gradient, float64, shaped as the problem's inputs."""
    return GRADIENTS[problem.spec.name](_wide(problem.values["inputs"]), _data(problem))


def hessian(problem: Problem) -> Tensor:
    """Give the exact Hessian, float64, shape `(*inputs.shape, *inputs.shape)`."""
    return HESSIANS[problem.spec.name](_wide(problem.values["inputs"]), _data(problem))


def hvp(problem: Problem) -> Tensor:
    """Give the exact H v for the problem's tangent, float64, shaped as the problem's inputs."""
    tangent = _wide(problem.values["tangent"])
    return torch.tensordot(hessian(problem), tangent, dims=tangent.dim())


def _wide(numbers: Tensor) -> Tensor:
    return numbers.detach().to(torch.float64)


def _data(problem: Problem) -> Data:
    keywords = getattr(problem.values["func"], "keywords", {})
    return {name: _wide(value) for name, value in keywords.items()}


def _sigmoid(z: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-z))


def _bowl_gradient(x: Tensor, data: Data) -> Tensor:
    """∇(x² + y²) = (2x, 2y)."""
    return 2 * x


def _bowl_hessian(x: Tensor, data: Data) -> Tensor:
    """H = 2 I."""
    return 2 * torch.eye(2, dtype=x.dtype)


def _bent_valley_gradient(x: Tensor, data: Data) -> Tensor:
    """∇(x² y + y³) = (2 x y, x² + 3 y²)."""
    return torch.stack((2 * x[0] * x[1], x[0] ** 2 + 3 * x[1] ** 2))


def _bent_valley_hessian(x: Tensor, data: Data) -> Tensor:
    """H = [[2y, 2x], [2x, 6y]]."""
    across, along = torch.stack((2 * x[1], 2 * x[0])), torch.stack((2 * x[0], 6 * x[1]))
    return torch.stack((across, along))


def _softplus_net_gradient(x: Tensor, data: Data) -> Tensor:
    """∇f = Aᵀ (w ⊙ σ(z)) with z = A x + b."""
    weight = data["weight"]
    return weight.T @ (data["outer"] * _sigmoid(weight @ x + data["bias"]))


def _softplus_net_hessian(x: Tensor, data: Data) -> Tensor:
    """H = Aᵀ diag(w ⊙ σ(z) (1 − σ(z))) A."""
    weight = data["weight"]
    z = weight @ x + data["bias"]
    return weight.T @ torch.diag(data["outer"] * _sigmoid(z) * _sigmoid(-z)) @ weight


def _phase(x: Tensor, data: Data) -> tuple[Tensor, Tensor, Tensor]:
    """Give u = ½ xᵀ M x + a · x, its gradient S x + a and S = ½ (M + Mᵀ)."""
    symmetric = (data["form"] + data["form"].T) / 2
    slope = data["slope"]
    return x @ symmetric @ x / 2 + slope @ x, symmetric @ x + slope, symmetric


def _sine_of_quadratic_gradient(x: Tensor, data: Data) -> Tensor:
    """∇ sin u = cos(u) ∇u."""
    u, du, _ = _phase(x, data)
    return torch.cos(u) * du


def _sine_of_quadratic_hessian(x: Tensor, data: Data) -> Tensor:
    """H = cos(u) S − sin(u) ∇u ∇uᵀ."""
    u, du, ddu = _phase(x, data)
    return torch.cos(u) * ddu - torch.sin(u) * torch.outer(du, du)


def _matrix_net_gradient(x: Tensor, data: Data) -> Tensor:
    """∇f = Aᵀ (C ⊙ (1 − tanh² Z)) Bᵀ with Z = A X B."""
    left, right = data["left"], data["right"]
    return left.T @ (data["outer"] / torch.cosh(left @ x @ right) ** 2) @ right.T


def _matrix_net_hessian(x: Tensor, data: Data) -> Tensor:
    """Hₖₗₚᵩ = Σᵢⱼ Cᵢⱼ tanh″(Zᵢⱼ) Aᵢₖ Bₗⱼ Aᵢₚ Bᵩⱼ with tanh″ = −2 tanh (1 − tanh²)."""
    left, right = data["left"], data["right"]
    z = left @ x @ right
    bend = data["outer"] * -2 * torch.tanh(z) / torch.cosh(z) ** 2
    return torch.einsum("ij,ik,lj,ip,qj->klpq", bend, left, right, left, right)


def _product_of_sums_gradient(x: Tensor, data: Data) -> Tensor:
    """∇(p q) = q ∇p + p ∇q with p = Σ S sin X and q = Σ T X."""
    waves, slopes = data["waves"], data["slopes"]
    p, q = (waves * torch.sin(x)).sum(), (slopes * x).sum()
    return q * waves * torch.cos(x) + p * slopes


def _product_of_sums_hessian(x: Tensor, data: Data) -> Tensor:
    """H = ∇p ∇qᵀ + ∇q ∇pᵀ + q diag(−S sin X)."""
    waves, slopes = data["waves"], data["slopes"]
    q = (slopes * x).sum()
    cross = torch.outer((waves * torch.cos(x)).flatten(), slopes.flatten())
    bend = torch.diag(-q * (waves * torch.sin(x)).flatten())
    return (cross + cross.T + bend).reshape(x.shape + x.shape)


def _relu_net_gradient(x: Tensor, data: Data) -> Tensor:
    """∇f = Aᵀ (w where A x + b > 0, else 0)."""
    weight = data["weight"]
    active = weight @ x + data["bias"] > 0
    return weight.T @ (data["outer"] * active)


def _linear_gradient(x: Tensor, data: Data) -> Tensor:
    """∇(A · X) = A."""
    return data["slope"]


def _few_used_gradient(x: Tensor, data: Data) -> Tensor:
    """∇f = (x₂ cos(x₀ x₂), 3, x₀ cos(x₀ x₂), 0)."""
    result, cosine = torch.zeros(4, dtype=x.dtype), torch.cos(x[0] * x[2])
    result[0], result[1], result[2] = x[2] * cosine, 3.0, x[0] * cosine
    return result


def _few_used_hessian(x: Tensor, data: Data) -> Tensor:
    """H₀₀ = −x₂² sin, H₂₂ = −x₀² sin, H₀₂ = H₂₀ = cos − x₀ x₂ sin of x₀ x₂, the rest zeros."""
    result = torch.zeros(4, 4, dtype=x.dtype)
    sine, cosine = torch.sin(x[0] * x[2]), torch.cos(x[0] * x[2])
    result[0, 0], result[2, 2] = -(x[2] ** 2) * sine, -(x[0] ** 2) * sine
    result[0, 2] = result[2, 0] = cosine - x[0] * x[2] * sine
    return result


def _damped_wave_gradient(x: Tensor, data: Data) -> Tensor:
    """f′ = sin(ω t) + ω t cos(ω t)."""
    angle = data["speed"] * x
    return torch.sin(angle) + angle * torch.cos(angle)


def _damped_wave_hessian(x: Tensor, data: Data) -> Tensor:
    """f″ = 2 ω cos(ω t) − ω² t sin(ω t)."""
    speed = data["speed"]
    return 2 * speed * torch.cos(speed * x) - speed**2 * x * torch.sin(speed * x)


def _high_up_gradient(x: Tensor, data: Data) -> Tensor:
    """∇f = Wᵀ cos(W x)."""
    return data["weight"].T @ torch.cos(data["weight"] @ x)


def _waves_at_rest_hessian(x: Tensor, data: Data) -> Tensor:
    # The cosine of 0 is 1.
    return data["weight"].T @ data["weight"]


def _steep_slope_hessian(x: Tensor, data: Data) -> Tensor:
    """H = -Wᵀ diag(sin(W x)) W; the slope has no curvature."""
    weight = data["weight"]
    return -weight.T @ (torch.sin(weight @ x)[:, None] * weight)


def _flat(x: Tensor, data: Data) -> Tensor:
    """A function that does not use x has no slope."""
    return torch.zeros(x.shape, dtype=x.dtype)


def _straight(x: Tensor, data: Data) -> Tensor:
    """A function that is linear around x has no curvature."""
    return torch.zeros(x.shape + x.shape, dtype=x.dtype)


GRADIENTS: dict[str, Formula] = {
    "bowl": _bowl_gradient,
    "bent_valley": _bent_valley_gradient,
    "trained_valley": _bent_valley_gradient,
    "softplus_net": _softplus_net_gradient,
    "sine_of_quadratic": _sine_of_quadratic_gradient,
    "matrix_net": _matrix_net_gradient,
    "product_of_sums": _product_of_sums_gradient,
    "relu_net": _relu_net_gradient,
    "linear": _linear_gradient,
    "linear_model": _linear_gradient,
    "few_used": _few_used_gradient,
    "constant_number": _flat,
    "constant_of_a_matrix": _flat,
    "penalty_alone": _flat,
    "damped_wave": _damped_wave_gradient,
    "high_up": _high_up_gradient,
}
HESSIANS: dict[str, Formula] = {
    "bowl": _bowl_hessian,
    "bent_valley": _bent_valley_hessian,
    "trained_valley": _bent_valley_hessian,
    "softplus_net": _softplus_net_hessian,
    "sine_of_quadratic": _sine_of_quadratic_hessian,
    "matrix_net": _matrix_net_hessian,
    "product_of_sums": _product_of_sums_hessian,
    "relu_net": _straight,
    "linear": _straight,
    "linear_model": _straight,
    "few_used": _few_used_hessian,
    "constant_number": _straight,
    "constant_of_a_matrix": _straight,
    "penalty_alone": _straight,
    "damped_wave": _damped_wave_hessian,
    "steep_slope": _steep_slope_hessian,
    "waves_at_rest": _waves_at_rest_hessian,
}


CLOSED_FORMS = {"gradient": gradient, "hessian": hessian}
