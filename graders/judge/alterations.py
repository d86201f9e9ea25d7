"""What is often done to an answer after it is computed: the sign turned, the axes flattened.

Many known mistakes are the right answer with one of these done to it. Where that is so, the same
can be done to another known mistake, and then both of them are in one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any

import torch
from torch import Tensor

# A count of so many is met by chance no more than a fraction is.
_LARGE = 1000

OfTensor = Callable[[Tensor], Tensor | None]


@dataclass(frozen=True)
class Reordering:
    """Puts the numbers of a vector in another order, and those of its companions with them."""

    order: Callable[[Tensor], Tensor | None]

    def __call__(self, tensor: Tensor) -> Tensor | None:
        """Reorder a vector; None where there is nothing to put in order."""
        places = self.order(tensor) if tensor.dim() == 1 else None
        return None if places is None else tensor[places]

    def of_tuple(self, tensors: tuple[Any, ...]) -> Any:
        """Reorder all by the first."""
        first = tensors[0]
        alike = all(isinstance(one, Tensor) and one.shape == first.shape for one in tensors)
        places = self.order(first) if alike and first.dim() == 1 else None
        return None if places is None else tuple(one[places] for one in tensors)


def altered(value: Any, alteration: OfTensor) -> Any:
    """Do it to a tensor, or to each tensor of a tuple; None where that has no meaning."""
    if isinstance(value, tuple) and value and isinstance(alteration, Reordering):
        return alteration.of_tuple(value)
    if isinstance(value, Tensor):
        return alteration(value) if value.is_floating_point() else None
    if isinstance(value, tuple) and any(isinstance(item, Tensor) for item in value):
        items = [altered(one, alteration) if isinstance(one, Tensor) else one for one in value]
        return None if any(item is None for item in items) else tuple(items)
    return None


def _matrix(tensor: Tensor) -> Tensor | None:
    """Give a tensor whose axes come twice, as a Hessian's do, as a square matrix."""
    half = tensor.dim() // 2
    if tensor.dim() == 0 or tensor.shape[:half] != tensor.shape[half:]:
        return None
    side = isqrt(tensor.numel())
    return tensor.reshape(side, side)


def _on_matrix(change: Callable[[Tensor], Tensor]) -> OfTensor:
    """Make an alteration of a change of a square matrix, which keeps its size."""

    def alteration(tensor: Tensor) -> Tensor | None:
        matrix = _matrix(tensor)
        return None if matrix is None else change(matrix).reshape(tensor.shape)

    return alteration


def _row_sums(tensor: Tensor) -> Tensor | None:
    matrix = _matrix(tensor)
    if matrix is None:
        return None
    return matrix.sum(dim=0).reshape(tensor.shape[: tensor.dim() // 2])


def _both_halves(matrix: Tensor) -> Tensor:
    return matrix + matrix.T - torch.diag(matrix.diagonal())


def _transposed(tensor: Tensor) -> Tensor | None:
    return tensor.T if tensor.dim() == 2 else None


def _descending(vector: Tensor) -> Tensor | None:
    """Turn round what is in order; of anything else the result would not be descending."""
    in_order = torch.equal(vector, vector.sort().values)
    return torch.arange(len(vector)).flip(0) if in_order else None


def _sizes_in_order(tensor: Tensor) -> Tensor | None:
    return tensor.abs().sort().values if tensor.dim() == 1 else None


def _by_size(vector: Tensor) -> Tensor:
    return vector.abs().argsort(stable=True)


def as_float32(tensor: Tensor) -> Tensor | None:
    """Round to float32, and stay there."""
    return tensor.float() if tensor.dtype == torch.float64 else None


def fits_float32(tensor: Tensor) -> bool:
    """Whether nothing is lost by rounding to float32."""
    return torch.equal(tensor, tensor.float().to(tensor.dtype))


ALTERATIONS: tuple[OfTensor, ...] = (
    lambda x: -x,
    lambda x: 2 * x,
    lambda x: x / 2,
    lambda x: x.abs(),
    lambda x: x**2,
    lambda x: x.sum(),
    lambda x: x.reshape(-1),
    lambda x: x.squeeze(),
    _matrix,
    _transposed,
    _on_matrix(lambda m: torch.diag(m.diagonal())),
    _on_matrix(lambda m: m.tril()),
    _on_matrix(lambda m: m.triu()),
    _on_matrix(lambda m: m.cumsum(dim=0)),
    _on_matrix(lambda m: torch.diag(m.sum(dim=0))),
    _on_matrix(_both_halves),
    _row_sums,
    Reordering(_descending),
    _sizes_in_order,
    Reordering(_by_size),
)
"""Sign and size first, for of two mistakes the one that changes more is told first. All of these
keep the dtype; `as_float32` is apart, for it also takes digits away."""


def drawn_numbers(value: Any) -> int:
    """Count the numbers of a value that do not come by chance: none that is whole and small."""
    if isinstance(value, (int, float)):
        return int(abs(value) >= _LARGE)
    return sum(int((one != one.round()).sum()) for one in _floats(value))


def _floats(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor) and value.is_floating_point():
        yield value[torch.isfinite(value)]
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _floats(item)
