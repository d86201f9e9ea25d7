"""Functions and points for `classify_critical_point`; the answers stand in the tests only."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graders.hidden.derivatives.hessian.problems import penalty_alone  # noqa: F401 - used here, too
from graders.hidden.derivatives.lent import lent
from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]


@problem("f(x, y) = x² + y² at ({x}, {y})")
def round_square(draw: Draw, x: float, y: float) -> Values:
    """Ask at any point; the gradient is zero at one of them only."""
    return {"func": lambda z: z[0] ** 2 + z[1] ** 2, "inputs": draw.tensor([x, y])}


@problem("f(x, y) = x³ - 3x + y³ - 3y at ({x}, {y})")
def two_cubics(draw: Draw, x: float, y: float) -> Values:
    """Ask one function at points of different kinds."""
    return {"func": lambda z: (z**3 - 3 * z).sum(), "inputs": draw.tensor([x, y])}


@problem("f(x, y) = x² + 4xy + y² at (0, 0)")
def steep_diagonal(draw: Draw) -> Values:
    """Look alike along both axes."""
    return {
        "func": lambda z: z[0] ** 2 + 4 * z[0] * z[1] + z[1] ** 2,
        "inputs": draw.tensor([0, 0]),
    }


@problem("f(x, y) = x² {sign:±} y⁴ at (0, 0)")
def square_and_fourth_power(draw: Draw, sign: int) -> Values:
    """Share one Hessian between two functions that behave differently."""
    return {"func": lambda z: z[0] ** 2 + sign * z[1] ** 4, "inputs": draw.tensor([0, 0])}


@problem("f(x, y) = x³ - 3xy² at (0, 0)")
def three_legs(draw: Draw) -> Values:
    """Start flat to second order in every direction."""
    return {"func": lambda z: z[0] ** 3 - 3 * z[0] * z[1] ** 2, "inputs": draw.tensor([0, 0])}


@problem("f(x, y, z) = x² - y² + z⁴ at (0, 0, 0)")
def two_squares_and_fourth_power(draw: Draw) -> Values:
    """Put a flat direction beside two curved ones."""
    return {
        "func": lambda z: z[0] ** 2 - z[1] ** 2 + z[2] ** 4,
        "inputs": draw.tensor([0, 0, 0]),
    }


@problem("f(x, y) = x² + 10⁻¹⁰ y² at (0, 0)")
def uneven_bowl(draw: Draw) -> Values:
    """Curve a bowl so little along one axis that float32 takes it for flat; float64 does not."""
    return {
        "func": lambda z: z[0] ** 2 + 1e-10 * z[1] ** 2,
        "inputs": draw.tensor([0, 0]),
    }


@problem("f(x, y) = (1 - x)² + 100 (y - x²)² at (1, 1)")
def narrow_valley(draw: Draw) -> Values:
    """Use the function of Rosenbrock (1960), at the end of its valley."""
    return {
        "func": lambda z: (1 - z[0]) ** 2 + 100 * (z[1] - z[0] ** 2) ** 2,
        "inputs": draw.tensor([1, 1]),
    }


@problem("f(X) = tr(X X) at the 2 × 2 matrix of zeros")
def trace_of_square(draw: Draw) -> Values:
    """Take a matrix, and couple each entry with its mirror image."""
    return {"func": lambda x: (x * x.T).sum(), "inputs": draw.tensor([[0, 0], [0, 0]])}


@problem("f(X) = Σ cos(X - A) + ¼ Σ cos(ΣX - ΣA) at X = A, a drawn matrix of shape (2, 3)")
def cosines_on_a_matrix(draw: Draw) -> Values:
    """Take a matrix that is not square, at a point that is not zero."""
    centre = draw.uniform(-1.0, 1.0, 2, 3)

    def func(x: Tensor) -> Tensor:
        away = x - centre
        return away.cos().sum() + 0.25 * away.sum().cos()

    return {"func": func, "inputs": centre.clone()}


@problem(
    "f(X) = Σ wᵢ log cosh Xᵢ at X = 0 of shape (2, 1, 2), with drawn weights wᵢ between 1 and 2"
)
def log_cosh_on_a_block(draw: Draw) -> Values:
    """Take a block of three dimensions."""
    weights = draw.uniform(1.0, 2.0, 2, 1, 2)
    return {
        "func": lambda x: (weights * x.cosh().log()).sum(),
        "inputs": torch.zeros_like(weights),
    }


@problem("f(x) = -cosh(x) at the single number 0, a tensor without dimensions")
def single_number(draw: Draw) -> Values:
    """Take a tensor without dimensions."""
    return {"func": lambda x: -x.cosh(), "inputs": draw.tensor(0)}


@problem("f(x) = 2 wherever x is, at three drawn numbers")
def level_ground(draw: Draw) -> Values:
    """Ignore the inputs, so that there is no graph to differentiate."""
    return {"func": lambda x: draw.tensor(2), "inputs": draw.normal(3)}


@problem("f(x) = 0.6 Σ xᵢ² with each of the 4 numbers xᵢ equal to {offset}")
def just_beside(draw: Draw, offset: float) -> Values:
    """Step aside a little in every direction."""
    return {"func": lambda x: 0.6 * (x**2).sum(), "inputs": draw.tensor([offset] * 4)}


@problem("f(x, y) = 10⁻⁶ x + x² + y² at (0, 0)")
def slope_at_the_limit(draw: Draw) -> Values:
    """Hold a slope that is as large as one may be at a critical point."""
    return {"func": lambda x: 1e-6 * x[0] + (x**2).sum(), "inputs": draw.tensor([0.0, 0.0])}


@problem("f(x, y, z) = 1.5 · 10⁻⁶ x + 0.1 (x² + y² + z²) at (0, 0, 0)")
def one_slope_above_the_limit(draw: Draw) -> Values:
    """Hold one slope that is too large, and others that make it look small on the average."""
    return {
        "func": lambda x: 1.5e-6 * x[0] + 0.1 * (x**2).sum(),
        "inputs": draw.tensor([0.0, 0.0, 0.0]),
    }


@problem("f(x, y) = 1000 + 1.5 · 10⁻⁶ (x + y) + 50 (x - 1000)² + 50 (y - 1000)² at (1000, 1000)")
def slopes_beside_large_numbers(draw: Draw) -> Values:
    """Hold slopes that are small beside the value, the point and the curvature, and too large."""
    return {
        "func": lambda x: 1000 + 1.5e-6 * x.sum() + 50 * ((x - 1000) ** 2).sum(),
        "inputs": draw.tensor([1000.0, 1000.0]),
    }


@problem("f(x, y) = x + 2y at (1, 2)")
def tilted_plane(draw: Draw) -> Values:
    """Go downhill everywhere without any curvature: the gradient has no graph."""
    return {"func": lambda x: x[0] + 2 * x[1], "inputs": draw.tensor([1.0, 2.0])}


@problem("f(x, y) = -x⁴ - y² at (0, 0), where (x, y) requires grad and has something in its .grad")
def trained_ridge(draw: Draw) -> Values:
    """Fall along one axis and lie flat along the other, at a point that the caller is training."""
    return {
        "func": lambda x: -(x[0] ** 4) - x[1] ** 2,
        "inputs": lent(draw.tensor([0.0, 0.0]), draw.normal(2)),
    }


CRITICAL_POINT_PROBLEMS = (
    spec("steep_diagonal"),
    spec("round_square", x=2.0, y=2.0),
    spec("two_cubics", x=1.0, y=1.0),
    spec("two_cubics", x=-1.0, y=-1.0),
    spec("two_cubics", x=1.0, y=-1.0),
    spec("square_and_fourth_power", sign=1),
    spec("square_and_fourth_power", sign=-1),
    spec("two_squares_and_fourth_power"),
    spec("three_legs"),
    spec("trace_of_square"),
    spec("cosines_on_a_matrix"),
    spec("round_square", x=-3.0, y=0.0),
    spec("round_square", x=0.0, y=-3.0),
    spec("round_square", x=2.0, y=-2.0),
    spec("just_beside", offset=4e-7),
    spec("just_beside", offset=7e-7),
    spec("just_beside", offset=1e-6),
    spec("narrow_valley"),
    spec("log_cosh_on_a_block"),
    spec("uneven_bowl", core=False),
    spec("single_number", core=False),
    spec("level_ground", core=False),
    spec("slope_at_the_limit", core=False),
    spec("one_slope_above_the_limit", core=False),
    spec("slopes_beside_large_numbers", core=False),
    spec("tilted_plane", core=False),
    spec("penalty_alone", core=False),
    spec("steep_diagonal", dtype="float32", core=False),
)
"""Points to classify, most telling first."""

TRAINED = spec("trained_ridge", core=False)
"""A call on a tensor that the caller is training."""
