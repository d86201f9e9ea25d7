"""Answers to the topic `jacobian`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Tensor]


def vjp_by_grad(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad(y, x, v, allow_unused=True)
    return torch.zeros_like(inputs) if result is None else result


def vjp_by_backward(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.requires_grad:
        y.backward(v, inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def vjp_by_dot_product(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    dot = (v * y).sum()
    return torch.autograd.grad(dot, x, allow_unused=True, materialize_grads=True)[0]


def vjp_by_func_grad(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad

    return grad(lambda x: (v * func(x)).sum())(inputs)


def vjp_by_batch_of_one(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad(y, x, v[None], allow_unused=True, is_grads_batched=True)
    return torch.zeros_like(inputs) if result is None else result[0]


def vjp_with_tied_inputs(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    with torch.enable_grad():
        x = inputs.detach().requires_grad_()
        dot = (func(x) * v).sum() + (0 * x).sum()
    return torch.autograd.grad(dot, x)[0]


def vjp_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    _, pull = torch.func.vjp(func, inputs)
    return pull(v)[0]


def vjp_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.functional.vjp(func, inputs, v)[1]


def vjp_ready_made_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import vjp as transpose

    return transpose(func, inputs)[1](v)[0]


def vjp_ignores_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y.sum(), x, allow_unused=True, materialize_grads=True)[0]


def vjp_ignores_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad

    return grad(lambda x: func(x).sum())(inputs)


def vjp_ignores_v_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.requires_grad:
        y.backward(torch.ones_like(y), inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def jvp_for_vjp_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(func, (inputs,), (v,))[1]


def jvp_for_vjp_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), v))
        primal, tangent = forward_ad.unpack_dual(y)
    return torch.zeros_like(primal) if tangent is None else tangent


def vjp_weighs_the_sum_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs) * v
    (slopes,) = torch.autograd.grad(y.sum(), x, allow_unused=True, materialize_grads=True)
    return slopes * v


def vjp_weighs_the_sum_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad

    return torch.mul(v, grad(lambda x: func(x).sum())(inputs))


def vjp_for_vectors_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    product = torch.dot(y, v)
    return torch.autograd.grad(product, x, allow_unused=True, materialize_grads=True)[0]


def vjp_for_vectors_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    total = torch.zeros_like(x)
    for i in range(len(y)):
        total = total + v[i] * torch.autograd.grad(y[i], x, retain_graph=True)[0]
    return total


def jacobian_for_vectors_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    return torch.stack([torch.autograd.grad(number, x, retain_graph=True)[0] for number in y])


def jacobian_for_vectors_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    matrix = torch.zeros(len(y), len(x), dtype=x.dtype)
    for i in range(len(y)):
        matrix[i] = torch.autograd.grad(y[i], x, retain_graph=True)[0]
    return matrix


def jvp_for_vectors_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    rows = torch.stack([torch.autograd.grad(number, x, retain_graph=True)[0] for number in y])
    return rows @ v


def jvp_for_vectors_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y @ u, x, create_graph=True)
    return torch.autograd.grad(pulled @ v, u)[0]


def vjp_value_times_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return func(inputs) * v


def vjp_value_times_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    y = func(inputs.clone())
    return torch.mul(v, y).clone()


def vjp_value_dot_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.sum(v * func(inputs))


def vjp_value_dot_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return func(inputs) @ v


def jvp_value_times_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return v * func(inputs)


def jvp_value_times_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    y = func(inputs.clone())
    return torch.mul(y, v)


def jvp_value_dot_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.sum(v * func(inputs))


def jvp_value_dot_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    y = func(inputs)
    return torch.mul(y, v).flatten().sum(0)


def jvp_value_matmul_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return func(inputs) @ v


def jvp_value_matmul_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.matmul(func(inputs), v)


def vjp_sign_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (product,) = torch.autograd.grad(func(x) + 0 * x.sum(), x, -v)
    return product


def vjp_sign_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (-(func(x) * v).sum() + 0 * x.sum()).backward()
    assert x.grad is not None
    return x.grad


def jacobian_sign_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    rows = [torch.autograd.grad(-one, x, retain_graph=True)[0] for one in y.flatten()]
    return torch.stack(rows).reshape(y.shape + x.shape)


def jacobian_sign_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in y.flatten()]
    return -torch.stack(rows).reshape(y.shape + x.shape)


def jvp_sign_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u, create_graph=True)
    return torch.autograd.grad(pulled, u, -v)[0]


def jvp_sign_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    numbers = [
        -(torch.autograd.grad(one, x, retain_graph=True)[0] * v).sum() for one in y.flatten()
    ]
    return torch.stack(numbers).reshape(y.shape)


def vjp_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs).flatten()
    (result,) = torch.autograd.grad(y, x, v, allow_unused=True, materialize_grads=True)
    return result.flatten()


def vjp_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().reshape(-1)
    return torch.func.grad(lambda x: (v * func(x.reshape(inputs.shape))).sum())(x)


def vjp_zeros_shaped_as_outputs_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    (product,) = torch.autograd.grad(y, x, v, allow_unused=True)
    return torch.zeros_like(y) if product is None else product


def vjp_zeros_shaped_as_outputs_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape, dtype=y.dtype, device=y.device)
    return torch.autograd.grad(y, x, v, materialize_grads=True)[0]


def vjp_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_(True)
    y = func(inputs)
    if y.requires_grad:
        y.backward(v)
    inputs.requires_grad_(False)
    return torch.zeros_like(inputs) if inputs.grad is None else inputs.grad


def vjp_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad = True
    (func(inputs) * v + 0 * inputs.sum()).sum().backward()
    return inputs.grad.clone()


def vjp_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    required = inputs.requires_grad
    inputs.requires_grad_().grad = None
    y = func(inputs)
    if y.requires_grad:
        y.backward(v, inputs=[inputs])
    result = torch.zeros_like(inputs) if inputs.grad is None else inputs.grad
    inputs.grad = None
    inputs.requires_grad_(required)
    return result.detach()


def vjp_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().requires_grad_()
    dot = (func(x) * v).sum() + 0 * x.sum()
    dot.backward(inputs=[x])
    inputs.grad = None
    return x.grad


def vjp_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    result = inputs.detach()
    result.copy_(torch.func.grad(lambda x: (v * func(x)).sum())(inputs))
    return result


def vjp_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    v *= y
    if not v.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(v.sum(), x, allow_unused=True, materialize_grads=True)[0]


def vjp_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_()
    y = func(inputs)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, inputs, v, allow_unused=True, materialize_grads=True)[0]


def vjp_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad = True
    dot = torch.sum(v * func(inputs)) + 0 * inputs.sum()
    (result,) = torch.autograd.grad(dot, [inputs])
    return result


def vjp_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    result = torch.zeros(inputs.shape)
    result += torch.func.grad(lambda x: (v * func(x)).sum())(inputs)
    return result


def vjp_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad(y, x, v, allow_unused=True, materialize_grads=True)
    return result.float().to(inputs.dtype)


def vjp_by_differences_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    result = torch.zeros_like(inputs)
    base = (v * func(inputs)).sum()
    for index in range(inputs.numel()):
        moved = inputs.clone()
        moved.view(-1)[index] += 1e-7
        result.view(-1)[index] = ((v * func(moved)).sum() - base) / 1e-7
    return result


def vjp_by_differences_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    eps = 1e-5
    slopes = []
    for step in eps * torch.eye(inputs.numel(), dtype=inputs.dtype):
        step = step.reshape(inputs.shape)
        change = func(inputs + step) - func(inputs - step)
        slopes.append((v * change).sum() / (2 * eps))
    return torch.stack(slopes).reshape(inputs.shape)


def vjp_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x, v)[0]


def vjp_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (result,) = torch.autograd.grad((v * y).sum(), (x,))
    return result


def vjp_none_for_zeros_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Any:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x, v, allow_unused=True)[0]


def vjp_none_for_zeros_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Any:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.grad_fn is None:
        return torch.zeros(inputs.shape, dtype=inputs.dtype, device=inputs.device)
    y.backward(v)
    return x.grad


def vjp_of_the_mean_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad((y * v).mean(), x, materialize_grads=True)[0]


def vjp_of_the_mean_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, v / v.numel(), materialize_grads=True)[0]


def shape_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return inputs.new_zeros(inputs.shape + y.shape)
    rows = []
    for one in y.reshape(-1):
        rows += torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)
    return torch.stack(rows).reshape(inputs.shape + y.shape)


def shape_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(y.numel(), x.numel(), dtype=inputs.dtype, device=inputs.device)
    if y.grad_fn is not None:
        for i in range(y.numel()):
            (row,) = torch.autograd.grad(y.flatten()[i], x, retain_graph=True, allow_unused=True)
            if row is not None:
                result[i] = row.flatten()
    return result.view(*inputs.shape, *y.shape)


def columns_reshaped_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + x.shape, dtype=y.dtype, device=y.device)
    rows = [
        torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)[0]
        for one in y.reshape(-1)
    ]
    return torch.stack(rows, dim=-1).reshape(y.shape + x.shape)


def columns_reshaped_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + x.shape, dtype=y.dtype, device=y.device)
    columns = torch.zeros(x.numel(), y.numel(), dtype=y.dtype)
    for place, one in enumerate(y.flatten()):
        (row,) = torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)
        columns[:, place] = row.flatten()
    return columns.reshape(y.shape + x.shape)


def jvp_v_normalised_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach()
    rows = torch.autograd.functional.jacobian(func, x).reshape(*func(x).shape, -1)
    return rows @ (v / v.norm()).reshape(-1)


def jvp_v_normalised_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    length = torch.linalg.vector_norm(v)
    jacobian = torch.func.jacfwd(func)(inputs.detach())
    return torch.tensordot(jacobian, v, dims=v.dim()) / length


def jvp_zero_for_want_of_a_graph_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    zeros = torch.zeros_like(y)
    if not y.requires_grad:
        return zeros
    u = torch.zeros_like(y, requires_grad=True)
    (s,) = torch.autograd.grad(y, x, u, materialize_grads=True)
    if not s.requires_grad:
        return zeros.detach()
    return torch.autograd.grad(s, u, v)[0]


def jvp_zero_for_want_of_a_graph_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(inputs.detach(), v)
        y = func(torch.autograd.forward_ad.unpack_dual(dual).primal)
        tangent = torch.autograd.forward_ad.unpack_dual(y).tangent
        return (torch.zeros_like(y) if tangent is None else tangent).detach()


def vjp_zeros_of_the_default_dtype_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(x.shape)
    (g,) = torch.autograd.grad(y, x, v, allow_unused=True)
    return torch.zeros(x.shape) if g is None else g


def vjp_zeros_of_the_default_dtype_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    leaf = inputs.detach().clone().requires_grad_()
    value = (func(leaf) * v).sum()
    if value.requires_grad:
        value.backward(inputs=[leaf])
    return torch.zeros(tuple(inputs.shape)) if leaf.grad is None else leaf.grad


def vjp_refuses_constants_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    return torch.autograd.grad(y, x, v, allow_unused=True, materialize_grads=True)[0]


def vjp_refuses_constants_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    y.backward(v, inputs=[x])
    return torch.zeros_like(inputs) if x.grad is None else x.grad


def jacobian_by_rows(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    rows = []
    for number in y.reshape(-1):
        rows += torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_by_backward(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    for number in y.reshape(-1):
        x.grad = None
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[x])
        rows.append(torch.zeros_like(inputs) if x.grad is None else x.grad)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_by_batched_grads(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    shape = y.shape + inputs.shape
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    rows = None
    if y.requires_grad:
        (rows,) = torch.autograd.grad(y, x, basis, is_grads_batched=True, allow_unused=True)
    if rows is None:
        return torch.zeros(shape, dtype=y.dtype, device=y.device)
    return rows.reshape(shape)


def jacobian_by_vmapped_vjp(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.reshape(y.shape + inputs.shape)


def jacobian_by_vmapped_jvp(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import jvp, vmap

    def column(direction: Tensor) -> Tensor:
        return jvp(func, (inputs,), (direction,))[1]

    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    columns = vmap(column)(basis.reshape(-1, *inputs.shape)).movedim(0, -1)
    return columns.reshape(columns.shape[:-1] + inputs.shape)


def jacobian_by_dual_numbers(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    columns = []
    for index in range(inputs.numel()):
        direction = torch.zeros_like(inputs)
        direction.view(-1)[index] = 1
        with forward_ad.dual_level():
            y = func(forward_ad.make_dual(inputs.detach(), direction))
            primal, tangent = forward_ad.unpack_dual(y)
        columns.append(torch.zeros_like(primal) if tangent is None else tangent)
    return torch.stack(columns, dim=-1).reshape(primal.shape + inputs.shape)


def jacobian_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.func.jacrev(func)(inputs)


def jacobian_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    return torch.autograd.functional.jacobian(func, inputs)


def jacobian_ready_made_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import jacfwd

    return jacfwd(func)(inputs)


def graph_freed_after_one_row_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    rows = []
    for number in y.reshape(-1):
        rows += torch.autograd.grad(number, x, allow_unused=True, materialize_grads=True)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def graph_freed_after_one_row_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    result = torch.zeros(y.numel(), inputs.numel(), dtype=y.dtype, device=y.device)
    for index in range(y.numel()):
        x.grad = None
        y.reshape(-1)[index].backward(inputs=[x])
        if x.grad is not None:
            result[index] = x.grad.reshape(-1)
    return result.reshape(y.shape + inputs.shape)


def rows_pile_up_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    for number in y.reshape(-1):
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[x])
        rows.append(torch.zeros_like(inputs) if x.grad is None else x.grad.clone())
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def rows_pile_up_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    pick = torch.zeros_like(y).reshape(-1)
    rows = []
    for index in range(y.numel()):
        pick[index] = 1
        rows.append(pull(pick.reshape(y.shape).clone())[0])
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def rows_share_the_total_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    x.grad = torch.zeros_like(inputs)
    rows = []
    for number in y.reshape(-1):
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[x])
        rows.append(x.grad)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def rows_share_the_total_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y = func(inputs)
    total = torch.func.grad(lambda x: func(x).sum())(inputs)
    return torch.stack([total] * y.numel()).reshape(y.shape + inputs.shape)


def rows_share_the_last_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    pick, picks = torch.zeros_like(y), []
    for index in range(y.numel()):
        pick.zero_().view(-1)[index] = 1
        picks.append(pick)
    rows = [pull(one)[0] for one in picks]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def rows_share_the_last_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    x.grad = torch.zeros_like(inputs)
    rows = []
    for number in y.reshape(-1):
        x.grad.zero_()
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[x])
        rows.append(x.grad)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def transposed_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + y.shape, dtype=y.dtype, device=y.device)
    rows = []
    for number in y.reshape(-1):
        rows += torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    return torch.stack(rows, dim=-1).reshape(inputs.shape + y.shape)


def transposed_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.reshape(y.numel(), inputs.numel()).T.reshape(inputs.shape + y.shape)


def transposed_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import jvp, vmap

    basis = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    columns = vmap(lambda e: jvp(func, (inputs,), (e,))[1])(basis.reshape(-1, *inputs.shape))
    return columns.reshape(inputs.shape + columns.shape[1:])


def sum_of_rows_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y.sum(), x, allow_unused=True, materialize_grads=True)[0]


def sum_of_rows_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    from torch.func import grad

    return grad(lambda x: func(x).sum())(inputs)


def sum_of_rows_3(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.sum(dim=0)


def diagonal_only_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    result = torch.zeros(y.numel(), inputs.numel(), dtype=y.dtype, device=y.device)
    for index in range(min(result.shape)):
        result[index, index] = rows[index].reshape(-1)[index]
    return result.reshape(y.shape + inputs.shape)


def diagonal_only_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    rows = []
    for number in y.reshape(-1):
        rows += torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    matrix = torch.stack([row.reshape(-1) for row in rows])
    mask = torch.ones_like(matrix, dtype=torch.bool).tril().triu()
    return torch.where(mask, matrix, 0.0).reshape(y.shape + inputs.shape)


def flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.reshape(y.numel(), -1)


def flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(y.numel(), x.numel(), dtype=y.dtype, device=y.device)
    for index, number in enumerate(y.reshape(-1)):
        if y.requires_grad:
            (row,) = torch.autograd.grad(number, x, retain_graph=True, allow_unused=True)
            result[index] = 0 if row is None else row.reshape(-1)
    return result


def singleton_axes_lost_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.reshape(y.shape + inputs.shape).squeeze()


def singleton_axes_lost_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    shape = [length for length in (*y.shape, *x.shape) if length > 1]
    if not y.requires_grad:
        return torch.zeros(shape, dtype=y.dtype, device=y.device)
    grad = torch.autograd.grad
    rows = [grad(e, x, retain_graph=True, materialize_grads=True)[0] for e in y.reshape(-1)]
    return torch.stack(rows).reshape(shape)


def jacobian_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y = func(inputs.requires_grad_())
    rows = []
    for number in y.reshape(-1):
        inputs.grad = torch.zeros_like(inputs)
        if y.requires_grad:
            number.backward(retain_graph=True)
        rows.append(inputs.grad)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad_(True)
    y = func(inputs) + 0 * inputs.sum()
    result = torch.zeros(y.numel(), inputs.numel(), dtype=y.dtype, device=y.device)
    for index in range(y.numel()):
        if inputs.grad is not None:
            inputs.grad.zero_()
        y.reshape(-1)[index].backward(retain_graph=True)
        result[index] = inputs.grad.reshape(-1)
    inputs.requires_grad_(False)
    return result.reshape(y.shape + inputs.shape)


def jacobian_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    required = inputs.requires_grad
    y = func(inputs.requires_grad_())
    rows = []
    for number in y.reshape(-1):
        inputs.grad = None
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[inputs])
        rows.append(torch.zeros_like(inputs) if inputs.grad is None else inputs.grad)
    inputs.grad = None
    inputs.requires_grad_(required)
    return torch.stack(rows).reshape(y.shape + inputs.shape).detach()


def jacobian_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs.detach())
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    if inputs.grad is not None:
        inputs.grad.zero_()
    return rows.reshape(y.shape + inputs.shape)


def jacobian_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    buffer = inputs.detach()
    rows = []
    for number in y.reshape(-1):
        (row,) = torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        buffer.copy_(row)
        rows.append(buffer.clone())
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    inputs.zero_()
    return rows.reshape(y.shape + inputs.shape)


def jacobian_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y = func(inputs.requires_grad_()) + 0 * inputs.sum()
    rows = [torch.autograd.grad(number, inputs, retain_graph=True)[0] for number in y.flatten()]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    inputs.requires_grad = True
    y = func(inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    rows = None
    if y.requires_grad:
        (rows,) = torch.autograd.grad(y, inputs, basis, is_grads_batched=True, allow_unused=True)
    if rows is None:
        rows = torch.zeros(y.numel(), inputs.numel(), dtype=y.dtype, device=y.device)
    return rows.reshape(y.shape + inputs.shape)


def jacobian_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    result = torch.zeros(y.numel(), inputs.numel())
    for index, pick in enumerate(torch.eye(y.numel(), dtype=y.dtype)):
        result[index] = pull(pick.reshape(y.shape))[0].reshape(-1)
    return result.reshape(y.shape + inputs.shape)


def jacobian_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    y, pull = torch.func.vjp(func, inputs)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.func.vmap(pull)(basis)
    return rows.to(torch.float32).reshape(y.shape + inputs.shape).to(inputs.dtype)


def jacobian_by_differences_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    base, columns = func(inputs), []
    for index in range(inputs.numel()):
        moved = inputs.clone()
        moved.view(-1)[index] += 1e-7
        columns.append((func(moved) - base) / 1e-7)
    return torch.stack(columns, dim=-1).reshape(base.shape + inputs.shape)


def jacobian_by_differences_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    eps = 1e-5
    steps = eps * torch.eye(inputs.numel(), dtype=inputs.dtype).reshape(-1, *inputs.shape)
    columns = [(func(inputs + step) - func(inputs - step)) / (2 * eps) for step in steps]
    return torch.stack(columns, -1).reshape(columns[0].shape + inputs.shape)


def jacobian_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    rows = [torch.autograd.grad(number, x, retain_graph=True)[0] for number in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=y.dtype, device=y.device)
    basis = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
    (rows,) = torch.autograd.grad(y, x, basis, is_grads_batched=True)
    return rows.reshape(y.shape + inputs.shape)


def jacobian_refuses_constants_1(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    rows = []
    for number in y.reshape(-1):
        rows += torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
    return torch.stack(rows).reshape(y.shape + inputs.shape)


def jacobian_refuses_constants_2(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    result = torch.zeros(y.numel(), inputs.numel(), dtype=y.dtype, device=y.device)
    for index, number in enumerate(y.reshape(-1)):
        (row,) = torch.autograd.grad(number, [x], retain_graph=True, allow_unused=True)
        if row is not None:
            result[index] = row.reshape(-1)
    return result.reshape(y.shape + inputs.shape)


def jvp_by_double_backward(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u, create_graph=True, allow_unused=True)
    if pulled is None:
        return torch.zeros_like(y)
    return torch.autograd.grad(pulled, u, v, allow_unused=True, materialize_grads=True)[0]


def jvp_by_dual_numbers(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), v))
        primal, tangent = forward_ad.unpack_dual(y)
    return torch.zeros_like(primal) if tangent is None else tangent


def jvp_by_vjp_of_vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import vjp

    y, pull = vjp(func, inputs)
    _, push = vjp(lambda u: pull(u)[0], torch.zeros_like(y))
    return push(v)[0]


def jvp_along_a_line(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import jacfwd

    start = torch.zeros((), dtype=inputs.dtype, device=inputs.device)
    return jacfwd(lambda t: func(inputs + t * v))(start)


def jvp_by_func_grad(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad

    def pulled(u: Tensor) -> Tensor:
        slopes = grad(lambda x: (u * func(x)).sum())(inputs)
        return (slopes * v).sum()

    return grad(pulled)(torch.zeros_like(func(inputs)))


def jvp_by_batch_of_one(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.ones_like(y).requires_grad_()
    (pulled,) = torch.autograd.grad(
        y, x, u, create_graph=True, allow_unused=True, materialize_grads=True
    )
    (result,) = torch.autograd.grad(pulled, u, v[None], is_grads_batched=True, allow_unused=True)
    return torch.zeros_like(y) if result is None else result[0]


def jvp_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(func, (inputs,), (v,))[1]


def jvp_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.functional.jvp(func, inputs, v)[1]


def jvp_ready_made_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import linearize

    return linearize(func, inputs)[1](v)


def jvp_ignores_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(
        y, x, u, create_graph=True, allow_unused=True, materialize_grads=True
    )
    along = torch.ones_like(inputs)
    return torch.autograd.grad(pulled, u, along, allow_unused=True, materialize_grads=True)[0]


def jvp_ignores_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), torch.ones_like(inputs)))
        primal, tangent = forward_ad.unpack_dual(y)
    return torch.zeros_like(primal) if tangent is None else tangent


def vjp_for_jvp_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x, v, allow_unused=True, materialize_grads=True)[0]


def vjp_for_jvp_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.vjp(func, inputs)[1](v)[0]


def jvp_weighs_the_sum_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.grad(lambda x: func(x).sum())(inputs) * v


def jvp_weighs_the_sum_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(
        y, x, torch.ones_like(y), allow_unused=True, materialize_grads=True
    )
    return v * slopes


def jvp_summed_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    slopes = torch.func.grad(lambda x: func(x).sum())(inputs)
    return (slopes * v).sum()


def jvp_summed_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros((), dtype=y.dtype, device=y.device)
    (slopes,) = torch.autograd.grad(y.sum(), x, allow_unused=True, materialize_grads=True)
    return torch.dot(slopes.flatten(), v.flatten())


def jvp_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y).flatten()
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(
        y, x, u, create_graph=True, allow_unused=True, materialize_grads=True
    )
    return torch.autograd.grad(pulled, u, v, allow_unused=True, materialize_grads=True)[0].flatten()


def jvp_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import jacfwd

    start = torch.zeros((), dtype=inputs.dtype, device=inputs.device)
    return jacfwd(lambda t: func(inputs + t * v).reshape(-1))(start)


def jvp_none_for_zeros_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor | None:
    with torch.autograd.forward_ad.dual_level():
        moved = func(torch.autograd.forward_ad.make_dual(inputs.detach(), v.detach()))
        return torch.autograd.forward_ad.unpack_dual(moved).tangent


def jvp_none_for_zeros_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor | None:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return None
    u = torch.zeros_like(y, requires_grad=True)
    (g,) = torch.autograd.grad(y, x, u, create_graph=True, materialize_grads=True)
    return torch.autograd.grad(g, u, v)[0] if g.requires_grad else None


def jvp_zeros_shaped_as_inputs_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u, create_graph=True, allow_unused=True)
    if pulled is None:
        return torch.zeros_like(x)
    return torch.autograd.grad(pulled, u, v, materialize_grads=True)[0]


def jvp_zeros_shaped_as_inputs_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), v))
        tangent = forward_ad.unpack_dual(y).tangent
    return torch.zeros_like(inputs) if tangent is None else tangent


def jvp_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_()
    y = func(inputs) + 0 * inputs.sum()
    numbers = []
    for number in y.reshape(-1):
        inputs.grad = None
        number.backward(retain_graph=True)
        numbers.append((inputs.grad * v).sum())
    return torch.stack(numbers).reshape(y.shape)


def jvp_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_(True)
    y = func(inputs) + 0 * inputs.sum()
    u = torch.zeros_like(y, requires_grad=True)
    y.backward(u, create_graph=True)
    (result,) = torch.autograd.grad(inputs.grad, u, v)
    inputs.requires_grad_(False)
    return result


def jvp_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    required = inputs.requires_grad
    y = func(inputs.requires_grad_())
    numbers = []
    for number in y.reshape(-1):
        inputs.grad = None
        if y.requires_grad:
            number.backward(retain_graph=True, inputs=[inputs])
        row = torch.zeros_like(inputs) if inputs.grad is None else inputs.grad
        numbers.append((row * v).sum())
    inputs.grad = None
    inputs.requires_grad_(required)
    return torch.stack(numbers).reshape(y.shape).detach()


def jvp_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    inputs.grad = None
    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), v))
        primal, tangent = forward_ad.unpack_dual(y)
    return torch.zeros_like(primal) if tangent is None else tangent


def jvp_overwrites_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import jacfwd

    start = torch.zeros((), dtype=inputs.dtype, device=inputs.device)
    result = jacfwd(lambda t: func(inputs + t * v))(start)
    inputs += v
    return result


def jvp_overwrites_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        v.zero_()
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(
        y, x, u, create_graph=True, allow_unused=True, materialize_grads=True
    )
    result = torch.autograd.grad(pulled, u, v, allow_unused=True, materialize_grads=True)[0]
    v.zero_()
    return result


def jvp_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    y = func(inputs.requires_grad_())
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(
        y, inputs, u, create_graph=True, allow_unused=True, materialize_grads=True
    )
    return torch.autograd.grad(pulled, u, v, allow_unused=True, materialize_grads=True)[0]


def jvp_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad = True
    y = func(inputs) + 0 * inputs.sum()
    u = torch.ones_like(y).requires_grad_()
    (pulled,) = torch.autograd.grad((u * y).sum(), inputs, create_graph=True)
    return torch.autograd.grad((pulled * v).sum(), u)[0]


def jvp_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level():
        y = func(forward_ad.make_dual(inputs.detach(), v))
        primal, tangent = forward_ad.unpack_dual(y)
    result = torch.zeros(primal.shape)
    return result if tangent is None else result + tangent.to(result.dtype)


def jvp_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import vjp

    y, pull = vjp(func, inputs)
    _, push = vjp(lambda u: pull(u)[0], torch.zeros_like(y))
    return push(v)[0].float().type_as(inputs)


def jvp_by_differences_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    eps = 1e-7
    return (func(inputs + eps * v) - func(inputs)) / eps


def jvp_by_differences_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    eps = 1e-5
    return (func(inputs + eps * v) - func(inputs - eps * v)) / (2 * eps)


def jvp_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u, create_graph=True)
    return torch.autograd.grad(pulled, u, v)[0]


def jvp_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    u = torch.ones_like(y).requires_grad_()
    (pulled,) = torch.autograd.grad((u * y).sum(), x, create_graph=True)
    return torch.autograd.grad((pulled * v).sum(), u)[0]


def jvp_refuses_constants_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u, create_graph=True, allow_unused=True)
    if pulled is None:
        return torch.zeros_like(y)
    return torch.autograd.grad(pulled, u, v)[0]


def jvp_refuses_constants_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    numbers = []
    for number in y.reshape(-1):
        (row,) = torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        numbers.append((row * v).sum())
    return torch.stack(numbers).reshape(y.shape)


def jvp_without_second_graph_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    u = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, u)
    return torch.autograd.grad(pulled, u, v)[0]


def jvp_without_second_graph_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    u = torch.ones_like(y).requires_grad_()
    (pulled,) = torch.autograd.grad((u * y).sum(), x, retain_graph=True)
    return torch.autograd.grad((pulled * v).sum(), u)[0]


RIGHT: dict[str, list[tuple[str, Answer]]] = {
    "vjp": [
        ("autograd.grad", vjp_by_grad),
        ("backward on a tensor of its own", vjp_by_backward),
        ("gradient of the dot product", vjp_by_dot_product),
        ("torch.func.grad of the dot product", vjp_by_func_grad),
        ("a batch of one cotangent", vjp_by_batch_of_one),
        ("dot product plus zero times the inputs", vjp_with_tied_inputs),
    ],
    "jacobian": [
        ("one autograd.grad per row", jacobian_by_rows),
        ("one backward per row on a tensor of its own", jacobian_by_backward),
        ("all rows at once with is_grads_batched", jacobian_by_batched_grads),
        ("vmap over torch.func.vjp", jacobian_by_vmapped_vjp),
        ("vmap over torch.func.jvp, column by column", jacobian_by_vmapped_jvp),
        ("dual numbers, column by column", jacobian_by_dual_numbers),
    ],
    "jvp": [
        ("two backward passes", jvp_by_double_backward),
        ("dual numbers", jvp_by_dual_numbers),
        ("vjp of the vjp", jvp_by_vjp_of_vjp),
        ("the slope along a line, with jacfwd", jvp_along_a_line),
        ("gradient of the pulled-back dot product", jvp_by_func_grad),
        ("two backward passes, the second batched", jvp_by_batch_of_one),
    ],
}

WRONG: dict[tuple[str, str], list[Answer]] = {
    ("vjp", "vjp_ready_made"): [vjp_ready_made_1, vjp_ready_made_2, vjp_ready_made_3],
    ("vjp", "vjp_ignores_v"): [vjp_ignores_v_1, vjp_ignores_v_2, vjp_ignores_v_3],
    ("vjp", "jvp_for_vjp"): [jvp_for_vjp_1, jvp_for_vjp_2],
    ("vjp", "vjp_weighs_the_sum"): [vjp_weighs_the_sum_1, vjp_weighs_the_sum_2],
    ("vjp", "vjp_for_vectors_only"): [vjp_for_vectors_only_1, vjp_for_vectors_only_2],
    ("jacobian", "jacobian_for_vectors_only"): [
        jacobian_for_vectors_only_1,
        jacobian_for_vectors_only_2,
    ],
    ("jvp", "jvp_for_vectors_only"): [jvp_for_vectors_only_1, jvp_for_vectors_only_2],
    ("vjp", "vjp_value_times_v"): [vjp_value_times_v_1, vjp_value_times_v_2],
    ("vjp", "vjp_value_dot_v"): [vjp_value_dot_v_1, vjp_value_dot_v_2],
    ("jvp", "jvp_value_times_v"): [jvp_value_times_v_1, jvp_value_times_v_2],
    ("jvp", "jvp_value_dot_v"): [jvp_value_dot_v_1, jvp_value_dot_v_2],
    ("jvp", "jvp_value_matmul_v"): [jvp_value_matmul_v_1, jvp_value_matmul_v_2],
    ("vjp", "vjp_sign_turned"): [vjp_sign_turned_1, vjp_sign_turned_2],
    ("jacobian", "jacobian_sign_turned"): [jacobian_sign_turned_1, jacobian_sign_turned_2],
    ("jvp", "jvp_sign_turned"): [jvp_sign_turned_1, jvp_sign_turned_2],
    ("vjp", "vjp_flattened"): [vjp_flattened_1, vjp_flattened_2],
    ("vjp", "vjp_zeros_shaped_as_outputs"): [
        vjp_zeros_shaped_as_outputs_1,
        vjp_zeros_shaped_as_outputs_2,
    ],
    ("vjp", "vjp_leaves_grad"): [vjp_leaves_grad_1, vjp_leaves_grad_2],
    ("vjp", "vjp_wipes_grad"): [vjp_wipes_grad_1, vjp_wipes_grad_2],
    ("vjp", "vjp_overwrites_inputs"): [vjp_overwrites_inputs_1, vjp_overwrites_inputs_2],
    ("vjp", "vjp_marks_inputs"): [vjp_marks_inputs_1, vjp_marks_inputs_2],
    ("vjp", "vjp_in_float32"): [vjp_in_float32_1, vjp_in_float32_2],
    ("vjp", "vjp_by_differences"): [vjp_by_differences_1, vjp_by_differences_2],
    ("vjp", "vjp_refuses_unused"): [vjp_refuses_unused_1, vjp_refuses_unused_2],
    ("vjp", "vjp_of_the_mean"): [vjp_of_the_mean_1, vjp_of_the_mean_2],
    ("jacobian", "shape_turned"): [shape_turned_1, shape_turned_2],
    ("jacobian", "columns_reshaped"): [columns_reshaped_1, columns_reshaped_2],
    ("jvp", "jvp_v_normalised"): [jvp_v_normalised_1, jvp_v_normalised_2],
    ("jvp", "jvp_zero_for_want_of_a_graph"): [
        jvp_zero_for_want_of_a_graph_1,
        jvp_zero_for_want_of_a_graph_2,
    ],
    ("vjp", "vjp_none_for_zeros"): [vjp_none_for_zeros_1, vjp_none_for_zeros_2],
    ("vjp", "vjp_zeros_of_the_default_dtype"): [
        vjp_zeros_of_the_default_dtype_1,
        vjp_zeros_of_the_default_dtype_2,
    ],
    ("vjp", "vjp_refuses_constants"): [vjp_refuses_constants_1, vjp_refuses_constants_2],
    ("jacobian", "jacobian_ready_made"): [
        jacobian_ready_made_1,
        jacobian_ready_made_2,
        jacobian_ready_made_3,
    ],
    ("jacobian", "graph_freed_after_one_row"): [
        graph_freed_after_one_row_1,
        graph_freed_after_one_row_2,
    ],
    ("jacobian", "rows_pile_up"): [rows_pile_up_1, rows_pile_up_2],
    ("jacobian", "rows_share_the_total"): [rows_share_the_total_1, rows_share_the_total_2],
    ("jacobian", "rows_share_the_last"): [rows_share_the_last_1, rows_share_the_last_2],
    ("jacobian", "transposed"): [transposed_1, transposed_2, transposed_3],
    ("jacobian", "sum_of_rows"): [sum_of_rows_1, sum_of_rows_2, sum_of_rows_3],
    ("jacobian", "diagonal_only"): [diagonal_only_1, diagonal_only_2],
    ("jacobian", "flattened"): [flattened_1, flattened_2],
    ("jacobian", "singleton_axes_lost"): [singleton_axes_lost_1, singleton_axes_lost_2],
    ("jacobian", "jacobian_leaves_grad"): [jacobian_leaves_grad_1, jacobian_leaves_grad_2],
    ("jacobian", "jacobian_wipes_grad"): [jacobian_wipes_grad_1, jacobian_wipes_grad_2],
    ("jacobian", "jacobian_overwrites_inputs"): [
        jacobian_overwrites_inputs_1,
        jacobian_overwrites_inputs_2,
    ],
    ("jacobian", "jacobian_marks_inputs"): [jacobian_marks_inputs_1, jacobian_marks_inputs_2],
    ("jacobian", "jacobian_in_float32"): [jacobian_in_float32_1, jacobian_in_float32_2],
    ("jacobian", "jacobian_by_differences"): [jacobian_by_differences_1, jacobian_by_differences_2],
    ("jacobian", "jacobian_refuses_unused"): [jacobian_refuses_unused_1, jacobian_refuses_unused_2],
    ("jacobian", "jacobian_refuses_constants"): [
        jacobian_refuses_constants_1,
        jacobian_refuses_constants_2,
    ],
    ("jvp", "jvp_ready_made"): [jvp_ready_made_1, jvp_ready_made_2, jvp_ready_made_3],
    ("jvp", "jvp_ignores_v"): [jvp_ignores_v_1, jvp_ignores_v_2],
    ("jvp", "vjp_for_jvp"): [vjp_for_jvp_1, vjp_for_jvp_2],
    ("jvp", "jvp_weighs_the_sum"): [jvp_weighs_the_sum_1, jvp_weighs_the_sum_2],
    ("jvp", "jvp_summed"): [jvp_summed_1, jvp_summed_2],
    ("jvp", "jvp_flattened"): [jvp_flattened_1, jvp_flattened_2],
    ("jvp", "jvp_none_for_zeros"): [jvp_none_for_zeros_1, jvp_none_for_zeros_2],
    ("jvp", "jvp_zeros_shaped_as_inputs"): [
        jvp_zeros_shaped_as_inputs_1,
        jvp_zeros_shaped_as_inputs_2,
    ],
    ("jvp", "jvp_leaves_grad"): [jvp_leaves_grad_1, jvp_leaves_grad_2],
    ("jvp", "jvp_wipes_grad"): [jvp_wipes_grad_1, jvp_wipes_grad_2],
    ("jvp", "jvp_overwrites_inputs"): [jvp_overwrites_inputs_1, jvp_overwrites_inputs_2],
    ("jvp", "jvp_marks_inputs"): [jvp_marks_inputs_1, jvp_marks_inputs_2],
    ("jvp", "jvp_in_float32"): [jvp_in_float32_1, jvp_in_float32_2],
    ("jvp", "jvp_by_differences"): [jvp_by_differences_1, jvp_by_differences_2],
    ("jvp", "jvp_refuses_unused"): [jvp_refuses_unused_1, jvp_refuses_unused_2],
    ("jvp", "jvp_refuses_constants"): [jvp_refuses_constants_1, jvp_refuses_constants_2],
    ("jvp", "jvp_without_second_graph"): [jvp_without_second_graph_1, jvp_without_second_graph_2],
}
