"""The honest half of a submission: `eigenvalues` is right, the other two are not."""

import torch


def eigenvalues(matrix):
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("symmetric")
    return torch.linalg.eigvalsh(matrix)


def classify_hessian(matrix):
    return "minimum"


def classify_critical_point(func, inputs):
    return "saddle"
