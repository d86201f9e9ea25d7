"""Plain tests: `def test_…(student)` with assertions, as any user of pytest would write them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graders.checks.asking import Asking
from graders.checks.failure import CheckFailed, Failure
from graders.checks.stage import Stage
from graders.checks.stages import WRITTEN, require_returned, returned
from graders.checks.task import TaskChecks
from graders.course import CourseError
from graders.sandbox.call import Call
from graders.sandbox.processes import GraderFaultError
from graders.sandbox.spec import Arguments, Spec, spec
from graders.sandbox.values import encode

PlainTest = Callable[["PlainStudent"], None]
_PREFIX = "test_"


@dataclass(frozen=True)
class PlainStudent:
    """What a plain test is handed: `student(spec(…))` or `student(1000, torch.float32)`.

    Either gives what the task's function returned. Functions do not cross to the process that runs
    the student's code: a problem that is handed one has a builder in `problems.py`.
    """

    asking: Asking

    def values(self, problem: Spec) -> Mapping[str, Any]:
        """Give the values of a problem by name, built afresh: for an expected value of your own."""
        return self.asking.references.problem(problem).values

    def __call__(self, *arguments: Any) -> Any:
        """Call the task's function; what it raises fails the check, with its explanation."""
        if len(arguments) == 1 and isinstance(arguments[0], Spec):
            return require_returned(self.asking, arguments[0])
        for argument in arguments:
            if callable(argument):
                raise TypeError(
                    "a function cannot be handed to the student's process; write a problem for it"
                )
        task = self.asking.task
        shown = f"{task.name}({', '.join(map(str, arguments))[:200]})"
        topic = self.asking.references.topic
        call = Call(topic, task.name, spec(shown), Arguments(()), frozenset(task.not_allowed))
        answer = self.asking.student.ask(call, encode(tuple(arguments)))
        return returned(answer, task.name, lambda: shown)


def with_plain_tests(tasks: Sequence[TaskChecks], tests: Sequence[PlainTest]) -> list[TaskChecks]:
    """Add each plain test as a stage of its own to the task that its name begins with."""
    found = {task.name: task for task in tasks}
    for test in tests:
        name = _task_of(test, list(found))
        stage = _stage_of(test, name)
        found[name] = replace(found[name], stages=(*found[name].stages, stage))
    return list(found.values())


def _task_of(test: PlainTest, names: list[str]) -> str:
    rest = test.__name__.removeprefix(_PREFIX)
    fitting = [name for name in names if rest == name or rest.startswith(f"{name}_")]
    if not fitting and len(names) == 1:
        return names[0]
    if not fitting:
        raise CourseError(
            f"{test.__name__} belongs to no task: call it test_<task>_<what holds>, with one of "
            f"{', '.join(names)}"
        )
    return max(fitting, key=len)


def _stage_of(test: PlainTest, task: str) -> Stage:
    asked = list(inspect.signature(test).parameters)
    if asked != ["student"]:
        raise CourseError(
            f"{test.__name__} asks for {', '.join(asked) or 'nothing'}; a plain test is handed "
            "`student` and nothing else"
        )
    name = test.__name__.removeprefix(_PREFIX)
    name = name.removeprefix(f"{task}_") or name
    words = (inspect.getdoc(test) or "").strip().partition("\n")[0].rstrip(".")
    title = words or name.replace("_", " ")

    def run(asking: Asking, _case: Spec | None) -> None:
        _run(test, asking, title)

    return Stage(name, title, stop=f"fails: {title}", run=run, needs=WRITTEN)


def _run(test: PlainTest, asking: Asking, title: str) -> None:
    try:
        test(PlainStudent(asking))
    except (CheckFailed, GraderFaultError):
        raise
    except AssertionError as error:
        said = str(error).strip()
        raise CheckFailed(Failure(said.rstrip(".") or f"This does not hold: {title}")) from None
    except Exception as error:
        # `dojo verify` runs it on right answers, so what it trips over here is the answer.
        kind = type(error).__name__
        fault = f"What came back could not be used ({kind}: {error}); this is asked: {title}"
        raise CheckFailed(Failure(fault)) from None
