"""Problems of any size, for what an answer costs."""

from __future__ import annotations

from functools import partial
from typing import Any

from graders.hidden.applications.maml.problems.drawn import Loss, Values, values
from graders.hidden.applications.maml.problems.losses import wide_logistic, wide_network
from graders.sandbox.problem import Draw, problem

_FEATURES = 8


@problem(
    "the mean squared error of a tanh network with {n} parameters, 8 examples inside, 8 outside"
)
def wide_layers(draw: Draw, n: int, **keywords: Any) -> Values:
    """Build one hidden layer of n / 10 units."""
    units = n // (_FEATURES + 2)
    shapes = ((_FEATURES, units), (units,), (units,))
    own = [draw.normal(*shape) / n**0.5 for shape in shapes]
    inner, outer = (
        partial(wide_network, x=draw.normal(8, _FEATURES), y=draw.normal(8)) for _ in range(2)
    )
    return values(inner, outer, own, 0.05, marked=True, **keywords)


@problem("the logistic loss of x · w + b with {n} parameters, 4 examples inside, 3 outside")
def wide_coins(draw: Draw, n: int, **keywords: Any) -> Values:
    """Build a loss for the implicit gradient: its spectrum is much the same whatever n is."""

    def loss(count: int) -> Loss:
        y = (draw.uniform(0, 1, count) < 0.5).to(draw.dtype) * 2 - 1
        return partial(wide_logistic, x=8 * draw.normal(count, n - 1) / n**0.5, y=y)

    own = [0.3 * draw.normal(n - 1) / 8, 0.1 * draw.normal()]
    return values(loss(4), loss(3), own, 0.1, strength=1.0, **keywords)
