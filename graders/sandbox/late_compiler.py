"""torch's compiler, imported where something needs it, and not by the first derivative.

`torch.func` and torch's decompositions import `torch._dynamo` (330 modules, two thirds as long as
torch itself) only to tell a compiler that compiles nothing to keep out of the way. Until it is
needed, a module stands in its place that takes note of that, and imports it for all else.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch

_NAME = "torch._dynamo"
# Where torch keeps what `disable` made of a function.
_KEPT = "__dynamo_disable"


def import_compiler_late() -> None:
    """Put off the import of `torch._dynamo` in this process, where it is not imported yet."""
    spec = None if _NAME in sys.modules else find_spec(_NAME)
    if spec is None:
        return
    absent = _Absent(_NAME)
    # Who looks through all modules, as `inspect` does, asks for no more than these.
    absent.__spec__, absent.__file__ = spec, spec.origin
    sys.modules[_NAME] = absent
    vars(torch)["_dynamo"] = absent


def is_put_off() -> bool:
    """Whether torch's compiler is still to be imported, as far as this module knows."""
    return isinstance(sys.modules.get(_NAME), _Absent)


def import_compiler() -> None:
    """Import torch's compiler, and what traces a function for it."""
    absent = sys.modules.get(_NAME)
    if isinstance(absent, _Absent):
        absent.give_way()
    # This and make_fx import a module that makes sure of a folder, as no worker can.
    x = torch.ones(2, dtype=torch.float64)
    torch.func.linearize(torch.tanh, x)[1](x)


class _Absent(ModuleType):
    """Answers what torch asks of its compiler before a derivative; imports it for all else."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.compiled_autograd = _AbsentAutograd(self)
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
        """Put the real module where this one stands."""
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
            vars(torch).pop("_dynamo", None)
            for fn in self._told:
                vars(fn).pop(_KEPT, None)
        return importlib.import_module(_NAME)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.give_way(), name)


class _AbsentAutograd:
    """`torch._dynamo.compiled_autograd`: there is none to be switched off."""

    def __init__(self, module: _Absent) -> None:
        self._module = module
        self._disable = nullcontext

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module.give_way().compiled_autograd, name)
