"""A class made as large as one wants, from a few students who were graded for real.

A copy has all that `dojo grade` looks at: notebooks of its own, which differ from its model's in
the name, their verdicts, rows in the gradebook, and what is noted of entries and points. Its graded
notebooks and feedback pages are files of one line: real ones take 1.5 MB a student, and of those
whose entry is up to date `Records.are` asks only whether the folders are there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from benchmarks.gradebook_rows import GradebookRows, Rows, under_another_name
from benchmarks.submissions import ASSIGNMENT
from graders.classroom.handed_in import HandedIn, notebooks_of, students_of
from graders.classroom.points import Earned, PointsKept
from graders.classroom.records import Records
from graders.classroom.settings import course_directory
from graders.classroom.store import VerdictStore, key_of
from graders.classroom.work import Paper
from graders.commands.course_folder import ruling_of
from graders.judge.verdict import Verdict

_STAND_IN = "What was written here is not read again.\n"


@dataclass(frozen=True)
class _Model:
    """A student to be copied: what came of each notebook, and the rows in the gradebook.

    A notebook has a verdict, or a sentence on why there is none.
    """

    name: str
    judged: tuple[tuple[Verdict | None, str], ...]
    rows: Rows


class Growth:
    """Adds students to a course folder whose class `dojo grade` has graded."""

    def __init__(self, folder: Path) -> None:
        """Take all who are there now as models."""
        self._folder = folder
        self._submitted = folder / "submitted"
        self._ruling = ruling_of("grade", folder, None, None)
        self._store = VerdictStore.of_course(folder)
        self._gradebook = GradebookRows.at(course_directory(folder).db_url)
        self._models = [self._model(name) for name in students_of(self._submitted, ASSIGNMENT)]
        self.size = len(self._models)

    def to(self, size: int) -> None:
        """Copy students until there are so many."""
        copies = list(self._names(size - self.size, "copy"))
        self._gradebook.add([under_another_name(model.rows, name) for model, name in copies])
        self._gradebook.settle()
        records = Records(course_directory(self._folder), ASSIGNMENT)
        points = PointsKept(self._folder, ASSIGNMENT)
        # A power cut during a benchmark costs no grades.
        with mock.patch("os.fsync"):
            for model, name in copies:
                papers = self._copy(model, name)
                records.keep(name, records.would_be(name, papers))
                points.note(name, _earned(papers))
        # What is still to be written to the disk would be written while something is timed.
        os.sync()

    def hand_in(self, count: int) -> None:
        """Let new students hand in the same bytes as the models, whose verdicts are known."""
        for model, name in self._names(count, "new"):
            shutil.copytree(self._submitted / model.name, self._submitted / name)
        os.sync()

    def _names(self, count: int, kind: str) -> Iterator[tuple[_Model, str]]:
        first, self.size = self.size, self.size + max(0, count)
        for number in range(first, self.size):
            yield self._models[number % len(self._models)], f"{number:06}-{kind}"

    def _model(self, name: str) -> _Model:
        judged = tuple(self._known(one) for one in self._notebooks(name))
        return _Model(name, judged, self._gradebook.of(name))

    def _known(self, one: HandedIn) -> tuple[Verdict | None, str]:
        if one.problem:
            return None, one.problem
        key = key_of(one.digest, one.topic, self._ruling)
        verdict, why = self._store.get(key), self._store.get_unreadable(key)
        if verdict is None and not why:
            raise RuntimeError(f"{one.path} has not been judged")
        return verdict, why

    def _notebooks(self, name: str) -> list[HandedIn]:
        return list(notebooks_of(self._submitted, name, ASSIGNMENT))

    def _copy(self, model: _Model, name: str) -> list[Paper]:
        """Copy what lies in the folders, and the verdicts; give what it comes to."""
        shutil.copytree(self._submitted / model.name, self._submitted / name)
        for path in (self._submitted / name / ASSIGNMENT).glob("*.ipynb"):
            _sign(path, model.name, name)
        for place in ("autograded", "feedback"):
            _stand_in(self._folder / place / model.name, self._folder / place / name)
        mine = self._notebooks(name)
        papers = [self._paper(one, *known) for one, known in zip(mine, model.judged, strict=True)]
        return sorted(papers, key=lambda paper: paper.notebook)

    def _paper(self, mine: HandedIn, verdict: Verdict | None, why: str) -> Paper:
        """Keep a verdict under the name of the copy's bytes, too."""
        topic = mine.topic
        key = key_of(mine.digest, topic, self._ruling) if mine.digest else ""
        if verdict is None:
            if key:
                self._store.put_unreadable(key, why)
            return Paper(topic.name, mine.digest, key, fault=why)
        self._store.put(key, verdict)
        points = (verdict.score, verdict.max_score)
        return Paper(topic.name, mine.digest, key, "", why, *points)


def _sign(path: Path, model: str, name: str) -> None:
    """Put another name into the cell that `make_class` adds; a broken notebook has none."""
    content = path.read_bytes()
    theirs = f'"# student {int(model.partition("-")[0])}"'
    path.write_bytes(content.replace(theirs.encode(), f'"# student {name}"'.encode()))


def _stand_in(theirs: Path, mine: Path) -> None:
    for path in theirs.rglob("*"):
        if path.is_file():
            place = mine / path.relative_to(theirs)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_STAND_IN, encoding="utf-8")


def _earned(papers: Sequence[Paper]) -> Iterator[Earned]:
    for one in papers:
        if one.score is not None:
            yield Earned(one.notebook, one.score, one.max_score, one.digest)
