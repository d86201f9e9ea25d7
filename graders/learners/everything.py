"""Judge all topics one after another, and say of each in a line how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graders.course import CourseError, Topic
from graders.course.submission import Submission, UnreadableSubmissionError
from graders.learners.checking import COULD_NOT_RUN, FAILED, PASSED, WarmJudge, advice, exit_status
from graders.learners.workplace import Workplace
from graders.outlets.terminal import BLANK, Line, headline, verdict_lines
from graders.sandbox.processes import GraderFaultError

if TYPE_CHECKING:
    from graders.judge.verdict import Verdict


@dataclass(frozen=True)
class Found:
    """What came of a topic: a verdict on a submission, or else the reason why there is none."""

    topic: Topic
    verdict: Verdict | None = None
    submission: Submission | None = None
    reason: str = ""


def judge_all(
    topics: Sequence[Topic], place: Workplace, judge: WarmJudge, seed: int
) -> Iterator[Found]:
    """Judge each topic; one that cannot be judged keeps no other from it."""
    for topic in topics:
        try:
            path = place.to_be_judged(topic)
            verdict, submission = judge.judge_file(path, topic, seed)
        except (CourseError, UnreadableSubmissionError, GraderFaultError, OSError) as error:
            yield Found(topic, reason=str(error))
        else:
            yield Found(topic, verdict, submission)


def all_lines(found: Sequence[Found]) -> list[Line]:
    """Tell in full what is wrong in topics that were begun, then of each topic how it stands."""
    lines: list[Line] = []
    for one in found:
        if one.verdict is not None and _is_wrong(one.verdict):
            told = [*verdict_lines(one.verdict, one.submission), BLANK, *advice(one.verdict), BLANK]
            lines += told
    return [*lines, *map(_summary, found)]


def worst_status(found: Sequence[Found]) -> int:
    """Give 2 where a topic could not be judged, 1 where one is not passed, else 0."""
    statuses = [exit_status(one.verdict) if one.verdict else COULD_NOT_RUN for one in found]
    return next((status for status in (COULD_NOT_RUN, FAILED) if status in statuses), PASSED)


def _is_wrong(verdict: Verdict) -> bool:
    return any(not task.passed and not task.unwritten for task in verdict.tasks)


def _summary(one: Found) -> Line:
    if one.verdict is None:
        return Line("error", f"{one.topic.name}: {one.reason}")
    text = headline(one.verdict)
    if one.verdict.passed:
        return Line("passed", text)
    waiting = [task.name for task in one.verdict.tasks if not task.passed]
    text = f"{text}, still to do: {', '.join(waiting)}"
    return Line("failed", text) if _is_wrong(one.verdict) else Line("open", text)
