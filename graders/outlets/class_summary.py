"""What the verdicts of a class come to: numbers and names, nothing yet of how they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graders.judge.verdict import TaskVerdict, Verdict
from graders.outlets.measurements import Measurement, measurements_of
from graders.outlets.terminal import is_unwritten
from graders.outlets.wording import STAGES, first_sentence, stage_of

Verdicts = Mapping[str, Mapping[str, Verdict]]

STOPS = {
    "absent": "no notebook",
    "person": "not judged",
    "unwritten": "not written",
    "exists": "no function",
    "runs": "no answer",
    "shape": "wrong shape",
    "dtype": "wrong dtype",
    "values": "shape right, values wrong",
    "refuses": "bad input accepted",
    "inputs": "inputs changed",
    "edge": "special case wrong",
    "memory": "too much memory",
    "passes": "too many passes",
    "large": "fails at 10⁶",
    "passed": "all passed",
}
"""How far an answer came, from nothing at all to everything."""


@dataclass(frozen=True)
class TaskSummary:
    """How a class did in one task; `stops` counts students by the key of STOPS."""

    topic: str
    name: str
    max_score: float
    scores: tuple[float, ...]
    stops: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many were judged by the machine."""
        return len(self.scores)

    @property
    def full(self) -> int:
        """How many have full marks."""
        return sum(score == self.max_score for score in self.scores)

    @property
    def part(self) -> int:
        """How many have some of the points."""
        return sum(0 < score < self.max_score for score in self.scores)

    @property
    def mean(self) -> float:
        """Mean points of those who were judged; 0 where nobody was."""
        return sum(self.scores) / self.count if self.scores else 0.0


@dataclass(frozen=True)
class MistakeSummary:
    """A known mistake of one task, what its hint begins with, and who made it.

    `name` is empty for wrong answers that no known mistake explains.
    """

    topic: str
    task: str
    name: str
    hint: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class CostSummary:
    """The worst measured memory and passes of each answer to one task, in gradients."""

    task: str
    points: tuple[tuple[float, float], ...]
    memory_budget: float
    passes_budget: float


def topics_of(verdicts: Verdicts) -> tuple[str, ...]:
    """List the topics in the order of whoever handed in most of them."""
    most_first = sorted(verdicts.values(), key=len, reverse=True)
    return tuple(dict.fromkeys(topic for own in most_first for topic in own))


def max_scores(verdicts: Verdicts) -> dict[str, float]:
    """Give the points to be had in each topic."""
    return {
        topic: max(own[topic].max_score for own in verdicts.values() if topic in own)
        for topic in topics_of(verdicts)
    }


def summarise_tasks(verdicts: Verdicts) -> tuple[TaskSummary, ...]:
    """Count, for each task, the points and where the answers stopped."""
    return tuple(
        _summary(verdicts, topic, name, points)
        for topic in topics_of(verdicts)
        for name, points in _tasks_of(verdicts, topic).items()
    )


def summarise_mistakes(verdicts: Verdicts) -> tuple[MistakeSummary, ...]:
    """List the mistakes that were made, the most frequent first."""
    students: dict[tuple[str, str, str], list[str]] = {}
    hints: dict[tuple[str, str, str], str] = {}
    for student, topic, task in _each(verdicts):
        if stop_of(task) in ("passed", "person", "unwritten"):
            continue
        found = next((check for check in task.checks if check.mistake), None)
        key = (topic, task.name, (found.mistake or "") if found else "")
        students.setdefault(key, []).append(student)
        hints.setdefault(key, first_sentence(found.hint or "") if found else "")
    rows = [MistakeSummary(*key, hints[key], tuple(names)) for key, names in students.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.students), row.task, row.name)))


def summarise_costs(verdicts: Verdicts) -> tuple[CostSummary, ...]:
    """Gather what was measured, task by task."""
    found: dict[str, list[tuple[Measurement, ...]]] = {}
    for _, _, task in _each(verdicts):
        measured = measurements_of(task)
        if measured:
            found.setdefault(task.name, []).append(measured)
    order = [name for topic in topics_of(verdicts) for name in _tasks_of(verdicts, topic)]
    return tuple(_cost(name, found[name]) for name in dict.fromkeys(order) if name in found)


def stop_of(task: TaskVerdict) -> str:
    """Name how far an answer came, as a key of STOPS or the stage's own name."""
    if task.needs_person:
        return "person"
    first = task.first_failure
    if first is None:
        return "passed"
    return "unwritten" if is_unwritten(task) else stage_of(first)


def stop_order(stops: Sequence[str]) -> list[str]:
    """Order stops from nothing at all to everything; stages that are new come before the end."""
    known = [stop for stop in STOPS if stop in stops and stop != "passed"]
    new = sorted(stop for stop in set(stops) if stop not in STOPS)
    return [*known, *new, *(["passed"] if "passed" in stops else [])]


def stop_title(stop: str) -> str:
    """Say a stop in a few words."""
    return STOPS.get(stop) or STAGES.get(stop) or stop.replace("_", " ")


def _summary(verdicts: Verdicts, topic: str, name: str, points: float) -> TaskSummary:
    stops: Counter[str] = Counter()
    scores: list[float] = []
    for own in verdicts.values():
        tasks = own[topic].tasks if topic in own else ()
        task = next((one for one in tasks if one.name == name), None)
        stops[stop_of(task) if task is not None else "absent"] += 1
        if task is not None and not task.needs_person:
            scores.append(task.score)
    return TaskSummary(topic, name, points, tuple(scores), dict(stops))


def _tasks_of(verdicts: Verdicts, topic: str) -> dict[str, float]:
    return {
        task.name: task.max_score
        for own in verdicts.values()
        if topic in own
        for task in own[topic].tasks
    }


def _each(verdicts: Verdicts) -> Iterator[tuple[str, str, TaskVerdict]]:
    for student, own in verdicts.items():
        for topic, verdict in own.items():
            for task in verdict.tasks:
                yield student, topic, task


def _cost(task: str, answers: list[tuple[Measurement, ...]]) -> CostSummary:
    points = tuple(
        (max(one.memory for one in measured), max(one.passes for one in measured))
        for measured in answers
    )
    every = [one for measured in answers for one in measured]
    return CostSummary(
        task,
        points,
        min(one.memory_budget for one in every),
        min(one.passes_budget for one in every),
    )
