"""The session of a process that works for others: one of a pool, of a cluster, nbgrader's own.

Such a process is handed work by the name of a function or a class, so what it keeps warm has to be
found from there. Whoever starts the process may `settle` it first; everybody else has a session of
their own and hands it on.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from graders.judge.session import Session
from graders.sandbox.processes import Isolation


@dataclass
class _Process:
    """What this process is for: as many as there are processors, or alone."""

    mother: socket.socket | None = None
    is_one_of_many: bool = False
    sessions: dict[Isolation | None, Session] = field(default_factory=dict)


_process = _Process()


def settle(mother: socket.socket | None = None) -> None:
    """Make this process one of many: its zygotes are forks of `mother`, a zygote that was lent.

    As many processors are busy as there are processes: none is left to make workers ready ahead.
    """
    _process.mother = mother
    _process.is_one_of_many = True


def process_session(isolation: Isolation | None = None) -> Session:
    """Give this process's session for an isolation; it stays warm from one call to the next."""
    if isolation not in _process.sessions:
        _process.sessions[isolation] = Session(
            isolation, ahead=not _process.is_one_of_many, mother=_process.mother
        )
    return _process.sessions[isolation]
