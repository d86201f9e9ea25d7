"""Krylov spaces by dense linear algebra in float64, for oracles.

Nothing here is loaded where a student's code runs.
"""

from __future__ import annotations

import torch
from torch import Tensor

# More directions than anybody stops after in advance, and far fewer than it costs to look at all.
_FEW = 24


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


def minimiser(basis: Tensor, matrix: Tensor, side: Tensor) -> Tensor:
    """Give the minimiser of ½ xᵀ A x − bᵀ x over the span of the columns of a basis.

    Over the Krylov space of dimension k it is x after k conjugate directions (Nocedal and Wright,
    Numerical Optimization, theorem 5.2).
    """
    return basis @ torch.linalg.solve(basis.T @ matrix @ basis, basis.T @ side)


def is_cut_short(x: Tensor, matrix: Tensor, side: Tensor) -> bool:
    """Whether x is what some, and not all, of the conjugate directions give for A x = b."""
    length = float(torch.linalg.vector_norm(side))
    if not length or not bool(torch.isfinite(x).all()):
        return False
    basis = krylov_basis(matrix, side / length, _FEW)
    for count in range(1, basis.shape[1]):
        best = minimiser(basis[:, :count], matrix, side)
        if float(torch.linalg.vector_norm(x - best)) <= 1e-7 * float(torch.linalg.vector_norm(x)):
            return True
    return False
