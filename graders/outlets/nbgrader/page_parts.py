"""What stands where on a student's page: verdicts, written answers, own cells, the lesson."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils

from graders.course.notebook import CHECK_PREFIX, grade_id, source_of
from graders.judge.verdict import TaskVerdict
from graders.outlets.nbgrader.autograde import kept_verdict
from graders.outlets.nbgrader.code import squeezed
from graders.outlets.nbgrader.rebuild import OURS
from graders.outlets.terminal import points_of
from graders.outlets.wording import state_of

UNMARKED = "unmarked"
"""The note at a graded cell that waits for a person."""

Text = tuple[str, str]


@dataclass(frozen=True)
class Graded:
    """A cell with points: the check of a task, or an answer that a person marks."""

    cell: NotebookNode
    name: str
    state: str
    sign: str
    words: str
    points: str


@dataclass(frozen=True)
class Parts:
    """The cells of a graded notebook, by what they are; each list in the notebook's order."""

    tasks: list[Graded] = field(default_factory=list)
    written: list[Graded] = field(default_factory=list)
    own: list[NotebookNode] = field(default_factory=list)
    lesson: list[NotebookNode] = field(default_factory=list)

    @property
    def answered(self) -> frozenset[str]:
        """The names of the tasks whose own cell is there."""
        return frozenset(grade_id(cell) for cell in self.own)


def parts_of(notebook: NotebookNode, given_out: frozenset[Text]) -> Parts:
    """Sort the cells: ours are those with marks that we lock, and what was given out like that.

    Marks come from the gradebook, never from the file that was handed in; so a student's cell is
    the lesson's only where it says the same.
    """
    parts = Parts()
    for cell in notebook.cells:
        if utils.is_grade(cell) and not utils.is_solution(cell):
            parts.tasks.append(_task(cell))
        elif utils.is_grade(cell) or utils.is_task(cell):
            parts.written.append(_written(cell))
        elif utils.is_solution(cell):
            parts.own.append(cell)
        elif utils.is_locked(cell) or _text(cell) in given_out:
            parts.lesson.append(cell)
        elif source_of(cell).strip() or cell.get("outputs"):
            parts.own.append(cell)
    return parts


def texts_given_out(*paths: Path) -> frozenset[Text]:
    """Read the cells of released notebooks; what cannot be read gives none."""
    found: frozenset[Text] = frozenset()
    for path in paths:
        try:
            found |= _texts(path, path.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def comment_of(cell: NotebookNode) -> str:
    """Give what an instructor wrote below a cell."""
    return str(cell.metadata.get("nbgrader", {}).get("comment") or "")


@lru_cache(maxsize=100)
def _texts(path: Path, _changed: int) -> frozenset[Text]:
    """Read a notebook, for all students of a class once."""
    return _all_texts(json.loads(path.read_text(encoding="utf-8"))["cells"])


def _all_texts(cells: Iterable[dict[str, Any]]) -> frozenset[Text]:
    return frozenset(_text(cell) for cell in cells)


def _text(cell: dict[str, Any]) -> Text:
    kind, source = str(cell["cell_type"]), source_of(cell)
    return kind, (squeezed(source) if kind == "code" else source).strip()


def _task(cell: NotebookNode) -> Graded:
    name = grade_id(cell).removeprefix(CHECK_PREFIX)
    task = kept_verdict(cell.metadata.get(OURS, {}))
    state, sign, words = state_of(task) if task is not None else ("open", "·", "not judged")
    if _waits(cell):
        return _graded(cell, name, ("person", "!", "waits for a person"))
    if task is not None and task.needs_person:
        state, sign, words = "person", "✎", "marked by a person"
    elif task is not None and _is_changed(cell, task):
        words = f"{words}; points set by a person"
    return _graded(cell, name, (state, sign, words))


def _written(cell: NotebookNode) -> Graded:
    looks = ("person", "!", "not marked yet") if _waits(cell) else ("person", "✎", "marked by hand")
    return _graded(cell, grade_id(cell), looks)


def _graded(cell: NotebookNode, name: str, looks: tuple[str, str, str]) -> Graded:
    score, most = _points(cell)
    points = f"worth {most:.4g} points" if _waits(cell) else points_of(score, most)
    return Graded(cell, name, *looks, points)


def _waits(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get(OURS, {}).get(UNMARKED))


def _is_changed(cell: NotebookNode, task: TaskVerdict) -> bool:
    """Whether the gradebook holds other points than the judge gave."""
    score, most = _points(cell)
    judged = most * task.score / task.max_score if task.max_score else 0.0
    return abs(score - judged) > 1e-3


def _points(cell: NotebookNode) -> tuple[float, float]:
    marks = cell.metadata.nbgrader
    return float(marks.get("score") or 0.0), float(marks.get("points") or 0.0)
