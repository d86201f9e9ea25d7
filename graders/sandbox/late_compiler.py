"""torch's compiler, imported where something needs it, and not by the first derivative.

`torch.func` and torch's decompositions import `torch._dynamo` (330 modules, two thirds as long as
torch itself) only to tell a compiler that compiles nothing to keep out of the way. Until it is
needed, a module stands in its place that takes note of that, and imports it for all else.
"""

from __future__ import annotations

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import torch

from graders.sandbox.absent import Absent, bring, is_absent, put_off

_NAME = "torch._dynamo"
# Where torch keeps what `disable` made of a function.
_KEPT = "__dynamo_disable"


def import_compiler_late() -> None:
    """Put off the import of `torch._dynamo` in this process, where it is not imported yet."""
    put_off(_NAME, _NoCompiler)


def is_put_off() -> bool:
    """Whether torch's compiler is still to be imported, as far as this module knows."""
    return is_absent(_NAME)


def import_compiler() -> None:
    """Import torch's compiler, and what traces a function for it."""
    bring(_NAME)
    # This and make_fx import a module that makes sure of a folder, as no worker can.
    x = torch.ones(2, dtype=torch.float64)
    torch.func.linearize(torch.tanh, x)[1](x)


class _NoCompiler(Absent):
    """Answers what torch asks of its compiler before a derivative."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.compiled_autograd = _NoCompiledAutograd(self)
        self._told: list[Any] = []

    def disable(self, fn: Any = None, *options: Any, **others: Any) -> Any:
        """Leave a function of torch's own as it is: nothing is compiled."""
        if not str(getattr(fn, "__module__", "")).startswith("torch.") or others.keys() - {
            "wrapping"
        }:
            return self.give_way().disable(fn, *options, **others)
        self._told.append(fn)
        return fn

    def give_way(self) -> ModuleType:
        """Put the real module where this one stands, and have torch ask again what it asked."""
        while self._told:
            vars(self._told.pop()).pop(_KEPT, None)
        return super().give_way()


class _NoCompiledAutograd:
    """`torch._dynamo.compiled_autograd`: there is none to be switched off."""

    def __init__(self, module: _NoCompiler) -> None:
        self._module = module
        self._disable = nullcontext

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module.give_way().compiled_autograd, name)
