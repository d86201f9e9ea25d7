"""The launcher for the isolation asked for."""

from __future__ import annotations

import socket
import sys

from graders.judge.processes import Isolation, Launcher
from graders.judge.spawner import Spawner
from graders.judge.zygotes import Zygote

_lent: socket.socket | None = None


def make_launcher(isolation: Isolation | None = None, *, ahead: bool = True) -> Launcher:
    """Make the launcher for the isolation asked for, by default the best this system has.

    `ahead` makes the next worker ready on another processor; see `Zygote`.
    """
    if _isolation(isolation) == "confined":
        return Zygote(ahead=ahead, mother=_lent)
    return Spawner()


def zygote_to_lend(isolation: Isolation | None = None) -> Zygote | None:
    """Make the zygote that a pool's processes have in common; None where they need none."""
    return Zygote() if _isolation(isolation) == "confined" else None


def borrow(mother: socket.socket | None) -> None:
    """Fork this process's zygotes from one that was lent (`Zygote.lend`), from now on."""
    global _lent
    _lent = mother


def _isolation(wanted: Isolation | None) -> Isolation:
    return wanted or ("confined" if sys.platform == "linux" else "process")
