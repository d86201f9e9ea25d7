"""What has been brought into the gradebook already, so that it is done again only if it changed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory

from graders.classroom.entries import EntriesKept, entries_in
from graders.classroom.marked_cells import MarkedCell, of_gradebook
from graders.classroom.opened import file_of, opened
from graders.classroom.points_to_know import Above, above_the_most, taken_off_for_lateness
from graders.classroom.store import FOLDER
from graders.classroom.work import Paper
from graders.course import CourseError
from graders.course.digests import digest_of, file_name_of
from graders.course.whole_files import write_whole
from graders.outlets.nbgrader.timestamp import time_handed_in

_ENDINGS = {"autograded": ".ipynb", "feedback": ".html"}


@dataclass(frozen=True)
class Written:
    """What a student's entry in the gradebook, and the feedback, were made from, as hashes."""

    grades: str = ""
    feedback: str = ""


class Records:
    """Knows for one assignment of a course folder which students' entries are up to date."""

    def __init__(self, coursedir: CourseDirectory, assignment: str) -> None:
        """Read the gradebook once; CourseError where it does not know the assignment."""
        self._root, self._coursedir = Path(coursedir.root), coursedir
        self._assignment = assignment
        known = _known(coursedir, assignment)
        self.enrolled, self.cells = known.enrolled, known.cells
        self.source = self._root.joinpath(coursedir.source_directory, assignment)
        self._manual, self._extensions = known.by_hand, known.extensions
        self._entries, self._noted = known.entries, EntriesKept(self._root, assignment)
        self._is_due = known.due is not None
        self._above, self.late = known.above, known.late
        self._notebooks = frozenset(cell.notebook for cell in known.cells)
        # All Python beside the settings: a plugin for late work may lie there.
        files = _digest_of_files(sorted(self._root.glob("*.py")) + sorted(self.source.rglob("*")))
        cells = [[one.notebook, one.name, one.points] for one in known.cells]
        self._course = digest_of([files, str(known.due), cells])

    @property
    def students(self) -> frozenset[str]:
        """Those of whom the gradebook has work for this assignment."""
        return frozenset(self._extensions)

    def above_the_most(self, gone: Collection[str]) -> dict[str, str]:
        """Say whose points are more than there are to be had, and of what.

        Of points by hand all are told; the machine's are counted anew but for those who are `gone`.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for one in self._above:
            if one.by_hand or one.student in gone:
                found[one.student].append(one.what)
        return {student: ", ".join(sorted(what)) for student, what in found.items()}

    def note_entries(self, students: Iterable[str]) -> None:
        """Note what the gradebook holds now that these students are written, and who was late."""
        with opened(self._coursedir) as gradebook:
            entries = entries_in(gradebook, self._assignment)
            self.late = taken_off_for_lateness(gradebook, self._assignment)
        self._noted.keep({one: entries[one] for one in students if one in entries})

    def would_be(self, student: str, papers: Sequence[Paper]) -> Written:
        """Say what a student's entry would be made from now."""
        folder = self._root / "submitted" / student / self._assignment
        parts = [[p.notebook, p.digest, p.key, p.verdict, p.fault] for p in papers]
        time = [_digest_of_time(folder), self._extensions.get(student, "")]
        by_hand = self._manual.get(student, [])
        # What a late hand-in loses may hang on all its points.
        grades = digest_of([self._course, time, parts, by_hand if self._is_due else []])
        return Written(grades, digest_of([grades, by_hand]))

    def are(self, student: str, papers: Sequence[Paper]) -> Written:
        """Say what it was made from; nothing where it, or a part of it, is not there any more."""
        try:
            written = Written(**json.loads(self._path(student).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Written()
        if student not in self._manual or not self._is_whole("autograded", student, papers):
            return Written()
        if self._noted.tells_of_another(student, self._entries.get(student, "")):
            return Written()
        is_told = self._is_whole("feedback", student, papers)
        return written if is_told else Written(written.grades)

    def _is_whole(self, step: str, student: str, papers: Sequence[Paper]) -> bool:
        """Whether a step's folder has a file of some length for each notebook."""
        folder, ending = self._root / step / student / self._assignment, _ENDINGS[step]
        names = [one.notebook for one in papers if one.notebook in self._notebooks]
        try:
            return folder.is_dir() and all(
                (folder / f"{name}{ending}").stat().st_size for name in names
            )
        except FileNotFoundError:
            return False

    def forget(self, student: str) -> None:
        """Note that a student's entry is being made: who is killed at that makes it once more."""
        self._path(student).unlink(missing_ok=True)

    def keep(self, student: str, written: Written) -> None:
        """Note that a student's entry is made."""
        text = json.dumps({"grades": written.grades, "feedback": written.feedback})
        write_whole(self._path(student), text)

    def _path(self, student: str) -> Path:
        return self._root / FOLDER / "graded" / self._assignment / f"{file_name_of(student)}.json"


@dataclass(frozen=True)
class _Known:
    """What the gradebook knows: the cells with points, who is enrolled, dates, points to know."""

    cells: tuple[MarkedCell, ...]
    enrolled: frozenset[str]
    due: datetime | None
    extensions: dict[str, str]
    entries: dict[str, str]
    by_hand: dict[str, list[list[object]]]
    above: tuple[Above, ...]
    late: dict[str, float]


def _known(coursedir: CourseDirectory, assignment: str) -> _Known:
    """Read the gradebook; CourseError where it does not know the assignment, or is not there."""
    path = file_of(coursedir)
    if path is not None and not path.exists():
        # Whoever opens one makes it, and an empty one would hide that the old one is gone.
        raise CourseError(
            f"there is no gradebook {path}; put it back if there was one, or make it with "
            f"`nbgrader generate_assignment {assignment}`"
        )
    with opened(coursedir) as gradebook:
        try:
            due = gradebook.find_assignment(assignment).duedate
            cells = of_gradebook(gradebook, assignment)
        except MissingEntry:
            raise CourseError(
                f"the gradebook does not know {assignment}; "
                f"run `nbgrader generate_assignment {assignment}` first"
            ) from None
        enrolled = frozenset(student for (student,) in gradebook.db.query(Student.id))
        submissions = (
            gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.extension)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == assignment)
        )
        extensions = {student: str(time or "") for student, time in submissions}
        grades = gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.manual_score,
            Grade.extra_credit,
        ).filter((Grade.manual_score.is_not(None)) | (Grade.extra_credit.is_not(None)))
        comments = gradebook.db.query(
            SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Comment.manual_comment
        ).filter(Comment.manual_comment.is_not(None))
        rows: dict[str, list[list[object]]] = defaultdict(list)
        for query, kind in ((grades, Grade), (comments, Comment)):
            joined = (
                query.join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
                .join(
                    SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
                )
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
                .join(BaseCell, BaseCell.id == kind.cell_id)
                .filter(Assignment.name == assignment)
            )
            for student, *rest in joined:
                rows[student].append([kind.__name__, *rest])
        by_hand = {student: sorted(rows[student], key=str) for student in extensions}
        entries = entries_in(gradebook, assignment)
        above = above_the_most(gradebook, assignment)
        late = taken_off_for_lateness(gradebook, assignment)
        return _Known(cells, enrolled, due, extensions, entries, by_hand, above, late)


def _digest_of_time(folder: Path) -> str:
    """Hash when it was handed in; who writes the entry tells of a time that cannot be read."""
    try:
        content = time_handed_in(folder)
    except CourseError as error:
        content = str(error).encode()
    return digest_of([hashlib.sha256(content).hexdigest()] if content is not None else [])


def _digest_of_files(paths: Sequence[Path]) -> str:
    contents = [path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()]
    return digest_of([hashlib.sha256(content).hexdigest() for content in contents])
