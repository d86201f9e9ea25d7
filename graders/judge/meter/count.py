"""Count how often a function is evaluated."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, cast


class Counted(Protocol):
    """A function that knows how often it was called."""

    evaluations: int

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Evaluate the function."""
        ...


def counted(func: Callable[..., Any]) -> Counted:
    """Wrap `func` so that `evaluations` holds the number of calls so far.

    A call under vmap or with a batched tangent is one evaluation, however large the batch.
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        counting.evaluations += 1
        return func(*args, **kwargs)

    # The way past the wrapper that `functools.wraps` offers would be a way past the counting.
    del wrapper.__wrapped__
    counting = cast(Counted, wrapper)
    counting.evaluations = 0
    return counting
