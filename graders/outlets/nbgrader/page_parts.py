"""What stands where on a student's page: verdicts, written answers, own cells, the lesson."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nbformat import NotebookNode
from nbgrader import utils

from graders.course.notebook import CHECK_PREFIX, grade_id, source_of
from graders.judge.verdict import TaskVerdict
from graders.outlets.nbgrader.autograde import kept_verdict
from graders.outlets.nbgrader.by_hand import is_empty
from graders.outlets.nbgrader.lesson_texts import Text, text_of_cell
from graders.outlets.nbgrader.rebuild import OURS
from graders.outlets.terminal import points_of
from graders.outlets.wording import state_of

UNMARKED = "unmarked"
"""The note at a graded cell that waits for a person."""
AGAIN = "again"
"""The note at one that has points by hand, which count, and has changed since."""


@dataclass(frozen=True)
class Graded:
    """A cell with points: the check of a task, or an answer that a person marks."""

    cell: NotebookNode
    name: str
    state: str
    sign: str
    words: str
    points: str
    set_by_a_person: bool = False


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
        elif utils.is_locked(cell) or text_of_cell(cell) in given_out:
            parts.lesson.append(cell)
        elif source_of(cell).strip() or cell.get("outputs"):
            parts.own.append(cell)
    return parts


def comment_of(cell: NotebookNode) -> str:
    """Give what an instructor wrote below a cell."""
    return str(cell.metadata.get("nbgrader", {}).get("comment") or "")


def _task(cell: NotebookNode) -> Graded:
    name = grade_id(cell).removeprefix(CHECK_PREFIX)
    task = kept_verdict(cell.metadata.get(OURS, {}))
    state, sign, words = state_of(task) if task is not None else ("open", "·", "not judged")
    if _waits(cell):
        return _graded(cell, name, _looks_of_waiting(cell, "waits for a person"))
    if task is not None and task.needs_person:
        state, sign, words = "person", "✎", "marked by a person"
    elif task is not None and _is_changed(cell, task):
        looks = state, sign, f"{words}; points set by a person"
        return replace(_graded(cell, name, looks), set_by_a_person=True)
    return _graded(cell, name, (state, sign, words))


def _written(cell: NotebookNode) -> Graded:
    if _waits(cell):
        return _graded(cell, grade_id(cell), _looks_of_waiting(cell, "not marked yet"))
    score, _ = _points(cell)
    if score == 0 and is_empty(cell):
        return _graded(cell, grade_id(cell), ("open", "·", "not answered"))
    return _graded(cell, grade_id(cell), ("person", "✎", "marked by hand"))


def _looks_of_waiting(cell: NotebookNode, words: str) -> tuple[str, str, str]:
    again = "marked before it was changed; a person looks again"
    return "person", "!", again if _has(AGAIN, cell) else words


def _graded(cell: NotebookNode, name: str, looks: tuple[str, str, str]) -> Graded:
    score, most = _points(cell)
    has_none = _waits(cell) and not _has(AGAIN, cell)
    return Graded(
        cell, name, *looks, f"worth {most:.4g} points" if has_none else points_of(score, most)
    )


def _waits(cell: NotebookNode) -> bool:
    return _has(UNMARKED, cell)


def _has(mark: str, cell: NotebookNode) -> bool:
    return bool(cell.metadata.get(OURS, {}).get(mark))


def _is_changed(cell: NotebookNode, task: TaskVerdict) -> bool:
    """Whether the gradebook holds other points than the judge gave."""
    score, most = _points(cell)
    judged = most * task.score / task.max_score if task.max_score else 0.0
    return abs(score - judged) > 1e-3


def _points(cell: NotebookNode) -> tuple[float, float]:
    marks = cell.metadata.nbgrader
    return float(marks.get("score") or 0.0), float(marks.get("points") or 0.0)
