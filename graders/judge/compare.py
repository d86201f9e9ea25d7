"""Compare an answer with the reference: kind, then shape, then dtype, then values."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graders.judge.values import Unsendable

# An exact method differs from another one only by rounding: a few hundred roundings of relative
# size eps, taken on the norm so that a small entry beside large ones is not held to its own size.
# The best finite difference in float64 is off by about 7e-12 of the norm (step 1e-5, central), so
# 1e-12 tells the two apart and 1e-9 would not. float32 problems are there for the dtype; their
# tolerance is about a hundred eps.
RELATIVE_TOLERANCE = {
    torch.float64: 1e-12,
    torch.float32: 2e-5,
    torch.float16: 2e-2,
    torch.bfloat16: 5e-2,
}


def parts(value: Any) -> tuple[Any, ...]:
    """Give the items of a tuple, or a single value as the only item."""
    return value if isinstance(value, tuple) else (value,)


def kind_fault(got: Any, expected: Any) -> str:
    """Say how the kind of value differs, or nothing where it does not."""
    if isinstance(expected, tuple):
        if not isinstance(got, (tuple, list)):
            return f"it returned {describe(got)}, expected a tuple of {len(expected)} tensors"
        if len(got) != len(expected):
            return f"it returned {len(got)} items, expected {len(expected)}"
        faults = (kind_fault(*pair) for pair in zip(got, expected, strict=True))
        return next((fault for fault in faults if fault), "")
    if isinstance(expected, Tensor):
        return "" if isinstance(got, Tensor) else f"it returned {describe(got)}, expected a tensor"
    if isinstance(expected, bool) or type(got) is not type(expected):
        return f"it returned {describe(got)}, expected {_article(type(expected).__name__)}"
    return ""


def shape_fault(got: Any, expected: Any) -> str:
    """Say how the shapes differ, or nothing where they do not."""
    for mine, theirs in _pairs(got, expected):
        if mine.shape != theirs.shape:
            return f"its shape is {tuple(mine.shape)}, expected {tuple(theirs.shape)}"
    return ""


def dtype_fault(got: Any, expected: Any) -> str:
    """Say how the dtypes differ, or nothing where they do not."""
    for mine, theirs in _pairs(got, expected):
        if mine.dtype != theirs.dtype:
            return f"its dtype is {_name(mine.dtype)}, expected {_name(theirs.dtype)}"
    return ""


def relative_error(got: Any, expected: Any) -> float:
    """Give the largest norm-wise relative error of the parts; inf for NaN or a wrong zero.

    A part that is zero everywhere has to be met exactly: it stands for a derivative that is not
    there, and no rounding happens on the way to it.
    """
    if not isinstance(expected, (Tensor, tuple)):
        return 0.0 if got == expected else float("inf")
    return max((_error(*pair) for pair in _pairs(got, expected)), default=0.0)


def agrees(got: Any, expected: Any) -> bool:
    """Whether kind, shape, dtype and values all agree within the tolerance of the dtype."""
    if kind_fault(got, expected) or shape_fault(got, expected) or dtype_fault(got, expected):
        return False
    return relative_error(got, expected) <= tolerance(expected)


def tolerance(expected: Any) -> float:
    """Give the relative tolerance for a reference value; 0 for what is no floating tensor."""
    dtypes = [part.dtype for part in parts(expected) if isinstance(part, Tensor)]
    return max((RELATIVE_TOLERANCE.get(dtype, 0.0) for dtype in dtypes), default=0.0)


def describe(value: Any) -> str:
    """Describe a value in a few words, without its numbers where they are many."""
    if isinstance(value, Unsendable):
        return value.description
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)} and dtype {_name(value.dtype)}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)} items"
    return repr(value)[:200]


def show(value: Any) -> str:
    """Print a small value with its numbers, a large one by its description."""
    tensors = [part for part in parts(value) if isinstance(part, Tensor)]
    if not tensors or sum(tensor.numel() for tensor in tensors) > 24:
        return describe(value)
    texts = [_numbers(tensor) for tensor in tensors]
    return texts[0] if len(texts) == 1 else "(" + ", ".join(texts) + ")"


def _numbers(tensor: Tensor) -> str:
    if not tensor.is_floating_point():
        return str(tensor.tolist())
    return _short(tensor.detach().double().tolist())


def _short(numbers: Any) -> str:
    """Write numbers, nested in lists or not, to four significant digits."""
    if isinstance(numbers, list):
        return "[" + ", ".join(_short(number) for number in numbers) + "]"
    return f"{numbers:.4g}"


def _pairs(got: Any, expected: Any) -> list[tuple[Tensor, Tensor]]:
    mine = tuple(got) if isinstance(expected, tuple) else (got,)
    pairs = zip(mine, parts(expected), strict=True)
    return [pair for pair in pairs if isinstance(pair[1], Tensor)]


def _error(got: Tensor, expected: Tensor) -> float:
    # The same method on the same machine gives the same bits.
    if got.dtype == expected.dtype and torch.equal(got, expected):
        return 0.0
    exact = expected.detach().to(torch.complex128 if expected.is_complex() else torch.float64)
    difference = got.detach().to(exact.dtype) - exact
    # Not by the norm: the squares of very small numbers are zero.
    if not bool(difference.any()):
        return 0.0
    size = float(torch.linalg.vector_norm(exact))
    error = float(torch.linalg.vector_norm(difference)) / size if size > 0 else float("inf")
    return error if error == error else float("inf")


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
