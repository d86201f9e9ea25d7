"""Find what a topic declares: its tasks and plain tests, in the order in which they stand."""

from __future__ import annotations

from functools import cache
from types import FunctionType, ModuleType

from graders.checks.plain import with_plain_tests
from graders.checks.task import TaskChecks
from graders.course import CourseError, Topic
from graders.course.parts import tests_of
from graders.sandbox.processes import GraderFaultError


@cache
def declared_tasks(topic: Topic) -> tuple[TaskChecks, ...]:
    """Load a topic's test file and list its tasks; GraderFaultError where that is impossible."""
    try:
        module = tests_of(topic)
        return tuple(with_plain_tests(_tasks_in(module), _plain_tests_in(module)))
    except CourseError as error:
        raise GraderFaultError(f"the hidden tests could not be run: {error}") from None
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise GraderFaultError(
            f"the hidden tests could not be run: {topic.test_file.name}: {why}"
        ) from None


def declared_task(topic: Topic, name: str) -> TaskChecks:
    """Find the declaration of a task; CourseError where nothing checks it."""
    for task in declared_tasks(topic):
        if task.name == name:
            return task
    raise CourseError(f"nothing checks the task {name!r} of {topic.name!r}")


def guarded_routines(topic: Topic) -> frozenset[str]:
    """List the routines that some task of a topic does not allow."""
    return frozenset(name for task in declared_tasks(topic) for name in task.not_allowed)


def _tasks_in(module: ModuleType) -> list[TaskChecks]:
    return [value for value in vars(module).values() if isinstance(value, TaskChecks)]


def _plain_tests_in(module: ModuleType) -> list[FunctionType]:
    return [
        value
        for name, value in vars(module).items()
        if name.startswith("test_") and isinstance(value, FunctionType)
    ]
