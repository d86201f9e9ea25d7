"""This machine's processes as an executor: forks of one that has imported what they need."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import multiprocessing.util
import os
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from multiprocessing import forkserver
from multiprocessing.context import BaseContext

from graders.classroom.pool import MakeExecutor
from graders.sandbox.launchers import zygote_to_lend
from graders.sandbox.processes import Isolation


def begin() -> None:
    """Start what processes are forked from, without waiting: importing what they need takes time.

    Whoever will want processes calls it before other work of its own. OSError where the system
    refuses.
    """
    if _context().get_start_method() == "forkserver":
        # It looks for modules where it is started first, and a course folder may have a random.py.
        here = os.getcwd()
        os.chdir("/")
        try:
            forkserver.ensure_running()
        finally:
            os.chdir(here)


@contextmanager
def local_processes(
    jobs: int, isolation: Isolation | None = None, *, to_judge: bool = True
) -> Iterator[MakeExecutor]:
    """Give what makes executors of this machine's processes.

    Where they are `to_judge` and isolation asks for it, their zygotes are all forks of one.
    """
    zygote = zygote_to_lend(isolation) if to_judge else None
    with nullcontext() if zygote is None else closing(zygote):
        yield lambda: LocalProcesses(jobs, zygote.lend() if zygote else None)


class LocalProcesses(ProcessPoolExecutor):
    """Processes that end with the one that started them, even where that one is killed."""

    def __init__(self, jobs: int, mother: socket.socket | None = None) -> None:
        """Start processes as there is work, `jobs` at most; `mother` is a zygote that was lent."""
        begin()
        super().__init__(jobs, _context(), _settle_in, (mother,))

    def kill(self) -> None:
        """End the processes whatever they are doing."""
        for process in list((getattr(self, "_processes", None) or {}).values()):
            process.kill()
        self.shutdown(wait=False, cancel_futures=True)


def _context() -> BaseContext:
    """Start processes by forks of one that has imported what they need and has no threads.

    A fork of this process would copy its threads, and a fresh start costs seconds each time.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Python before 3.10.9 and 3.11.1 took orders from every user through one (CVE-2022-42919).
    multiprocessing.util.abstract_sockets_supported = False  # type: ignore[misc]
    context.set_forkserver_preload(["graders.classroom.preloaded"])
    return context


def _settle_in(mother: socket.socket | None) -> None:
    """Import what is preloaded where nothing was, share the parent's zygote, do not outlive it."""
    import graders.classroom.preloaded  # noqa: F401
    from graders.judge.process_session import settle

    settle(mother)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
