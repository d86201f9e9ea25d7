"""What one student's folder raises costs that student alone, and is told in a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, TOPIC

from graders import course
from graders.classroom import records
from graders.classroom.grade import Order, Outcome, _write
from graders.classroom.handed_in import read_class, students_of
from graders.classroom.pool import Crew, Done
from graders.classroom.records import Records, Written
from graders.classroom.store import Ruling
from graders.course import CourseError
from graders.course.submission import UnreadableSubmissionError, read_handed_in
from graders.limits import MAX_TIME_BYTES
from graders.outlets.nbgrader.timestamp import require_time, time_handed_in


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    for student in ("ann", "mallory"):
        hand_in(tmp_path / "submitted" / student / ASSIGNMENT)
    return tmp_path / "submitted"


def hand_in(place: Path) -> None:
    place.mkdir(parents=True)
    (place / f"{TOPIC}.ipynb").write_text("{}", encoding="utf-8")


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def closed(monkeypatch: pytest.MonkeyPatch, folder: Path, *, listed: bool) -> None:
    """Close a folder for every user, root too: mode 000, or 444 where it may still be listed."""
    list_, lstat = os.listdir, Path.lstat

    def listdir(path: Any) -> list[str]:
        if not listed and Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return list_(path)

    def look(path: Path) -> os.stat_result:
        if folder in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return lstat(path)

    monkeypatch.setattr(os, "listdir", listdir)
    monkeypatch.setattr(Path, "lstat", look)


@pytest.mark.parametrize("listed", [True, False])
def test_a_closed_folder_is_its_student_s_alone_and_not_passed_over(
    submitted: Path, monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    closed(monkeypatch, submitted / "mallory" / ASSIGNMENT, listed=listed)
    students = students_of(submitted, ASSIGNMENT)
    handed_in, failed = read_class(submitted, students, ASSIGNMENT)
    assert students == ["ann", "mallory"]
    assert list(handed_in) == ["ann"]
    assert list(failed) == ["mallory"]
    assert f"mallory/{ASSIGNMENT} cannot be graded (PermissionError" in failed["mallory"]
    assert "run this again" in failed["mallory"]


@pytest.mark.parametrize("error", [MemoryError(), OSError(5, "Input/output error")])
def test_a_notebook_that_cannot_be_read_through_is_refused(
    submitted: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(_path: Path) -> bytes:
        raise error

    monkeypatch.setattr("graders.course.submission.read_bytes", fails)
    path = submitted / "ann" / ASSIGNMENT / f"{TOPIC}.ipynb"
    with pytest.raises(UnreadableSubmissionError, match=r"hessian\.ipynb cannot be read"):
        read_handed_in(path, course.topic(TOPIC).course)


class OddRecords(Records):
    """Records that mallory's folder lets nobody make."""

    def __init__(self) -> None:
        """Read no gradebook."""

    def would_be(self, student: str, papers: Sequence[Any]) -> Written:
        """Say the same of everybody but one."""
        if student == "mallory":
            raise MemoryError
        return Written("new")

    def are(self, _student: str) -> Written:
        """Say that nothing is there."""
        return Written()

    def keep(self, _student: str, _written: Written) -> None:
        """Keep nothing."""


class NoWriters(Crew):
    """Writes nothing, and says that all went well."""

    def run(self, groups: Any, _start: Any) -> Iterator[Done[Any]]:
        """Give each item back."""
        for group in groups:
            yield from (Done(item, "") for item in group)


def test_what_cannot_be_reckoned_for_one_student_does_not_end_the_run(tmp_path: Path) -> None:
    def no_executor() -> Any:
        raise AssertionError

    outcome = Outcome()
    order = Order(tmp_path, ASSIGNMENT, Ruling())
    papers: dict[str, list[Any]] = {"mallory": [], "ann": []}
    crew = NoWriters(no_executor, 1)
    _write(order, papers, OddRecords(), crew, outcome, lambda _: None)
    assert outcome.written == 1
    assert list(outcome.failed) == ["mallory"]
    assert "run this again" in outcome.failed["mallory"]


def a_terabyte(path: Path) -> None:
    sparse(path, 2**40)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")
@pytest.mark.parametrize("make", [a_terabyte, a_pipe, a_link, a_folder])
def test_a_time_is_read_from_a_small_regular_file_only(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "timestamp.txt")
    for ask in (time_handed_in, require_time):
        with pytest.raises(CourseError, match=f"no file of up to {MAX_TIME_BYTES} bytes.* delete"):
            ask(tmp_path)
    assert records._digest_of_time(tmp_path) != records._digest_of_time(tmp_path / "nothing")
