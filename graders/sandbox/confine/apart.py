"""What workers side by side must not take from each other: processor time, and processes.

The system shares the processor out between sessions (autogroup), and counts processes and threads
for each user in each user namespace. So a worker gets a session, and a user or a namespace.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from graders.sandbox import layers as names
from graders.sandbox.confine.system import CLONE_NEWUSER, keep_numbers, unshare
from graders.sandbox.layers import Layer, NotHereError, Policy, put_on

NOBODY = 65534
# Between the users of containers and those that systemd takes for foreign; nobody is called so.
OWN_USERS = range(1_879_048_192, 2_147_352_576)
_COUNTED_BY_NAMESPACE = (5, 14)


def user_of_its_own() -> int | None:
    """Draw a number that no user of the machine has, and hardly ever another worker.

    None where this process may not become another user.
    """
    return secrets.choice(OWN_USERS) if os.geteuid() == 0 else None


def own_share(policy: Policy) -> Layer:
    """Begin a session, so that a hundred threads here weigh as much as one beside them."""
    return put_on(policy, names.PROCESSOR_SHARE, _own_share)


def _own_share() -> str:
    os.setsid()
    if _WHY_NO_AUTOGROUP:
        raise NotHereError(_WHY_NO_AUTOGROUP)
    return "a session of its own, with autogroup"


def _why_no_autogroup() -> str:
    try:
        if Path("/proc/sys/kernel/sched_autogroup_enabled").read_text().strip() != "1":
            return "autogroup is off (kernel.sched_autogroup_enabled)"
        if _in_a_group_of_the_processor(Path("/proc/self/cgroup").read_text()):
            return "the cgroup that this runs in shares the processor out by threads"
    except OSError:
        return "this kernel has no autogroup"
    return ""


def _in_a_group_of_the_processor(memberships: str, mounted: Path = Path("/sys/fs/cgroup")) -> bool:
    """Whether a cgroup below the topmost has the say, where autogroup has none.

    Of version 2, one with `cpu.weight`, which the topmost of all has not.
    """
    for line in memberships.splitlines():
        _, kinds, path = line.split(":", 2)
        if "cpu" in kinds.split(","):
            return path != "/"
        inside = mounted / path.lstrip("/")
        above = [one for one in (inside, *inside.parents) if one.is_relative_to(mounted)]
        if not kinds and any((one / "cpu.weight").exists() for one in above):
            return True
    return False


def own_count(policy: Policy) -> Layer:
    """Have this process's threads counted apart from those of every other worker."""
    return put_on(policy, names.PROCESS_COUNT, lambda: _own_count(policy))


def _own_count(policy: Policy) -> str:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        raise NotHereError("root's are not counted")
    if user == policy.user and user != NOBODY:
        return f"user {user} is nobody else's"
    if _kernel() < _COUNTED_BY_NAMESPACE:
        raise NotHereError("before Linux 5.14 the kernel counts for a user as a whole")
    unshare(CLONE_NEWUSER)
    keep_numbers(user, group)
    return "a user namespace of its own"


def _kernel() -> tuple[int, ...]:
    return tuple(int(part) for part in os.uname().release.split(".")[:2])


_WHY_NO_AUTOGROUP = _why_no_autogroup()
