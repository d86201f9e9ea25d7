"""What a forked process inherits and must not keep: descriptors, environment, user, privileges."""

from __future__ import annotations

import contextlib
import os
import resource
import tempfile
from collections.abc import Iterable
from pathlib import Path

from graders.sandbox import layers as names
from graders.sandbox.confine.apart import NOBODY
from graders.sandbox.confine.system import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    die_with_parent,
    drop_capabilities,
    prctl,
)
from graders.sandbox.layers import Layer, NotHereError, Policy, put_on
from graders.sandbox.processes import ONE_THREAD


def close_descriptors(policy: Policy) -> Layer:
    """Close every descriptor but the kept ones; the standard streams become /dev/null."""
    return put_on(policy, names.DESCRIPTORS, lambda: _close_all_but(set(policy.keep_fds)))


def _close_all_but(keep: set[int]) -> str:
    for descriptor in _open_descriptors():
        if descriptor not in keep:
            # A listing contains its own descriptor, which is closed already.
            with contextlib.suppress(OSError):
                os.close(descriptor)
    # A free 0, 1 or 2 would be taken by the next open file, and C code prints into it.
    for stream in {0, 1, 2} - keep:
        null = os.open(os.devnull, os.O_RDWR)
        if null != stream:
            os.dup2(null, stream)
            if null > 2:
                os.close(null)
    return f"kept {sorted(keep)}"


def _open_descriptors() -> Iterable[int]:
    try:
        return [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        # No /proc, or not ours to look into.
        return range(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def clear_environment(policy: Policy) -> Layer:
    """Forget the environment, but for a home and a temporary folder that may be written to.

    Who asks for its user is told the same name each time, in place of a number that was drawn.

    The kernel's copy of what the program was started with stays in memory: start the warm process
    with an environment that holds no secrets.
    """
    return put_on(policy, names.ENVIRONMENT, lambda: _clear_environment(policy))


def _clear_environment(policy: Policy) -> str:
    home = str(policy.scratch or "/")
    os.chdir(home)
    os.environ.clear()
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, MPLBACKEND="Agg", LANG="C.UTF-8")
    os.environ.update(ONE_THREAD, USER="student")
    # Where the warm process found its own, it is kept, and named in what an answer is told.
    tempfile.tempdir = home
    return "cleared"


def change_user(policy: Policy) -> Layer:
    """Give up root, with its groups, for good."""
    return put_on(policy, names.USER, lambda: _change_user(policy))


def _change_user(policy: Policy) -> str:
    if os.geteuid() != 0:
        raise NotHereError(f"not root: stays user {os.geteuid()}, the other layers do without it")
    if policy.user is None:
        raise NotHereError("root, and no other user was asked for")
    os.setgroups([])
    try:
        _become(policy.user, policy.scratch)
    except OSError:
        # In a container whose users are few, a number may stand for none.
        _become(NOBODY, policy.scratch)
    return f"user {os.getuid()}"


def _become(user: int, scratch: Path | None) -> None:
    if scratch is not None:
        os.chown(scratch, user, user)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def give_up_capabilities(policy: Policy) -> Layer:
    """Drop the capabilities that root has, and those that a new user namespace hands out."""
    return put_on(policy, names.CAPABILITIES, _give_up_capabilities)


def _give_up_capabilities() -> str:
    drop_capabilities()
    return "none left"


def end_with_parent(policy: Policy) -> Layer:
    """Have the kernel kill this process when the one that forked it ends."""
    return put_on(policy, names.PARENT_DEATH, _end_with_parent)


def _end_with_parent() -> str:
    die_with_parent()
    return "killed with its parent"


def forbid_new_privileges(policy: Policy) -> Layer:
    """Make set-uid programs harmless; Landlock and seccomp need it too and set it themselves."""
    return put_on(policy, names.NO_NEW_PRIVILEGES, _forbid_new_privileges)


def _forbid_new_privileges() -> str:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    return "set"


def forbid_dumps(policy: Policy) -> Layer:
    """Close the process's memory to ptrace and /proc for others of the same user."""
    return put_on(policy, names.NOT_DUMPABLE, _forbid_dumps)


def _forbid_dumps() -> str:
    prctl(PR_SET_DUMPABLE, 0)
    return "set"
