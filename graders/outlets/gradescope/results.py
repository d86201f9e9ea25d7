"""Verdicts as Gradescope's results.json: an entry for each task, with its points and its hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graders.course import Topic
from graders.course.decimals import rounded
from graders.course.written import Written
from graders.judge.verdict import Verdict
from graders.limits import MAX_NAMED
from graders.outlets.feedback_html import remarks_on, task_feedback_text
from graders.outlets.gradescope.handed_in import HandedIn
from graders.outlets.terminal import clean, points_of
from graders.sandbox.processes import GraderFaultError

Results = dict[str, Any]


class NotGradedError(GraderFaultError):
    """The grader failed at something, and so there are no points; the message says at what."""


@dataclass(frozen=True)
class Judged:
    """What was handed in for a topic, and its verdict where it could be read."""

    handed_in: HandedIn
    verdict: Verdict | None = None


def require_all_judged(papers: Sequence[Judged]) -> None:
    """Raise NotGradedError where a task has no points through no fault of the student's.

    A sum without that task would be a grade too low, and nobody would notice.
    """
    faults = [fault for paper in papers for fault in _faults(paper)]
    if faults:
        raise NotGradedError("; ".join(faults))


def results_of(
    papers: Sequence[Judged], written: Sequence[Written], for_instructors: Sequence[str] = ()
) -> Results:
    """Write what Gradescope reads. What is `for_instructors` is shown to no student."""
    tests = [test for number, paper in enumerate(papers, start=1) for test in _tests(number, paper)]
    # Text, not Markdown or HTML: it quotes what students wrote.
    results: Results = {
        "score": rounded(sum(test["score"] for test in tests)),
        "output": "\n".join(_remarks(papers, written)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    if for_instructors:
        tests.append(_note("For instructors only", "\n".join(for_instructors)))
    return results


def _faults(paper: Judged) -> Iterator[str]:
    topic, verdict = paper.handed_in.topic, paper.verdict
    if verdict is None:
        return
    judged = {task.name: task for task in verdict.tasks}
    for task in topic.tasks:
        if task.name not in judged:
            yield f"there are no hidden tests for {topic.name}.{task.name}"
        elif judged[task.name].needs_person:
            failed = judged[task.name].first_failure
            yield f"{topic.name}.{task.name}: {failed.message if failed else 'not judged'}"


def _tests(number: int, paper: Judged) -> Iterator[Results]:
    topic, verdict = paper.handed_in.topic, paper.verdict
    found = {task.name: task for task in verdict.tasks} if verdict is not None else {}
    for place, task in enumerate(topic.tasks, start=1):
        judged = found.get(task.name)
        score = rounded(judged.score) if judged else 0.0
        passed = judged is not None and judged.passed
        yield {
            "name": f"{topic.name}: {task.name}",
            "number": f"{number}.{place}",
            "score": score,
            "max_score": rounded(task.points),
            "status": "passed" if passed else "failed",
            "output": task_feedback_text(judged) if judged else paper.handed_in.problem,
            "tags": [topic.name],
            "visibility": "visible",
        }


def _remarks(papers: Sequence[Judged], written: Sequence[Written]) -> Iterator[str]:
    """Say what belongs to no task: points by notebook, files, cells that did not run."""
    for paper in papers:
        topic, verdict = paper.handed_in.topic, paper.verdict
        yield f"{topic.name}: {points_of(verdict.score if verdict else 0.0, _most(topic))}."
        yield from (f"  {one}" for one in (paper.handed_in.problem, paper.handed_in.remark) if one)
        notes = [] if verdict is None else [clean(note) for note in remarks_on(verdict)]
        yield from (f"  {note}" for note in notes[:MAX_NAMED])
        if len(notes) > MAX_NAMED:
            yield f"  and {len(notes) - MAX_NAMED} more cells that did not run"
    if written:
        names = ", ".join(f"{one.name} in {one.topic}" for one in written)
        yield f"Answers in words are marked by a person and are not part of these points: {names}."


def _most(topic: Topic) -> float:
    return sum(task.points for task in topic.tasks)


def _note(name: str, text: str) -> Results:
    return {
        "name": name,
        "score": 0.0,
        "max_score": 0.0,
        "output": text,
        "visibility": "hidden",
    }
