"""Attempts to break out, each harmless: they touch planted canaries and the process that waits.

A layer that was never attacked is only a hope. `dojo doctor` makes these attempts on the machine
at hand, and the tests make them with layers taken away to see which one stops what.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graders.sandbox.confine import Layer, Policy, confine, fork
from graders.sandbox.confine import layer as names
from graders.sandbox.confine.apart import user_of_its_own
from graders.sandbox.confine.system import CLONE_NEWUSER, unshare

MEMORY_BYTES = 64 * 2**20
CPU_SECONDS = 1
_PTRACE_SEIZE = 0x4206
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
    run: Callable[[Stage], object]


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
        user=user_of_its_own() if os.geteuid() == 0 else None,
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


def _read_outside(planted: Stage) -> None:
    raise SucceededError(planted.canary.read_text())


def _write_outside(planted: Stage) -> None:
    with planted.canary.open("a") as canary:
        canary.write("!")


def _delete_outside(planted: Stage) -> None:
    planted.spare.unlink()


def _connect(planted: Stage) -> None:
    with socket.socket() as tcp:
        tcp.settimeout(2)
        tcp.connect(("127.0.0.1", planted.port))


def _connect_abstract(planted: Stage) -> None:
    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(planted.abstract)


def _parent_number(planted: Stage) -> int:
    # 0 in a namespace of its own, where no number stands for the parent: try the outer one.
    return os.getppid() or planted.parent


def _signal_parent(planted: Stage) -> None:
    os.kill(_parent_number(planted), signal.SIGUSR1)


def _start_process(_planted: Stage) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _start_program(_planted: Stage) -> None:
    os.execv("/bin/true", ["true"])


def _trace_parent(planted: Stage) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_long(word) for word in (_PTRACE_SEIZE, _parent_number(planted), 0, 0)]
    if libc.ptrace(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _open_parent_memory(planted: Stage) -> None:
    os.close(os.open(f"/proc/{planted.parent}/mem", os.O_RDONLY))


def _take_memory(_planted: Stage) -> None:
    mmap.mmap(-1, 4 * MEMORY_BYTES).close()


def _spin(_planted: Stage) -> None:
    while time.process_time() < 3 * CPU_SECONDS:
        pass


def _read_environment(_planted: Stage) -> None:
    if "CANARY" in os.environ:
        raise SucceededError("the variable is still set")
    raise PermissionError("the variable is gone")


def _read_first_environment(_planted: Stage) -> None:
    Path("/proc/self/environ").read_bytes()


def _read_descriptor(planted: Stage) -> None:
    raise SucceededError(str(os.pread(planted.descriptor, 6, 0)))


def _set_limits(_planted: Stage) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS))
    except ValueError as error:
        raise PermissionError(str(error)) from None


def _new_namespace(_planted: Stage) -> None:
    unshare(CLONE_NEWUSER)


def _honest_work(_planted: Stage) -> None:
    """Run a thread, get random bytes, find itself alive."""
    thread = threading.Thread(target=os.urandom, args=(8,))
    thread.start()
    thread.join()
    os.kill(os.getpid(), 0)


def _read_library(_planted: Stage) -> None:
    Path(threading.__file__).read_bytes()


_FILES = (names.LANDLOCK_FILES,)
_TCP = (names.SECCOMP, names.LANDLOCK_NETWORK, names.NETWORK_NAMESPACE)
_ABSTRACT = (names.SECCOMP, names.LANDLOCK_SCOPE, names.NETWORK_NAMESPACE)
_SIGNAL = (names.SECCOMP, names.LANDLOCK_SCOPE, names.PID_NAMESPACE)
_TRACE = (names.SECCOMP, names.LANDLOCK_FILES, names.PID_NAMESPACE)

ATTEMPTS = (
    Attempt("read-file", "read a file outside", _FILES, _read_outside),
    Attempt("write-file", "write to a file outside", _FILES, _write_outside),
    Attempt("delete-file", "delete a file outside", _FILES, _delete_outside),
    Attempt("tcp", "connect to a listening TCP port", _TCP, _connect),
    Attempt("abstract-socket", "connect to an abstract socket", _ABSTRACT, _connect_abstract),
    Attempt("signal", "send a signal to its parent", _SIGNAL, _signal_parent),
    Attempt("fork", "start another process", (names.SECCOMP,), _start_process),
    Attempt("exec", "run a program", (names.SECCOMP, names.LANDLOCK_FILES), _start_program),
    Attempt("ptrace", "trace its parent", _TRACE, _trace_parent),
    Attempt("parent-memory", "open its parent's memory", _FILES, _open_parent_memory),
    Attempt("memory", "take more memory than it may", (names.MEMORY_LIMIT,), _take_memory),
    Attempt("cpu", "use more processor time than it may", (names.CPU_LIMIT,), _spin),
    Attempt("environment", "see the environment", (names.ENVIRONMENT,), _read_environment),
    Attempt("start", "see what the judge was started with", _FILES, _read_first_environment),
    Attempt("descriptor", "use an inherited file", (names.DESCRIPTORS,), _read_descriptor),
    Attempt("limits", "set its own limits", (names.SECCOMP,), _set_limits),
    Attempt("namespace", "make itself a user namespace", (names.SECCOMP,), _new_namespace),
)
# Not attacks: what must go on working.
HONEST_WORK = Attempt("honest-work", "run threads and get random bytes", (), _honest_work)
LIBRARY = Attempt("library", "read the interpreter's own files", (), _read_library)
