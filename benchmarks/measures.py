"""What is measured. Each function gives the figures of one letter of `run.py`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.result import Result, ratio, seconds, skipped
from benchmarks.submissions import ASSIGNMENT, make_class
from graders import course

if TYPE_CHECKING:
    from graders.sandbox.processes import Launcher

ROOT = Path(__file__).resolve().parent.parent
DOJO = (sys.executable, "-m", "graders.cli")


@dataclass(frozen=True)
class Scale:
    """How much is measured: rounds, students beside stock nbgrader, and the sizes of classes.

    Very large classes grow from `models`, to each size in turn, and `new` students are added there.
    """

    rounds: int = 5
    beside_stock: int = 12
    sizes: tuple[int, ...] = (20, 100, 500)
    jobs_class: int = 250
    jobs: int = 2
    batch: int = 16
    models: int = 24
    large: tuple[int, ...] = (100, 500, 2000, 10_000, 25_000)
    new: int = 100
    cluster_class: int = 24


QUICK = Scale(
    rounds=1,
    beside_stock=2,
    sizes=(6, 12),
    jobs_class=8,
    batch=4,
    models=12,
    large=(20, 60),
    new=6,
    cluster_class=3,
)


# Stock nbgrader would take hours for a class; it grades each way of handing in once, dojo grade the
# whole class, in which each occurs so many times.
_TIMES_OVER = 8


def stock_nbgrader(scale: Scale) -> list[Result]:
    """(a) `nbgrader autograde` as it comes, and `dojo grade`, to the gradebook, same class."""
    with a_folder() as folder:
        ours = folder / "ours"
        make_class(ours, scale.beside_stock * _TIMES_OVER)
        stock = Path(shutil.copytree(ours, folder / "stock"))
        _use_stock_settings(stock / "nbgrader_config.py")
        everyone = sorted(path.name for path in (stock / "submitted").iterdir())
        students = everyone[: scale.beside_stock]
        theirs = [seconds(lambda who=who: _autograde(stock, who)) for who in students]  # type: ignore[misc]
        whole = _grade(ours, scale.jobs, "--no-feedback")
    each = whole / len(everyone)
    note = f"{len(everyone)} students of four notebooks, start of the processes included"
    sample = f"{len(students)} of the same students, each way of handing in once"
    return [
        Result("stock nbgrader autograde", "s/student", tuple(theirs), note=sample),
        Result("dojo grade", "s/student", (each,), note=note),
        ratio(
            "stock nbgrader against dojo grade", [statistics.mean(theirs)], [each], "at least 25"
        ),
    ]


def otter(_scale: Scale) -> list[Result]:
    """(b) Otter's local grading of an equivalent notebook."""
    if importlib.util.find_spec("otter") is None:
        return [skipped("Otter's local grading", "otter-grader is not installed")]
    from benchmarks.otter_grading import measure

    return measure(_scale.rounds)


def judge_and_floor(scale: Scale) -> list[Result]:
    """(c) The judge, and the same checks computed with nothing around them, in turns."""
    from benchmarks.floor import answer_batch
    from graders.checks.references import References
    from graders.course.submission import read_submission
    from graders.judge.session import Session

    judge = Session().judge

    _one_thread()
    found: list[Result] = []
    totals: tuple[list[float], list[float]] = ([], [])
    for topic in course.assignment(ASSIGNMENT):
        path = ROOT / "solutions" / topic.assignment / f"{topic.name}.py"
        batch = [read_submission(path, topic)] * scale.batch
        (verdict,) = judge(batch[:1])
        assert verdict.passed, "the floor is that of a right submission"
        above, below = [], []
        for _ in range(scale.rounds):
            references = References(topic, 0)
            below.append(
                seconds(lambda: answer_batch(topic, references, scale.batch)) / scale.batch  # noqa: B023
            )
            above.append(seconds(lambda: judge(batch)) / scale.batch)  # noqa: B023
        found += [
            Result(f"judge, {topic.name}", "s/notebook", tuple(above)),
            Result(f"floor, {topic.name}", "s/notebook", tuple(below)),
        ]
        totals[0].append(statistics.median(above))
        totals[1].append(statistics.median(below))
    return [
        *found,
        ratio(
            "judge against the floor, all topics", [sum(totals[0])], [sum(totals[1])], "at most 2.5"
        ),
    ]


def class_sizes(scale: Scale) -> list[Result]:
    """(d) What a student costs in classes of different sizes, and the memory of all processes."""
    found, costs = [], []
    for size in scale.sizes:
        with a_folder() as folder:
            make_class(folder / "class", size)
            with memory_of_children() as peak:
                costs.append(_grade(folder / "class", scale.jobs) / size)
            again = _grade(folder / "class", scale.jobs)
        found += [
            Result(f"class of {size}", "s/student", (costs[-1],), note="feedback included"),
            Result(f"class of {size}, all processes", "GB", (max(peak) / 1e9,), "under 3"),
            Result(f"class of {size}, nothing changed", "s", (again,)),
        ]
    name = f"cost in a class of {scale.sizes[-1]} against {scale.sizes[0]}"
    return [*found, ratio(name, [costs[-1]], [costs[0]], "at most 1.15")]


def one_and_two_jobs(scale: Scale) -> list[Result]:
    """(e) The same class with two jobs, with one, and with two again.

    Taken on both sides of the one, the two are slowed down as much where the machine gets slower.
    """
    found: dict[int, list[float]] = {1: [], 2: []}
    with a_folder() as folder:
        make_class(folder / "class", scale.jobs_class)
        for jobs in (2, 1, 2):
            copy = Path(shutil.copytree(folder / "class", folder / "copy"))
            found[jobs].append(_grade(copy, jobs) / scale.jobs_class)
            shutil.rmtree(copy)
    return [
        Result("one job", "s/student", tuple(found[1]), note=f"{scale.jobs_class} students"),
        Result("two jobs", "s/student", tuple(found[2])),
        ratio("one job against two", found[1], found[2], "at least 1.7"),
    ]


def metering(scale: Scale) -> list[Result]:
    """(f) The metered calls of the topic hvp with the meter and without, in turns."""
    from benchmarks.floor import call, meter, questions
    from graders.checks.solution import reference_functions
    from graders.judge.declared import declared_tasks

    _one_thread()
    topic = course.topic("hvp")
    functions = reference_functions(topic)
    asked = [
        (checks, which)
        for checks in declared_tasks(topic)
        for which, metered in questions(checks)
        if metered
    ]

    def answer(with_meter: bool) -> None:
        for checks, which in asked:
            metering = meter if with_meter else nullcontext
            call(functions[checks.name], topic, checks, which, metering)

    answer(True)
    on, off = [], []
    for _ in range(scale.rounds):
        on.append(seconds(lambda: answer(True)))
        off.append(seconds(lambda: answer(False)))
    return [ratio(f"meter on against off, {len(asked)} calls", on, off, "")]


def first_answer(scale: Scale) -> list[Result]:
    """(g) From a fresh fork to the first vjp, and to right answers for four whole tasks."""
    from graders.sandbox.zygotes import Zygote

    _one_thread()
    found = []
    for ahead, name in ((False, "fork and confine"), (True, "a worker made ready meanwhile")):
        launcher = Zygote(ahead=ahead)
        for tasks, what, target in (
            (("jacobian.vjp",), "first vjp", "at most 30"),
            (_FOUR_TASKS, "four tasks judged", "at most 80"),
        ):
            values = _from_the_fork_on(launcher, tasks, 10 * scale.rounds)
            found.append(Result(f"{name}, run the cells, {what}", "ms", values, target))
        launcher.close()
    return found


_BETWEEN_SAVES = 0.2
_FOUR_TASKS = ("hvp.hvp", "hessian.hessian", "jacobian.jacobian", "curvature.classify_hessian")


def _from_the_fork_on(launcher: Launcher, tasks: tuple[str, ...], rounds: int) -> tuple[float, ...]:
    """Time a fresh worker that answers the problems of whole tasks, or one problem of one task."""
    from graders.checks.asking import Asking
    from graders.checks.compare import agrees
    from graders.checks.references import References
    from graders.checks.task import TaskChecks
    from graders.course import Topic
    from graders.course.submission import Cell, Submission, read_submission
    from graders.judge.declared import declared_task, guarded_routines
    from graders.sandbox.student import Student

    cells: list[Cell] = []
    wanted: list[tuple[Topic, References, TaskChecks]] = []
    for topic, _, task in (name.partition(".") for name in tasks):
        found = course.topic(topic)
        path = ROOT / "solutions" / found.assignment / f"{topic}.py"
        cells += read_submission(path, found).cells
        wanted.append((found, References(found, 0), declared_task(found, task)))
    submission = Submission(wanted[0][0], tuple(cells))
    guarded = frozenset[str]().union(*(guarded_routines(found) for found, *_ in wanted))

    def judge_all() -> None:
        student = Student(submission, launcher, 0, guarded=guarded)
        for _, references, checks in wanted:
            asking = Asking(student, references, checks)
            for which in checks.problems if len(wanted) > 1 else checks.problems[:1]:
                assert agrees(asking.ask(which).outcome.value, asking.expected(which))  # type: ignore[union-attr]
        student.close()

    def once() -> float:
        # As long as a learner takes to save again: the next worker is ready by then, if it can be.
        time.sleep(_BETWEEN_SAVES)
        return 1000 * seconds(judge_all)

    judge_all()
    return tuple(once() for _ in range(rounds))


def _one_thread() -> None:
    """Compute as the workers and the pool's processes do."""
    import torch

    torch.set_num_threads(1)


@contextmanager
def a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dojo-benchmark-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _grade(folder: Path, jobs: int, *options: str) -> float:
    command = [*DOJO, "grade", ASSIGNMENT, "--jobs", str(jobs), "--json", *options]
    return seconds(lambda: run(command, folder))


def _autograde(folder: Path, student: str) -> None:
    """Run stock nbgrader; a kernel that dies makes it fail, which is its answer."""
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--student", student]
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)


def environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join((scripts, os.environ.get("PATH", "")))
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


def _use_stock_settings(config: Path) -> None:
    config.write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'second-derivatives'\n", encoding="utf-8"
    )


@contextmanager
def memory_of_children() -> Iterator[list[float]]:
    """Note the memory of all processes below this one, ten times a second (shared pages split)."""
    import psutil  # type: ignore[import-untyped]

    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            peak.append(sum(map(_own_memory, psutil.Process().children(recursive=True))))

    def _own_memory(process: psutil.Process) -> float:
        try:
            memory = process.memory_full_info()
            return float(getattr(memory, "pss", 0) or memory.uss)
        except psutil.Error:
            return 0.0

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
