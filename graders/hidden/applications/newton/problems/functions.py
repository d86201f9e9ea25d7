"""Functions to be made small, each with a point to start from.

A function is a `functools.partial` over its data, so that whoever knows its closed form can read
the same data by name; no builder holds a derivative. `gtol`, `rtol` and `maxiter` are handed on.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.applications.drawn import as_drawn, square, symmetric
from graders.sandbox.problem import Draw, problem

Values = dict[str, Any]


def quadratic(x: Tensor, matrix: Tensor, centre: Tensor) -> Tensor:
    """½ (x − c)ᵀ A (x − c)."""
    away = x - centre
    return 0.5 * away @ (matrix @ away)


@problem("f(x) = ½ (x - c)ᵀ A (x - c), A symmetric positive definite")
def bowl(draw: Draw, n: int = 5, power: int = 2, there: bool = False, **keywords: Any) -> Values:
    """Build a quadratic bowl with condition number 10^power; `there`: start at its lowest point."""
    matrix, _ = symmetric(draw, torch.logspace(0, power, n, dtype=torch.float64))
    centre = draw.normal(n)
    inputs = centre.clone() if there else centre + draw.normal(n)
    return {
        "func": partial(quadratic, matrix=matrix, centre=centre),
        "inputs": inputs,
        **keywords,
    }


@problem("f(x) = ½ (x - c)ᵀ A (x - c), with a negative eigenvalue of A")
def saddle_bowl(draw: Draw, **keywords: Any) -> Values:
    """Build a quadratic function that has a saddle and no lowest point."""
    matrix, _ = symmetric(draw, torch.tensor([-2.0, 1.0, 3.0, 5.0], dtype=torch.float64))
    centre = draw.normal(4)
    func = partial(quadratic, matrix=matrix, centre=centre)
    return {"func": func, "inputs": centre + draw.normal(4), **keywords}


@problem("f(x) = ½ (x - c)ᵀ A (x - c), with a negative eigenvalue of A")
def steep_saddle(draw: Draw, late: bool = False, **keywords: Any) -> Values:
    """Build a saddle whose gradient meets negative curvature at once, or at the third direction.

    The gradient is the same sum of eigenvectors for every draw; only these are drawn.
    """
    if late:
        eigenvalues, weights = [-2.0, 1.0, 2.0, 3.0, 5.0, 8.0], [0.15, 1.0, -1.0, 1.0, 1.0, -2.0]
    else:
        eigenvalues, weights = [-6.0, -1.0, 1.0, 2.0, 3.0], [2.0, 1.0, 1.0, 1.0, -1.0]
    values = torch.tensor(eigenvalues, dtype=torch.float64)
    slopes = torch.tensor(weights, dtype=torch.float64)
    matrix, axes = symmetric(draw, values)
    centre = draw.normal(len(values))
    func = partial(quadratic, matrix=matrix, centre=centre)
    return {"func": func, "inputs": centre + as_drawn(draw, axes @ (slopes / values)), **keywords}


def soft_sheet(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Σ softplus(A X B) + ½ ‖X‖²."""
    return softplus(left @ x.squeeze(1) @ right).sum() + 0.5 * (x * x).sum()


@problem("f(X) = Σ softplus(A X B) + ½ ‖X‖², of a 3 × 1 × 2 block X")
def sheet(draw: Draw, **keywords: Any) -> Values:
    """Build a convex function of a block, with A and B so small that no A X B is above 20.

    There `softplus` is a straight line in torch (its `threshold`), and parts with its closed form.
    """
    left, right = 0.5 * draw.normal(4, 3), 0.5 * draw.normal(2, 3)
    func = partial(soft_sheet, left=left, right=right)
    return {"func": func, "inputs": draw.normal(3, 1, 2), **keywords}


def quartic_and_square(x: Tensor) -> Tensor:
    """x⁴/4 + x², of a single number."""
    return x**4 / 4 + x**2


@problem("f(x) = x⁴/4 + x², of a number x")
def one_number(draw: Draw, **keywords: Any) -> Values:
    """Build a function of an input that has no axis at all."""
    return {"func": quartic_and_square, "inputs": draw.uniform(0.5, 1.5), **keywords}


def ridge_line(x: Tensor) -> Tensor:
    """½ (x + 2y)² + x: bent along one direction only."""
    return 0.5 * (x[0] + 2 * x[1]) ** 2 + x[0]


def unused_third(x: Tensor) -> Tensor:
    """cosh(x − 1) + xy + y², of three numbers of which the third is not used."""
    return torch.cosh(x[0] - 1) + x[0] * x[1] + x[1] ** 2


def straight(x: Tensor, slopes: Tensor) -> Tensor:
    """Give s · x."""
    return slopes @ x


@problem("f(x, y) = ½ (x + 2y)² + x")
def folded(draw: Draw, **keywords: Any) -> Values:
    """Build a function with a Hessian of rank 1: it falls for ever, and has no Newton step."""
    return {"func": ridge_line, "inputs": draw.uniform(1.0, 2.0, 2), **keywords}


@problem("f(x, y, z) = cosh(x - 1) + xy + y², which does not use z")
def unused(draw: Draw, **keywords: Any) -> Values:
    """Build a function that has lowest points, a line of them, and so a singular Hessian."""
    return {"func": unused_third, "inputs": draw.uniform(1.0, 2.0, 3), **keywords}


@problem("f(x, y, z) = x + 2y - 3z")
def plane(draw: Draw, **keywords: Any) -> Values:
    """Build a function without curvature and without a lowest point."""
    func = partial(straight, slopes=draw.tensor([1, 2, -3]))
    return {"func": func, "inputs": draw.uniform(1.0, 2.0, 3), **keywords}


@problem("f(x) = ½ (x - c)ᵀ A (x - c), from where each entry of ∇f is 0.8 gtol or -0.8 gtol")
def gentle_start(draw: Draw, n: int = 6, gtol: float = 1e-2, **keywords: Any) -> Values:
    """Build a start where no entry of the gradient is larger than gtol, while its length is.

    The bowl is so flat that a step changes f and x by more than gtol: who stops at a small change
    takes two.
    """
    slope = 0.8 * gtol * draw.tensor([(-1.0) ** place for place in range(n)])
    return _bowl_of_slope(draw, slope, gtol, (-3, -1), keywords)


@problem("f(x) = ½ (x - c)ᵀ A (x - c), A symmetric positive definite")
def steep_in_one_entry(
    draw: Draw, n: int = 5, gtol: float = 1e-2, size: float = 1.5, **keywords: Any
) -> Values:
    """Build a start where one entry of the gradient, a negative one, is too large by itself.

    Its size is in units of gtol. The mean of all is small enough, and so is the largest by sign;
    their root mean square is up to a size of √n.
    """
    slope = draw.tensor([0.0, 0.0, -size * gtol, *[0.0] * (n - 3)])
    return _bowl_of_slope(draw, slope, gtol, (0, 2), keywords)


def _bowl_of_slope(
    draw: Draw, slope: Tensor, gtol: float, powers: tuple[int, int], keywords: Values
) -> Values:
    """Build a quadratic bowl, with eigenvalues between two powers of ten, and where ∇f is this."""
    matrix, _ = symmetric(draw, torch.logspace(*powers, len(slope), dtype=torch.float64))
    centre = draw.normal(len(slope))
    return {
        "func": partial(quadratic, matrix=matrix, centre=centre),
        "inputs": centre + torch.linalg.solve(matrix, slope),
        "gtol": gtol,
        **keywords,
    }


def rosenbrock(x: Tensor) -> Tensor:
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


@problem("f(x) = Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)², from beside (-1.2, 1, …)")
def valley(draw: Draw, n: int = 2, **keywords: Any) -> Values:
    """Build Rosenbrock's bent valley."""
    start = draw.tensor([-1.2 if place % 2 == 0 else 1.0 for place in range(n)])
    return {"func": rosenbrock, "inputs": start + draw.uniform(-0.1, 0.1, n), **keywords}


def rounded_cones(x: Tensor, mix: Tensor, centre: Tensor) -> Tensor:
    """Σ √(1 + u²) − 1 with u = M (x − c)."""
    return ((1 + (mix @ (x - centre)) ** 2).sqrt() - 1).sum()


@problem("f(x) = Σ √(1 + u²) - 1 with u = M (x - c), from |u| between 3 and 6")
def cones(draw: Draw, n: int = 3, **keywords: Any) -> Values:
    """Build a convex function on which whole Newton steps fly apart: u becomes -u³."""
    mix, back = square(draw, n)
    centre = draw.normal(n)
    u = draw.uniform(3.0, 6.0, n) * draw.tensor([(-1.0) ** place for place in range(n)])
    func = partial(rounded_cones, mix=mix, centre=centre)
    return {"func": func, "inputs": centre + back @ u, **keywords}


def steep_cones(x: Tensor, slopes: Tensor, mix: Tensor, centre: Tensor) -> Tensor:
    """10⁶ s · x + Σ √(1 + u²) − 1 with u = M (x − c)."""
    return 1e6 * (slopes @ x) + rounded_cones(x, mix, centre)


@problem("f(x) = 10⁶ s · x + Σ √(1 + u²) - 1 with u = M (x - c)")
def steep_slope(draw: Draw, n: int = 2, **keywords: Any) -> Values:
    """Build a gradient that keeps ten digits of what varies: too few for differences.

    With two unknowns, two conjugate directions solve it to the last digit, and no solver that stops
    early can be taken for one whose products are not exact.
    """
    mix, back = square(draw, n)
    centre = draw.normal(n)
    data = {"slopes": draw.uniform(0.5, 1.5, n), "mix": mix, "centre": centre}
    inputs = centre + back @ draw.uniform(0.2, 0.6, n)
    return {"func": partial(steep_cones, **data), "inputs": inputs, **keywords}


def double_wells(x: Tensor, mix: Tensor, centre: Tensor, scale: float = 1.0) -> Tensor:
    """¼ Σ (u² − 1)² with u = M (x − c), times a scale."""
    return scale * (((mix @ (x - centre)) ** 2 - 1) ** 2).sum() / 4


@problem("f(x) = ¼ Σ (u² - 1)² with u = M (x - c), times a scale")
def wells(draw: Draw, start: str, n: int = 3, scale: float = 1.0, **keywords: Any) -> Values:
    """Build a function with 2ⁿ lowest points and a top in their midst.

    `start` is "top" (bent down everywhere), "ridge" (bent down in one direction, and Newton's step
    goes down, to a saddle), "outside" (convex from there to the minimum) or "minimum" (each u is
    0.02 to 0.03 off).
    """
    mix, back = square(draw, n)
    centre = draw.normal(n)
    signs = draw.tensor([(-1.0) ** place for place in range(n)])
    u = signs * _start(draw, start, n)
    func = partial(double_wells, mix=mix, centre=centre, scale=scale)
    return {"func": func, "inputs": centre + back @ u, **keywords}


def _start(draw: Draw, start: str, n: int) -> Tensor:
    if start == "top":
        return draw.uniform(0.05, 0.3, n)
    if start == "ridge":
        return torch.cat((draw.uniform(0.05, 0.1, 1), draw.uniform(1.5, 2.0, n - 1)))
    return draw.uniform(1.5, 2.0, n) if start == "outside" else 1 + draw.uniform(0.02, 0.03, n)


def barrier_sum(x: Tensor) -> Tensor:
    """Σ x − ln x."""
    return (x - x.log()).sum()


@problem("f(x) = Σ xᵢ - ln xᵢ, from where a whole step ends below zero")
def barrier(draw: Draw, **keywords: Any) -> Values:
    """Build a function that is not a number where whole Newton steps lead: 2x - x² is negative."""
    return {"func": barrier_sum, "inputs": draw.uniform(2.3, 3.5, 3), **keywords}


def quartics(x: Tensor, mix: Tensor, centre: Tensor) -> Tensor:
    """Σ u⁴ with u = M (x − c)."""
    return ((mix @ (x - centre)) ** 4).sum()


@problem("f(x) = Σ u⁴ with u = M (x - c)")
def flat_bottom(draw: Draw, n: int = 3, **keywords: Any) -> Values:
    """Build a function whose Hessian is zero at the lowest point."""
    mix, _ = square(draw, n)
    centre = draw.normal(n)
    inputs = centre + draw.uniform(0.5, 1.0, n)
    return {"func": partial(quartics, mix=mix, centre=centre), "inputs": inputs, **keywords}


def logistic_loss(x: Tensor, rows: Tensor, ridge: float) -> Tensor:
    """Mean of log(1 + exp(−aᵢ·x)), and ½ μ ‖x‖²."""
    return softplus(-(rows @ x)).mean() + 0.5 * ridge * (x * x).sum()


@problem("f(x) = mean log(1 + exp(-aᵢ·x)) + ½ μ ‖x‖², on drawn examples")
def logistic(draw: Draw, n: int = 5, examples: int = 30, **keywords: Any) -> Values:
    """Build a logistic regression whose features differ in size."""
    rows = draw.normal(examples, n) * draw.tensor([3.0**-place for place in range(n)])
    func = partial(logistic_loss, rows=rows, ridge=1e-2)
    return {"func": func, "inputs": draw.normal(n), **keywords}


def few_losses(x: Tensor, rows: Tensor) -> Tensor:
    """Σ log(1 + exp(−aᵢ·x)) + 0.05 ‖x‖²."""
    return softplus(-(rows @ x.reshape(-1))).sum() + 0.05 * (x * x).sum()


@problem("f(x) = Σ log(1 + exp(-aᵢ·x)) + 0.05 ‖x‖², of {n} unknowns and {examples} examples")
def few_examples(draw: Draw, n: int, examples: int = 4, **keywords: Any) -> Values:
    """Build a Hessian of 0.1 I and a little: few conjugate directions suffice, whatever n is."""
    rows = torch.stack([(1.0 + 0.3 * place) * draw.normal(n) / n**0.5 for place in range(examples)])
    return {"func": partial(few_losses, rows=rows), "inputs": draw.normal(n), **keywords}


@problem("f(X) = log(1 + exp(-a·x)) + 0.05 ‖X‖², with 10⁵ unknowns in a matrix")
def few_examples_large(draw: Draw, side: int = 320, **keywords: Any) -> Values:
    """Build the same with a hundred thousand unknowns and one example."""
    waves = draw.ripples(side, side)
    rows = waves.view(1, -1) / side
    return {"func": partial(few_losses, rows=rows), "inputs": waves.T.contiguous(), **keywords}
