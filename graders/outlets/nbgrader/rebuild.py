"""Rebuild a submitted notebook so that nbgrader can grade it, whatever was done to its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook

from graders.limits import MAX_SOURCE, MAX_TEXT_CELL, MAX_TEXT_CELLS
from graders.outlets.nbgrader.code import squeezed
from graders.outlets.nbgrader.outputs import bound_outputs, safe_attachments, safe_outputs, text_of

OURS = "dojo"


@dataclass(frozen=True)
class MasterCell:
    """A cell as the gradebook knows it from the released notebook."""

    grade_id: str
    cell_type: str
    source: str
    marks: dict[str, Any]

    @property
    def graded(self) -> bool:
        """Whether points hang on this cell."""
        return bool(self.marks["grade"] or self.marks["task"])


def master_cells(db_url: str, assignment: str, notebook: str) -> tuple[MasterCell, ...]:
    """Read the marked cells of a released notebook from the gradebook, in their order."""
    with Gradebook(db_url) as gradebook:
        book = gradebook.find_notebook(notebook, assignment)
        points = {cell.name: cell.max_score for cell in [*book.grade_cells, *book.task_cells]}
        tasks = {cell.name for cell in book.task_cells}
        solutions = {cell.name for cell in book.solution_cells}
        return tuple(
            MasterCell(
                cell.name,
                cell.cell_type,
                cell.source,
                {
                    "schema_version": 3,
                    "grade_id": cell.name,
                    "cell_type": cell.cell_type,
                    "checksum": cell.checksum,
                    "locked": cell.locked,
                    "solution": cell.name in solutions,
                    "task": cell.name in tasks,
                    "grade": cell.name in points and cell.name not in tasks,
                    **({"points": points[cell.name]} if cell.name in points else {}),
                },
            )
            for cell in book.source_cells
        )


def rebuild(cells: Iterable[object], master: Sequence[MasterCell]) -> NotebookNode:
    """Build a notebook from submitted cells, taking nothing on trust but their text and pictures.

    A cell is one of ours by its grade_id; of several with the same one, the last is. Points, locks
    and every other mark come from `master`. Graded cells that are missing are put back.
    """
    known = {cell.grade_id: cell for cell in master}
    submitted = [cell for cell in cells if isinstance(cell, dict)]
    built = [_cell(raw, known.pop(_grade_id(raw), None)) for raw in reversed(submitted)]
    built.reverse()
    _cut_texts(built)
    bound_outputs(built)
    _put_back(built, master, [cell for cell in known.values() if cell.graded])
    return _notebook(built)


def unread(master: Sequence[MasterCell]) -> NotebookNode:
    """Build the notebook that stands in for one that could not be read: our cells, unanswered."""
    return _notebook([_our_cell(cell) for cell in master])


def note(cell: NotebookNode) -> dict[str, Any]:
    """Give the place where our preprocessors keep something with a cell."""
    return cell.metadata.setdefault(OURS, NotebookNode())


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = NotebookNode(language_info=NotebookNode(name="python"))
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells)


def _cell(raw: dict[Any, Any], ours: MasterCell | None) -> NotebookNode:
    kind = ours.cell_type if ours else _kind(raw)
    source = raw.get("source", raw.get("input", ""))
    if ours is not None and ours.marks["locked"]:
        source = ours.source
    cell = NotebookNode(cell_type=kind, source=text_of(source, MAX_SOURCE), metadata=NotebookNode())
    if ours is not None:
        cell.metadata["nbgrader"] = NotebookNode(ours.marks)
    if kind == "code":
        cell["source"] = squeezed(cell.source)
        cell["execution_count"] = None
        checked_by_us = ours is not None and ours.graded
        cell["outputs"] = [] if checked_by_us else safe_outputs(raw.get("outputs"))
    elif raw.get("attachments"):
        cell["attachments"] = safe_attachments(raw["attachments"])
    return cell


def _cut_texts(cells: Sequence[NotebookNode]) -> None:
    """Bound the text cells, one by one and together: rendering them takes time and memory."""
    left = MAX_TEXT_CELLS
    for cell in cells:
        if cell.cell_type != "code":
            cell["source"] = text_of(cell.source, min(MAX_TEXT_CELL, left))
            left = max(0, left - len(cell.source))


def _our_cell(ours: MasterCell) -> NotebookNode:
    return _cell({"source": ours.source}, ours)


def _kind(raw: dict[Any, Any]) -> str:
    kind = raw.get("cell_type")
    return kind if kind in ("code", "raw") else "markdown"


def _grade_id(raw: dict[Any, Any]) -> str:
    metadata = raw.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(marks.get("grade_id")) if isinstance(marks, dict) else ""


def _put_back(
    built: list[NotebookNode], master: Sequence[MasterCell], missing: Sequence[MasterCell]
) -> None:
    """Insert each missing cell behind the nearest cell that stands before it in the master."""
    order = [cell.grade_id for cell in master]
    for ours in missing:
        before = set(order[: order.index(ours.grade_id)])
        places = [place for place, cell in enumerate(built) if _built_id(cell) in before]
        cell = _our_cell(ours)
        note(cell)["note"] = "This cell was missing from what was handed in; it was put back."
        built.insert(max(places, default=-1) + 1, cell)


def _built_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
