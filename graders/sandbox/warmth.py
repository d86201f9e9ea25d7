"""How much has been imported where workers are forked, and what a worker does who lacks more.

Importing everything takes as long as torch itself. Whoever waits for a first verdict gets a worker
with torch and what every answer needs, while the rest is imported for the next one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib.abc import MetaPathFinder
from typing import Any

MORE_NEEDED = 83
"""The exit status of a worker whose student code asked for what a warmer one has.

Student code can leave with it, too, and gains a warmer worker by that, until there is none.
"""


class Warmth(IntEnum):
    """What is there; each has all that those before it have.

    ROUTINES: torch, and each differentiation routine was called: 500 modules are imported by that.
    LIKELY: what student code is likely to import.
    COMPILER: torch's compiler.
    """

    ROUTINES = 0
    LIKELY = 1
    COMPILER = 2

    @property
    def next(self) -> Warmth:
        """Give the one to go on to without being asked; the compiler takes too long for that."""
        return Warmth(self + 1) if self < Warmth.LIKELY else self


def leave_where_more_is_needed(warmth: Warmth) -> None:
    """Have this process end, with a status of its own, at what is there from a later warmth on.

    Confined, it could not import it by itself: an import may make sure of folders, and may have to
    read what cannot be read there.
    """
    if warmth < Warmth.LIKELY:
        sys.meta_path.insert(0, _Exit(None))
    elif warmth < Warmth.COMPILER:
        sys.meta_path.insert(0, _Exit(frozenset(("torch._dynamo", "torch._inductor"))))


class _Exit(MetaPathFinder):
    """Finds nothing; ends the process at an import of certain modules, or of any."""

    def __init__(self, at: frozenset[str] | None) -> None:
        self._at = at

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> None:
        if self._at is None or fullname in self._at:
            os._exit(MORE_NEEDED)
