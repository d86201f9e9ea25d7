"""Grades as CSV files that Canvas and Moodle import, as plugins of `nbgrader export`.

    nbgrader export --exporter graders.outlets.csv_export.CanvasExporter --to canvas.csv
    nbgrader export --exporter graders.outlets.csv_export.MoodleExporter --to moodle.csv

A student who handed in nothing gets an empty cell, which both leave as it is; zero is a grade.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _WideExport(ExportPlugin):
    """Writes a row for each student and a column for each assignment."""

    default_name = "grades.csv"
    about_students: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of all, or of the students and assignments asked for."""
        assignments = [one for one in gradebook.assignments if _asked(one.name, self.assignment)]
        students = [one for one in gradebook.students if _asked(one.id, self.student)]
        path = self.to or self.default_name
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*self.about_students, *map(self.title, assignments)])
            writer.writerows(self.extra_rows(assignments))
            for student in students:
                about = [_harmless(text) for text in self.about(student)]
                scores = [_score(gradebook, one, student) for one in assignments]
                writer.writerow([*about, *scores])

    def title(self, assignment: Assignment) -> str:
        """Name the column of an assignment."""
        return str(assignment.name)

    def extra_rows(self, assignments: Sequence[Assignment]) -> Iterator[list[str]]:
        """Give rows that stand between the header and the students."""
        yield from ()

    def about(self, student: Student) -> list[str]:
        """Fill in the columns that say who it is."""
        raise NotImplementedError


class CanvasExporter(_WideExport):
    """Writes what Canvas reads under Grades, Import.

    Canvas finds a student by ID (nbgrader's `lms_user_id`) or else by SIS login, which has to be
    the name that nbgrader knows the student by. See the Canvas instructor guide, "How do I import
    grades in the Gradebook?".
    """

    default_name = "canvas.csv"
    about_students = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def extra_rows(self, assignments: Sequence[Assignment]) -> Iterator[list[str]]:
        """Give the row with the points to be had."""
        yield ["Points Possible", "", "", "", "", *(_number(one.max_score) for one in assignments)]

    def about(self, student: Student) -> list[str]:
        """Fill in name, Canvas ID and login."""
        names = [name for name in (student.last_name, student.first_name) if name]
        return [", ".join(names) or student.id, student.lms_user_id or "", "", student.id, ""]


class MoodleExporter(_WideExport):
    """Writes what Moodle reads under Grades, Import, CSV file: map `Username` to the user name."""

    default_name = "moodle.csv"
    about_students = ("Username", "First name", "Last name", "Email address")

    def about(self, student: Student) -> list[str]:
        """Fill in user name, name and address."""
        return [
            student.id,
            student.first_name or "",
            student.last_name or "",
            student.email or "",
        ]


def _asked(name: str, wanted: Sequence[object]) -> bool:
    return not wanted or name in map(str, wanted)


def _score(gradebook: Gradebook, assignment: Assignment, student: Student) -> str:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return ""
    return _number(max(0.0, submission.score - (submission.late_submission_penalty or 0.0)))


def _number(value: float) -> str:
    """Write a number without the noise of adding decimals up in binary."""
    return repr(round(float(value), 4)).removesuffix(".0")


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
