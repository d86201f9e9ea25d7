"""What an instructor sees in the formgrader, and no student anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory

from graders.course.notebook import grade_id

_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", re.DOTALL)
_FOLDED = (
    "<details><summary><strong>Model answer and marking</strong> (students do not see this)"
    "</summary>\n\n{}\n\n</details>"
)


class InstructorView(Preprocessor):
    """Puts the model answer beside what is marked by hand.

    It works on what the formgrader is about to show, and nothing of it is saved. Other pages that
    are made with these settings are left as they are: a student may get them.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Add what is for instructors, in the formgrader alone."""
        if "submission_id" not in resources or "nbgrader" in resources:
            return nb, resources
        models = self._models(resources["assignment_id"], resources["notebook_id"])
        shown = []
        for cell in nb.cells:
            shown.append(cell)
            by_hand = utils.is_solution(cell) and utils.is_grade(cell)
            if by_hand and grade_id(cell) in models:
                source = _FOLDED.format(models[grade_id(cell)])
                shown.append(nbformat.v4.new_markdown_cell(source))
        nb.cells = shown
        return nb, resources

    def _models(self, assignment: str, notebook: str) -> dict[str, str]:
        """Read the answers of the instructor's notebook; none where it is not there."""
        coursedir = CourseDirectory(config=self.config)
        folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
        try:
            cells = nbformat.read(Path(folder, f"{notebook}.ipynb"), as_version=4).cells
        except OSError:
            return {}
        found = {grade_id(cell): _SOLUTION.search(cell.source) for cell in cells}
        return {name: region[1] for name, region in found.items() if region}
