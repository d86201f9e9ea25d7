"""Grades as CSV files that Canvas and Moodle import, as plugins of `nbgrader export`.

    dojo export canvas          nbgrader export --exporter graders.outlets.csv_export.CanvasExporter
    dojo export moodle          nbgrader export --exporter graders.outlets.csv_export.MoodleExporter

A student who handed in nothing gets no grade; zero would be one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

from graders.course.decimals import as_text
from graders.outlets.csv_cells import harmless


class _WideExport(ExportPlugin):
    """Writes a row for each student and a column for each assignment."""

    default_name = "grades.csv"
    about_students: tuple[str, ...] = ()
    no_grade = ""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of all, or of the students and assignments asked for."""
        assignments = [one for one in gradebook.assignments if _asked(one.name, self.assignment)]
        students = [one for one in gradebook.students if _asked(one.id, self.student)]
        path = self.to or self.default_name
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            titles = [harmless(self.title(one)) for one in assignments]
            writer.writerow([*self.about_students, *titles])
            writer.writerows(self.extra_rows(assignments))
            for student in students:
                about = [harmless(text) for text in self.about(student)]
                scores = [self._score(gradebook, one, student) for one in assignments]
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

    def _score(self, gradebook: Gradebook, assignment: Assignment, student: Student) -> str:
        try:
            submission = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            return self.no_grade
        return as_text(max(0.0, submission.score - (submission.late_submission_penalty or 0.0)))


class CanvasExporter(_WideExport):
    """Writes what Canvas reads under Grades, Import.

    Canvas finds a student by ID (nbgrader's `lms_user_id`) or else by SIS login, which has to be
    the name that nbgrader knows the student by, or else by name. It takes the row that begins with
    "Points Possible" for no student, and leaves a grade as it is where the cell is empty. A column
    is an assignment's by its title, or by a number in brackets behind it; others are new ones.
    """

    default_name = "canvas.csv"
    about_students = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def extra_rows(self, assignments: Sequence[Assignment]) -> Iterator[list[str]]:
        """Give the row with the points to be had."""
        yield ["Points Possible", "", "", "", "", *(as_text(one.max_score) for one in assignments)]

    def about(self, student: Student) -> list[str]:
        """Fill in name, Canvas ID and login."""
        names = [name for name in (student.last_name, student.first_name) if name]
        return [", ".join(names) or student.id, student.lms_user_id or "", "", student.id, ""]


class MoodleExporter(_WideExport):
    """Writes what Moodle reads under Grades, Import, CSV file: map `Username` to the user name.

    Moodle makes 0 points of an empty cell in a new column, and no grade of a dash. One student whom
    it does not know ends the whole import, and so do more points than its settings allow, 100 at
    first.
    """

    default_name = "moodle.csv"
    no_grade = "-"
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


def waiting(gradebook: Gradebook, assignments: Sequence[str] = ()) -> dict[str, list[str]]:
    """List by assignment whose points are not all there, because a person has to say the rest."""
    found: dict[str, list[str]] = {}
    for one in gradebook.assignments:
        if _asked(one.name, assignments):
            people = [sub.student.id for sub in one.submissions if sub.needs_manual_grade]
            found |= {one.name: sorted(people)} if people else {}
    return found
