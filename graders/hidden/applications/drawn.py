"""Matrices with eigenvalues that are given, and directions that are drawn."""

from __future__ import annotations

import torch
from torch import Tensor

from graders.sandbox.problem import Draw


def as_drawn(draw: Draw, tensor: Tensor) -> Tensor:
    """Give a tensor the problem's dtype and device."""
    return tensor.to(dtype=draw.dtype, device=draw.device)


def rotation(draw: Draw, n: int) -> Tensor:
    """Draw an orthogonal n × n matrix, in float64 on the CPU."""
    return torch.linalg.qr(draw.unconverted.normal(n, n))[0]


def symmetric(draw: Draw, eigenvalues: Tensor) -> tuple[Tensor, Tensor]:
    """Draw a symmetric matrix with these eigenvalues; its axes come as columns in float64."""
    axes = rotation(draw, len(eigenvalues))
    matrix = (axes * eigenvalues) @ axes.T
    return as_drawn(draw, (matrix + matrix.T) / 2), axes


def square(draw: Draw, n: int) -> tuple[Tensor, Tensor]:
    """Draw a square matrix without symmetry, singular values from 1 to 2, and its inverse."""
    left, right = rotation(draw, n), rotation(draw, n)
    sizes = torch.linspace(1, 2, n, dtype=torch.float64)
    return as_drawn(draw, (left * sizes) @ right.T), as_drawn(draw, (right / sizes) @ left.T)
