"""Answers to `first_order_maml_gradient`: right by several loops, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from topics.applications.maml.given import gradient, inner_update, maml_gradient

Answer = Callable[..., Any]


def by_given_gradient(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return gradient(outer_loss, at)


def by_func_grad(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        slopes = torch.func.grad(inner_loss)(at)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    return torch.func.grad(outer_loss)(at)


def by_an_optimiser(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    optimiser = torch.optim.SGD(own, lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        value = inner_loss(own)
        if value.requires_grad:
            value.backward()
            optimiser.step()
    optimiser.zero_grad()
    value = outer_loss(own)
    if value.requires_grad:
        value.backward()
    return tuple(torch.zeros_like(p) if p.grad is None else p.grad for p in own)


def by_detached_updates(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        at = [p.detach().requires_grad_() for p in inner_update(inner_loss, at, lr)]
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in at)
    return torch.autograd.grad(value, at, materialize_grads=True)


def second_order_after_all_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return maml_gradient(inner_loss, outer_loss, parameters, lr, steps)


def second_order_after_all_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(tuple(at))
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def slope_before_adapting_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return gradient(outer_loss, parameters)


def slope_before_adapting_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)
    at = own
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return torch.func.grad(outer_loss)(own)


def slope_on_inner_examples_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return gradient(inner_loss, at)


def slope_on_inner_examples_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    slopes = torch.func.grad(inner_loss)(at)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        slopes = torch.func.grad(inner_loss)(at)
    return slopes


def slope_after_one_step_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    slopes = gradient(inner_loss, parameters)
    return gradient(outer_loss, [p - lr * g for p, g in zip(parameters, slopes, strict=True)])


def slope_after_one_step_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(1):
        slopes = torch.func.grad(inner_loss)(at)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    return torch.func.grad(outer_loss)(at)


def slope_one_step_too_far_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps + 1):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return gradient(outer_loss, at)


def slope_one_step_too_far_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, done = tuple(p.detach() for p in parameters), 0
    while True:
        slopes = torch.func.grad(inner_loss)(at)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        if done >= steps:
            return torch.func.grad(outer_loss)(at)
        done += 1


def way_of_the_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return tuple(p.detach() - q for p, q in zip(parameters, at, strict=True))


def way_of_the_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone() for p in parameters]
    total = [torch.zeros_like(p) for p in at]
    for _ in range(steps):
        for t, p, g in zip(total, at, torch.func.grad(inner_loss)(tuple(at)), strict=True):
            t += lr * g
            p -= lr * g
    return tuple(total)


def end_of_the_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return at


def end_of_the_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        at = [p.detach().requires_grad_() for p in inner_update(inner_loss, at, lr)]
    return tuple(p.detach() for p in at)


def slopes_of_all_points_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    total = [torch.zeros_like(p) for p in at]
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
        total = [t + g for t, g in zip(total, gradient(outer_loss, at), strict=True)]
    return tuple(total) if steps else gradient(outer_loss, at)


def slopes_of_all_points_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, points = tuple(p.detach() for p in parameters), []
    for _ in range(steps):
        slopes = torch.func.grad(inner_loss)(at)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        points.append(at)
    each = [torch.func.grad(outer_loss)(point) for point in points or [at]]
    return tuple(sum(parts[1:], start=parts[0]) for parts in zip(*each, strict=True))


def graph_of_all_steps_kept_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in at)
    return torch.autograd.grad(value, at, materialize_grads=True)


def graph_of_all_steps_kept_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone().requires_grad_() for p in parameters]
    graphs = []
    for _ in range(steps):
        value = inner_loss(at) + sum((0 * p).sum() for p in at)
        graphs.append(value)
        slopes = torch.autograd.grad(value, at, create_graph=True)
        at = [(p - lr * g) for p, g in zip(at, slopes, strict=True)]
    return gradient(outer_loss, at)


def adapted_the_callers_own_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    for _ in range(steps):
        for p, g in zip(parameters, gradient(inner_loss, parameters), strict=True):
            p.data -= lr * g
    return gradient(outer_loss, parameters)


def adapted_the_callers_own_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        slopes = torch.func.grad(inner_loss)(own)
        for p, g in zip(own, slopes, strict=True):
            p.sub_(lr * g)
    return torch.func.grad(outer_loss)(own)


def slope_with_losses_swapped_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(outer_loss, at), strict=True))
    return gradient(inner_loss, at)


def slope_with_losses_swapped_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    adapt, judge = (torch.func.grad(loss) for loss in (outer_loss, inner_loss))
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(torch.sub(p, g, alpha=lr) for p, g in zip(at, adapt(at), strict=True))
    return judge(at)


def slope_after_steps_uphill_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p + lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return gradient(outer_loss, at)


def slope_after_steps_uphill_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        at = [p.detach().requires_grad_() for p in inner_update(inner_loss, at, -lr)]
    return gradient(outer_loss, at)


def slope_after_one_long_step_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    slopes = gradient(inner_loss, parameters)
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    return gradient(outer_loss, at)


def slope_after_one_long_step_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)
    slopes = torch.func.grad(inner_loss)(own)
    end = tuple(p - steps * lr * g for p, g in zip(own, slopes, strict=True))
    return torch.func.grad(outer_loss)(end)


RIGHT: list[tuple[str, Answer]] = [
    ("the gradient that is given, step by step", by_given_gradient),
    ("torch.func.grad", by_func_grad),
    ("torch.optim.SGD on copies", by_an_optimiser),
    ("steps of inner_update, detached", by_detached_updates),
]

WRONG: dict[str, list[Answer]] = {
    "second_order_after_all": [second_order_after_all_1, second_order_after_all_2],
    "slope_before_adapting": [slope_before_adapting_1, slope_before_adapting_2],
    "slope_on_inner_examples": [slope_on_inner_examples_1, slope_on_inner_examples_2],
    "slope_after_one_step": [slope_after_one_step_1, slope_after_one_step_2],
    "slope_one_step_too_far": [slope_one_step_too_far_1, slope_one_step_too_far_2],
    "way_of_the_steps": [way_of_the_steps_1, way_of_the_steps_2],
    "end_of_the_steps": [end_of_the_steps_1, end_of_the_steps_2],
    "slopes_of_all_points": [slopes_of_all_points_1, slopes_of_all_points_2],
    "graph_of_all_steps_kept": [graph_of_all_steps_kept_1, graph_of_all_steps_kept_2],
    "adapted_the_callers_own": [adapted_the_callers_own_1, adapted_the_callers_own_2],
    "slope_with_losses_swapped": [slope_with_losses_swapped_1, slope_with_losses_swapped_2],
    "slope_after_steps_uphill": [slope_after_steps_uphill_1, slope_after_steps_uphill_2],
    "slope_after_one_long_step": [slope_after_one_long_step_1, slope_after_one_long_step_2],
}
