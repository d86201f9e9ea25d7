"""Points that a person gave stay confirmed until what they were given for changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils

from graders.course.digests import digest_of, file_name_of
from graders.course.notebook import grade_id
from graders.course.whole_files import write_whole
from graders.outlets.nbgrader.lesson_texts import Text, text_of_cell

_FOLDER = Path(".dojo", "answers")


@dataclass(frozen=True)
class Answers:
    """What each graded cell of a notebook was graded for when it was last written, as hashes.

    Where the note of that is lost, whoever has marked something is asked to look again.
    """

    path: Path
    before: Mapping[str, str]
    now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, about: Mapping[str, Any]) -> Answers:
        """Read the note of a course folder; `about` is what nbgrader tells its steps."""
        name = file_name_of(f"{about['student']}/{about['notebook']}")
        path = root / _FOLDER / about["assignment"] / f"{name}.json"
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        return cls(path, before if isinstance(before, dict) else {})

    def is_as_before(self, name: str, graded_for: str) -> bool:
        """Note what a cell is graded for now, and say whether that is what it was before."""
        self.now[name] = graded_for
        return self.before.get(name) == graded_for

    def keep(self) -> None:
        """Write the note, once the gradebook has what it is about."""
        if self.now != self.before:
            write_whole(self.path, json.dumps(self.now))


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
