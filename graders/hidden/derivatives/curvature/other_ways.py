"""One more way for each task of `curvature`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def eigenvalues(matrix: Tensor) -> Tensor:
    """Take the routine for any matrix, symmetric or not.

    It has to allow complex answers. Here their imaginary parts are zero, and the order is ours to
    make: more work and more memory for the same numbers.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1] or matrix.numel() == 0:
        raise ValueError(f"the matrix must be square, but it has shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix must be symmetric, but its two halves differ")
    return torch.linalg.eigvals((matrix + matrix.T) / 2).real.sort().values


def classify_hessian(matrix: Tensor) -> str:
    """Look at the two ends alone.

    The eigenvalues come in ascending order, so everything else lies between them.
    """
    values = eigenvalues(matrix)
    lowest, highest = values[0].item(), values[-1].item()
    zero = len(values) * torch.finfo(values.dtype).eps * max(abs(lowest), abs(highest))
    if lowest < -zero and highest > zero:
        return "saddle"
    if lowest > zero:
        return "minimum"
    return "maximum" if highest < -zero else "degenerate"


def classify_critical_point(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    """Work with functions of functions.

    torch.func turns func into its gradient, and the gradient into its Jacobian, and takes care of
    constant functions by itself.
    """
    x = inputs.detach()
    slope = torch.func.grad(func)
    if not slope(x).abs().max() <= 1e-6:
        return "not critical"
    return classify_hessian(torch.func.jacfwd(slope)(x).reshape(x.numel(), x.numel()))
