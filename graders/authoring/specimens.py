"""Specimen submissions made from the course itself: the solution, a known mistake, a mutant."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import TypeVar

from graders.checks.failure import Symptom
from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.course.parts import load_part
from graders.course.submission import (
    Cell,
    Submission,
    parse_submission,
    read_bytes,
    read_submission,
)

One = TypeVar("One")
_BEGIN = "### BEGIN SOLUTION"


@dataclass(frozen=True)
class Mutant:
    """The reference of one task with one small change."""

    task: str
    operator: str
    line: str
    submission: Submission


def solution(topic: Topic) -> Submission:
    """Hand in the reference solution; what is read again for every specimen is parsed once."""
    return _parsed(read_bytes(topic.solution), topic)


@lru_cache(maxsize=16)
def _parsed(content: bytes, topic: Topic) -> Submission:
    return parse_submission(content, topic.solution.name, topic)


def stub(topic: Topic) -> Submission:
    """Hand in the exercise as a learner finds it."""
    return read_submission(topic.exercise, topic)


def released(topic: Topic) -> Submission:
    """Hand in the student notebook as it was given out."""
    return read_submission(topic.release, topic)


def other_ways(topic: Topic) -> Submission | None:
    """Hand in the other right answers that the topic's folder has; None where there are none."""
    there = topic.other_ways.is_file()
    return read_submission(topic.other_ways, topic) if there else None


def defines(cell: Cell, task: str) -> bool:
    """Whether a task's function stands in a cell."""
    return f"def {task}(" in cell.source


def catalogue(topic: Topic) -> tuple[Mistake, ...]:
    """List the known mistakes of a topic; CourseError where one would never be looked for."""
    module = load_part(topic, "mistakes")
    mistakes: tuple[Mistake, ...] = module.MISTAKES
    for fault in _faults_of_catalogue(topic, mistakes, module):
        raise CourseError(f"{topic.hidden / 'mistakes.py'}: {fault}")
    return mistakes


def _faults_of_catalogue(
    topic: Topic, mistakes: tuple[Mistake, ...], module: ModuleType
) -> Iterator[str]:
    """Say what is wrong with a list of mistakes, one sentence each."""
    made = [value for value in vars(module).values() if isinstance(value, Mistake)]
    for one in made:
        if one not in mistakes:
            yield f"{one.name} is not in MISTAKES, so nobody is told of it; add it there"
    tasks = [task.name for task in topic.tasks]
    seen: set[tuple[str, str]] = set()
    for one in mistakes:
        if one.task not in tasks:
            yield f"{one.name} is a mistake of {one.task!r}; the tasks are {', '.join(tasks)}"
        if (one.task, one.name) in seen:
            yield f"two mistakes of {one.task} are called {one.name}; give one another name"
        seen.add((one.task, one.name))


def with_function(topic: Topic, task: str, code: str, name: str) -> Submission:
    """Hand in the solution with one task's function replaced by what `name` is after `code`.

    The other tasks' functions go on calling the solution's, whatever the replacement does.
    """
    others = tuple(one.name for one in topic.tasks if one.name != task)
    keep = Cell("keeping the others", _KEEP.format(names=others))
    wrong = Cell(f"cell {task}", f"{code}\n\n{task} = {name}\n")
    right = solution(topic)
    return replace(right, cells=(*right.cells, keep, wrong))


_KEEP = """
from types import FunctionType
for _name in {names!r}:
    _old = globals()[_name]
    _new = FunctionType(_old.__code__, dict(globals()), _name, _old.__defaults__, _old.__closure__)
    _new.__kwdefaults__ = _old.__kwdefaults__
    globals()[_name] = _new
"""

# The catalogue registers its functions with this package, which a submission does not have.
_REGISTERING = """
from types import SimpleNamespace
Symptom, Mistake = SimpleNamespace(**dict.fromkeys({symptoms!r})), SimpleNamespace
def mistake(task, *, symptom=None, unless=()):
    return lambda function: SimpleNamespace(task=task, function=function)
"""


_TOGETHER = """
_first, _second, _right = {first}, {second}, {task}


def _asked(function, given, named):
    # Each of the three draws the same random numbers.
    state = torch.get_rng_state()
    value = function(*given, **named)
    after = torch.get_rng_state()
    torch.set_rng_state(state)
    return value, after


def _alike(one, other):
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        alike = one.shape == other.shape and one.dtype == other.dtype
        return alike and torch.allclose(one, other, rtol=1e-9, atol=0.0, equal_nan=True)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(_alike, one, other))
    return type(one) is type(other) and one == other


def _both(*given, **named):
    due, _ = _asked(_right, given, named)
    found, after = _asked(_second, given, named)
    if _alike(found, due):
        found, after = _asked(_first, given, named)
    torch.set_rng_state(after)
    return found
"""


def both_mistakes(topic: Topic, first: Mistake, second: Mistake) -> Submission:
    """Hand in two known mistakes of a task: the second where it does harm, the first elsewhere."""
    together = _TOGETHER.format(task=first.task, first=_chosen(first), second=_chosen(second))
    return with_function(topic, first.task, f"{_catalogue_code(topic)}\n{together}", "_both")


def mistake_submission(topic: Topic, mistake: Mistake) -> Submission:
    """Hand in a known mistake of the catalogue for its task, and the solution for the others."""
    return with_function(topic, mistake.task, _catalogue_code(topic), _chosen(mistake))


@lru_cache(maxsize=16)
def _catalogue_code(topic: Topic) -> str:
    """Give the text of a topic's mistakes without what only this package has; asked for each."""
    source = inspect.getsource(load_part(topic, "mistakes"))
    registering = _REGISTERING.format(symptoms=[symptom.name for symptom in Symptom])
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ImportFrom) and node.module == "graders.checks.mistakes":
            renamed = [f"{one.asname} = {one.name}\n" for one in node.names if one.asname]
            lines[node.lineno - 1 : node.end_lineno] = [registering, *renamed]
    return "".join(lines)


def _chosen(mistake: Mistake) -> str:
    return (
        f"next(one.function for one in MISTAKES if one.task == {mistake.task!r} "
        f"and one.function.__name__ == {mistake.name!r})"
    )


def mutants(topic: Topic, task: str) -> Iterator[Mutant]:
    """Make every small change that the mutation tool knows to a task's reference."""
    right = solution(topic)
    numbered = enumerate(right.cells)
    place, cell = next((i, cell) for i, cell in numbered if defines(cell, task))
    seen = {cell.source}
    for operator, mutated in _mutations(cell.source):
        if mutated in seen or not _changes_body_only(cell.source, mutated):
            continue
        seen.add(mutated)
        cells = (*right.cells[:place], replace(cell, source=mutated), *right.cells[place + 1 :])
        line = _changed_line(cell.source, mutated)
        yield Mutant(task, operator, line, replace(right, cells=cells))


def _mutations(code: str) -> Iterator[tuple[str, str]]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    for name in sorted(operator_names()):
        if "Variable" in name:
            # These two need to be told of which variables.
            continue
        operator = get_operator(name)()
        for occurrence in range(1000):
            mutated = mutate_code(code, operator, occurrence)
            if mutated is None:
                break
            yield name.partition("/")[2], mutated


def _changes_body_only(code: str, mutated: str) -> bool:
    head = code.partition(_BEGIN)[0]
    return _BEGIN in code and mutated.startswith(head)


def _changed_line(code: str, mutated: str) -> str:
    pairs = zip(code.splitlines(), mutated.splitlines(), strict=False)
    return next((new.strip() for old, new in pairs if old != new), "(a line less)")


def spread(every: Sequence[One], most: int | None) -> Sequence[One]:
    """Take all of them, or so many at most, evenly from first to last."""
    if most is None:
        return every
    return every[:: math.ceil(len(every) / most)] if most and every else ()
