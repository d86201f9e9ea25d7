"""A class in which most hand in something hostile or odd: it costs them, and nobody else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from class_of_students import ASSIGNMENT, RIGHT, TOPIC, gradebook_rows, hand_in, make_course
from hostile_class import (
    CODE,
    HONEST,
    LONG,
    NOTEBOOKS,
    SEEDS,
    TWO_LINES,
    hand_in_the_honest,
    hand_in_the_hostile,
    hand_in_what_stops_nbgrader,
)
from memory import peak_while_running
from odd_notebooks_at_random import odd_pages, unforeseen_calls

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling
from graders.limits import MAX_EXTRA_FILES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]


@dataclass(frozen=True)
class Graded:
    """A class after grading."""

    folder: Path
    outcome: Outcome

    def rows(self, student: str) -> list[tuple[Any, ...]]:
        """What the gradebook has of a student."""
        return [row for row in gradebook_rows(self.folder) if row[0] == student]

    def points(self, student: str) -> float:
        """The points of `hessian`."""
        (row,) = [row for row in self.rows(student) if row[2:3] == (f"check-{TOPIC}",)][:1]
        return float(row[3])

    def page(self, student: str) -> str:
        """The feedback page."""
        path = self.folder / "feedback" / student / ASSIGNMENT / f"{TOPIC}.html"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder)
    return folder


@pytest.fixture(scope="module")
def alone(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = Path(shutil.copytree(released, tmp_path_factory.mktemp("alone") / "course"))
    hand_in_the_honest(folder)
    return graded(folder)


@pytest.fixture(scope="module")
def among_others(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = Path(shutil.copytree(released, tmp_path_factory.mktemp("hostile") / "course"))
    hand_in_the_honest(folder)
    hand_in_the_hostile(folder)
    hand_in_what_stops_nbgrader(folder)
    # nbgrader itself grades nobody where there is such a folder.
    hand_in(folder, TWO_LINES, RIGHT)
    return graded(folder)


def graded(folder: Path) -> Graded:
    with local_processes(1) as make, Crew(make, 1) as crew:
        order = Order(folder, ASSIGNMENT, Ruling())
        return Graded(folder, grade(order, crew, crew, lambda _outcome: None))


@pytest.mark.parametrize("student", HONEST)
def test_neighbours_are_graded_as_if_nobody_else_were_there(
    alone: Graded, among_others: Graded, student: str
) -> None:
    assert among_others.rows(student) == alone.rows(student)
    assert among_others.page(student) == alone.page(student)


@pytest.mark.parametrize("student", CODE)
def test_a_hostile_answer_is_the_students_and_never_a_persons(
    among_others: Graded, student: str
) -> None:
    assert student not in among_others.outcome.for_a_person
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 0
    assert "hessian" in among_others.page(student)


ODD_TEXT = (
    *("formulas", "many_formulas", "lost_pictures", "dressed_up"),
    *("blank_lines", "doubling_time", "brackets_in_brackets", "one_picture_many_times"),
)


@pytest.mark.parametrize("student", ODD_TEXT)
def test_odd_text_costs_nothing_and_is_shown_as_text(among_others: Graded, student: str) -> None:
    assert student not in among_others.outcome.for_a_person
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 7
    page = among_others.page(student)
    assert len(page) < 5_000_000
    assert "example.org" not in page
    assert 'class="dojo-verdict' not in page


@pytest.mark.parametrize("student", ["many_files", "deep_folders"])
def test_what_is_too_much_to_be_copied_is_moved_and_costs_nothing(
    among_others: Graded, student: str
) -> None:
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 7
    copied = list((among_others.folder / "autograded" / student).rglob("*.txt"))
    assert "what_was_left_out.txt" in {path.name for path in copied}
    assert len(copied) <= MAX_EXTRA_FILES + 1
    moved = list((among_others.folder / "left_out" / student).rglob("*.txt"))
    assert len(moved) == (100 if student == "many_files" else 1)


IN_THE_WAY = ("hidden_link", "hard_link_beside", "folder_in_the_way", "large_in_brackets")


@pytest.mark.parametrize("student", IN_THE_WAY)
def test_what_nbgrader_would_copy_or_stumble_over_is_taken_out_of_its_way(
    among_others: Graded, student: str
) -> None:
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 7
    for step in ("autograded", "feedback"):
        copied = [p for p in (among_others.folder / step / student).rglob("*") if p.is_file()]
        assert not any(b"BEGIN SOLUTION" in path.read_bytes() for path in copied)
        assert sum(path.stat().st_size for path in copied) < 5_000_000
    assert among_others.page(student)


def test_a_picture_that_is_not_kept_is_named(among_others: Graded) -> None:
    assert "here was the picture" in among_others.page("lost_pictures")


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("many_cells", "300"),
        ("linked", "is a link"),
        ("hard_link", "one file with a file of the course"),
    ],
)
def test_what_cannot_be_read_goes_to_a_person_with_the_reason(
    among_others: Graded, student: str, why: str
) -> None:
    assert why in among_others.outcome.for_a_person[student]


def test_notebooks_that_are_odd_at_random_are_graded_and_shown(among_others: Graded) -> None:
    odd = {f"seed-{seed}" for seed in SEEDS}
    reasons = {who: why for who, why in among_others.outcome.for_a_person.items() if who in odd}
    assert 0 < len(reasons) < len(SEEDS) / 2
    assert list(unforeseen_calls(reasons)) == []
    assert list(odd_pages(among_others.folder, SEEDS)) == []


def test_a_name_as_long_as_a_name_can_be_is_a_name(among_others: Graded) -> None:
    assert among_others.points(LONG) == 7


def test_who_cannot_be_written_down_is_named_with_what_to_do(among_others: Graded) -> None:
    assert among_others.outcome.failed == {
        r"jos\xe9": "the name of this folder is not UTF-8 text; rename it, and run this again",
        r"two\nFailed: ann: lines": "the name of this folder has a line break or another sign in "
        "it that cannot be printed; rename it, and run this again",
        "bad_time": "timestamp.txt says when it was handed in, but “the day before yesterday” is "
        "no time; write it like 2030-01-31 12:00:00 UTC, or delete the file",
        "large_time": "timestamp.txt says when it was handed in, but it is no file of up to 200 "
        "bytes that can be read; write it like 2030-01-31 12:00:00 UTC, or delete the file",
    }


def test_a_second_run_has_the_same_to_say(among_others: Graded) -> None:
    again = graded(among_others.folder)
    # The link was replaced by a note, which is another file.
    assert again.outcome.judged == 1
    assert again.outcome.for_a_person.keys() == among_others.outcome.for_a_person.keys()


def test_nothing_of_the_solutions_was_copied_for_who_linked_to_them(among_others: Graded) -> None:
    for step in ("autograded", "feedback"):
        for path in (among_others.folder / step / "linked").rglob("*.*"):
            assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class Autograded:
    """The same class after `nbgrader autograde`, with the memory that this took."""

    graded: Graded
    status: int
    log: str
    peak_bytes: int


@pytest.fixture(scope="module")
def by_nbgrader(
    released: Path, among_others: Graded, tmp_path_factory: pytest.TempPathFactory
) -> Autograded:
    """Have nbgrader itself grade it, with the course's nbgrader_config.py."""
    folder = Path(shutil.copytree(released, tmp_path_factory.mktemp("nbgrader") / "course"))
    hand_in_the_honest(folder)
    hand_in_the_hostile(folder)
    hand_in_what_stops_nbgrader(folder)
    log = folder / "log.txt"
    with log.open("wb") as file, started(folder, file) as process:
        peak = peak_while_running(process)
    text = log.read_text(encoding="utf-8", errors="replace")
    return Autograded(Graded(folder, among_others.outcome), process.returncode, text, peak)


def started(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    return subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


@pytest.mark.parametrize("student", HONEST)
def test_nbgrader_grades_neighbours_as_if_nobody_else_were_there(
    alone: Graded, by_nbgrader: Autograded, student: str
) -> None:
    assert by_nbgrader.graded.rows(student) == alone.rows(student)


@pytest.mark.parametrize(
    "student",
    [*CODE, *NOTEBOOKS, LONG, "linked", "hard_link", *(f"seed-{seed}" for seed in SEEDS)],
)
def test_nbgrader_gives_the_hostile_what_dojo_grade_gives_them(
    among_others: Graded, by_nbgrader: Autograded, student: str
) -> None:
    assert by_nbgrader.graded.rows(student) == among_others.rows(student)


def test_nbgrader_fails_for_those_alone_whom_it_cannot_write_down(by_nbgrader: Autograded) -> None:
    named = "error processing assignment 'derivatives' for student "
    failed = {line.split(named)[1] for line in by_nbgrader.log.splitlines() if named in line}
    assert failed == {"'bad_time'", "'large_time'", r"'jos\udce9'"}
    assert by_nbgrader.status == 1


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_all_processes_of_that_run_together_stay_under_two_gigabytes(
    by_nbgrader: Autograded,
) -> None:
    """The judge, the warm process and every worker that is alive at once."""
    assert 2**28 < by_nbgrader.peak_bytes < 2**31
