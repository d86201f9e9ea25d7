"""The names of problems and of what a call hands over: data alone, read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True)
class Arguments:
    """Which values of a problem a call hands over.

    `names` are positional. `keywords` go by their name, and only where the problem has such a
    value: what it leaves out is the function's own default.
    """

    names: tuple[str, ...]
    keywords: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """List every name, positional ones first."""
        return (*self.names, *self.keywords)

    def given(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """List the names of all that a problem with these values hands over, in order."""
        return (*self.names, *(name for name in self.keywords if name in values))
