"""The few system calls that the standard library of Python 3.10 does not offer."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_GET_NAME = 16
PR_SET_NO_NEW_PRIVS = 38

CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_THREAD = 0x00010000
# What a C library asks for besides when it starts a thread: shared memory, folder, files, signal
# handlers and semaphores, and where to put its numbers.
CLONE_FOR_THREADS = 0x00000100 | 0x00000200 | 0x00000400 | 0x00000800 | 0x00040000 | 0x00080000
CLONE_FOR_THREADS |= 0x00100000 | 0x00200000 | 0x00400000 | 0x01000000

_CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def system_call(number: int, *words: int) -> int:
    """Make a system call by its number; where it is refused, give the error as a negative."""
    result = int(_libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, words)))
    return -ctypes.get_errno() if result == -1 else result


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process; OSError when the kernel refuses."""
    words = [ctypes.c_ulong(word) for word in (value, 0, 0, 0)]
    _check(_libc.prctl(option, *words))


def unshare(flags: int) -> None:
    """Leave the namespaces in `flags` for new ones; OSError when the kernel refuses."""
    _check(_libc.unshare(flags))


def set_namespace(descriptor: int, kind: int) -> None:
    """Give the next children the namespace that `descriptor` stands for (setns(2))."""
    _check(_libc.setns(descriptor, kind))


def keep_numbers(user: int, group: int) -> None:
    """In a new user namespace, go on under the same numbers where the kernel allows it.

    Unmapped, files still carry the real user; only the number that getuid() tells is another.
    """
    with contextlib.suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        _write("/proc/self/uid_map", f"{user} {user} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def drop_capabilities() -> None:
    """Empty the effective, permitted and inheritable sets of this thread (capset(2))."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing))


def die_with_parent() -> None:
    """Ask for SIGKILL when the parent ends; a change of user or an exec would cancel it."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
