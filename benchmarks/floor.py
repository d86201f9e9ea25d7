"""The floor: what the checks of a topic cost in one warm process, with nothing around them.

The functions of `solutions/` answer every question that the judge would ask of a right submission,
metered where the judge meters, and are compared with the same reference values.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from graders.course import Topic
from graders.judge.checks import TaskChecks
from graders.judge.compare import relative_error
from graders.judge.cost_checks import SIZES, MatrixFreeChecks
from graders.judge.meter import Meter, counted
from graders.judge.problem import Spec, build, spec
from graders.judge.references import References, reference_functions

Metering = Callable[[], AbstractContextManager[Any]]


def meter() -> Meter:
    """Meter a call as the worker does."""
    return Meter(lambda _file: False)


def classes_of(topic: Topic) -> list[type[TaskChecks]]:
    """List the classes of checks of a topic."""
    module = importlib.import_module(f"graders.hidden.{topic.assignment}.test_{topic.name}")
    found = [one for one in vars(module).values() if isinstance(one, type)]
    return [one for one in found if issubclass(one, TaskChecks) and hasattr(one, "task")]


def answer_all(topic: Topic, references: References, metering: Metering = meter) -> None:
    """Answer and compare everything that is asked of one submission of a topic."""
    functions = reference_functions(topic)
    for checks in classes_of(topic):
        for which, metered in questions(checks):
            got = call(functions[checks.task], checks, which, metering if metered else nullcontext)
            if metered:
                references.gradient_cost(which)
            else:
                error = relative_error(got, references.value(checks.task, which, checks.arguments))
                assert error < 1e-3


def answer_batch(topic: Topic, references: References, size: int) -> None:
    """Answer for a batch of submissions, which share their reference values."""
    for _ in range(size):
        answer_all(topic, references)


def questions(checks: type[TaskChecks]) -> Iterator[tuple[Spec, bool]]:
    """List the problems of a task, and whether the call is metered."""
    yield from ((one, False) for one in checks.problems)
    if issubclass(checks, MatrixFreeChecks):
        yield from ((spec(name, n=n), True) for name in checks.sized for n in SIZES)
        yield checks.large, False


def call(function: Any, checks: type[TaskChecks], which: Spec, metering: Metering) -> Any:
    """Build a problem and call a function on it."""
    arguments = build(which, seed=0).arguments(checks.arguments)
    if "func" in checks.arguments:
        place = checks.arguments.index("func")
        arguments[place] = counted(arguments[place])
    with metering():
        return function(*arguments)
