"""The ways out that are tried, each harmless: they touch canaries and who waits for them."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import sysconfig
import threading
import time
from pathlib import Path

from graders.limits import MAX_OPEN_FILES, MAX_PROCESSES
from graders.sandbox import layers as names
from graders.sandbox.confine.attempts import (
    CPU_SECONDS,
    MEMORY_BYTES,
    Attempt,
    Stage,
    SucceededError,
)
from graders.sandbox.confine.seccomp import refused_calls
from graders.sandbox.confine.system import CLONE_NEWUSER, system_call, unshare

_PTRACE_SEIZE = 0x4206
_STACK_BYTES = 2**16
# Asks how it is run, and changes nothing: refused first, where anything is.
_HARMLESS_CALL = "personality"


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


def _take_threads(_planted: Stage) -> None:
    threading.stack_size(_STACK_BYTES)
    try:
        for _ in range(MAX_PROCESSES):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError as error:
        raise PermissionError(str(error)) from None


def _take_files(_planted: Stage) -> None:
    for _ in range(MAX_OPEN_FILES + 1):
        os.open(os.devnull, os.O_RDONLY)


def _send_datagram(planted: Stage) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.sendto(b"!", ("127.0.0.1", planted.port))


def _change_permissions(planted: Stage) -> None:
    planted.canary.chmod(0o666)


def _make_every_call(_planted: Stage) -> None:
    calls = refused_calls()
    if not calls or system_call(calls.pop(_HARMLESS_CALL), -1) >= 0:
        raise SucceededError("nothing is refused, and the rest was not tried")
    refusals = dict.fromkeys(calls, -errno.EPERM) | {"clone3": -errno.ENOSYS}
    through = [name for name, number in calls.items() if system_call(number) != refusals[name]]
    if through:
        raise SucceededError(", ".join(through))
    raise PermissionError(f"each of {len(calls) + 1}, by its number")


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


def _read_packages(_planted: Stage) -> None:
    os.listdir(_INSTALLED)


# Asked for here: confined, sysconfig may not find what it looks up.
_INSTALLED = sysconfig.get_path("purelib")
_FILES = (names.LANDLOCK_FILES,)
_TCP = (names.SECCOMP, names.LANDLOCK_NETWORK, names.NETWORK_NAMESPACE)
_UDP = (names.SECCOMP, names.NETWORK_NAMESPACE)
_ABSTRACT = (names.SECCOMP, names.LANDLOCK_SCOPE, names.NETWORK_NAMESPACE)
_SIGNAL = (names.SECCOMP, names.LANDLOCK_SCOPE, names.PID_NAMESPACE)
_TRACE = (names.SECCOMP, names.LANDLOCK_FILES, names.PID_NAMESPACE)

ATTEMPTS = (
    Attempt("read-file", "read a file outside", _FILES, _read_outside),
    Attempt("write-file", "write to a file outside", _FILES, _write_outside),
    Attempt("delete-file", "delete a file outside", _FILES, _delete_outside),
    Attempt("permissions", "change permissions", (names.SECCOMP,), _change_permissions),
    Attempt("tcp", "connect to a listening TCP port", _TCP, _connect),
    Attempt("udp", "send a datagram", _UDP, _send_datagram),
    Attempt("abstract-socket", "connect to an abstract socket", _ABSTRACT, _connect_abstract),
    Attempt("signal", "send a signal to its parent", _SIGNAL, _signal_parent),
    Attempt("fork", "start another process", (names.SECCOMP,), _start_process),
    Attempt("exec", "run a program", (names.SECCOMP, names.LANDLOCK_FILES), _start_program),
    Attempt("ptrace", "trace its parent", _TRACE, _trace_parent),
    Attempt("parent-memory", "open its parent's memory", _FILES, _open_parent_memory),
    Attempt("memory", "take more memory than it may", (names.MEMORY_LIMIT,), _take_memory),
    Attempt("threads", "start more threads than it may", (names.PROCESS_LIMIT,), _take_threads),
    Attempt("files", "open more files than it may", (names.FILE_LIMITS,), _take_files),
    Attempt("cpu", "use more processor time than it may", (names.CPU_LIMIT,), _spin),
    Attempt("environment", "see the environment", (names.ENVIRONMENT,), _read_environment),
    Attempt("start", "see what the judge was started with", _FILES, _read_first_environment),
    Attempt("descriptor", "use an inherited file", (names.DESCRIPTORS,), _read_descriptor),
    Attempt("limits", "set its own limits", (names.SECCOMP,), _set_limits),
    Attempt("calls", "make any system call that is refused", (names.SECCOMP,), _make_every_call),
    Attempt("namespace", "make itself a user namespace", (names.SECCOMP,), _new_namespace),
)
# Not attacks: what must go on working.
HONEST_WORK = Attempt("honest-work", "run threads and get random bytes", (), _honest_work)
LIBRARY = Attempt("library", "read the interpreter's own files", (), _read_library)
PACKAGES = Attempt("packages", "read what is installed", (), _read_packages)
