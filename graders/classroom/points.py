"""The points of each student as they were last, so that a report can say what moved."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from graders.classroom.store import FOLDER
from graders.course.digests import file_name_of
from graders.course.whole_files import write_whole
from graders.outlets.moves import Move


@dataclass(frozen=True)
class Earned:
    """What a notebook earned from the machine, and the hash of what was handed in."""

    notebook: str
    score: float
    max_score: float
    digest: str


@dataclass(frozen=True)
class _Kept:
    """What is kept of a notebook: what it earned, and the last move of that, if there was one.

    `by_new_work` is what older versions of the course kept in place of `why`.
    """

    score: float
    max_score: float
    digest: str
    before: float | None = None
    when: str = ""
    by_new_work: bool = False
    why: str = ""
    most: float | None = None

    def after(self, now: Earned) -> _Kept:
        """Take note of what it earned now; the same points are no move."""
        kept = replace(self, score=now.score, max_score=now.max_score, digest=now.digest)
        if now.score == self.score:
            return kept
        when = datetime.now().astimezone().isoformat(timespec="seconds")
        return replace(kept, before=self.score, when=when, why=self._why(now), most=now.max_score)

    def _why(self, now: Earned) -> str:
        if not now.digest:
            return "not there any more"
        if now.digest != self.digest:
            return "handed in anew"
        return "other graders" if now.max_score == self.max_score else "other points"


class PointsKept:
    """Knows for one assignment of a course folder what each notebook earned, and earned before.

    A student has a file, written whole and when something changed only: who is killed goes on.
    """

    def __init__(self, folder: Path, assignment: str) -> None:
        """Look into the folder of an assignment, which need not be there yet."""
        self._folder = folder / FOLDER / "points" / assignment
        self._assignment = assignment

    def note(
        self, student: str, earned: Iterable[Earned], there: Collection[str] | None = None
    ) -> list[str]:
        """Take note of what a student's notebooks earned, and name those that are not there.

        Of those it knew before, all that `there` does not name are gone, and earn nothing.
        """
        before = self._read(student)
        now = dict(before)
        gone = sorted(name for name in before if there is not None and name not in there)
        for one in (*earned, *(Earned(name, 0.0, before[name].max_score, "") for name in gone)):
            first = _Kept(one.score, one.max_score, one.digest)
            now[one.notebook] = before.get(one.notebook, first).after(one)
        if now != before:
            text = json.dumps({name: asdict(kept) for name, kept in sorted(now.items())})
            write_whole(self._path(student), text)
        return gone

    def moves(self, students: Sequence[str]) -> list[Move]:
        """List each notebook's last move, if it has moved."""
        return [
            Move(
                student,
                f"{self._assignment}/{name}",
                kept.before,
                kept.score,
                kept.max_score if kept.most is None else kept.most,
                datetime.fromisoformat(kept.when),
                kept.why or ("handed in anew" if kept.by_new_work else "other graders"),
            )
            for student in students
            for name, kept in self._read(student).items()
            if kept.before is not None and kept.when
        ]

    def _read(self, student: str) -> dict[str, _Kept]:
        """Read what is kept; nothing where there is no file, or a damaged one."""
        try:
            kept = json.loads(self._path(student).read_text(encoding="utf-8"))
            return {str(name): _Kept(**values) for name, values in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _path(self, student: str) -> Path:
        return self._folder / f"{file_name_of(student)}.json"
