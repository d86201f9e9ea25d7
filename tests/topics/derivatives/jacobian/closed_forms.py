"""Jacobians of `graders.hidden.derivatives.jacobian.problems` by formula, in float64."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from graders.sandbox.problem import Problem

Data = dict[str, Tensor]


def jacobian(problem: Problem) -> Tensor:
    """Give the exact Jacobian, float64, shape `(*func(inputs).shape, *inputs.shape)`."""
    return JACOBIANS[problem.spec.name](_wide(problem.values["inputs"]), _data(problem))


def vjp(problem: Problem) -> Tensor:
    """Give the exact vᵀJ for the problem's cotangent, float64, shaped as its inputs."""
    cotangent = _wide(problem.values["cotangent"])
    return torch.tensordot(cotangent, jacobian(problem), dims=cotangent.dim())


def jvp(problem: Problem) -> Tensor:
    """Give the exact J v for the problem's tangent, float64, shaped as the function's output."""
    tangent = _wide(problem.values["tangent"])
    return torch.tensordot(jacobian(problem), tangent, dims=tangent.dim())


def _wide(numbers: Tensor) -> Tensor:
    return numbers.detach().to(torch.float64)


def _data(problem: Problem) -> Data:
    keywords = getattr(problem.values["func"], "keywords", {})
    return {name: _wide(value) for name, value in keywords.items()}


def _squares_and_cubes(x: Tensor, data: Data) -> Tensor:
    """∂(x², y³) = [[2x, 0], [0, 3y²]]."""
    return torch.diag(torch.stack((2 * x[0], 3 * x[1] ** 2)))


def _tanh_layer(x: Tensor, data: Data) -> Tensor:
    """∂fᵢ/∂xⱼ = (1 − tanh² zᵢ) Wᵢⱼ with z = W x + b."""
    z = data["weight"] @ x + data["bias"]
    return (1 / torch.cosh(z) ** 2)[:, None] * data["weight"]


def _matrix_to_matrix(x: Tensor, data: Data) -> Tensor:
    """∂Fᵢⱼ/∂Xₖₗ = (1 − tanh² Zᵢⱼ) Aᵢₖ Bₗⱼ with Z = A X B."""
    left, right = data["left"], data["right"]
    return torch.einsum("ij,ik,lj->ijkl", 1 / torch.cosh(left @ x @ right) ** 2, left, right)


def _vector_to_matrix(x: Tensor, data: Data) -> Tensor:
    """∂Fᵢⱼ/∂xₖ = aᵢ cos(aᵢ xⱼ + Cᵢⱼ) if j = k, else 0."""
    scale = data["scale"][:, None]
    slopes = scale * torch.cos(scale * x + data["shift"])
    return torch.einsum("ij,jk->ijk", slopes, torch.eye(len(x), dtype=x.dtype))


def _tensor_to_vector(x: Tensor, data: Data) -> Tensor:
    """∂fₘ/∂Xᵢⱼₖ = Tₘᵢⱼₖ cos Xᵢⱼₖ."""
    return data["weight"] * torch.cos(x)


def _vector_to_number(x: Tensor, data: Data) -> Tensor:
    """∂f/∂x = Aᵀ (w ⊙ σ(A x)), as the slope of softplus is the sigmoid σ."""
    mix = data["mix"]
    return mix.T @ (data["weight"] / (1 + torch.exp(-(mix @ x))))


def _high_up(x: Tensor, data: Data) -> Tensor:
    """∂fᵢ/∂xⱼ = cos(W x)ᵢ Wᵢⱼ."""
    return torch.cos(data["weight"] @ x)[:, None] * data["weight"]


def _faint(x: Tensor, data: Data) -> Tensor:
    """∂fᵢ/∂xⱼ = 10⁻¹² cos(W x)ᵢ Wᵢⱼ."""
    return 1e-12 * _high_up(x, data)


def _wave(x: Tensor, data: Data) -> Tensor:
    """df/dt = a ⊙ ω ⊙ cos(ω t + φ)."""
    return data["height"] * data["speed"] * torch.cos(data["speed"] * x + data["phase"])


def _cube(x: Tensor, data: Data) -> Tensor:
    """d(x³)/dx = 3 x²."""
    return 3 * x**2


def _affine_column(x: Tensor, data: Data) -> Tensor:
    """∂(A x + b) = A, with an axis of length 1 behind the rows and behind the columns."""
    return data["weight"][:, None, :, None]


def _column_squares(x: Tensor, data: Data) -> Tensor:
    """∂(Σᵢ Xᵢⱼ²)/∂Xₖₗ = 2 Xₖₗ if j = l, else 0."""
    return torch.einsum("kl,jl->jkl", 2 * x, torch.eye(x.shape[1], dtype=x.dtype))


def _partly_used(x: Tensor, data: Data) -> Tensor:
    """Rows: (x₂, 0, x₀, 0) cos(x₀ x₂), then (0, 0, 2 x₂, 0), then zeros."""
    result = torch.zeros(3, 4, dtype=x.dtype)
    result[0, 0] = x[2] * torch.cos(x[0] * x[2])
    result[0, 2] = x[0] * torch.cos(x[0] * x[2])
    result[1, 2] = 2 * x[2]
    return result


def _zero(x: Tensor, data: Data) -> Tensor:
    """A function that does not use x has no slope: its one tensor is shaped as its output."""
    (output,) = data.values()
    return torch.zeros(output.shape + x.shape, dtype=x.dtype)


JACOBIANS: dict[str, Callable[[Tensor, Data], Tensor]] = {
    "squares_and_cubes": _squares_and_cubes,
    "tanh_layer": _tanh_layer,
    "matrix_to_matrix": _matrix_to_matrix,
    "vector_to_matrix": _vector_to_matrix,
    "tensor_to_vector": _tensor_to_vector,
    "vector_to_number": _vector_to_number,
    "high_up": _high_up,
    "faint": _faint,
    "wave": _wave,
    "cube": _cube,
    "affine_column": _affine_column,
    "column_squares": _column_squares,
    "partly_used": _partly_used,
    "constant_vector": _zero,
    "weights_alone": _zero,
}


CLOSED_FORMS = {"vjp": vjp, "jacobian": jacobian, "jvp": jvp}
