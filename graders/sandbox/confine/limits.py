"""Limits of the operating system: memory, processor time, files, processes.

Hard limits equal soft ones, so they cannot be raised again; seccomp refuses to try.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

from graders.limits import MAX_OPEN_FILES, MAX_PROCESSES, MAX_SCRATCH_BYTES
from graders.sandbox import layers as names
from graders.sandbox.layers import Layer, NotHereError, Policy, put_on


def set_limits(policy: Policy) -> tuple[Layer, ...]:
    """Set every limit of the policy that the kernel enforces for this user."""
    return (
        put_on(policy, names.MEMORY_LIMIT, lambda: _limit_memory(policy.memory_bytes)),
        put_on(policy, names.CPU_LIMIT, lambda: _limit_processor(policy.cpu_seconds)),
        put_on(policy, names.FILE_LIMITS, lambda: _limit_files(policy.scratch is not None)),
        put_on(policy, names.PROCESS_LIMIT, _limit_processes),
    )


def mapped_bytes() -> int:
    """Tell how much address space this process has mapped (VmSize)."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _limit_memory(more: int | None) -> str:
    if more is None:
        raise NotHereError("no limit was asked for")
    _limit(resource.RLIMIT_AS, mapped_bytes() + more)
    return f"{more} bytes of address space on top of what was mapped"


def _limit_processor(seconds: int | None) -> str:
    if seconds is None:
        raise NotHereError("no limit was asked for")
    # Process 1 of a namespace ignores the soft limit's SIGXCPU; the hard limit's SIGKILL it cannot.
    _limit(resource.RLIMIT_CPU, seconds)
    return f"killed after {seconds} s of processor time"


def _limit_files(may_write: bool) -> str:
    _limit(resource.RLIMIT_FSIZE, MAX_SCRATCH_BYTES if may_write else 0)
    _limit(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    return f"{MAX_OPEN_FILES} open files, no core dump"


def _limit_processes() -> str:
    if os.geteuid() == 0:
        raise NotHereError("does not bind root")
    _limit(resource.RLIMIT_NPROC, MAX_PROCESSES)
    return f"{MAX_PROCESSES} processes and threads"


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
