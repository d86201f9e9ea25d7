"""One more way for each task of `influence`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def inverse_hvp(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Sum a Neumann series, scaled by the largest eigenvalue: LiSSA on all examples at once.

    Agarwal, Bullins and Hazan (2017). A round is one product and the method needs no inner product,
    so that each round may look at another batch; but it takes about κ · ln(1e10) of them, where
    conjugate gradients take the square root of κ.
    """
    x, left = torch.zeros_like(v), v
    length = torch.linalg.vector_norm(v)
    goal = (1e-10 if v.dtype == torch.float64 else 1e-5) * length
    if length == 0:
        return x
    top = v
    for _ in range(40):
        top = top / torch.linalg.vector_norm(top)
        top = matvec(top) + damping * top
    scale = 1.2 * torch.linalg.vector_norm(top)
    while torch.linalg.vector_norm(left) > goal:
        x = x + left / scale
        left = v - matvec(x) - damping * x
    return x


def influence_on_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    """Give each example a weight, and differentiate by the weights: backwards all the way.

    The gradient of Σ wᵢ Lᵢ along s is Σ wᵢ ∇Lᵢᵀ s, and its derivative by wᵢ is the product that is
    wanted. It costs one more walk through the graph, and works where forward mode does not.
    """
    own = [parameter.detach().clone().requires_grad_() for parameter in parameters]

    def slope(value: Tensor, graph: bool) -> Tensor:
        found = torch.autograd.grad(value, own, create_graph=graph, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    side = slope(loss(own, *test).mean(), graph=False)
    losses = loss(own, *train)
    weights = torch.ones_like(losses, requires_grad=True)
    along = slope((weights * losses).sum() / len(losses), graph=True)

    def product(v: Tensor) -> Tensor:
        if not along.requires_grad:
            return torch.zeros_like(v)
        found = torch.autograd.grad(along, own, v, retain_graph=True, materialize_grads=True)
        return torch.cat([one.reshape(-1) for one in found])

    x, left = torch.zeros_like(side), side
    p, size = left, left @ left
    goal = 1e-20 * size if side.dtype == torch.float64 else 1e-10 * size
    for _ in range(10 * len(side)):
        if size <= goal:
            break
        image = product(p) + damping * p
        alpha = size / (p @ image)
        x, left, before = x + alpha * p, left - alpha * image, size
        size = left @ left
        p = left + size / before * p
    (found,) = torch.autograd.grad(along @ x, weights)
    return -len(losses) * found


def leave_one_out_change(influence: Tensor) -> Tensor:
    """Write the step of the weight down first, from 1/m to 0, and multiply by it."""
    step = 0 - 1 / influence.numel()
    return step * influence
