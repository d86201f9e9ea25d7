"""What theory says of a problem: dense linear algebra in float64, and no iteration to be judged.

Nothing here is loaded where a student's code runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from graders.hidden.applications.krylov import krylov_basis, size_of
from graders.sandbox.problem import Problem

LONGEST = 1000
"""The default `maxiter` of `power_iteration`."""

ALARM = 1e-7
"""The chance that one right estimate is taken for a wrong one; ten of them make 10⁻⁶."""


def matrix_of(problem: Problem) -> Tensor:
    """Give the matrix of a problem's product, in float64."""
    product = problem.values["matvec"]
    matrix: Tensor = product.apply.keywords["matrix"]
    return matrix.double()


def start_of(problem: Problem) -> Tensor:
    """Give the start of a problem as a unit vector, in float64."""
    start: Tensor = problem.values["v0"].double().reshape(-1)
    return start / torch.linalg.vector_norm(start)


def eigenvalues_of(problem: Problem) -> Tensor:
    """Give the eigenvalues of a problem's matrix, the least first."""
    values: Tensor = torch.linalg.eigvalsh(matrix_of(problem))
    return values


def power_products(problem: Problem) -> int:
    """Count the products that power iteration needs, by the powers of the eigenvalues.

    In the basis of the eigenvectors, p products multiply each part of the start by λᵖ. The answer
    is `maxiter` where the residual stays above rtol |λ|.
    """
    values, vectors = torch.linalg.eigh(matrix_of(problem))
    longest, rtol = problem.values.get("maxiter", LONGEST), problem.values.get("rtol", 1e-6)
    size = values.abs().max()
    if size == 0:
        return 1
    powers = torch.arange(longest, dtype=torch.float64)[:, None]
    parts = (vectors.T @ start_of(problem)) * (values / size) ** powers
    shares = parts**2 / (parts**2).sum(1, keepdim=True)
    quotients = shares @ values
    residuals = (shares * (values - quotients[:, None]) ** 2).sum(1).sqrt()
    near = (residuals <= rtol * quotients.abs()).nonzero()
    return int(near[0]) + 1 if len(near) else longest


def ritz_of(problem: Problem) -> tuple[Tensor, Tensor]:
    """Give the Ritz values of a problem and the weights of its start on their vectors."""
    return ritz(matrix_of(problem), start_of(problem), problem.values["k"])


def ritz(matrix: Tensor, start: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Give the Ritz values of a Krylov space and the weights of the start on their vectors."""
    basis = krylov_basis(matrix, start, k)
    values, vectors = torch.linalg.eigh(basis.T @ matrix @ basis)
    return values, (basis.T @ start @ vectors) ** 2


def krylov_products(problem: Problem) -> int:
    """Count the products below which no vector of a Krylov space is as good as was asked for.

    It is one less than the dimension at which a Ritz vector has twice the residual that is allowed.
    """
    matrix, start = matrix_of(problem), start_of(problem)
    rtol = problem.values.get("rtol", 1e-6)
    whole = krylov_basis(matrix, start, len(start))
    for k in range(1, whole.shape[1] + 1):
        basis = whole[:, :k]
        values, vectors = torch.linalg.eigh(basis.T @ matrix @ basis)
        largest = values.abs().argmax()
        vector = basis @ vectors[:, largest]
        residual = torch.linalg.vector_norm(matrix @ vector - values[largest] * vector)
        if residual <= 2 * rtol * values[largest].abs():
            return k - 1
    return min(whole.shape[1], len(start) - 1)


@dataclass(frozen=True)
class Trace:
    """A trace, how far an estimate of it may be off, and what one sample deviates by."""

    value: float
    bound: float
    least_deviation: float
    largest_deviation: float


def trace_of(problem: Problem) -> Trace:
    """Give a problem's trace and the bounds on a right estimate from `samples` samples."""
    matrix, samples = matrix_of(problem), problem.values["samples"]
    least, largest = _deviations(matrix)
    symmetric = (matrix + matrix.T) / 2
    bound = tail_bound(size_of(symmetric), float((symmetric**2).sum()), samples)
    return Trace(float(matrix.trace()), bound, least, largest)


def tail_bound(spectral: float, squares: float, samples: int) -> float:
    """Bound the error of a mean over Gaussian or Rademacher samples, but for a chance of ALARM.

    Cortinovis and Kressner, On randomized trace estimates for indefinite matrices (Found. Comput.
    Math. 2021): P(|error| ≥ ε) ≤ 2 exp(-m ε² / (c ‖S‖_F² + c ε ‖S‖₂)) with S the symmetric part;
    c is 4 for Gaussian probes, 8 for signs (there without the diagonal, which only helps).
    """
    c, exponent = 8.0, math.log(2 / ALARM)
    linear = c * spectral * exponent
    return (linear + math.sqrt(linear**2 + 4 * c * samples * squares * exponent)) / (2 * samples)


def _deviations(matrix: Tensor) -> tuple[float, float]:
    """Give the least and largest deviation of one sample: signs, the sphere, Gaussian probes."""
    symmetric, n = (matrix + matrix.T) / 2, len(matrix)
    squares = float((symmetric**2).sum())
    signs = 2 * (squares - float((symmetric.diagonal() ** 2).sum()))
    sphere = 2 * n / (n + 2) * (squares - float(symmetric.trace()) ** 2 / n)
    return math.sqrt(max(min(signs, sphere), 0.0)), math.sqrt(2 * squares)
