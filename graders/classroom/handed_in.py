"""What a class has handed in, as nbgrader's course folder holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    folders = submitted.glob(f"*/{assignment_name}")
    return sorted(folder.parent.name for folder in folders if any(folder.glob("*.ipynb")))


def notebooks_of(submitted: Path, student: str, assignment_name: str) -> Iterator[HandedIn]:
    """List the notebooks of a student that the course knows, in the course's order."""
    for topic in assignment(assignment_name):
        path = submitted / student / assignment_name / f"{topic.name}.ipynb"
        if not path.is_symlink() and not path.exists():
            continue
        try:
            digest = hashlib.sha256(read_handed_in(path, topic.course)).hexdigest()
            yield HandedIn(student, topic, path, digest)
        except UnreadableSubmissionError as error:
            yield HandedIn(student, topic, path, "", str(error))
