"""What a submission's answers are compared with: expected values, known mistakes, unit costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Protocol

from graders.checks.answer_sheet import AnswerSheet, sheet_file
from graders.checks.kept_outcomes import SolutionWithKeptOutcomes
from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.course.parts import load_part
from graders.limits import ANSWER_ROOM_BYTES, ANSWER_ROOM_TIMES
from graders.meter import Measured, Meter
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.given import tensors_in
from graders.sandbox.problem import Problem, Problems
from graders.sandbox.spec import Spec

Unit = Callable[[Problem], Any]


class Answers(Protocol):
    """Knows what calls should give: the solution, or a sheet that was made from it."""

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call."""

    def outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake returns or raises for a call."""


@cache
def problems_of(topic: Topic) -> Problems:
    """Give the problems of a topic; CourseError where two have one name."""
    try:
        return Problems(load_part(topic, "problems"))
    except ValueError as error:
        raise CourseError(f"{topic.hidden / 'problems'}: {error}") from None


def answers_of(topic: Topic, seed: int, *, practice: bool = False) -> Answers:
    """Take the solution, or where a course has none the answer sheet; CourseError without both."""
    if topic.solution.is_file():
        return SolutionWithKeptOutcomes(topic, problems_of(topic), seed, practice=practice)
    path = sheet_file(topic, seed)
    if path.is_file():
        return AnswerSheet.read(path)
    if sheet_file(topic, 0).is_file():
        raise CourseError(
            f"this copy of the course has the answers for its own numbers only, not for seed {seed}"
        )
    raise CourseError(f"there is no {topic.solution}; get the course again")


class References:
    """Expected values and the cost of a unit, computed once for each call."""

    def __init__(self, topic: Topic, seed: int, *, practice: bool = False) -> None:
        """Load the topic's solution, or its answer sheet; for practice, what it gave is kept."""
        self.topic = topic.path
        self.problems = problems_of(topic)
        self.seed = seed
        self._answers = answers_of(topic, seed, practice=practice)
        self._values: dict[Call, Any] = {}
        self._rooms: dict[Call, int] = {}
        self._outcomes: dict[tuple[str, Call], Returned | Raised] = {}
        self._costs: dict[tuple[Unit, Spec], Measured] = {}
        self._looked_at: dict[Spec, Problem] = {}

    @property
    def values(self) -> Mapping[Call, Any]:
        """The expected values that were asked for so far."""
        return self._values

    @property
    def outcomes(self) -> Mapping[tuple[str, Call], Returned | Raised]:
        """What known mistakes, by name, gave for the calls that were asked for so far."""
        return self._outcomes

    def problem(self, spec: Spec, *, device: str = "cpu") -> Problem:
        """Build a problem afresh, so that no call sees what another left behind."""
        return self.problems.build(spec, seed=self.seed, device=device)

    def looked_at(self, spec: Spec) -> Problem:
        """Give a problem that no function is called on, with what is known of it; built once."""
        if spec not in self._looked_at:
            self._looked_at[spec] = self.problem(spec)
        return self._looked_at[spec]

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call, detached."""
        if call not in self._values:
            self._values[call] = self._answers.value(call)
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
            self._outcomes[key] = self._answers.outcome(mistake, call)
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
