"""What is asked of `inner_update` beyond its values: that a gradient finds its way back through it.

This is trusted code that runs beside a student's; it holds no derivative and no expected value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from graders.hidden.applications.maml.problems.drawn import Loss
from graders.sandbox.problem import driver

Update = Callable[..., Any]


class Step(NamedTuple):
    """What a step gave, and a fixed vector pulled back through it to where the step began.

    `own` says how many of the tensors that a step gave are the caller's, or views of these.
    """

    adapted: Any
    pulled_back: tuple[Tensor, ...]
    own: int


def pulled(parameters: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Give the vector that is pulled back: from 1.5 down to 0.5 in each tensor."""
    return tuple(
        torch.linspace(1.5, 0.5, p.numel(), dtype=p.dtype, device=p.device).reshape(p.shape)
        for p in parameters
    )


@driver
def through_the_step(update: Update, loss: Loss, parameters: Sequence[Tensor], lr: float) -> Step:
    """Take a step and pull a vector back through it."""
    return _through(update(loss, parameters, lr), parameters)


@driver
def through_two_steps(update: Update, loss: Loss, parameters: Sequence[Tensor], lr: float) -> Step:
    """Take a step from where a step led, and pull a vector back through both."""
    return _through(update(loss, update(loss, parameters, lr), lr), parameters)


def _through(adapted: Any, parameters: Sequence[Tensor]) -> Step:
    """Pull back what can be; where no graph leads back there are zeros, and no error of ours."""
    found = adapted if isinstance(adapted, (tuple, list)) else ()
    own = _callers(found, parameters)
    live = [
        (one, v)
        for one, v in zip(found, pulled(parameters), strict=False)
        if isinstance(one, Tensor) and one.requires_grad and one.shape == v.shape
    ]
    if not live:
        return Step(adapted, tuple(torch.zeros_like(p) for p in parameters), own)
    outputs, weights = (list(each) for each in zip(*live, strict=True))
    back = torch.autograd.grad(outputs, list(parameters), weights, materialize_grads=True)
    return Step(adapted, back, own)


def _callers(found: Sequence[Any], parameters: Sequence[Tensor]) -> int:
    tensors = [one for one in found if isinstance(one, Tensor)]
    return sum(any(one is p or one._base is p for p in parameters) for one in tensors)
