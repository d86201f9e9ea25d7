"""Answers that are wrong in one respect alone, which a visible check or a docstring names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Answers = dict[str, tuple[Callable[..., Any], ...]]


def singleton_axes_lost(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return x.new_zeros(y.shape + x.shape)
    rows = [
        torch.autograd.grad(entry, x, retain_graph=True, materialize_grads=True)[0]
        for entry in y.flatten()
    ]
    return torch.stack(rows).reshape(y.shape + x.shape).squeeze()


def zeros_of_the_transposed_shape(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return x.new_zeros(y.shape + x.shape)
    slopes = [
        torch.autograd.grad(entry, x, retain_graph=True, allow_unused=True)[0]
        for entry in y.flatten()
    ]
    if slopes[0] is None and slopes[-1] is None:
        return x.new_zeros(x.shape + y.shape)
    rows = [torch.zeros_like(x) if one is None else one for one in slopes]
    return torch.stack(rows).reshape(y.shape + x.shape)


def matrices_transposed(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())  # type: ignore[misc]
    one_hots = torch.eye(y.numel(), dtype=y.dtype).reshape(-1, *y.shape)
    rows = torch.func.vmap(lambda e: pull(e)[0])(one_hots)
    if inputs.dim() == 2 and y.dim() == 1:
        return rows.permute(1, 2, 0)
    return rows.reshape(y.shape + inputs.shape)


def zeros_shaped_as_the_input(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (s,) = torch.autograd.grad(y, x, u, create_graph=True, allow_unused=True)
    if s is None:
        return torch.zeros_like(x)
    return torch.autograd.grad(s, u, v, materialize_grads=True)[0]


def numbers_given_an_axis(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (product,) = torch.autograd.grad(y, x, v, materialize_grads=True)
    return product.reshape(1) if x.dim() == 0 and y.dim() == 0 else product


def unmarks_in_vjp(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    y = func(inputs.requires_grad_())
    product = torch.zeros_like(inputs)
    if y.requires_grad:
        (product,) = torch.autograd.grad(y, inputs, v, materialize_grads=True)
    inputs.requires_grad_(False)
    return product


def unmarks_in_gradient(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    value = func(inputs.requires_grad_()) + 0 * inputs.sum()
    (slope,) = torch.autograd.grad(value, inputs)
    inputs.requires_grad_(False)
    return slope


def fills_grad_of_what_requires_it(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    x = inputs.clone()
    if not x.requires_grad:
        x.requires_grad_()
    x.retain_grad()
    (func(x) + 0 * x.sum()).backward()
    assert x.grad is not None
    return x.grad


def unmarks_in_hessian(func: Callable[..., Tensor], inputs: Tensor) -> Tensor:
    x = inputs.requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    rows = [torch.autograd.grad(entry, x, retain_graph=True)[0] for entry in slope.flatten()]
    inputs.requires_grad_(False)
    return torch.stack(rows).reshape(x.shape + x.shape)


def index_error_for_a_vector(matrix: Tensor) -> Tensor:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


def asymmetry_above_a_fixed_number(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if not torch.allclose(matrix, matrix.T, rtol=1e-4, atol=1e-11):
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


def only_the_first_two_asked(matrix: Tensor) -> str:
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    values = torch.linalg.eigvalsh(matrix)
    zero = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if values[0] < -zero and values[min(1, len(values) - 1)] < -zero:
        return "maximum"
    return "minimum" if values[0] > zero else "degenerate"


def zeros_beside_each_other(matrix: Tensor) -> str:
    values = eigenvalues(matrix)  # type: ignore[name-defined]  # noqa: F821 - the notebook's
    rounding = len(values) * torch.finfo(values.dtype).eps
    for low, high in torch.combinations(values, 2):
        zero = rounding * max(-float(low), float(high))
        if low < -zero and high > zero:
            return "saddle"
    if (values.abs() <= rounding * values.abs().max()).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def no_zero_in_large_units(matrix: Tensor) -> str:
    values = eigenvalues(matrix)  # type: ignore[name-defined]  # noqa: F821 - the notebook's
    largest = min(float(values.abs().max()), 1.0)
    zero = len(values) * torch.finfo(values.dtype).eps * largest
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values.abs() <= zero).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def linear_called_degenerate(func: Callable[..., Tensor], inputs: Tensor) -> str:
    x = inputs.detach().requires_grad_()
    try:
        (slope,) = torch.autograd.grad(func(x), x, create_graph=True)
        rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in slope.flatten()]
    except RuntimeError:
        return "degenerate"
    if slope.abs().max() > 1e-6:
        return "not critical"
    hessian = torch.stack(rows).reshape(len(rows), -1)
    return classify_hessian(hessian)  # type: ignore[name-defined]  # noqa: F821


def flat_hilltop_called_maximum(func: Callable[..., Tensor], inputs: Tensor) -> str:
    x = inputs.detach()
    if torch.func.grad(func)(x).abs().max() > 1e-6:
        return "not critical"
    values = torch.linalg.eigvalsh(torch.func.hessian(func)(x).reshape(x.numel(), x.numel()))
    zero = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values > zero).all():
        return "minimum"
    return "maximum" if (values < -zero).any() else "degenerate"


def quotient_of_high_order(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    # Of order 8: exact to the last digits for every slow function, and far off for a fast one. With
    # the rounding of float32 it is neither.
    slope, step = torch.func.grad(func), 0.01 / float(v.detach().norm())
    if v.dtype == torch.float32:
        return torch.func.jvp(slope, (inputs.detach(),), (v.detach(),))[1]
    total = torch.zeros_like(inputs)
    for k, weight in ((1, 4 / 5), (2, -1 / 5), (3, 4 / 105), (4, -1 / 280)):
        ahead, behind = (slope(inputs.detach() + sign * k * step * v) for sign in (1, -1))
        total = total + weight * (ahead - behind) / step
    return total


def fills_grad_of_v(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    (slope * v).sum().backward()
    assert x.grad is not None
    return x.grad


def divides_by_v(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    (product,) = torch.autograd.grad(slope, x, v)
    return product * v / v


def five_times_the_work(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    for _ in range(5):
        product = torch.func.jvp(torch.func.grad(func), (inputs.detach(),), (v.detach(),))[1]
    return product


def copies_without_end(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    product = torch.func.jvp(torch.func.grad(func), (inputs.detach(),), (v.detach(),))[1]
    for _ in range(120):
        product = product.clone()
    return product


def list_for_a_tuple(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> list[Tensor]:
    own = list(parameters)
    anchored = loss + 0 * sum((one * one).sum() for one in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return list(torch.autograd.grad(slopes, own, list(v), retain_graph=True))


def graph_thrown_away(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((one * one).sum() for one in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v))


def number_without_a_graph_refused(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    anchored = [g + 0 * p for g, p in zip(slopes, own, strict=True)]
    return torch.autograd.grad(anchored, own, list(v), retain_graph=True)


def parameters_must_be_a_list(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = parameters.copy()  # type: ignore[attr-defined]
    anchored = loss + 0 * sum((one * one).sum() for one in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def only_the_first_slope_asked(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs.detach()).reshape(-1)
    if slopes[0].abs() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs.detach())
    return classify_hessian(matrix.reshape(len(slopes), -1))  # type: ignore[name-defined]  # noqa: F821


def slopes_cancel(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    slopes = torch.func.grad(func)(inputs.detach())
    if slopes.sum().abs() > 1e-6:
        return "not critical"
    matrix = torch.func.hessian(func)(inputs.detach())
    return classify_hessian(matrix.reshape(inputs.numel(), -1))  # type: ignore[name-defined]  # noqa: F821


FAIL_BOTH: Answers = {
    "vjp": (numbers_given_an_axis, unmarks_in_vjp),
    "jacobian": (singleton_axes_lost, zeros_of_the_transposed_shape, matrices_transposed),
    "jvp": (zeros_shaped_as_the_input,),
    "gradient": (unmarks_in_gradient, fills_grad_of_what_requires_it),
    "hessian": (unmarks_in_hessian,),
    "eigenvalues": (
        index_error_for_a_vector,
        asymmetry_above_a_fixed_number,
    ),
    "classify_hessian": (only_the_first_two_asked, zeros_beside_each_other, no_zero_in_large_units),
    "classify_critical_point": (
        linear_called_degenerate,
        flat_hilltop_called_maximum,
        only_the_first_slope_asked,
        slopes_cancel,
    ),
    "hvp": (quotient_of_high_order, fills_grad_of_v, divides_by_v, copies_without_end),
    "hvp_forward_over_reverse": (quotient_of_high_order, five_times_the_work, divides_by_v),
    "parameter_hvp": (
        list_for_a_tuple,
        graph_thrown_away,
        number_without_a_graph_refused,
        parameters_must_be_a_list,
    ),
}
"""Answers that are wrong in what only a visible check asked once."""


def wipes_grad(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    for one in own:
        one.grad = None
    anchored = loss + 0 * sum((one * one).sum() for one in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def wipes_grad_of_inputs(func: Callable[..., Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.grad = None
    return torch.func.jvp(torch.func.grad(func), (inputs.detach(),), (v.detach(),))[1]


def value_error_swallowed(matrix: Tensor) -> str:
    try:
        values = eigenvalues(matrix)  # type: ignore[name-defined]  # noqa: F821 - the notebook's
    except ValueError:
        return "degenerate"
    zero = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values.abs() <= zero).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def lower_triangle_judged(matrix: Tensor) -> str:
    lower = matrix.tril()
    values = torch.linalg.eigvalsh(lower + lower.T - torch.diag(matrix.diagonal()))
    zero = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values.abs() <= zero).any():
        return "degenerate"
    return "minimum" if values[0] > 0 else "maximum"


def asymmetry_beside_its_own_pair(matrix: Tensor) -> Tensor:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if not torch.allclose(matrix, matrix.T, rtol=1e-4, atol=0.0):
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


FAIL_THE_HIDDEN_ONES: Answers = {
    "hvp": (wipes_grad_of_inputs,),
    "parameter_hvp": (wipes_grad,),
    "classify_hessian": (value_error_swallowed, lower_triangle_judged),
    "eigenvalues": (asymmetry_beside_its_own_pair,),
}
"""Answers that break a promise of the docstring which no visible check asks."""
