"""Refuse an operation that would make too large a tensor, before it does."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from graders.meter.ledger import parts_of
from graders.meter.ops import Arguments, Op, Options, tensors_in

_WIDEST_NUMBER = 16
_BEYOND_COUNTING = 2**63
_OUT_OF_MEMORY = re.compile(r"[Tt]ried to allocate ([\d.]+) (bytes|[KMGT]iB)")
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}

_NO_LARGER_THAN_INPUT = frozenset({
    "sum", "mean", "prod", "var", "std", "amax", "amin", "max", "min", "argmax", "argmin",
    "any", "all", "norm", "linalg_vector_norm", "logsumexp", "cumsum", "cumprod", "flip",
    "roll", "sort", "tril", "triu", "copy", "_to_copy", "mv", "dot", "vdot", "_softmax",
    "_log_softmax", "_softmax_backward_data", "_log_softmax_backward_data", "empty_like",
    "zeros_like", "ones_like", "full_like", "rand_like", "randn_like",
})  # fmt: skip


class TensorTooLarge(RuntimeError):  # noqa: N818
    """One operation asked for a tensor over the limit, or for more than there is.

    Attributes:
        bytes: size of the tensor's storage.
        limit: the limit in bytes; None where the memory itself ran out.
        file: file name of the innermost line of the student's that led there, or None.
        line: its number, or None.

    """

    def __init__(
        self,
        nbytes: int,
        limit: int | None = None,
        file: str | None = None,
        line: int | None = None,
        shape: tuple[int, ...] = (),
    ) -> None:
        """Put the facts into a sentence for the student."""
        what = f" of shape {shape}," if shape else " of"
        size = f"at least {in_words(nbytes)}" if nbytes >= _BEYOND_COUNTING else in_words(nbytes)
        rest = "there is not so much memory" if limit is None else f"the limit is {in_words(limit)}"
        super().__init__(f"this would make one tensor{what} {size}; {rest}")
        self.bytes = nbytes
        self.limit = limit
        self.file = file
        self.line = line


class TooMuchWork(RuntimeError):  # noqa: N818
    """The call has made more results, or run more operations, than it was allowed."""

    def __init__(self, done: str, limit: int) -> None:
        """Say what was done; the limit is in the same unit."""
        super().__init__(f"{done} so far and no end in sight; the limit is {limit}")


def in_words(nbytes: int) -> str:
    """Write a number of bytes for people: "4 TB", "12.8 kB"."""
    for unit, size in (("EB", 10**18), ("PB", 10**15), ("TB", 10**12), ("GB", 10**9)):
        if nbytes >= size:
            return f"{nbytes / size:.3g} {unit}"
    if nbytes >= 10**6:
        return f"{nbytes / 10**6:.3g} MB"
    return f"{nbytes / 1000:.3g} kB" if nbytes >= 1000 else f"{nbytes} bytes"


def may_exceed(op: Op, args: Arguments, kwargs: Options, limit: int) -> bool:
    """Say, cheaply and with errors only to the safe side, whether a result may exceed `limit`."""
    numbers = limit // _WIDEST_NUMBER
    if op.is_view or op.in_place:
        return False
    if op.is_pointwise:
        return _broadcast_numel(args, kwargs) > numbers
    if 0 <= op.size_at < len(args):
        return math.prod(args[op.size_at]) > numbers
    if op.name in _NO_LARGER_THAN_INPUT and not op.writes:
        return max(map(_room, tensors_in(args)), default=0) > numbers
    if op.name in ("cat", "stack") and not op.writes:
        return sum(map(_room, tensors_in(args))) > numbers
    if op.name == "mm" and not op.writes:
        return bool(args[0].shape[0] * args[1].shape[1] > numbers)
    if op.name == "arange" and not op.writes:
        return _arange_length(args) > numbers
    return _product_exceeds(args, kwargs, numbers)


def true_size(func: Any, args: Arguments, kwargs: Options) -> tuple[int, tuple[int, ...]] | None:
    """Run an operation on meta tensors; give the bytes and shape of its largest result.

    None where it has no meta kernel, or its result's size depends on the numbers.
    """
    options = {key: _to_meta(value) for key, value in kwargs.items()}
    if options.get("device") == kwargs.get("device") == torch.device("meta"):
        return None
    if "generator" in options:
        options["generator"] = None
    try:
        result = func(*map(_to_meta, args), **options)
        sizes = [(_bytes_of(tensor), tuple(tensor.shape)) for tensor in tensors_in([result])]
    except Exception as error:
        return (_BEYOND_COUNTING, ()) if "overflow" in str(error) else None
    return max(sizes, default=None)


def bytes_asked_for(error: RuntimeError) -> int | None:
    """Read from an out-of-memory error how much was asked for; None where it is another error."""
    text = str(error)
    if isinstance(error, torch.cuda.OutOfMemoryError) or "can't allocate memory" in text:
        found = _OUT_OF_MEMORY.search(text)
        return int(float(found[1]) * _UNITS[found[2]]) if found else 0
    return _BEYOND_COUNTING if "Storage size calculation overflowed" in text else None


def _to_meta(value: Any) -> Any:
    if isinstance(value, Tensor):
        if value.layout is not torch.strided:
            return value.to("meta")
        return torch.empty_strided(
            value.shape, value.stride(), dtype=value.dtype, device=torch.device("meta")
        )
    if isinstance(value, torch.device):
        return torch.device("meta")
    if isinstance(value, (list, tuple)):
        return [_to_meta(item) for item in value]
    return value


def _bytes_of(tensor: Tensor) -> int:
    if tensor.layout is torch.strided:
        return tensor.untyped_storage().nbytes()
    return sum(part.untyped_storage().nbytes() for part in parts_of(tensor))


def _broadcast_numel(args: Arguments, kwargs: Options) -> int:
    """Count the elements of the result of broadcasting; too many where shapes do not fit."""
    shape: list[int] = []
    first: torch.Size | None = None
    for tensor in tensors_in((*args, *kwargs.values()) if kwargs else args):
        if first is None:
            first = tensor.shape
        elif tensor.shape != first:
            shape = _wider(shape or list(first), tensor.shape)
    return math.prod(shape or first or ())


def _wider(left: list[int], right: Iterable[int]) -> list[int]:
    right = list(right)
    length = max(len(left), len(right))
    padded = ([1] * (length - len(side)) + side for side in (left, right))
    return [max(pair) for pair in zip(*padded, strict=True)]


def _room(tensor: Tensor) -> int:
    """Count a tensor's elements, an empty dimension as 1: reducing over it leaves the others."""
    return tensor.numel() or math.prod(size or 1 for size in tensor.shape)


def _arange_length(args: Arguments) -> float:
    if len(args) == 1:
        return abs(args[0])
    step = abs(args[2]) if len(args) > 2 else 1
    return abs(args[1] - args[0]) / step if step else 0


def _product_exceeds(args: Arguments, kwargs: Options, numbers: int) -> bool:
    """Say whether the product of all sizes and numbers among the arguments exceeds `numbers`.

    With fewer than two tensors the product counts squared: `eye`, `diag_embed` and full
    decompositions go that far.
    """
    product = 1
    tensors = 0
    for value in _leaves((*args, *kwargs.values())):
        if isinstance(value, Tensor):
            tensors += 1
            product *= _room(value)
        else:
            product *= int(abs(value)) + 1 if abs(value) < 2**63 else 2**63
        if product > numbers:
            return True
    return tensors < 2 and product**2 > numbers


def _leaves(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _leaves(value)
        elif isinstance(value, (Tensor, int, float)) and not isinstance(value, bool):
            yield value
