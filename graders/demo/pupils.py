"""The sample class: a dozen ways to hand in an assignment."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graders import course

Notebook = dict[str, Any]
Change = Callable[[Notebook], None]

_ANSWERS = Path(__file__).parent / "answers"
_WRITTEN = {
    "why-silent": "Not for certain. Along the eigenvector of 0 the second-order term vanishes, so "
    "terms of higher order decide. $-2x^2 - y^2/2 - z^6$ has a maximum at the origin and "
    "$-2x^2 - y^2/2 + z^4$ a saddle, and both have the eigenvalues $-4, -1, 0$. It is no minimum, "
    "because along $x$ the function falls. I would look at the third and fourth derivative along "
    "$z$.",
    "why-removed": "The images were chosen by their effect on these test images, so the loss on "
    "them falls by construction; a third set of images would tell. Two hundred at once also take "
    "away curvature, which the derivative at weight zero does not see.",
    "why-slow": "A step beyond 2 / 2.2 = 0.9 makes the error along the top eigenvector grow. With "
    "it a direction of 0.01 keeps 0.991 of its error in each step, so it needs about 120. The "
    "ratio of the two, the condition number, decides. Divided by the curvature, all are alike.",
}


@dataclass(frozen=True)
class Pupil:
    """Who hands in, with which answers (later files win), and what happens to the notebooks."""

    name: str
    story: str
    answers: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ("derivatives",)
    only: tuple[str, ...] = ()
    change: Change | None = None
    broken: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def _deleted_check_cell(notebook: Notebook) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if grade_id(c) not in _DELETED]


def _every_trick(notebook: Notebook) -> None:
    """Rewrite the check cells to say "full points", multiply the points, and skip execution."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade") and cell["cell_type"] == "code":
            cell["source"] = str(marks["points"])
            cell["metadata"]["tags"] = ["skip-execution"]
            marks.update(points=100 * marks["points"], locked=False)


def _doubled_cells_and_other_kernel(notebook: Notebook) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    checks = [c for c in notebook["cells"] if grade_id(c).startswith("check-")]
    notebook["cells"] += copy.deepcopy(checks)


_DELETED = {"check-jvp", "check-hessian", "check-eigenvalues", "check-hvp"}
_ROWS = "right_by_rows"
_APPLICATIONS = "other_ways"
_BOTH = ("derivatives", "applications")

CLASS = (
    Pupil("ada", "everything right, with autograd.grad", (_ROWS, _APPLICATIONS), _BOTH),
    Pupil("ben", "everything right, with torch.func", (_ROWS, "right_by_transforms")),
    Pupil("cleo", "half finished", (_ROWS,), only=("vjp", "jacobian", "gradient", "eigenvalues")),
    Pupil("dan", "wrong in classic ways", (_ROWS, _APPLICATIONS, "wrong_in_classic_ways"), _BOTH),
    Pupil("eva", "hvp makes the whole Hessian", (_ROWS, "whole_matrix")),
    Pupil("finn", "one function never ends", (_ROWS, _APPLICATIONS, "never_ends"), _BOTH),
    Pupil("gina", "one function asks for 4 TB", (_ROWS, _APPLICATIONS, "four_terabytes"), _BOTH),
    Pupil(
        "hugo",
        "broken JSON in one notebook",
        (_ROWS, _APPLICATIONS),
        _BOTH,
        broken=("hessian", "newton"),
    ),
    Pupil("iris", "hessian ends the interpreter", (_ROWS, "ends_the_interpreter")),
    Pupil("jon", "right, check cells deleted", (_ROWS,), change=_deleted_check_cell),
    Pupil("kim", "no answers, check cells forged", assignments=_BOTH, change=_every_trick),
    Pupil(
        "lea",
        "right, cells doubled, kernel changed",
        (_ROWS,),
        change=_doubled_cells_and_other_kernel,
    ),
    Pupil("max", "curvature.ipynb not handed in", (_ROWS,), absent=("curvature",)),
)


def many(students: int) -> tuple[Pupil, ...]:
    """Make a class of so many: the same dozen again and again, with a number to the name."""
    rounds = range(1 + students // len(CLASS))
    everyone = [
        replace(pupil, name=f"{pupil.name}{number + 1}" if number else pupil.name)
        for number in rounds
        for pupil in CLASS
    ]
    return tuple(everyone[:students])


def hand_in(pupil: Pupil, release: Path, submitted: Path) -> None:
    """Write what a pupil hands in, made from the released notebooks, into a folder."""
    submitted.mkdir(parents=True, exist_ok=True)
    answers = _answers(pupil)
    for path in sorted(release.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        _fill_in(notebook, answers)
        if pupil.change is not None:
            pupil.change(notebook)
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        if path.stem not in pupil.absent:
            kept = len(text) // 2 if path.stem in pupil.broken else len(text)
            (submitted / path.name).write_text(text[:kept], encoding="utf-8")


def grade_id(cell: Mapping[str, Any]) -> str:
    """Name a cell as nbgrader does; empty where it is not marked."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _fill_in(notebook: Notebook, answers: Mapping[str, str]) -> None:
    for cell in notebook["cells"]:
        if grade_id(cell) in answers:
            cell["source"] = answers[grade_id(cell)]
        elif answers and cell["cell_type"] == "markdown" and grade_id(cell) in _WRITTEN:
            cell["source"] = _WRITTEN[grade_id(cell)]


def _answers(pupil: Pupil) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in pupil.answers:
        for path in _files(name):
            found |= _functions(path)
    return {task: text for task, text in found.items() if not pupil.only or task in pupil.only}


def _files(name: str) -> list[Path]:
    """Find the answers of a name; "other_ways" are those that stand beside the hidden tests."""
    if name == _APPLICATIONS:
        return [topic.other_ways for topic in course.assignment("applications")]
    return [_ANSWERS / f"{name}.py"]


def _functions(path: Path) -> dict[str, str]:
    """Cut a file into its functions; each brings along an `import os` where it needs one."""
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    sources = {node.name: ast.get_source_segment(text, node) or "" for node in functions}
    return {
        name: f"import os\n\n\n{source}" if "os._exit" in source else source
        for name, source in sources.items()
    }
