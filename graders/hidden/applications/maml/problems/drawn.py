"""The values of a problem, by the names of the tasks' arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

Loss = Callable[[Sequence[Tensor]], Tensor]
Values = dict[str, Any]


def values(
    inner: Loss,
    outer: Loss,
    parameters: Sequence[Tensor],
    lr: float,
    *,
    marked: bool = False,
    strength: float = 2.0,
    **keywords: Any,
) -> Values:
    """Name the parts; `marked` parameters require grad, as a model's do.

    `strength` is large enough for I + H/strength to be positive definite where a task asks for it.
    """
    own = tuple(parameter.requires_grad_(marked) for parameter in parameters)
    return {
        "loss": inner,
        "inner_loss": inner,
        "outer_loss": outer,
        "parameters": own,
        "adapted": own,
        "lr": lr,
        "strength": strength,
        **keywords,
    }
