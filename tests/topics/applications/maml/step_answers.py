"""Answers to `inner_update`: right by several recordings, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from topics.applications.maml.given import as_vector, gradient

Answer = Callable[..., Any]


def by_autograd(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(p.clone() for p in parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def by_func_grad(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def by_allow_unused(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    value = loss(parameters)
    if value.grad_fn is None:
        return tuple(p + 0 for p in parameters)
    slopes = torch.autograd.grad(value, tuple(parameters), create_graph=True, allow_unused=True)
    pairs = zip(parameters, slopes, strict=True)
    return tuple(p.clone() if g is None else p - lr * g for p, g in pairs)


def by_pulling_back(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    value, pull = torch.func.vjp(loss, tuple(parameters))
    (slopes,) = pull(torch.ones_like(value))
    found = []
    for p, g in zip(parameters, slopes, strict=True):
        found.append(torch.sub(p, g, alpha=lr))
    return tuple(found)


def by_touching_all(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    touched = sum((0 * p).sum() for p in parameters)
    slopes = torch.autograd.grad(loss(parameters) + touched, list(parameters), create_graph=True)
    return tuple([p - g * lr for p, g in zip(parameters, slopes, strict=True)])


def step_detached_1(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    value = loss(own)
    if not value.requires_grad:
        return tuple(p.detach() for p in own)
    slopes = torch.autograd.grad(value, own, materialize_grads=True)
    with torch.no_grad():
        return tuple(p - lr * g for p, g in zip(own, slopes, strict=True))


def step_detached_2(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    slopes = torch.func.grad(loss)(tuple(p.detach() for p in parameters))
    pairs = zip(parameters, slopes, strict=True)
    return tuple(torch.nn.Parameter(p.detach() - lr * g) for p, g in pairs)


def step_without_create_graph_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), materialize_grads=True)
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def step_without_create_graph_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p - lr * g.detach() for p, g in zip(parameters, slopes, strict=True))


def step_in_the_callers_data_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = gradient(loss, parameters)
    for p, g in zip(parameters, slopes, strict=True):
        p.data -= lr * g
    return tuple(parameters)


def step_in_the_callers_data_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    with torch.no_grad():
        for p, g in zip(parameters, slopes, strict=True):
            p.sub_(lr * g)
    return tuple(parameters)


def step_in_place_1(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    value = loss(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, allow_unused=True)
    for p, g in zip(parameters, slopes, strict=True):
        if g is not None:
            p -= lr * g
    return tuple(parameters)


def step_in_place_2(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p.sub_(lr * g) for p, g in zip(parameters, slopes, strict=True))


def step_leaves_grad_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if value.requires_grad:
        value.backward(create_graph=True)
    return tuple(p if p.grad is None else p - lr * p.grad for p in parameters)


def step_leaves_grad_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    torch.autograd.backward(loss(parameters), create_graph=True)
    return tuple([p - lr * p.grad for p in parameters])


def start_detached_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(p.detach() for p in parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    return tuple(p.detach() - lr * g for p, g in zip(parameters, slopes, strict=True))


def start_detached_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    before = [p.data.clone() for p in parameters]
    return tuple(p - lr * g for p, g in zip(before, slopes, strict=True))


def step_uphill_1(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p + lr * g for p, g in zip(parameters, slopes, strict=True))


def step_uphill_2(loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float) -> object:
    value = -loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def gradient_alone_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(lr * g for g in slopes)


def gradient_alone_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(0 * p for p in parameters)
    slopes = torch.autograd.grad(lr * value, list(parameters), create_graph=True, allow_unused=True)
    return tuple(0 * p if g is None else g for p, g in zip(parameters, slopes, strict=True))


def step_of_length_one_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p - g for p, g in zip(parameters, slopes, strict=True))


def step_of_length_one_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    return tuple(map(torch.sub, parameters, slopes))


def one_tensor_after_the_other_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    at = list(parameters)
    for i, p in enumerate(parameters):
        value = loss(at)
        if value.requires_grad:
            (g,) = torch.autograd.grad(value, at[i : i + 1], create_graph=True, allow_unused=True)
            at[i] = p if g is None else p - lr * g
    return tuple(at)


def one_tensor_after_the_other_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    done, left = [], list(parameters)
    while left:
        p, left = left[0], left[1:]
        value = loss([*done, p, *left])
        (g,) = (
            torch.autograd.grad(value, [p], create_graph=True, materialize_grads=True)
            if value.requires_grad
            else (0 * p,)
        )
        done.append(p - lr * g)
    return tuple(done)


def step_normalised_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    slopes = torch.func.grad(loss)(tuple(parameters))
    size = as_vector(slopes).norm().item()
    pairs = zip(parameters, slopes, strict=True)
    return tuple(p - lr * g / size if size else p for p, g in pairs)


def step_normalised_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    length = torch.stack([(g.detach() ** 2).sum() for g in slopes]).sum().sqrt()
    return tuple(p - (lr / length) * g for p, g in zip(parameters, slopes, strict=True))


def callers_tensors_handed_back_1(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, materialize_grads=True)
    return tuple(p - lr * g for p, g in zip(parameters, slopes, strict=True))


def callers_tensors_handed_back_2(
    loss: Callable[..., Tensor], parameters: Sequence[Tensor], lr: float
) -> object:
    value = loss(parameters) + 0 * parameters[0].sum()
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, allow_unused=True)
    return tuple(p if g is None else p - lr * g for p, g in zip(parameters, slopes, strict=True))


RIGHT: list[tuple[str, Answer]] = [
    ("autograd with create_graph", by_autograd),
    ("torch.func.grad", by_func_grad),
    ("allow_unused, and what is not used is copied", by_allow_unused),
    ("torch.func.vjp with one for the loss", by_pulling_back),
    ("a little of everything added to the loss", by_touching_all),
]

WRONG: dict[str, list[Answer]] = {
    "step_detached": [step_detached_1, step_detached_2],
    "step_without_create_graph": [step_without_create_graph_1, step_without_create_graph_2],
    "step_in_the_callers_data": [step_in_the_callers_data_1, step_in_the_callers_data_2],
    "step_in_place": [step_in_place_1, step_in_place_2],
    "step_leaves_grad": [step_leaves_grad_1, step_leaves_grad_2],
    "start_detached": [start_detached_1, start_detached_2],
    "step_uphill": [step_uphill_1, step_uphill_2],
    "gradient_alone": [gradient_alone_1, gradient_alone_2],
    "step_of_length_one": [step_of_length_one_1, step_of_length_one_2],
    "one_tensor_after_the_other": [one_tensor_after_the_other_1, one_tensor_after_the_other_2],
    "step_normalised": [step_normalised_1, step_normalised_2],
    "callers_tensors_handed_back": [callers_tensors_handed_back_1, callers_tensors_handed_back_2],
}
