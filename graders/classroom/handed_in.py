"""What a class has handed in, as nbgrader's course folder holds it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.classroom.failures import OF_A_FOLDER, in_words_at
from graders.course import Topic, assignment
from graders.course.submission import UnreadableSubmissionError, read_handed_in


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
    """List who has handed in a notebook, from folders like submitted/<student>/<assignment>."""
    folders = (folder / assignment_name for folder in submitted.glob("*"))
    return sorted(folder.parent.name for folder in folders if _may_hold_a_notebook(folder))


def _may_hold_a_notebook(folder: Path) -> bool:
    """Whether there is one; who closes the folder must be told of, not passed over."""
    try:
        return any(name.endswith(".ipynb") for name in os.listdir(folder))
    except PermissionError:
        return True
    except OSError:
        return False


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
            shown = student.encode("utf-8", "backslashreplace").decode()
            failed[shown] = in_words_at(error, submitted / shown / assignment_name)
    return handed_in, failed


def _require_name(student: str) -> None:
    """Refuse a folder whose name neither a gradebook nor a page can hold."""
    if student.encode("utf-8", "replace").decode() != student:
        raise UnreadableSubmissionError(
            "the name of this folder is not UTF-8 text; rename it, and run this again"
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
