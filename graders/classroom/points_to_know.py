"""Points in the gradebook that an instructor should hear of: waiting, taken off, too many."""

from __future__ import annotations

from typing import Any, NamedTuple

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func
from sqlalchemy.orm import Query

from graders.course.decimals import as_text


class Above(NamedTuple):
    """Points that are more than there are to be had: whose, who gave them, and of what."""

    student: str
    by_hand: bool
    what: str


def waiting_by_hand(gradebook: Gradebook, assignment: str, *columns: Any) -> Query:
    """Ask for columns of the points by hand at which a person has to look again."""
    return (
        _of_assignment(gradebook, assignment, *columns)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(Grade.needs_manual_grade, Grade.manual_score.is_not(None))
    )


def taken_off_for_lateness(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """Say by student how many points a late hand-in cost; who lost none is not there."""
    lost = func.sum(SubmittedNotebook.late_submission_penalty)
    rows = _of_assignment(gradebook, assignment, SubmittedAssignment.student_id, lost)
    by_student = rows.group_by(SubmittedAssignment.student_id)
    return {student: float(points) for student, points in by_student if points}


def above_the_most(gradebook: Gradebook, assignment: str) -> tuple[Above, ...]:
    """List the points that are more than there are to be had, those of the machine among them."""
    counted = func.coalesce(Grade.manual_score, Grade.auto_score)
    columns = (Notebook.name, GradeCell.name, Grade.manual_score, counted, GradeCell.max_score)
    rows = (
        _of_assignment(gradebook, assignment, SubmittedAssignment.student_id, *columns)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .filter(counted > GradeCell.max_score)
    )
    return tuple(
        Above(
            student,
            manual is not None,
            f"{cell} of {notebook} has {as_text(score)} of {as_text(most)}",
        )
        for student, notebook, cell, manual, score, most in rows
    )


def _of_assignment(gradebook: Gradebook, assignment: str, *columns: Any) -> Query:
    """Ask for columns of what students handed in for an assignment, notebook by notebook."""
    return (
        gradebook.db.query(*columns)
        .select_from(SubmittedAssignment)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
