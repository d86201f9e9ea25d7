"""Make the answer sheet of a topic: everything that judging it can ask of the solution."""

from __future__ import annotations

from pathlib import Path

from graders.authoring import specimens
from graders.checks.answer_sheet import sheet_file, write_sheet
from graders.course import CourseError, Topic
from graders.judge.session import Session

SEED = 0
"""A kit has the numbers that everybody practises with, never those of a class."""


def make_sheet(topic: Topic, session: Session, course: Path) -> Path:
    """Write a topic's sheet into another copy of the course; CourseError where its checks fail.

    The solution passes every check, and so every check asks all that it ever asks.
    """
    with session.judgement(specimens.solution(topic), seed=SEED) as judgement:
        judgement.run_all()
        verdict = judgement.verdict(session.launcher.isolation)
        if not all(task.passed for task in verdict.tasks):
            raise CourseError(f"the solution of {topic.path} does not pass; run `dojo verify`")
        for asking in judgement.askings:
            for mistake in asking.task.mistakes:
                for problem in asking.task.problems:
                    asking.outcome_of(mistake, problem)
    path = course / sheet_file(topic, SEED).relative_to(topic.course)
    references = session.references(topic, SEED)
    write_sheet(path, references.values, references.outcomes)
    return path
