"""The floor: what the checks of a topic cost in one warm process, with nothing around them.

The functions of `solutions/` answer every question that the judge would ask of a right submission,
metered where the judge meters, and are compared with the same reference values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from graders.checks.compare import relative_error
from graders.checks.cost import one_gradient
from graders.checks.references import References, problems_of
from graders.checks.solution import reference_functions
from graders.checks.task import TaskChecks
from graders.course import Topic
from graders.judge.declared import declared_tasks
from graders.meter import Meter, counted
from graders.sandbox.call import Call
from graders.sandbox.spec import Spec

Metering = Callable[[], AbstractContextManager[Any]]


def meter() -> Meter:
    """Meter a call as the worker does."""
    return Meter(lambda _file: False)


def answer_all(topic: Topic, references: References, metering: Metering = meter) -> None:
    """Answer and compare everything that is asked of one submission of a topic."""
    functions = _functions_of(topic)
    for task in declared_tasks(topic):
        for which, metered in questions(task):
            function = functions[task.name]
            got = call(function, topic, task, which, metering if metered else nullcontext)
            if metered:
                references.unit_cost(one_gradient, which)
            else:
                expected = references.value(Call(topic.path, task.name, which, task.given))
                assert relative_error(got, expected) < 1e-3


@cache
def _functions_of(topic: Topic) -> dict[str, Any]:
    return reference_functions(topic)


def answer_batch(topic: Topic, references: References, size: int) -> None:
    """Answer for a batch of submissions, which share their reference values."""
    for _ in range(size):
        answer_all(topic, references)


def questions(task: TaskChecks) -> Iterator[tuple[Spec, bool]]:
    """List the problems of a task, and whether the call is metered."""
    yield from ((one, False) for one in task.problems)
    cost = task.cost
    if cost is not None:
        yield from ((which, True) for which in cost.samples())
        if cost.large is not None:
            yield cost.large, False


def call(function: Any, topic: Topic, task: TaskChecks, which: Spec, metering: Metering) -> Any:
    """Build a problem and call a function on it."""
    arguments = problems_of(topic).build(which, seed=0).arguments(task.arguments)
    if "func" in task.arguments:
        place = task.arguments.index("func")
        arguments[place] = counted(arguments[place])
    with metering():
        return function(*arguments)
