"""Sizes that are symbols, and sympy for them, imported where a size is one.

torch's derivatives ask of every size and every comparison of sizes whether it is a symbol, as it is
where a function is traced for any size. The module that tells imports sympy: 480 modules, a fifth
as long as torch itself, and 30 MB in whoever forks workers. Of plain numbers the answer is known.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from graders.sandbox.absent import Absent, bring, is_absent, put_off

SYMBOLIC_SHAPES = "torch.fx.experimental.symbolic_shapes"
SYMPY = "sympy"
# Imports sympy anew for each question; whoever keeps it must have the real one.
_ASKS_FOR_A_CLASS = "torch._prims_common"


def import_symbols_late() -> None:
    """Put off the import of symbolic sizes and sympy in this process, where that is to come."""
    put_off(SYMBOLIC_SHAPES, _NoSymbols)
    put_off(SYMPY, _NoSympy)


def are_put_off() -> bool:
    """Whether both are still to be imported."""
    return is_absent(SYMBOLIC_SHAPES) and is_absent(SYMPY)


def import_symbols() -> None:
    """Import symbolic sizes, and sympy with them."""
    bring(SYMBOLIC_SHAPES)
    bring(SYMPY)


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _is_number(value: object) -> bool:
    return type(value) is int


def _is_size(value: object) -> bool:
    return type(value) in (tuple, list, torch.Size) and all(map(_is_number, value))  # type: ignore[call-overload]


def _is_strided(value: object) -> bool:
    return (
        type(value) is torch.Tensor
        and value.layout is torch.strided
        and _is_size(value.shape)
        and _is_size(value.stride())
    )


@dataclass(frozen=True)
class _Plain:
    """What torch's function says of as many arguments (None: any number) of a plain kind."""

    is_plain: Callable[[object], bool]
    answer: Callable[..., Any] = lambda value: value
    count: int | None = 1

    def covers(self, values: Sequence[object]) -> bool:
        fits = len(values) == self.count if self.count else bool(values)
        return fits and all(map(self.is_plain, values))


# By the names of torch's functions.
_PLAIN: Mapping[str, _Plain] = {
    "expect_true": _Plain(_is_flag),
    "guard_or_false": _Plain(_is_flag),
    "guard_or_true": _Plain(_is_flag),
    "guard_size_oblivious": _Plain(_is_flag),
    "statically_known_true": _Plain(_is_flag),
    "sym_and": _Plain(_is_flag, lambda *flags: all(flags), count=None),
    "sym_or": _Plain(_is_flag, lambda *flags: any(flags), count=None),
    "guard_int": _Plain(_is_number),
    "guarding_hint_or_throw": _Plain(_is_number),
    "has_guarding_hint": _Plain(_is_number, lambda _number: True),
    "is_nested_int": _Plain(_is_number, lambda _number: False),
    "sym_eq": _Plain(_is_size, lambda one, other: tuple(one) == tuple(other), count=2),
    "free_unbacked_symbols": _Plain(_is_strided, lambda _tensor: frozenset()),
}


class _NoSymbols(Absent):
    """Answers what torch asks of plain numbers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        for asked, plain in _PLAIN.items():
            setattr(self, asked, self._of_plain_numbers(asked, plain))

    def _of_plain_numbers(self, asked: str, plain: _Plain) -> Callable[..., Any]:
        def answer(*values: Any, **options: Any) -> Any:
            if not options and plain.covers(values):
                return plain.answer(*values)
            return getattr(self.give_way(), asked)(*values, **options)

        return answer


class _NoSympy(Absent):
    """Tells torch that what it has is no expression of sympy's, for there are none."""

    def __getattr__(self, name: str) -> Any:
        """Give what sympy has; to torch, where it only asks, a class of nothing."""
        asks = sys._getframe(1).f_globals.get("__name__")
        if name == "Basic" and asks == _ASKS_FOR_A_CLASS:
            return _Nothing
        return super().__getattr__(name)


class _Nothing:
    """What nothing is an instance of."""
