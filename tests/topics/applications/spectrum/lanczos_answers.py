"""Answers to `lanczos`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def ritz_by_lists(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def ritz_by_a_matrix(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def ritz_by_three_terms_and_a_sweep(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    q = v0.flatten() / v0.norm()
    basis, diagonal, beside = [q], [], []
    while True:
        q = basis[-1]
        w = matvec(q.view(v0.shape)).flatten()
        if beside:
            w = w - beside[-1] * basis[-2]
        diagonal.append(torch.dot(w, q).item())
        w = w - diagonal[-1] * q
        for old in basis:
            w = w - torch.dot(w, old) * old
        size = w.norm().item()
        if len(basis) == k or size <= 1e-9 * max(map(abs, [*diagonal, *beside, size])):
            break
        beside.append(size)
        basis.append(w / size)
    rows = torch.diag(torch.tensor(diagonal, dtype=v0.dtype))
    if beside:
        off = torch.tensor(beside, dtype=v0.dtype)
        rows = rows + torch.diag(off, 1) + torch.diag(off, -1)
    values, vectors = torch.linalg.eigh(rows)
    return values, vectors[0] ** 2


def ritz_by_qr(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    start = v0.reshape(-1, 1) / v0.norm()
    basis, images = start, matvec(start[:, 0].reshape(v0.shape)).reshape(-1, 1)
    while basis.shape[1] < k and basis.shape[1] < v0.numel():
        q, r = torch.linalg.qr(torch.cat([basis, images[:, -1:]], dim=1))
        if r[-1, -1].abs() <= 1e-10 * images.abs().max():
            break
        image = matvec(q[:, -1].reshape(v0.shape)).reshape(-1, 1)
        basis, images = torch.cat([basis, q[:, -1:]], dim=1), torch.cat([images, image], dim=1)
    small = basis.T @ images
    values, vectors = torch.linalg.eigh((small + small.T) / 2)
    return values, (start.T @ basis @ vectors)[0] ** 2


def not_reorthogonalised_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        w = w - diagonal[-1] * basis[-1]
        if beside:
            w = w - beside[-1] * basis[-2]
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def not_reorthogonalised_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, max(steps - 1, 0) : steps + 1]
        w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def end_not_seen_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        if len(diagonal) == k:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def end_not_seen_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k:
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def ends_at_an_absolute_size_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        if len(diagonal) == k or size <= 1e-8:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def ends_at_an_absolute_size_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-8:
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def descending_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values.flip(0), (vectors[0] ** 2).flip(0)


def descending_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    order = values.argsort(descending=True)
    return values[order], vectors[0, order].square()


def by_magnitude_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    order = values.abs().argsort()
    return values[order], (vectors[0] ** 2)[order]


def by_magnitude_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    order = sorted(range(steps), key=lambda i: abs(values[i].item()))
    return values[order], vectors[0, order].square()


def ritz_start_not_normalised_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    matrix[0] *= v0.norm()
    matrix[:, 0] *= v0.norm()
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def ritz_start_not_normalised_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    lengths = torch.ones_like(matrix[0])
    lengths[0] = torch.linalg.vector_norm(v0)
    matrix = torch.outer(lengths, lengths) * matrix
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def diagonal_of_t_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values = matrix.diagonal().sort().values
    return values, torch.ones_like(values) / len(values)


def diagonal_of_t_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values = torch.tensor(sorted(matrix.diagonal().tolist()), dtype=v0.dtype)
    return values, v0.new_full((steps,), 1 / steps)


def off_diagonal_left_out_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def off_diagonal_left_out_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def off_diagonal_shifted_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside[:-1], start=1):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def off_diagonal_shifted_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps + 1, steps] = matrix[steps, steps + 1] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def one_step_more_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) > k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def one_step_more_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k + 1 or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def one_step_less_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) >= max(k - 1, 1) or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def one_step_less_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == (k - 1 if k > 1 else 1) or size <= 1e-11 * torch.maximum(
            matrix.abs().max(), size
        ):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def ritz_complex_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eig(matrix)
    return values, vectors[0] ** 2


def ritz_complex_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eig(matrix + 0)
    return values, vectors[0, :].square()


def weights_from_a_column_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[:, 0] ** 2


def weights_from_a_column_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors.T[0].square()


def weights_not_squared_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0].abs()


def weights_not_squared_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square().sqrt()


def weights_from_the_last_row_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[-1] ** 2


def weights_from_the_last_row_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[steps - 1, :].square()


def weights_equal_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside = [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, torch.full_like(values, 1 / len(values))


def weights_equal_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps = 0
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            w = w - known @ (known.T @ w)
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, torch.ones_like(values) / steps


def images_kept_1(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = [v0.flatten() / v0.norm()]
    diagonal, beside, kept = [], [], []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        diagonal.append(torch.dot(w, basis[-1]))
        for _ in range(2):
            for q in basis:
                w = w - torch.dot(w, q) * q
                kept.append(w)
        size = w.norm()
        largest = max(float(one.abs()) for one in [*diagonal, *beside, size])
        if len(diagonal) == k or size <= 1e-11 * largest:
            break
        beside.append(size)
        basis.append(w / size)
    matrix = torch.diag(torch.stack(diagonal))
    for i, one in enumerate(beside):
        matrix[i, i + 1] = matrix[i + 1, i] = one
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


def images_kept_2(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, ...]:
    basis = v0.new_zeros(v0.numel(), k + 2)
    matrix = v0.new_zeros(k + 2, k + 2)
    basis[:, 0] = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    steps, images = 0, []
    while True:
        w = matvec(basis[:, steps].reshape(v0.shape)).reshape(-1)
        matrix[steps, steps] = basis[:, steps] @ w
        known = basis[:, : steps + 1]
        for _ in range(2):
            images += [w, w.clone(), known @ (known.T @ w)]
            w = w - images[-1]
        size = torch.linalg.vector_norm(w)
        steps += 1
        if steps == k or size <= 1e-11 * torch.maximum(matrix.abs().max(), size):
            break
        matrix[steps, steps - 1] = matrix[steps - 1, steps] = size
        basis[:, steps] = w / size
    matrix = matrix[:steps, :steps]
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0, :].square()


def spectrum_of_the_whole_matrix_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    units = torch.eye(v0.numel(), dtype=v0.dtype, device=v0.device)
    matrix = torch.stack([matvec(unit.view(v0.shape)).flatten() for unit in units], dim=1)
    values, vectors = torch.linalg.eigh(matrix)
    shares = (vectors.T @ (v0.flatten() / v0.norm())) ** 2
    return values[-k:], shares[-k:]


def spectrum_of_the_whole_matrix_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int
) -> tuple[Tensor, ...]:
    matrix = torch.diag(torch.ones_like(v0.flatten()))
    for i in range(len(matrix)):
        matrix[:, i] = matvec(matrix[:, i].clone().reshape(v0.shape)).reshape(-1)
    values, vectors = torch.linalg.eigh(matrix)
    shares = (vectors.T @ (v0.flatten() / v0.norm())) ** 2
    return values[-k:], shares[-k:]


RIGHT: tuple[tuple[str, Answer], ...] = (
    ("ritz by lists", ritz_by_lists),
    ("ritz by a matrix", ritz_by_a_matrix),
    ("ritz by three terms and a sweep", ritz_by_three_terms_and_a_sweep),
    ("ritz by qr", ritz_by_qr),
)

WRONG: dict[str, tuple[Answer, ...]] = {
    "not_reorthogonalised": (not_reorthogonalised_1, not_reorthogonalised_2),
    "end_not_seen": (end_not_seen_1, end_not_seen_2),
    "ends_at_an_absolute_size": (ends_at_an_absolute_size_1, ends_at_an_absolute_size_2),
    "descending": (descending_1, descending_2),
    "by_magnitude": (by_magnitude_1, by_magnitude_2),
    "ritz_start_not_normalised": (ritz_start_not_normalised_1, ritz_start_not_normalised_2),
    "diagonal_of_t": (diagonal_of_t_1, diagonal_of_t_2),
    "off_diagonal_left_out": (off_diagonal_left_out_1, off_diagonal_left_out_2),
    "off_diagonal_shifted": (off_diagonal_shifted_1, off_diagonal_shifted_2),
    "one_step_more": (one_step_more_1, one_step_more_2),
    "one_step_less": (one_step_less_1, one_step_less_2),
    "ritz_complex": (ritz_complex_1, ritz_complex_2),
    "weights_from_a_column": (weights_from_a_column_1, weights_from_a_column_2),
    "weights_not_squared": (weights_not_squared_1, weights_not_squared_2),
    "weights_from_the_last_row": (weights_from_the_last_row_1, weights_from_the_last_row_2),
    "weights_equal": (weights_equal_1, weights_equal_2),
    "images_kept": (images_kept_1, images_kept_2),
    "spectrum_of_the_whole_matrix": (
        spectrum_of_the_whole_matrix_1,
        spectrum_of_the_whole_matrix_2,
    ),
}
