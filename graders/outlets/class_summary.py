"""What the verdicts of a class come to: numbers and names, nothing yet of how they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graders.judge.verdict import CheckVerdict, StageTitle, TaskVerdict, Verdict
from graders.outlets.measurements import Measurement, measurements_of
from graders.outlets.wording import first_sentence

Verdicts = Mapping[str, Mapping[str, Verdict]]

_BEFORE = {"absent": "no notebook", "person": "not judged", "unwritten": "not written"}
_AFTER = {"passed": "all passed"}


@dataclass(frozen=True)
class TaskSummary:
    """How a class did in one task; `stops` counts students by what `stop_of` gives."""

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
        for name, hint in _made(found):
            key = (topic, task.name, name)
            students.setdefault(key, []).append(student)
            hints.setdefault(key, first_sentence(hint))
    rows = [MistakeSummary(*key, hints[key], tuple(names)) for key, names in students.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.students), row.task, row.name)))


def _made(check: CheckVerdict | None) -> list[tuple[str, str]]:
    """Give the mistakes of an answer with their hints, one without a name where there is none."""
    if check is None:
        return [("", "")]
    hints = (check.hint or "", check.second_hint or "")
    return list(zip(check.mistakes, hints, strict=False))


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
    """Name how far an answer came: the stage at which it stopped, or a word beside those."""
    if task.needs_person:
        return "person"
    first = task.first_failure
    if first is None:
        return "passed"
    return "unwritten" if task.unwritten else first.stage


def stop_titles(verdicts: Verdicts) -> dict[str, str]:
    """Say each stop in a few words, in order from nothing at all to everything.

    The stages stand as they do in the tasks; one that only some tasks have follows the one before
    it there, and one whose title was not kept follows all of its task.
    """
    merged: list[StageTitle] = []
    for _, _, task in _each(verdicts):
        place = 0
        for stage in _stages_of(task):
            names = [one.name for one in merged]
            if stage.name in names:
                place = names.index(stage.name) + 1
            else:
                merged.insert(place, stage)
                place += 1
    return {**_BEFORE, **{stage.name: stage.stop for stage in merged}, **_AFTER}


def _stages_of(task: TaskVerdict) -> tuple[StageTitle, ...]:
    first = task.first_failure
    is_lost = first is not None and first.stage not in [stage.name for stage in task.stages]
    return (*task.stages, task.stage(first.stage)) if first and is_lost else task.stages


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
