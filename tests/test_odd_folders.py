"""What one student's folder raises costs that student alone, and is told in a sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, TOPIC

from graders import course
from graders.classroom import records
from graders.classroom.failures import in_words
from graders.classroom.grade import Order, Outcome, _write
from graders.classroom.handed_in import left_out, read_class, students_of
from graders.classroom.pool import Crew, Done
from graders.classroom.records import Records, Written
from graders.classroom.store import Ruling
from graders.course import CourseError
from graders.course.submission import UnreadableSubmissionError, read_handed_in
from graders.limits import MAX_EXTRA_BYTES, MAX_EXTRA_FILE, MAX_EXTRA_FILES, MAX_TIME_BYTES
from graders.outlets.nbgrader import folder as odd
from graders.outlets.nbgrader.handed_in import named
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

    def are(self, _student: str, _papers: Sequence[Any]) -> Written:
        """Say that nothing is there."""
        return Written()

    def forget(self, _student: str) -> None:
        """Forget nothing."""

    def keep(self, _student: str, _written: Written) -> None:
        """Keep nothing."""

    def note_entries(self, _students: Any) -> None:
        """Note nothing."""


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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"2030-01-31 12:00:00" + b" " * 30 + b"garbage", "“2030-01-31 12:00:00 garbage”"),
        (b"\xff\xfe", "“\ufffd\ufffd”"),
        (b"1 2 " + b"9" * 99, "9”"),
    ],
)
def test_all_of_a_time_is_looked_at(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "timestamp.txt").write_bytes(content)
    with pytest.raises(CourseError, match=f"{said} is no time; write it like"):
        require_time(tmp_path)


def test_a_time_is_a_time(tmp_path: Path) -> None:
    require_time(tmp_path)
    (tmp_path / "timestamp.txt").write_text("2030-01-31 12:00:00 UTC\n", encoding="utf-8")
    require_time(tmp_path)


def test_names_of_any_bytes_and_any_number_fit_into_a_sentence() -> None:
    assert named([os.fsdecode(b"\xff.ipynb"), "b"]) == r"\xff.ipynb, b"
    assert named(["a"] * 2000).endswith("a and 1990 more")


def look_through(folder: Path, *names: str) -> list[str]:
    notebooks = [str(folder / name) for name in (*names, f"{TOPIC}.ipynb")]
    odd.look_through("no-such-assignment", "ann", notebooks)
    return [Path(path).name for path in notebooks]


def test_a_notebook_whose_name_is_no_text_is_not_asked_for(submitted: Path) -> None:
    folder = submitted / "ann" / ASSIGNMENT
    assert look_through(folder, os.fsdecode(b"\xff.ipynb")) == [f"{TOPIC}.ipynb"]


def test_files_too_large_by_themselves_or_together_become_notes(submitted: Path) -> None:
    folder = submitted / "ann" / ASSIGNMENT
    (folder / "deeper").mkdir()
    sparse(folder / "holes.bin", 2**40)
    (folder / "timestamp.txt").write_bytes(b" " * (MAX_TIME_BYTES + 1))
    for number in range(5):
        sparse(folder / "deeper" / f"{number}.bin", MAX_EXTRA_FILE - number)
    (folder / "small.csv").write_text("1,2", encoding="utf-8")
    look_through(folder)
    assert b"a file of 1,099,511,627,776 bytes" in (folder / "holes.bin").read_bytes()
    assert b"It was not read" in (folder / "timestamp.txt").read_bytes()
    assert (folder / "small.csv").read_text(encoding="utf-8") == "1,2"
    left = [path for path in (folder / "deeper").iterdir() if path.stat().st_size > 1000]
    assert sorted(path.name for path in left) == ["2.bin", "3.bin", "4.bin"]
    assert sum(path.stat().st_size for path in folder.rglob("*")) < MAX_EXTRA_BYTES
    odd.require_looked_through(folder)


def test_a_file_that_may_not_be_read_becomes_a_note(
    submitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = submitted / "ann" / ASSIGNMENT / "notes.txt"
    path.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda one, _mode: one != path)
    look_through(path.parent)
    assert "a file that nobody may read" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")
def test_what_cannot_be_replaced_keeps_nothing_else_from_it_and_is_told(
    submitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader goes on after a hook that raises, and would wait for ever at the pipe."""
    folder = submitted / "ann" / ASSIGNMENT
    (folder / "sub").mkdir()
    (folder / "sub" / "x").write_text("x", encoding="utf-8")
    os.mkfifo(folder / "pipe")
    closed(monkeypatch, folder / "sub", listed=True)
    look_through(folder)
    assert (folder / "pipe").is_file()
    with pytest.raises(CourseError, match=r"sub/x' is in a closed folder .* run this again"):
        odd.require_looked_through(folder)


def test_what_is_too_large_is_kept_beside_the_class_and_never_over_another(
    submitted: Path,
) -> None:
    folder = submitted / "ann" / ASSIGNMENT
    for size in (MAX_EXTRA_FILE + 1, MAX_EXTRA_FILE + 2):
        sparse(folder / "data.bin", size)
        look_through(folder)
    kept = submitted.parent / odd.LEFT_OUT / "ann" / ASSIGNMENT
    sizes = {path.name: path.stat().st_size for path in kept.iterdir()}
    assert sizes == {"data.bin": MAX_EXTRA_FILE + 1, "data 2.bin": MAX_EXTRA_FILE + 2}
    assert f"it lies in {odd.LEFT_OUT}/ann/{ASSIGNMENT}/data 2.bin now" in (
        folder / "data.bin"
    ).read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_link_beside_the_notebooks_is_a_note_also_where_the_course_has_brackets_in_its_name(
    tmp_path: Path,
) -> None:
    """nbgrader leaves notebooks out by a pattern, and takes the brackets for a part of it."""
    folder = tmp_path / "CS[101]" / "submitted" / "mallory" / ASSIGNMENT
    hand_in(folder)
    (tmp_path / "secret.ipynb").write_text("BEGIN SOLUTION", encoding="utf-8")
    (folder / "notes.ipynb").symlink_to(tmp_path / "secret.ipynb")
    look_through(folder)
    assert not (folder / "notes.ipynb").is_symlink()
    assert "BEGIN SOLUTION" not in (folder / "notes.ipynb").read_text(encoding="utf-8")


def test_a_name_with_line_breaks_stays_in_its_line(submitted: Path) -> None:
    forged = "x\nFailed: ann: submitted work of others\x1b[2J.ipynb"
    (submitted / "mallory" / ASSIGNMENT / forged).touch()
    (why,) = left_out(submitted, ASSIGNMENT).values()
    for said in (why, named([forged])):
        assert said.isprintable()
        assert r"x\nFailed: ann" in said


def test_a_name_that_speaks_of_a_full_disk_is_not_believed(tmp_path: Path) -> None:
    quoted = CourseError("'No space left on device.ipynb' is not a regular file")
    assert "make room" not in in_words(quoted)
    assert "make room" in in_words(OSError(errno.ENOSPC, "No space left on device"))


def a_link_elsewhere(path: Path) -> None:
    path.symlink_to("/etc/\x1b[2J\nada: graded by hand")


# What stops `nbgrader release_feedback` for everybody, or could be guessed by anybody.
SECRETS: dict[str, Callable[[Path], Any]] = {
    "no text": lambda path: path.write_bytes(b"\xff\xfe"),
    "nothing": lambda path: path.write_bytes(b""),
    "a short word": lambda path: path.write_text("secret", "utf-8"),
    "a large file": a_terabyte,
    "a folder": a_folder,
    "a link": a_link_elsewhere,
}


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
@pytest.mark.parametrize("make", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_that_is_none_is_replaced_by_one_that_nobody_knows(
    submitted: Path, make: Callable[[Path], Any]
) -> None:
    folder = submitted / "ann" / ASSIGNMENT
    make(folder / odd.SECRET)
    look_through(folder)
    secret = (folder / odd.SECRET).read_text("ascii")
    assert len(secret) == 128
    odd.require_looked_through(folder)
    look_through(folder)
    assert (folder / odd.SECRET).read_text("ascii") == secret


def test_a_secret_of_nbgraders_stays_among_many_files(submitted: Path) -> None:
    folder, secret = submitted / "ann" / ASSIGNMENT, "0123456789abcdef" * 8
    (folder / odd.SECRET).write_text(secret, "ascii")
    for number in range(MAX_EXTRA_FILES + 100):
        (folder / f"a{number}.txt").write_text("x", "ascii")
    look_through(folder)
    assert (folder / odd.SECRET).read_text("ascii") == secret


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_what_a_link_leads_to_is_named_in_one_line_that_steers_no_terminal(submitted: Path) -> None:
    folder = submitted / "ann" / ASSIGNMENT
    a_link_elsewhere(folder / "data.csv")
    look_through(folder)
    note = (folder / "data.csv").read_text("utf-8")
    assert "\\x1b[2J\\nada: graded by hand" in note
    assert not {"\x1b", "\n"} & set(note.rstrip("\n"))
