"""Take from a forked process, for good, whatever a submission does not need.

The warm process calls `nest()` once, forks with `fork()`, and the child calls `confine(policy)`
before any student code runs. None of it needs privileges. The order matters:

1. close descriptors, clear the environment     nothing inherited is left to misuse
2. new namespaces, then (as root) another user  an empty network, no other process in sight
3. threads and processor time apart from other workers', limits, then no capabilities
4. death with the parent                        a change of user would have cancelled it
5. no new privileges, then Landlock             no file but those listed, no TCP, no signals
6. not dumpable                                 after the last look at /proc/self
7. seccomp                                      last, as it forbids all of the above

Each layer covers for another, so all are put on, and what is missing is reported, never hidden:
whoever calls looks at the `Layer`s. Import this package before forking (see `seccomp`).

Not covered: names, sizes and dates of files can still be asked for by path (`stat`); what was in
memory before the fork can be read, so the warm process must hold nothing secret; processor caches
and timing are shared; the size of the scratch folder as a whole has no limit.
"""

from __future__ import annotations

from graders.sandbox.confine import apart, inherited, landlock, limits, namespaces, seccomp
from graders.sandbox.confine.namespaces import fork, nest, settle
from graders.sandbox.layers import Layer, Policy

__all__ = ["confine", "fork", "nest", "settle"]


def confine(policy: Policy) -> tuple[Layer, ...]:
    """Confine this single-threaded process and tell which layers are in force.

    A layer that cannot be had is reported, not raised.
    """
    return (
        inherited.close_descriptors(policy),
        inherited.clear_environment(policy),
        *namespaces.leave_namespaces(policy),
        inherited.change_user(policy),
        apart.own_share(policy),
        apart.own_count(policy),
        *limits.set_limits(policy),
        inherited.give_up_capabilities(policy),
        inherited.end_with_parent(policy),
        inherited.forbid_new_privileges(policy),
        *landlock.restrict(policy),
        inherited.forbid_dumps(policy),
        seccomp.filter_calls(policy),
    )
