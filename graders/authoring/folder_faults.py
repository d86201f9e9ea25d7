"""What is wrong with a topic's hidden folder that can be told without running an answer."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from graders.authoring.lesson_faults import lesson_faults
from graders.authoring.pairs import cells_of
from graders.authoring.specimens import catalogue
from graders.checks.references import problems_of
from graders.checks.task import TaskChecks
from graders.checks.words import some_of
from graders.course import CourseError, Topic, topics
from graders.course.literals import literal_in
from graders.course.parts import where_and_what
from graders.judge.declared import declared_tasks
from graders.sandbox.problem import Problems
from graders.sandbox.processes import GraderFaultError
from graders.sandbox.spec import Spec


def folder_faults(topic: Topic) -> list[str]:
    """List the faults of a topic and of its lesson, a sentence each; empty when all is well."""
    try:
        cells = cells_of(topic.solution)
    except CourseError as error:
        return [str(error)]
    faults = lesson_faults(topic.path, cells)
    if faults:
        return faults
    own = [*_of_checks(topic), *_of_names(topic), *_of_hints(topic), *_of_order(topic)]
    return [f"{topic.path}: {fault}" for fault in dict.fromkeys(own)]


def _of_checks(topic: Topic) -> Iterator[str]:
    try:
        declared = declared_tasks(topic)
        problems = problems_of(topic)
        catalogue(topic)
    except (CourseError, GraderFaultError) as error:
        yield str(error)
        return
    there, named = {task.name for task in topic.tasks}, {task.name for task in declared}
    if there - named:
        yield f"{topic.test_file.name} declares no checks of {some_of(sorted(there - named))}"
    if named - there:
        more = some_of(sorted(named - there))
        yield f"{topic.test_file.name} declares checks of {more}, no task of the notebook"
    for task in declared:
        # A builder that is broken is so for all its parameters.
        asked = [*task.elsewhere, *reversed(task.problems)]
        for which in {one.name: one for one in asked}.values():
            yield from _of_problem(topic, problems, task, which)


def _of_problem(topic: Topic, problems: Problems, task: TaskChecks, which: Spec) -> Iterator[str]:
    if which not in problems:
        yield f"{task.name} is asked {which}, and problems.py has no builder {which.name}"
        return
    try:
        values = problems.build(which).values
    except Exception as error:
        where = where_and_what(error, topic.hidden)
        yield f"the problem {which} cannot be made: {where}"
        return
    lacking = [name for name in task.arguments if name not in values]
    if lacking:
        yield f"the problem {which} gives no {some_of(lacking)}, which {task.name} is handed"


def _of_names(topic: Topic) -> Iterator[str]:
    """Name what a second definition replaces: Python says nothing of it."""
    for path in sorted(topic.hidden.rglob("*.py")):
        try:
            body = ast.parse(path.read_text(encoding="utf-8")).body
        except (SyntaxError, ValueError):
            # Told where it is loaded.
            continue
        named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        counts = Counter(node.name for node in body if isinstance(node, named))
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            yield f"{path.name} defines {some_of(twice)} more than once; only the last one counts"


def _of_hints(topic: Topic) -> Iterator[str]:
    hints = literal_in(topic.hidden / "hints.py", "HINTS")
    if not isinstance(hints, dict):
        yield "there is no hints.py with HINTS = {…}, plain texts by task"
        return
    for task in topic.tasks:
        own = hints.get(task.name)
        if own is None:
            yield f"hints.py has none for {task.name}"
        elif not isinstance(own, tuple | list):
            yield f"the hints for {task.name} are a {type(own).__name__}, and no tuple of texts"
        elif not own or not all(isinstance(hint, str) and hint.strip() for hint in own):
            yield f"the hints for {task.name} are none, or not all texts"
    names = {task.name for task in topic.tasks}
    more = [str(name) for name in hints if name not in names]
    if more:
        yield f"hints.py has hints for {some_of(more)}, no task of the notebook"


def _of_order(topic: Topic) -> Iterator[str]:
    after = literal_in(topic.hidden / "__init__.py", "AFTER")
    if after and after not in {one.name for one in topics(topic.course)}:
        yield f"it comes AFTER {after!r}, and the course has no such topic"
