"""The course as it stands on disk: assignments, topics, tasks and their points."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CHECK_PREFIX = "check-"
_HIDDEN_BEGIN = "### BEGIN HIDDEN TESTS"
_HIDDEN_END = "### END HIDDEN TESTS"


class CourseError(Exception):
    """The course, or what was asked of it, is not right; the message says what and what to do."""


@dataclass(frozen=True)
class Task:
    """One function to write and the points it is worth."""

    name: str
    points: float


@dataclass(frozen=True)
class Topic:
    """One notebook of the course."""

    assignment: str
    name: str
    source: Path
    tasks: tuple[Task, ...]
    setup: tuple[str, ...]
    ours: frozenset[str]
    our_ids: frozenset[str]

    @property
    def path(self) -> str:
        """Name the topic within the course: "derivatives/hvp"."""
        return f"{self.assignment}/{self.name}"

    def task(self, name: str) -> Task:
        """Find a task by name; CourseError where the topic has none of that name."""
        for task in self.tasks:
            if task.name == name:
                return task
        names = ", ".join(task.name for task in self.tasks)
        raise CourseError(f"the topic {self.name!r} has no task {name!r}; it has {names}")


def root() -> Path:
    """Find the course folder: the nearest one upwards, or this package's own, with a `source`."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "source").is_dir() and (folder / "nbgrader_config.py").is_file():
            return folder
    return Path(__file__).resolve().parent.parent


@cache
def topics() -> tuple[Topic, ...]:
    """Read every topic of this course from the instructor notebooks, in teaching order."""
    base = Path(__file__).resolve().parent.parent / "source"
    found = [_read_topic(path) for path in base.glob("*/*.ipynb")]
    if not found:
        raise CourseError(f"no instructor notebooks under {base}; clone the course again")
    return tuple(sorted(found, key=_teaching_order))


def topic(name: str) -> Topic:
    """Find a topic by its name, "hvp" or "derivatives/hvp"; CourseError where there is none."""
    for candidate in topics():
        if name in (candidate.name, candidate.path):
            return candidate
    names = ", ".join(candidate.name for candidate in topics())
    raise CourseError(f"there is no topic {name!r}; the course has {names}")


def assignment(name: str) -> tuple[Topic, ...]:
    """List the topics of an assignment; CourseError where there is none of that name."""
    found = tuple(candidate for candidate in topics() if candidate.assignment == name)
    if not found:
        names = ", ".join(sorted({candidate.assignment for candidate in topics()}))
        raise CourseError(f"there is no assignment {name!r}; the course has {names}")
    return found


def fingerprint(source: str) -> str:
    """Reduce a cell to what it does, so that an editor's reformatting does not hide whose it is."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()


def without_hidden_tests(source: str) -> str:
    """Drop the hidden region of a check cell, as nbgrader does for the student's version."""
    kept, hidden = [], False
    for line in source.splitlines():
        hidden = hidden or line.strip() == _HIDDEN_BEGIN
        if not hidden:
            kept.append(line)
        hidden = hidden and line.strip() != _HIDDEN_END
    return "\n".join(kept)


_ORDER = ("jacobian", "hessian", "curvature", "hvp", "newton", "influence", "maml", "spectrum")


def _teaching_order(found: Topic) -> tuple[int, str]:
    place = _ORDER.index(found.name) if found.name in _ORDER else len(_ORDER)
    return place, found.path


def _read_topic(path: Path) -> Topic:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    tasks = [_task(cell) for cell in code if _marks(cell).get("grade")]
    locked = [cell for cell in code if _marks(cell).get("locked")]
    ours = {fingerprint(text) for cell in locked for text in _versions(cell)}
    setup = [_source(cell) for cell in locked if not _is_for_reading(cell)]
    ids = {str(_marks(cell)["grade_id"]) for cell in locked}
    return Topic(
        path.parent.name,
        path.stem,
        path,
        tuple(tasks),
        tuple(setup),
        frozenset(ours),
        frozenset(ids),
    )


def _task(cell: dict[str, Any]) -> Task:
    marks = _marks(cell)
    return Task(str(marks["grade_id"]).removeprefix(CHECK_PREFIX), float(marks["points"]))


def _versions(cell: dict[str, Any]) -> tuple[str, str]:
    return _source(cell), without_hidden_tests(_source(cell))


def _is_for_reading(cell: dict[str, Any]) -> bool:
    return bool(_marks(cell).get("grade")) or "figure" in cell["metadata"].get("tags", [])


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    marks = cell["metadata"].get("nbgrader", {})
    return marks if isinstance(marks, dict) else {}


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
