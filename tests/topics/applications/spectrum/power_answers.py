"""Answers to `power_iteration`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def pair_by_powers(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def pair_by_flat_vectors(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def pair_by_two_products(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0 / v0.norm()
    for _ in range(max(maxiter // 2, 1)):
        w = matvec(v)
        if w.norm() == 0:
            return w.sum(), v, w.norm()
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def pair_of_the_next_vector(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0 / v0.norm()
    w = matvec(v)
    for step in range(1, maxiter + 1):
        value = torch.vdot(v.flatten(), w.flatten())
        residual = torch.dist(w, value * v)
        if residual <= rtol * value.abs() or step == maxiter:
            break
        v = w / w.norm()
        w = matvec(v)
    return value, w / w.norm() if w.norm() > 0 else v, residual


def magnitude_returned_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = w.norm()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def magnitude_returned_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.linalg.vector_norm(image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def two_products_in_a_step_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0 / v0.norm()
    for _ in range(maxiter):
        value = (v * matvec(v)).sum()
        w = matvec(v)
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            return value, v, residual
        before, v = v, w / w.norm()
    return value, before, residual


def two_products_in_a_step_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        value, w = torch.sum(v * matvec(v)), matvec(v)
        residual = torch.linalg.vector_norm(w - value * v)
        if residual.item() <= rtol * abs(value.item()):
            break
    return value, v, residual


def ratio_of_entries_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (w / v).flatten()[0]
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def ratio_of_entries_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = image[0] / v[0]
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def mean_of_ratios_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (w / v).mean()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def mean_of_ratios_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.mean(image / v)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def sign_of_one_entry_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = torch.copysign(w.norm(), w.flatten()[0] / v.flatten()[0])
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def sign_of_one_entry_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.linalg.vector_norm(image)
        if image[-1] * v[-1] < 0:
            value = -value
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def stops_when_value_rests_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w, before = v0, None
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if before is not None and (value - before).abs() <= rtol * value.abs():
            break
        before = value
    return value, v, residual


def stops_when_value_rests_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count, before = 0, float("inf")
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if abs(value.item() - before) <= rtol * abs(value.item()) or count >= maxiter:
            break
        before = value.item()
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def absolute_tolerance_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol:
            break
    return value, v, residual


def absolute_tolerance_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def runs_to_the_end_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
    return value, v, residual


def runs_to_the_end_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def maxiter_ignored_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(10**9):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual


def maxiter_ignored_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()):
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual


def relative_residual_told_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, residual / value.abs()


def relative_residual_told_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), torch.abs(residual / value)


def squared_residual_told_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = ((w - value * v) ** 2).sum()
        if residual.sqrt() <= rtol * value.abs():
            break
    return value, v, residual


def squared_residual_told_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), residual.square()


def residual_made_up_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v, torch.zeros_like(residual)


def residual_made_up_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, v.reshape(v0.shape), value.new_zeros(())


def vector_not_unit_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, w, residual


def vector_not_unit_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1) / torch.linalg.vector_norm(v0)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = image / torch.linalg.vector_norm(image)
    return value, image.reshape(v0.shape), residual


def start_not_normalised_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    w = v0
    for _ in range(maxiter):
        v = w / w.norm() * v0.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v / v.norm(), residual


def start_not_normalised_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v = v0.reshape(-1)
    length = torch.linalg.vector_norm(v)
    count = 0
    while True:
        image = matvec(v.reshape(v0.shape)).reshape(-1)
        count += 1
        value = torch.dot(v, image)
        residual = torch.linalg.vector_norm(image - value * v)
        if residual.item() <= rtol * abs(value.item()) or count >= maxiter:
            break
        v = length * image / torch.linalg.vector_norm(image)
    return value, (v / length).reshape(v0.shape), residual


def largest_not_largest_magnitude_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    units = torch.eye(v0.numel(), dtype=v0.dtype, device=v0.device)
    matrix = torch.stack([matvec(unit.view(v0.shape)).flatten() for unit in units], dim=1)
    values, vectors = torch.linalg.eigh(matrix)
    best = -1
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, torch.zeros_like(values[best])


def largest_not_largest_magnitude_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    matrix = torch.diag(torch.ones_like(v0.flatten()))
    for i in range(len(matrix)):
        matrix[:, i] = matvec(matrix[:, i].clone().reshape(v0.shape)).reshape(-1)
    values, vectors = torch.linalg.eigh(matrix)
    best = values.argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, torch.zeros_like(values[best])


def pair_complex_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    units = torch.eye(v0.numel(), dtype=v0.dtype, device=v0.device)
    matrix = torch.stack([matvec(unit.view(v0.shape)).flatten() for unit in units], dim=1)
    values, vectors = torch.linalg.eig(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, values[best].abs() * 0


def pair_complex_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    matrix = torch.diag(torch.ones_like(v0.flatten()))
    for i in range(len(matrix)):
        matrix[:, i] = matvec(matrix[:, i].clone().reshape(v0.shape)).reshape(-1)
    values, vectors = torch.linalg.eig(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, values[best].abs() * 0


def identity_multiplied_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    units = torch.eye(v0.numel(), dtype=v0.dtype, device=v0.device)
    matrix = torch.stack([matvec(unit.view(v0.shape)).flatten() for unit in units], dim=1)
    values, vectors = torch.linalg.eigh(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, (matvec(v) - values[best] * v).norm()


def identity_multiplied_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    matrix = torch.diag(torch.ones_like(v0.flatten()))
    for i in range(len(matrix)):
        matrix[:, i] = matvec(matrix[:, i].clone().reshape(v0.shape)).reshape(-1)
    values, vectors = torch.linalg.eigh(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, (matvec(v) - values[best] * v).norm()


def columns_kept_1(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    columns = []
    for i in range(v0.numel()):
        unit = torch.zeros_like(v0)
        unit.view(-1)[i] = 1.0
        columns.append(matvec(unit).flatten())
    matrix = torch.stack(columns, dim=1)
    values, vectors = torch.linalg.eigh(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].reshape(v0.shape)
    return values[best], v, (matvec(v) - values[best] * v).norm()


def columns_kept_2(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, ...]:
    v, kept = v0 / v0.norm(), []
    for _ in range(maxiter):
        w = matvec(v)
        kept += [v, w, w - (v * w).sum() * v]
        value, residual = (v * w).sum(), kept[-1].norm()
        if residual <= 1e-3 * rtol * value.abs() or len(kept) >= 3 * maxiter:
            break
        v = w / w.norm()
    return value, v, residual


RIGHT: tuple[tuple[str, Answer], ...] = (
    ("pair by powers", pair_by_powers),
    ("pair by flat vectors", pair_by_flat_vectors),
    ("pair by two products", pair_by_two_products),
    ("pair of the next vector", pair_of_the_next_vector),
)

WRONG: dict[str, tuple[Answer, ...]] = {
    "magnitude_returned": (magnitude_returned_1, magnitude_returned_2),
    "two_products_in_a_step": (two_products_in_a_step_1, two_products_in_a_step_2),
    "ratio_of_entries": (ratio_of_entries_1, ratio_of_entries_2),
    "mean_of_ratios": (mean_of_ratios_1, mean_of_ratios_2),
    "sign_of_one_entry": (sign_of_one_entry_1, sign_of_one_entry_2),
    "stops_when_value_rests": (stops_when_value_rests_1, stops_when_value_rests_2),
    "absolute_tolerance": (absolute_tolerance_1, absolute_tolerance_2),
    "runs_to_the_end": (runs_to_the_end_1, runs_to_the_end_2),
    "maxiter_ignored": (maxiter_ignored_1, maxiter_ignored_2),
    "relative_residual_told": (relative_residual_told_1, relative_residual_told_2),
    "squared_residual_told": (squared_residual_told_1, squared_residual_told_2),
    "residual_made_up": (residual_made_up_1, residual_made_up_2),
    "vector_not_unit": (vector_not_unit_1, vector_not_unit_2),
    "start_not_normalised": (start_not_normalised_1, start_not_normalised_2),
    "largest_not_largest_magnitude": (
        largest_not_largest_magnitude_1,
        largest_not_largest_magnitude_2,
    ),
    "pair_complex": (pair_complex_1, pair_complex_2),
    "identity_multiplied": (identity_multiplied_1, identity_multiplied_2),
    "columns_kept": (columns_kept_1, columns_kept_2),
}
