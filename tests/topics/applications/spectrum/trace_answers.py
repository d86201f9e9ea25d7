"""Answers to `hutchinson_trace`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def trace_by_signs(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def trace_by_floats(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def trace_by_normal_numbers(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    each = like.new_empty(samples)
    for i in range(samples):
        z = torch.randn_like(like)
        each[i] = (z * matvec(z)).sum()
    return each.mean(), (each.var() / samples).sqrt()


def trace_by_the_sphere(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    each = []
    for _ in range(samples):
        z = torch.randn(like.shape, dtype=like.dtype, device=like.device)
        z = z * (like.numel() ** 0.5 / z.norm())
        each.append((z * matvec(z)).sum())
    found = torch.stack(each)
    return torch.mean(found), torch.std(found, correction=0) / (samples - 1) ** 0.5


def trace_by_coins(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    each = [
        (z * matvec(z)).sum()
        for z in (torch.bernoulli(torch.full_like(like, 0.5)) * 2 - 1 for _ in range(samples))
    ]
    error, mean = torch.std_mean(torch.stack(each))
    return mean, error / samples**0.5


def sum_not_mean_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.sum(), each.std() / samples**0.5


def sum_not_mean_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean * samples, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def mean_of_the_eigenvalues_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        z = z / z.norm()
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def mean_of_the_eigenvalues_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append((matvec(z) * z).mean().item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def normal_probes_of_length_one_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randn_like(like)
        z = z / z.norm()
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def normal_probes_of_length_one_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randn(like.shape, dtype=like.dtype, device=like.device)
        z = torch.nn.functional.normalize(z.flatten(), dim=0).view(like.shape)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def uniform_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.rand_like(like)
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def uniform_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.rand(like.shape, dtype=like.dtype, device=like.device)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def centred_uniform_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2 * torch.rand_like(like) - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def centred_uniform_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = (torch.rand(like.shape, dtype=like.dtype, device=like.device) - 0.5) * 2
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def zeros_among_the_signs_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    numbers = []
    for _ in range(samples):
        z = torch.randint(-1, 2, like.shape, device=like.device).to(like.dtype)
        numbers.append((z * matvec(z)).sum())
    each = torch.stack(numbers)
    return each.mean(), each.std() / samples**0.5


def zeros_among_the_signs_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    def sample() -> Tensor:
        z = torch.randint(3, like.shape, device=like.device) - torch.ones_like(like)
        return torch.dot(z.flatten(), matvec(z).flatten())

    found = torch.stack([sample() for _ in range(samples)])
    return found.mean(), found.std() / samples**0.5


def bits_for_signs_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype)
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def bits_for_signs_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(2, tuple(like.shape), device=like.device) * torch.ones_like(like)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def ones_for_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.ones_like(like)
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def ones_for_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 0 * like + 1
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def square_of_the_product_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((matvec(z) ** 2).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def square_of_the_product_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(matvec(z).norm().item() ** 2)
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def absolute_values_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum().abs())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def absolute_values_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(abs(torch.dot(z.flatten(), matvec(z).flatten()).item()))
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def deviation_for_error_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std()


def deviation_for_error_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, variance**0.5
    return like.new_tensor(value), like.new_tensor(error)


def divided_by_samples_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples


def divided_by_samples_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, variance**0.5 / samples
    return like.new_tensor(value), like.new_tensor(error)


def variance_for_error_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.var() / samples


def variance_for_error_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, variance / samples
    return like.new_tensor(value), like.new_tensor(error)


def deviation_for_error_of_normal_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    probes = (torch.randn_like(like) for _ in range(samples))
    each = torch.stack([(z * matvec(z)).sum() for z in probes])
    return each.mean(), each.std()


def deviation_for_error_of_normal_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randn(like.shape, dtype=like.dtype, device=like.device)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()))
    each = torch.stack(found)
    mean = each.mean()
    variance = ((each - mean) ** 2).sum() / (samples - 1)
    return mean, variance**0.5


def divided_by_samples_of_normal_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    probes = (torch.randn_like(like) for _ in range(samples))
    each = torch.stack([(z * matvec(z)).sum() for z in probes])
    return each.mean(), each.std() / samples


def divided_by_samples_of_normal_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randn(like.shape, dtype=like.dtype, device=like.device)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()))
    each = torch.stack(found)
    mean = each.mean()
    variance = ((each - mean) ** 2).sum() / (samples - 1)
    return mean, variance**0.5 / samples


def variance_for_error_of_normal_probes_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    probes = (torch.randn_like(like) for _ in range(samples))
    each = torch.stack([(z * matvec(z)).sum() for z in probes])
    return each.mean(), each.var() / samples


def variance_for_error_of_normal_probes_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randn(like.shape, dtype=like.dtype, device=like.device)
        found.append(torch.dot(z.flatten(), matvec(z).flatten()))
    each = torch.stack(found)
    mean = each.mean()
    variance = ((each - mean) ** 2).sum() / (samples - 1)
    return mean, variance / samples


def deviation_of_all_there_are_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std(unbiased=False) / samples**0.5


def deviation_of_all_there_are_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    total = squares = torch.zeros((), dtype=like.dtype, device=like.device)
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        one = (z * matvec(z)).sum()
        total, squares = total + one, squares + one**2
    mean = total / samples
    return mean, (squares / samples - mean**2).clamp(min=0).sqrt() / samples**0.5


def no_error_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), torch.zeros_like(each[0])


def no_error_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    value, error = mean, 0.0
    return like.new_tensor(value), like.new_tensor(error)


def seeded_inside_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    torch.manual_seed(0)
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def seeded_inside_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    own = torch.Generator().manual_seed(7)
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape), generator=own).to(like) - 1.0
        found.append(torch.dot(z.flatten(), matvec(z).flatten()).item())
    mean = sum(found) / samples
    variance = sum((one - mean) ** 2 for one in found) / (samples - 1)
    value, error = mean, (variance / samples) ** 0.5
    return like.new_tensor(value), like.new_tensor(error)


def probes_on_the_cpu_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


def probes_on_the_cpu_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    found = []
    for _ in range(samples):
        z = 2.0 * torch.randint(2, tuple(like.shape)).to(like.dtype) - 1.0
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return each.mean(), (each.var() / samples).sqrt()


def one_probe_for_all_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
    value = (z * matvec(z)).sum()
    return value, torch.zeros_like(value)


def one_probe_for_all_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    z = 2.0 * torch.randint(2, tuple(like.shape), device=like.device).to(like) - 1.0
    each = torch.stack([torch.dot(z.flatten(), matvec(z).flatten()) for _ in range(samples)])
    return each.mean(), each.std() / samples**0.5


def exact_by_unit_vectors_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    units = torch.eye(like.numel(), dtype=like.dtype, device=like.device)
    entries = [(u.view(like.shape) * matvec(u.view(like.shape))).sum() for u in units]
    return torch.stack(entries).sum(), torch.zeros_like(entries[0])


def exact_by_unit_vectors_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    total = like.new_zeros(())
    for i in range(like.numel()):
        unit = torch.zeros_like(like)
        unit.view(-1)[i] = 1.0
        total = total + matvec(unit).reshape(-1)[i]
    return total, 0 * total


def probes_stored_1(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    probes = torch.randint(0, 2, (samples, *like.shape), device=like.device).to(like.dtype) * 2 - 1
    each = torch.stack([(z * matvec(z)).sum() for z in probes])
    return each.mean(), each.std() / samples**0.5


def probes_stored_2(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, ...]:
    probes = torch.randn(samples, *like.shape, dtype=like.dtype, device=like.device)
    each = (probes * torch.vmap(matvec)(probes)).flatten(1).sum(1)
    return each.mean(), each.std() / samples**0.5


RIGHT: tuple[tuple[str, Answer], ...] = (
    ("trace by signs", trace_by_signs),
    ("trace by floats", trace_by_floats),
    ("trace by normal numbers", trace_by_normal_numbers),
    ("trace by the sphere", trace_by_the_sphere),
    ("trace by coins", trace_by_coins),
)

WRONG: dict[str, tuple[Answer, ...]] = {
    "sum_not_mean": (sum_not_mean_1, sum_not_mean_2),
    "mean_of_the_eigenvalues": (mean_of_the_eigenvalues_1, mean_of_the_eigenvalues_2),
    "normal_probes_of_length_one": (normal_probes_of_length_one_1, normal_probes_of_length_one_2),
    "uniform_probes": (uniform_probes_1, uniform_probes_2),
    "centred_uniform_probes": (centred_uniform_probes_1, centred_uniform_probes_2),
    "zeros_among_the_signs": (zeros_among_the_signs_1, zeros_among_the_signs_2),
    "bits_for_signs": (bits_for_signs_1, bits_for_signs_2),
    "ones_for_probes": (ones_for_probes_1, ones_for_probes_2),
    "square_of_the_product": (square_of_the_product_1, square_of_the_product_2),
    "absolute_values": (absolute_values_1, absolute_values_2),
    "deviation_for_error": (
        deviation_for_error_1,
        deviation_for_error_2,
        deviation_for_error_of_normal_probes_1,
        deviation_for_error_of_normal_probes_2,
    ),
    "divided_by_samples": (
        divided_by_samples_1,
        divided_by_samples_2,
        divided_by_samples_of_normal_probes_1,
        divided_by_samples_of_normal_probes_2,
    ),
    "variance_for_error": (
        variance_for_error_1,
        variance_for_error_2,
        variance_for_error_of_normal_probes_1,
        variance_for_error_of_normal_probes_2,
    ),
    "deviation_of_all_there_are": (
        deviation_of_all_there_are_1,
        deviation_of_all_there_are_2,
    ),
    "no_error": (no_error_1, no_error_2),
    "seeded_inside": (seeded_inside_1, seeded_inside_2),
    "probes_on_the_cpu": (probes_on_the_cpu_1, probes_on_the_cpu_2),
    "one_probe_for_all": (one_probe_for_all_1, one_probe_for_all_2),
    "exact_by_unit_vectors": (exact_by_unit_vectors_1, exact_by_unit_vectors_2),
    "probes_stored": (probes_stored_1, probes_stored_2),
}
