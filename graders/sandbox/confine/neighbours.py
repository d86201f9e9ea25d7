"""Two confined processes side by side: what the threads of one leave to the other.

Counted, not timed: how many threads the second can start, and how the two share one processor.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from graders.sandbox.confine import confine, fork
from graders.sandbox.confine.apart import NOBODY, user_of_its_own
from graders.sandbox.layers import Policy

# Of both together, more than one may have.
THREADS = 200
_BUSY_THREADS = 20
_ENOUGH_SECONDS = 0.1
_AT_MOST_SECONDS = 1.0
_STACK_BYTES = 2**16
_MEMORY_BYTES = 2**30
_CPU_SECONDS = 10


@dataclass(frozen=True)
class Left:
    """How many of `THREADS` it could start, and its part of a processor; 0.5 would be fair."""

    threads: int
    share: float


def left_beside_a_crowd(policy: Policy) -> Left:
    """Find out what a process with very many threads leaves to the one beside it."""
    roomy = replace(policy, memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
    return Left(_threads_left(roomy), _share_left(roomy))


def _threads_left(policy: Policy) -> int:
    with _running(_start_threads, policy) as (_, crowd):
        os.read(crowd, 10)
        with _running(_start_threads, policy) as (_, beside):
            return int(os.read(beside, 10) or b"0")


def _share_left(policy: Policy) -> float:
    allowed = os.sched_getaffinity(0)
    # With a processor each there would be nothing to share.
    os.sched_setaffinity(0, {min(allowed)})
    try:
        with _running(_work_in_threads, policy) as (crowd, begun):
            os.read(begun, 1)
            with _running(_work_alone, policy) as (beside, begun):
                os.read(begun, 1)
                return _share(crowd, beside)
    finally:
        os.sched_setaffinity(0, allowed)


def _share(crowd: int, beside: int) -> float:
    before = _seconds(crowd), _seconds(beside)
    took = 0.0, 0.0
    while took[1] < _ENOUGH_SECONDS and took[0] < _AT_MOST_SECONDS:
        time.sleep(0.02)
        took = _seconds(crowd) - before[0], _seconds(beside) - before[1]
    return took[1] / sum(took)


def _seconds(pid: int) -> float:
    """Read the processor time of another process, by the number that Linux gives its clock."""
    return time.clock_gettime(~pid << 3 | 2)


@contextmanager
def _running(work: Callable[[int], None], policy: Policy) -> Iterator[tuple[int, int]]:
    """Run `work` confined; it writes into a pipe when it has begun, and is killed in the end."""
    reading, writing = os.pipe()
    user = policy.user if policy.user in (None, NOBODY) else user_of_its_own()
    child = fork()
    if child == 0:
        try:
            confine(replace(policy, user=user, keep_fds=(writing,)))
            work(writing)
        finally:
            os._exit(1)
    os.close(writing)
    try:
        yield child, reading
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _start_threads(writing: int) -> None:
    threading.stack_size(_STACK_BYTES)
    started = sum(_starts() for _ in range(THREADS))
    os.write(writing, str(started).encode())
    time.sleep(60)


def _starts() -> bool:
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        return False
    return True


def _work_in_threads(writing: int) -> None:
    threading.stack_size(_STACK_BYTES)
    for _ in range(_BUSY_THREADS):
        threading.Thread(target=_work, daemon=True).start()
    _work_alone(writing)


def _work_alone(writing: int) -> None:
    os.write(writing, b"!")
    _work()


def _work() -> None:
    # Hashing lets go of the interpreter's lock, so that all threads work at once.
    block = bytes(2**22)
    while True:
        hashlib.sha256(block)
