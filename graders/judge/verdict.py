"""The verdict: what was checked of a submission, what held, and what the student is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from graders.checks.failure import Failure, Fault, Symptom
from graders.checks.words import fault_sentence, sentence
from graders.course.decimals import rounded
from graders.sandbox.spec import Spec, spec

_SECOND = "There is a second mistake beside it:"

Status = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True)
class StageTitle:
    """A stage as whoever shows a verdict names it: what it claims, and who got no further."""

    name: str
    title: str
    stop: str


@dataclass(frozen=True)
class CheckVerdict:
    """What became of a check: of a stage, on one of its cases where it has any.

    `error` is the grader's fault, `failed` the student's. `failure` belongs to a failed check,
    `fault` to an error, `lost` to a skipped one: the stage whose failure took its ground. Where
    two known mistakes explain an answer together, the second stands beside the first.
    """

    stage: str
    case: Spec | None
    status: Status
    weight: float
    failure: Failure | None = None
    fault: Fault | None = None
    lost: str = ""
    mistake: str | None = None
    hint: str | None = None
    second_mistake: str | None = None
    second_hint: str | None = None
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name it within its task: "values[mlp(n=47)]"."""
        return f"{self.stage}[{self.case}]" if self.case is not None else self.stage

    @property
    def message(self) -> str:
        """What is told of it, in one paragraph; empty where it holds."""
        if self.failure is not None:
            return sentence(self.failure)
        if self.fault is not None:
            return fault_sentence(self.fault, in_full=True)
        return f"not reached: {self.lost} comes first" if self.lost else ""

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Name the known mistakes that explain it: none, one or two."""
        return tuple(name for name in (self.mistake, self.second_mistake) if name)

    @property
    def advice(self) -> str:
        """The hint, or both of them, in paragraphs; empty where there is none."""
        if not self.second_hint:
            return self.hint or ""
        return f"{self.hint}\n\n{_SECOND}\n\n{self.second_hint}"

    def to_json(self) -> dict[str, Any]:
        """Take it apart into JSON; `message` says what the parts come to."""
        return {
            "name": self.name,
            "stage": self.stage,
            "case": self.case
            and {
                "name": self.case.name,
                "parameters": dict(self.case.parameters),
                "dtype": self.case.dtype,
            },
            "status": self.status,
            "weight": self.weight,
            "message": self.message,
            "failure": self.failure and self.failure.to_json(),
            "fault": self.fault and asdict(self.fault),
            "lost": self.lost,
            "mistake": self.mistake,
            "hint": self.hint,
            "second_mistake": self.second_mistake,
            "second_hint": self.second_hint,
            "measured": dict(self.measured),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CheckVerdict:
        """Put it together again."""
        parts = {key: value for key, value in data.items() if key not in ("name", "message")}
        failure, fault, case = data["failure"], data["fault"], data["case"]
        return cls(
            **{
                **parts,
                "case": case and spec(case["name"], dtype=case["dtype"], **case["parameters"]),
                "failure": failure and Failure.from_json(failure),
                "fault": fault and Fault(**fault),
            }
        )


@dataclass(frozen=True)
class TaskVerdict:
    """The checks of one task, their stages, and the points they come to."""

    name: str
    score: float
    max_score: float
    needs_person: bool
    checks: tuple[CheckVerdict, ...]
    stages: tuple[StageTitle, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the task earned full marks; where it is worth nothing, whether all holds."""
        if self.max_score == 0:
            return not self.needs_person and self.first_failure is None
        return not self.needs_person and self.score == self.max_score

    @property
    def first_failure(self) -> CheckVerdict | None:
        """The one check that matters first to whoever reads this."""
        return next((check for check in self.checks if check.status in ("failed", "error")), None)

    @property
    def unwritten(self) -> bool:
        """Whether the task's function is still the stub that came with the course."""
        first = self.first_failure
        failure = first.failure if first is not None else None
        return failure is not None and failure.symptom is Symptom.UNWRITTEN

    def worth(self, points: float) -> TaskVerdict:
        """Give the same verdict where the task is worth other points than in the course."""
        if points == self.max_score:
            return self
        return replace(self, score=score_of(self.checks, points), max_score=float(points))

    def stage(self, name: str) -> StageTitle:
        """Find a stage; one that was not kept gets its name in words."""
        words = name.replace("_", " ")
        found = (stage for stage in self.stages if stage.name == name)
        return next(found, StageTitle(name, words, words))

    def to_json(self) -> dict[str, Any]:
        """Take it apart into JSON."""
        return {
            "name": self.name,
            "score": self.score,
            "max_score": self.max_score,
            "needs_person": self.needs_person,
            "checks": [check.to_json() for check in self.checks],
            "stages": [asdict(stage) for stage in self.stages],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TaskVerdict:
        """Put it together again."""
        return cls(
            data["name"],
            data["score"],
            data["max_score"],
            data["needs_person"],
            tuple(CheckVerdict.from_json(check) for check in data["checks"]),
            tuple(StageTitle(**stage) for stage in data["stages"]),
        )


@dataclass(frozen=True)
class Verdict:
    """What a submission of one topic earned, and why. The same input gives the same bytes."""

    topic: str
    isolation: str
    seed: int | str
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

    def worth(self, points: Mapping[str, float]) -> Verdict:
        """Give the same verdict where the tasks are worth these points; others are not counted."""
        if points == {task.name: task.max_score for task in self.tasks}:
            return self
        tasks = (task.worth(points[task.name]) for task in self.tasks if task.name in points)
        return replace(self, tasks=tuple(tasks))

    def to_json(self) -> str:
        """Write one JSON object on one line; docs/verdict.schema.json has its form."""
        data = {
            "topic": self.topic,
            "isolation": self.isolation,
            "seed": self.seed,
            "score": self.score,
            "max_score": self.max_score,
            "tasks": [task.to_json() for task in self.tasks],
            "layers": list(self.layers),
            "missing_layers": list(self.missing_layers),
            "notes": list(self.notes),
        }
        return json.dumps(data, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read back what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            data["topic"],
            data["isolation"],
            data["seed"],
            tuple(TaskVerdict.from_json(task) for task in data["tasks"]),
            tuple(data["layers"]),
            tuple(data["missing_layers"]),
            tuple(data["notes"]),
        )


def seed_in_words(seed: int) -> int | str:
    """Say which seed it was: one that a person chose as it is, that of a class by its hash."""
    if seed < 2**32:
        return seed
    return f"sha256:{hashlib.sha256(str(seed).encode()).hexdigest()[:16]}"


def score_of(checks: tuple[CheckVerdict, ...], points: float) -> float:
    """Share out a task's points by the weights of the checks that passed, to four decimals.

    Decimals are cut so that the gradebook, the CSV and the terminal print one and the same number.
    """
    total = sum(check.weight for check in checks)
    if total == 0:
        return 0.0
    earned = sum(check.weight for check in checks if check.status == "passed")
    return float(points) if earned == total else rounded(points * earned / total)
