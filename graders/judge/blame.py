"""Whose fault it is where a check raises what nobody foresaw: the answer's, or the grader's.

The check is run again with the reference's values in place of the student's, and nothing else
changed. What does not happen then was brought about by the answer, and costs that check; what
happens again is the grader's own, and goes to a person.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast

from graders.checks.asking import Asking
from graders.checks.failure import CheckFailed
from graders.checks.references import References
from graders.checks.stage import Check
from graders.sandbox.answers import Answer, Returned
from graders.sandbox.call import Call
from graders.sandbox.student import Student


def is_the_answers_fault(check: Check, asking: Asking) -> bool:
    """Whether a check that raised an unforeseen exception gets by with the reference's values."""
    student = cast(Student, _StandIn(asking.student, asking.references))
    try:
        check.run(replace(asking, student=student))
    except CheckFailed:
        return True
    except Exception:
        return False
    return True


@dataclass(frozen=True)
class _StandIn:
    """Answers what a student was asked with the reference's value, and every count with a number.

    What a worker tells of the costs is left as it is, but for what it does not tell.
    """

    student: Student
    references: References

    def ask(self, call: Call, data: tuple[dict[str, Any], bytes] | None = None) -> Answer:
        answer = self.student.ask(call, data)
        if data is None:
            with suppress(Exception):
                answer = replace(answer, outcome=Returned(self.references.value(call)))
        return replace(
            answer, counted=_Complete(answer.counted), measured=_Complete(answer.measured)
        )


class _Complete(dict[str, int]):
    """Counts of which none is missing: what was left out is nothing."""

    def __missing__(self, _name: str) -> int:
        return 0
