"""Whether student code is shut off here from solutions, graders and results: tried, not believed.

A container of Gradescope's forbids new namespaces, as containers do, and may forbid more. The
layers that are left cover for those (see docs/security.md), and what they keep out is tried by the
road that a submission takes: a cell of ours, run by a worker.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.course import Topic
from graders.course.submission import Cell, Submission
from graders.judge import judgement
from graders.judge.session import Session
from graders.sandbox.answers import Raised
from graders.sandbox.layers import missing
from graders.sandbox.processes import GraderFaultError
from graders.sandbox.student import Student

_NOTHING = "nothing is within reach"
_PROBE = """
import os as _os, socket as _socket
within_reach = []
for name, path, flags in {files!r}:
    try:
        _os.close(_os.open(path, flags, 0o600))
    except OSError:
        continue
    within_reach.append(name)
try:
    _os.kill({judge}, 0)
    within_reach.append("the process that judges")
except OSError:
    pass
try:
    with _socket.create_connection(("127.0.0.1", {port}), timeout=2):
        within_reach.append("the network")
except OSError:
    pass
raise RuntimeError(", ".join(within_reach) or {nothing!r})
"""


class WithinReachError(GraderFaultError):
    """Student code could reach here what decides on its points."""


@dataclass(frozen=True)
class Protection:
    """What was proved, for whoever graded: the layers that are not in force, a sentence each."""

    missing: tuple[str, ...]


def require_shut_off(session: Session, topic: Topic, results: Path) -> Protection:
    """Raise WithinReachError unless a worker is kept from all that would let it gain points."""
    probe = results / ".within-reach"
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = _PROBE.format(
            files=list(_files(topic, probe)),
            judge=os.getpid(),
            port=server.getsockname()[1],
            nothing=_NOTHING,
        )
        student = Student(Submission(topic, (Cell("probe", code),)), session.launcher, seed=0)
        try:
            student.start()
        finally:
            student.close()
            probe.unlink(missing_ok=True)
    found = student.cell_faults.get(0)
    if not isinstance(found, Raised) or found.message != _NOTHING:
        what = found.message if isinstance(found, Raised) else "whatever ended the trial"
        layers = "; ".join(_not_in_force(student))
        raise WithinReachError(
            f"student code could reach {what} here, so nothing of it was run; not in force: "
            f"{layers or 'nothing that is known'}"
        )
    return Protection(tuple(_not_in_force(student)))


def _files(topic: Topic, probe: Path) -> Iterator[tuple[str, str, int]]:
    """Name what no student code may open, and how."""
    yield "the solutions", str(topic.solution), os.O_RDONLY
    yield "the instructor's notebooks", str(topic.source), os.O_RDONLY
    yield "the hidden tests", str(topic.test_file), os.O_RDONLY
    yield "the graders", str(judgement.__file__), os.O_WRONLY
    yield "the results", str(probe), os.O_WRONLY | os.O_CREAT
    yield "the memory of the process that judges", f"/proc/{os.getpid()}/mem", os.O_RDONLY


def _not_in_force(student: Student) -> Iterator[str]:
    for layer in missing(student.layers):
        yield f"{layer.name} ({layer.why})"
