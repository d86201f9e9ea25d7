"""Start, watch and end worker processes, confined forks of a warm zygote or separate processes."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Isolation = Literal["confined", "process"]
PROBLEM_MODULES = ("graders.hidden.problems",)
START_SECONDS = 120.0
NOBODY = 65534

_PACKAGE_ROOT = str(Path(__file__).resolve().parent.parent.parent)
# One thread each, told before numpy and torch are imported: a thread pool does not survive a fork.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    # Huge pages, where glibc and the kernel have them: less to copy in a fork, fewer page faults.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


class GraderFaultError(Exception):
    """Judging failed for a reason that is not the student's; a person has to look."""


@dataclass(frozen=True)
class Limits:
    """What a worker may use. `without` takes layers of the confinement away, for tests."""

    memory_bytes: int = 1024 * 2**20
    cpu_seconds: int = 300
    without: frozenset[str] = frozenset()


class WorkerProcess(Protocol):
    """A running worker: a channel to it, and the means to end it."""

    channel: socket.socket

    def end(self) -> int | None:
        """Kill it if it still runs; its exit status (negative: the signal), None if unknown."""

    def dismiss(self) -> None:
        """Kill it, without waiting for what the system has to clear away after it."""


class Launcher(Protocol):
    """Starts workers of one kind."""

    isolation: Isolation

    def warm(self) -> None:
        """Begin what can be begun before a worker is wanted, without waiting for it."""

    def start(self, limits: Limits) -> WorkerProcess:
        """Start a fresh worker; GraderFaultError where that fails."""

    def close(self) -> None:
        """End everything that was started."""


def make_launcher(isolation: Isolation | None = None, *, ahead: bool = True) -> Launcher:
    """Make the launcher for the isolation asked for, by default the best this system has.

    `ahead` makes the next worker ready on another processor; see `Zygote`.
    """
    if isolation is None:
        isolation = "confined" if sys.platform == "linux" else "process"
    return Zygote(ahead=ahead) if isolation == "confined" else Spawner()


def _command(module: str, *arguments: str) -> list[str]:
    """Run a worker module in an isolated interpreter that finds this package and nothing else."""
    code = f"import sys; sys.path.insert(0, {_PACKAGE_ROOT!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-B", "-c", code, *arguments]


@dataclass
class _Fork:
    channel: socket.socket
    pid: int
    pidfd: int
    zygote: Zygote
    limits: Limits
    _status: int | None = field(default=None, init=False)

    def end(self) -> int | None:
        if self.pidfd < 0:
            return self._status
        self.channel.close()
        if not select.select([self.pidfd], [], [], 0.2)[0]:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self._status = self.zygote.reap(self.pid)
        self.forget()
        return self._status

    def dismiss(self) -> None:
        if self.pidfd >= 0:
            self.channel.close()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            self.zygote.leaving.append(self)

    def forget(self) -> None:
        """Let go of what this process holds of a worker that has ended."""
        os.close(self.pidfd)
        self.pidfd = -1


@dataclass
class _Order:
    """A worker that the zygote was asked for, and that may be there already."""

    limits: Limits
    channel: socket.socket
    worker: _Fork | None = None


class Zygote:
    """A warm process that forks a confined worker in milliseconds; started when first needed.

    While one worker is asked, the next is forked and confined, unless told not to work `ahead`.
    """

    isolation: Isolation = "confined"

    def __init__(self, *, ahead: bool = True) -> None:
        """Start nothing yet."""
        self._ahead = ahead
        self.leaving: list[_Fork] = []
        self._ordered: _Order | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def warm(self) -> None:
        """Start the zygote without waiting for it, so that it warms up while the caller works."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            ours, theirs = socket.socketpair()
            command = _command(
                "graders.judge.worker.zygote", str(theirs.fileno()), *PROBLEM_MODULES
            )
            # matplotlib, IPython and torch leave folders behind; killed, it cannot clear them away.
            self._folder = tempfile.mkdtemp(prefix="dojo-")
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**_ENVIRONMENT, "TMPDIR": self._folder},
                cwd="/",
                start_new_session=True,
            )
            theirs.close()
            self._control = ours
            self._is_warm = False
            weakref.finalize(self, _end_zygote, self._process, self._folder)

    def start(self, limits: Limits) -> _Fork:
        """Fork a worker; if the zygote dies, warm or still warming up, try a fresh one, once."""
        try:
            return self._fork(limits)
        except (OSError, ValueError):
            self.close()
        try:
            return self._fork(limits)
        except (OSError, ValueError) as error:
            raise GraderFaultError(f"the warm process could not give a worker: {error}") from None

    def _fork(self, limits: Limits) -> _Fork:
        """Hand out the worker that was made ready meanwhile, and order the next one."""
        self.warm()
        self._wait_until_warm()
        # The latest may still be on its way out, which takes as long as the fork did.
        while len(self.leaving) > 1:
            self.leaving.pop(0).end()
        worker = self._delivered()
        if worker is not None and worker.limits != limits:
            worker.end()
            worker = None
        if worker is None:
            self._order(limits)
            worker = self._delivered()
            assert worker is not None
        self._ordered = None
        if self._ahead:
            # If the zygote has just died, the worker in hand will tell.
            with contextlib.suppress(OSError):
                self._order(limits)
        return worker

    def _order(self, limits: Limits) -> None:
        """Ask for a worker without waiting for it."""
        if self._control is None:
            # Found dead, and closed, while the last workers were cleared away.
            raise ConnectionError("the warm process has ended")
        ours, theirs = socket.socketpair()
        request = {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "user": NOBODY if hasattr(os, "geteuid") and os.geteuid() == 0 else None,
            "without": sorted(limits.without),
        }
        message = json.dumps({"fork": request}).encode() + b"\n"
        try:
            socket.send_fds(self._control, [message], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._ordered = _Order(limits, ours)

    def _delivered(self) -> _Fork | None:
        """Wait for the worker that was ordered, if one was; the zygote answers in turn."""
        order = self._ordered
        if order is not None and order.worker is None:
            assert self._control is not None
            reply, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
            if not reply or not descriptors:
                raise ConnectionError("the warm process has ended")
            pid = json.loads(reply)["pid"]
            order.worker = _Fork(order.channel, pid, descriptors[0], self, order.limits)
        return order.worker if order is not None else None

    def _wait_until_warm(self) -> None:
        assert self._control is not None and self._process is not None
        if self._is_warm:
            return
        self._control.settimeout(START_SECONDS)
        try:
            line = self._control.recv(4096)
        except OSError:
            line = b""
        if not line:
            raise ConnectionError(f"it did not start: {self._last_words()}")
        self._is_warm = True

    def _last_words(self) -> str:
        assert self._process is not None
        self._process.kill()
        _, errors = self._process.communicate()
        lines = errors.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def reap(self, pid: int) -> int | None:
        """Wait for an ended worker; None where the zygote is gone and cannot tell."""
        if self._control is None:
            return None
        try:
            self._delivered()
            self._control.sendall(json.dumps({"reap": pid}).encode() + b"\n")
            reply = self._control.recv(4096)
            status = json.loads(reply)["status"] if reply else None
        except (OSError, ValueError):
            status = None
        if status is None:
            self.close()
        return status

    def close(self) -> None:
        """End the zygote; its workers end with it."""
        while self.leaving:
            self.leaving.pop().forget()
        order, self._ordered = self._ordered, None
        if order is not None:
            order.channel.close()
            if order.worker is not None:
                order.worker.forget()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            _end_zygote(self._process, self._folder)
            self._process = None


def _end_zygote(process: subprocess.Popen[bytes], folder: str) -> None:
    _end_process(process)
    shutil.rmtree(folder, ignore_errors=True)


def _end_process(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


@dataclass
class _Spawned:
    channel: socket.socket
    process: subprocess.Popen[bytes]

    def end(self) -> int | None:
        self.channel.close()
        try:
            return self.process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            self.dismiss()
            return self.process.returncode

    def dismiss(self) -> None:
        self.channel.close()
        _end_process(self.process)


class Spawner:
    """Starts each worker as a separate interpreter: works everywhere, confines nothing."""

    isolation: Isolation = "process"

    def warm(self) -> None:
        """Each worker starts from nothing here."""

    def start(self, limits: Limits) -> _Spawned:
        """Start an interpreter and wait until it has connected back."""
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START_SECONDS)
            port = str(server.getsockname()[1])
            command = _command(
                "graders.judge.worker.spawned", port, str(limits.memory_bytes), *PROBLEM_MODULES
            )
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**_ENVIRONMENT, **_windows_needs()},
            )
            assert process.stdin is not None
            process.stdin.write(token.encode() + b"\n")
            process.stdin.close()
            try:
                return _Spawned(_accept(server, token), process)
            except OSError as error:
                _end_process(process)
                raise GraderFaultError(f"the worker process did not start: {error}") from None

    def close(self) -> None:
        """Nothing outlives a submission here."""


def _windows_needs() -> dict[str, str]:
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}


def _accept(server: socket.socket, token: str) -> socket.socket:
    """Accept the connection that knows the token and turn away any other."""
    while True:
        channel, _ = server.accept()
        channel.settimeout(5)
        said = b""
        while len(said) < len(token):
            chunk = channel.recv(len(token) - len(said))
            if not chunk:
                break
            said += chunk
        if secrets.compare_digest(said.decode(errors="replace"), token):
            return channel
        channel.close()
