"""What points by hand hang on: they stay confirmed until that changes."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils

from graders.course.digests import digest_of
from graders.course.notebook import grade_id
from graders.outlets.nbgrader.lesson_texts import Text, text_of_cell


def graded_for(cell: NotebookNode, theirs: str, points: float | None) -> str:
    """Hash what the points of a cell hang on: its own words, or all of `theirs`.

    Where a written answer is empty, the words may stand in another cell.
    """
    if utils.is_solution(cell) and not is_empty(cell):
        return digest_of(_words(cell))
    return digest_of([theirs, points])


def theirs_of(notebook: NotebookNode) -> str:
    """Hash all that is the student's."""
    return digest_of([_words(one) for one in notebook.cells if not utils.is_locked(one)])


def is_empty(cell: NotebookNode) -> bool:
    """Whether a written answer is as it was given out."""
    return bool(cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell))


def has_words_elsewhere(notebook: NotebookNode, given_out: frozenset[Text]) -> bool:
    """Whether there is a text that is neither a marked cell's nor the lesson's."""
    texts = [one for one in notebook.cells if one.cell_type != "code"]
    own = [text_of_cell(one) for one in texts if not grade_id(one)]
    return any(text[1] and text not in given_out for text in own)


def _words(cell: NotebookNode) -> list[Any]:
    return [cell.cell_type, cell.source, cell.get("attachments", {})]
