"""Turns the answers of `tests/topics` into submissions, each with the solution around it."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graders import course
from graders.authoring.specimens import solution
from graders.course.submission import Cell, Submission

TOPICS = tuple(topic.path for topic in course.topics())
_IMPORTS = (
    "import torch\nfrom torch import Tensor\nfrom collections.abc import Callable, Sequence\n"
)


@dataclass(frozen=True)
class Specimen:
    task: str
    name: str
    function: Callable[..., Any]


def module_of(topic: str, part: str) -> Any:
    """Load a part of what is proved of a topic: "answers", "closed_forms"."""
    return importlib.import_module(f"topics.{topic.replace('/', '.')}.{part}")


def right_answers(topic: str) -> Iterator[Specimen]:
    answers = module_of(topic, "answers")
    for task, methods in answers.RIGHT.items():
        for name, function in methods:
            yield Specimen(task, name, function)


def wrong_answers(topic: str) -> Iterator[Specimen]:
    answers = module_of(topic, "answers")
    for (task, name), spellings in answers.WRONG.items():
        for function in spellings:
            yield Specimen(task, name, function)


def one_spelling_each(topic: str) -> Iterator[Specimen]:
    """Give each mistake in one spelling, by turns; EVERY_SPELLING=1 asks for all, for minutes.

    `dojo verify` has the catalogue's own spelling as well.
    """
    place: dict[tuple[str, str], int] = {}
    for number, one in enumerate(wrong_answers(topic)):
        spelling = place[one.task, one.name] = place.get((one.task, one.name), -1) + 1
        if "EVERY_SPELLING" in os.environ or spelling == (number // 2) % 2:
            yield one


# Each function keeps the others as they are now: a wrong `eigenvalues` is no excuse for a right
# `classify_hessian`, and the other way round.
_FREEZE = """
from types import FunctionType

def _frozen(function):
    parts = function.__name__, function.__defaults__, function.__closure__
    copy = FunctionType(function.__code__, dict(globals()), *parts)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy

for _name in {names!r}:
    globals()[_name] = _frozen(globals()[_name])
"""


def code_of(one: Specimen) -> str:
    """Write an answer as a cell would hold it, under its own name."""
    return f"{_IMPORTS}\n{inspect.getsource(one.function)}"


def with_cell(topic: str, task: str, code: str) -> Submission:
    """Hand in the solution with one cell more, which writes a task's function anew."""
    right = solution(course.topic(topic))
    return replace(right, cells=(*right.cells, Cell(f"cell {task}", code)))


def in_one(topic: str, specimens: Sequence[Specimen]) -> Submission:
    """Hand in answers to different tasks, and the solution for what is left."""
    right = solution(course.topic(topic))
    names = [task.name for task in right.topic.tasks]
    cells = [*right.cells, Cell("freezing", _FREEZE.format(names=names))]
    for one in specimens:
        code = f"{code_of(one)}\n\n_{one.task} = {one.function.__name__}\n"
        cells.append(Cell(f"cell {one.task}", code))
    tasks = [one.task for one in specimens]
    frozen = ", ".join(f"{task}=_frozen(_{task})" for task in tasks)
    cells.append(Cell("handing in", f"globals().update({frozen})"))
    return replace(right, cells=tuple(cells))


_DONE = """

_answer = {task}


def {task}(*given, **named):
    r = _answer(*given, **named)
    return {done}
"""


def with_answer_changed(topic: course.Topic, task: str, done: str) -> Submission:
    """Hand in the solution, with something done to what one task returns: an expression of `r`.

    The arguments are there as `given` and `named`. Other tasks call the changed one.
    """
    right = solution(topic)
    cells = tuple(
        replace(cell, source=cell.source + _DONE.format(task=task, done=done))
        if f"def {task}(" in cell.source
        else cell
        for cell in right.cells
    )
    return replace(right, cells=cells)
