"""The functions of `solutions/`, run in the judging process: what a right answer is."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import CodeType
from typing import Any

from torch import Tensor

from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.course.submission import read_submission
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.given import given, run
from graders.sandbox.problem import Problems


def reference_functions(topic: Topic) -> dict[str, Any]:
    """Load the functions of a topic's solution by the rules that hold for a submission.

    CourseError where the solution is empty, gone or does not run.
    """
    namespace: dict[str, Any] = {"__name__": f"solutions.{topic.assignment}.{topic.name}"}
    try:
        cells = read_submission(topic.solution, topic).cells
        if not topic.solution.read_text(encoding="utf-8").strip():
            raise ValueError("it is empty")
        for cell in cells:
            source = "\n" * (cell.first_line - 1) + cell.source
            code: CodeType = compile(source, str(topic.solution), "exec")
            exec(code, namespace)
    except Exception as error:
        why = (str(error).strip().splitlines() or [""])[0]
        raise CourseError(
            f"answers cannot be compared with {topic.solution} ({type(error).__name__}: {why}); "
            "bring back an older version of it, with `git checkout` or from a copy"
        ) from error
    return namespace


class Solution:
    """Answers calls by running the solution, and known mistakes by running theirs."""

    def __init__(self, topic: Topic, problems: Problems, seed: int) -> None:
        """Load the topic's solution."""
        self._functions = reference_functions(topic)
        self._problems = problems
        self._seed = seed

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call, detached."""
        return self._run(self._functions[call.function], call)

    def outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake returns or raises for a call."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Returned(self._run(mistake.function, call))
        except Exception as error:
            classes = tuple(kind.__name__ for kind in type(error).__mro__)
            return Raised(classes, str(error))

    def _run(self, function: Callable[..., Any], call: Call) -> Any:
        arguments = given(call, self._problems, self._seed)
        return _detached(run(function, call, self._problems, arguments, self._seed))


def _detached(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, dict):
        return {key: _detached(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_detached(item) for item in value))
    if isinstance(value, tuple):
        return tuple(_detached(item) for item in value)
    return [_detached(item) for item in value] if isinstance(value, list) else value
