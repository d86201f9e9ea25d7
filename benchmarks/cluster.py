"""A class judged on a dask cluster on this machine, and by this machine's own processes.

Only judging is timed. Whoever judges has judged the same class before: what the processes need is
imported, and the values to compare with are there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.measures import Scale, a_folder, environment
from benchmarks.result import Result, seconds, skipped
from benchmarks.submissions import ASSIGNMENT, make_class
from graders.classroom.cluster import BATCHES_AHEAD, ClusterExecutor
from graders.classroom.grading import judge_class
from graders.classroom.handed_in import HandedIn, notebooks_of, students_of
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling, VerdictStore

_WORKERS = (1, 2, 4)
_START_SECONDS = 120


def cluster_and_local(scale: Scale) -> list[Result]:
    """(k) Judging on a dask cluster of 1, 2 and 4 workers on this machine, and without one."""
    if importlib.util.find_spec("distributed") is None:
        return [skipped("judging on a dask cluster", "distributed is not installed")]
    with a_folder() as folder:
        make_class(folder / "class", scale.cluster_class)
        handed_in = _all_of(folder / "class" / "submitted")
        found, local = [], {}
        for workers in _WORKERS:
            if workers <= scale.jobs:
                with local_processes(workers) as make, Crew(make, workers) as crew:
                    local[workers] = _judge(handed_in, crew, folder, scale.rounds)
                found.append(_figure(f"local processes, {workers}", local[workers], handed_in))
            with (
                _cluster(folder / f"cluster-{workers}", workers) as address,
                _crew(address, workers) as crew,
            ):
                values = _judge(handed_in, crew, folder, scale.rounds)
            found.append(_figure(f"dask workers, {workers}", values, handed_in))
            if workers in local:
                found.append(_difference(workers, values, local[workers]))
    return found


def _figure(name: str, values: Sequence[float], handed_in: Sequence[HandedIn]) -> Result:
    note = f"{len(handed_in)} notebooks, judging alone"
    return Result(name, "s/notebook", tuple(values), note=note)


def _difference(workers: int, there: Sequence[float], here: Sequence[float]) -> Result:
    values = tuple(1000 * (a - b) for a, b in zip(there, here, strict=True))
    return Result(f"what the scheduler costs, {workers} at once", "ms/notebook", values)


def _all_of(submitted: Path) -> list[HandedIn]:
    return [
        one
        for student in students_of(submitted, ASSIGNMENT)
        for one in notebooks_of(submitted, student, ASSIGNMENT)
    ]


def _judge(
    handed_in: Sequence[HandedIn], crew: Crew, folder: Path, rounds: int
) -> tuple[float, ...]:
    """Judge a class again and again, after once that is not timed; seconds for each notebook."""
    store = VerdictStore(folder / "verdicts")

    def judge_all() -> None:
        for judged in judge_class(handed_in, store, crew, Ruling(), afresh=True):
            # A notebook that cannot be read is a verdict, too; a grader that failed is none.
            if judged.verdict is None and "grader failed" in judged.fault:
                raise RuntimeError(judged.fault)

    judge_all()
    return tuple(seconds(judge_all) / len(handed_in) for _ in range(rounds))


def _crew(address: str, workers: int) -> Crew:
    """Keep the workers busy as `dojo grade --scheduler` does."""
    return Crew(lambda: ClusterExecutor(address), workers, ahead=max(workers, BATCHES_AHEAD))


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a scheduler and workers, one thread each, as docs/scale.md wants them; give the address.

    With the nanny that a worker comes with: it is what tells torch to take one thread, too.
    """
    folder.mkdir()
    file = folder / "scheduler.json"
    place = ("--no-dashboard", "--host", "127.0.0.1")
    command = ("distributed.cli.dask_scheduler", *place, "--port", "0")
    with _running(folder, *command, "--scheduler-file", str(file)):
        _wait_until(file.exists)
        address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        many = ("--nthreads", "1", "--nworkers", str(workers), "--local-directory", str(folder))
        with _running(folder, "distributed.cli.dask_worker", address, *place, *many):
            executor = ClusterExecutor(address)
            _wait_until(lambda: executor.workers() == workers)
            executor.shutdown()
            yield address


@contextmanager
def _running(folder: Path, *arguments: str) -> Iterator[None]:
    """Run a program of dask; it and what it has started end with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not happens():
        if time.monotonic() > deadline:
            raise RuntimeError("the cluster has not started")
        time.sleep(0.1)
