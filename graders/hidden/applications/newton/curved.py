"""Value, gradient and Hessian of every function of `newton`, worked out by hand.

Every tensor here is flat and in float64, whatever the problem's own shape and dtype are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from graders.hidden.applications.newton.problems import functions
from graders.sandbox.problem import Problem

OfPoint = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Curved:
    """A function of a flat vector, and its derivatives."""

    value: OfPoint
    gradient: OfPoint
    hessian: OfPoint
    thin_product: Callable[[Tensor, Tensor], Tensor] | None = None

    def product(self, x: Tensor, v: Tensor) -> Tensor:
        """Multiply the Hessian at x by v, without the matrix where the function allows it."""
        return self.thin_product(x, v) if self.thin_product else self.hessian(x) @ v


def curved(problem: Problem) -> Curved:
    """Give the closed forms of a problem's function; KeyError where there are none."""
    func = problem.values["func"]
    name = getattr(func, "func", func).__name__
    return _FORMS[name](**{key: _wide(item) for key, item in getattr(func, "keywords", {}).items()})


def start(problem: Problem) -> Tensor:
    """Give the point that a problem starts from."""
    inputs: Tensor = problem.values["inputs"]
    return inputs.detach().double().flatten()


def _wide(item: Any) -> Any:
    return item.double() if isinstance(item, Tensor) else item


def _through(mix: Tensor, centre: Tensor, value: OfPoint, slope: OfPoint, bend: OfPoint) -> Curved:
    """Σ φ(u) with u = M (x − c): the gradient is Mᵀ φ', the Hessian Mᵀ diag(φ'') M."""

    def u(x: Tensor) -> Tensor:
        return mix @ (x - centre)

    return Curved(
        lambda x: value(u(x)).sum(),
        lambda x: mix.T @ slope(u(x)),
        lambda x: (mix.T * bend(u(x))) @ mix,
    )


def _quadratic(matrix: Tensor, centre: Tensor) -> Curved:
    return Curved(
        lambda x: 0.5 * (x - centre) @ matrix @ (x - centre),
        lambda x: matrix @ (x - centre),
        lambda _: matrix,
    )


def _soft_sheet(left: Tensor, right: Tensor) -> Curved:
    # A X B, flattened, is (A ⊗ Bᵀ) times X flattened.
    rows = torch.kron(left, right.T.contiguous())
    return _soft_losses(-rows, 1.0, 1.0)


def _logistic_loss(rows: Tensor, ridge: float) -> Curved:
    return _soft_losses(rows, 1 / len(rows), ridge)


def _few_losses(rows: Tensor) -> Curved:
    return _soft_losses(rows, 1.0, 0.1)


def _soft_losses(rows: Tensor, weight: float, ridge: float) -> Curved:
    """W Σ log(1 + exp(−aᵢ·x)) + ½ μ ‖x‖²; the derivative of the logarithm is −σ(−aᵢ·x)."""

    def weights(x: Tensor) -> Tensor:
        wrong = torch.sigmoid(-(rows @ x))
        return weight * wrong * (1 - wrong)

    def bend(x: Tensor) -> Tensor:
        return (rows.T * weights(x)) @ rows + ridge * torch.eye(len(x), dtype=x.dtype)

    return Curved(
        lambda x: weight * softplus(-(rows @ x)).sum() + 0.5 * ridge * x @ x,
        lambda x: -weight * rows.T @ torch.sigmoid(-(rows @ x)) + ridge * x,
        bend,
        lambda x, v: rows.T @ (weights(x) * (rows @ v)) + ridge * v,
    )


def _double_wells(mix: Tensor, centre: Tensor, scale: float) -> Curved:
    return _through(
        mix,
        centre,
        lambda u: scale * (u**2 - 1) ** 2 / 4,
        lambda u: scale * (u**3 - u),
        lambda u: scale * (3 * u**2 - 1),
    )


def _rounded_cones(mix: Tensor, centre: Tensor) -> Curved:
    return _through(
        mix,
        centre,
        lambda u: (1 + u**2).sqrt() - 1,
        lambda u: u / (1 + u**2).sqrt(),
        lambda u: (1 + u**2) ** -1.5,
    )


def _steep_cones(slopes: Tensor, mix: Tensor, centre: Tensor) -> Curved:
    cones = _rounded_cones(mix, centre)
    return Curved(
        lambda x: 1e6 * (slopes @ x) + cones.value(x),
        lambda x: 1e6 * slopes + cones.gradient(x),
        cones.hessian,
    )


def _barrier_sum() -> Curved:
    return Curved(
        lambda x: (x - x.log()).sum(), lambda x: 1 - 1 / x, lambda x: torch.diag(1 / x**2)
    )


def _quartics(mix: Tensor, centre: Tensor) -> Curved:
    return _through(mix, centre, lambda u: u**4, lambda u: 4 * u**3, lambda u: 12 * u**2)


def _quartic_and_square() -> Curved:
    return Curved(
        lambda x: (x**4 / 4 + x**2).sum(),
        lambda x: x**3 + 2 * x,
        lambda x: torch.diag(3 * x**2 + 2),
    )


def _ridge_line() -> Curved:
    def slope(x: Tensor) -> Tensor:
        height = x[0] + 2 * x[1]
        return torch.stack((height + 1, 2 * height))

    matrix = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64)
    return Curved(lambda x: 0.5 * (x[0] + 2 * x[1]) ** 2 + x[0], slope, lambda _: matrix)


def _unused_third() -> Curved:
    def slope(x: Tensor) -> Tensor:
        return torch.stack((torch.sinh(x[0] - 1) + x[1], x[0] + 2 * x[1], 0 * x[2]))

    def bend(x: Tensor) -> Tensor:
        matrix = torch.tensor([[0.0, 1, 0], [1, 2, 0], [0, 0, 0]], dtype=torch.float64)
        matrix[0, 0] = torch.cosh(x[0] - 1)
        return matrix

    return Curved(lambda x: torch.cosh(x[0] - 1) + x[0] * x[1] + x[1] ** 2, slope, bend)


def _straight(slopes: Tensor) -> Curved:
    return Curved(
        lambda x: slopes @ x, lambda _: slopes, lambda x: x.new_zeros(len(slopes), len(slopes))
    )


def _rosenbrock() -> Curved:
    def slope(x: Tensor) -> Tensor:
        gradient, off = torch.zeros_like(x), x[1:] - x[:-1] ** 2
        gradient[:-1] += -400 * x[:-1] * off - 2 * (1 - x[:-1])
        gradient[1:] += 200 * off
        return gradient

    def bend(x: Tensor) -> Tensor:
        matrix = torch.zeros(len(x), len(x), dtype=x.dtype)
        matrix.diagonal()[:-1] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
        matrix.diagonal()[1:] += 200
        matrix.diagonal(1).sub_(400 * x[:-1])
        matrix.diagonal(-1).sub_(400 * x[:-1])
        return matrix

    return Curved(functions.rosenbrock, slope, bend)


_FORMS: dict[str, Callable[..., Curved]] = {
    form.__name__.removeprefix("_"): form
    for form in (
        *(_quadratic, _soft_sheet, _logistic_loss, _few_losses, _double_wells, _rounded_cones),
        *(
            _quartics,
            _steep_cones,
            _barrier_sum,
            _quartic_and_square,
            _ridge_line,
            _unused_third,
            _straight,
            _rosenbrock,
        ),
    )
}
