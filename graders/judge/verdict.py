"""The verdict: what was checked of a submission, what held, and what the student is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True)
class Check:
    """One graded assertion. `error` is the grader's fault, `failed` the student's."""

    name: str
    status: Status
    weight: float
    message: str = ""
    mistake: str | None = None
    hint: str | None = None
    measured: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskVerdict:
    """The checks of one task and the points they come to."""

    name: str
    score: float
    max_score: float
    needs_person: bool
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the task earned full marks."""
        return not self.needs_person and self.score == self.max_score

    @property
    def first_failure(self) -> Check | None:
        """The one check that matters first to whoever reads this."""
        return next((check for check in self.checks if check.status in ("failed", "error")), None)


@dataclass(frozen=True)
class Verdict:
    """What a submission of one topic earned, and why. The same input gives the same bytes."""

    topic: str
    isolation: str
    seed: int
    tasks: tuple[TaskVerdict, ...]
    layers: tuple[str, ...] = ()
    missing_layers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Points earned over all tasks."""
        return sum(task.score for task in self.tasks)

    @property
    def max_score(self) -> float:
        """Points to be had over all automatically graded tasks."""
        return sum(task.max_score for task in self.tasks)

    @property
    def needs_person(self) -> bool:
        """Whether a task could not be graded for a reason that is not the student's."""
        return any(task.needs_person for task in self.tasks)

    @property
    def passed(self) -> bool:
        """Whether every task earned full marks."""
        return all(task.passed for task in self.tasks)

    def to_json(self) -> str:
        """Write one JSON object on one line."""
        head = {
            "topic": self.topic,
            "isolation": self.isolation,
            "seed": self.seed,
            "score": self.score,
            "max_score": self.max_score,
        }
        body = asdict(self)
        return json.dumps({**head, **body}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read back what `to_json` wrote."""
        data = json.loads(text)
        tasks = tuple(
            TaskVerdict(**{**task, "checks": tuple(Check(**check) for check in task["checks"])})
            for task in data["tasks"]
        )
        return cls(
            data["topic"],
            data["isolation"],
            data["seed"],
            tasks,
            tuple(data["layers"]),
            tuple(data["missing_layers"]),
            tuple(data["notes"]),
        )


def score_of(checks: tuple[Check, ...], points: float) -> float:
    """Share out a task's points by the weights of the checks that passed, to four decimals.

    Decimals are cut so that the gradebook, the CSV and the terminal print one and the same number.
    """
    total = sum(check.weight for check in checks)
    if total == 0:
        return 0.0
    earned = sum(check.weight for check in checks if check.status == "passed")
    return float(points) if earned == total else round(points * earned / total, 4)
