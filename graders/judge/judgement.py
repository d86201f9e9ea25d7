"""One submission being judged: its checks are run in turn, and a verdict is made of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace

from graders.checks.asking import Asking
from graders.checks.failure import CheckFailed, Failure, Fault, Symptom
from graders.checks.mistakes import Mistake
from graders.checks.references import References
from graders.checks.stage import Check
from graders.checks.task import TaskChecks
from graders.judge.blame import is_the_answers_fault
from graders.judge.diagnose import diagnose
from graders.judge.made_of import built_on
from graders.judge.verdict import (
    CheckVerdict,
    StageTitle,
    TaskVerdict,
    Verdict,
    score_of,
    seed_in_words,
)
from graders.limits import MAX_MESSAGE
from graders.sandbox.layers import missing
from graders.sandbox.processes import GraderFaultError, Isolation
from graders.sandbox.student import Student
from graders.sandbox.values import plain_text

# Who refuses nothing lets through what is lost among many, too.
_PART_OF: dict[Symptom | None, Symptom] = {Symptom.NOT_REFUSED: Symptom.LOST_AMONG_MANY}

_log = logging.getLogger(__name__)


@dataclass
class TaskRecord:
    """What has been seen of one task so far."""

    asking: Asking
    checks: list[CheckVerdict] = field(default_factory=list)

    def lost(self, check: Check) -> str:
        """Name the first stage that a check needs and that failed, or nothing."""
        for need in check.stage.needs:
            if any(one.stage == need and one.status in ("failed", "error") for one in self.checks):
                return need
        for need in check.stage.needs_some:
            # Whoever picks a single check has run none of those before it.
            ran = [one.status for one in self.checks if one.stage == need]
            if ran and "passed" not in ran:
                return f"some {need}"
        return ""

    def symptoms(self) -> list[Symptom | None]:
        """Give what each failure gives away; the first decides what is told."""
        failed = [one for one in self.checks if one.status in ("failed", "error")]
        return [one.failure.symptom if one.failure is not None else None for one in failed]

    def second_symptom(self) -> Symptom | None:
        """Give what another failure gives away, where all values are right.

        A hint at manners or cost may say that they are.
        """
        if any(one.stage == "values" and one.status != "passed" for one in self.checks):
            return None
        first, *others = self.symptoms()
        told = (None, first, _PART_OF.get(first))
        return next((one for one in others if one not in told), None)


class Judgement:
    """The checks of one submission; `reveal` lets messages show expected values."""

    def __init__(
        self,
        student: Student,
        references: References,
        tasks: Sequence[TaskChecks],
        *,
        reveal: bool = False,
    ) -> None:
        """Begin with nothing checked."""
        self.tasks = tuple(tasks)
        self._student = student
        self._records = {
            task.name: TaskRecord(Asking(student, references, task, reveal)) for task in tasks
        }

    @property
    def askings(self) -> tuple[Asking, ...]:
        """Each task's view of the submission."""
        return tuple(record.asking for record in self._records.values())

    def prepare(self) -> None:
        """Compute the expected values and the units of cost, while a cold launcher warms up.

        A reference that fails here fails again in its check, which tells of it.
        """
        for record in self._records.values():
            for spec in record.asking.task.problems:
                with suppress(Exception):
                    record.asking.expected(spec)
            cost = record.asking.task.cost
            if cost is not None:
                for spec in cost.samples():
                    with suppress(Exception):
                        record.asking.references.unit_cost(cost.unit, spec)

    def run(self, task: TaskChecks, check: Check) -> CheckVerdict:
        """Run one check, unless its ground is gone, and keep what became of it."""
        record = self._records[task.name]
        found = _outcome(record, check)
        record.checks.append(found)
        return found

    def first_failure(self, name: str) -> CheckVerdict | None:
        """Run the checks of one task up to the first that does not hold, and give that one."""
        (task,) = (task for task in self.tasks if task.name == name)
        done = (self.run(task, check) for check in task.checks())
        return next((check for check in done if check.status in ("failed", "error")), None)

    def run_all(self, only: Set[str] | None = None) -> None:
        """Run every check of every task, or of those that are named."""
        for task in self.tasks:
            for check in task.checks() if only is None or task.name in only else ():
                self.run(task, check)

    def _failing(self, record: TaskRecord) -> tuple[str, ...]:
        """Name the other tasks that are not right, as far as they were looked at."""
        others = (one for one in self._records.values() if one is not record)
        return tuple(one.asking.task.name for one in others if one.symptoms())

    def verdict(self, isolation: Isolation) -> Verdict:
        """Score the tasks and put a name to what went wrong in each."""
        student = self._student
        return Verdict(
            student.submission.topic.path,
            isolation,
            seed_in_words(student.seed),
            tuple(
                _task_verdict(student, record, self._failing(record))
                for record in self._records.values()
                if record.checks
            ),
            tuple(layer.name for layer in student.layers if layer.active),
            tuple(f"{layer.name}: {layer.why}" for layer in missing(student.layers)),
            tuple(student.faults()),
        )


def _outcome(record: TaskRecord, check: Check) -> CheckVerdict:
    """Run a check; what it did not foresee is blamed on whoever brought it about."""
    name, case, weight = check.stage.name, check.case, check.stage.weight
    lost = record.lost(check)
    if lost:
        return CheckVerdict(name, case, "skipped", weight, lost=lost)
    try:
        return CheckVerdict(name, case, "passed", weight, measured=check.run(record.asking))
    except CheckFailed as failed:
        return CheckVerdict(name, case, "failed", weight, failed.failure, measured=failed.measured)
    except Exception as error:
        kind = type(error).__name__
        task = record.asking.task.name
        is_known = isinstance(error, GraderFaultError)
        if is_known:
            _log.error("the check %s of %s could not be done: %s", name, task, error)
        else:
            _log.exception("the check %s of %s raised what was not foreseen", name, task)
        if not is_known and is_the_answers_fault(check, record.asking):
            failure = Failure(f"what came back could not be compared with what is due ({kind})")
            return CheckVerdict(name, case, "failed", weight, failure)
        fault = Fault(kind, plain_text(error, MAX_MESSAGE))
        return CheckVerdict(name, case, "error", weight, fault=fault)


def _task_verdict(student: Student, record: TaskRecord, failing: Sequence[str]) -> TaskVerdict:
    task = record.asking.task
    needs_person = any(check.status == "error" for check in record.checks)
    done = tuple(record.checks) if needs_person else _with_diagnosis(record, failing)
    points = student.submission.topic.task(task.name).points
    stages = tuple(StageTitle(one.name, one.title, one.stop) for one in task.stages)
    return TaskVerdict(task.name, score_of(done, points), points, needs_person, done, stages)


def _mistakes(record: TaskRecord, failing: Sequence[str]) -> tuple[Mistake, ...]:
    """Find what explains the first failure, and then another one that has a cause of its own.

    What is nearly right may owe that to another task that it is built on, and so may what has no
    name.
    """
    asking = record.asking
    found = diagnose(asking, record.symptoms()[0])
    if not found or found[0].symptom is Symptom.FINITE_DIFFERENCE:
        base = built_on(asking.student.submission, asking.task.name, failing)
        return (base,) if base is not None else found
    second = record.second_symptom()
    if len(found) != 1 or second is None:
        return found
    return (*found, *(one for one in diagnose(record.asking, second)[:1] if one not in found))


def _with_diagnosis(record: TaskRecord, failing: Sequence[str]) -> tuple[CheckVerdict, ...]:
    """Put the name and the hint of a known mistake, or of two, to the first check that failed.

    Whatever goes wrong in this costs the name, and neither the verdict nor another submission.
    """
    done = list(record.checks)
    place = next((i for i, one in enumerate(done) if one.status == "failed"), None)
    if place is None:
        return tuple(done)
    try:
        mistakes = _mistakes(record, failing)
    except Exception:
        task = record.asking.task.name
        _log.exception("a wrong answer to %s could not be diagnosed", task)
        return tuple(done)
    if mistakes:
        first, second = mistakes[0], mistakes[1] if len(mistakes) > 1 else None
        done[place] = replace(
            done[place],
            mistake=first.name,
            hint=first.hint,
            second_mistake=second.name if second else None,
            second_hint=second.hint if second else None,
        )
    return tuple(done)
