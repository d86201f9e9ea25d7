"""Whoever fails a visible check of a task fails a hidden one, too: the hidden ones are stricter."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import resource
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from typing import Any
from unittest import mock

import pytest
import torch
from specimens_of_answers import (
    TOPICS,
    Specimen,
    code_of,
    in_one,
    module_of,
    one_spelling_each,
    right_answers,
)
from warm import SESSION, judge

from graders import course
from graders.checks.task import TaskChecks
from graders.course import Topic
from graders.course.notebook import CHECK_PREFIX, SCRIPT, grade_id, without_hidden_tests
from graders.judge import session
from graders.judge.declared import declared_tasks

# The slowest answer here takes a second.
_SECONDS = 30
_MEMORY = 2**34
# Read in the dialog behind nbgrader's button "Validate", which is 330 pixels wide.
_MOST_LINES = 4


def of_topic(topic: str, kind: str) -> list[Specimen]:
    """List the answers of a kind (FAIL_BOTH, …) that the topic's assignment has in `one_fault`."""
    answers = getattr(module_of(topic.partition("/")[0], "one_fault"), kind)
    tasks = [task.name for task in course.topic(topic).tasks]
    return [
        Specimen(task, function.__name__, function)
        for task in tasks
        for function in answers.get(task, ())
    ]


@cache
def cells(topic: str) -> dict[str, str]:
    """Read the named cells of a solution, as the student has them: without the hidden part."""
    import jupytext

    script = course.topic(topic).solution.read_text(encoding="utf-8")
    found = jupytext.reads(script, fmt=SCRIPT).cells
    return {
        grade_id(cell): without_hidden_tests(cell.source)
        for cell in found
        if cell.cell_type == "code" and grade_id(cell)
    }


def visible_failure(topic: str, task: str, code: str = "", seconds: int = _SECONDS) -> str:
    """Run a task's visible check on the solution with `code` after it, and give what it says."""
    found = cells(topic)
    tasks = [one.name for one in course.topic(topic).tasks]
    before = ["setup", *(name for name in found if name.startswith("given-")), "demo-check-tools"]
    given = [found[name] for name in (*before, *tasks) if name in found]
    namespace = {"__name__": "notebook"}
    said = io.StringIO()
    signal.alarm(seconds)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(said),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            for source in (*given, code, found[f"demo-check-{task}"], found[CHECK_PREFIX + task]):
                exec(compile(source, task, "exec", dont_inherit=True), namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return said.getvalue().strip()


def limit_this_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    torch.set_num_threads(1)


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError("not finished in time")


@pytest.fixture(scope="module")
def notebooks() -> Iterator[ProcessPoolExecutor]:
    """A process of its own for what students' code may do to one: memory, time."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=limit_this_process) as pool:
        yield pool


def visible_failures(
    notebooks: ProcessPoolExecutor, topic: str, specimens: Sequence[Specimen]
) -> Callable[[], list[str]]:
    """Begin to run the visible checks, and give what waits for what they say."""
    codes = [f"{code_of(one)}\n{one.task} = {one.function.__name__}\n" for one in specimens]
    asked = [
        notebooks.submit(visible_failure, topic, one.task, code)
        for one, code in zip(specimens, codes, strict=True)
    ]
    return lambda: [one.result(timeout=3 * _SECONDS) for one in asked]


def hidden_failures(topic: str, specimens: Sequence[Specimen]) -> set[Specimen]:
    """Say which specimens fail a hidden check; nothing after the first failure is looked at.

    An answer to two tasks that are checked alike, as both ways to H v are, is judged once.
    """
    alike: dict[tuple[str, Any], list[Specimen]] = {}
    for one in specimens:
        alike.setdefault((checked_as(topic, one.task), one.function), []).append(one)
    by_task: dict[str, list[Specimen]] = {}
    for first, *_ in alike.values():
        by_task.setdefault(first.task, []).append(first)
    failed = {
        (checked_as(topic, one.task), one.function)
        for group in zip_longest(*by_task.values())
        for one in _failed(topic, [one for one in group if one is not None])
    }
    return {one for key in failed for one in alike[key]}


def checked_as(topic: str, task: str) -> str:
    """Name the first task of a topic whose checks are the same, but for the known mistakes."""
    declared = {
        one.name: replace(one, name="", mistakes=()) for one in declared_tasks(course.topic(topic))
    }
    return next(name for name, checks in declared.items() if checks == declared[task])


def at_two_sizes(topic: Topic) -> tuple[TaskChecks, ...]:
    """Measure costs at two sizes only: what fails there fails, and a loop over rows takes long."""
    return tuple(
        replace(one, cost=one.cost and replace(one.cost, sizes=one.cost.sizes[:2]))
        for one in declared_tasks(topic)
    )


def _failed(topic: str, together: Sequence[Specimen]) -> Iterator[Specimen]:
    fewer_sizes = mock.patch.object(session, "declared_tasks", at_two_sizes)
    with fewer_sizes, SESSION.judgement(in_one(topic, together)) as judgement:
        for one in together:
            first = judgement.first_failure(one.task)
            assert first is None or first.status == "failed", first
            if first is not None:
                yield one


def longer_than_the_dialog(faults: Sequence[str]) -> list[str]:
    return [fault for fault in faults if len(fault.splitlines()) > _MOST_LINES]


EACH_TOPIC = pytest.mark.parametrize("topic", TOPICS)


@EACH_TOPIC
def test_what_is_wrong_in_one_visible_case_alone_fails_there_and_fails_a_hidden_check(
    notebooks: ProcessPoolExecutor, topic: str
) -> None:
    """Of known mistakes, in the spellings that are told below, `test_answers` proves that half."""
    specimens = of_topic(topic, "FAIL_BOTH")
    said = visible_failures(notebooks, topic, specimens)
    failed = hidden_failures(topic, specimens)
    missed = [one.name for one, fault in zip(specimens, said(), strict=True) if not fault]
    assert specimens and not missed
    assert failed == set(specimens)
    assert not longer_than_the_dialog(said())


@EACH_TOPIC
def test_a_known_mistake_is_told_in_four_lines_and_before_anybody_would_give_up(
    notebooks: ProcessPoolExecutor, topic: str
) -> None:
    said = visible_failures(notebooks, topic, list(one_spelling_each(topic)))
    assert any(said())
    assert not longer_than_the_dialog(said())
    assert not [fault for fault in said() if "TimeoutError" in fault or "was stopped" in fault]


@EACH_TOPIC
def test_what_the_docstring_promises_is_asked_by_the_hidden_checks(
    notebooks: ProcessPoolExecutor, topic: str
) -> None:
    specimens = of_topic(topic, "FAIL_THE_HIDDEN_ONES")
    said = visible_failures(notebooks, topic, specimens)
    assert said() == [""] * len(specimens)
    assert hidden_failures(topic, specimens) == set(specimens)


@EACH_TOPIC
def test_the_solution_passes_both(notebooks: ProcessPoolExecutor, topic: str) -> None:
    asked = [
        notebooks.submit(visible_failure, topic, task.name) for task in course.topic(topic).tasks
    ]
    assert [one.result(timeout=3 * _SECONDS) for one in asked] == [""] * len(asked)
    (verdict,) = judge([in_one(topic, [])])
    assert verdict.passed


@EACH_TOPIC
def test_what_the_hidden_checks_call_right_passes_the_visible_ones(
    notebooks: ProcessPoolExecutor, topic: str
) -> None:
    specimens = list(right_answers(topic))
    said = visible_failures(notebooks, topic, specimens)
    other_ways = (course.topic(topic).hidden / "other_ways.py").read_text(encoding="utf-8")
    asked = {
        f"{task.name}, the other way": notebooks.submit(
            visible_failure, topic, task.name, other_ways
        )
        for task in course.topic(topic).tasks
    }
    faults = {name: one.result(timeout=3 * _SECONDS) for name, one in asked.items()}
    names = [f"{one.task} by {one.name}" for one in specimens]
    faults |= dict(zip(names, said(), strict=True))
    assert not {name: fault for name, fault in faults.items() if fault}


HVP = "derivatives/hvp"
GREEDY = "def hessian_bytes(n, dtype):\n    return torch.ones(n, n, dtype=dtype).nbytes\n"


@pytest.mark.parametrize(
    ("code", "seconds", "said"),
    [(GREEDY, _SECONDS, "memory"), ("while True: pass", 1, "TimeoutError")],
    ids=["too much memory", "no end"],
)
def test_an_answer_that_would_take_everything_is_stopped(
    notebooks: ProcessPoolExecutor, code: str, seconds: int, said: str
) -> None:
    asked = notebooks.submit(visible_failure, HVP, "hessian_bytes", code, seconds)
    assert said in asked.result(timeout=3 * _SECONDS)
