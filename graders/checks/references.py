"""The reference answers: the functions of `solutions/`, run in the judging process."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import CodeType
from typing import Any

from torch import Tensor

from graders.checks.mistakes import Mistake
from graders.course import Topic
from graders.course.parts import load_part
from graders.course.submission import read_submission
from graders.limits import ANSWER_ROOM_BYTES, ANSWER_ROOM_TIMES
from graders.meter import Measured, Meter
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.given import given, run, tensors_in
from graders.sandbox.problem import Problem, Problems
from graders.sandbox.spec import Spec

Unit = Callable[[Problem], Any]


def reference_functions(topic: Topic) -> dict[str, Any]:
    """Load the functions of a topic's solution by the rules that hold for a submission."""
    namespace: dict[str, Any] = {"__name__": f"solutions.{topic.assignment}.{topic.name}"}
    for cell in read_submission(topic.solution, topic).cells:
        source = "\n" * (cell.first_line - 1) + cell.source
        code: CodeType = compile(source, str(topic.solution), "exec")
        exec(code, namespace)
    return namespace


@cache
def problems_of(topic: Topic) -> Problems:
    """Give the problems of a topic."""
    return Problems(load_part(topic, "problems"))


class References:
    """Expected values and the cost of a unit, computed once for each call."""

    def __init__(self, topic: Topic, seed: int) -> None:
        """Load the topic's solution."""
        self.topic = topic.path
        self.problems = problems_of(topic)
        self.seed = seed
        self._functions = reference_functions(topic)
        self._values: dict[Call, Any] = {}
        self._rooms: dict[Call, int] = {}
        self._outcomes: dict[tuple[str, Call], Returned | Raised] = {}
        self._costs: dict[tuple[Unit, Spec], Measured] = {}

    def problem(self, spec: Spec, *, device: str = "cpu") -> Problem:
        """Build a problem afresh, so that no call sees what another left behind."""
        return self.problems.build(spec, seed=self.seed, device=device)

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call, detached."""
        if call not in self._values:
            self._values[call] = self._run(self._functions[call.function], call)
        return self._values[call]

    def room(self, call: Call) -> int:
        """Give the bytes that an answer to a call may have: the expected one a few times over."""
        if call not in self._rooms:
            expected = None
            # What the reference refuses has no expected answer, and is not asked for again.
            with suppress(Exception):
                expected = self.value(call)
            size = sum(one.numel() * one.element_size() for one in tensors_in(expected))
            self._rooms[call] = max(ANSWER_ROOM_BYTES, ANSWER_ROOM_TIMES * size)
        return self._rooms[call]

    def outcome_of(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake of the catalogue returns or raises for a call."""
        key = (mistake.name, call)
        if key not in self._outcomes:
            self._outcomes[key] = self._outcome(mistake, call)
        return self._outcomes[key]

    def unit_cost(self, unit: Unit, spec: Spec) -> Measured:
        """Measure the unit of a budget on a problem: one gradient, one product."""
        key = (unit, spec)
        if key not in self._costs:
            problem = self.problem(spec)
            with Meter(lambda _file: False) as meter:
                unit(problem)
            self._costs[key] = meter.measured()
        return self._costs[key]

    def _run(self, function: Callable[..., Any], call: Call) -> Any:
        arguments = given(call, self.problems, self.seed)
        return _detached(run(function, call, self.problems, arguments, self.seed))

    def _outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Returned(self._run(mistake.function, call))
        except Exception as error:
            classes = tuple(kind.__name__ for kind in type(error).__mro__)
            return Raised(classes, str(error))


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
