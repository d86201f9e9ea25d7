"""What a class has handed in, as nbgrader's course folder holds it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from graders.checks.words import on_one_line
from graders.classroom.failures import OF_A_FOLDER, in_words_at
from graders.course import Topic, assignment
from graders.course.submission import UnreadableSubmissionError, read_handed_in

_MANY = 10


@dataclass(frozen=True)
class HandedIn:
    """One notebook of one student. `problem` says why it cannot be read; empty where it can."""

    student: str
    topic: Topic
    path: Path
    digest: str
    problem: str = ""

    def content(self) -> bytes:
        """Read it again; UnreadableSubmissionError where it is not what it was any more."""
        content = read_handed_in(self.path, self.topic.course)
        if hashlib.sha256(content).hexdigest() != self.digest:
            raise UnreadableSubmissionError(
                f"{self.path.name} was changed while the class was being graded; grade once more"
            )
        return content


def students_of(submitted: Path, assignment_name: str) -> list[str]:
    """List who has handed in a notebook, from folders like submitted/<student>/<assignment>.

    Hidden folders are nobody's, as for nbgrader.
    """
    folders = (
        folder / assignment_name
        for folder in submitted.glob("*")
        if not folder.name.startswith(".")
    )
    return sorted(folder.parent.name for folder in folders if _may_hold_a_notebook(folder))


def _may_hold_a_notebook(folder: Path) -> bool:
    """Whether there is one; who closes the folder must be told of, not passed over."""
    try:
        return any(name.endswith(".ipynb") for name in os.listdir(folder))
    except PermissionError:
        return True
    except OSError:
        return False


def left_out(submitted: Path, assignment_name: str) -> dict[str, str]:
    """Name what lies in submitted/ and is not graded for an assignment, with the reason of each."""
    graded = set(students_of(submitted, assignment_name))
    found = {}
    for folder in sorted(submitted.glob("*")) if submitted.is_dir() else ():
        why = _why_left_out(folder, assignment_name, is_graded=folder.name in graded)
        if why:
            found[on_one_line(folder.name)] = on_one_line(why)
    return found


def _why_left_out(folder: Path, assignment_name: str, *, is_graded: bool) -> str:
    try:
        if folder.name.startswith("."):
            return "" if folder.is_file() else "a hidden folder; rename it if it is a student's"
        if not folder.is_dir():
            return f"no folder; a student's notebooks belong into NAME/{assignment_name}/"
        if is_graded:
            return _unknown_notebooks(folder / assignment_name, assignment_name)
        return _why_not(folder, assignment_name)
    except OSError:
        return "" if is_graded else "it may not be looked into; give yourself the right to"


def _why_not(folder: Path, assignment_name: str) -> str:
    inside = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    if assignment_name in inside:
        there = _names_in(folder / assignment_name)
        what = f"only {', '.join(there)}" if there else "nothing at all"
        return f"there is no notebook in {assignment_name}, {what}"
    near = [one for one in inside if one.casefold() == assignment_name.casefold()]
    near += get_close_matches(assignment_name, inside, n=1, cutoff=0.65)
    if near:
        return f"its folder is called {near[0]}; rename it to {assignment_name}"
    if any(one.endswith(".ipynb") for one in inside):
        return f"its notebooks belong into a folder {assignment_name} in it"
    others = f"; it has {', '.join(inside[:_MANY])}" if inside else "; it is empty"
    return f"there is no folder {assignment_name} in it{others}"


def _unknown_notebooks(folder: Path, assignment_name: str) -> str:
    """Say which notebooks of a student are passed over, because the course has none so named."""
    names = [topic.name for topic in assignment(assignment_name)]
    unknown = [
        name
        for name in _names_in(folder)
        if name.endswith(".ipynb") and name.removesuffix(".ipynb") not in names
    ]
    if not unknown:
        return ""
    return f"{', '.join(unknown)} of it; the course's notebooks are called {', '.join(names)}"


def _names_in(folder: Path) -> list[str]:
    return [name for name in sorted(os.listdir(folder)) if not name.startswith(".")][:_MANY]


def read_class(
    submitted: Path, students: Iterable[str], assignment_name: str
) -> tuple[dict[str, list[HandedIn]], dict[str, str]]:
    """Give what each student handed in, and for whom that cannot be read at all, why."""
    handed_in: dict[str, list[HandedIn]] = {}
    failed: dict[str, str] = {}
    for student in students:
        try:
            _require_name(student)
            handed_in[student] = list(notebooks_of(submitted, student, assignment_name))
        except (UnreadableSubmissionError, *OF_A_FOLDER) as error:
            shown = on_one_line(student)
            failed[shown] = in_words_at(error, submitted / shown / assignment_name)
    return handed_in, failed


def _require_name(student: str) -> None:
    """Refuse a folder whose name neither a gradebook nor a page can hold."""
    if student.encode("utf-8", "replace").decode() != student:
        raise UnreadableSubmissionError(
            "the name of this folder is not UTF-8 text; rename it, and run this again"
        )
    # nbgrader finds a student's name in a path by a pattern that ends with the line.
    if not student.isprintable():
        raise UnreadableSubmissionError(
            "the name of this folder has a line break or another sign in it that cannot be "
            "printed; rename it, and run this again"
        )


def notebooks_of(submitted: Path, student: str, assignment_name: str) -> Iterator[HandedIn]:
    """List the notebooks of a student that the course knows, in the course's order.

    OSError where the folder itself cannot be looked into.
    """
    folder = submitted / student / assignment_name
    os.listdir(folder)
    for topic in assignment(assignment_name):
        path = folder / f"{topic.name}.ipynb"
        # No other error may read as if there were no notebook.
        try:
            path.lstat()
        except FileNotFoundError:
            continue
        try:
            digest = hashlib.sha256(read_handed_in(path, topic.course)).hexdigest()
            yield HandedIn(student, topic, path, digest)
        except UnreadableSubmissionError as error:
            yield HandedIn(student, topic, path, "", str(error))
