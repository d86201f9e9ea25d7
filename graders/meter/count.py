"""Count how often a function that was handed over is called, and stop it where it has a cap."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, cast

import torch
from torch import Tensor


class TooManyCalls(RuntimeError):  # noqa: N818
    """A function was called more often than the task allows."""

    def __init__(self, cap: int) -> None:
        """Say how often it may be called."""
        super().__init__(f"it was called more than {cap} times")


class Counted(Protocol):
    """A function that knows how often it was called."""

    evaluations: int

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Evaluate the function."""
        ...


def counted(func: Callable[..., Any], cap: int | None = None) -> Counted:
    """Wrap `func` so that `evaluations` holds the number of calls so far; TooManyCalls above `cap`.

    A call under vmap or with a batched tangent is one evaluation, however large the batch; of a
    `Product` it is as many products as the batch has vectors.
    """
    if isinstance(func, Product):
        return CountedProduct(func, cap)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        counting.evaluations += 1
        _require_below(cap, counting.evaluations)
        return func(*args, **kwargs)

    # The way past the wrapper that `functools.wraps` offers would be a way past the counting.
    del wrapper.__wrapped__
    counting = cast(Counted, wrapper)
    counting.evaluations = 0
    return counting


@dataclass(frozen=True)
class Product:
    """A linear map as a problem hands it over: `apply` takes a vector like `like`."""

    apply: Callable[[Tensor], Tensor]
    like: Tensor

    def __call__(self, v: Tensor) -> Tensor:
        """Apply the map without a graph; ValueError unless `v` is like the vector it is for."""
        _require_like(v, self.like)
        return self.apply(v.detach())


class CountedProduct:
    """A product that counts: one for each vector, m for a vmap of m, and no way round by a graph.

    What it gives is cut off from the graph, backwards and forwards: otherwise one call under
    `torch.func.jacrev` would bring the whole matrix.
    """

    def __init__(self, product: Product, cap: int | None = None) -> None:
        """Start at zero."""
        self.evaluations = 0
        self._product = product
        self._cap = cap

    def __call__(self, v: Tensor) -> Tensor:
        """Apply the map; ValueError unless `v` is like its vector, TooManyCalls over the cap."""
        _require_like(v, self._product.like)
        result: Tensor = _CountedApply.apply(self._count, self._product.apply, 1, v.detach())
        return result

    def __copy__(self) -> CountedProduct:
        """Give itself: a copy would count for itself."""
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> CountedProduct:
        """Give itself."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, which is one more way to a copy."""
        raise TypeError("a product that counts cannot be pickled")

    def _count(self, products: int) -> None:
        self.evaluations += products
        _require_below(self._cap, self.evaluations)


class _CountedApply(torch.autograd.Function):
    """Applies a map; torch tells it how large a batch is (docs: Extending torch.func)."""

    @staticmethod
    def forward(
        count: Callable[[int], None], apply: Callable[[Tensor], Tensor], weight: int, v: Tensor
    ) -> Tensor:
        count(weight)
        return apply(v)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.mark_non_differentiable(output)

    @staticmethod
    def vmap(
        info: Any,
        in_dims: tuple[int | None, ...],
        count: Callable[[int], None],
        apply: Callable[[Tensor], Tensor],
        weight: int,
        v: Tensor,
    ) -> tuple[Tensor, int]:
        place = in_dims[-1]
        assert place is not None

        def one_by_one(batch: Tensor) -> Tensor:
            return torch.stack([apply(one) for one in batch.unbind(place)])

        return _CountedApply.apply(count, one_by_one, weight * info.batch_size, v), 0


# torch asks for it at every call; made anew each time it costs more than a small product.
_CountedApply.forward.__signature__ = inspect.signature(  # type: ignore[attr-defined]
    _CountedApply.forward
)


def _require_like(v: Any, like: Tensor) -> None:
    if not isinstance(v, Tensor) or v.shape != like.shape or v.dtype != like.dtype:
        wanted = f"shape {tuple(like.shape)} and dtype {_name(like.dtype)}"
        got = type(v).__name__
        if isinstance(v, Tensor):
            got = f"shape {tuple(v.shape)} and dtype {_name(v.dtype)}"
        raise ValueError(f"this product takes one vector of {wanted}; it was given {got}")


def _require_below(cap: int | None, calls: int) -> None:
    if cap is not None and calls > cap:
        raise TooManyCalls(cap)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
