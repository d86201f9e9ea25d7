"""The other order of the two derivatives for each task of `hvp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.autograd.forward_ad as fwd
from torch import Tensor


def hessian_bytes(n: int, dtype: torch.dtype) -> int:
    """Ask an empty tensor of that dtype for the bytes of an entry.

    It holds no numbers, so it costs nothing.
    """
    return n**2 * torch.empty(0, dtype=dtype).element_size()


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Take the gradient of the slope along v, which is one number: reverse over forward.

    The same two derivatives as in the reference, in the other order.
    """

    def slope_along_v(x: Tensor) -> Tensor:
        return torch.func.jvp(func, (x,), (v.detach(),))[1]

    return torch.func.grad(slope_along_v)(inputs.detach())


def hvp_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Handle the dual numbers yourself.

    The input carries v along, through func and back through the gradient, and what comes out
    beside the gradient is H v.
    """
    x = inputs.detach().requires_grad_()
    with fwd.dual_level():
        y = func(fwd.make_dual(x, v.detach()))
        if not y.requires_grad:
            return torch.zeros_like(x)
        (slope,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
        product = fwd.unpack_dual(slope).tangent
    return torch.zeros_like(x) if product is None else product.detach()


def parameter_hvp(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Form the number g · v first and take its gradient.

    The reference hands v to the second backward pass instead; both come to the same.
    """
    own = list(parameters)
    zeros = tuple(torch.zeros_like(parameter) for parameter in own)
    if not loss.requires_grad:
        return zeros
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    along_v = torch.stack([(g * u).sum() for g, u in zip(slopes, v, strict=True)]).sum()
    if not along_v.requires_grad:
        return zeros
    return torch.autograd.grad(along_v, own, retain_graph=True, materialize_grads=True)
