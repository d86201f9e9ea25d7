"""Drivers that every topic has: ways to call a student's function that tell more of its faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def weighted(
    function: Callable[..., Any], func: Callable[..., Any], *others: Any, **more: Any
) -> Any:
    """Call with a `func` whose values have a graph, by a weight of 1, whatever was marked.

    Autograd then says what it could not say before: which tensor it knows nothing of.
    """
    weight = torch.ones((), requires_grad=True)
    return function(lambda *inputs: func(*inputs) * weight, *others, **more)


OF_ALL: dict[str, Callable[..., Any]] = {weighted.__name__: weighted}
