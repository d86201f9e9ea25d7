"""Grades as CSV, with a column for each task and one that says where a person is needed."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from nbgrader.api import Assignment, Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from graders.course.decimals import as_text
from graders.outlets.csv_cells import harmless


class TaskCsvExport(ExportPlugin):
    """Writes one row for each student and assignment, to `grades.csv` or where `--to` says."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of all, or of the students and assignments asked for."""
        rows = [
            row for assignment in gradebook.assignments for row in self._rows(gradebook, assignment)
        ]
        columns = dict.fromkeys(name for row in rows for name in row)
        path = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows({name: harmless(text) for name, text in row.items()} for row in rows)

    def _rows(self, gradebook: Gradebook, assignment: Assignment) -> Iterator[dict[str, str]]:
        if self.assignment and assignment.name not in map(str, self.assignment):
            return
        for student in gradebook.students:
            if self.student and student.id not in map(str, self.student):
                continue
            row = {
                "assignment": assignment.name,
                "student_id": student.id,
                "last_name": student.last_name or "",
                "first_name": student.first_name or "",
                "email": student.email or "",
            }
            try:
                submission = gradebook.find_submission(assignment.name, student.id)
            except MissingEntry:
                possible = as_text(assignment.max_score)
                yield {**row, "score": "0", "max_score": possible, "handed_in": "no"}
                continue
            late = submission.late_submission_penalty or 0.0
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            yield {
                **row,
                "score": as_text(max(0.0, submission.score - late)),
                "max_score": as_text(submission.max_score),
                "handed_in": "yes",
                "needs_person": " ".join(g.name for g in grades if g.needs_manual_grade),
                "late_penalty": as_text(late),
                **{f"{g.notebook.name}.{g.name}": as_text(g.score) for g in grades},
            }
