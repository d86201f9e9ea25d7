"""Krylov spaces by dense linear algebra in float64, for oracles.

Nothing here is loaded where a student's code runs.
"""

from __future__ import annotations

import torch
from torch import Tensor


def size_of(matrix: Tensor) -> float:
    """Give the largest magnitude of an eigenvalue."""
    return float(torch.linalg.eigvalsh(matrix).abs().max())


def krylov_basis(matrix: Tensor, start: Tensor, k: int) -> Tensor:
    """Give an orthonormal basis of span{v, A v, …, Aᵏ⁻¹ v} by QR, fewer columns where it ends.

    `start` is a unit vector. The first columns span the smaller spaces.
    """
    basis, size = start[:, None], size_of(matrix)
    while basis.shape[1] < min(k, len(start)):
        q, r = torch.linalg.qr(torch.cat((basis, matrix @ basis[:, -1:]), 1))
        if abs(float(r[-1, -1])) <= 1e-10 * size:
            break
        basis = q
    return basis
