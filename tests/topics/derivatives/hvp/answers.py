"""Answers to the topic `hvp`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def bytes_by_itemsize(n: int, dtype: torch.dtype) -> int:
    return n * n * dtype.itemsize


def bytes_by_finfo(n: int, dtype: torch.dtype) -> int:
    return n**2 * torch.finfo(dtype).bits // 8


def bytes_by_one_number(n: int, dtype: torch.dtype) -> int:
    return n * n * torch.empty((), dtype=dtype).element_size()


def bytes_by_meta_tensor(n: int, dtype: torch.dtype) -> int:
    return torch.empty(n, n, dtype=dtype, device="meta").nbytes


def entries_not_bytes_1(n: int, dtype: torch.dtype) -> int:
    return n * n


def entries_not_bytes_2(n: int, dtype: torch.dtype) -> int:
    shape = (n, n)
    return shape[0] * shape[1]


def float32_assumed_1(n: int, dtype: torch.dtype) -> int:
    return 4 * n * n


def float32_assumed_2(n: int, dtype: torch.dtype) -> int:
    return n**2 * torch.tensor(0.0).element_size()


def float64_assumed_1(n: int, dtype: torch.dtype) -> int:
    return 8 * n**2


def float64_assumed_2(n: int, dtype: torch.dtype) -> int:
    return n * n * torch.finfo(torch.float64).bits // 8


def bits_for_bytes_1(n: int, dtype: torch.dtype) -> int:
    return n * n * torch.finfo(dtype).bits


def bits_for_bytes_2(n: int, dtype: torch.dtype) -> int:
    return 8 * dtype.itemsize * n**2


def gradient_bytes_1(n: int, dtype: torch.dtype) -> int:
    return n * dtype.itemsize


def gradient_bytes_2(n: int, dtype: torch.dtype) -> int:
    return n * torch.empty(0, dtype=dtype).element_size()


def one_triangle_counted_1(n: int, dtype: torch.dtype) -> int:
    return n * (n + 1) // 2 * dtype.itemsize


def one_triangle_counted_2(n: int, dtype: torch.dtype) -> int:
    size = torch.finfo(dtype).bits // 8
    return (n + n * (n - 1) // 2) * size


def bytes_as_a_float_1(n: int, dtype: torch.dtype) -> float:
    return n**2 * torch.finfo(dtype).bits / 8


def bytes_as_a_float_2(n: int, dtype: torch.dtype) -> float:
    return float(n * n * torch.empty(1, dtype=dtype).element_size())


def float_on_the_way_1(n: int, dtype: torch.dtype) -> int:
    return int(dtype.itemsize * float(n) ** 2)


def float_on_the_way_2(n: int, dtype: torch.dtype) -> int:
    bits = torch.finfo(dtype).bits
    return int(n * n * bits / 8)


def matrix_made_to_be_measured_1(n: int, dtype: torch.dtype) -> int:
    return torch.zeros(n, n, dtype=dtype).nbytes


def matrix_made_to_be_measured_2(n: int, dtype: torch.dtype) -> int:
    matrix = torch.empty((n, n), dtype=dtype)
    return matrix.numel() * matrix.element_size()


def hvp_by_double_backward(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slopes.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(slopes, x, v, materialize_grads=True)[0]


def hvp_by_dot_product(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, allow_unused=True)
    if slopes is None or not slopes.requires_grad:
        return torch.zeros_like(x)
    (product,) = torch.autograd.grad((slopes * v).sum(), x, allow_unused=True)
    return torch.zeros_like(x) if product is None else product


def hvp_by_reverse_over_forward(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    from torch.func import grad, jvp

    return grad(lambda x: jvp(func, (x,), (v,))[1])(inputs)


def hvp_by_forward_over_reverse(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    from torch.func import grad, jvp

    _, product = jvp(grad(func), (inputs,), (v,))
    return product


def hvp_by_dual_numbers(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    with forward_ad.dual_level(), torch.enable_grad():
        x = forward_ad.make_dual(inputs.detach().clone().requires_grad_(), v)
        y = func(x)
        if not y.requires_grad:
            return torch.zeros_like(inputs)
        (slopes,) = torch.autograd.grad(y, x, materialize_grads=True)
        tangent = forward_ad.unpack_dual(slopes).tangent
    return torch.zeros_like(inputs) if tangent is None else tangent


def hvp_by_tangent_of_a_dual_number(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    import torch.autograd.forward_ad as forward_ad

    x = inputs.detach().clone().requires_grad_()
    with forward_ad.dual_level():
        slope = forward_ad.unpack_dual(func(forward_ad.make_dual(x, v))).tangent
    if slope is None or not slope.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(slope, x, materialize_grads=True)[0]


def hvp_by_transposed_gradient(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    from torch.func import grad, vjp

    _, pull = vjp(grad(func), inputs)
    return pull(v)[0]


def hvp_by_batch_of_one(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slopes.requires_grad:
        return torch.zeros_like(inputs)
    (products,) = torch.autograd.grad(
        slopes, x, v.unsqueeze(0), is_grads_batched=True, allow_unused=True
    )
    return torch.zeros_like(inputs) if products is None else products.squeeze(0)


def hvp_by_jvp_of_vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    def slopes(x: Tensor) -> Tensor:
        y, pull = torch.func.vjp(func, x)
        return pull(torch.ones_like(y))[0]

    return torch.func.jvp(slopes, (inputs.detach(),), (v,))[1]


def hvp_by_backward(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    slopes.backward(v, inputs=[x])
    return x.grad


def product_ready_made_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.functional.hvp(func, inputs, v)[1]


def product_ready_made_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.autograd.functional import vhp as transposed

    return transposed(func, inputs, v)[1]


def product_ready_made_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    import torch.autograd.functional as functional

    _, product = functional.hvp(func, (inputs,), (v,))
    return product[0]


def zero_gradient_taken_for_straight_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    value = func(x)
    if not value.requires_grad:
        return torch.zeros_like(inputs)
    (g,) = torch.autograd.grad(value, x, create_graph=True, materialize_grads=True)
    if not g.any() or not g.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(g, x, v, materialize_grads=True)[0]


def zero_gradient_taken_for_straight_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    point = (inputs.detach(),)
    g, hv = torch.func.jvp(torch.func.grad(func), point, (v.detach(),))
    return torch.zeros_like(hv) if bool((g == 0).all()) else hv


def product_none_for_zeros_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor | None:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (g,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not g.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(g, x, v, allow_unused=True)[0]


def product_none_for_zeros_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor | None:
    with torch.autograd.forward_ad.dual_level():
        x = torch.autograd.forward_ad.make_dual(inputs.detach().requires_grad_(), v.detach())
        y = func(x)
        if not y.requires_grad:
            return torch.zeros_like(inputs)
        (g,) = torch.autograd.grad(y, x, materialize_grads=True)
        return torch.autograd.forward_ad.unpack_dual(g).tangent


def zeros_of_the_default_dtype_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    value = func(x)
    if not value.requires_grad:
        return torch.zeros(inputs.shape)
    (g,) = torch.autograd.grad(value, x, create_graph=True, allow_unused=True)
    if g is None or not g.requires_grad:
        return torch.zeros(inputs.shape)
    (hv,) = torch.autograd.grad(g, x, v, allow_unused=True)
    return torch.zeros(inputs.shape) if hv is None else hv


def zeros_of_the_default_dtype_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    point = (inputs.detach(),)
    _, hv = torch.func.jvp(torch.func.grad(func), point, (v.detach(),))
    return hv if hv.count_nonzero() else torch.zeros(*hv.shape)


def zeros_for_want_of_a_graph_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    (slopes,) = torch.autograd.grad(y, x)
    dot = (slopes.detach() * v).sum() + 0 * x.sum()
    return torch.autograd.grad(dot, x)[0]


def zeros_for_want_of_a_graph_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    from torch.func import grad, jvp

    return jvp(lambda x: grad(func)(x.detach()).detach(), (inputs,), (v,))[1].detach()


def zeros_for_want_of_a_graph_3(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone()
    return torch.zeros_like(func(x) * x)


def gradient_returned_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(func), (inputs,), (v,))[0]


def gradient_returned_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    return torch.autograd.grad(y, x)[0]


def gradient_times_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return slopes * v


def gradient_times_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.grad(func)(inputs) * v


def slope_along_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(func, (inputs,), (v,))[1]


def slope_along_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.dot(slopes.flatten(), v.flatten())


def curvature_along_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    (product,) = torch.autograd.grad(slopes, x, v)
    return (product * v).sum()


def curvature_along_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import jvp

    def slope(x: Tensor) -> Tensor:
        return jvp(func, (x,), (v,))[1]

    return jvp(slope, (inputs,), (v,))[1]


def outer_product_times_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    slopes = torch.func.grad(func)(inputs)
    return (slopes * v).sum() * slopes


def outer_product_times_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * x.sum()
    slopes = torch.autograd.grad(y, x)[0].reshape(-1)
    return (torch.outer(slopes, slopes) @ v.reshape(-1)).reshape(inputs.shape)


def gradient_added_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    y.backward(create_graph=True)
    (x.grad * v).sum().backward()
    result = x.grad.detach().clone()
    x.grad = None
    return result


def gradient_added_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    slopes, product = jvp(grad(func), (inputs,), (v,))
    return slopes + product


def product_doubled_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    x.grad = None
    for _ in range(2):
        (slopes * v).sum().backward(inputs=[x], retain_graph=True)
    return x.grad


def product_doubled_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    return jvp(grad(func), (inputs,), (2 * v,))[1]


def v_ignored_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes.sum(), x)[0]


def v_ignored_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    return jvp(grad(func), (inputs,), (torch.ones_like(inputs),))[1]


def v_applied_afterwards_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes.sum(), x)[0] * v


def v_applied_afterwards_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, vjp

    slopes, pull = vjp(grad(func), inputs)
    return v * pull(torch.ones_like(slopes))[0]


def diagonal_times_v_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    diagonal = torch.zeros_like(inputs).reshape(-1)
    for index, slope in enumerate(slopes.reshape(-1)):
        row = torch.autograd.grad(slope, x, retain_graph=True)[0]
        diagonal[index] = row.reshape(-1)[index]
    return diagonal.reshape(inputs.shape) * v


def diagonal_times_v_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    n = inputs.numel()
    hessian = torch.func.hessian(func)(inputs).reshape(n, n)
    return torch.diag(hessian).reshape(inputs.shape) * v


def v_normalised_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes, x, v / v.norm())[0]


def v_normalised_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    unit = torch.nn.functional.normalize(v.flatten(), dim=0).reshape(v.shape)
    return jvp(grad(func), (inputs,), (unit,))[1]


def product_for_vectors_only_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    return torch.autograd.grad(torch.dot(slopes, v), x)[0]


def product_for_vectors_only_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    along = sum(slopes[i] * v[i] for i in range(len(v)))
    return torch.autograd.grad(along, x)[0]


def product_sign_turned_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)
    return torch.autograd.grad(slopes, x, -v)[0]


def product_sign_turned_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (downhill,) = torch.autograd.grad(-func(x) + 0 * (x * x).sum(), x, create_graph=True)
    return torch.autograd.grad((downhill * v).sum(), x)[0]


def product_flattened_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes, x, v)[0].flatten()


def product_flattened_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    slope = grad(lambda flat: func(flat.reshape(inputs.shape)))
    return jvp(slope, (inputs.reshape(-1),), (v.reshape(-1),))[1]


def hessian_materialised_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    return torch.tensordot(torch.func.hessian(func)(inputs), v, dims=v.dim())


def hessian_materialised_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    n = inputs.numel()
    hessian = torch.empty(n, n, dtype=inputs.dtype, device=inputs.device)
    slopes = slopes.reshape(-1)
    for index in range(n):
        hessian[index] = torch.autograd.grad(slopes[index], x, retain_graph=True)[0].reshape(-1)
    return (hessian @ v.reshape(n)).reshape(inputs.shape)


def hessian_materialised_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    n = inputs.numel()
    hessian = torch.autograd.functional.hessian(func, inputs, vectorize=True)
    hessian = hessian.reshape(n, n)
    return (hessian @ v.reshape(n)).reshape(inputs.shape)


def list_of_rows_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    slopes = slopes.reshape(-1)
    rows = [torch.autograd.grad(slopes[i], x, retain_graph=True)[0] for i in range(len(slopes))]
    return torch.stack([(row * v).sum() for row in rows]).reshape(inputs.shape)


def list_of_rows_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    columns = {}
    for index in range(slopes.numel()):
        pick = torch.zeros_like(slopes)
        pick.view(-1)[index] = 1.0
        columns[index] = torch.autograd.grad(slopes, x, pick, retain_graph=True)[0]
    result = torch.zeros_like(inputs)
    for index, column in columns.items():
        result += v.reshape(-1)[index] * column
    return result


def list_of_rows_3(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    slopes = slopes.reshape(-1)
    grad, n = torch.autograd.grad, len(slopes)
    rows = [grad(slopes[i], x, retain_graph=True)[0].reshape(-1) for i in range(n)]
    return (torch.stack(rows) @ v.reshape(-1)).reshape(inputs.shape)


def row_by_row_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    result = torch.zeros_like(inputs).reshape(-1)
    slopes = slopes.reshape(-1)
    for index in range(len(slopes)):
        result[index] = (torch.autograd.grad(slopes[index], x, retain_graph=True)[0] * v).sum()
    return result.reshape(inputs.shape)


def row_by_row_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    result = torch.zeros_like(inputs)
    for index in range(inputs.numel()):
        pick = torch.zeros_like(inputs)
        pick.view(-1)[index] = 1.0
        result += v.reshape(-1)[index] * jvp(grad(func), (inputs,), (pick,))[1].detach()
    return result


def product_leaves_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_()
    (func(inputs) + 0 * (inputs * inputs).sum()).backward(create_graph=True)
    return torch.autograd.grad(inputs.grad, inputs, v)[0]


def product_leaves_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad = True
    y = func(inputs) + 0 * (inputs * inputs).sum()
    (slopes,) = torch.autograd.grad(y, inputs, create_graph=True)
    (slopes * v).sum().backward()
    return inputs.grad


def product_wipes_grad_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    required = inputs.requires_grad
    x = inputs.requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    x.grad = None
    slopes.backward(v, inputs=[x])
    product = x.grad
    x.grad = None
    inputs.requires_grad_(required)
    return product


def product_wipes_grad_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    from torch.func import grad, jvp

    if inputs.grad is not None:
        inputs.grad.zero_()
    return jvp(grad(func), (inputs.detach(),), (v.detach(),))[1]


def product_overwrites_inputs_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    length = v.norm()
    v /= length
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return length * torch.autograd.grad(slopes, x, v)[0]


def product_overwrites_inputs_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    from torch.func import grad, jvp

    product = jvp(grad(func), (inputs,), (v,))[1].detach()
    inputs.add_(v, alpha=0.01)
    return product


def product_marks_inputs_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    inputs.requires_grad_()
    y = func(inputs) + 0 * (inputs * inputs).sum()
    (slopes,) = torch.autograd.grad(y, inputs, create_graph=True)
    return torch.autograd.grad(slopes, inputs, v)[0]


def product_marks_inputs_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs
    x.requires_grad = True
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slopes.requires_grad:
        return torch.zeros_like(inputs)
    dot = (slopes * v).sum()
    return torch.autograd.grad(dot, x, materialize_grads=True)[0].detach()


def product_in_float32_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes, x, v)[0].float()


def product_in_float32_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    result = torch.empty(inputs.shape)
    result.copy_(torch.autograd.grad(slopes, x, v)[0])
    return result.to(inputs.dtype)


def difference_of_gradients_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    slope = torch.func.grad(func)
    step = 1e-6
    return (slope(inputs + step * v) - slope(inputs)) / step


def difference_of_gradients_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    def slope(point: Tensor) -> Tensor:
        x = point.detach().clone().requires_grad_()
        return torch.autograd.grad(func(x) + 0 * x.sum(), x)[0]

    step = 1e-4 / v.norm()
    return (slope(inputs + step * v) - slope(inputs - step * v)) / (2 * step)


def product_graph_freed_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    slopes = slopes.reshape(-1)
    rows = [torch.autograd.grad(slope, x)[0] for slope in slopes]
    return torch.stack([(row * v).sum() for row in rows]).reshape(inputs.shape)


def product_graph_freed_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    y.backward()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes, x, v)[0]


def product_refuses_unused_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if y.grad_fn is None:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    if slopes.grad_fn is None:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(slopes, x, v)[0]


def product_refuses_unused_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    slopes = torch.autograd.grad(y, x, create_graph=True)[0]
    dot = (slopes * v).sum()
    return torch.autograd.grad(dot, x)[0] if dot.requires_grad else torch.zeros_like(inputs)


def product_refuses_linear_1(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True, materialize_grads=True)
    return torch.autograd.grad(slopes, x, v, materialize_grads=True)[0]


def product_refuses_linear_2(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True, allow_unused=True)
    if slopes is None:
        return torch.zeros_like(inputs)
    (product,) = torch.autograd.grad((slopes * v).sum(), x, allow_unused=True)
    return torch.zeros_like(inputs) if product is None else product


def product_without_create_graph_1(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(func(x), x)
    return torch.autograd.grad(slopes, x, v)[0]


def product_without_create_graph_2(
    func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    func(x).backward()
    dot = (x.grad * v).sum()
    return torch.autograd.grad(dot, x)[0]


def parameters_by_double_backward(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    if not loss.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    kept = [(slope, part) for slope, part in zip(slopes, v, strict=True) if slope.requires_grad]
    if not kept:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    curved, parts = zip(*kept, strict=True)
    return torch.autograd.grad(curved, own, parts, retain_graph=True, materialize_grads=True)


def parameters_by_dot_product(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    dot = torch.zeros((), dtype=loss.dtype, device=loss.device)
    slopes = [None] * len(own)
    if loss.requires_grad:
        slopes = torch.autograd.grad(loss, own, create_graph=True, allow_unused=True)
    for slope, part in zip(slopes, v, strict=True):
        if slope is not None:
            dot = dot + (slope * part).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    products = torch.autograd.grad(dot, own, retain_graph=True, allow_unused=True)
    return tuple(
        torch.zeros_like(parameter) if product is None else product
        for parameter, product in zip(own, products, strict=True)
    )


def parameters_by_flat_vector(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    if not loss.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    if not flat.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(flat @ direction, own, retain_graph=True, materialize_grads=True)


def parameters_by_anchored_loss(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def parameters_by_double_backward_trick(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    weights = [torch.zeros_like(slope, requires_grad=True) for slope in slopes]
    pulled = torch.autograd.grad(slopes, own, weights, create_graph=True)
    return torch.autograd.grad(pulled, weights, list(v), retain_graph=True)


def parameters_by_batch_of_one(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    batch = [part[None] for part in v]
    products = torch.autograd.grad(slopes, own, batch, is_grads_batched=True, retain_graph=True)
    return tuple(product[0] for product in products)


def parameter_none_for_zeros_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor | None, ...]:
    if not loss.requires_grad:
        return tuple(torch.zeros_like(p) for p in parameters)
    grads = torch.autograd.grad(loss, list(parameters), create_graph=True, materialize_grads=True)
    dot = torch.stack([(g * w).sum() for g, w in zip(grads, v, strict=True)]).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(p) for p in parameters)
    return torch.autograd.grad(dot, list(parameters), retain_graph=True, allow_unused=True)


def parameter_none_for_zeros_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor | None, ...]:
    whole = loss + 0 * torch.stack([(p * p).sum() for p in parameters]).sum()
    grads = torch.autograd.grad(whole, list(parameters), create_graph=True)
    found = torch.autograd.grad(grads, list(parameters), list(v), retain_graph=True)
    return tuple(one if one.count_nonzero() else None for one in found)


def parameter_zeros_where_one_is_straight_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    zeros = tuple(torch.zeros_like(p) for p in parameters)
    if not loss.requires_grad:
        return zeros
    grads = torch.autograd.grad(loss, list(parameters), create_graph=True, materialize_grads=True)
    if not all(g.requires_grad for g in grads):
        return zeros
    dot = torch.stack([(g * w).sum() for g, w in zip(grads, v, strict=True)]).sum()
    return torch.autograd.grad(dot, list(parameters), retain_graph=True, materialize_grads=True)


def parameter_zeros_where_one_is_straight_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    if loss.grad_fn is None:
        return tuple(map(torch.zeros_like, own))
    grads = torch.autograd.grad(loss, own, create_graph=True, allow_unused=True)
    if any(g is None or g.grad_fn is None for g in grads):
        return tuple(map(torch.zeros_like, own))
    return torch.autograd.grad(
        grads, own, grad_outputs=list(v), retain_graph=True, materialize_grads=True
    )


def parameter_zeros_for_all_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    if not loss.requires_grad:
        return tuple(torch.zeros_like(p) for p in parameters)
    grads = torch.autograd.grad(loss, list(parameters), create_graph=True, allow_unused=True)
    if any(g is None for g in grads):
        return tuple(torch.zeros_like(p) for p in parameters)
    dot = torch.stack([(g * w).sum() for g, w in zip(grads, v, strict=True)]).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(p) for p in parameters)
    return torch.autograd.grad(dot, list(parameters), retain_graph=True, materialize_grads=True)


def parameter_zeros_for_all_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    zeros = tuple(map(torch.zeros_like, parameters))
    if loss.grad_fn is None:
        return zeros
    grads = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    if None in [g if g is None else 1 for g in grads]:
        return zeros
    rows = [g for g in grads if g.requires_grad]
    along = [w for g, w in zip(grads, v, strict=True) if g.requires_grad]
    if not rows:
        return zeros
    return torch.autograd.grad(
        rows, list(parameters), along, retain_graph=True, materialize_grads=True
    )


def parameter_zeros_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    return tuple(torch.zeros_like(parameter) for parameter in parameters)


def parameter_zeros_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    dot = sum((slope.detach() * part).sum() for slope, part in zip(slopes, v, strict=True))
    dot = dot + 0 * sum(parameter.sum() for parameter in own)
    return torch.autograd.grad(dot, own)


def parameter_gradient_returned_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    return torch.autograd.grad(loss, own, retain_graph=True, materialize_grads=True)


def parameter_gradient_returned_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    return tuple(slope.detach().clone() for slope in slopes)


def parameter_gradient_times_v_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    return tuple(slope * part for slope, part in zip(slopes, v, strict=True))


def parameter_gradient_times_v_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    result = []
    for parameter, part in zip(parameters, v, strict=True):
        (slope,) = torch.autograd.grad(loss, parameter, retain_graph=True, allow_unused=True)
        result.append(torch.zeros_like(part) if slope is None else slope * part)
    return tuple(result)


def parameter_outer_product_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    return tuple(dot * slope for slope in slopes)


def parameter_outer_product_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    result = torch.outer(flat, flat) @ direction
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_coupling_lost_where_straight_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    if not loss.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    grads = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    dot = sum((g * w).sum() for g, w in zip(grads, v, strict=True))
    if not dot.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    found = torch.autograd.grad(dot, own, retain_graph=True, materialize_grads=True)
    result = []
    for p, g, product in zip(own, grads, found, strict=True):
        bend = None
        if g.requires_grad:
            bend = torch.autograd.grad(g.sum(), p, retain_graph=True, allow_unused=True)[0]
        result.append(torch.zeros_like(p) if bend is None else product)
    return tuple(result)


def parameter_coupling_lost_where_straight_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    if loss.grad_fn is None:
        return tuple(map(torch.zeros_like, own))
    grads = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)

    def straight(place: int) -> bool:
        if grads[place].grad_fn is None:
            return True
        (bend,) = torch.autograd.grad(
            grads[place].sum(), own[place], retain_graph=True, materialize_grads=True
        )
        return not bend.any()

    with_graph = [(g, w) for g, w in zip(grads, v, strict=True) if g.requires_grad]
    if not with_graph:
        return tuple(map(torch.zeros_like, own))
    found = torch.autograd.grad(
        [g for g, _ in with_graph],
        own,
        [w for _, w in with_graph],
        retain_graph=True,
        materialize_grads=True,
    )
    return tuple(torch.zeros_like(p) if straight(i) else p for i, p in enumerate(found))


def parameter_block_diagonal_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return tuple(
        torch.autograd.grad((slope * part).sum(), parameter, retain_graph=True)[0]
        for slope, part, parameter in zip(slopes, v, own, strict=True)
    )


def parameter_block_diagonal_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    result = []
    for parameter, part in zip(parameters, v, strict=True):
        anchored = loss + 0 * (parameter * parameter).sum()
        (slope,) = torch.autograd.grad(anchored, parameter, create_graph=True)
        result.append(torch.autograd.grad(slope, parameter, part, retain_graph=True)[0])
    return tuple(result)


def parameter_gradient_added_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    products = torch.autograd.grad(slopes, own, list(v), retain_graph=True)
    return tuple(slope + product for slope, product in zip(slopes, products, strict=True))


def parameter_gradient_added_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    anchored.backward(inputs=own, retain_graph=True)
    dot.backward(inputs=own, retain_graph=True)
    result = tuple(parameter.grad for parameter in own)
    for parameter in own:
        parameter.grad = None
    return result


def parameter_product_doubled_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    products = torch.autograd.grad(slopes, own, list(v), retain_graph=True)
    return tuple(product + product for product in products)


def parameter_product_doubled_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, [2 * part for part in v], retain_graph=True)


def parameter_v_ignored_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    total = sum(slope.sum() for slope in slopes)
    return torch.autograd.grad(total, own, retain_graph=True)


def parameter_v_ignored_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, [torch.ones_like(part) for part in v])


def parameter_v_applied_afterwards_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    sums = torch.autograd.grad(sum(slope.sum() for slope in slopes), own, retain_graph=True)
    return tuple(total * part for total, part in zip(sums, v, strict=True))


def parameter_v_applied_afterwards_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    sums = torch.autograd.grad(flat, own, torch.ones_like(flat), retain_graph=True)
    return tuple(torch.mul(part, total) for total, part in zip(sums, v, strict=True))


def parameter_diagonal_times_v_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    result = []
    for slope, part, parameter in zip(slopes, v, own, strict=True):
        diagonal = torch.zeros_like(part).reshape(-1)
        for index, entry in enumerate(slope.reshape(-1)):
            row = torch.autograd.grad(entry, parameter, retain_graph=True)[0]
            diagonal[index] = row.reshape(-1)[index]
        result.append(diagonal.reshape(part.shape) * part)
    return tuple(result)


def parameter_diagonal_times_v_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    rows = [torch.autograd.grad(flat[i], own, retain_graph=True) for i in range(len(flat))]
    hessian = torch.stack([torch.cat([piece.reshape(-1) for piece in row]) for row in rows])
    result = hessian.diagonal() * direction
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_flat_1(loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]) -> Tensor:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    products = torch.autograd.grad(slopes, own, list(v), retain_graph=True)
    return torch.cat([product.reshape(-1) for product in products])


def parameter_flat_2(loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]) -> Tensor:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    products = torch.autograd.grad(flat, own, direction, retain_graph=True)
    return torch.hstack([product.flatten() for product in products])


def parameter_hessian_materialised_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    hessian = torch.zeros(len(flat), len(flat), dtype=flat.dtype, device=flat.device)
    for index in range(len(flat)):
        row = torch.autograd.grad(flat[index], own, retain_graph=True)
        hessian[index] = torch.cat([piece.reshape(-1) for piece in row])
    result = hessian @ direction
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_hessian_materialised_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    basis = torch.eye(len(flat), dtype=flat.dtype, device=flat.device)
    blocks = torch.autograd.grad(flat, own, basis, is_grads_batched=True, retain_graph=True)
    return tuple(torch.tensordot(direction, block, dims=1) for block in blocks)


def parameter_list_of_rows_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    rows = [torch.autograd.grad(flat[i], own, retain_graph=True) for i in range(len(flat))]
    products = [sum((a * b).sum() for a, b in zip(row, v, strict=True)) for row in rows]
    result = torch.stack(products)
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_list_of_rows_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    rows = []
    for index in range(len(flat)):
        pieces = torch.autograd.grad(flat[index], own, retain_graph=True)
        rows.append(torch.cat([piece.reshape(-1) for piece in pieces]))
    result = torch.zeros_like(direction)
    for weight, row in zip(direction, rows, strict=True):
        result += weight * row
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_list_of_rows_3(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    rows = [torch.autograd.grad(flat[i], own, retain_graph=True) for i in range(len(flat))]
    hessian = torch.stack([torch.cat([piece.reshape(-1) for piece in row]) for row in rows])
    result = hessian @ direction
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_row_by_row_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    result = torch.zeros_like(direction)
    for index in range(len(flat)):
        row = torch.autograd.grad(flat[index], own, retain_graph=True)
        result[index] = sum((a * b).sum() for a, b in zip(row, v, strict=True))
    pieces = result.split([parameter.numel() for parameter in own])
    return tuple(piece.reshape(q.shape) for piece, q in zip(pieces, own, strict=True))


def parameter_row_by_row_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    totals = [torch.zeros_like(parameter) for parameter in own]
    for slope, part in zip(slopes, v, strict=True):
        flat, weights = slope.reshape(-1), part.reshape(-1)
        for i in range(len(flat)):
            row = torch.autograd.grad(flat[i], own, retain_graph=True, materialize_grads=True)
            totals = [total + weights[i] * a for total, a in zip(totals, row, strict=True)]
    return tuple(totals)


def parameter_leaves_grad_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    anchored.backward(retain_graph=True)
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def parameter_leaves_grad_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    dot.backward()
    return tuple(parameter.grad.clone() for parameter in own)


def parameter_wipes_grad_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    for parameter in own:
        parameter.grad = None
    anchored.backward(create_graph=True)
    slopes = [parameter.grad for parameter in own]
    for parameter in own:
        parameter.grad = None
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def parameter_wipes_grad_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    for parameter in own:
        if parameter.grad is not None:
            parameter.grad.zero_()
    return torch.autograd.grad(slopes, own, list(v), retain_graph=True)


def parameter_overwrites_v_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    length = torch.cat([part.reshape(-1) for part in v]).norm()
    for part in v:
        part /= length
    products = torch.autograd.grad(slopes, own, list(v), retain_graph=True)
    return tuple(length * product for product in products)


def parameter_overwrites_v_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    products = torch.autograd.grad(slopes, own, list(v))
    with torch.no_grad():
        for parameter, product in zip(own, products, strict=True):
            parameter -= 0.01 * product
    return products


def parameter_product_in_float32_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    products = torch.autograd.grad(slopes, own, list(v), retain_graph=True)
    return tuple(product.float() for product in products)


def parameter_product_in_float32_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    result = [torch.zeros(parameter.shape) for parameter in own]
    for place, product in zip(result, torch.autograd.grad(slopes, own, list(v)), strict=True):
        place += product
    return tuple(result)


def parameter_graph_freed_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    parts = [
        torch.autograd.grad(slope, own, part, materialize_grads=True)
        for slope, part in zip(slopes, v, strict=True)
    ]
    return tuple(sum(pieces) for pieces in zip(*parts, strict=True))


def parameter_graph_freed_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    torch.autograd.grad(loss, own, allow_unused=True)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v))


def parameter_graph_thrown_away_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    anchored = loss + 0 * sum((parameter * parameter).sum() for parameter in own)
    slopes = torch.autograd.grad(anchored, own, create_graph=True)
    return torch.autograd.grad(slopes, own, list(v))


def parameter_graph_thrown_away_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    zeros = [torch.zeros_like(parameter) for parameter in own]
    if not loss.requires_grad:
        return tuple(zeros)
    slopes = torch.autograd.grad(loss, own, create_graph=True, allow_unused=True)
    pairs = [(a, b) for a, b in zip(slopes, v, strict=True) if a is not None and a.requires_grad]
    if not pairs:
        return tuple(zeros)
    dot = sum((slope * part).sum() for slope, part in pairs)
    return torch.autograd.grad(dot, own, materialize_grads=True)


def parameter_refuses_unused_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    if not dot.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(dot, own)


def parameter_refuses_unused_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True)
    kept = [pair for pair in zip(slopes, v, strict=True) if pair[0].requires_grad]
    if not kept:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad([a for a, _ in kept], own, [b for _, b in kept])


def parameter_refuses_constants_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    kept = [pair for pair in zip(slopes, v, strict=True) if pair[0].requires_grad]
    if not kept:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    curved, parts = zip(*kept, strict=True)
    return torch.autograd.grad(curved, own, parts, retain_graph=True, materialize_grads=True)


def parameter_refuses_constants_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, allow_unused=True)
    dot = 0 * sum((parameter * parameter).sum() for parameter in own)
    for slope, part in zip(slopes, v, strict=True):
        if slope is not None:
            dot = dot + (slope * part).sum()
    return torch.autograd.grad(dot, own, retain_graph=True)


def parameter_refuses_linear_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    return torch.autograd.grad(dot, own, materialize_grads=True)


def parameter_refuses_linear_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    direction = torch.cat([part.reshape(-1) for part in v])
    return torch.autograd.grad(flat, own, direction, materialize_grads=True)


def parameter_without_create_graph_1(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, allow_unused=True)
    return torch.autograd.grad(slopes, own, list(v))


def parameter_without_create_graph_2(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, retain_graph=True, materialize_grads=True)
    dot = sum((slope * part).sum() for slope, part in zip(slopes, v, strict=True))
    return torch.autograd.grad(dot, own, materialize_grads=True)


_OF_FUNCTIONS: list[tuple[str, Answer]] = [
    ("double backward", hvp_by_double_backward),
    ("the gradient of the dot product", hvp_by_dot_product),
    ("reverse over forward", hvp_by_reverse_over_forward),
    ("forward over reverse", hvp_by_forward_over_reverse),
    ("dual numbers", hvp_by_dual_numbers),
    ("the tangent of a dual number", hvp_by_tangent_of_a_dual_number),
    ("the transposed gradient map", hvp_by_transposed_gradient),
    ("a batch of one", hvp_by_batch_of_one),
    ("forward over a vector-Jacobian product", hvp_by_jvp_of_vjp),
    ("backward into a tensor of one's own", hvp_by_backward),
]

RIGHT: dict[str, list[tuple[str, Answer]]] = {
    "hessian_bytes": [
        ("the size of one item", bytes_by_itemsize),
        ("the bits of the dtype", bytes_by_finfo),
        ("one number, measured", bytes_by_one_number),
        ("a tensor without memory", bytes_by_meta_tensor),
    ],
    "hvp": _OF_FUNCTIONS,
    "hvp_forward_over_reverse": _OF_FUNCTIONS,
    "parameter_hvp": [
        ("double backward", parameters_by_double_backward),
        ("the gradient of the dot product", parameters_by_dot_product),
        ("one flat vector", parameters_by_flat_vector),
        ("an anchored loss", parameters_by_anchored_loss),
        ("the double-backward trick", parameters_by_double_backward_trick),
        ("a batch of one", parameters_by_batch_of_one),
    ],
}

_WRONG_OF_FUNCTIONS: dict[str, list[Answer]] = {
    "product_ready_made": [product_ready_made_1, product_ready_made_2, product_ready_made_3],
    "zero_gradient_taken_for_straight": [
        zero_gradient_taken_for_straight_1,
        zero_gradient_taken_for_straight_2,
    ],
    "product_none_for_zeros": [product_none_for_zeros_1, product_none_for_zeros_2],
    "zeros_of_the_default_dtype": [zeros_of_the_default_dtype_1, zeros_of_the_default_dtype_2],
    "zeros_for_want_of_a_graph": [
        zeros_for_want_of_a_graph_1,
        zeros_for_want_of_a_graph_2,
        zeros_for_want_of_a_graph_3,
    ],
    "gradient_returned": [gradient_returned_1, gradient_returned_2],
    "gradient_times_v": [gradient_times_v_1, gradient_times_v_2],
    "slope_along_v": [slope_along_v_1, slope_along_v_2],
    "curvature_along_v": [curvature_along_v_1, curvature_along_v_2],
    "outer_product_times_v": [outer_product_times_v_1, outer_product_times_v_2],
    "gradient_added": [gradient_added_1, gradient_added_2],
    "product_doubled": [product_doubled_1, product_doubled_2],
    "v_ignored": [v_ignored_1, v_ignored_2],
    "v_applied_afterwards": [v_applied_afterwards_1, v_applied_afterwards_2],
    "diagonal_times_v": [diagonal_times_v_1, diagonal_times_v_2],
    "v_normalised": [v_normalised_1, v_normalised_2],
    "product_for_vectors_only": [product_for_vectors_only_1, product_for_vectors_only_2],
    "product_sign_turned": [product_sign_turned_1, product_sign_turned_2],
    "product_flattened": [product_flattened_1, product_flattened_2],
    "hessian_materialised": [
        hessian_materialised_1,
        hessian_materialised_2,
        hessian_materialised_3,
    ],
    "list_of_rows": [list_of_rows_1, list_of_rows_2, list_of_rows_3],
    "row_by_row": [row_by_row_1, row_by_row_2],
    "product_leaves_grad": [product_leaves_grad_1, product_leaves_grad_2],
    "product_wipes_grad": [product_wipes_grad_1, product_wipes_grad_2],
    "product_overwrites_inputs": [product_overwrites_inputs_1, product_overwrites_inputs_2],
    "product_marks_inputs": [product_marks_inputs_1, product_marks_inputs_2],
    "product_in_float32": [product_in_float32_1, product_in_float32_2],
    "difference_of_gradients": [difference_of_gradients_1, difference_of_gradients_2],
    "product_graph_freed": [product_graph_freed_1, product_graph_freed_2],
    "product_refuses_unused": [product_refuses_unused_1, product_refuses_unused_2],
    "product_refuses_linear": [product_refuses_linear_1, product_refuses_linear_2],
    "product_without_create_graph": [
        product_without_create_graph_1,
        product_without_create_graph_2,
    ],
}

WRONG: dict[tuple[str, str], list[Answer]] = {
    ("hessian_bytes", "entries_not_bytes"): [entries_not_bytes_1, entries_not_bytes_2],
    ("hessian_bytes", "float32_assumed"): [float32_assumed_1, float32_assumed_2],
    ("hessian_bytes", "float64_assumed"): [float64_assumed_1, float64_assumed_2],
    ("hessian_bytes", "bits_for_bytes"): [bits_for_bytes_1, bits_for_bytes_2],
    ("hessian_bytes", "gradient_bytes"): [gradient_bytes_1, gradient_bytes_2],
    ("hessian_bytes", "one_triangle_counted"): [one_triangle_counted_1, one_triangle_counted_2],
    ("hessian_bytes", "bytes_as_a_float"): [bytes_as_a_float_1, bytes_as_a_float_2],
    ("hessian_bytes", "float_on_the_way"): [float_on_the_way_1, float_on_the_way_2],
    ("hessian_bytes", "matrix_made_to_be_measured"): [
        matrix_made_to_be_measured_1,
        matrix_made_to_be_measured_2,
    ],
    **{
        (task, name): spellings
        for task in ("hvp", "hvp_forward_over_reverse")
        for name, spellings in _WRONG_OF_FUNCTIONS.items()
    },
    ("parameter_hvp", "parameter_none_for_zeros"): [
        parameter_none_for_zeros_1,
        parameter_none_for_zeros_2,
    ],
    ("parameter_hvp", "parameter_zeros_for_all"): [
        parameter_zeros_for_all_1,
        parameter_zeros_for_all_2,
    ],
    ("parameter_hvp", "parameter_zeros_where_one_is_straight"): [
        parameter_zeros_where_one_is_straight_1,
        parameter_zeros_where_one_is_straight_2,
    ],
    ("parameter_hvp", "parameter_zeros"): [parameter_zeros_1, parameter_zeros_2],
    ("parameter_hvp", "parameter_gradient_returned"): [
        parameter_gradient_returned_1,
        parameter_gradient_returned_2,
    ],
    ("parameter_hvp", "parameter_gradient_times_v"): [
        parameter_gradient_times_v_1,
        parameter_gradient_times_v_2,
    ],
    ("parameter_hvp", "parameter_outer_product"): [
        parameter_outer_product_1,
        parameter_outer_product_2,
    ],
    ("parameter_hvp", "parameter_coupling_lost_where_straight"): [
        parameter_coupling_lost_where_straight_1,
        parameter_coupling_lost_where_straight_2,
    ],
    ("parameter_hvp", "parameter_block_diagonal"): [
        parameter_block_diagonal_1,
        parameter_block_diagonal_2,
    ],
    ("parameter_hvp", "parameter_gradient_added"): [
        parameter_gradient_added_1,
        parameter_gradient_added_2,
    ],
    ("parameter_hvp", "parameter_product_doubled"): [
        parameter_product_doubled_1,
        parameter_product_doubled_2,
    ],
    ("parameter_hvp", "parameter_v_ignored"): [parameter_v_ignored_1, parameter_v_ignored_2],
    ("parameter_hvp", "parameter_v_applied_afterwards"): [
        parameter_v_applied_afterwards_1,
        parameter_v_applied_afterwards_2,
    ],
    ("parameter_hvp", "parameter_diagonal_times_v"): [
        parameter_diagonal_times_v_1,
        parameter_diagonal_times_v_2,
    ],
    ("parameter_hvp", "parameter_flat"): [parameter_flat_1, parameter_flat_2],
    ("parameter_hvp", "parameter_hessian_materialised"): [
        parameter_hessian_materialised_1,
        parameter_hessian_materialised_2,
    ],
    ("parameter_hvp", "parameter_list_of_rows"): [
        parameter_list_of_rows_1,
        parameter_list_of_rows_2,
        parameter_list_of_rows_3,
    ],
    ("parameter_hvp", "parameter_row_by_row"): [parameter_row_by_row_1, parameter_row_by_row_2],
    ("parameter_hvp", "parameter_leaves_grad"): [parameter_leaves_grad_1, parameter_leaves_grad_2],
    ("parameter_hvp", "parameter_wipes_grad"): [parameter_wipes_grad_1, parameter_wipes_grad_2],
    ("parameter_hvp", "parameter_overwrites_v"): [
        parameter_overwrites_v_1,
        parameter_overwrites_v_2,
    ],
    ("parameter_hvp", "parameter_product_in_float32"): [
        parameter_product_in_float32_1,
        parameter_product_in_float32_2,
    ],
    ("parameter_hvp", "parameter_graph_freed"): [parameter_graph_freed_1, parameter_graph_freed_2],
    ("parameter_hvp", "parameter_graph_thrown_away"): [
        parameter_graph_thrown_away_1,
        parameter_graph_thrown_away_2,
    ],
    ("parameter_hvp", "parameter_refuses_unused"): [
        parameter_refuses_unused_1,
        parameter_refuses_unused_2,
    ],
    ("parameter_hvp", "parameter_refuses_constants"): [
        parameter_refuses_constants_1,
        parameter_refuses_constants_2,
    ],
    ("parameter_hvp", "parameter_refuses_linear"): [
        parameter_refuses_linear_1,
        parameter_refuses_linear_2,
    ],
    ("parameter_hvp", "parameter_without_create_graph"): [
        parameter_without_create_graph_1,
        parameter_without_create_graph_2,
    ],
}
