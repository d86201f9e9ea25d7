"""Notebooks of the course as they are read and written: cells, marks, hidden regions, scripts."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graders.course.digests import digest_of
from graders.course.errors import CourseError
from graders.course.light_imports import import_jupytext

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECK_PREFIX = "check-"
NOTEBOOK_ONLY = "notebook-only"
"""The tag of cells that a script does without: folded hints, links, what Colab needs."""
_HIDDEN_BEGIN = "### BEGIN HIDDEN TESTS"
_HIDDEN_END = "### END HIDDEN TESTS"
_READ_AT_A_GLANCE = 7
_OUR_MAGIC = re.compile(r"^[^\S\n]*%(check|load_ext|reload_ext)\b.*$", re.MULTILINE)
SCRIPT = {"extension": ".py", "format_name": "percent"}


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell of a notebook of the course that is none, or lacks what its cells should have.

    Raises CourseError in place of what reading it raised.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise CourseError(
            f"{path} is no notebook that can be read ({why}); bring back an older version of it, "
            "with `git checkout` or from a copy"
        ) from None


def marks(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Give what nbgrader keeps with a cell; empty where there is nothing that can be read."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader", {}) if isinstance(metadata, dict) else {}
    return found if isinstance(found, dict) else {}


def grade_id(cell: Mapping[str, Any]) -> str:
    """Give the name of a cell that nbgrader knows; empty for any other."""
    return str(marks(cell).get("grade_id", ""))


def source_of(cell: Mapping[str, Any]) -> str:
    """Give a cell's text, which old notebooks keep under another name and some as lines."""
    source = cell.get("source", cell.get("input", ""))
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def without_our_magics(source: str) -> str:
    """Take `%check` and `%load_ext` out of a cell, and leave its lines where they are."""
    return _OUR_MAGIC.sub("", source)


def is_for_reading(cell: Mapping[str, Any]) -> bool:
    """Whether a locked cell is a check or a demonstration, which judging leaves out."""
    return bool(marks(cell).get("grade")) or "figure" in cell["metadata"].get("tags", [])


def is_to_try(cell: Mapping[str, Any]) -> bool:
    """Whether a cell is there to be changed and run again; as it was given out it is not judged."""
    return "try" in cell["metadata"].get("tags", [])


def is_machinery(cell: Mapping[str, Any]) -> bool:
    """Whether a code cell is there to be run, not read: set-up, tools, checks, longer figures."""
    is_ours = marks(cell).get("locked") and not marks(cell).get("solution")
    lines = len(source_of(cell).splitlines())
    return cell["cell_type"] == "code" and bool(is_ours) and lines > _READ_AT_A_GLANCE


def fold(notebook: NotebookNode) -> None:
    """Fold the machinery: JupyterLab shows a bar that opens it, Colab the output alone."""
    for cell in notebook.cells:
        if is_machinery(cell):
            cell.metadata["jupyter"] = {"source_hidden": True}
            cell.metadata["cellView"] = "form"


@lru_cache(maxsize=256)
def fingerprint(source: str) -> str:
    """Reduce a cell to what it does, so that an editor's reformatting does not hide whose it is.

    Most cells of a lesson come again with each submission, and with each save of a script.
    """
    try:
        tree = plain_python(source)
        does = ast.dump(tree) if tree is not None else source.strip()
    except (RecursionError, MemoryError):
        does = source.strip()
    return digest_of(does)


def plain_python(source: str) -> ast.Module | None:
    """Read a cell of whoever wrote it; None where it is not plain Python, or too deep."""
    try:
        # What Python thinks of a student's line does not belong in the instructor's terminal.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def without_hidden_tests(source: str) -> str:
    """Drop the hidden region of a check cell, as nbgrader does for the student's version."""
    kept, hidden = [], False
    for line in source.splitlines():
        hidden = hidden or line.strip() == _HIDDEN_BEGIN
        if not hidden:
            kept.append(line)
        hidden = hidden and line.strip() != _HIDDEN_END
    return "\n".join(kept)


def as_exercise(notebook: NotebookNode) -> str:
    """Write a student notebook as a percent script, without metadata and what only folds there."""
    jupytext = import_jupytext()
    from nbformat import from_dict

    filters = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "-all"}
    cells = [cell for cell in notebook.cells if NOTEBOOK_ONLY not in cell.metadata.get("tags", [])]
    script = {**notebook, "cells": cells, "metadata": {**notebook.metadata, "jupytext": filters}}
    return str(jupytext.writes(from_dict(script), fmt=SCRIPT))
