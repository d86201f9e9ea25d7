"""Problems: named functions with parameters and a seed, built alike by the judge and the worker."""

from __future__ import annotations

import importlib
import pkgutil
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from inspect import signature
from types import ModuleType
from typing import Any, TypeVar

import torch
from torch import Tensor

from graders.sandbox.drivers import OF_ALL
from graders.sandbox.spec import Spec, spec

_Found = TypeVar("_Found")

__all__ = ["Draw", "Problem", "Problems", "Spec", "driver", "problem", "spec"]


class Draw:
    """Draws the data of a problem, the same on both sides whatever dtype and device are asked for.

    Numbers are drawn on the CPU in float64 and then converted.
    """

    def __init__(self, key: str, dtype: torch.dtype, device: str) -> None:
        """Seed from the text `key`, so that no two problems share their numbers."""
        self.dtype = dtype
        self.device = device
        self._generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))

    @property
    def unconverted(self) -> Draw:
        """Draw on as it does, in float64 on the CPU: for what is computed before it is handed over.

        On a device without memory nothing can be computed, and the problem has to be made there.
        """
        plain = copy(self)
        plain.dtype, plain.device = torch.float64, "cpu"
        return plain

    def normal(self, *shape: int) -> Tensor:
        """Draw standard normal numbers of the given shape."""
        return self._convert(torch.randn(shape, generator=self._generator, dtype=torch.float64))

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw numbers uniform in [low, high)."""
        unit = torch.rand(shape, generator=self._generator, dtype=torch.float64)
        return self._convert(low + (high - low) * unit)

    def ripples(self, rows: int, columns: int) -> Tensor:
        """Make a large matrix of about unit variance at the cost of drawing two vectors.

        Its entries are √2 sin(aᵢ bⱼ), of any rank and without symmetry.
        """
        left, right = self.normal(rows), self.normal(columns)
        return torch.outer(20.0 * left, right).sin_().mul_(2**0.5)

    def tensor(self, values: Any) -> Tensor:
        """Take given numbers in the problem's dtype and device."""
        return self._convert(torch.tensor(values, dtype=torch.float64))

    def _convert(self, numbers: Tensor) -> Tensor:
        return numbers.to(dtype=self.dtype, device=self.device)


@dataclass(frozen=True)
class Problem:
    """A built problem: its formula in words, and named values to take arguments from."""

    spec: Spec
    formula: str
    values: Mapping[str, Any]
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, of: Callable[[Problem], _Found]) -> _Found:
        """Give what a function makes of this problem, which it is asked for once."""
        if of not in self._known:
            self._known[of] = of(self)
        found: _Found = self._known[of]
        return found

    def arguments(self, names: tuple[str, ...]) -> list[Any]:
        """Pick the values of a task's call, in order."""
        return [self.values[name] for name in names]


Builder = Callable[..., dict[str, Any]]
Driver = Callable[..., Any]
_FORMULA = "_formula_of_a_problem"
_PLACE = re.compile(r"\{(\w+):?([\^±∓]?)\}")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_IS_DRIVER = "_is_a_driver"


def problem(formula: str) -> Callable[[Builder], Builder]:
    """Mark a builder `name(draw, **parameters) -> values` as a problem of its function's name.

    `formula` is what a student reads in a message: "f(x, y) = (x², y³)". A parameter's name in
    braces stands for its value: "{n} numbers"; "10{power:^}" raises it, "{sign:±}" and "{sign:∓}"
    give its sign, or the other one.
    """

    def register(builder: Builder) -> Builder:
        setattr(builder, _FORMULA, formula)
        return builder

    return register


def driver(function: Driver) -> Driver:
    """Mark `name(function, *arguments)` as trusted code that runs round a student's function.

    It asks for more than the value of one call: it differentiates through the result, calls twice
    on the same graph, counts. It holds no expected value, for it runs where student code runs.
    """
    setattr(function, _IS_DRIVER, True)
    return function


class Problems:
    """The problems and drivers of one topic, by name."""

    def __init__(self, module: ModuleType) -> None:
        """Collect what is marked in a module, or in the modules of a package."""
        self._builders: dict[str, Builder] = {}
        self._drivers: dict[str, Driver] = {}
        for value in (value for part in _modules(module) for value in vars(part).values()):
            if hasattr(value, _FORMULA):
                self._add(self._builders, value)
            elif hasattr(value, _IS_DRIVER):
                self._add(self._drivers, value)

    def build(self, which: Spec, *, seed: int = 0, device: str = "cpu") -> Problem:
        """Build the problem that `which` names; KeyError where there is none of that name."""
        builder = self._builders[which.name]
        draw = Draw(f"{which.name}|{which.parameters}|{seed}", getattr(torch, which.dtype), device)
        values = builder(draw, **dict(which.parameters))
        return Problem(which, _filled_in(builder, which), values)

    def driver(self, name: str) -> Driver:
        """Find a driver, the topic's or one of all; KeyError where there is none of that name."""
        return self._drivers.get(name) or OF_ALL[name]

    def __contains__(self, which: Spec) -> bool:
        """Whether there is a problem of that name."""
        return which.name in self._builders

    @staticmethod
    def _add(place: dict[str, Any], function: Callable[..., Any]) -> None:
        name = function.__name__
        if place.setdefault(name, function) is not function:
            raise ValueError(f"two problems or drivers of one topic are called {name!r}")


def _filled_in(builder: Builder, which: Spec) -> str:
    """Write a formula with the values of its parameters, also of those left at their default."""
    formula: str = getattr(builder, _FORMULA)
    if "{" not in formula:
        return formula
    given = dict(which.parameters)
    usual = {name: one.default for name, one in signature(builder).parameters.items()}
    return _PLACE.sub(lambda found: _shown((usual | given)[found[1]], found[2]), formula)


def _shown(value: Any, how: str) -> str:
    if how == "^":
        return str(value).translate(_RAISED)
    if how in ("±", "∓"):
        return "+" if (value > 0) == (how == "±") else "-"
    return f"{value:,}" if type(value) is int else f"{value:g}"


def _modules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield importlib.import_module(f"{module.__name__}.{found.name}")
