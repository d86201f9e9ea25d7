"""Answers to `maml_gradient`: right by graphs and by products, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from topics.applications.maml.given import (
    as_vector,
    gradient,
    hvp,
    inner_update,
    like,
    maml_gradient,
)

Answer = Callable[..., Any]


def by_updates(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at)

    return gradient(after, parameters)


def by_func_grad(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: tuple[Tensor, ...]) -> Tensor:
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def by_autograd(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = own
    for _ in range(steps):
        value = inner_loss(at)
        if not value.requires_grad:
            break
        slopes = torch.autograd.grad(value, at, create_graph=True, materialize_grads=True)
        at = [p - lr * g for p, g in zip(at, slopes, strict=True)]
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def by_products(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    slope = torch.func.grad(inner_loss)
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        pairs = zip(path[-1], slope(path[-1]), strict=True)
        path.append(tuple(p - lr * g for p, g in pairs))
    v = torch.func.grad(outer_loss)(path.pop())
    while path:
        bent = torch.func.jvp(slope, (path.pop(),), (v,))[1]
        v = tuple(u - lr * h for u, h in zip(v, bent, strict=True))
    return v


def by_given_products(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in path[-2::-1]:
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def by_pulling_back(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def adapt(at: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return at

    adapted, pull = torch.func.vjp(adapt, tuple(p.detach() for p in parameters))
    return pull(torch.func.grad(outer_loss)(adapted))[0]


def first_order_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = own
    for _ in range(steps):
        value = inner_loss(at)
        if not value.requires_grad:
            break
        slopes = torch.autograd.grad(value, at, retain_graph=True, materialize_grads=True)
        at = [p - lr * g for p, g in zip(at, slopes, strict=True)]
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def first_order_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        value = inner_loss(own)
        if not value.requires_grad:
            break
        slopes = torch.autograd.grad(value, own, create_graph=True, materialize_grads=True)
        with torch.no_grad():
            for p, g in zip(own, slopes, strict=True):
                p -= lr * g
    return gradient(outer_loss, own)


def gradient_before_adapting_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: Sequence[Tensor]) -> Tensor:
        at = start
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(start)

    return gradient(after, parameters)


def gradient_before_adapting_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return torch.func.grad(outer_loss)(tuple(p.detach() for p in parameters))


def outer_loss_on_inner_examples_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return inner_loss(at)

    return gradient(after, parameters)


def outer_loss_on_inner_examples_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(inner_loss, path.pop())
    for at in reversed(path):
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def adapted_on_outer_examples_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(outer_loss, at, lr)
        return outer_loss(at)

    return gradient(after, parameters)


def adapted_on_outer_examples_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(outer_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path.pop())
    for at in reversed(path):
        v = tuple(u - lr * h for u, h in zip(v, hvp(outer_loss, at, v), strict=True))
    return v


def losses_swapped_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(outer_loss, at, lr)
        return inner_loss(at)

    return gradient(after, parameters)


def losses_swapped_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: tuple[Tensor, ...]) -> Tensor:
        for _ in range(steps):
            slopes = torch.func.grad(outer_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return inner_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def every_step_from_the_start_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: tuple[Tensor, ...]) -> Tensor:
        at = start
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(start, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def every_step_from_the_start_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: Sequence[Tensor]) -> Tensor:
        moved = list(start)
        for _ in range(steps):
            stepped = inner_update(inner_loss, moved, lr)
            moves = [q - p for p, q in zip(moved, stepped, strict=True)]
            moved = [p + d for p, d in zip(start, moves, strict=True)]
        return outer_loss(moved)

    return gradient(after, parameters)


def one_gradient_for_all_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: tuple[Tensor, ...]) -> Tensor:
        slopes, at = torch.func.grad(inner_loss)(start), start
        for _ in range(steps):
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def one_gradient_for_all_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return gradient(lambda p: outer_loss(inner_update(inner_loss, p, steps * lr)), parameters)


def one_step_only_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return gradient(lambda p: outer_loss(inner_update(inner_loss, p, lr)), parameters)


def one_step_only_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    adapted = [p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True)]
    v = gradient(outer_loss, adapted)
    return tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))


def one_step_too_many_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps + 1):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at)

    return gradient(after, parameters)


def one_step_too_many_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: tuple[Tensor, ...]) -> Tensor:
        k = 0
        while k <= steps:
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
            k += 1
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def one_step_too_few_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(1, steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at)

    return gradient(after, parameters)


def one_step_too_few_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: tuple[Tensor, ...]) -> Tensor:
        value = outer_loss(at)
        for _ in range(steps):
            value = outer_loss(at)
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return value

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def only_the_last_step_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps - 1):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    if steps == 0:
        return gradient(outer_loss, at)
    return gradient(lambda p: outer_loss(inner_update(inner_loss, p, lr)), at)


def only_the_last_step_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = before = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        before = [p.detach().requires_grad_() for p in at]
        at = inner_update(inner_loss, before, lr)
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in before)
    return torch.autograd.grad(value, before, materialize_grads=True)


def hessian_of_the_start_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    start = tuple(p.detach() for p in parameters)
    at = start
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    v = gradient(outer_loss, at)
    for _ in range(steps):
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, start, v), strict=True))
    return v


def hessian_of_the_start_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = start = tuple(p.detach() for p in parameters)
    slope, bent = torch.func.vjp(torch.func.grad(inner_loss), start)
    for _ in range(steps):
        slope = torch.func.grad(inner_loss)(at)
        at = tuple(p - lr * g for p, g in zip(at, slope, strict=True))
    v = torch.func.grad(outer_loss)(at)
    for _ in range(steps):
        v = tuple(u - lr * h for u, h in zip(v, bent(v)[0], strict=True))
    return v


def hessian_after_the_step_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in reversed(path[1:]):
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def hessian_after_the_step_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, slope = tuple(p.detach() for p in parameters), torch.func.grad(inner_loss)
    pulls = []
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, slope(at), strict=True))
        pulls.append(torch.func.vjp(slope, at)[1])
    v = torch.func.grad(outer_loss)(at)
    while pulls:
        v = tuple(u - lr * h for u, h in zip(v, pulls.pop()(v)[0], strict=True))
    return v


def hessian_of_the_outer_loss_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in reversed(path[:-1]):
        v = tuple(u - lr * h for u, h in zip(v, hvp(outer_loss, at, v), strict=True))
    return v


def hessian_of_the_outer_loss_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, slope, bend = tuple(p.detach() for p in parameters), torch.func.grad(inner_loss), []
    for _ in range(steps):
        bend.append(torch.func.vjp(torch.func.grad(outer_loss), at)[1])
        at = tuple(p - lr * g for p, g in zip(at, slope(at), strict=True))
    v = torch.func.grad(outer_loss)(at)
    while bend:
        v = tuple(u - lr * h for u, h in zip(v, bend.pop()(v)[0], strict=True))
    return v


def plus_for_minus_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in reversed(path[:-1]):
        v = tuple(u + lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def plus_for_minus_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, slope, pulls = tuple(p.detach() for p in parameters), torch.func.grad(inner_loss), []
    for _ in range(steps):
        slopes, pull = torch.func.vjp(slope, at)
        pulls.append(pull)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    v = torch.func.grad(outer_loss)(at)
    for pull in pulls[::-1]:
        v = tuple(torch.add(u, h, alpha=lr) for u, h in zip(v, pull(v)[0], strict=True))
    return v


def step_size_forgotten_on_the_way_back_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in reversed(path[:-1]):
        v = tuple(u - h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def step_size_forgotten_on_the_way_back_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, slope, pulls = tuple(p.detach() for p in parameters), torch.func.grad(inner_loss), []
    for _ in range(steps):
        slopes, pull = torch.func.vjp(slope, at)
        pulls.append(pull)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    v = torch.func.grad(outer_loss)(at)
    for pull in pulls[::-1]:
        v = tuple(map(torch.sub, v, pull(v)[0]))
    return v


def second_order_part_alone_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    whole = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    at = tuple(p.detach() for p in parameters)
    for _ in range(steps):
        at = tuple(p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True))
    return tuple(a - b for a, b in zip(whole, gradient(outer_loss, at), strict=True))


def second_order_part_alone_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = torch.func.grad(inner_loss)(path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = torch.func.grad(outer_loss)(path.pop())
    left = [torch.zeros_like(u) for u in v]
    while path:
        bent = torch.func.jvp(torch.func.grad(inner_loss), (path.pop(),), (v,))[1]
        left = [a - lr * h for a, h in zip(left, bent, strict=True)]
        v = tuple(u - lr * h for u, h in zip(v, bent, strict=True))
    return tuple(left)


def each_tensor_by_itself_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    path = [own]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        pairs = zip(path[-1], slopes, strict=True)
        path.append([(p.detach() - lr * g).requires_grad_() for p, g in pairs])
    v = list(gradient(outer_loss, path.pop()))
    while path:
        at = path.pop()
        value = inner_loss(at)
        if not value.requires_grad:
            continue
        slopes = torch.autograd.grad(value, at, create_graph=True, materialize_grads=True)
        for i, (p, g) in enumerate(zip(at, slopes, strict=True)):
            if g.requires_grad:
                (bent,) = torch.autograd.grad(
                    (g * v[i]).sum(), [p], retain_graph=True, materialize_grads=True
                )
                v[i] = v[i] - lr * bent
    return tuple(v)


def each_tensor_by_itself_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = torch.func.grad(inner_loss)(path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = torch.func.grad(outer_loss)(path.pop())
    for at in reversed(path):
        found = []
        for i, (p, u) in enumerate(zip(at, v, strict=True)):

            def alone(q: Tensor, i: int = i, at: tuple[Tensor, ...] = at) -> Tensor:
                return inner_loss((*at[:i], q, *at[i + 1 :]))

            found.append(u - lr * torch.func.jvp(torch.func.grad(alone), (p,), (u,))[1])
        v = tuple(found)
    return v


def adapted_uphill_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return maml_gradient(inner_loss, outer_loss, parameters, -lr, steps)


def adapted_uphill_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: tuple[Tensor, ...]) -> Tensor:
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p + lr * g for p, g in zip(at, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def adapted_returned_1(
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


def adapted_returned_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach().clone().requires_grad_() for p in parameters)
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    return tuple(p.detach() for p in at)


def outer_step_taken_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    slopes = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(p.detach() - lr * g for p, g in zip(parameters, slopes, strict=True))


def outer_step_taken_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at)

    own = [p.detach().clone().requires_grad_() for p in parameters]
    return tuple(p.detach() for p in inner_update(after, own, lr))


def start_less_end_1(
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


def start_less_end_2(
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


def summed_over_the_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        if steps == 0:
            return outer_loss(at)
        total = 0.0
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
            total = total + outer_loss(at)
        return total

    return gradient(after, parameters)


def summed_over_the_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    each = [maml_gradient(inner_loss, outer_loss, parameters, lr, k + 1) for k in range(steps)]
    each = each or [gradient(outer_loss, parameters)]
    return tuple(sum(parts[1:], start=parts[0]) for parts in zip(*each, strict=True))


def inner_gradient_added_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: Sequence[Tensor]) -> Tensor:
        at = start
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at) + inner_loss(start)

    return gradient(after, parameters)


def inner_gradient_added_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(map(torch.add, found, gradient(inner_loss, parameters)))


def inner_gradients_of_all_steps_added_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def along(start: Sequence[Tensor]) -> Tensor:
        at, total = start, torch.zeros((), dtype=start[0].dtype, device=start[0].device)
        for _ in range(steps):
            total = total + inner_loss(at)
            at = inner_update(inner_loss, at, lr)
        return total + outer_loss(at)

    return gradient(along, parameters)


def inner_gradients_of_all_steps_added_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    start = [p.detach().clone().requires_grad_() for p in parameters]
    at = [p * 1 for p in start]
    for _ in range(steps):
        for p in at:
            p.retain_grad()
        loss = inner_loss(at)
        if loss.requires_grad:
            loss.backward(create_graph=True)
        at = [p if p.grad is None else p - lr * p.grad for p in at]
    loss = outer_loss(at)
    if loss.requires_grad:
        loss.backward()
    return tuple(torch.zeros_like(p) if p.grad is None else p.grad.detach() for p in start)


def gradients_of_the_steps_added_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at, gone = tuple(p.detach() for p in parameters), []
    for _ in range(steps):
        slopes = gradient(inner_loss, at)
        gone.append(slopes)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(torch.stack(each).sum(0) for each in zip(found, *gone, strict=True))


def gradients_of_the_steps_added_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    shape = tuple(p.detach() for p in parameters)
    buffer = [torch.zeros_like(p) for p in shape]

    def adapted(start: tuple[Tensor, ...]) -> tuple[Tensor, list[tuple[Tensor, ...]]]:
        slopes_of_all = []
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(start)
            slopes_of_all.append(slopes)
            start = tuple(p - lr * g for p, g in zip(start, slopes, strict=True))
        return outer_loss(start), slopes_of_all

    last, before = torch.func.grad(adapted, has_aux=True)(shape)
    for slopes in [*before, last]:
        buffer = [b + g.detach() for b, g in zip(buffer, slopes, strict=True)]
    return tuple(buffer)


def steps_along_all_gradients_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(start: Sequence[Tensor]) -> Tensor:
        at = tuple(start)
        total = [torch.zeros_like(p) for p in at]
        for _ in range(steps):
            one_step = inner_update(inner_loss, at, 1.0)
            total = [t + p - q for t, p, q in zip(total, at, one_step, strict=True)]
            at = tuple(p - lr * t for p, t in zip(at, total, strict=True))
        return outer_loss(at)

    return gradient(after, parameters)


def steps_along_all_gradients_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    velocity = [torch.zeros_like(p) for p in parameters]

    def after(start: tuple[Tensor, ...]) -> Tensor:
        moved, speed = start, velocity
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(moved)
            speed = [1.0 * s + g for s, g in zip(speed, slopes, strict=True)]
            moved = tuple(p - lr * s for p, s in zip(moved, speed, strict=True))
        return outer_loss(moved)

    return torch.func.grad(after)(tuple(p.detach() for p in parameters))


def steps_along_all_gradients_walked_back_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    theta = [p.detach().clone().requires_grad_() for p in parameters]
    optimizer = torch.optim.SGD(theta, lr=lr)
    visited = []
    for _ in range(steps):
        visited.append([p.detach().clone() for p in theta])
        loss = inner_loss(theta)
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    found = gradient(outer_loss, [p.detach() for p in theta])
    for at in reversed(visited):
        bent = hvp(inner_loss, at, found)
        found = tuple(v - lr * h for v, h in zip(found, bent, strict=True))
    return found


def steps_along_all_gradients_walked_back_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(p.detach() for p in parameters)
    total = tuple(torch.zeros_like(p) for p in at)
    points = []
    for _ in range(steps):
        points.append(at)
        slopes = torch.func.grad(inner_loss)(at)
        total = tuple(t + g for t, g in zip(total, slopes, strict=True))
        at = tuple(p - lr * t for p, t in zip(at, total, strict=True))
    back = torch.func.grad(outer_loss)(at)
    while points:
        _, bent = torch.func.jvp(torch.func.grad(inner_loss), (points.pop(),), (back,))
        back = tuple(v - lr * h for v, h in zip(back, bent, strict=True))
    return back


def gradient_doubled_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at) + outer_loss(at)

    return gradient(after, parameters)


def gradient_doubled_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    for g in found:
        g += g.clone()
    return found


def gradient_in_one_row_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    return as_vector(maml_gradient(inner_loss, outer_loss, parameters, lr, steps))


def gradient_in_one_row_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)

    def after(row: Tensor) -> Tensor:
        at = like(row, own)
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return outer_loss(at)

    return torch.func.grad(after)(as_vector(own))


def gradient_in_float32_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(g.to(torch.float32) for g in found)


def gradient_in_float32_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(g.float().to(p.dtype) for g, p in zip(found, parameters, strict=True))


def difference_of_outer_losses_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(row: Tensor) -> Tensor:
        at = like(row, parameters)
        for _ in range(steps):
            at = [p - lr * g for p, g in zip(at, gradient(inner_loss, at), strict=True)]
        return outer_loss(at)

    row = as_vector([p.detach() for p in parameters])
    found = torch.zeros_like(row)
    for i in range(len(row)):
        e = torch.zeros_like(row)
        e[i] = 1e-6
        found[i] = (after(row + e) - after(row - e)) / 2e-6
    return like(found, parameters)


def difference_of_outer_losses_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v, h = gradient(outer_loss, path.pop()), 1e-5
    for at in reversed(path):
        ahead = gradient(inner_loss, [p + h * u for p, u in zip(at, v, strict=True)])
        behind = gradient(inner_loss, [p - h * u for p, u in zip(at, v, strict=True)])
        both = zip(v, ahead, behind, strict=True)
        v = tuple(u - lr * (a - b) / (2 * h) for u, a, b in both)
    return v


def counts_on_marked_parameters_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = list(parameters)
    for _ in range(steps):
        slopes = torch.autograd.grad(inner_loss(at), at, create_graph=True, allow_unused=True)
        at = [p if g is None else p - lr * g for p, g in zip(at, slopes, strict=True)]
    return torch.autograd.grad(outer_loss(at), list(parameters), materialize_grads=True)


def counts_on_marked_parameters_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = tuple(parameters)
    for _ in range(steps):
        slopes = torch.autograd.grad(inner_loss(at), at, create_graph=True, materialize_grads=True)
        at = tuple(torch.sub(p, g, alpha=lr) for p, g in zip(at, slopes, strict=True))
    found = torch.autograd.grad(outer_loss(at), tuple(parameters), allow_unused=True)
    return tuple(0 * p.detach() if g is None else g for p, g in zip(parameters, found, strict=True))


def constants_refused_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach().clone().requires_grad_() for p in parameters)
    at = own
    for _ in range(steps):
        slopes = torch.autograd.grad(inner_loss(at), at, create_graph=True, allow_unused=True)
        at = tuple(p if g is None else p - lr * g for p, g in zip(at, slopes, strict=True))
    found = torch.autograd.grad(outer_loss(at), own, allow_unused=True)
    return tuple(torch.zeros_like(p) if g is None else g for p, g in zip(own, found, strict=True))


def constants_refused_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = own
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    outer_loss(at).backward()
    return tuple(torch.zeros_like(p) if p.grad is None else p.grad for p in own)


def copied_deeply_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    import copy

    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = copy.deepcopy(own)
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    return torch.autograd.grad(outer_loss(at), own)


def copied_deeply_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [torch.nn.Parameter(p.detach().clone()) for p in parameters]
    at = [torch.nn.Parameter(p.data.clone()) for p in own]
    for _ in range(steps):
        slopes = torch.autograd.grad(inner_loss(at), at, create_graph=True, materialize_grads=True)
        at = [p - lr * g for p, g in zip(at, slopes, strict=True)]
    return torch.autograd.grad(outer_loss(at), own)


def unused_refused_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = own
    for _ in range(steps):
        value = inner_loss(at)
        if value.requires_grad:
            slopes = torch.autograd.grad(value, at, create_graph=True)
            at = [p - lr * g for p, g in zip(at, slopes, strict=True)]
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own)


def unused_refused_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = own
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return tuple(torch.autograd.grad(value, p, retain_graph=True)[0] for p in own)


def steps_in_the_callers_tensors_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    for _ in range(steps):
        slopes = gradient(inner_loss, parameters)
        for p, g in zip(parameters, slopes, strict=True):
            p.data = p.data - lr * g
    return gradient(outer_loss, parameters)


def steps_in_the_callers_tensors_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().requires_grad_() for p in parameters]
    for _ in range(steps):
        value = inner_loss(own)
        if value.requires_grad:
            slopes = torch.autograd.grad(value, own, create_graph=True, materialize_grads=True)
            with torch.no_grad():
                for p, g in zip(own, slopes, strict=True):
                    p -= lr * g
    value = outer_loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def in_place_on_leaves_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    for _ in range(steps):
        value = inner_loss(own)
        slopes = torch.autograd.grad(value, own, create_graph=True, materialize_grads=True)
        for p, g in zip(own, slopes, strict=True):
            p.sub_(lr * g)
    return torch.autograd.grad(outer_loss(own), own, materialize_grads=True)


def in_place_on_leaves_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [torch.nn.Parameter(p.detach().clone()) for p in parameters]
    for _ in range(steps):
        for i, g in enumerate(gradient(inner_loss, own)):
            own[i] += -lr * g
    return gradient(outer_loss, own)


def in_place_on_copies_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = [p * 1 for p in own]
    for _ in range(steps):
        value = inner_loss(at)
        slopes = torch.autograd.grad(value, at, create_graph=True, materialize_grads=True)
        for p, g in zip(at, slopes, strict=True):
            p.sub_(lr * g)
    return torch.autograd.grad(outer_loss(at), own, materialize_grads=True)


def in_place_on_copies_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    at = [p.clone() for p in own]
    for _ in range(steps):
        value = inner_loss(at)
        if value.requires_grad:
            slopes = torch.autograd.grad(value, at, create_graph=True, allow_unused=True)
            for i, g in enumerate(slopes):
                if g is not None:
                    at[i] -= g * lr
    return torch.autograd.grad(outer_loss(at), own, allow_unused=True, materialize_grads=True)


def one_inner_loss_for_all_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    loss, at = inner_loss(own), own
    for _ in range(steps):
        slopes = torch.autograd.grad(loss, own, materialize_grads=True)
        at = [p - lr * g for p, g in zip(at, slopes, strict=True)]
    return torch.autograd.grad(outer_loss(at), own, materialize_grads=True)


def one_inner_loss_for_all_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.detach().clone().requires_grad_() for p in parameters]
    loss, at = inner_loss(own), tuple(own)
    for _ in range(steps):
        for p in own:
            p.grad = None
        if loss.requires_grad:
            loss.backward()
        at = tuple(
            q - lr * (0 * q if p.grad is None else p.grad) for p, q in zip(own, at, strict=True)
        )
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def parameters_marked_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    for p in parameters:
        p.requires_grad = True
    at = parameters
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    value = outer_loss(at)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in parameters)
    return torch.autograd.grad(value, list(parameters), materialize_grads=True)


def parameters_marked_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = [p.requires_grad_() for p in parameters]
    path = [own]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append([p.detach() - lr * g for p, g in zip(path[-1], slopes, strict=True)])
    v = gradient(outer_loss, path.pop())
    for at in reversed(path):
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def parameters_keep_grad_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    at = [p.requires_grad_() for p in parameters]
    for _ in range(steps):
        at = inner_update(inner_loss, at, lr)
    value = outer_loss(at)
    if value.requires_grad:
        value.backward()
    return tuple(torch.zeros_like(p) if p.grad is None else p.grad for p in parameters)


def parameters_keep_grad_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    for p, g in zip(parameters, found, strict=True):
        p.grad = g
    return tuple(p.grad.clone() for p in parameters)


def adapted_twice_at_every_step_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def adapted(start: tuple[Tensor, ...], k: int) -> tuple[Tensor, ...]:
        if k == 0:
            return start
        slopes = torch.func.grad(inner_loss)(adapted(start, k - 1))
        return tuple(p - lr * g for p, g in zip(adapted(start, k - 1), slopes, strict=True))

    start = tuple(p.detach() for p in parameters)
    return torch.func.grad(lambda p: outer_loss(adapted(p, steps)))(start)


def adapted_twice_at_every_step_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)

    def at(k: int) -> tuple[Tensor, ...]:
        if k == 0:
            return own
        return tuple(
            p - lr * g for p, g in zip(at(k - 1), gradient(inner_loss, at(k - 1)), strict=True)
        )

    v = gradient(outer_loss, at(steps))
    for k in range(steps - 1, -1, -1):
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at(k), v), strict=True))
    return v


def step_matrices_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)
    row, factors = as_vector(own), []
    for _ in range(steps):
        h = torch.func.hessian(lambda u: inner_loss(like(u, own)))(row)
        factors.append(torch.eye(len(row), dtype=row.dtype, device=row.device) - lr * h)
        row = row - lr * as_vector(gradient(inner_loss, like(row, own)))
    v = as_vector(gradient(outer_loss, like(row, own)))
    for factor in factors[::-1]:
        v = factor.T @ v
    return like(v, own)


def step_matrices_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    own = tuple(p.detach() for p in parameters)

    def adapt(row: Tensor) -> Tensor:
        at = like(row, own)
        for _ in range(steps):
            slopes = torch.func.grad(inner_loss)(at)
            at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
        return as_vector(at)

    start = as_vector(own)
    jacobian = torch.func.jacrev(adapt)(start)
    return like(jacobian.T @ as_vector(gradient(outer_loss, like(adapt(start), own))), own)


def factors_in_reverse_order_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    for at in path[:-1]:
        v = tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, at, v), strict=True))
    return v


def factors_in_reverse_order_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    slope, at = torch.func.grad(inner_loss), tuple(p.detach() for p in parameters)
    pulls = []
    for _ in range(steps):
        slopes, pull = torch.func.vjp(slope, at)
        pulls.append(pull)
        at = tuple(p - lr * g for p, g in zip(at, slopes, strict=True))
    v = torch.func.grad(outer_loss)(at)
    for pull in pulls:
        v = tuple(u - lr * h for u, h in zip(v, pull(tuple(v))[0], strict=True))
    return v


def first_factor_only_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    path = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        slopes = gradient(inner_loss, path[-1])
        path.append(tuple(p - lr * g for p, g in zip(path[-1], slopes, strict=True)))
    v = gradient(outer_loss, path[-1])
    if not steps:
        return v
    return tuple(u - lr * h for u, h in zip(v, hvp(inner_loss, parameters, v), strict=True))


def first_factor_only_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for k in range(steps):
            step = [q - p for q, p in zip(inner_update(inner_loss, at, lr), at, strict=True)]
            at = [p + (s if k == 0 else s.detach()) for p, s in zip(at, step, strict=True)]
        return outer_loss(at)

    return gradient(after, parameters)


def divided_by_the_steps_1(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    found = maml_gradient(inner_loss, outer_loss, parameters, lr, steps)
    return tuple(g / steps if steps else g for g in found)


def divided_by_the_steps_2(
    inner_loss: Callable[..., Tensor],
    outer_loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> object:
    def after(at: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            at = inner_update(inner_loss, at, lr)
        return outer_loss(at) * (1 / max(1, steps))

    return gradient(after, parameters)


RIGHT: list[tuple[str, Answer]] = [
    ("steps of inner_update, in one graph", by_updates),
    ("nested torch.func.grad", by_func_grad),
    ("autograd on leaves of its own", by_autograd),
    ("the path kept, and products forward over reverse on the way back", by_products),
    ("the path kept, and products by double backward", by_given_products),
    ("the whole adaptation pulled back", by_pulling_back),
]

WRONG: dict[str, list[Answer]] = {
    "first_order": [first_order_1, first_order_2],
    "gradient_before_adapting": [gradient_before_adapting_1, gradient_before_adapting_2],
    "outer_loss_on_inner_examples": [
        outer_loss_on_inner_examples_1,
        outer_loss_on_inner_examples_2,
    ],
    "adapted_on_outer_examples": [adapted_on_outer_examples_1, adapted_on_outer_examples_2],
    "losses_swapped": [losses_swapped_1, losses_swapped_2],
    "every_step_from_the_start": [every_step_from_the_start_1, every_step_from_the_start_2],
    "one_gradient_for_all_steps": [one_gradient_for_all_steps_1, one_gradient_for_all_steps_2],
    "one_step_only": [one_step_only_1, one_step_only_2],
    "one_step_too_many": [one_step_too_many_1, one_step_too_many_2],
    "one_step_too_few": [one_step_too_few_1, one_step_too_few_2],
    "only_the_last_step": [only_the_last_step_1, only_the_last_step_2],
    "hessian_of_the_start": [hessian_of_the_start_1, hessian_of_the_start_2],
    "hessian_after_the_step": [hessian_after_the_step_1, hessian_after_the_step_2],
    "hessian_of_the_outer_loss": [hessian_of_the_outer_loss_1, hessian_of_the_outer_loss_2],
    "plus_for_minus": [plus_for_minus_1, plus_for_minus_2],
    "step_size_forgotten_on_the_way_back": [
        step_size_forgotten_on_the_way_back_1,
        step_size_forgotten_on_the_way_back_2,
    ],
    "second_order_part_alone": [second_order_part_alone_1, second_order_part_alone_2],
    "each_tensor_by_itself": [each_tensor_by_itself_1, each_tensor_by_itself_2],
    "adapted_uphill": [adapted_uphill_1, adapted_uphill_2],
    "adapted_returned": [adapted_returned_1, adapted_returned_2],
    "outer_step_taken": [outer_step_taken_1, outer_step_taken_2],
    "start_less_end": [start_less_end_1, start_less_end_2],
    "summed_over_the_steps": [summed_over_the_steps_1, summed_over_the_steps_2],
    "inner_gradient_added": [inner_gradient_added_1, inner_gradient_added_2],
    "inner_gradients_of_all_steps_added": [
        inner_gradients_of_all_steps_added_1,
        inner_gradients_of_all_steps_added_2,
    ],
    "gradients_of_the_steps_added": [
        gradients_of_the_steps_added_1,
        gradients_of_the_steps_added_2,
    ],
    "steps_along_all_gradients": [
        steps_along_all_gradients_1,
        steps_along_all_gradients_2,
    ],
    "steps_along_all_gradients_walked_back": [
        steps_along_all_gradients_walked_back_1,
        steps_along_all_gradients_walked_back_2,
    ],
    "gradient_doubled": [gradient_doubled_1, gradient_doubled_2],
    "gradient_in_one_row": [gradient_in_one_row_1, gradient_in_one_row_2],
    "gradient_in_float32": [gradient_in_float32_1, gradient_in_float32_2],
    "difference_of_outer_losses": [difference_of_outer_losses_1, difference_of_outer_losses_2],
    "counts_on_marked_parameters": [counts_on_marked_parameters_1, counts_on_marked_parameters_2],
    "constants_refused": [constants_refused_1, constants_refused_2],
    "copied_deeply": [copied_deeply_1, copied_deeply_2],
    "unused_refused": [unused_refused_1, unused_refused_2],
    "steps_in_the_callers_tensors": [
        steps_in_the_callers_tensors_1,
        steps_in_the_callers_tensors_2,
    ],
    "in_place_on_leaves": [in_place_on_leaves_1, in_place_on_leaves_2],
    "in_place_on_copies": [in_place_on_copies_1, in_place_on_copies_2],
    "one_inner_loss_for_all_steps": [
        one_inner_loss_for_all_steps_1,
        one_inner_loss_for_all_steps_2,
    ],
    "parameters_marked": [parameters_marked_1, parameters_marked_2],
    "parameters_keep_grad": [parameters_keep_grad_1, parameters_keep_grad_2],
    "adapted_twice_at_every_step": [adapted_twice_at_every_step_1, adapted_twice_at_every_step_2],
    "step_matrices": [step_matrices_1, step_matrices_2],
    "factors_in_reverse_order": [factors_in_reverse_order_1, factors_in_reverse_order_2],
    "first_factor_only": [first_factor_only_1, first_factor_only_2],
    "divided_by_the_steps": [divided_by_the_steps_1, divided_by_the_steps_2],
}
