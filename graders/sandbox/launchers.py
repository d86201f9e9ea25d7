"""The launcher for the isolation asked for."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from graders.limits import Limits
from graders.sandbox.processes import Isolation, Launcher
from graders.sandbox.spawner import Spawner
from graders.sandbox.warmth import Warmth

# What confines imports parts of Python that only Linux has, so it is imported where it is wanted.
if TYPE_CHECKING:
    from graders.sandbox.zygotes import Zygote


def make_launcher(
    isolation: Isolation | None = None,
    *,
    ahead: bool = True,
    mother: socket.socket | None = None,
    limits: Limits | None = None,
    warmth: Warmth = Warmth.LIKELY,
) -> Launcher:
    """Make the launcher for the isolation asked for, by default the best this system has.

    `ahead` makes the next worker ready on another processor; `mother` is a zygote that was lent,
    and `warmth` what the first worker has (see `Zygote`).
    """
    if _isolation(isolation) == "confined":
        from graders.sandbox.zygotes import Zygote

        return Zygote(ahead=ahead, mother=mother, limits=limits, warmth=warmth)
    return Spawner(limits=limits)


def zygote_to_lend(isolation: Isolation | None = None) -> Zygote | None:
    """Make the zygote that a pool's processes have in common; None where they need none."""
    if _isolation(isolation) != "confined":
        return None
    from graders.sandbox.zygotes import Zygote

    return Zygote()


def _isolation(wanted: Isolation | None) -> Isolation:
    return wanted or ("confined" if sys.platform == "linux" else "process")
