"""Answers to the topic `hessian`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Tensor]


def gradient_by_grad(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad(y, x, allow_unused=True)
    return torch.zeros_like(inputs) if result is None else result


def gradient_by_backward(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.requires_grad:
        y.backward(inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def gradient_by_vjp(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import vjp

    y, pull = vjp(func, inputs)
    return pull(torch.ones_like(y))[0]


def gradient_by_jacrev(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.func.jacrev(func)(inputs)


def gradient_by_dual_numbers(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    slopes = []
    for index in range(inputs.numel()):
        direction = torch.zeros_like(inputs)
        direction.view(-1)[index] = 1
        with forward_ad.dual_level():
            y = func(forward_ad.make_dual(inputs.detach(), direction))
            primal, tangent = forward_ad.unpack_dual(y)
        slopes.append(torch.zeros_like(primal) if tangent is None else tangent)
    return torch.stack(slopes).reshape(inputs.shape)


def gradient_with_graph(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    y = y + 0 * x.sum()
    return torch.autograd.grad(y, x, create_graph=True)[0]


def gradient_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.func.grad(func)(inputs)


def gradient_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad as slope_of

    return slope_of(func)(inputs)


def gradient_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad_(True)
    y = func(inputs)
    if y.requires_grad:
        y.backward()
    inputs.requires_grad_(False)
    return torch.zeros_like(inputs) if inputs.grad is None else inputs.grad


def gradient_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad = True
    (func(inputs) + 0 * inputs.sum()).backward()
    return inputs.grad.clone()


def gradient_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    required = inputs.requires_grad
    inputs.requires_grad_().grad = None
    y = func(inputs)
    if y.requires_grad:
        y.backward(inputs=[inputs])
    result = torch.zeros_like(inputs) if inputs.grad is None else inputs.grad
    inputs.grad = None
    inputs.requires_grad_(required)
    return result.detach()


def gradient_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())
    if inputs.grad is not None:
        inputs.grad.zero_()
    return pull(torch.ones_like(y))[0]


def gradient_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = inputs.detach().zero_()
    if not y.requires_grad:
        return result
    (slopes,) = torch.autograd.grad(y, x, allow_unused=True)
    return result if slopes is None else result.add_(slopes)


def gradient_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    (slopes,) = pull(torch.ones_like(y))
    inputs -= 0.1 * slopes
    return slopes


def gradient_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad_()
    y = func(inputs)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, inputs, allow_unused=True, materialize_grads=True)[0]


def gradient_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad = True
    (result,) = torch.autograd.grad(func(inputs) + 0 * inputs.sum(), [inputs])
    return result


def gradient_downhill_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return -torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)[0]


def gradient_downhill_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    return pull(-torch.ones_like(y))[0]


def gradient_twice_added_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    for _ in range(2):
        if y.requires_grad:
            y.backward(retain_graph=True, inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def gradient_twice_added_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    (slopes,) = pull(torch.ones_like(y))
    result = slopes.clone()
    result += slopes
    return result


def gradient_summed_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs).sum()
    return torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)[0].sum()


def gradient_summed_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    total = torch.zeros((), dtype=inputs.dtype, device=inputs.device)
    y, pull = torch.func.vjp(func, inputs)
    for slope in pull(torch.ones_like(y))[0].reshape(-1):
        total = total + slope
    return total


def gradient_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs).flatten()
    return torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)[0].flatten()


def gradient_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    flat = inputs.detach().reshape(-1)
    y, pull = torch.func.vjp(lambda x: func(x.reshape(inputs.shape)), flat)
    return pull(torch.ones_like(y))[0]


def gradient_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(inputs.shape)
    if y.requires_grad:
        result += torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)[0]
    return result


def gradient_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    return pull(torch.ones_like(y))[0].float().to(inputs.dtype)


def gradient_by_differences_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    result = torch.zeros_like(inputs)
    base = func(inputs)
    for index in range(inputs.numel()):
        moved = inputs.clone()
        moved.view(-1)[index] += 1e-7
        result.view(-1)[index] = (func(moved) - base) / 1e-7
    return result


def gradient_by_differences_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    eps = 1e-5
    steps = eps * torch.eye(inputs.numel(), dtype=inputs.dtype).reshape(-1, *inputs.shape)
    slopes = [(func(inputs + step) - func(inputs - step)) / (2 * eps) for step in steps]
    return torch.stack(slopes).reshape(inputs.shape)


def gradient_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x)[0]


def gradient_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad([y], [x], create_graph=True)
    return result


def gradient_none_for_zeros_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Any:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x, allow_unused=True)[0]


def gradient_none_for_zeros_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Any:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.grad_fn is None:
        return torch.zeros(inputs.shape, dtype=inputs.dtype, device=inputs.device)
    y.backward()
    return x.grad


def gradient_zeros_of_the_default_dtype_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(x.shape)
    (g,) = torch.autograd.grad(y, x, allow_unused=True)
    return torch.zeros(x.shape) if g is None else g


def gradient_zeros_of_the_default_dtype_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor
) -> Tensor:
    leaf = inputs.detach().clone().requires_grad_()
    value = func(leaf)
    if value.requires_grad:
        value.backward(inputs=[leaf])
    return torch.zeros(tuple(inputs.shape)) if leaf.grad is None else leaf.grad


def gradient_refuses_constants_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    return torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)[0]


def gradient_refuses_constants_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    y.backward(inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def hessian_by_rows(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_by_batched_grads(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = torch.autograd.grad(
        slopes,
        x,
        basis.reshape(-1, *inputs.shape),
        is_grads_batched=True,
        allow_unused=True,
    )
    shape = inputs.shape + inputs.shape
    if rows is None:
        return torch.zeros(shape, dtype=inputs.dtype, device=inputs.device)
    return rows.reshape(shape)


def hessian_by_backward(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    slopes = torch.zeros_like(inputs)
    if y.requires_grad:
        (slopes,) = torch.autograd.grad(
            y, x, create_graph=True, allow_unused=True, materialize_grads=True
        )
    for slope in slopes.reshape(-1):
        x.grad = None
        if slopes.requires_grad:
            slope.backward(retain_graph=True, inputs=[x])
        rows.append(torch.zeros_like(inputs) if x.grad is None else x.grad)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_by_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, jvp, vmap

    def column(direction: Tensor) -> Tensor:
        return jvp(grad(func), (inputs,), (direction,))[1]

    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    columns = vmap(column)(basis.reshape(-1, *inputs.shape)).movedim(0, -1)
    return columns.reshape(inputs.shape + inputs.shape)


def hessian_by_vmapped_vjp(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    return rows.reshape(inputs.shape + inputs.shape)


def hessian_by_forward_over_forward(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import jvp, vmap

    def entry(first: Tensor, second: Tensor) -> Tensor:
        def slope(x: Tensor) -> Tensor:
            return jvp(func, (x,), (first,))[1]

        return jvp(slope, (inputs,), (second,))[1]

    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    basis = basis.reshape(-1, *inputs.shape)
    row = vmap(entry, in_dims=(None, 0))
    return vmap(row, in_dims=(0, None))(basis, basis).reshape(inputs.shape + inputs.shape)


def hessian_by_functional_jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    def slopes(x: Tensor) -> Tensor:
        y = func(x) + 0 * x.sum()
        return torch.autograd.grad(y, x, create_graph=True)[0]

    return torch.autograd.functional.jacobian(slopes, inputs)


def hessian_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.func.hessian(func)(inputs)


def hessian_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.autograd.functional.hessian(func, inputs)


def hessian_ready_made_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, jacfwd

    return jacfwd(grad(func))(inputs)


def hessian_graph_freed_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(slope, x, allow_unused=True, materialize_grads=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_graph_freed_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    for index in range(inputs.numel()):
        x.grad = None
        slopes.reshape(-1)[index].backward(inputs=[x])
        if x.grad is not None:
            result[index] = x.grad.reshape(-1)
    return result.reshape(inputs.shape + inputs.shape)


def zeros_for_want_of_a_graph_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = [torch.zeros_like(inputs) for _ in range(inputs.numel())]
    if y.requires_grad:
        (slopes,) = torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)
        if slopes.requires_grad:
            for index, slope in enumerate(slopes.reshape(-1)):
                (rows[index],) = torch.autograd.grad(slope, x, retain_graph=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def zeros_for_want_of_a_graph_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    def slopes(x: Tensor) -> Tensor:
        y = func(x) + 0 * x.sum()
        return torch.autograd.grad(y, x, create_graph=True)[0].detach()

    return torch.autograd.functional.jacobian(slopes, inputs)


def outer_product_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    slopes = torch.func.grad(func)(inputs)
    return torch.tensordot(slopes, slopes, dims=0)


def outer_product_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(y, x, allow_unused=True, materialize_grads=True)
    flat = slopes.flatten()
    return torch.outer(flat, flat).reshape(inputs.shape + inputs.shape)


def row_sums_on_diagonal_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (sums,) = torch.autograd.grad(slopes.sum(), x, allow_unused=True, materialize_grads=True)
    return torch.diag(sums.flatten()).reshape(inputs.shape + inputs.shape)


def row_sums_on_diagonal_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, jvp

    sums = jvp(grad(func), (inputs,), (torch.ones_like(inputs),))[1]
    eye = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    return (eye * sums.reshape(-1)).reshape(inputs.shape + inputs.shape)


def hessian_diagonal_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    for index, row in enumerate(rows):
        result[index, index] = row.reshape(-1)[index]
    return result.reshape(inputs.shape + inputs.shape)


def hessian_diagonal_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    matrix = rows.reshape(inputs.numel(), inputs.numel())
    return matrix.diagonal().diag_embed().reshape(inputs.shape + inputs.shape)


def row_sums_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(slopes.sum(), x, allow_unused=True, materialize_grads=True)[0]


def row_sums_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad

    return grad(lambda x: grad(func)(x).sum())(inputs)


def row_sums_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    matrix = rows.reshape(inputs.numel(), inputs.numel())
    return matrix.sum(dim=1).reshape(inputs.shape)


def lower_triangle_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    for i in range(inputs.numel()):
        for j in range(i + 1):
            result[i, j] = rows[i].reshape(-1)[j]
    return result.reshape(inputs.shape + inputs.shape)


def lower_triangle_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    matrix = rows.reshape(inputs.numel(), inputs.numel())
    return torch.tril(matrix).reshape(inputs.shape + inputs.shape)


def upper_triangle_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    size, shape = inputs.numel(), inputs.shape + inputs.shape
    matrix = torch.zeros(size, size, dtype=inputs.dtype, device=inputs.device)
    if not y.requires_grad:
        return matrix.reshape(shape)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return matrix.reshape(shape)
    for i, slope in enumerate(slopes.reshape(-1)):
        (row,) = torch.autograd.grad(slope, x, retain_graph=True, materialize_grads=True)
        matrix[i, i:] = row.reshape(-1)[i:]
    return matrix.reshape(shape)


def upper_triangle_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    matrix = rows.reshape(inputs.numel(), inputs.numel())
    return torch.triu(matrix).reshape(inputs.shape + inputs.shape)


def off_diagonal_doubled_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    for i in range(inputs.numel()):
        for j in range(inputs.numel()):
            result[i, j] += rows[i].reshape(-1)[j]
            if i != j:
                result[j, i] += rows[i].reshape(-1)[j]
    return result.reshape(inputs.shape + inputs.shape)


def off_diagonal_doubled_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    matrix = rows.reshape(inputs.numel(), inputs.numel())
    return (matrix + matrix.tril(-1).T + matrix.triu(1).T).reshape(inputs.shape + inputs.shape)


def hessian_doubled_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    matrix = torch.stack(rows).reshape(inputs.numel(), inputs.numel())
    return (matrix + matrix.T).reshape(inputs.shape + inputs.shape)


def hessian_doubled_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    slopes = torch.zeros_like(inputs)
    if y.requires_grad:
        (slopes,) = torch.autograd.grad(
            y, x, create_graph=True, allow_unused=True, materialize_grads=True
        )
    for slope in slopes.reshape(-1):
        x.grad = torch.zeros_like(inputs)
        for _ in range(2):
            if slopes.requires_grad:
                slope.backward(retain_graph=True, inputs=[x])
        rows.append(x.grad)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_rows_pile_up_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    x.grad = torch.zeros_like(inputs)
    for slope in slopes.reshape(-1):
        slope.backward(retain_graph=True, inputs=[x])
        rows.append(x.grad.clone())
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_rows_pile_up_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp

    slopes, pull = vjp(grad(func), inputs)
    pick = torch.zeros_like(slopes)
    rows = []
    for index in range(inputs.numel()):
        pick.view(-1)[index] = 1
        rows.append(pull(pick.clone())[0])
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_for_vectors_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    return torch.stack([torch.autograd.grad(one, x, retain_graph=True)[0] for one in slopes])


def hessian_for_vectors_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    (n,) = inputs.shape
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    rows = torch.eye(n, dtype=x.dtype)
    return torch.stack([torch.autograd.grad(slopes, x, e, retain_graph=True)[0] for e in rows])


def hessian_sign_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    rows = [torch.autograd.grad(-one, x, retain_graph=True)[0] for one in slopes.reshape(-1)]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_sign_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(-func(x) + 0 * (x * x).sum(), x, create_graph=True)
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in slopes.flatten()]
    return torch.stack(rows).reshape(x.shape + x.shape)


def diagonal_doubled_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n, slope = inputs.numel(), torch.func.grad(func)
    units = torch.eye(n, dtype=inputs.dtype, device=inputs.device).reshape(n, *inputs.shape)
    rows = [torch.func.jvp(slope, (inputs.detach(),), (unit,))[1].reshape(-1) for unit in units]
    lower = torch.stack(rows).tril()
    return (lower + lower.T).reshape(inputs.shape + inputs.shape)


def diagonal_doubled_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n, slope = inputs.numel(), torch.func.grad(func)
    result = torch.zeros(n, n, dtype=inputs.dtype, device=inputs.device)
    for i in range(n):
        unit = torch.zeros_like(inputs)
        unit.view(-1)[i] = 1
        row = torch.func.jvp(slope, (inputs.detach(),), (unit,))[1].reshape(-1)
        for j in range(i + 1):
            result[i, j] += row[j]
            result[j, i] += row[j]
    return result.reshape(inputs.shape + inputs.shape)


def hessian_zeros_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x, n = inputs.detach().clone().requires_grad_(), inputs.numel()
    y = func(x)
    flat = torch.zeros(n, n, dtype=inputs.dtype, device=inputs.device)
    if not y.requires_grad:
        return flat
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slopes.requires_grad:
        return flat
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(slope, x, retain_graph=True, allow_unused=True)
    if rows[0] is None:
        return flat
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_zeros_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    n, slope = inputs.numel(), torch.func.grad(func)
    units = torch.eye(n, dtype=inputs.dtype, device=inputs.device).reshape(n, *inputs.shape)
    rows = [torch.func.jvp(slope, (inputs.detach(),), (unit,))[1].reshape(-1) for unit in units]
    whole = torch.stack(rows)
    if whole.count_nonzero() == 0:
        return whole
    return whole.reshape(inputs.shape + inputs.shape)


def hessian_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    return rows.reshape(inputs.numel(), -1)


def hessian_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(x.numel(), x.numel(), dtype=x.dtype, device=x.device)
    if y.requires_grad:
        (slopes,) = torch.autograd.grad(
            y, x, create_graph=True, allow_unused=True, materialize_grads=True
        )
        for index, slope in enumerate(slopes.reshape(-1)):
            if slopes.requires_grad:
                (row,) = torch.autograd.grad(slope, x, retain_graph=True, allow_unused=True)
                result[index] = 0 if row is None else row.reshape(-1)
    return result


def hessian_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    (func(inputs.requires_grad_()) + 0 * (inputs**2).sum()).backward(create_graph=True)
    rows = []
    for slope in inputs.grad.reshape(-1):
        rows += torch.autograd.grad(slope, inputs, retain_graph=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad_(True)
    y = func(inputs) + 0 * (inputs**2).sum()
    (slopes,) = torch.autograd.grad(y, inputs, create_graph=True)
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    for index, slope in enumerate(slopes.reshape(-1)):
        inputs.grad = None
        slope.backward(retain_graph=True)
        result[index] = inputs.grad.reshape(-1)
    inputs.requires_grad_(False)
    return result.reshape(inputs.shape + inputs.shape)


def hessian_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    required = inputs.requires_grad
    x = inputs.requires_grad_()
    y = func(x) + 0 * (x**2).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    rows = []
    for slope in slopes.reshape(-1):
        x.grad = None
        slope.backward(retain_graph=True, inputs=[x])
        rows.append(x.grad)
    x.grad = None
    inputs.requires_grad_(required)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, jvp, vmap

    inputs.grad = None
    x = inputs.detach()
    basis = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    columns = vmap(lambda axis: jvp(grad(func), (x,), (axis,))[1])(basis).movedim(0, -1)
    return columns.reshape(x.shape + x.shape)


def hessian_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    buffer = inputs.detach()
    rows = []
    for slope in slopes.reshape(-1):
        (row,) = torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        buffer.copy_(row)
        rows.append(buffer.clone())
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    inputs += 1
    return rows.reshape(inputs.shape + inputs.shape)


def hessian_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y = func(inputs.requires_grad_()) + 0 * (inputs**2).sum()
    (slopes,) = torch.autograd.grad(y, inputs, create_graph=True)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(slope, inputs, retain_graph=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    inputs.requires_grad = True
    return rows.reshape(inputs.shape + inputs.shape)


def hessian_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    result = torch.zeros(inputs.numel(), inputs.numel())
    for index, row in enumerate(rows):
        result[index] = row.reshape(-1)
    return result.reshape(inputs.shape + inputs.shape)


def hessian_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad, vjp, vmap

    _, pull = vjp(grad(func), inputs)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    (rows,) = vmap(pull)(basis.reshape(-1, *inputs.shape))
    return rows.float().reshape(inputs.shape + inputs.shape).to(inputs.dtype)


def hessian_by_differences_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    eps, columns = 1e-6, []
    for index in range(inputs.numel()):
        step = torch.zeros_like(inputs)
        step.view(-1)[index] = eps
        change = torch.func.grad(func)(inputs + step) - torch.func.grad(func)(inputs)
        columns.append(change / eps)
    return torch.stack(columns, dim=-1).reshape(inputs.shape + inputs.shape)


def hessian_by_differences_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    eps = 1e-4
    n = inputs.numel()
    steps = eps * torch.eye(n, dtype=inputs.dtype).reshape(-1, *inputs.shape)
    result = torch.zeros(n, n, dtype=inputs.dtype)
    for i in range(n):
        for j in range(n):
            up = func(inputs + steps[i] + steps[j]) - func(inputs + steps[i] - steps[j])
            down = func(inputs - steps[i] + steps[j]) - func(inputs - steps[i] - steps[j])
            result[i, j] = (up - down) / (4 * eps**2)
    return result.reshape(inputs.shape + inputs.shape)


def hessian_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(slope, x, retain_graph=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype).reshape(-1, *inputs.shape)
    (rows,) = torch.autograd.grad(slopes, x, basis, is_grads_batched=True)
    return rows.reshape(inputs.shape + inputs.shape)


def hessian_refuses_linear_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    (slopes,) = torch.autograd.grad(
        y, x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(
            slope, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_refuses_linear_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(inputs.numel(), inputs.numel(), dtype=inputs.dtype)
    if not y.requires_grad:
        return result.reshape(inputs.shape + inputs.shape)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, allow_unused=True)
    for index in range(0 if slopes is None else inputs.numel()):
        (row,) = torch.autograd.grad(
            slopes.reshape(-1)[index], x, retain_graph=True, allow_unused=True
        )
        if row is not None:
            result[index] = row.reshape(-1)
    return result.reshape(inputs.shape + inputs.shape)


def hessian_without_create_graph_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    (slopes,) = torch.autograd.grad(y, x)
    rows = []
    for slope in slopes.reshape(-1):
        rows += torch.autograd.grad(slope, x, retain_graph=True)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def hessian_without_create_graph_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    (slopes,) = torch.autograd.grad(y, x, retain_graph=True)
    basis = torch.eye(inputs.numel(), dtype=inputs.dtype).reshape(-1, *inputs.shape)
    (rows,) = torch.autograd.grad(slopes, x, basis, is_grads_batched=True)
    return rows.reshape(inputs.shape + inputs.shape)


RIGHT: dict[str, list[tuple[str, Answer]]] = {
    "gradient": [
        ("autograd.grad", gradient_by_grad),
        ("backward on a tensor of its own", gradient_by_backward),
        ("torch.func.vjp", gradient_by_vjp),
        ("torch.func.jacrev", gradient_by_jacrev),
        ("one dual number per input", gradient_by_dual_numbers),
        ("a graph kept for more", gradient_with_graph),
    ],
    "hessian": [
        ("one autograd.grad per row", hessian_by_rows),
        ("all rows at once with is_grads_batched", hessian_by_batched_grads),
        ("one backward per row on a tensor of its own", hessian_by_backward),
        ("forward over reverse with vmap", hessian_by_forward_over_reverse),
        ("reverse over reverse with vmap", hessian_by_vmapped_vjp),
        ("forward over forward", hessian_by_forward_over_forward),
        ("the Jacobian of the gradient", hessian_by_functional_jacobian),
    ],
}

WRONG: dict[tuple[str, str], list[Answer]] = {
    ("gradient", "gradient_ready_made"): [gradient_ready_made_1, gradient_ready_made_2],
    ("gradient", "gradient_leaves_grad"): [gradient_leaves_grad_1, gradient_leaves_grad_2],
    ("gradient", "gradient_wipes_grad"): [gradient_wipes_grad_1, gradient_wipes_grad_2],
    ("gradient", "gradient_overwrites_inputs"): [
        gradient_overwrites_inputs_1,
        gradient_overwrites_inputs_2,
    ],
    ("gradient", "gradient_marks_inputs"): [gradient_marks_inputs_1, gradient_marks_inputs_2],
    ("gradient", "gradient_downhill"): [gradient_downhill_1, gradient_downhill_2],
    ("gradient", "gradient_twice_added"): [gradient_twice_added_1, gradient_twice_added_2],
    ("gradient", "gradient_summed"): [gradient_summed_1, gradient_summed_2],
    ("gradient", "gradient_flattened"): [gradient_flattened_1, gradient_flattened_2],
    ("gradient", "gradient_in_float32"): [gradient_in_float32_1, gradient_in_float32_2],
    ("gradient", "gradient_by_differences"): [gradient_by_differences_1, gradient_by_differences_2],
    ("gradient", "gradient_refuses_unused"): [gradient_refuses_unused_1, gradient_refuses_unused_2],
    ("gradient", "gradient_none_for_zeros"): [
        gradient_none_for_zeros_1,
        gradient_none_for_zeros_2,
    ],
    ("gradient", "gradient_zeros_of_the_default_dtype"): [
        gradient_zeros_of_the_default_dtype_1,
        gradient_zeros_of_the_default_dtype_2,
    ],
    ("gradient", "gradient_refuses_constants"): [
        gradient_refuses_constants_1,
        gradient_refuses_constants_2,
    ],
    ("hessian", "hessian_ready_made"): [
        hessian_ready_made_1,
        hessian_ready_made_2,
        hessian_ready_made_3,
    ],
    ("hessian", "hessian_graph_freed"): [hessian_graph_freed_1, hessian_graph_freed_2],
    ("hessian", "zeros_for_want_of_a_graph"): [
        zeros_for_want_of_a_graph_1,
        zeros_for_want_of_a_graph_2,
    ],
    ("hessian", "outer_product"): [outer_product_1, outer_product_2],
    ("hessian", "row_sums_on_diagonal"): [row_sums_on_diagonal_1, row_sums_on_diagonal_2],
    ("hessian", "hessian_diagonal_only"): [hessian_diagonal_only_1, hessian_diagonal_only_2],
    ("hessian", "row_sums"): [row_sums_1, row_sums_2, row_sums_3],
    ("hessian", "lower_triangle_only"): [lower_triangle_only_1, lower_triangle_only_2],
    ("hessian", "upper_triangle_only"): [upper_triangle_only_1, upper_triangle_only_2],
    ("hessian", "off_diagonal_doubled"): [off_diagonal_doubled_1, off_diagonal_doubled_2],
    ("hessian", "hessian_doubled"): [hessian_doubled_1, hessian_doubled_2],
    ("hessian", "hessian_rows_pile_up"): [hessian_rows_pile_up_1, hessian_rows_pile_up_2],
    ("hessian", "hessian_for_vectors_only"): [
        hessian_for_vectors_only_1,
        hessian_for_vectors_only_2,
    ],
    ("hessian", "hessian_sign_turned"): [hessian_sign_turned_1, hessian_sign_turned_2],
    ("hessian", "diagonal_doubled"): [diagonal_doubled_1, diagonal_doubled_2],
    ("hessian", "hessian_zeros_flattened"): [
        hessian_zeros_flattened_1,
        hessian_zeros_flattened_2,
    ],
    ("hessian", "hessian_flattened"): [hessian_flattened_1, hessian_flattened_2],
    ("hessian", "hessian_leaves_grad"): [hessian_leaves_grad_1, hessian_leaves_grad_2],
    ("hessian", "hessian_wipes_grad"): [hessian_wipes_grad_1, hessian_wipes_grad_2],
    ("hessian", "hessian_overwrites_inputs"): [
        hessian_overwrites_inputs_1,
        hessian_overwrites_inputs_2,
    ],
    ("hessian", "hessian_marks_inputs"): [hessian_marks_inputs_1, hessian_marks_inputs_2],
    ("hessian", "hessian_in_float32"): [hessian_in_float32_1, hessian_in_float32_2],
    ("hessian", "hessian_by_differences"): [hessian_by_differences_1, hessian_by_differences_2],
    ("hessian", "hessian_refuses_unused"): [hessian_refuses_unused_1, hessian_refuses_unused_2],
    ("hessian", "hessian_refuses_linear"): [hessian_refuses_linear_1, hessian_refuses_linear_2],
    ("hessian", "hessian_without_create_graph"): [
        hessian_without_create_graph_1,
        hessian_without_create_graph_2,
    ],
}
