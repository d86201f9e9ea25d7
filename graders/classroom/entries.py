"""What the gradebook held of each student when it was last written.

A gradebook can be put back from a copy of yesterday, and other programs write to it. What was
noted of a student's work then says nothing of what is in the gradebook now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Assignment, Grade, Gradebook, Notebook, SubmittedAssignment
from nbgrader.api import SubmittedNotebook as Submitted
from sqlalchemy import func

from graders.classroom.store import FOLDER
from graders.course.digests import digest_of
from graders.course.whole_files import write_whole
from graders.outlets.nbgrader.graded_for import ANSWERS


def entries_in(gradebook: Gradebook, assignment: str) -> dict[str, str]:
    """Hash by student what each notebook was graded for, the machine's points and late penalties.

    The database adds up: a large class has a million rows.
    """
    squares = func.sum(Grade.auto_score * Grade.auto_score)
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            Submitted.late_submission_penalty,
            func.count(Grade.auto_score),
            func.sum(Grade.auto_score),
            squares,
            func.max(ANSWERS.c.digest),
        )
        .join(Submitted, Submitted.assignment_id == SubmittedAssignment.id)
        .join(Notebook, Notebook.id == Submitted.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .outerjoin(Grade, Grade.notebook_id == Submitted.id)
        .outerjoin(ANSWERS, ANSWERS.c.notebook == Submitted.id)
        .filter(Assignment.name == assignment)
        .group_by(
            SubmittedAssignment.student_id,
            Notebook.name,
            Submitted.id,
            Submitted.late_submission_penalty,
        )
    )
    found: dict[str, list[list[object]]] = defaultdict(list)
    for student, notebook, *numbers in rows:
        found[student].append([notebook, *(round(float(one or 0), 6) for one in numbers)])
    return {student: digest_of(sorted(rows, key=str)) for student, rows in found.items()}


class EntriesKept:
    """The note of an assignment's entries, one file for a class; of whom it lacks nothing is known.

    It is written at the end of a run: of whom a killed run has written, the old note is wrong, and
    they are written once more.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        """Read the note; there is none yet, or a damaged one, where nothing is known."""
        self._path = root / FOLDER / "entries" / f"{assignment}.json"
        try:
            self._noted = dict(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self._noted = {}

    def tells_of_another(self, student: str, entry: str) -> bool:
        """Whether a student's entry was another one when it was last written."""
        return student in self._noted and self._noted[student] != entry

    def keep(self, entries: Mapping[str, str]) -> None:
        """Note the entries of these students, beside those of the others."""
        noted = {**self._noted, **entries}
        if noted != self._noted:
            self._noted = noted
            write_whole(self._path, json.dumps(noted))
