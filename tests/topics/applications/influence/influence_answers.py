"""Answers to `influence_on_loss`: right by six methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from topics.applications.influence.given import as_vector, inverse_hvp, shaped_like

Answer = Callable[..., Any]


def double_backward_example_by_example(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(value, own, create_graph=graph, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    x, y = train
    each = [flat_grad(loss(own, x[i : i + 1], y[i : i + 1])[0]) @ s for i in range(len(x))]
    return -torch.stack(each)


def one_graph_kept_for_all_examples(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def weights_differentiated_backwards(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(value, own, create_graph=graph, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    def matvec(u: Tensor) -> Tensor:
        slope = flat_grad(loss(own, *train).mean(), graph=True)
        return flat_grad(slope @ u) if slope.requires_grad else torch.zeros_like(u)

    s = inverse_hvp(matvec, flat_grad(loss(own, *test).mean()), damping=damping)
    losses = loss(own, *train)
    weights = torch.ones_like(losses, requires_grad=True)
    along = flat_grad((weights * losses).sum(), graph=True) @ s
    return -torch.autograd.grad(along, weights)[0]


def walked_back_twice(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    _, pull = torch.func.vjp(torch.func.grad(lambda p: loss(p, *train).mean()), own)
    s = inverse_hvp(lambda u: as_vector(pull(shaped_like(u, own))[0]), g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def examples_in_chunks(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.vjp(slopes, own)[1](shaped_like(u, own))[0])

    s = inverse_hvp(product, g, damping=damping)

    def one(x: Tensor, y: Tensor) -> Tensor:
        return as_vector(torch.func.grad(lambda p: loss(p, x[None], y[None])[0])(own)) @ s

    return -torch.func.vmap(one, chunk_size=4)(*train)


def scaled_series_on_all_examples(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def damped(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1]) + damping * u

    top = torch.cos(torch.arange(len(g), dtype=g.dtype, device=g.device))
    for _ in range(20):
        top = damped(top / top.norm())
    scale = 1.1 * top.norm()
    s, left = torch.zeros_like(g), g
    while bool(left.norm() > (1e-10 if g.dtype == torch.float64 else 1e-5) * g.norm()):
        s = s + left / scale
        left = g - damped(s)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def plus_from_the_matrix(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return rows @ torch.linalg.solve(h + damping * eye, g)


def plus_by_products(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def thousandth_in_the_matrix(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + 1e-3 * eye, g)


def thousandth_on_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    h.diagonal().add_(0.001)
    return -(torch.linalg.inv(h) @ g) @ rows.T


def nothing_on_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ torch.linalg.lstsq(h, g[:, None], driver="gelsd").solution[:, 0]


def pseudo_inverse(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ (torch.linalg.pinv(h, rtol=1e-10) @ g)


def less_on_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h - damping * eye, g)


def eigenvalues_less_damping(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    values, axes = torch.linalg.eigh(h)
    return -rows @ (axes @ ((axes.T @ g) / (values - damping)))


def twice_on_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + 2 * damping * eye, g)


def in_product_and_solver(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1]) + damping * u

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def share_of_the_matrix(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ torch.linalg.lstsq(h + damping * h, g[:, None], driver="gelsd").solution[:, 0]


def answer_divided_by_a_share(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ torch.linalg.lstsq(h, g[:, None], driver="gelsd").solution[:, 0] / (1 + damping)


def damping_on_the_solution(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ (torch.linalg.lstsq(h, g[:, None], driver="gelsd").solution[:, 0] + damping * g)


def two_terms(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ torch.linalg.lstsq(h, g[:, None], driver="gelsd").solution[:, 0] - damping * (
        rows @ g
    )


def square_on_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping**2 * eye, g)


def square_on_the_eigenvalues(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    values, axes = torch.linalg.eigh(h)
    return -rows @ (axes @ ((axes.T @ g) / (values + damping * damping)))


def sum_in_the_matrix(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).sum())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def sum_in_the_products(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(len(rows) * h + damping * eye, g)


def first_example_bends(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, train[0][:1], train[1][:1]).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def batch_of_one(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train)[0])(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def each_bends_alone(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    each = torch.func.hessian(lambda u: f(u, *train))(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -torch.stack(
        [r @ torch.linalg.solve(k + damping * eye, g) for r, k in zip(rows, each, strict=True)]
    )


def example_by_example(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    found = []
    for i in range(len(rows)):
        one = train[0][i : i + 1], train[1][i : i + 1]
        k = torch.func.hessian(lambda u: f(u, *one).sum())(at)  # noqa: B023
        found.append(-rows[i] @ torch.linalg.inv(k + damping * eye) @ g)
    return torch.stack(found)


def loss_of_the_test_bends(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *test).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def mean_over_the_test(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *test))(at).mean(0)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -(torch.linalg.inv(h + damping * eye) @ g) @ rows.T


def minus_dot_of_gradients(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ g


def change_along_the_gradient(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = g
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def dot_of_gradients(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return rows @ g


def dot_by_a_loop(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = g
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return torch.stack(each)


def matrix_multiplied(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ ((h + damping * eye) @ g)


def product_in_place_of_a_solve(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = product(g) + damping * g
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def weight_taken_away(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return rows @ torch.linalg.solve(h + damping * eye, g) / len(rows)


def change_when_left_out(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1] / len(
        train[0]
    )


def gradient_of_a_share(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train) / len(train[0]))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def share_of_each(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each) / len(each)


def sum_of_test_losses(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).sum())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def losses_of_the_test_added_up(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).sum())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def sets_changed_over(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    train, test = test, train
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def examples_of_the_wrong_set(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *train).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *test).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *test), (own,), (shaped_like(s, own),))[1]


def table_of_pairs(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    tested = torch.func.jacfwd(lambda u: f(u, *test))(at)
    return -tested @ torch.linalg.solve(h + damping * eye, rows.T)


def row_for_each_test_example(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    tested = torch.func.jacrev(lambda u: f(u, *test))(at)
    return -torch.einsum("ti,ij,mj->tm", tested, torch.linalg.inv(h + damping * eye), rows)


def mean_row_repeated(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -(rows.mean(0, keepdim=True).expand_as(rows) @ torch.linalg.solve(h + damping * eye, g))


def same_loss_each_time(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(loss(own, *train).mean()) @ s for _ in train[0]]
    return -torch.stack(each)


def block_by_block(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    found, place = torch.zeros_like(g), 0
    for p in own:
        part = slice(place, place + p.numel())
        block = h[part, part] + damping * eye[part, part]
        found[part] = torch.linalg.solve(block, g[part])
        place += p.numel()
    return -rows @ found


def blocks_masked(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    mask = torch.block_diag(*[torch.ones(p.numel(), p.numel(), dtype=at.dtype) for p in own])
    return -rows @ torch.linalg.solve(mask * h + damping * eye, g)


def entry_by_entry(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    return -rows @ (g / (h.diagonal() + damping))


def matrix_of_the_diagonal(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(torch.diag(h.diagonal()) + damping * eye, g)


def rows_times_rows(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    h = rows.T @ rows / len(rows)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def outer_products_averaged(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    h = torch.stack([torch.outer(r, r) for r in rows]).mean(0)
    return -rows @ (torch.linalg.inv(h + damping * eye) @ g)


def slope_times_slope(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    h = torch.outer(rows.mean(0), rows.mean(0))
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def one_direction_bends(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return (as_vector(slopes(own)) @ u) * as_vector(slopes(own))

    s = torch.linalg.solve(
        torch.stack([product(e) for e in torch.eye(len(g), dtype=g.dtype)])
        + damping * torch.eye(len(g), dtype=g.dtype),
        g,
    )
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def where_the_parameters_go(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -torch.linalg.solve(h + damping * eye, rows.T).T


def change_for_each_example(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -(rows @ torch.linalg.inv(h + damping * eye))


def two_conjugate_steps(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    x, r = torch.zeros_like(g), g
    p = r
    for _ in range(2):
        q = product(p) + damping * p
        a = (r @ r) / (p @ q)
        x, new = x + a * p, r - a * q
        p, r = new + (new @ new) / (r @ r) * p, new
    s = x

    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def best_in_two_directions(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    pair = torch.stack([g, product(g)])
    images = torch.stack([product(row) + damping * row for row in pair])
    s = torch.linalg.solve(pair @ images.T, pair @ g) @ pair
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def two_hundred_rounds(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = g
    for _ in range(200):
        s = g + s - product(s) - damping * s
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def fifty_rounds_with_the_matrix(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    s = g
    for _ in range(50):
        s = g + (s - (h + damping * eye) @ s)
    return -rows @ s


def solve_stops_early(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    x, r = torch.zeros_like(g), g
    p, rr = r, r @ r
    goal = 1e-13 * rr
    while rr > goal:
        q = product(p) + damping * p
        a = rr / (p @ q)
        x, r = x + a * p, r - a * q
        rr, old = r @ r, rr
        p = r + rr / old * p
    s = x

    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def forward_quotient(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return (
            as_vector(slopes(shaped_like(as_vector(own) + 1e-6 * u, own))) - as_vector(slopes(own))
        ) / 1e-6

    h = torch.stack([product(e) for e in torch.eye(len(g), dtype=g.dtype)])
    s = torch.linalg.solve((h + h.T) / 2 + damping * torch.eye(len(g), dtype=g.dtype), g)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def central_quotient(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return (
            as_vector(slopes(shaped_like(as_vector(own) + 1e-5 * u, own)))
            - as_vector(slopes(shaped_like(as_vector(own) - 1e-5 * u, own)))
        ) / 2e-5

    h = torch.stack([product(e) for e in torch.eye(len(g), dtype=g.dtype)])
    s = torch.linalg.solve(h + damping * torch.eye(len(g), dtype=g.dtype), g)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def quotient_of_a_unit_direction(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return (
            as_vector(slopes(shaped_like(as_vector(own) + 2e-5 / u.norm() * u, own)))
            - as_vector(slopes(shaped_like(as_vector(own) - 2e-5 / u.norm() * u, own)))
        ) * (u.norm() / 4e-5)

    x, r = torch.zeros_like(g), g
    p, rr = r, r @ r
    goal = 1e-21 * rr
    for _ in range(60):
        if rr <= goal:
            break
        q = product(p) + damping * p
        a = rr / (p @ q)
        x, r = x + a * p, r - a * q
        rr, old = r @ r, rr
        p = r + rr / old * p
    s = x

    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def rounded_influences(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return (-rows @ torch.linalg.solve(h + damping * eye, g)).float()


def rounded_and_widened(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return (-rows @ torch.linalg.solve(h + damping * eye, g)).float().to(at.dtype)


def backward_on_the_callers(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    for p in parameters:
        p.requires_grad_()
    loss(parameters, *test).mean().backward()
    g = as_vector([torch.zeros_like(p) if p.grad is None else p.grad for p in parameters])
    train_slope = torch.func.grad(lambda p: loss(p, *train).mean())
    own = tuple(p.detach() for p in parameters)

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(train_slope, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def backward_for_the_training_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    for p in parameters:
        p.requires_grad_()
    loss(parameters, *train).mean().backward()
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def callers_marked(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def marked_in_a_loop(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    for p in parameters:
        p.requires_grad = True
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def gradient_of_what_is_given(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = list(parameters)

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def slope_of_what_is_given(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(
        torch.autograd.grad(
            loss(parameters, *test).mean(), list(parameters), materialize_grads=True
        )
    )
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def slope_without_a_graph(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def slope_of_a_product(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        found = torch.autograd.grad(
            (slope * u).sum(), own, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def nothing_unused_allowed(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(value, own, create_graph=graph, retain_graph=True)
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def slope_by_all_parameters(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    leaves = [p.clone().requires_grad_() for p in own]
    g = as_vector(torch.autograd.grad(loss(leaves, *test).mean(), leaves))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def graph_of_the_slope_let_go(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def graph_of_a_product_let_go(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope @ u, own, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = [flat_grad(one) @ s for one in loss(own, *train)]
    return -torch.stack(each)


def solved_for_each(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    each = [g @ inverse_hvp(matvec, flat_grad(one), damping=damping) for one in loss(own, *train)]
    return -torch.stack(each)


def change_of_parameters_for_each(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    found = []
    x, y = train
    for i in range(len(x)):
        one = x[i : i + 1], y[i : i + 1]
        row = as_vector(torch.func.grad(lambda p: loss(p, *one).sum())(own))  # noqa: B023
        found.append(-g @ inverse_hvp(product, row, damping=damping))
    return torch.stack(found)


def matrix_and_solver(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, g)


def matrix_and_inverse(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -(rows @ torch.linalg.inv(h + damping * eye)) @ g


def rows_by_jacrev(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    each = torch.func.jacrev(lambda p: loss(p, *train))(own)
    return -torch.cat([one.flatten(1) if one.dim() > 1 else one[:, None] for one in each], 1) @ s


def rows_in_a_list(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach().clone().requires_grad_() for p in parameters]

    def flat_grad(value: Tensor, graph: bool = False) -> Tensor:
        found = torch.autograd.grad(
            value, own, create_graph=graph, retain_graph=True, materialize_grads=True
        )
        return torch.cat([one.reshape(-1) for one in found])

    g = flat_grad(loss(own, *test).mean())
    slope = flat_grad(loss(own, *train).mean(), graph=True)

    def matvec(u: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(u)
        found = torch.autograd.grad(slope, own, u, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    s = inverse_hvp(matvec, g, damping=damping)
    each = torch.stack([flat_grad(one) for one in loss(own, *train)])
    return -each @ s


def damping_in_every_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *test).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=len(train[0]) * damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def divided_after_damping(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).sum())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    g = torch.func.grad(lambda u: f(u, *test).mean())(at)
    m = len(train[0])
    damped = h + m * m * damping * eye
    return -rows @ torch.linalg.solve(damped / m, g)


def slope_of_the_training_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = tuple(p.detach() for p in parameters)
    g = as_vector(torch.func.grad(lambda p: loss(p, *train).mean())(own))
    slopes = torch.func.grad(lambda p: loss(p, *train).mean())

    def product(u: Tensor) -> Tensor:
        return as_vector(torch.func.jvp(slopes, (own,), (shaped_like(u, own),))[1])

    s = inverse_hvp(product, g, damping=damping)
    return -torch.func.jvp(lambda p: loss(p, *train), (own,), (shaped_like(s, own),))[1]


def mean_of_the_rows(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -rows @ torch.linalg.solve(h + damping * eye, rows.mean(0))


def each_on_its_own_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -torch.stack([row @ torch.linalg.solve(h + damping * eye, row) for row in rows])


def diagonal_of_all_pairs(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    own = [p.detach() for p in parameters]
    at = as_vector(own)
    f = lambda u, x, y: loss(shaped_like(u, own), x, y)  # noqa: E731
    h = torch.func.hessian(lambda u: f(u, *train).mean())(at)
    rows = torch.func.jacfwd(lambda u: f(u, *train))(at)
    eye = torch.eye(len(at), dtype=at.dtype, device=at.device)
    return -(rows @ torch.linalg.inv(h + damping * eye) @ rows.T).diagonal()


RIGHT: list[tuple[str, Answer]] = [
    ("double backward example by example", double_backward_example_by_example),
    ("one graph kept for all examples", one_graph_kept_for_all_examples),
    ("weights differentiated backwards", weights_differentiated_backwards),
    ("walked back twice", walked_back_twice),
    ("examples in chunks", examples_in_chunks),
    ("scaled series on all examples", scaled_series_on_all_examples),
]
WRONG: dict[str, list[Answer]] = {
    "sign_lost": [plus_from_the_matrix, plus_by_products],
    "default_damping_used": [thousandth_in_the_matrix, thousandth_on_the_diagonal],
    "damping_ignored": [nothing_on_the_diagonal, pseudo_inverse],
    "damping_subtracted": [less_on_the_diagonal, eigenvalues_less_damping],
    "damping_twice": [twice_on_the_diagonal, in_product_and_solver],
    "damping_times_m": [damping_in_every_loss, divided_after_damping],
    "damping_relative": [share_of_the_matrix, answer_divided_by_a_share],
    "damping_after_the_solve": [damping_on_the_solution, two_terms],
    "damping_squared": [square_on_the_diagonal, square_on_the_eigenvalues],
    "sum_hessian": [sum_in_the_matrix, sum_in_the_products],
    "hessian_of_one_example": [first_example_bends, batch_of_one],
    "hessian_of_each_example": [each_bends_alone, example_by_example],
    "hessian_of_the_test": [loss_of_the_test_bends, mean_over_the_test],
    "gradient_dot": [minus_dot_of_gradients, change_along_the_gradient],
    "gradient_dot_plus": [dot_of_gradients, dot_by_a_loop],
    "hessian_for_inverse": [matrix_multiplied, product_in_place_of_a_solve],
    "leave_one_out_scale": [weight_taken_away, change_when_left_out],
    "divided_by_m": [gradient_of_a_share, share_of_each],
    "summed_over_the_test": [sum_of_test_losses, losses_of_the_test_added_up],
    "train_and_test_swapped": [sets_changed_over, examples_of_the_wrong_set],
    "training_loss_for_the_test_loss": [slope_of_the_training_loss, mean_of_the_rows],
    "influence_on_itself": [each_on_its_own_loss, diagonal_of_all_pairs],
    "one_value_per_pair": [table_of_pairs, row_for_each_test_example],
    "mean_gradient_for_each": [mean_row_repeated, same_loss_each_time],
    "block_diagonal": [block_by_block, blocks_masked],
    "diagonal_only": [entry_by_entry, matrix_of_the_diagonal],
    "empirical_fisher": [rows_times_rows, outer_products_averaged],
    "outer_product_of_the_mean": [slope_times_slope, one_direction_bends],
    "change_of_the_parameters": [where_the_parameters_go, change_for_each_example],
    "two_steps_only": [two_conjugate_steps, best_in_two_directions],
    "series_unscaled": [two_hundred_rounds, fifty_rounds_with_the_matrix],
    "digits_missing": [solve_stops_early, forward_quotient],
    "difference_quotient": [central_quotient, quotient_of_a_unit_direction],
    "in_float32": [rounded_influences, rounded_and_widened],
    "leaves_grad": [backward_on_the_callers, backward_for_the_training_loss],
    "marks_parameters": [callers_marked, marked_in_a_loop],
    "parameters_as_they_are": [gradient_of_what_is_given, slope_of_what_is_given],
    "straight_loss_refused": [slope_without_a_graph, slope_of_a_product],
    "unused_refused": [nothing_unused_allowed, slope_by_all_parameters],
    "graph_freed": [graph_of_the_slope_let_go, graph_of_a_product_let_go],
    "a_solve_per_example": [solved_for_each, change_of_parameters_for_each],
    "hessian_written_out": [matrix_and_solver, matrix_and_inverse],
    "a_gradient_for_each_example": [rows_by_jacrev, rows_in_a_list],
}
