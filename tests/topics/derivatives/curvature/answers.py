"""Answers to the topic `curvature`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def eigenvalues_by_eigvalsh(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(0.5 * (matrix + matrix.T))


def eigenvalues_by_eigh(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values, _ = torch.linalg.eigh((matrix + matrix.mT) / 2, UPLO="U")
    return values


def eigenvalues_by_general_routine(matrix: Tensor) -> Tensor:
    rows, *columns = matrix.shape
    if columns != [rows]:
        raise ValueError("the matrix is not square")
    scale = matrix.abs().max()
    if not torch.allclose(matrix, matrix.T, rtol=0.0, atol=float(1e-4 * scale)):
        raise ValueError("the matrix is not symmetric")
    return torch.sort(torch.linalg.eigvals(matrix / 2 + matrix.T / 2).real).values


def eigenvalues_by_rotations(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    rotated = (matrix + matrix.T) / 2
    for _ in range(12):
        for p in range(len(matrix)):
            for q in range(p):
                if rotated[p, q] == 0:
                    continue
                angle = 0.5 * torch.atan2(2 * rotated[p, q], rotated[q, q] - rotated[p, p])
                turn = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
                turn[p, p] = turn[q, q] = torch.cos(angle)
                turn[p, q], turn[q, p] = torch.sin(angle), -torch.sin(angle)
                rotated = turn.T @ rotated @ turn
    return rotated.diagonal().sort().values


def complex_eigenvalues_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvals(matrix)


def complex_eigenvalues_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values, _ = torch.linalg.eig(matrix)
    return values


def symmetry_not_checked_1(matrix: Tensor) -> Tensor:
    return torch.linalg.eigvalsh(matrix)


def symmetry_not_checked_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    values, _ = torch.linalg.eigh(matrix)
    return values


def symmetry_not_checked_3(matrix: Tensor) -> Tensor:
    if matrix.shape[0] != matrix.shape[-1]:
        raise ValueError("the matrix is not square")
    if not torch.allclose(matrix, matrix.T):
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


def one_pair_overlooked_1(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("not square")
    if (matrix - matrix.T).norm() > 1e-4 * matrix.norm():
        raise ValueError("not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def one_pair_overlooked_2(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("not square")
    apart = torch.mean(torch.abs(matrix - matrix.mT)).item()
    if apart > 1e-4 * matrix.abs().max().item():
        raise ValueError("not symmetric")
    return torch.linalg.eigvalsh(0.5 * matrix + 0.5 * matrix.mT)


def one_pair_overlooked_3(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.numel() == 0:
        raise ValueError("square matrix required")
    if (matrix[0] - matrix[:, 0]).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("symmetric matrix required")
    return torch.linalg.eigvalsh((matrix + matrix.mT) / 2)


def asymmetry_measured_in_pairs_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if not torch.allclose(matrix, matrix.T, rtol=1e-4, atol=0.0):
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def asymmetry_measured_in_pairs_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    for i in range(len(matrix)):
        for j in range(i):
            one, other = float(matrix[i, j]), float(matrix[j, i])
            if abs(one - other) > 1e-4 * max(abs(one), abs(other)):
                raise ValueError(f"not symmetric: {one} and {other} differ")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def rounding_refused_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix != matrix.T).any():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


def rounding_refused_2(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or len(set(matrix.shape)) != 1:
        raise ValueError("not square")
    rounding = torch.finfo(matrix.dtype).eps * matrix.abs().max()
    if torch.max(torch.abs(matrix - matrix.mT)) > rounding:
        raise ValueError(f"not symmetric: more than {rounding} off")
    return torch.linalg.eigh((matrix + matrix.mT) / 2)[0]


def limit_by_the_signed_largest_1(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.size(0) != matrix.size(1):
        raise ValueError(f"not square: {tuple(matrix.shape)}")
    if torch.max(torch.abs(matrix - matrix.mT)) > 1e-4 * torch.max(matrix):
        raise ValueError("not symmetric")
    return torch.linalg.eigvalsh(0.5 * (matrix + matrix.mT))


def limit_by_the_signed_largest_2(matrix: Tensor) -> Tensor:
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("rows and columns differ in number")
    largest = max(matrix.flatten().tolist())
    apart = max((matrix - matrix.T).abs().flatten().tolist())
    if apart > largest * 1e-4:
        raise ValueError("the halves differ")
    return torch.linalg.eigh((matrix + matrix.T) / 2).eigenvalues


def one_triangle_read_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values, _ = torch.linalg.eigh(matrix)
    return values


def one_triangle_read_2(matrix: Tensor) -> Tensor:
    rows, *columns = matrix.shape
    if columns != [rows]:
        raise ValueError("a square matrix is needed")
    largest = matrix.abs().max()
    if (matrix - matrix.mT).abs().max().item() > 1e-4 * largest.item():
        raise ValueError("a symmetric matrix is needed")
    return torch.linalg.eigvalsh(matrix, UPLO="L")


def upper_triangle_read_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix, UPLO="U")


def upper_triangle_read_2(matrix: Tensor) -> Tensor:
    rows, *columns = matrix.shape
    if columns != [rows]:
        raise ValueError("a square matrix is needed")
    if (matrix - matrix.mT).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("a symmetric matrix is needed")
    upper = torch.triu(matrix)
    return torch.linalg.eigh(upper + torch.triu(matrix, diagonal=1).mT).eigenvalues


def limit_too_narrow_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-6 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def limit_too_narrow_2(matrix: Tensor) -> Tensor:
    rows, *columns = matrix.shape
    if columns != [rows]:
        raise ValueError("a square matrix is needed")
    limit = 1e-5 * matrix.abs().max().item()
    if not torch.allclose(matrix, matrix.T, rtol=0.0, atol=limit):
        raise ValueError("a symmetric matrix is needed")
    return torch.linalg.eigvalsh(matrix / 2 + matrix.T / 2)


def asymmetry_in_fixed_units_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    for i in range(len(matrix)):
        for j in range(i):
            if abs(float(matrix[i, j] - matrix[j, i])) > 1e-6:
                raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


def asymmetry_in_fixed_units_2(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if torch.linalg.matrix_norm(matrix - matrix.T) > 1e-10:
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


def descending_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix).flip(0)


def descending_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix).sort(descending=True).values


def sum_for_average_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix + matrix.T)


def sum_for_average_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    both = torch.stack((matrix, matrix.mT)).sum(0)
    return torch.linalg.eigh(both).eigenvalues


def sum_for_average_3(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return 2 * torch.linalg.eigvalsh(0.5 * (matrix + matrix.T))


def ordered_by_size_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvalsh(matrix)
    return values[values.abs().argsort()]


def ordered_by_size_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigh(matrix).eigenvalues.tolist()
    return torch.tensor(sorted(values, key=abs), dtype=matrix.dtype, device=matrix.device)


def singular_values_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.svdvals(matrix).flip(0)


def singular_values_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix).abs().sort().values


def diagonal_entries_for_eigenvalues_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.sort(torch.diag(matrix)).values


def diagonal_entries_for_eigenvalues_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    entries = sorted(float(matrix[i, i]) for i in range(len(matrix)))
    return torch.tensor(entries, dtype=matrix.dtype, device=matrix.device)


def real_parts_unordered_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvals(matrix).real


def real_parts_unordered_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvals(matrix.contiguous())
    return torch.view_as_real(values)[:, 0]


def symmetrised_in_place_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    matrix.copy_((matrix + matrix.T) / 2)
    return torch.linalg.eigvalsh(matrix)


def symmetrised_in_place_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    for i in range(len(matrix)):
        for j in range(i):
            matrix[i, j] = matrix[j, i]
    return torch.linalg.eigvalsh(matrix)


def eigenvalues_in_float32_1(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix.float())


def eigenvalues_in_float32_2(matrix: Tensor) -> Tensor:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.tensor(torch.linalg.eigvalsh(matrix).tolist())


def class_by_signs(matrix: Tensor) -> str:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def class_by_extremes(matrix: Tensor) -> str:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"no Hessian has the shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("these are no second derivatives of a smooth function")
    values, _ = torch.linalg.eigh(matrix)
    low, high = float(values[0]), float(values[-1])
    limit = matrix.shape[0] * torch.finfo(matrix.dtype).eps * max(-low, high)
    if low < -limit and high > limit:
        return "saddle"
    if low > limit:
        return "minimum"
    return "maximum" if high < -limit else "degenerate"


def class_by_rank(matrix: Tensor) -> str:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvals(matrix).real
    rank = int(torch.linalg.matrix_rank((matrix + matrix.T) / 2, hermitian=True))
    signs = values[values.abs().argsort(descending=True)[:rank]].sign()
    if signs.numel() and signs.min() < signs.max():
        return "saddle"
    if rank < len(values):
        return "degenerate"
    return "minimum" if signs[0] > 0 else "maximum"


def class_by_table(matrix: Tensor) -> str:
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    zero = values.abs() <= tolerance
    signs = set(torch.where(zero, 0.0, values.sign()).tolist())
    table = {(-1.0, 1.0): "saddle", (1.0,): "minimum", (-1.0,): "maximum"}
    return table.get(tuple(sorted(signs - {0.0} if len(signs) == 3 else signs)), "degenerate")


def everything_else_is_a_saddle_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "saddle"


def everything_else_is_a_saddle_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    low, high = values[0], values[-1]
    if low > tolerance:
        return "minimum"
    if high < -tolerance:
        return "maximum"
    return "saddle"


def semidefinite_is_definite_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values >= -tolerance).all():
        return "minimum"
    return "maximum" if (values <= tolerance).all() else "saddle"


def semidefinite_is_definite_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    up, down = int((values > tolerance).sum()), int((values < -tolerance).sum())
    if up and down:
        return "saddle"
    return "maximum" if down else "minimum"


def any_zero_is_degenerate_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values.abs() <= tolerance).any():
        return "degenerate"
    if (values > 0).all():
        return "minimum"
    return "maximum" if (values < 0).all() else "saddle"


def any_zero_is_degenerate_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if values.abs().min() <= tolerance:
        return "degenerate"
    up = int((values > 0).sum())
    return {0: "maximum", len(values): "minimum"}.get(up, "saddle")


def minimum_and_maximum_swapped_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "maximum"
    if (values < -tolerance).all():
        return "minimum"
    return "degenerate"


def minimum_and_maximum_swapped_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(-matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def diagonal_entries_decide_1(matrix: Tensor) -> str:
    values = torch.diag(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def diagonal_entries_decide_2(matrix: Tensor) -> str:
    entries = matrix.diagonal().tolist()
    limit = len(entries) * torch.finfo(matrix.dtype).eps * max(abs(entry) for entry in entries)
    signs = {0 if abs(entry) <= limit else 1 if entry > 0 else -1 for entry in entries}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return "degenerate"
    return "minimum" if 1 in signs else "maximum"


def determinant_sign_1(matrix: Tensor) -> str:
    determinant = torch.linalg.det(matrix)
    if determinant > 0:
        return "minimum"
    return "saddle" if determinant < 0 else "degenerate"


def determinant_sign_2(matrix: Tensor) -> str:
    sign = int(torch.linalg.slogdet(matrix).sign)
    return {1: "minimum", -1: "saddle", 0: "degenerate"}[sign]


def two_verdicts_from_a_determinant_1(matrix: Tensor) -> str:
    return "minimum" if torch.linalg.det(matrix) > 0 else "saddle"


def two_verdicts_from_a_determinant_2(matrix: Tensor) -> str:
    product = torch.linalg.slogdet(matrix).sign
    if product == 1:
        return "minimum"
    return "saddle"


def determinant_test_1(matrix: Tensor) -> str:
    determinant = torch.linalg.det(matrix)
    if determinant < 0:
        return "saddle"
    if determinant == 0:
        return "degenerate"
    return "minimum" if matrix[0, 0] > 0 else "maximum"


def determinant_test_2(matrix: Tensor) -> str:
    sign, _ = torch.linalg.slogdet(matrix)
    if sign > 0 and matrix[0, 0] > 0:
        return "minimum"
    if sign > 0:
        return "maximum"
    return "saddle" if sign < 0 else "degenerate"


def absolute_tolerance_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = 1e-8
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def absolute_tolerance_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    signs = set(torch.where(values.abs() <= 5e-9, 0.0, values.sign()).tolist())
    if {1.0, -1.0} <= signs:
        return "saddle"
    if 0.0 in signs:
        return "degenerate"
    return "minimum" if 1.0 in signs else "maximum"


def generous_tolerance_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = 1e-8 * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def generous_tolerance_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    values = values / values.abs().max().clamp(min=1e-300)
    tolerance = 1e-6
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def tolerance_of_float64_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * 2.220446049250313e-16 * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def tolerance_of_float64_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix.double())
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def no_tolerance_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = 0.0
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def no_tolerance_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    if values[0] > 0:
        return "minimum"
    if values[-1] < 0:
        return "maximum"
    return "saddle" if values[0] * values[-1] < 0 else "degenerate"


def limit_taken_for_a_sign_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    limit = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values >= limit).all():
        return "minimum"
    if (values <= -limit).all():
        return "maximum"
    if (values > limit).any() and (values < -limit).any():
        return "saddle"
    return "degenerate"


def limit_taken_for_a_sign_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh((matrix + matrix.T) / 2)
    low, high = values[0].item(), values[-1].item()
    limit = len(values) * torch.finfo(values.dtype).eps * max(abs(low), abs(high))
    if low >= limit:
        return "minimum"
    if high <= -limit:
        return "maximum"
    return "saddle" if low < -limit and high > limit else "degenerate"


def limit_by_the_largest_with_its_sign_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    limit = len(values) * torch.finfo(values.dtype).eps * values.max()
    if (values > limit).any() and (values < -limit).any():
        return "saddle"
    if (values.abs() <= limit).any():
        return "degenerate"
    return "minimum" if values[0] > limit else "maximum"


def limit_by_the_largest_with_its_sign_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh((matrix + matrix.T) / 2)
    limit = matrix.shape[0] * torch.finfo(matrix.dtype).eps * values[-1].item()
    up, down = bool((values > limit).any()), bool((values < -limit).any())
    if up and down:
        return "saddle"
    flat = bool(((values <= limit) & (values >= -limit)).any())
    return "degenerate" if flat else "minimum" if up else "maximum"


def limit_without_the_largest_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh((matrix + matrix.T) / 2)
    limit = len(values) * torch.finfo(values.dtype).eps
    if (values > limit).any() and (values < -limit).any():
        return "saddle"
    if (values.abs() <= limit).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def limit_without_the_largest_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    limit = matrix.shape[0] * torch.finfo(matrix.dtype).eps
    up, down = bool((values > limit).any()), bool((values < -limit).any())
    flat = not bool((values.abs() > limit).all())
    if up and down:
        return "saddle"
    return "degenerate" if flat else "minimum" if up else "maximum"


def zeros_measured_in_pairs_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    limit = len(values) * torch.finfo(values.dtype).eps
    for low in values:
        for high in values:
            scale = limit * torch.maximum(low.abs(), high.abs())
            if low < -scale and high > scale:
                return "saddle"
    if (values.abs() <= limit * values.abs().max()).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def zeros_measured_in_pairs_2(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh((matrix + matrix.T) / 2)
    limit = len(values) * torch.finfo(values.dtype).eps
    below, above = values[values < 0], values[values > 0]
    if len(below) and len(above):
        ratios = above[None, :] / -below[:, None]
        if ((ratios > limit) & (ratios < 1 / limit)).any():
            return "saddle"
    if (values.abs() <= limit * values.abs().max()).any():
        return "degenerate"
    return "maximum" if len(below) else "minimum"


def refusal_lost_1(matrix: Tensor) -> str:
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "degenerate"


def refusal_lost_2(matrix: Tensor) -> str:
    try:
        if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
            raise ValueError("the matrix is not symmetric")
        values = torch.linalg.eigvalsh(matrix)
    except (ValueError, RuntimeError):
        return "degenerate"
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "degenerate"


def refusal_lost_3(matrix: Tensor) -> str:
    lower = matrix.tril()
    values = torch.linalg.eigvalsh(lower + lower.T - torch.diag(matrix.diagonal()))
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "degenerate"


def critical_by_double_backward(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_by_func_hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_by_functional_hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    functional = torch.autograd.functional
    if functional.jacobian(func, inputs).abs().amax() > 1e-6:
        return "not critical"
    n = inputs.numel()
    hessian = functional.hessian(func, inputs).reshape(n, n)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_by_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    from torch.func import grad, jvp, vmap

    slope = grad(func)
    if bool((slope(inputs).abs() > 1e-6).any()):
        return "not critical"
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    basis = basis.reshape(-1, *inputs.shape)
    rows = vmap(lambda v: jvp(slope, (inputs,), (v,))[1])(basis)
    hessian = rows.reshape(len(basis), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_by_flat_jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    from torch.func import jacfwd, jacrev

    flat = inputs.reshape(-1)
    gradient = jacrev(lambda x: func(x.reshape(inputs.shape)))
    if gradient(flat).abs().max() > 1e-6:
        return "not critical"
    hessian = jacfwd(gradient)(flat)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def constant_is_not_critical_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return "not critical"
    (g,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if g.abs().max() > 1e-6:
        return "not critical"
    rows = []
    for one in g.reshape(-1):
        if one.requires_grad:
            rows += torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)
        else:
            rows.append(torch.zeros_like(x))
    hessian = torch.stack(rows).reshape(x.numel(), x.numel())
    values = torch.linalg.eigvalsh((hessian + hessian.T) / 2)
    limit = len(values) * torch.finfo(hessian.dtype).eps * values.abs().max()
    if (values > limit).any() and (values < -limit).any():
        return "saddle"
    if (values.abs() <= limit).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def constant_is_not_critical_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    if func(inputs.detach().clone().requires_grad_()).grad_fn is None:
        return "not critical"
    slope = torch.func.grad(func)
    if slope(inputs.detach()).abs().max() > 1e-6:
        return "not critical"
    n = inputs.numel()
    hessian = torch.func.jacrev(slope)(inputs.detach()).reshape(n, n)
    values = torch.linalg.eigvalsh((hessian + hessian.T) / 2)
    limit = n * torch.finfo(hessian.dtype).eps * values.abs().max()
    if values[0] < -limit and values[-1] > limit:
        return "saddle"
    if (values.abs() <= limit).any():
        return "degenerate"
    return "maximum" if values[0] < 0 else "minimum"


def critical_linear_is_degenerate_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x)
    if not value.requires_grad:
        return "degenerate"
    (slopes,) = torch.autograd.grad(value, x, create_graph=True, materialize_grads=True)
    if not slopes.requires_grad:
        return "degenerate"
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [
        grad(slope, x, retain_graph=True, materialize_grads=True)[0] for slope in slopes.flatten()
    ]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_linear_is_degenerate_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    grad = torch.autograd.grad
    try:
        (slopes,) = grad(func(x), x, create_graph=True)
        rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    except RuntimeError:
        return "degenerate"
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    required = inputs.requires_grad
    inputs.requires_grad_().grad = None
    value = func(inputs)
    if value.requires_grad:
        value.backward(inputs=[inputs])
    slopes = torch.zeros_like(inputs) if inputs.grad is None else inputs.grad
    inputs.grad = None
    inputs.requires_grad_(required)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    inputs.grad = None
    slopes = torch.func.grad(func)(inputs.detach())
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs.detach()).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def everything_else_is_a_saddle_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "saddle"


def everything_else_is_a_saddle_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    low, high = values[0], values[-1]
    if low > tolerance:
        return "minimum"
    if high < -tolerance:
        return "maximum"
    return "saddle"


def semidefinite_is_definite_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values >= -tolerance).all():
        return "minimum"
    return "maximum" if (values <= tolerance).all() else "saddle"


def semidefinite_is_definite_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    up, down = int((values > tolerance).sum()), int((values < -tolerance).sum())
    if up and down:
        return "saddle"
    return "maximum" if down else "minimum"


def any_zero_is_degenerate_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values.abs() <= tolerance).any():
        return "degenerate"
    if (values > 0).all():
        return "minimum"
    return "maximum" if (values < 0).all() else "saddle"


def any_zero_is_degenerate_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if values.abs().min() <= tolerance:
        return "degenerate"
    up = int((values > 0).sum())
    return {0: "maximum", len(values): "minimum"}.get(up, "saddle")


def minimum_and_maximum_swapped_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "maximum"
    if (values < -tolerance).all():
        return "minimum"
    return "degenerate"


def minimum_and_maximum_swapped_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(-matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def diagonal_entries_decide_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.diag(matrix)
    tolerance = len(values) * torch.finfo(matrix.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def diagonal_entries_decide_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    entries = matrix.diagonal().tolist()
    limit = len(entries) * torch.finfo(matrix.dtype).eps * max(abs(entry) for entry in entries)
    signs = {0 if abs(entry) <= limit else 1 if entry > 0 else -1 for entry in entries}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return "degenerate"
    return "minimum" if 1 in signs else "maximum"


def determinant_sign_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    determinant = torch.linalg.det(matrix)
    if determinant > 0:
        return "minimum"
    return "saddle" if determinant < 0 else "degenerate"


def determinant_sign_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    sign = int(torch.linalg.slogdet(matrix).sign)
    return {1: "minimum", -1: "saddle", 0: "degenerate"}[sign]


def two_verdicts_from_a_determinant_at_point_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor
) -> str:
    if torch.func.grad(func)(inputs).abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    return "minimum" if torch.linalg.det(matrix) > 0 else "saddle"


def two_verdicts_from_a_determinant_at_point_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor
) -> str:
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    kind = {True: "minimum", False: "saddle"}[bool(torch.linalg.slogdet(matrix).sign == 1)]
    return "not critical" if torch.func.grad(func)(inputs).abs().max() > 1e-6 else kind


def determinant_test_at_point_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    determinant = torch.linalg.det(matrix)
    if determinant < 0:
        return "saddle"
    if determinant == 0:
        return "degenerate"
    return "minimum" if matrix[0, 0] > 0 else "maximum"


def determinant_test_at_point_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    matrix = torch.stack(rows).reshape(len(rows), -1)
    sign, _ = torch.linalg.slogdet(matrix)
    if sign > 0 and matrix[0, 0] > 0:
        return "minimum"
    if sign > 0:
        return "maximum"
    return "saddle" if sign < 0 else "degenerate"


def gradient_forgotten_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_forgotten_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_sign_forgotten_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_sign_forgotten_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if (slopes > 1e-6).any():
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_exactly_zero_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if (slopes != 0).any():
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_exactly_zero_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if not torch.equal(slopes, torch.zeros_like(slopes)):
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_summed_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    if abs(float(torch.func.grad(func)(x).sum())) > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def gradient_summed_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    slopes = torch.func.grad(func)(x)
    if (slopes @ torch.ones_like(slopes) if x.dim() == 1 else slopes.sum()).abs() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def point_for_vectors_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    if torch.func.grad(func)(x).abs().max() > 1e-6:
        return "not critical"
    return classify_hessian(torch.func.hessian(func)(x))  # type: ignore[name-defined]  # noqa: F821


def point_for_vectors_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    if torch.func.grad(func)(x).abs().max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(len(x), len(x))
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def gradient_mean_measured_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    slopes = torch.func.grad(func)(x)
    if slopes.abs().mean() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def gradient_mean_measured_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    slopes = torch.func.grad(func)(x)
    if slopes.abs().sum() > 1e-6 * inputs.numel():
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def gradient_limit_scaled_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    slopes = torch.func.grad(func)(x)
    if slopes.abs().max() > 1e-6 * max(1.0, float(func(inputs).abs())):
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def gradient_limit_scaled_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    slopes = torch.func.grad(func)(x)
    if slopes.abs().max() > 1e-6 * (1 + inputs.norm()):
        return "not critical"
    hessian = torch.func.hessian(func)(x).reshape(x.numel(), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def zero_limit_too_wide_1(matrix: Tensor) -> str:
    values = eigenvalues(matrix)  # type: ignore[name-defined]  # noqa: F821
    zero = len(values) ** 2 * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values.abs() <= zero).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def zero_limit_too_wide_2(matrix: Tensor) -> str:
    values = eigenvalues(matrix)  # type: ignore[name-defined]  # noqa: F821
    zero = len(matrix) * torch.finfo(matrix.dtype).eps * torch.linalg.matrix_norm(matrix)
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values.abs() <= zero).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def gradient_norm_measured_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if torch.linalg.vector_norm(slopes) > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def gradient_norm_measured_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if (slopes**2).sum().sqrt() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.requires_grad_()
    (func(x) + 0 * x.sum()).backward()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    inputs.requires_grad = True
    (func(inputs) + 0 * (inputs * inputs).sum()).backward(create_graph=True)
    slopes = inputs.grad
    if slopes.abs().max() > 1e-6:
        return "not critical"
    n = slopes.numel()
    hessian = torch.empty(n, n, dtype=inputs.dtype, device=inputs.device)
    for row, slope in zip(hessian, slopes.reshape(-1), strict=True):
        row[:] = torch.autograd.grad(slope, inputs, retain_graph=True)[0].reshape(-1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    inputs.add_(1e-3)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    inputs.mul_(0.5).sub_(0.25)
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    inputs.requires_grad = True
    value = func(inputs) + 0 * (inputs * inputs).sum()
    (slopes,) = torch.autograd.grad(value, inputs, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, inputs, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_graph_freed_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_graph_freed_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True)
    rows = []
    for index in range(slopes.numel()):
        pick = torch.zeros_like(slopes)
        pick.view(-1)[index] = 1.0
        rows.append(torch.autograd.grad(slopes, x, pick)[0].reshape(-1))
    if slopes.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.stack(rows)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_refuses_constants_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_refuses_constants_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    func(x).backward()
    if x.grad.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.autograd.functional.hessian(func, inputs).reshape(x.numel(), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_without_create_graph_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    grad = torch.autograd.grad
    rows = [grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    hessian = torch.stack(rows).reshape(len(rows), -1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def critical_without_create_graph_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    x = inputs.detach().clone().requires_grad_()
    func(x).backward()
    slopes = x.grad
    if slopes.abs().max() > 1e-6:
        return "not critical"
    columns = [torch.autograd.grad(slope, x)[0].flatten() for slope in slopes.flatten()]
    hessian = torch.stack(columns, dim=1)
    values = torch.linalg.eigvalsh(hessian)
    tolerance = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    if (values < -tolerance).all():
        return "maximum"
    return "degenerate"


def eigenvalues_with_capital_letters(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("Square matrices only")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("Symmetric matrices only")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


RIGHT: dict[str, list[tuple[str, Answer]]] = {
    "eigenvalues": [
        ("the symmetric routine", eigenvalues_by_eigvalsh),
        ("with eigenvectors, from the other triangle", eigenvalues_by_eigh),
        ("the general routine, sorted", eigenvalues_by_general_routine),
        ("Jacobi's rotations", eigenvalues_by_rotations),
        ("a refusal that begins with the word", eigenvalues_with_capital_letters),
    ],
    "classify_hessian": [
        ("signs against the tolerance", class_by_signs),
        ("the smallest and the largest eigenvalue", class_by_extremes),
        ("the rank of the matrix", class_by_rank),
        ("a table of signs", class_by_table),
    ],
    "classify_critical_point": [
        ("double backward", critical_by_double_backward),
        ("torch.func.hessian", critical_by_func_hessian),
        ("torch.autograd.functional", critical_by_functional_hessian),
        ("forward over reverse with vmap", critical_by_forward_over_reverse),
        ("the Jacobian of the gradient of a vector", critical_by_flat_jacobian),
    ],
}

WRONG: dict[tuple[str, str], list[Answer]] = {
    ("eigenvalues", "complex_eigenvalues"): [complex_eigenvalues_1, complex_eigenvalues_2],
    ("eigenvalues", "symmetry_not_checked"): [
        symmetry_not_checked_1,
        symmetry_not_checked_2,
        symmetry_not_checked_3,
    ],
    ("eigenvalues", "one_pair_overlooked"): [
        one_pair_overlooked_1,
        one_pair_overlooked_2,
        one_pair_overlooked_3,
    ],
    ("eigenvalues", "asymmetry_measured_in_pairs"): [
        asymmetry_measured_in_pairs_1,
        asymmetry_measured_in_pairs_2,
    ],
    ("eigenvalues", "rounding_refused"): [rounding_refused_1, rounding_refused_2],
    ("eigenvalues", "limit_by_the_signed_largest"): [
        limit_by_the_signed_largest_1,
        limit_by_the_signed_largest_2,
    ],
    ("eigenvalues", "one_triangle_read"): [one_triangle_read_1, one_triangle_read_2],
    ("eigenvalues", "upper_triangle_read"): [upper_triangle_read_1, upper_triangle_read_2],
    ("eigenvalues", "limit_too_narrow"): [limit_too_narrow_1, limit_too_narrow_2],
    ("eigenvalues", "asymmetry_in_fixed_units"): [
        asymmetry_in_fixed_units_1,
        asymmetry_in_fixed_units_2,
    ],
    ("eigenvalues", "descending"): [descending_1, descending_2],
    ("eigenvalues", "sum_for_average"): [
        sum_for_average_1,
        sum_for_average_2,
        sum_for_average_3,
    ],
    ("eigenvalues", "ordered_by_size"): [ordered_by_size_1, ordered_by_size_2],
    ("eigenvalues", "singular_values"): [singular_values_1, singular_values_2],
    ("eigenvalues", "diagonal_entries_for_eigenvalues"): [
        diagonal_entries_for_eigenvalues_1,
        diagonal_entries_for_eigenvalues_2,
    ],
    ("eigenvalues", "real_parts_unordered"): [real_parts_unordered_1, real_parts_unordered_2],
    ("eigenvalues", "symmetrised_in_place"): [symmetrised_in_place_1, symmetrised_in_place_2],
    ("eigenvalues", "eigenvalues_in_float32"): [eigenvalues_in_float32_1, eigenvalues_in_float32_2],
    ("classify_hessian", "everything_else_is_a_saddle"): [
        everything_else_is_a_saddle_1,
        everything_else_is_a_saddle_2,
    ],
    ("classify_hessian", "semidefinite_is_definite"): [
        semidefinite_is_definite_1,
        semidefinite_is_definite_2,
    ],
    ("classify_hessian", "any_zero_is_degenerate"): [
        any_zero_is_degenerate_1,
        any_zero_is_degenerate_2,
    ],
    ("classify_hessian", "minimum_and_maximum_swapped"): [
        minimum_and_maximum_swapped_1,
        minimum_and_maximum_swapped_2,
    ],
    ("classify_hessian", "diagonal_entries_decide"): [
        diagonal_entries_decide_1,
        diagonal_entries_decide_2,
    ],
    ("classify_hessian", "determinant_sign"): [determinant_sign_1, determinant_sign_2],
    ("classify_hessian", "two_verdicts_from_a_determinant"): [
        two_verdicts_from_a_determinant_1,
        two_verdicts_from_a_determinant_2,
    ],
    ("classify_hessian", "determinant_test"): [determinant_test_1, determinant_test_2],
    ("classify_hessian", "absolute_tolerance"): [absolute_tolerance_1, absolute_tolerance_2],
    ("classify_hessian", "generous_tolerance"): [generous_tolerance_1, generous_tolerance_2],
    ("classify_hessian", "tolerance_of_float64"): [tolerance_of_float64_1, tolerance_of_float64_2],
    ("classify_hessian", "no_tolerance"): [no_tolerance_1, no_tolerance_2],
    ("classify_hessian", "limit_taken_for_a_sign"): [
        limit_taken_for_a_sign_1,
        limit_taken_for_a_sign_2,
    ],
    ("classify_hessian", "limit_by_the_largest_with_its_sign"): [
        limit_by_the_largest_with_its_sign_1,
        limit_by_the_largest_with_its_sign_2,
    ],
    ("classify_hessian", "limit_without_the_largest"): [
        limit_without_the_largest_1,
        limit_without_the_largest_2,
    ],
    ("classify_hessian", "zeros_measured_in_pairs"): [
        zeros_measured_in_pairs_1,
        zeros_measured_in_pairs_2,
    ],
    ("classify_hessian", "refusal_lost"): [refusal_lost_1, refusal_lost_2, refusal_lost_3],
    ("classify_critical_point", "constant_is_not_critical"): [
        constant_is_not_critical_1,
        constant_is_not_critical_2,
    ],
    ("classify_critical_point", "critical_linear_is_degenerate"): [
        critical_linear_is_degenerate_1,
        critical_linear_is_degenerate_2,
    ],
    ("classify_critical_point", "critical_wipes_grad"): [
        critical_wipes_grad_1,
        critical_wipes_grad_2,
    ],
    ("classify_critical_point", "everything_else_is_a_saddle"): [
        everything_else_is_a_saddle_at_point_1,
        everything_else_is_a_saddle_at_point_2,
    ],
    ("classify_critical_point", "semidefinite_is_definite"): [
        semidefinite_is_definite_at_point_1,
        semidefinite_is_definite_at_point_2,
    ],
    ("classify_critical_point", "any_zero_is_degenerate"): [
        any_zero_is_degenerate_at_point_1,
        any_zero_is_degenerate_at_point_2,
    ],
    ("classify_critical_point", "minimum_and_maximum_swapped"): [
        minimum_and_maximum_swapped_at_point_1,
        minimum_and_maximum_swapped_at_point_2,
    ],
    ("classify_critical_point", "diagonal_entries_decide"): [
        diagonal_entries_decide_at_point_1,
        diagonal_entries_decide_at_point_2,
    ],
    ("classify_critical_point", "determinant_sign"): [
        determinant_sign_at_point_1,
        determinant_sign_at_point_2,
    ],
    ("classify_critical_point", "two_verdicts_from_a_determinant"): [
        two_verdicts_from_a_determinant_at_point_1,
        two_verdicts_from_a_determinant_at_point_2,
    ],
    ("classify_critical_point", "determinant_test"): [
        determinant_test_at_point_1,
        determinant_test_at_point_2,
    ],
    ("classify_critical_point", "gradient_forgotten"): [gradient_forgotten_1, gradient_forgotten_2],
    ("classify_critical_point", "gradient_sign_forgotten"): [
        gradient_sign_forgotten_1,
        gradient_sign_forgotten_2,
    ],
    ("classify_critical_point", "gradient_exactly_zero"): [
        gradient_exactly_zero_1,
        gradient_exactly_zero_2,
    ],
    ("classify_hessian", "zero_limit_too_wide"): [
        zero_limit_too_wide_1,
        zero_limit_too_wide_2,
    ],
    ("classify_critical_point", "gradient_summed"): [gradient_summed_1, gradient_summed_2],
    ("classify_critical_point", "point_for_vectors_only"): [
        point_for_vectors_only_1,
        point_for_vectors_only_2,
    ],
    ("classify_critical_point", "gradient_mean_measured"): [
        gradient_mean_measured_1,
        gradient_mean_measured_2,
    ],
    ("classify_critical_point", "gradient_limit_scaled"): [
        gradient_limit_scaled_1,
        gradient_limit_scaled_2,
    ],
    ("classify_critical_point", "gradient_norm_measured"): [
        gradient_norm_measured_1,
        gradient_norm_measured_2,
    ],
    ("classify_critical_point", "critical_leaves_grad"): [
        critical_leaves_grad_1,
        critical_leaves_grad_2,
    ],
    ("classify_critical_point", "critical_overwrites_inputs"): [
        critical_overwrites_inputs_1,
        critical_overwrites_inputs_2,
    ],
    ("classify_critical_point", "critical_marks_inputs"): [
        critical_marks_inputs_1,
        critical_marks_inputs_2,
    ],
    ("classify_critical_point", "critical_graph_freed"): [
        critical_graph_freed_1,
        critical_graph_freed_2,
    ],
    ("classify_critical_point", "critical_refuses_constants"): [
        critical_refuses_constants_1,
        critical_refuses_constants_2,
    ],
    ("classify_critical_point", "critical_without_create_graph"): [
        critical_without_create_graph_1,
        critical_without_create_graph_2,
    ],
}
