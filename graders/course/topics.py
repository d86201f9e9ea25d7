"""Assignments, topics, tasks and their points, read from the instructor notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from graders.course.errors import CourseError
from graders.course.literals import literal_in
from graders.course.notebook import (
    CHECK_PREFIX,
    fingerprint,
    grade_id,
    is_for_reading,
    is_to_try,
    marks,
    reading,
    source_of,
    without_hidden_tests,
)

_PACKAGE = Path(__file__).resolve().parent.parent
CARRIED = _PACKAGE / "carried"
"""What an installed course carries, not to be edited; a clone has it beside the package."""

_HIDDEN = Path("graders", "hidden")


@dataclass(frozen=True)
class Task:
    """One function to write and the points it is worth."""

    name: str
    points: float


@dataclass(frozen=True)
class Topic:
    """One notebook of the course, and where its parts lie."""

    course: Path
    assignment: str
    name: str
    tasks: tuple[Task, ...]
    setup: tuple[str, ...]
    our_cells: tuple[str, ...]
    our_ids: frozenset[str]

    @property
    def ours(self) -> frozenset[str]:
        """The fingerprints of the course's own cells of code, as instructors and students see them.

        Taken when a submission is read, and not of every topic by every command.
        """
        return _fingerprints(self.our_cells)

    @property
    def path(self) -> str:
        """Name the topic within the course: "derivatives/hvp"."""
        return f"{self.assignment}/{self.name}"

    @property
    def source(self) -> Path:
        """The instructor notebook; a kit for students has none."""
        return self.course / "source" / self.assignment / f"{self.name}.ipynb"

    @property
    def solution(self) -> Path:
        """The same as a script: the reference that answers are compared with."""
        return self.course / "solutions" / self.assignment / f"{self.name}.py"

    @property
    def release(self) -> Path:
        """The student's notebook."""
        return self.course / "release" / self.assignment / f"{self.name}.ipynb"

    @property
    def exercise(self) -> Path:
        """The student's notebook as a script, as the course gives it out."""
        return self.course / "exercises" / self.assignment / f"{self.name}.py"

    @property
    def hidden(self) -> Path:
        """The folder of what is checked: tests, problems, known mistakes, hints, other ways."""
        return hidden_folder(self.course) / self.assignment / self.name

    @property
    def test_file(self) -> Path:
        """The file in which the tasks are declared."""
        return self.hidden / f"test_{self.name}.py"

    @property
    def other_ways(self) -> Path:
        """One more right answer to each task; not every topic has the file."""
        return self.hidden / "other_ways.py"

    def task(self, name: str) -> Task:
        """Find a task by name, in capitals or not; CourseError where the topic has none such."""
        for task in self.tasks:
            if task.name.casefold() == name.casefold():
                return task
        meant = _meant(name, [task.name for task in self.tasks], "it")
        raise CourseError(f"the topic {self.name!r} has no task {name!r}; {meant}")

    def cell_label(self, grade_id: str, number: int) -> str:
        """Say which cell of code it is: by its task, or else by its number on the page."""
        known = any(task.name == grade_id for task in self.tasks)
        return f"cell {grade_id}" if known else f"code cell {number}"


def root() -> Path:
    """Find the course: the nearest folder upwards with `source` and `solutions`, or our own.

    A class's folder has no solutions, and so belongs to the course above it, or to ours.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "source").is_dir() and (folder / "solutions").is_dir():
            return folder
    return CARRIED if CARRIED.is_dir() else _PACKAGE.parent


def hidden_folder(course: Path) -> Path:
    """Give the folder of all that is hidden from students."""
    return _PACKAGE / "hidden" if course == CARRIED else course / _HIDDEN


def topics(course: Path | None = None) -> tuple[Topic, ...]:
    """Read every topic of a course (by default the one that is here), in teaching order."""
    return _read_topics(course or root())


def topic(name: str) -> Topic:
    """Find a topic by its name, "hvp" or "derivatives/hvp"; CourseError where there is none.

    Capitals do not matter, and the path of an exercise or a notebook names its topic, too.
    """
    wanted = name.casefold()
    if wanted.endswith((".py", ".ipynb")):
        wanted = "/".join(Path(wanted).with_suffix("").parts[-2:])
    for candidate in topics():
        if wanted in (candidate.name.casefold(), candidate.path.casefold()):
            return candidate
    meant = _meant(wanted, [candidate.name for candidate in topics()], "the course")
    raise CourseError(f"there is no topic {name!r}; {meant}")


def assignment(name: str) -> tuple[Topic, ...]:
    """List the topics of an assignment; CourseError where there is none of that name.

    Capitals do not matter, and the path of its folder names it, too.
    """
    wanted = Path(name).name.casefold()
    found = tuple(candidate for candidate in topics() if candidate.assignment.casefold() == wanted)
    if not found:
        names = sorted({candidate.assignment for candidate in topics()})
        meant = _meant(wanted, names, "the course")
        raise CourseError(f"there is no assignment {name!r}; {meant}")
    return found


def _meant(wanted: str, names: Sequence[str], owner: str) -> str:
    """Name what may have been meant, and all that there is."""
    near = get_close_matches(wanted.casefold(), names, n=1, cutoff=0.65)
    there = f"has {', '.join(names)}"
    return f"did you mean {near[0]}? {owner.capitalize()} {there}" if near else f"{owner} {there}"


@cache
def _read_topics(course: Path) -> tuple[Topic, ...]:
    base = course / "source"
    if not base.is_dir() and course == CARRIED:
        # A kit for students: their notebook says all of a topic but the answers.
        base = course / "release"
    found = [_read_topic(course, path) for path in sorted(base.glob("*/*.ipynb"))]
    if not found:
        raise CourseError(f"no instructor notebooks under {base}; clone the course again")
    return tuple(_in_teaching_order(found))


def _in_teaching_order(found: Iterable[Topic]) -> list[Topic]:
    """Put each topic behind the one that its folder says it comes AFTER; the others by name."""
    waiting = {topic.name: topic for topic in found}
    after = {name: _after(topic) for name, topic in waiting.items()}
    ordered: list[Topic] = []
    while waiting:
        ready = [name for name in waiting if after[name] not in waiting]
        if not ready:
            names = ", ".join(sorted(waiting))
            raise CourseError(f"the topics {names} each come AFTER another of them")
        placed = [topic.name for topic in ordered]
        # Behind the topic placed last, where one says so: a chain is not cut in two.
        following = [name for name in ready if placed and after[name] == placed[-1]]
        ordered.append(waiting.pop((following or ready)[0]))
    return ordered


def _after(topic: Topic) -> str:
    return str(literal_in(topic.hidden / "__init__.py", "AFTER") or "")


def _read_topic(course: Path, path: Path) -> Topic:
    with reading(path):
        return _topic_of(course, path, json.loads(path.read_text(encoding="utf-8"))["cells"])


def _topic_of(course: Path, path: Path, cells: Sequence[Mapping[str, Any]]) -> Topic:
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    locked = [cell for cell in code if marks(cell).get("locked")]
    to_try = [cell for cell in code if is_to_try(cell)]
    return Topic(
        course,
        path.parent.name,
        path.stem,
        tasks=tuple(_task(cell) for cell in code if marks(cell).get("grade")),
        setup=tuple(source_of(cell) for cell in locked if not is_for_reading(cell)),
        our_cells=tuple(
            dict.fromkeys(text for cell in (*locked, *to_try) for text in _versions(cell))
        ),
        our_ids=frozenset(grade_id(cell) for cell in locked),
    )


@cache
def _fingerprints(cells: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fingerprint, cells))


def _task(cell: Mapping[str, Any]) -> Task:
    return Task(grade_id(cell).removeprefix(CHECK_PREFIX), float(marks(cell)["points"]))


def _versions(cell: Mapping[str, Any]) -> tuple[str, str]:
    return source_of(cell), without_hidden_tests(source_of(cell))
