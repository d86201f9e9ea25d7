"""Krylov spaces by dense linear algebra in float64, for oracles.

Nothing here is loaded where a student's code runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class Directions:
    """The first conjugate directions for A x = b."""

    matrix: Tensor
    side: Tensor

    @cached_property
    def reached(self) -> tuple[Tensor, ...]:
        """What some of them give, and not all: one after another."""
        length = float(torch.linalg.vector_norm(self.side))
        if not length:
            return ()
        basis = krylov_basis(self.matrix, self.side / length, _FEW)
        counts = range(1, basis.shape[1])
        return tuple(minimiser(basis[:, :count], self.matrix, self.side) for count in counts)


def is_cut_short(x: Tensor, directions: Directions) -> bool:
    """Whether x is what some, and not all, of the conjugate directions give for A x = b."""
    if not bool(torch.isfinite(x).all()):
        return False
    near = 1e-7 * float(torch.linalg.vector_norm(x))
    return any(float(torch.linalg.vector_norm(x - one)) <= near for one in directions.reached)
