"""A class judged on a dask cluster: a real scheduler, two workers, one of them killed midway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_of_students import ASSIGNMENT, PART, RIGHT, hand_in, make_course

from graders.classroom import cluster
from graders.classroom.cluster import ClusterError, ClusterExecutor
from graders.classroom.grading import judge_class
from graders.classroom.handed_in import HandedIn, notebooks_of, students_of
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling, VerdictStore

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(cluster.__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "scheduler.json"
    scheduler = start(
        *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
        *("--no-dashboard", "--scheduler-file", str(file)),
    )
    try:
        while not file.exists():
            assert scheduler.poll() is None, "the scheduler did not start"
            time.sleep(0.1)
        yield json.loads(file.read_text(encoding="utf-8"))["address"]
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.fixture
def workers(address: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    arguments = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    processes = [start("distributed.cli.dask_worker", address, *arguments) for _ in range(2)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def handed_in(tmp_path: Path) -> list[HandedIn]:
    folder = tmp_path / "course"
    make_course(folder)
    for number in range(24):
        hand_in(folder, f"student-{number:02}", RIGHT if number % 2 else PART)
    submitted = folder / "submitted"
    return [
        one
        for student in students_of(submitted, ASSIGNMENT)
        for one in notebooks_of(submitted, student, ASSIGNMENT)
    ]


def wait_for_workers(address: str, count: int) -> None:
    executor = ClusterExecutor(address)
    while executor.workers() < count:
        time.sleep(0.1)
    executor.shutdown()


@pytest.mark.lowest
def test_a_lost_worker_costs_a_retry_and_no_verdict(
    tmp_path: Path,
    address: str,
    workers: list[subprocess.Popen[bytes]],
    handed_in: list[HandedIn],
) -> None:
    wait_for_workers(address, len(workers))
    verdicts: dict[str, str] = {}
    with Crew(lambda: ClusterExecutor(address), jobs=2, ahead=8) as crew:
        store = VerdictStore(tmp_path / "cluster")
        for judged in judge_class(handed_in, store, crew, Ruling()):
            assert judged.verdict is not None, judged.fault
            if not verdicts:
                workers[0].kill()
            verdicts[judged.handed_in.student] = judged.verdict.to_json()
    assert workers[0].wait(timeout=60) != 0
    assert len(verdicts) == len(handed_in)
    with local_processes(1) as make, Crew(make, 1) as crew:
        store = VerdictStore(tmp_path / "local")
        here = list(judge_class(handed_in[:2], store, crew, Ruling()))
    for judged in here:
        assert judged.verdict is not None
        assert verdicts[judged.handed_in.student] == judged.verdict.to_json()


def test_without_a_scheduler_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(ClusterError, match="no scheduler answers at tcp://127.0.0.1:9"):
        ClusterExecutor("tcp://127.0.0.1:9")
