"""Share work out over any executor, and get over executors that break."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

Item = TypeVar("Item")
MakeExecutor = Callable[[], Executor]
Start = Callable[[Executor, Sequence[Item]], "Future[Any]"]
LARGEST_BATCH = 16
TRIES_ALONE = 2


@runtime_checkable
class Killable(Protocol):
    """An executor whose work can be broken off."""

    def kill(self) -> None:
        """End the processes whatever they are doing."""


@dataclass(frozen=True)
class Done(Generic[Item]):
    """An item of work with what came of it: a result, or a sentence on why there is none."""

    item: Item
    result: Any = None
    fault: str = ""


def default_jobs() -> int:
    """Give the number of processors that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return max(1, len(usable(0)) if usable else os.cpu_count() or 1)


def batches(groups: Iterable[Sequence[Item]], jobs: int) -> Iterator[Sequence[Item]]:
    """Cut each group into batches, small enough that every job gets some and big enough to pay."""
    groups = list(groups)
    total = sum(map(len, groups))
    size = min(LARGEST_BATCH, max(1, math.ceil(total / (3 * jobs))))
    for group in groups:
        for first in range(0, len(group), size):
            yield group[first : first + size]


class Crew:
    """Keeps an executor busy, a few batches at a time, and makes a new one where it breaks."""

    def __init__(self, make: MakeExecutor, jobs: int, ahead: int = 1) -> None:
        """Start nothing until there is work; `jobs` batches run at once and `ahead` more wait."""
        self.jobs = jobs
        self._make = make
        self._ahead = ahead
        self._executor: Executor | None = None

    def __enter__(self) -> Crew:
        """Give itself; the executor ends with the block."""
        return self

    def __exit__(self, kind: object, *exception: object) -> None:
        """End the executor; at once where there was an exception."""
        if kind is not None and isinstance(self._executor, Killable):
            self._executor.kill()
        self.close()

    def close(self) -> None:
        """End the executor, if there is one; more work starts another."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def run(self, groups: Iterable[Sequence[Item]], start: Start[Item]) -> Iterator[Done[Item]]:
        """Give each item's result as it comes, in any order; groups are not mixed in a batch.

        `start` submits a batch; its result is a sequence with one result for each item. Batches
        that are lost with a process are done again by themselves, then item by item, so that an
        item which kills whatever runs it costs no other item its result.
        """
        waiting = deque(batches(groups, self.jobs))
        running: dict[Future[Any], Sequence[Item]] = {}
        lost: deque[Sequence[Item]] = deque()
        try:
            while waiting or running:
                while waiting and len(running) < self.jobs + self._ahead:
                    batch = waiting.popleft()
                    running[self._submit(start, batch)] = batch
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    batch = running.pop(future)
                    if _why_lost(future):
                        lost.append(batch)
                    else:
                        yield from map(Done, batch, future.result())
            for batch in lost:
                yield from self._once_more(batch, start)
        finally:
            for future in running:
                future.cancel()

    def _once_more(self, batch: Sequence[Item], start: Start[Item]) -> Iterator[Done[Item]]:
        """Do a lost batch while nothing else runs, so that whoever breaks the executor is found."""
        tries = TRIES_ALONE if len(batch) == 1 else 1
        why = ""
        for _ in range(tries):
            future = self._submit(start, batch)
            why = _why_lost(future)
            if not why:
                yield from map(Done, batch, future.result())
                return
        if len(batch) == 1:
            yield Done(batch[0], fault=f"the process that worked on it was lost ({why})")
        else:
            for item in batch:
                yield from self._once_more([item], start)

    def _submit(self, start: Start[Item], batch: Sequence[Item]) -> Future[Any]:
        for _ in range(2):
            if self._executor is None:
                self._executor = self._make()
            try:
                return start(self._executor, batch)
            except BrokenExecutor:
                self.close()
        raise RuntimeError("a fresh executor was broken before it had anything to do")


def _why_lost(future: Future[Any]) -> str:
    """Wait for a task; say why its process was lost, or nothing where it ran to its end."""
    try:
        error = future.exception()
    except CancelledError:
        return "it was cancelled"
    if error is None:
        return ""
    # A cluster's own names for the same are not to be imported where there is no cluster.
    if isinstance(error, (BrokenExecutor, OSError)) or type(error).__name__ == "KilledWorker":
        return f"{type(error).__name__}"
    raise error
