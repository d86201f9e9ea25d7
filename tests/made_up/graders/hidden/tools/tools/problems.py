"""Problems for tasks that are about how a task can be checked, and not about derivatives."""

from __future__ import annotations

import torch

from graders.meter import Product
from graders.sandbox.problem import driver, problem


@problem("")
def number(draw):
    return {"x": draw.uniform(1.0, 2.0, 3)}


@problem("")
def cubed(draw):
    return {"x": draw.uniform(1.0, 2.0, 3), "exponent": 3.0}


@problem("A has the eigenvalues 1 to n")
def diagonal(draw, n):
    scale = torch.linspace(1.0, 2.0, n, dtype=draw.dtype)
    b = draw.normal(n)
    return {"matvec": Product(lambda v: scale * v, b), "b": b, "scale": scale, "rtol": 1e-10}


@problem("a symmetric matrix of 4 rows")
def symmetric(draw):
    half = draw.normal(4, 4)
    return {"matrix": half + half.T}


@problem("a matrix of 5 rows and 2 columns")
def tall(draw):
    return {"matrix": draw.normal(5, 2)}


@problem("tr A of a matrix of 6 rows")
def estimated(draw):
    half = draw.normal(6, 6)
    matrix = half + half.T
    like = draw.normal(6)
    return {
        "matvec": Product(lambda v: matrix @ v, like),
        "like": like,
        "samples": 200,
        "matrix": matrix,
    }


@problem("a batch of numbers")
def batch(draw, count):
    return {"batch": {"values": draw.normal(count), "scale": draw.uniform(1.0, 2.0)}}


def _loss(first, second):
    return (first**4).sum() + (first.sum() * second) ** 2


@problem("loss(p, q) = Σ p⁴ + (q Σ p)²")
def quartic(draw):
    parameters = [draw.normal(3).requires_grad_(), draw.normal().requires_grad_()]
    return {"loss": _loss, "parameters": parameters}


@driver
def through_the_step(step, loss, parameters, **keywords):
    """Differentiate the loss after the step by the parameters before it."""
    after = loss(*step(loss, parameters, **keywords))
    return torch.autograd.grad(after, parameters)


@problem("A x = b with a condition number of 10⁶")
def ill_conditioned(draw):
    scale = torch.logspace(0, -6, 6, dtype=draw.dtype, device=draw.device)
    left, right = (torch.linalg.qr(draw.normal(6, 6)).Q for _ in range(2))
    return {"matrix": left * scale @ right, "b": draw.normal(6)}
