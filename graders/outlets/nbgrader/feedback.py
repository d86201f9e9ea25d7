"""What students are shown: the verdict in place of the points, and no hidden tests."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List

from graders.course.notebook import without_hidden_tests
from graders.outlets.feedback_html import FEEDBACK_CSS
from graders.outlets.nbgrader.autograde import feedback_output
from graders.outlets.nbgrader.rebuild import OURS


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
