"""The cells that points hang on: as the gradebook has them, the class's source/, and the course.

nbgrader notes them once, by `nbgrader generate_assignment`. Whoever changes the course after that
has three accounts of one assignment; nothing is graded before they agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from graders.checks.words import some_of
from graders.course import CourseError, Topic
from graders.course.decimals import as_text
from graders.course.notebook import CHECK_PREFIX, marks, reading

Worth = Mapping[str, Mapping[str, float]]
"""What each task counts, by notebook."""
_BY_COMMAND = (
    "run `nbgrader generate_assignment {name} --force`, which notes the new ones, and grade again"
)
_BY_HAND = (
    "nbgrader can neither add nor take away a cell of what has been handed in, so bring the old "
    "names back; a task that is no longer to count gets 0 points"
)


@dataclass(frozen=True)
class MarkedCell:
    """A cell with points: of which notebook, what it is worth, and whether the machine gives it."""

    notebook: str
    name: str
    points: float
    by_machine: bool


def of_gradebook(gradebook: Gradebook, assignment: str) -> tuple[MarkedCell, ...]:
    """List those that the gradebook knows; MissingEntry where it does not know the assignment."""
    found = []
    for notebook in gradebook.find_assignment(assignment).notebooks:
        solutions = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            by_machine = cell.cell_type == "code" and cell.name not in solutions
            found.append(MarkedCell(notebook.name, cell.name, float(cell.max_score), by_machine))
        found += [
            MarkedCell(notebook.name, cell.name, float(cell.max_score), False)
            for cell in notebook.task_cells
        ]
    return tuple(sorted(found, key=lambda cell: (cell.notebook, cell.name)))


def points_of_tasks(cells: Sequence[MarkedCell]) -> dict[str, dict[str, float]]:
    """Say by notebook what each task is worth."""
    found: dict[str, dict[str, float]] = {}
    for cell in cells:
        own = found.setdefault(cell.notebook, {})
        if cell.by_machine:
            own[cell.name.removeprefix(CHECK_PREFIX)] = cell.points
    return found


def require_agreement(
    known: Sequence[MarkedCell],
    source: Path,
    topics: Sequence[Topic],
    *,
    handed_in: bool,
) -> None:
    """Refuse to grade where what the gradebook knows is not what is to be graded.

    `source` is the class's folder of the assignment's notebooks, `handed_in` whether the gradebook
    has work of somebody. Raises CourseError, which says what to do.
    """
    _require_tasks(known, topics)
    gone, new, moved = _compared(known, source)
    if not gone and not new and not moved:
        return
    what = [f"{cell} is not in source/" for cell in gone]
    what += [f"{cell} is not in the gradebook" for cell in new]
    what += moved
    advice = _BY_HAND if handed_in and (gone or new) else _BY_COMMAND.format(name=source.name)
    raise CourseError(f"the gradebook and {source} say different things: {some_of(what)}; {advice}")


def _require_tasks(known: Sequence[MarkedCell], topics: Sequence[Topic]) -> None:
    tasks = {topic.name: [task.name for task in topic.tasks] for topic in topics}
    lost = [
        f"{cell.name} of {cell.notebook}"
        for cell in known
        if cell.by_machine
        and cell.name.removeprefix(CHECK_PREFIX) not in tasks.get(cell.notebook, ())
    ]
    if lost:
        raise CourseError(
            f"the gradebook has {some_of(lost)}, and the course ({topics[0].course}) has no such "
            "task any more; what was given out stays as long as it is graded, so bring the "
            "notebook and its folder under graders/hidden/ back under their old names; a task that "
            "is no longer to count gets 0 points"
        )


def _compared(known: Sequence[MarkedCell], source: Path) -> tuple[list[str], list[str], list[str]]:
    """Name what source/ lacks, what the gradebook lacks, and what is worth something else."""
    names = sorted({cell.notebook for cell in known})
    kept = [name for name in names if (source / f"{name}.ipynb").exists()]
    ours = {(cell.notebook, cell.name): cell.points for cell in known if cell.notebook in kept}
    theirs = {place: points for name in kept for place, points in _in_source(source, name).items()}
    gone = [place for place in ours if place not in theirs]
    moved = [
        f"{_name(place)} is worth {as_text(points)} there and {as_text(ours[place])} in the "
        "gradebook"
        for place, points in theirs.items()
        if place in ours and ours[place] != points
    ]
    new = [place for place in theirs if place not in ours]
    return [_name(one) for one in gone], [_name(one) for one in new], moved


def _in_source(source: Path, notebook: str) -> dict[tuple[str, str], float]:
    """Read the cells with points of the class's own notebook."""
    path = source / f"{notebook}.ipynb"
    with reading(path):
        found = map(marks, json.loads(path.read_text(encoding="utf-8"))["cells"])
        return {
            (notebook, str(about["grade_id"])): float(about["points"])
            for about in found
            if about.get("grade") or about.get("task")
        }


def _name(place: tuple[str, str]) -> str:
    notebook, name = place
    return f"{name} of {notebook}"
