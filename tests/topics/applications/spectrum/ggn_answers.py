"""Answers to `ggn_vp`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def ggn_by_transforms(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    return torch.func.vjp(model, at)[1](bent)[0]


def ggn_by_double_backward(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    outputs = model(x)
    if not outputs.requires_grad:
        return torch.zeros_like(x)
    weights = torch.zeros_like(outputs, requires_grad=True)
    (pulled,) = torch.autograd.grad(outputs, x, weights, create_graph=True)
    (along,) = torch.autograd.grad(pulled, weights, v, retain_graph=True)
    leaf = outputs.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
    if not slopes.requires_grad:
        return torch.zeros_like(x)
    (bent,) = torch.autograd.grad(slopes, leaf, along, materialize_grads=True)
    return torch.autograd.grad(outputs, x, bent)[0]


def ggn_by_dual_numbers(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    forward, x = torch.autograd.forward_ad, inputs.detach()
    with forward.dual_level():
        outputs, along = forward.unpack_dual(model(forward.make_dual(x, v.detach())))
    outputs = outputs.detach()
    along = torch.zeros_like(outputs) if along is None else along
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    return torch.func.vjp(model, x)[1](bent)[0]


def ggn_by_linearising(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, push = torch.func.linearize(model, at)
    bend = torch.func.vjp(torch.func.grad(loss), outputs.detach())[1]
    return torch.func.vjp(model, at)[1](bend(push(v.detach()))[0])[0]


def loss_left_out_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    return torch.func.vjp(model, at)[1](along)[0]


def loss_left_out_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = along
    return (jacobian.T @ bent).reshape(at.shape)


def point_and_vector_swapped_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    _, bent = torch.func.jvp(torch.func.grad(loss), (along,), (outputs,))
    return torch.func.vjp(model, at)[1](bent)[0]


def point_and_vector_swapped_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    along = (jacobian @ v.detach().reshape(-1)).reshape(outputs.shape)
    hessian = torch.func.jacrev(torch.func.grad(loss))(along)
    bent = hessian.reshape(outputs.numel(), outputs.numel()) @ outputs.reshape(-1)
    return (jacobian.T @ bent).reshape(at.shape)


def loss_bent_at_the_tangent_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    along = torch.func.jvp(model, (inputs.detach(),), (v.detach(),))[1]
    bent = torch.func.jvp(torch.func.grad(loss), (along,), (along,))[1]
    return torch.func.vjp(model, inputs.detach())[1](bent)[0]


def loss_bent_at_the_tangent_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    _, along = torch.func.jvp(model, (inputs.detach(),), (v.detach(),))
    hessian = torch.func.hessian(loss)(along).reshape(along.numel(), -1)
    bent = (hessian @ along.reshape(-1)).reshape(along.shape)
    return torch.func.vjp(model, inputs.detach())[1](bent)[0]


def diagonal_of_the_loss_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    hessian = torch.func.hessian(loss)(outputs).reshape(along.numel(), -1)
    bent = hessian.diagonal().reshape(along.shape) * along
    return torch.func.vjp(model, at)[1](bent)[0]


def diagonal_of_the_loss_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = hessian.diagonal() * along
    return (jacobian.T @ bent).reshape(at.shape)


def row_sums_of_the_loss_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    ones = torch.ones_like(outputs)
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (ones,))[1] * along
    return torch.func.vjp(model, at)[1](bent)[0]


def row_sums_of_the_loss_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = hessian.sum(1) * along
    return (jacobian.T @ bent).reshape(at.shape)


def slope_for_curvature_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    bent = torch.func.grad(loss)(outputs) * along
    return torch.func.vjp(model, at)[1](bent)[0]


def slope_for_curvature_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = torch.func.grad(loss)(outputs).reshape(-1) * along
    return (jacobian.T @ bent).reshape(at.shape)


def pull_back_left_out_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    return torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]


def pull_back_left_out_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = hessian @ along
    return bent.reshape(outputs.shape)


def product_flattened_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    product = torch.func.vjp(model, at)[1](bent)[0]
    return product.flatten()


def product_flattened_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = hessian @ along
    return jacobian.T @ bent


def product_doubled_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    product = torch.func.vjp(model, at)[1](bent)[0]
    return product + product


def product_doubled_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = (hessian + hessian.T) @ along
    return (jacobian.T @ bent).reshape(at.shape)


def difference_of_outputs_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, step = model(at), 1e-5
    along = (model(at + step * v) - model(at - step * v)) / (2 * step)
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    return torch.func.vjp(model, at)[1](bent)[0]


def difference_of_outputs_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = ((model(at + 1e-6 * v) - outputs) / 1e-6).reshape(-1)
    bent = hessian @ along
    return (jacobian.T @ bent).reshape(at.shape)


def product_in_float32_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    product = torch.func.vjp(model, at)[1](bent)[0]
    return product.float()


def product_in_float32_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    hessian = hessian.reshape(outputs.numel(), outputs.numel())
    along = jacobian @ v.detach().reshape(-1)
    bent = hessian @ along
    return (jacobian.T @ bent).to(torch.float32).reshape(at.shape)


def linear_loss_refused_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs, along = torch.func.jvp(model, (at,), (v.detach(),))
    leaf = outputs.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
    (bent,) = torch.autograd.grad(slopes, leaf, along)
    return torch.func.vjp(model, at)[1](bent)[0]


def linear_loss_refused_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach().requires_grad_()
    jacobian = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    (slopes,) = torch.autograd.grad(loss(outputs), outputs, create_graph=True)
    along = jacobian @ v.detach().reshape(-1)
    (bent,) = torch.autograd.grad((slopes.reshape(-1) * along).sum(), outputs)
    bent = bent.reshape(-1)
    return (jacobian.T @ bent).reshape(at.shape)


def hessian_of_the_whole_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    slope = torch.func.grad(lambda x: loss(model(x)))
    return torch.func.jvp(slope, (inputs.detach(),), (v.detach(),))[1]


def hessian_of_the_whole_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    hessian = torch.autograd.functional.hessian(lambda x: loss(model(x)), inputs.detach())
    return (hessian.reshape(v.numel(), v.numel()) @ v.reshape(-1)).reshape(v.shape)


def outer_product_of_the_gradient_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    slopes = torch.func.grad(lambda x: loss(model(x)))(inputs.detach())
    return slopes * (slopes * v).sum()


def outer_product_of_the_gradient_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    value = loss(model(x)) + 0 * x.sum()
    (slopes,) = torch.autograd.grad(value, x)
    flat = slopes.reshape(-1, 1)
    return (flat @ (flat.T @ v.reshape(-1, 1))).reshape(inputs.shape)


def empirical_fisher_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    examples = len(outputs) if outputs.dim() > 1 else 1
    slopes = examples * torch.func.grad(loss)(outputs)
    rows = torch.func.jacrev(model)(at).reshape(examples, -1, at.numel())
    each = torch.einsum("ij,ijk->ik", slopes.reshape(examples, -1), rows)
    return (each.T @ (each @ v.reshape(-1)) / examples).reshape(at.shape)


def empirical_fisher_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    slopes = torch.func.grad(loss)(outputs)
    examples = outputs.shape[0] if outputs.dim() > 1 else 1
    total = torch.zeros_like(at)
    for i in range(examples):
        weights = torch.zeros_like(outputs)
        chosen = slice(i, i + 1) if outputs.dim() > 1 else slice(None)
        if outputs.dim() > 0:
            weights[chosen] = examples * slopes[chosen]
        else:
            weights = examples * slopes
        one = torch.func.vjp(model, at)[1](weights)[0]
        total = total + one * (one * v).sum() / examples
    return total


def jacobian_held_1(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    at = inputs.detach()
    outputs = model(at).detach()
    rows = torch.func.jacrev(model)(at).reshape(outputs.numel(), at.numel())
    along = (rows @ v.reshape(-1)).reshape(outputs.shape)
    bent = torch.func.jvp(torch.func.grad(loss), (outputs,), (along,))[1]
    return (rows.T @ bent.reshape(-1)).reshape(at.shape)


def jacobian_held_2(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    x = inputs.detach().clone().requires_grad_()
    outputs = model(x)
    if not outputs.requires_grad:
        return torch.zeros_like(x)
    grad = torch.autograd.grad
    rows = [grad(one, x, retain_graph=True)[0] for one in outputs.flatten()]
    along = torch.stack([(row * v).sum() for row in rows]).view(outputs.shape)
    bent = torch.func.jvp(torch.func.grad(loss), (outputs.detach(),), (along,))[1].flatten()
    total = torch.zeros_like(x)
    for weight, row in zip(bent, rows, strict=True):
        total = total + weight * row
    return total.detach()


RIGHT: tuple[tuple[str, Answer], ...] = (
    ("ggn by transforms", ggn_by_transforms),
    ("ggn by double backward", ggn_by_double_backward),
    ("ggn by dual numbers", ggn_by_dual_numbers),
    ("ggn by linearising", ggn_by_linearising),
)

WRONG: dict[str, tuple[Answer, ...]] = {
    "loss_left_out": (loss_left_out_1, loss_left_out_2),
    "point_and_vector_swapped": (point_and_vector_swapped_1, point_and_vector_swapped_2),
    "loss_bent_at_the_tangent": (loss_bent_at_the_tangent_1, loss_bent_at_the_tangent_2),
    "diagonal_of_the_loss": (diagonal_of_the_loss_1, diagonal_of_the_loss_2),
    "row_sums_of_the_loss": (row_sums_of_the_loss_1, row_sums_of_the_loss_2),
    "slope_for_curvature": (slope_for_curvature_1, slope_for_curvature_2),
    "pull_back_left_out": (pull_back_left_out_1, pull_back_left_out_2),
    "product_flattened": (product_flattened_1, product_flattened_2),
    "product_doubled": (product_doubled_1, product_doubled_2),
    "difference_of_outputs": (difference_of_outputs_1, difference_of_outputs_2),
    "product_in_float32": (product_in_float32_1, product_in_float32_2),
    "linear_loss_refused": (linear_loss_refused_1, linear_loss_refused_2),
    "hessian_of_the_whole": (hessian_of_the_whole_1, hessian_of_the_whole_2),
    "outer_product_of_the_gradient": (
        outer_product_of_the_gradient_1,
        outer_product_of_the_gradient_2,
    ),
    "empirical_fisher": (empirical_fisher_1, empirical_fisher_2),
    "jacobian_held": (jacobian_held_1, jacobian_held_2),
}
