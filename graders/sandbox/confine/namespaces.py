"""Namespaces: an empty network, no shared memory, and no other process in sight.

Three generations, so that a worker costs one fork of the warm process and not two:

    guard      the process that calls `nest`; it waits, with no descriptor left
    zygote     process 1 of its own namespace, where it may make others (an ordinary user: inside a
               new user namespace); when it ends, the kernel kills every process below it
    worker     what `fork` returns in: process 1 of a namespace of its own, below the zygote's

A zygote may fork another one, its twin, which calls `settle` and has workers of its own.

Where the machine forbids that, `fork` is `os.fork`, and the layers are reported as missing.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from typing import NoReturn

from graders.sandbox import layers as names
from graders.sandbox.confine.system import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    die_with_parent,
    keep_numbers,
    set_namespace,
    unshare,
)
from graders.sandbox.layers import Layer, NotHereError, Policy, put_on

_home: int | None = None
_why_not = "nest() was not called before forking"


def nest() -> str | None:
    """Move on in a child that may give its own children namespaces; tell why not, else None.

    Call it once, single-threaded, early in the warm process. The process that called it stays
    behind as the guard: it ends as the child ends, with the same status or signal, and kills the
    child (and so all workers) when it is killed itself.
    """
    global _why_not
    if len(os.listdir("/proc/self/task")) > 1:
        _why_not = "the warm process has more than one thread"
        return _why_not
    try:
        _may_make_namespaces()
    except OSError as error:
        _why_not = f"refused: {error}"
        return _why_not
    watched, held = os.pipe()
    child = os.fork()
    if child != 0:
        _guard(child, held)
    os.close(held)
    die_with_parent()
    _leave_if_orphaned(watched)
    _settle()
    return None if _home is not None else _why_not


def settle() -> None:
    """After `fork`, make this process a warm one too, which gives its own children namespaces."""
    if _home is not None:
        os.close(_home)
        _settle()


def _settle() -> None:
    """Note the namespace to come back to after each fork; without one, forks get none."""
    global _home, _why_not
    _home = None
    try:
        _home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        _why_not = f"no way back for the warm process: {error}"


def fork() -> int:
    """Fork like `os.fork`; after `nest`, the child is process 1 of a new namespace."""
    if _home is None:
        return os.fork()
    unshare(CLONE_NEWPID)
    child = -1
    try:
        child = os.fork()
    finally:
        if child != 0:
            # Without this the next fork would join the namespace of the last child.
            set_namespace(_home, CLONE_NEWPID)
    return child


def leave_namespaces(policy: Policy) -> tuple[Layer, ...]:
    """Leave network, shared memory and host name behind; report on the user and processes."""
    return (
        put_on(policy, names.USER_NAMESPACE, _user_namespace),
        put_on(policy, names.PID_NAMESPACE, _pid_namespace),
        put_on(policy, names.NETWORK_NAMESPACE, lambda: _leave(CLONE_NEWNET)),
        put_on(policy, names.IPC_NAMESPACE, lambda: _leave(CLONE_NEWIPC)),
        put_on(policy, names.UTS_NAMESPACE, lambda: _leave(CLONE_NEWUTS)),
    )


def _may_make_namespaces() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        unshare(CLONE_NEWPID)
        return
    unshare(CLONE_NEWUSER | CLONE_NEWPID)
    keep_numbers(user, group)


def _guard(child: int, held: int) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:
            if descriptor != held:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        _, waited = os.waitpid(child, 0)
        status = os.waitstatus_to_exitcode(waited)
        if status < 0:
            with contextlib.suppress(OSError, ValueError):
                signal.signal(-status, signal.SIG_DFL)
            os.kill(os.getpid(), -status)
    finally:
        os._exit(status if status >= 0 else 128 - status)


def _leave_if_orphaned(watched: int) -> None:
    """End here when the guard was killed before `die_with_parent`: its end of the pipe is shut."""
    poll = select.poll()
    poll.register(watched, select.POLLHUP)
    if poll.poll(0):
        os._exit(1)
    os.close(watched)


def _user_namespace() -> str:
    if os.geteuid() == 0:
        raise NotHereError("root makes the others without one")
    if _home is None:
        raise NotHereError(_why_not)
    return "the warm process's own"


def _pid_namespace() -> str:
    if _home is None:
        raise NotHereError(_why_not)
    if os.getpid() != 1:
        raise NotHereError("the process was not forked by confine.fork()")
    return "own, as process 1"


def _leave(flag: int) -> str:
    unshare(flag)
    return "own"
