"""One more way for each task of `spectrum`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> tuple[Tensor, Tensor, Tensor]:
    """Look for the best pair in the plane of v and A v, which gets there in fewer products.

    This is the smallest step from power iteration towards a Krylov space.
    """
    v = (v0 / v0.norm()).flatten()
    image = matvec(v.view(v0.shape)).flatten()
    for count in range(1, maxiter + 1):
        value = v @ image
        rest = image - value * v
        residual = rest.norm()
        if residual <= rtol * value.abs() or count + 1 > maxiter:
            break
        other = rest / residual
        other = other - (other @ v) * v
        other = other / other.norm()
        beyond = matvec(other.view(v0.shape)).flatten()
        small = torch.stack([value, v @ beyond, v @ beyond, other @ beyond]).view(2, 2)
        values, vectors = torch.linalg.eigh(small)
        a, b = vectors[:, values.abs().argmax()]
        v, image = a * v + b * other, a * image + b * beyond
    return value, v.view(v0.shape), residual


def lanczos(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Keep the basis as a matrix, and project A onto it whole, without looking for three terms."""
    n = v0.numel()
    basis = (v0 / v0.norm()).reshape(n, 1)
    images = matvec(basis.view(v0.shape)).reshape(n, 1)
    while basis.shape[1] < min(k, n):
        w = images[:, -1]
        for _ in range(2):
            w = w - basis @ (basis.T @ w)
        if w.norm() <= 1e-12 * torch.linalg.matrix_norm(images):
            break
        q = (w / w.norm())[:, None]
        image = matvec(q.reshape(v0.shape)).reshape(n, 1)
        basis, images = torch.cat([basis, q], dim=1), torch.cat([images, image], dim=1)
    small = basis.T @ images
    values, vectors = torch.linalg.eigh((small + small.T) / 2)
    return values, vectors[0].square()


def hutchinson_trace(
    matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int
) -> tuple[Tensor, Tensor]:
    """Take normal numbers for signs, and keep a running mean and spread (Welford, 1962)."""
    mean, squares = torch.zeros_like(like.sum()), torch.zeros_like(like.sum())
    for count in range(1, samples + 1):
        z = torch.randn_like(like)
        step = (z * matvec(z)).sum() - mean
        mean = mean + step / count
        squares = squares + step**2 * (count - 1) / count
    return mean, (squares / (samples - 1) / samples).sqrt()


def ggn_vp(
    model: Callable[[Tensor], Tensor], loss: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor
) -> Tensor:
    """Differentiate the loss of the straightened model, by linearising it once."""
    at = inputs.detach()
    outputs, push = torch.func.linearize(model, at)
    pull = torch.func.vjp(model, at)[1]
    bend = torch.func.vjp(torch.func.grad(loss), outputs.detach())[1]
    product: Tensor = pull(bend(push(v.detach()))[0])[0]
    return product
