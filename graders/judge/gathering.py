"""Gather the checks of one submission while they run, and make its verdict of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from graders.judge.answers import Ended, Missing, Outcome, Returned
from graders.judge.asking import Asking
from graders.judge.checks import CheckFailure, TaskChecks
from graders.judge.compare import agrees
from graders.judge.confine import missing
from graders.judge.diagnose import Evidence, diagnose
from graders.judge.mistake import Symptom
from graders.judge.student import Student
from graders.judge.verdict import Check, TaskVerdict, Verdict, score_of

AskingFor = Callable[[type[TaskChecks]], Asking]


@dataclass
class TaskRecord:
    """What has been seen of one task so far."""

    checks: list[Check] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    first_symptom: Symptom | None = None

    def lost(self, needs: Iterable[str]) -> str:
        """Name the first of the stages needed that failed, or nothing."""
        return next((need for need in needs if self._lacks(need)), "")

    def remember(self, check: Check, error: BaseException | None) -> None:
        """Keep a check; what failed first decides what is told."""
        if check.status in ("failed", "error"):
            if not any(one.status == "failed" for one in self.checks):
                self.first_symptom = getattr(error, "symptom", None)
            self.failed.add(check.name.partition("[")[0])
        self.checks.append(check)

    def _lacks(self, need: str) -> bool:
        if need == "some values":
            values = [one for one in self.checks if one.name.startswith("values[")]
            return not any(one.status == "passed" for one in values)
        return need in self.failed


def as_check(
    name: str, weight: float, error: BaseException | None, measured: Mapping[str, Any]
) -> Check:
    """Make a check of what became of a test; anything but our own failures is the grader's."""
    if error is None:
        return Check(name, "passed", weight, measured=measured)
    if isinstance(error, CheckFailure):
        return Check(name, "failed", weight, error.message, measured=measured)
    if isinstance(error, pytest.skip.Exception):
        return Check(name, "skipped", weight, str(error))
    message = f"The grader could not do this check ({type(error).__name__}: {error})."
    return Check(name, "error", weight, message)


class Gathered:
    """The records of one submission's tasks."""

    def __init__(self) -> None:
        """Start with none."""
        self._records: dict[str, TaskRecord] = {}

    def record(self, checks: type[TaskChecks]) -> TaskRecord:
        """Give the record of a task."""
        return self._records.setdefault(checks.task, TaskRecord())

    def verdict(
        self,
        student: Student,
        isolation: str,
        seed: int,
        classes: Iterable[type[TaskChecks]],
        asking_for: AskingFor,
    ) -> Verdict:
        """Score the tasks and put a name to what went wrong in each."""
        tasks = tuple(self._task_verdict(student, checks, asking_for) for checks in classes)
        return Verdict(
            student.submission.topic.path,
            isolation,
            seed,
            tasks,
            tuple(layer.name for layer in student.layers if layer.active),
            tuple(f"{layer.name}: {layer.why}" for layer in missing(student.layers)),
            tuple(student.faults()),
        )

    def _task_verdict(
        self, student: Student, checks: type[TaskChecks], asking_for: AskingFor
    ) -> TaskVerdict:
        record = self.record(checks)
        needs_person = any(check.status == "error" for check in record.checks)
        done = tuple(record.checks)
        if not needs_person:
            done = _with_diagnosis(record, checks, asking_for)
        points = student.submission.topic.task(checks.task).points
        return TaskVerdict(checks.task, score_of(done, points), points, needs_person, done)


def _with_diagnosis(
    record: TaskRecord, checks: type[TaskChecks], asking_for: AskingFor
) -> tuple[Check, ...]:
    """Put the name and the hint of a known mistake to the first check that failed."""
    done = list(record.checks)
    place = next((i for i, one in enumerate(done) if one.status == "failed"), None)
    if place is not None:
        asking = asking_for(checks)
        evidence = list(_evidence(asking, checks))
        mistake = diagnose(
            checks.mistakes, record.first_symptom, evidence, asking.references, checks.arguments
        )
        if mistake is not None:
            done[place] = replace(done[place], mistake=mistake.name, hint=mistake.hint)
    return tuple(done)


def _evidence(asking: Asking, checks: type[TaskChecks]) -> Iterator[Evidence]:
    for spec in checks.problems:
        outcome: Outcome = asking.ask(spec).outcome
        if isinstance(outcome, (Missing, Ended)):
            return
        right = isinstance(outcome, Returned) and agrees(outcome.value, asking.expected(spec))
        yield Evidence(spec, outcome, right)
