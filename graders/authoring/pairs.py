"""A lesson's two forms, notebook and script: what each says, and which of them was edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from graders.authoring.agreed import agreed_before
from graders.course import CourseError
from graders.course.digests import digest_of
from graders.course.light_imports import import_jupytext
from graders.course.notebook import SCRIPT

Form = Literal["source", "solutions"]


@dataclass(frozen=True)
class Pair:
    """A topic's instructor notebook and its percent script."""

    notebook: Path
    script: Path

    @property
    def name(self) -> str:
        """Name the topic: "derivatives/hvp"."""
        return f"{self.notebook.parent.name}/{self.notebook.stem}"


def pairs(root: Path) -> list[Pair]:
    """List the topics that stand in `source/` or in `solutions/`."""
    notebooks = {path.relative_to(root / "source") for path in (root / "source").glob("*/*.ipynb")}
    scripts = {path.relative_to(root / "solutions") for path in (root / "solutions").glob("*/*.py")}
    stems = sorted({path.with_suffix("") for path in notebooks | scripts})
    return [
        Pair(
            root / "source" / stem.with_suffix(".ipynb"),
            root / "solutions" / stem.with_suffix(".py"),
        )
        for stem in stems
    ]


def edited_form(root: Path, pair: Pair, counts: Form | None) -> Path | None:
    """Find the form of a lesson that the other is to be made from; None where they agree."""
    there = [path for path in (pair.notebook, pair.script) if path.exists()]
    texts = {path: digest(path) for path in there}
    if len(there) == 1:
        return there[0]
    if not any(fault.endswith("`dojo build`") for fault in pair_faults(pair)):
        return None
    if counts is not None:
        return pair.notebook if counts == "source" else pair.script
    known = set(agreed_before(root, pair.name, pair.notebook, digest))
    edited = [path for path in there if texts[path] not in known]
    if len(edited) == 1:
        return edited[0]
    one, other = (path.relative_to(root) for path in (pair.notebook, pair.script))
    raise CourseError(
        f"{one} and {other} differ, and both may have been edited; bring the edit of one into the "
        "other, or run `dojo build --from source` or `dojo build --from solutions` to say which "
        "one counts (a copy of the other is kept)"
    )


def pair_faults(pair: Pair) -> list[str]:
    """List what is wrong between the two forms of a lesson, and in its notebook."""
    for path in (pair.notebook, pair.script):
        if not path.exists():
            return [f"{pair.name}: {path.parent.parent.name}/ has no {path.name}; run `dojo build`"]
    cells = cells_of(pair.notebook)
    faults = []
    if [_essence(cell) for cell in cells] != [_essence(cell) for cell in cells_of(pair.script)]:
        faults.append(f"{pair.name}: source/ and solutions/ differ; run `dojo build`")
    for cell in cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            faults.append(f"{pair.name}: the notebook in source/ holds outputs; clear them")
            break
    return faults


def digest(path: Path, text: str | None = None) -> str:
    """Hash what a form of a lesson says; CourseError where it is empty or cannot be read."""
    return digest_of([_essence(cell) for cell in cells_of(path, text)])


def cells_of(path: Path, text: str | None = None) -> list[NotebookNode]:
    """Read the cells of a form, from another text of it where that is given."""
    back = "bring back an older version, or delete it to have it made from its other form"
    try:
        said = path.read_text(encoding="utf-8") if text is None else text
        is_script = path.suffix == ".py"
        made = import_jupytext().reads(said, fmt=SCRIPT) if is_script else nbformat.reads(said, 4)
        cells: list[NotebookNode] = list(made.cells)
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0][:200]
        raise CourseError(
            f"{path} cannot be read ({type(error).__name__}: {first}); {back}"
        ) from None
    if not any(cell.source.strip() for cell in cells):
        raise CourseError(f"{path} is empty; {back}")
    return cells


def _essence(cell: NotebookNode) -> tuple[str, str, dict[str, Any]]:
    kept = {key: cell.metadata[key] for key in ("nbgrader", "tags") if key in cell.metadata}
    return cell.cell_type, cell.source.strip(), kept
