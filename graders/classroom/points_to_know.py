"""Points in the gradebook that an instructor should hear of: taken off, or more than there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import func
from sqlalchemy.orm import Query

from graders.classroom.opened import opened
from graders.course.decimals import as_text


def taken_off_for_lateness(coursedir: CourseDirectory, assignment: str) -> dict[str, float]:
    """Say by student how many points a late hand-in cost; who lost none is not there."""
    lost = func.sum(SubmittedNotebook.late_submission_penalty)
    with opened(coursedir) as gradebook:
        rows = _of_assignment(
            gradebook.db.query(SubmittedAssignment.student_id, lost).join(
                SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id
            ),
            assignment,
        ).group_by(SubmittedAssignment.student_id)
        return {student: float(points) for student, points in rows if points}


def above_the_most(
    coursedir: CourseDirectory, assignment: str, gone: Collection[str]
) -> dict[str, str]:
    """Say whose points are more than there are to be had, and of what.

    Of points by hand all are told; the machine's are counted anew but for those who are `gone`.
    """
    found: dict[str, list[str]] = defaultdict(list)
    with opened(coursedir) as gradebook:
        for student, by_hand, what in _above(gradebook, assignment):
            if by_hand or student in gone:
                found[student].append(what)
    return {student: ", ".join(sorted(what)) for student, what in found.items()}


def _above(gradebook: Gradebook, assignment: str) -> Iterator[tuple[str, bool, str]]:
    counted = func.coalesce(Grade.manual_score, Grade.auto_score)
    rows = _of_assignment(
        gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            GradeCell.name,
            Grade.manual_score,
            counted,
            GradeCell.max_score,
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id),
        assignment,
    ).filter(counted > GradeCell.max_score)
    for student, notebook, cell, manual, score, most in rows:
        what = f"{cell} of {notebook} has {as_text(score)} of {as_text(most)}"
        yield student, manual is not None, what


def _of_assignment(query: Query, assignment: str) -> Query:
    return query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id).filter(
        Assignment.name == assignment
    )
