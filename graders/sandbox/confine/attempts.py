"""Make an attempt to break out: plant canaries, fork, confine, let it try, and see how it ends.

A layer that was never attacked is only a hope. `dojo doctor` makes the attempts of `ways_out` on
the machine at hand, and the tests make them with layers taken away to see which one stops what.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graders.sandbox import layers as names
from graders.sandbox.confine import confine, fork
from graders.sandbox.confine.apart import user_of_its_own
from graders.sandbox.layers import Layer, Policy

MEMORY_BYTES = 64 * 2**20
CPU_SECONDS = 1
_DEADLINE_SECONDS = 20.0


class SucceededError(Exception):
    """The attempt went through; the text says what it got."""


@dataclass(frozen=True)
class Stage:
    """What is planted: canary files, listeners, a variable, an open descriptor, and the parent."""

    folder: Path
    port: int
    abstract: str
    parent: int
    descriptor: int

    @property
    def canary(self) -> Path:
        """A file that every user of the machine could read and write."""
        return self.folder / "canary.txt"

    @property
    def spare(self) -> Path:
        """A file to be deleted."""
        return self.folder / "spare.txt"


@dataclass(frozen=True)
class Attempt:
    """One way out, and the layers that each stop it by themselves."""

    name: str
    what: str
    layers: tuple[str, ...]
    run: Callable[[Stage], object] = lambda _planted: None


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: stopped or not, by what answer, and under which layers."""

    stopped: bool
    how: str
    layers: tuple[Layer, ...]


@contextmanager
def stage() -> Iterator[Stage]:
    """Plant the canaries in a folder that is open to all, and take them away afterwards."""
    previous = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="canaries-") as name, socket.socket() as tcp:
        folder = Path(name)
        folder.chmod(0o777)
        canary = folder / "canary.txt"
        canary.write_text("canary")
        canary.chmod(0o666)
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        # Through /proc as it is mounted here: the number that an intruder would have to use.
        parent = int(os.readlink("/proc/self"))
        abstract = f"\0canary-{parent}"
        with socket.socket(socket.AF_UNIX) as unix, canary.open() as held:
            unix.bind(abstract)
            unix.listen()
            os.environ["CANARY"] = "canary"
            yield Stage(folder, tcp.getsockname()[1], abstract, parent, held.fileno())
    os.environ.pop("CANARY", None)
    signal.signal(signal.SIGUSR1, previous)


def default_policy(without: frozenset[str] = frozenset()) -> Policy:
    """Give the policy that attempts are made under: the interpreter to read, nothing to write."""
    prefixes = tuple({Path(sys.prefix), Path(sys.base_prefix)})
    return Policy(
        readable=prefixes,
        memory_bytes=MEMORY_BYTES,
        cpu_seconds=CPU_SECONDS,
        user=user_of_its_own(),
        without=without,
    )


def make(attempt: Attempt, planted: Stage, policy: Policy) -> Outcome:
    """Fork, confine the child, let it try, and tell how that ended."""
    planted.spare.touch()
    reading, writing = os.pipe()
    child = os.fork() if names.PID_NAMESPACE in policy.without else fork()
    if child == 0:
        try:
            _try(attempt, planted, replace(policy, keep_fds=(writing,)), writing)
        finally:
            os._exit(1)
    os.close(writing)
    deadline = time.monotonic() + _DEADLINE_SECONDS
    said = _read_all(reading, deadline)
    os.close(reading)
    return _outcome(said, _wait(child, deadline))


def _try(attempt: Attempt, planted: Stage, policy: Policy, writing: int) -> None:
    for layer in confine(policy):
        os.write(writing, f"{layer.name}\t{int(layer.active)}\t{layer.why}\n".encode())
    try:
        attempt.run(planted)
        answer = "passed\twent through"
    except SucceededError as success:
        answer = f"passed\t{success}"
    except (OSError, MemoryError) as error:
        answer = f"stopped\t{type(error).__name__}: {error}"
    os.write(writing, answer.encode())
    os._exit(0)


def _read_all(reading: int, deadline: float) -> str:
    said = b""
    poll = select.poll()
    poll.register(reading)
    while (left := deadline - time.monotonic()) > 0 and poll.poll(1000 * left):
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        said += chunk
    return said.decode()


def _wait(child: int, deadline: float) -> int:
    # Another program in its place closes the pipe before it ends: wait before killing.
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _outcome(said: str, status: int) -> Outcome:
    *lines, answer = said.split("\n")
    rows = [line.split("\t") for line in lines]
    layers = tuple(Layer(name, active == "1", why) for name, active, why in rows)
    if answer:
        verdict, how = answer.split("\t", 1)
        return Outcome(verdict == "stopped", how, layers)
    # No answer: killed by a limit, or replaced by another program that ended well.
    if status < 0:
        return Outcome(True, f"killed by {signal.Signals(-status).name}", layers)
    return Outcome(False, f"ended with status {status} and no answer", layers)
