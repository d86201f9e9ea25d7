"""What the gradebook knows beside the points of the machine, and where the formgrader shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)

from graders.classroom.marked_cells import Worth, of_gradebook, points_of_tasks
from graders.classroom.opened import file_of, opened
from graders.classroom.points_to_know import taken_off_for_lateness, waiting_by_hand
from graders.classroom.settings import course_directory
from graders.course.notebook import CHECK_PREFIX


@dataclass(frozen=True)
class InGradebook:
    """Where each student's notebooks stand in the gradebook, and what waits to be marked.

    `ids` are by student and topic, `unmarked` counts written answers by topic, `changed` names by
    student the parts that have points by hand and were changed after they were given, `worth` says
    by notebook what each task counts, and `late` what a late hand-in cost whom.
    """

    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unmarked: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    worth: Worth = field(default_factory=dict)
    late: Mapping[str, float] = field(default_factory=dict)


def in_gradebook(folder: Path, assignment: str) -> InGradebook:
    """Read the gradebook of a course folder; nothing where there is none yet.

    CourseError where it cannot be read.
    """
    coursedir = course_directory(folder)
    path = file_of(coursedir)
    if path is not None and not path.exists():
        # Whoever opens one makes it.
        return InGradebook()
    with opened(coursedir) as gradebook:
        return InGradebook(
            _ids(gradebook, assignment),
            _unmarked(gradebook, assignment),
            _changed(gradebook, assignment),
            _worth(gradebook, assignment),
            taken_off_for_lateness(gradebook, assignment),
        )


def formgrader_links(
    found: InGradebook, folder: Path, assignment: str, server: str
) -> dict[str, dict[str, str]]:
    """Give the address of each graded notebook in the formgrader of a Jupyter server."""
    autograded = folder / "autograded"
    return {
        student: {
            topic: f"{server.rstrip('/')}/formgrader/submissions/{name}"
            for topic, name in own.items()
            # Of what is not there the formgrader shows a page that says so.
            if (autograded / student / assignment / f"{Path(topic).name}.ipynb").is_file()
        }
        for student, own in found.ids.items()
    }


def running_server(folder: Path) -> str:
    """Find the Jupyter server that runs in a course folder; empty where there is none."""
    from jupyter_server.serverapp import list_running_servers

    try:
        servers = list(list_running_servers())
    except OSError:
        return ""
    here = [one for one in servers if _is_in(one.get("root_dir"), folder)]
    return str(here[0]["url"]) if here else ""


def _is_in(place: object, folder: Path) -> bool:
    return isinstance(place, str) and Path(place).resolve() == folder.resolve()


def _ids(gradebook: Gradebook, assignment: str) -> dict[str, dict[str, str]]:
    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    found: dict[str, dict[str, str]] = {}
    for student, notebook, name in rows:
        found.setdefault(student, {})[f"{assignment}/{notebook}"] = name
    return found


def _unmarked(gradebook: Gradebook, assignment: str) -> dict[str, int]:
    """Count the answers that only a person can mark, and none has: those with a solution cell."""
    rows = (
        gradebook.db.query(Notebook.name, BaseCell.name, BaseCell.type, BaseCell.notebook_id)
        .join(BaseCell, BaseCell.notebook_id == Notebook.id)
        .join(Grade, Grade.cell_id == BaseCell.id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .filter(Assignment.name == assignment)
        .filter(Grade.auto_score.is_(None), Grade.manual_score.is_(None))
    )
    written = set(gradebook.db.query(SolutionCell.notebook_id, SolutionCell.name))
    written = {tuple(row) for row in written}
    counts = Counter(
        notebook
        for notebook, cell, kind, place in rows
        if kind == "TaskCell" or (place, cell) in written
    )
    return {f"{assignment}/{notebook}": count for notebook, count in counts.items()}


def _worth(gradebook: Gradebook, assignment: str) -> Worth:
    try:
        return points_of_tasks(of_gradebook(gradebook, assignment))
    except MissingEntry:
        return {}


def _changed(gradebook: Gradebook, assignment: str) -> dict[str, list[str]]:
    columns = SubmittedAssignment.student_id, BaseCell.name
    rows = waiting_by_hand(gradebook, assignment, *columns).order_by(*columns)
    found: dict[str, list[str]] = {}
    for student, cell in rows:
        found.setdefault(student, []).append(cell.removeprefix(CHECK_PREFIX))
    return found
