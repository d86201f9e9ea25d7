"""Problems: named functions with parameters and a seed, built alike by the judge and the worker."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

Scalar = int | float | str | bool


@dataclass(frozen=True)
class Spec:
    """Names a problem. This, and never a callable, is what crosses to the worker.

    `core` problems are the ones whose values must be right before cost is looked at.
    """

    name: str
    parameters: tuple[tuple[str, Scalar], ...] = ()
    dtype: str = "float64"
    core: bool = field(default=True, compare=False)

    def __str__(self) -> str:
        """Give a short name that is unique within a task and fit for a test id."""
        parts = [f"{key}={value}" for key, value in self.parameters]
        if self.dtype != "float64":
            parts.append(self.dtype)
        return f"{self.name}({', '.join(parts)})" if parts else self.name


def spec(name: str, *, dtype: str = "float64", core: bool = True, **parameters: Scalar) -> Spec:
    """Make a `Spec`; keyword arguments are the parameters of the problem's builder."""
    return Spec(name, tuple(sorted(parameters.items())), dtype, core)


class Draw:
    """Draws the data of a problem, the same on both sides whatever dtype and device are asked for.

    Numbers are drawn on the CPU in float64 and then converted.
    """

    def __init__(self, key: str, dtype: torch.dtype, device: str) -> None:
        """Seed from the text `key`, so that no two problems share their numbers."""
        self.dtype = dtype
        self.device = device
        self._generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))

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

    def arguments(self, names: tuple[str, ...]) -> list[Any]:
        """Pick the values of a task's call, in order."""
        return [self.values[name] for name in names]


Builder = Callable[..., dict[str, Any]]
_BUILDERS: dict[str, tuple[str, Builder]] = {}


def problem(formula: str) -> Callable[[Builder], Builder]:
    """Register a builder `name(draw, **parameters) -> values` under its function name.

    `formula` is what a student reads in a message: "f(x, y) = (x², y³)".
    """

    def register(builder: Builder) -> Builder:
        name = builder.__name__
        if name in _BUILDERS:
            raise ValueError(f"two problems are called {name!r}")
        _BUILDERS[name] = (formula, builder)
        return builder

    return register


def build(which: Spec, *, seed: int = 0, device: str = "cpu") -> Problem:
    """Build the problem that `which` names; KeyError where there is none of that name."""
    formula, builder = _BUILDERS[which.name]
    draw = Draw(f"{which.name}|{which.parameters}|{seed}", getattr(torch, which.dtype), device)
    return Problem(which, formula, builder(draw, **dict(which.parameters)))
