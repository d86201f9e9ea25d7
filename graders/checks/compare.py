"""Compare an answer with the reference: kind, then shape, then dtype, then values.

A value is a tensor, a number, a word, or a tuple or dict of such. Nothing here raises, whatever the
answer is made of: the kind is compared before anything is looked at as that kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.words import how_many, some_of
from graders.limits import MAX_DIMENSIONS
from graders.sandbox.values import Unsendable

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
# Larger whole numbers have no tensor.
_LARGEST = 1e300


@dataclass(frozen=True)
class Part:
    """A part of an answer beside the reference's; `name` is empty where there is only one."""

    name: str
    got: Any
    expected: Any


def parts(value: Any) -> tuple[Any, ...]:
    """Give the items of a tuple or dict, or a single value as the only item."""
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, tuple) else (value,)


def part_names(expected: Any) -> tuple[str, ...]:
    """Name the parts of a reference value: fields, keys, or places counted from 1."""
    if isinstance(expected, dict):
        return tuple(map(str, expected))
    if not isinstance(expected, tuple):
        return ("",)
    return getattr(expected, "_fields", None) or tuple(
        f"item {place}" for place in range(1, len(expected) + 1)
    )


def paired(got: Any, expected: Any) -> list[Part]:
    """Put the parts of an answer of the right kind beside the reference's."""
    if isinstance(expected, dict):
        return [Part(str(key), got[key], expected[key]) for key in expected]
    triples = zip(part_names(expected), parts(got), parts(expected), strict=True)
    return [Part(*triple) for triple in triples]


def leaves(got: Any, expected: Any) -> Iterator[tuple[Any, Any]]:
    """Pair what tuples and dicts of the right kind hold in the end."""
    if not isinstance(expected, (tuple, dict)):
        yield got, expected
        return
    for part in paired(got, expected):
        yield from leaves(part.got, part.expected)


def kind_fault(got: Any, expected: Any) -> str:
    """Say how the kind of value differs, or nothing where it does not."""
    if isinstance(expected, (tuple, dict)):
        return _container_fault(got, expected)
    if isinstance(expected, Tensor):
        return "" if isinstance(got, Tensor) else f"it returned {describe(got)}, {_tensor_due(got)}"
    if type(got) is type(expected) or (type(got), type(expected)) == (int, float):
        return ""
    return f"it returned {describe(got)}, expected {_kind(expected)}"


def _tensor_due(got: Any) -> str:
    if is_tuple_of_one(got):
        return "expected the tensor that is in it, without the tuple round it"
    return "expected a tensor"


def is_tuple_of_one(value: Any) -> bool:
    """Whether it is one tensor in a tuple, as torch.autograd.grad gives it."""
    return isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Tensor)


def is_number_for_tensor(value: Any, expected: Any) -> bool:
    """Whether it is a Python number where a tensor of one entry is due."""
    is_number = type(value) in (int, float) and not abs(value) > _LARGEST
    return is_number and isinstance(expected, Tensor) and expected.dim() == 0


def shape_fault(got: Any, expected: Any) -> str:
    """Say how the shapes differ, or nothing where they do not."""
    for mine, theirs in _tensors(got, expected):
        if mine.shape != theirs.shape:
            return f"its shape is {_shape(mine)}, expected {_shape(theirs)}"
    return ""


def dtype_fault(got: Any, expected: Any) -> str:
    """Say how the dtypes differ, or nothing where they do not."""
    for mine, theirs in _tensors(got, expected):
        if mine.dtype != theirs.dtype:
            return f"its dtype is {dtype_name(mine.dtype)}, expected {dtype_name(theirs.dtype)}"
    return ""


def form_fault(got: Any, expected: Any) -> str:
    """Say how kind, shape or dtype differ, or nothing where they do not."""
    return kind_fault(got, expected) or shape_fault(got, expected) or dtype_fault(got, expected)


def relative_error(got: Any, expected: Any) -> float:
    """Give the largest norm-wise relative error of the parts; inf for NaN or a wrong zero.

    A part that is zero everywhere has to be met exactly: it stands for a derivative that is not
    there, and no rounding happens on the way to it. Words and whole numbers have to be equal.
    """
    return max((_error(*pair) for pair in leaves(got, expected)), default=0.0)


def agrees(got: Any, expected: Any) -> bool:
    """Whether kind, shape, dtype and values all agree within the tolerance of the dtype."""
    return not form_fault(got, expected) and relative_error(got, expected) <= tolerance(expected)


def tolerance(expected: Any) -> float:
    """Give the relative tolerance for a reference value; 0 for what is no floating number."""
    found = (_tolerance(leaf) for _, leaf in leaves(expected, expected))
    return max(found, default=0.0)


def describe(value: Any) -> str:
    """Describe a value in a few words, without its numbers where they are many."""
    if isinstance(value, Unsendable):
        return value.description
    if isinstance(value, Tensor):
        return f"a tensor of shape {_shape(value)} and dtype {dtype_name(value.dtype)}"
    for kind in (tuple, list, dict):
        # A named tuple is a tuple here: a plain one earns the same.
        if isinstance(value, kind):
            return f"a {kind.__name__} of {how_many(len(value), 'item')}"
    return repr(value)[:200]


def show(value: Any) -> str:
    """Print a small value with its numbers, a large one by its description."""
    if isinstance(value, Tensor):
        is_small = value.numel() <= 24 and value.dim() <= MAX_DIMENSIONS
        return _numbers(value) if is_small else describe(value)
    if not isinstance(value, (tuple, list, dict)):
        return describe(value)
    items = parts(tuple(value) if isinstance(value, list) else value)
    sizes = [item.numel() if isinstance(item, Tensor) else 1 for item in items]
    if not items or sum(sizes) > 24 or any(isinstance(item, (tuple, list, dict)) for item in items):
        return describe(value)
    texts = [show(item) for item in items]
    if isinstance(value, dict):
        texts = [f"{key}: {text}" for key, text in zip(value, texts, strict=True)]
    return texts[0] if len(texts) == 1 else "(" + ", ".join(texts) + ")"


def show_both(got: Any, expected: Any) -> tuple[str, str]:
    """Print two values of one form; large tensors by the entry in which they differ most."""
    shown = show(got), show(expected)
    if shown[0] != shown[1]:
        return shown
    differing = [part for part in paired(got, expected) if _differ(part.got, part.expected)]
    if not differing:
        return shown
    worst = max(differing, key=lambda part: _error(part.got, part.expected))
    return _worst_entry(worst, described=shown[0])


def dtype_name(dtype: torch.dtype) -> str:
    """Write "float64" for torch.float64."""
    return str(dtype).removeprefix("torch.")


def _differ(mine: Any, theirs: Any) -> bool:
    """Whether these are floating tensors of one shape with other numbers."""
    if not isinstance(mine, Tensor) or not isinstance(theirs, Tensor):
        return False
    both_float = mine.is_floating_point() and theirs.is_floating_point()
    return both_float and mine.shape == theirs.shape and not torch.equal(mine, theirs)


def _worst_entry(part: Part, described: str) -> tuple[str, str]:
    mine, theirs = part.got.detach(), part.expected.detach()
    flat = (mine - theirs).abs().reshape(-1).argmax()
    index = tuple(int(one) for one in torch.unravel_index(flat, theirs.shape))
    whole = f"{part.name}, {describe(theirs)}" if part.name else described
    shown = _apart(mine[index], theirs[index])
    return f"{shown[0]} at {list(index)} of {whole}", f"{shown[1]} there"


def _apart(mine: Tensor, theirs: Tensor) -> tuple[str, str]:
    """Print two numbers, with as many digits as it takes to tell them apart."""
    shown = show(mine), show(theirs)
    for digits in range(5, 18):
        if shown[0] != shown[1]:
            break
        shown = f"{mine.item():.{digits}g}", f"{theirs.item():.{digits}g}"
    return shown


def _container_fault(got: Any, expected: tuple[Any, ...] | dict[str, Any]) -> str:
    kind: type[Any] = dict if isinstance(expected, dict) else tuple
    all_tensors = all(isinstance(part, Tensor) for part in parts(expected))
    due = how_many(len(expected), "tensor" if all_tensors else "item")
    if not isinstance(got, (tuple, dict)) or not isinstance(got, kind):
        return f"it returned {describe(got)}, expected a {kind.__name__} of {due}"
    if len(got) != len(expected):
        return f"it returned {how_many(len(got), 'item')}, expected {len(expected)}"
    if isinstance(expected, dict) and set(got) != set(expected):
        keys = some_of([str(key)[:100] for key in got])
        return f"its keys are {keys}, expected {', '.join(expected)}"
    for part in paired(got, expected):
        fault = kind_fault(part.got, part.expected)
        if fault:
            return f"{part.name} of what it returned: {fault.removeprefix('it returned ')}"
    return ""


def _shape(tensor: Tensor) -> str:
    """Write a shape in numbers, unless there are more of them than a message has room for."""
    if tensor.dim() > MAX_DIMENSIONS:
        return f"({tensor.dim()} dimensions)"
    return str(tuple(tensor.shape))


def _kind(expected: Any) -> str:
    if isinstance(expected, str):
        return "a word"
    if expected is None:
        return "None"
    name = type(expected).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _tensors(got: Any, expected: Any) -> list[tuple[Tensor, Tensor]]:
    return [pair for pair in leaves(got, expected) if isinstance(pair[1], Tensor)]


def _tolerance(expected: Any) -> float:
    if isinstance(expected, float):
        return RELATIVE_TOLERANCE[torch.float64]
    return RELATIVE_TOLERANCE.get(expected.dtype, 0.0) if isinstance(expected, Tensor) else 0.0


def _error(got: Any, expected: Any) -> float:
    if isinstance(expected, float):
        return _tensor_error(torch.tensor(float(got)), torch.tensor(expected))
    if not isinstance(expected, Tensor):
        return 0.0 if got == expected else float("inf")
    return _tensor_error(got, expected)


def _tensor_error(got: Tensor, expected: Tensor) -> float:
    # The same method on the same machine gives the same bits.
    if got.dtype == expected.dtype and torch.equal(got, expected):
        return 0.0
    exact = expected.detach().to(torch.complex128 if expected.is_complex() else torch.float64)
    difference = got.detach().to(exact.dtype) - exact
    # Not by the norm: the squares of very small numbers are zero.
    if not bool(difference.any()):
        return 0.0
    size = _norm(exact)
    error = _norm(difference) / size if size > 0 else float("inf")
    return error if error == error else float("inf")


def _norm(numbers: Tensor) -> float:
    """Take the norm, also of numbers whose squares float64 cannot hold."""
    found = float(torch.linalg.vector_norm(numbers))
    if 0.0 < found < float("inf"):
        return found
    largest = float(numbers.abs().max())
    if not 0.0 < largest < float("inf"):
        return largest
    return largest * float(torch.linalg.vector_norm(numbers / largest))


def _numbers(tensor: Tensor) -> str:
    if not tensor.is_floating_point():
        return str(tensor.tolist())
    return _short(tensor.detach().double().tolist())


def _short(numbers: Any) -> str:
    """Write numbers, nested in lists or not, to four significant digits."""
    if isinstance(numbers, list):
        return "[" + ", ".join(_short(number) for number in numbers) + "]"
    text = f"{numbers:.4g}"
    return "0" if text == "-0" else text
