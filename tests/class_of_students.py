"""Small course folders with a class in them, and the gradebook as rows that can be compared."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from graders.outlets.nbgrader.course_folder import CourseFolder

REPOSITORY = Path(__file__).resolve().parent.parent
ASSIGNMENT = "derivatives"
TOPIC = "hessian"

GRADIENT = """
def gradient(func, inputs):
    x = inputs.detach().requires_grad_()
    y = func(x)
    return torch.autograd.grad(y + 0 * x.sum(), x)[0]
"""
HESSIAN = """
def hessian(func, inputs):
    x = inputs.detach().requires_grad_()
    (g,) = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)
    rows = [torch.autograd.grad(e, x, retain_graph=True)[0] for e in g.flatten()]
    return torch.stack(rows).reshape(x.shape + x.shape)
"""
RIGHT = {"gradient": GRADIENT, "hessian": HESSIAN}
PART = {**RIGHT, "gradient": GRADIENT.replace("[0]", "[0].float()")}


def make_course(folder: Path, *topics: str, settings: str = "") -> CourseFolder:
    """Release the topics in a new course folder; `settings` come after the course's own."""
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    ours = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(f"{ours}\n{settings}\n", encoding="utf-8")
    # Every run on the same numbers, and none that has to find a seed first.
    (folder / "class_seed.txt").write_text("20261129\n", encoding="utf-8")
    for topic in topics or (TOPIC,):
        source = REPOSITORY / "source" / ASSIGNMENT / f"{topic}.ipynb"
        shutil.copy(source, folder / "source" / ASSIGNMENT)
    course = CourseFolder(folder)
    course.release(ASSIGNMENT)
    return course


def cell_of(cells: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Find the cell of a notebook that nbgrader knows by a name."""
    return next(one for one in cells if one["metadata"].get("nbgrader", {}).get("grade_id") == name)


def hand_in_a_class(folder: Path) -> None:
    """Have five students hand in: all right, in part, nothing, no notebook, and too late."""
    hand_in(folder, "right", RIGHT)
    hand_in(folder, "part", PART)
    hand_in(folder, "empty", {})
    hand_in(folder, "broken", RIGHT, broken=True)
    late = hand_in(folder, "late", RIGHT)
    late.with_name("timestamp.txt").write_text("2030-01-01 00:00:00 UTC", encoding="utf-8")
    late.with_name("data.csv").write_text("1,2", encoding="utf-8")


def hand_in(
    folder: Path, student: str, answers: Mapping[str, str], *, broken: bool = False
) -> Path:
    """Put a notebook with these answers into a student's folder; no two are the same bytes."""
    release = folder / "release" / ASSIGNMENT / f"{TOPIC}.ipynb"
    notebook: dict[str, Any] = json.loads(release.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = f"# {student}\n{answers[name]}"
    place = folder / "submitted" / student / ASSIGNMENT
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook)
    path = place / f"{TOPIC}.ipynb"
    path.write_text(text[: len(text) // 2] if broken else text, encoding="utf-8")
    return path


_CELLS = """
    select submitted_assignment.student_id, notebook.name, base_cell.name, {columns}
    from {table}
    join submitted_notebook on submitted_notebook.id = {table}.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join notebook on notebook.id = submitted_notebook.notebook_id
    join base_cell on base_cell.id = {table}.cell_id
    order by 1, 2, 3
"""
_GRADES = "auto_score, manual_score, extra_credit, needs_manual_grade"


def gradebook_rows(folder: Path, db_url: str = "") -> list[tuple[Any, ...]]:
    """Read everything that grading writes, without the keys that are made up at random."""
    queries = [
        _CELLS.format(table="grade", columns=_GRADES),
        _CELLS.format(table="comment", columns="auto_comment, manual_comment"),
        "select student_id, timestamp, extension from submitted_assignment order by 1",
        "select late_submission_penalty, count(*) from submitted_notebook group by 1 order by 1",
        "select id, first_name, last_name from student order by 1",
    ]
    engine = create_engine(db_url or f"sqlite:///{folder / 'gradebook.db'}")
    try:
        with engine.connect() as database:
            return [tuple(row) for query in queries for row in database.execute(text(query))]
    finally:
        engine.dispose()
