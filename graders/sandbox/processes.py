"""What starts, watches and ends worker processes has in common, whatever kind they are."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from graders.course import Topic, root, topics
from graders.course.parts import part_name
from graders.course.submission import Cell
from graders.course.topics import hidden_folder
from graders.limits import Limits

Isolation = Literal["confined", "process"]

_PACKAGE_ROOT = str(Path(__file__).resolve().parent.parent.parent)
# Told before numpy and torch are imported. A thread pool does not survive a fork; with a device in
# sight, autograd starts threads of its own.
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"), ""),
}
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    # There is one: while it warms up, torch makes sure of a folder, and would leave its own behind.
    "TORCHINDUCTOR_CACHE_DIR": "/",
    # Huge pages, where glibc and the kernel have them: less to copy in a fork, fewer page faults.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    **ONE_THREAD,
}


MAX_CONTROL_BYTES = 65536
"""The longest order that a warm process reads in one piece."""

KILLED = getattr(signal, "SIGKILL", 9)
"""The signal that no process survives; Windows has no name for it."""


class GraderFaultError(Exception):
    """Judging failed for a reason that is not the student's; a person has to look."""


@dataclass(frozen=True)
class Course:
    """The course that a launcher's workers are to know: its hidden folder and its topics."""

    hidden: Path
    topics: tuple[tuple[str, str], ...]

    @classmethod
    def here(cls) -> Course:
        """Give the course that is found from the current folder."""
        return cls.of(root())

    @classmethod
    def of(cls, folder: Path) -> Course:
        """Give the course in a folder, with each topic's path and module of problems."""
        found = tuple(
            (one.path, part_name(one, "problems")) for one in filter(_has_problems, topics(folder))
        )
        return cls(hidden_folder(folder), found)

    def as_arguments(self) -> list[str]:
        """Write it for the command line of a worker's process."""
        return [str(self.hidden), *(part for topic in self.topics for part in topic)]


def _has_problems(topic: Topic) -> bool:
    return (topic.hidden / "problems.py").is_file() or (topic.hidden / "problems").is_dir()


@dataclass(frozen=True)
class End:
    """How a worker came to its end.

    Attributes:
        status: its exit status, a negative number for a signal; None where nobody can tell.
        by_judge: whether it still ran and was killed here. It is not known by the signal: a kill
            by somebody else has the same.
        cpu_seconds: the processor time that it used in all; 0 where it is not measured.

    """

    status: int | None
    by_judge: bool = False
    cpu_seconds: float = 0.0

    @property
    def from_outside(self) -> bool:
        """Whether somebody else ended it, as far as can be told."""
        return not self.by_judge and self.status in (None, -KILLED)


class WorkerProcess(Protocol):
    """A running worker: a channel to it, and the means to end it."""

    channel: socket.socket

    def end(self) -> End:
        """Kill it if it still runs, and say how it ended."""

    def dismiss(self) -> None:
        """Kill it, without waiting for what the system has to clear away after it."""


class Launcher(Protocol):
    """Starts workers of one kind, within `limits` unless told otherwise."""

    isolation: Isolation
    limits: Limits

    def warm(self) -> None:
        """Begin what can be begun before a worker is wanted, without waiting for it."""

    def expect(self, ours: Sequence[Cell]) -> None:
        """Take note of cells of the course's own that workers are going to run."""

    def warm_up_more(self) -> bool:
        """Give workers more of what is imported late from now on; False where they had it all."""

    def start(self, limits: Limits) -> WorkerProcess:
        """Start a fresh worker; GraderFaultError where that fails."""

    def close(self) -> None:
        """End everything that was started."""


def worker_command(module: str, *arguments: str) -> list[str]:
    """Run a worker module in an isolated interpreter that finds this package and nothing else."""
    # While it imports there is no garbage to look for, and looking takes a tenth of the time.
    code = (
        "import gc, sys; gc.disable(); "
        f"sys.path.insert(0, {_PACKAGE_ROOT!r}); from {module} import main; main()"
    )
    return [sys.executable, "-I", "-B", "-c", code, *arguments]


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Kill a process if it still runs, and let go of it."""
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()
