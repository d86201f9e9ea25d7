"""Sizes that are symbols, and sympy for them, imported where a size is one.

torch's derivatives ask of every size and every comparison of sizes whether it is a symbol, as it is
where a function is traced for any size. The module that tells imports sympy: 480 modules, a fifth
as long as torch itself. Of plain numbers the answer is known; but torch is told it sooner by its
own module, so that whoever judges more than once had better have that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import torch

from graders.sandbox.absent import Absent, bring, put_off

SYMBOLIC_SHAPES = "torch.fx.experimental.symbolic_shapes"
SYMPY = "sympy"
# Imports sympy anew for each question; whoever keeps it must have the real one.
_ASKS_FOR_A_CLASS = "torch._prims_common"
_SIZES = {tuple, list, torch.Size}


def import_symbols_late() -> None:
    """Put off the import of symbolic sizes and sympy in this process, where that is to come."""
    put_off(SYMBOLIC_SHAPES, _NoSymbols)
    put_off(SYMPY, _NoSympy)


def import_symbols() -> None:
    """Import symbolic sizes, and sympy with them."""
    bring(SYMBOLIC_SHAPES)


def _all_are(kind: type, values: Iterable[object]) -> bool:
    return all(type(value) is kind for value in values)


class _NoSymbols(Absent):
    """Answers what torch asks of plain numbers; the methods are torch's functions, by their names.

    What each of them does there is found in the module itself.
    """

    def give_way(self) -> ModuleType:
        """Put the real module where this one stands, and have it find the real sympy."""
        bring(SYMPY)
        return super().give_way()

    def expect_true(self, a: Any, skip: int = 0) -> Any:
        return a if type(a) is bool else self.give_way().expect_true(a, skip)

    def guard_or_false(self, a: Any) -> Any:
        return a if type(a) is bool else self.give_way().guard_or_false(a)

    def guard_or_true(self, a: Any) -> Any:
        return a if type(a) is bool else self.give_way().guard_or_true(a)

    def guard_size_oblivious(self, expr: Any) -> Any:
        return expr if type(expr) is bool else self.give_way().guard_size_oblivious(expr)

    def statically_known_true(self, x: Any) -> Any:
        return x if type(x) is bool else self.give_way().statically_known_true(x)

    def sym_and(self, x: Any, *others: Any) -> Any:
        flags = (x, *others)
        return all(flags) if _all_are(bool, flags) else self.give_way().sym_and(*flags)

    def sym_or(self, x: Any, *others: Any) -> Any:
        flags = (x, *others)
        return any(flags) if _all_are(bool, flags) else self.give_way().sym_or(*flags)

    def sym_eq(self, x: Any, y: Any) -> Any:
        are_sizes = {type(x), type(y)} <= _SIZES and _all_are(int, (*x, *y))
        return tuple(x) == tuple(y) if are_sizes else self.give_way().sym_eq(x, y)

    def guard_int(self, a: Any) -> Any:
        return a if type(a) is int else self.give_way().guard_int(a)

    def guarding_hint_or_throw(self, a: Any) -> Any:
        return a if type(a) is int else self.give_way().guarding_hint_or_throw(a)

    def has_guarding_hint(self, a: Any) -> Any:
        return type(a) is int or self.give_way().has_guarding_hint(a)

    def is_nested_int(self, s: Any) -> Any:
        return type(s) is not int and self.give_way().is_nested_int(s)

    def free_unbacked_symbols(self, x: Any) -> Any:
        is_strided = type(x) is torch.Tensor and x.layout is torch.strided
        if is_strided and _all_are(int, (*x.shape, *x.stride())):
            return frozenset()
        return self.give_way().free_unbacked_symbols(x)


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
