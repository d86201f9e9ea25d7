"""Judge submissions with the hidden tests, which pytest collects once: one verdict each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import torch

from graders.course import Topic, topics
from graders.judge.collecting import Collecting
from graders.judge.confine import missing
from graders.judge.launchers import make_launcher
from graders.judge.processes import GraderFaultError, Isolation, Launcher
from graders.judge.pytest_plugin import Grading
from graders.judge.student import Student
from graders.judge.submission import Submission
from graders.judge.verdict import Verdict

HIDDEN = Path(__file__).resolve().parent.parent / "hidden"


class ConfinementError(GraderFaultError):
    """This machine cannot hold student code as tightly as grading others asks for."""


_launchers: dict[Isolation | None, Launcher] = {}

_QUIET = (
    "--disable-plugin-autoload",
    "--assert=plain",
    "--capture=no",
    "-p no:terminal",
    "-p no:cacheprovider",
    "-p no:logging",
    "-p no:doctest",
    "-p no:junitxml",
    "-p no:faulthandler",
    "-p no:unraisableexception",
    "-p no:threadexception",
    "-p no:warnings",
    "-p no:stepwise",
    "-p no:unittest",
    "-p no:setuponly",
    "-p no:setupplan",
    "-p no:pastebin",
)


def launcher_for(isolation: Isolation | None = None, *, ahead: bool = True) -> Launcher:
    """Give this process's launcher of a kind; it stays warm from one call to the next.

    Whoever asks first decides whether it works ahead.
    """
    if isolation not in _launchers:
        _launchers[isolation] = make_launcher(isolation, ahead=ahead)
    return _launchers[isolation]


def require_confinement(isolation: Isolation | None = None) -> None:
    """Raise ConfinementError unless a worker here gets every layer, or "process" was asked for.

    For whoever grades others' code: nothing falls back silently.
    """
    if isolation == "process":
        return
    launcher = launcher_for(isolation)
    if launcher.isolation != "confined":
        raise ConfinementError(
            "this system cannot confine student code (that takes Linux); to grade all the same, in "
            "separate processes with time limits only, say so with --isolation process"
        )
    student = Student(Submission(topics()[0], ()), launcher, seed=0)
    try:
        student.start()
        absent = [f"{layer.name} ({layer.why})" for layer in missing(student.layers)]
    finally:
        student.close()
    if absent:
        raise ConfinementError(
            f"student code cannot be fully confined here; missing: {', '.join(absent)}. "
            "`dojo doctor` tells more; to grade all the same, say so with --isolation process"
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as the worker does; the caller's setting comes back afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def judge(
    submissions: Sequence[Submission],
    *,
    seed: int = 0,
    reveal: bool = False,
    isolation: Isolation | None = None,
    launcher: Launcher | None = None,
    deliver: Callable[[int, Verdict], None] | None = None,
) -> list[Verdict]:
    """Judge submissions in order and give their verdicts; `deliver` gets each as it is ready.

    `reveal` lets messages show expected values, for self-study. GraderFaultError where the hidden
    tests cannot be run at all.
    """
    grading = Grading(launcher or launcher_for(isolation), seed=seed, reveal=reveal)
    verdicts: list[Verdict] = []
    with _one_thread():
        for place, submission in enumerate(submissions):
            verdicts.append(grading.judge(submission, collected(submission.topic)))
            if deliver is not None:
                deliver(place, verdicts[-1])
    return verdicts


@cache
def collected(topic: Topic) -> tuple[pytest.Item, ...]:
    """Collect the hidden tests of a topic, once in the life of a process, as modules are."""
    keeping = _Keeping([topic.name])
    arguments = [part for option in _QUIET for part in option.split(" ", 1)]
    arguments += [f"--rootdir={HIDDEN}", "-c", os.devnull, "--noconftest"]
    path = HIDDEN / topic.assignment / f"test_{topic.name}.py"
    status = pytest.main([*arguments, str(path)], plugins=[keeping])
    if not keeping.items:
        why = keeping.not_collected or f"pytest ended with status {status}"
        raise GraderFaultError(f"the hidden tests could not be run: {why}")
    return tuple(keeping.items)


class _Keeping(Collecting):
    """Keeps what was collected and runs none of it."""

    items: Sequence[pytest.Item] = ()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Keep the tests, if all of them could be read."""
        if not session.testsfailed:
            self.items = session.items
        return True
