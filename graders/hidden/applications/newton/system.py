"""What conjugate gradients must give: minimisers over Krylov spaces, by dense linear algebra.

After k steps x minimises ½ xᵀ A x − bᵀ x over span{b, A b, …, Aᵏ⁻¹ b}, and it is the only one
(Hestenes and Stiefel 1952). Here the space gets its basis by QR, and the minimiser comes from a
dense solver: nothing is shared with the recursion that is checked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from graders.hidden.applications.krylov import krylov_basis, minimiser


@dataclass(frozen=True)
class System:
    """A dense symmetric system A x = b of float64, and when it counts as solved."""

    matrix: Tensor
    b: Tensor
    rtol: float

    def minimiser(self, steps: int) -> Tensor:
        """Give x after so many steps of conjugate gradients."""
        if steps == 0:
            return torch.zeros_like(self.b)
        return minimiser(self._basis[:, :steps], self.matrix, self.b)

    def residual(self, x: Tensor) -> float:
        """Give ‖b − A x‖."""
        return float(torch.linalg.vector_norm(self.b - self.matrix @ x))

    @property
    def size(self) -> float:
        """Give ‖b‖."""
        return float(torch.linalg.vector_norm(self.b))

    @property
    def is_symmetric(self) -> bool:
        """Whether A is what conjugate gradients are for."""
        return torch.equal(self.matrix, self.matrix.T)

    @cached_property
    def negative_after(self) -> int | None:
        """After how many steps a direction without positive curvature comes; None for never."""
        for steps in range(len(self.b) + 1):
            if self.residual(self.minimiser(steps)) <= self.rtol * self.size:
                return None
            basis = self._basis[:, : steps + 1]
            lowest = float(torch.linalg.eigvalsh(basis.T @ self.matrix @ basis)[0])
            if lowest <= 1e-12 * float(self.matrix.abs().max()):
                return steps
        return None

    @cached_property
    def least_steps(self) -> int:
        """After how many steps the residual is small enough, in exact arithmetic."""
        rounding = 1e-13 * float(torch.linalg.matrix_norm(self.matrix))
        for steps in range(len(self.b)):
            left = self.residual(self.minimiser(steps))
            if left <= 1.01 * self.rtol * self.size + rounding:
                return steps
        return len(self.b)

    @cached_property
    def most_steps(self) -> int:
        """How many steps are enough: one for each eigenvalue, or as Chebyshev's bound has it."""
        values = torch.linalg.eigvalsh(self.matrix)
        values = values[values > 1e-10 * values[-1]]
        if not len(values):
            return 0
        distinct = 1 + int((values.diff() > 1e-6 * values[-1]).sum())
        if distinct <= 8:
            return distinct + 1
        root = math.sqrt(float(values[-1] / values[0]))
        return math.ceil(math.log(2 * root / self.rtol) * (root + 1) / 2)

    @cached_property
    def _basis(self) -> Tensor:
        return krylov_basis(self.matrix, self.b / self.size, 20)
