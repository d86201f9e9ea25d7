"""The processes of a pool: forks of one that has no threads, ended with whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from graders.classroom.local_processes import local_processes
from graders.judge import launchers
from graders.judge.processes import Isolation

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems start them afresh")


@pytest.fixture(params=["confined", "process"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def executor(isolation: Isolation) -> Iterator[Executor]:
    with local_processes(1, isolation) as make, make() as made:
        yield made


def _threads_of(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/task"))


def test_they_are_forks_of_one_that_has_no_threads(executor: Executor) -> None:
    forked_from = executor.submit(os.getppid).result()
    assert forked_from != os.getpid()
    assert _threads_of(forked_from) == 1


def _known_to_be_lent() -> bool:
    return launchers._lent is not None


def test_they_share_a_zygote_where_they_confine(executor: Executor, isolation: Isolation) -> None:
    assert executor.submit(_known_to_be_lent).result() == (isolation == "confined")


def _threads_for_computing() -> tuple[str | None, int]:
    import torch

    return os.environ.get("OMP_NUM_THREADS"), torch.get_num_threads()


def test_each_computes_with_one_thread(executor: Executor) -> None:
    assert executor.submit(_threads_for_computing).result() == ("1", 1)


_HOLD = """
import time
from graders.classroom.local_processes import local_processes
if __name__ == "__main__":
    with local_processes(2) as make, make() as executor:
        executor.submit(time.time).result()
        print("ready", flush=True)
        executor.submit(time.sleep, 600).result()
"""


def test_a_kill_of_whoever_started_them_ends_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "hold.py"
    path.write_text(_HOLD, encoding="utf-8")
    root = str(Path(launchers.__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "TMPDIR": str(tmp_path)}
    command = [sys.executable, str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        below = psutil.Process(holder.pid).children(recursive=True)
        assert {"forkserver", "zygote"} <= {_kind(process) for process in below}
        holder.kill()
    deadline = time.monotonic() + 30
    while any(map(_runs, below)):
        assert time.monotonic() < deadline, [_kind(one) for one in below if _runs(one)]
        time.sleep(0.02)


def _kind(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    return next((kind for kind in ("forkserver", "zygote") if kind in command), command)


def _runs(process: psutil.Process) -> bool:
    """Tell a running process from one that nobody has cleared away yet."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
