"""What students are shown: the verdict in place of the points, and no hidden tests."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import List

from graders.course.notebook import without_hidden_tests
from graders.outlets.feedback_html import FEEDBACK_CSS
from graders.outlets.nbgrader.autograde import feedback_output
from graders.outlets.nbgrader.page_parts import AGAIN, UNMARKED
from graders.outlets.nbgrader.rebuild import OURS, note


class Grades(GetGrades):
    """Brings points and comments from the gradebook, and what waits for a person."""

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader.grade_id,
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        waits = bool(grade.needs_manual_grade)
        note(cell).update({UNMARKED: waits, AGAIN: waits and grade.manual_score is not None})


class ShowFeedback(NbGraderPreprocessor):
    """Takes out of a graded notebook what is not for students, and puts in what is."""

    display_data_priority = List(["text/html", "image/png", "image/jpeg", "text/plain"]).tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Rewrite the check cells and add the style of the feedback."""
        resources.setdefault("inlining", {}).setdefault("css", []).append(FEEDBACK_CSS)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Drop hidden regions everywhere; show the verdict in each check cell."""
        if cell.cell_type != "code":
            return cell, resources
        cell.source = without_hidden_tests(cell.source)
        if utils.is_grade(cell):
            cell.outputs = [feedback_output(cell)] if OURS in cell.metadata else []
        return cell, resources
