"""Answers to `newton_step`: right by several solvers, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from topics.applications.newton.given import gradient, hessian_matrix, hvp

Answer = Callable[..., Any]


def step_by_functorch(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach()
    n = x.numel()
    matrix = torch.func.hessian(func)(x).reshape(n, n)
    slopes = torch.func.grad(func)(x).reshape(n)
    return -torch.linalg.solve(matrix, slopes).reshape(x.shape)


def step_by_cholesky_or_lu(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    g = gradient(func, inputs).reshape(-1, 1)
    factor, fault = torch.linalg.cholesky_ex(matrix)
    d = torch.linalg.solve(matrix, -g) if fault else -torch.cholesky_solve(g, factor)
    return d.reshape(inputs.shape)


def step_by_eigenvalues(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(hessian_matrix(func, inputs))
    size = values.abs()
    if size.min() <= len(values) * torch.finfo(values.dtype).eps * size.max():
        raise ValueError("the Hessian is singular, there is no Newton step")
    along = vectors.T @ gradient(func, inputs).flatten()
    return -(vectors @ (along / values)).view(inputs.shape)


def step_by_lu_factors(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    factors, pivots = torch.linalg.lu_factor(matrix)
    if (factors.diagonal() == 0).any():
        raise RuntimeError("singular Hessian")
    side = -gradient(func, inputs).reshape(-1, 1)
    return torch.linalg.lu_solve(factors, pivots, side).reshape(inputs.shape)


def step_by_qr(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    q, r = torch.linalg.qr(hessian_matrix(func, inputs))
    sizes = r.diagonal().abs()
    if float(sizes.min()) <= 1e-15 * float(sizes.max()):
        raise ValueError("the Hessian is singular")
    side = -(q.T @ gradient(func, inputs).flatten())
    return torch.linalg.solve_triangular(r, side[:, None], upper=True).view(inputs.shape)


def step_by_elimination(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n = inputs.numel()
    matrix = torch.autograd.functional.hessian(func, inputs.detach()).reshape(n, n)
    table = torch.cat([matrix, -gradient(func, inputs).reshape(n, 1)], dim=1)
    for k in range(n):
        pivot = k + int(table[k:, k].abs().argmax())
        if table[pivot, k] == 0:
            raise ZeroDivisionError("no pivot left: the Hessian is singular")
        if pivot != k:
            table[[k, pivot]] = table[[pivot, k]]
        for row in range(k + 1, n):
            table[row] = table[row] - table[row, k] / table[k, k] * table[k]
    d = torch.zeros(n, dtype=inputs.dtype, device=inputs.device)
    for k in reversed(range(n)):
        d[k] = (table[k, n] - table[k, k + 1 : n] @ d[k + 1 :]) / table[k, k]
    return d.view(inputs.shape)


def step_by_singular_values(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    u, sizes, vt = torch.linalg.svd(hessian_matrix(func, inputs))
    if (sizes <= 1e-15 * sizes[0]).any():
        raise torch.linalg.LinAlgError("singular")
    g = gradient(func, inputs).flatten()
    return (vt.T @ (u.T @ -g / sizes)).view(inputs.shape)


def missing_minus_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    slope = gradient(func, inputs).flatten()
    return torch.linalg.solve(hessian_matrix(func, inputs), slope).view(inputs.shape)


def missing_minus_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), -1)
    factors, pivots = torch.linalg.lu_factor(matrix)
    g = torch.func.grad(func)(inputs).reshape(-1, 1)
    return torch.linalg.lu_solve(factors, pivots, g).reshape(inputs.shape)


def missing_minus_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(hessian_matrix(func, inputs))
    if values.abs().min() < 1e-14:
        raise ValueError("singular")
    return (vectors @ (vectors.T @ gradient(func, inputs).flatten() / values)).view(inputs.shape)


def point_returned_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g, matrix = gradient(func, inputs), hessian_matrix(func, inputs)
    return inputs - torch.linalg.solve(matrix, g.flatten()).view_as(inputs)


def point_returned_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().flatten()
    matrix = torch.func.hessian(func)(inputs.detach()).reshape(len(x), len(x))
    d = torch.linalg.solve(matrix, -gradient(func, inputs).flatten())
    x = x + d
    return x.reshape(inputs.shape)


def negative_gradient_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return -gradient(func, inputs)


def negative_gradient_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.clone().requires_grad_()
    func(x).backward()
    return x.grad.neg()


def gradient_for_step_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.func.grad(func)(inputs)


def gradient_for_step_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.clone().requires_grad_()
    func(x).backward()
    return x.grad


def multiplied_by_hessian_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return -hvp(func, inputs, gradient(func, inputs))


def multiplied_by_hessian_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    g = gradient(func, inputs).reshape(-1, 1)
    return (matrix @ -g).reshape(inputs.shape)


def diagonal_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    curvatures = torch.diag(hessian_matrix(func, inputs)).view(inputs.shape)
    return -gradient(func, inputs) / curvatures


def diagonal_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g, matrix = gradient(func, inputs).flatten(), hessian_matrix(func, inputs)
    d = torch.zeros_like(g)
    for i in range(len(g)):
        d[i] = -g[i] / matrix[i, i]
    return d.view(inputs.shape)


def diagonal_only_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    g = gradient(func, inputs).flatten()
    return torch.linalg.solve(torch.diag(matrix.diagonal()), -g).view(inputs.shape)


def divided_by_row_sums_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    (first,) = torch.autograd.grad(func(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    return -first.detach() / second


def divided_by_row_sums_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return -gradient(func, inputs) / hvp(func, inputs, torch.ones_like(inputs))


def divided_by_row_sums_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g = gradient(func, inputs).flatten()
    return (-g / hessian_matrix(func, inputs).sum(dim=1)).view(inputs.shape)


def made_convex_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(hessian_matrix(func, inputs))
    positive = vectors @ torch.diag(values.abs()) @ vectors.T
    return torch.linalg.solve(positive, -gradient(func, inputs).flatten()).view(inputs.shape)


def made_convex_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g = gradient(func, inputs).flatten()
    _, sizes, vt = torch.linalg.svd(hessian_matrix(func, inputs))
    return -(vt.T @ ((vt @ g) / sizes)).view(inputs.shape)


def made_convex_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = torch.func.hessian(func)(inputs).reshape(inputs.numel(), inputs.numel())
    curvatures, axes = torch.linalg.eigh(matrix)
    sizes = curvatures.abs().clamp(min=1e-8)
    return -(axes @ (axes.mT @ gradient(func, inputs).flatten() / sizes)).view(inputs.shape)


def cholesky_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    lower = torch.linalg.cholesky(hessian_matrix(func, inputs))
    side = -gradient(func, inputs).reshape(-1, 1)
    half = torch.linalg.solve_triangular(lower, side, upper=False)
    return torch.linalg.solve_triangular(lower.T, half, upper=True).view(inputs.shape)


def cholesky_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n = inputs.numel()
    matrix = torch.func.hessian(func)(inputs).reshape(n, n)
    upper = torch.linalg.cholesky(matrix, upper=True)
    g = torch.func.grad(func)(inputs).reshape(n, 1)
    return torch.cholesky_solve(-g, upper, upper=True).reshape(inputs.shape)


def step_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.linalg.solve(hessian_matrix(func, inputs), -gradient(func, inputs).flatten())


def step_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n = inputs.numel()
    matrix = torch.func.hessian(func)(inputs).reshape(n, n)
    g = torch.func.grad(func)(inputs).reshape(n, 1)
    return -torch.linalg.solve(matrix, g).squeeze(1)


def explicit_inverse_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g = gradient(func, inputs)
    return -(hessian_matrix(func, inputs).inverse() @ g.flatten()).view_as(g)


def explicit_inverse_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    identity = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
    inverse = torch.linalg.solve(matrix, identity)
    return torch.einsum("ij,j->i", inverse, -gradient(func, inputs).flatten()).view(inputs.shape)


def hessian_not_exact_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    columns = []
    for i in range(inputs.numel()):
        ahead, behind = inputs.detach().clone(), inputs.detach().clone()
        ahead.view(-1)[i] += 1e-6
        behind.view(-1)[i] -= 1e-6
        columns.append((gradient(func, ahead) - gradient(func, behind)).flatten() / 2e-6)
    matrix = torch.stack(columns, dim=1)
    return torch.linalg.solve(matrix, -gradient(func, inputs).flatten()).view(inputs.shape)


def hessian_not_exact_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    matrix = hessian_matrix(func, inputs)
    matrix = matrix + 1e-6 * torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
    return torch.linalg.solve(matrix, -gradient(func, inputs).flatten()).view(inputs.shape)


def hessian_not_exact_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    g, matrix = gradient(func, inputs), hessian_matrix(func, inputs)
    return torch.linalg.solve(matrix.float().to(g.dtype), -g.flatten()).view(inputs.shape)


RIGHT: list[tuple[str, Answer]] = [
    ("torch.func and a solver", step_by_functorch),
    ("Cholesky, and LU where that fails", step_by_cholesky_or_lu),
    ("eigenvalues and axes", step_by_eigenvalues),
    ("LU factors", step_by_lu_factors),
    ("QR and one triangle", step_by_qr),
    ("Gauss's elimination", step_by_elimination),
    ("singular values", step_by_singular_values),
]

WRONG: dict[str, list[Answer]] = {
    "missing_minus": [missing_minus_1, missing_minus_2, missing_minus_3],
    "point_returned": [point_returned_1, point_returned_2],
    "gradient_for_step": [gradient_for_step_1, gradient_for_step_2],
    "negative_gradient": [negative_gradient_1, negative_gradient_2],
    "multiplied_by_hessian": [multiplied_by_hessian_1, multiplied_by_hessian_2],
    "diagonal_only": [diagonal_only_1, diagonal_only_2, diagonal_only_3],
    "divided_by_row_sums": [divided_by_row_sums_1, divided_by_row_sums_2, divided_by_row_sums_3],
    "made_convex": [made_convex_1, made_convex_2, made_convex_3],
    "cholesky_only": [cholesky_only_1, cholesky_only_2],
    "step_flattened": [step_flattened_1, step_flattened_2],
    "explicit_inverse": [explicit_inverse_1, explicit_inverse_2],
    "hessian_not_exact": [hessian_not_exact_1, hessian_not_exact_2, hessian_not_exact_3],
}
