"""Zygotes of this process are forks of one that has imported torch, which takes seconds each time.

Nothing else is different: pools have theirs forked in the same way. A test of how one starts asks
for `started_from_nothing`; what a command line starts in a process of its own is never a fork.
"""

from __future__ import annotations

import atexit
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from graders.course import root
from graders.sandbox.processes import Course
from graders.sandbox.warmth import Warmth
from graders.sandbox.zygotes import Zygote

_start = Zygote.__init__
_OURS = Course.of(root())


@cache
def mother(warmth: Warmth = Warmth.LIKELY) -> socket.socket | None:
    """Lend this process's warm process; None where there is none to be forked."""
    if sys.platform != "linux":
        return None
    with started_from_nothing():
        zygote = Zygote(course=_OURS, warmth=warmth)
    atexit.register(zygote.close)
    return zygote.lend()


def fork_zygotes_from(mother: Callable[[Warmth], socket.socket | None]) -> None:
    """Have each zygote of this process begin as a twin of a mother's, if none was lent to it."""

    def start(zygote: Zygote, **options: Any) -> None:
        _start(zygote, **options)
        if zygote._mother is None:
            zygote._mother = mother(zygote._warmth)

    Zygote.__init__ = start  # type: ignore[method-assign]


@contextmanager
def started_from_nothing() -> Iterator[None]:
    """Have zygotes start as they do for a user."""
    as_here = Zygote.__init__
    Zygote.__init__ = _start  # type: ignore[method-assign]
    try:
        yield
    finally:
        Zygote.__init__ = as_here  # type: ignore[method-assign]
