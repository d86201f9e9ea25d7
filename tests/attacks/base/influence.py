"""The honest half of a submission: `inverse_hvp` is right, and the rest is not written."""

import torch


def inverse_hvp(matvec, v, *, damping=0.0):
    x, r = torch.zeros_like(v), v.clone()
    p, size = r, (r * r).sum()
    enough = (1e-11 if v.dtype == torch.float64 else 1e-6) ** 2 * size
    while size > enough:
        q = matvec(p) + damping * p
        step = size / (p * q).sum()
        x, r, before = x + step * p, r - step * q, size
        size = (r * r).sum()
        p = r + size / before * p
    return x
