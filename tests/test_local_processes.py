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

from graders import course
from graders.authoring.specimens import solution
from graders.classroom.local_processes import local_processes
from graders.judge.process_session import process_session

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems start them afresh")


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with local_processes(1) as make, make() as made:
        yield made


def test_they_are_forks_of_one_that_has_torch_and_no_threads(executor: Executor) -> None:
    forked_from = executor.submit(os.getppid).result()
    assert forked_from != os.getpid()
    assert len(os.listdir(f"/proc/{forked_from}/task")) == 1
    assert "libtorch" in Path(f"/proc/{forked_from}/maps").read_text(encoding="utf-8")


def _judge() -> tuple[bool, str]:
    """Judge in a process of the pool; give what came of it, and what its workers come from."""
    session = process_session()
    (verdict,) = session.judge([solution(course.topic("hessian"))])
    return verdict.passed, type(getattr(session.launcher, "process", None)).__name__


def test_they_judge_with_forks_of_one_zygote(executor: Executor) -> None:
    assert executor.submit(_judge).result() == (True, "Twin")


def test_they_borrow_no_zygote_where_nothing_is_confined() -> None:
    with local_processes(1, "process") as make, make() as executor:
        assert not executor.submit(_has_borrowed).result()


def _has_borrowed() -> bool:
    return getattr(process_session().launcher, "_mother", None) is not None


def _threads_for_computing() -> tuple[str | None, int]:
    import torch

    return os.environ.get("OMP_NUM_THREADS"), torch.get_num_threads()


def test_each_computes_with_one_thread(executor: Executor) -> None:
    assert executor.submit(_threads_for_computing).result() == ("1", 1)


def test_a_module_in_the_course_folder_is_not_taken_for_one_of_python_s(tmp_path: Path) -> None:
    (tmp_path / "statistics.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    code = (
        "import os\nfrom graders.classroom.local_processes import local_processes\n"
        "if __name__ == '__main__':\n"
        "    with local_processes(1) as make, make() as executor:\n"
        "        parent = executor.submit(os.getppid).result()\n"
        "        print('libtorch' in open(f'/proc/{parent}/maps').read(), os.getcwd())\n"
    )
    script = tmp_path.parent / f"{tmp_path.name}.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=_environment(), capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, f"True {tmp_path}\n", "")


_HOLD = """
import time
from test_local_processes import _judge
from graders.classroom.local_processes import local_processes
if __name__ == "__main__":
    with local_processes(2) as make, make() as executor:
        print(executor.submit(_judge).result(), flush=True)
        executor.submit(time.sleep, 600).result()
"""


def test_a_kill_of_whoever_started_them_ends_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "hold.py"
    path.write_text(_HOLD, encoding="utf-8")
    command = [sys.executable, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=_environment(), stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        said = holder.stdout.readline()
        below = psutil.Process(holder.pid).children(recursive=True)
        kinds = {_kind(process) for process in below}
        holder.kill()
    assert said == "(True, 'Twin')\n"
    assert {"forkserver", "zygote"} <= kinds
    deadline = time.monotonic() + 30
    while any(map(_runs, below)):
        assert time.monotonic() < deadline, [_kind(one) for one in below if _runs(one)]
        time.sleep(0.02)


def _environment() -> dict[str, str]:
    here = Path(__file__).resolve().parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(here.parent), str(here)))}


def _kind(process: psutil.Process) -> str:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        # A worker on its way out.
        return ""
    return next((kind for kind in ("forkserver", "zygote") if kind in command), command)


def _runs(process: psutil.Process) -> bool:
    """Tell a running process from one that nobody has cleared away yet."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
