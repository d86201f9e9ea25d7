"""One more way for each task of `maml`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def inner_update(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor], lr: float
) -> tuple[Tensor, ...]:
    """Let torch.func differentiate: it gives zeros where a parameter has no part in the loss.

    A gradient by torch.func can be differentiated again without asking for it.
    """
    slopes = torch.func.grad(loss)(tuple(parameters))
    return tuple(p - lr * slope for p, slope in zip(parameters, slopes, strict=True))


def maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    """Keep only the points of the way, and multiply by I - lr H on the way back.

    Of each step the graph is made when it is needed and let go at once: with many steps this takes
    less memory than one graph of them all.
    """
    slope = torch.func.grad(inner_loss)
    points = [tuple(p.detach() for p in parameters)]
    for _ in range(steps):
        pairs = zip(points[-1], slope(points[-1]), strict=True)
        points.append(tuple(p - lr * g for p, g in pairs))
    v = torch.func.grad(outer_loss)(points.pop())
    while points:
        bent = torch.func.jvp(slope, (points.pop(),), (v,))[1]
        v = tuple(u - lr * h for u, h in zip(v, bent, strict=True))
    return v


def first_order_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    """Train a copy with torch's own optimiser, as one trains any model."""
    own = [p.detach().clone().requires_grad_() for p in parameters]
    optimiser = torch.optim.SGD(own, lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        value = inner_loss(own)
        if value.requires_grad:
            value.backward()
            optimiser.step()
    value = outer_loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(p) for p in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def implicit_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> tuple[Tensor, ...]:
    """Record the inner gradient once, and walk back through it for every product.

    Solved by conjugate residuals, which make the residual smaller in each step.
    """
    own = [p.detach().clone().requires_grad_() for p in adapted]
    touched = torch.stack([(0 * p * p).sum() for p in own]).sum()
    slope = torch.autograd.grad(inner_loss(own) + touched, own, create_graph=True)

    def row(tensors: Sequence[Tensor]) -> Tensor:
        return torch.cat([one.reshape(-1) for one in tensors])

    def pieces(u: Tensor) -> tuple[Tensor, ...]:
        found = u.split([p.numel() for p in own])
        return tuple(piece.view(p.shape) for piece, p in zip(found, own, strict=True))

    def times(u: Tensor) -> Tensor:
        bent = torch.autograd.grad(slope, own, pieces(u), retain_graph=True)
        return u + row(bent) / strength

    b = row(torch.func.grad(outer_loss)(tuple(p.detach() for p in own)))
    x, r = torch.zeros_like(b), b
    p, ar = r, times(r)
    ap = ar
    for _ in range(10 * len(b)):
        if bool(r.norm() <= 1e-10 * b.norm()):
            break
        alpha = (r @ ar) / (ap @ ap)
        x, r, before = x + alpha * p, r - alpha * ap, r @ ar
        ar = times(r)
        beta = (r @ ar) / before
        p, ap = r + beta * p, ar + beta * ap
    return pieces(x)
