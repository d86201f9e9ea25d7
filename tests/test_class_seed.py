"""The seed of a class: made once, kept secret, and never the public one."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from pathlib import Path

import forked
import pytest
from class_of_students import ASSIGNMENT, RIGHT, TOPIC, hand_in, make_course
from learners import dojo, environment
from warm import SESSION

from graders.course import CourseError, topic
from graders.course.submission import read_submission
from graders.judge.session import Session
from graders.judge.verdict import Verdict, seed_in_words
from graders.outlets.nbgrader.class_seed import PUBLIC, known_seed, seed_of_class
from graders.outlets.nbgrader.course_folder import CourseFolder

SECRET = 2**90 + 12_345


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("released") / "course").folder


@pytest.fixture
def folder(released: Path, tmp_path: Path) -> Path:
    """A course in which one has handed in, and which has no seed yet."""
    folder = Path(shutil.copytree(released, tmp_path / "course"))
    (folder / "class_seed.txt").unlink()
    hand_in(folder, "ann", RIGHT)
    return folder


def verdicts(folder: Path) -> list[Verdict]:
    files = (folder / ".dojo" / "verdicts").rglob("*.json")
    return [Verdict.from_json(path.read_text(encoding="utf-8")) for path in files]


def test_grading_makes_a_secret_seed_once_and_nbgrader_grades_on_the_same(folder: Path) -> None:
    done = dojo(folder, "grade", ASSIGNMENT)
    assert done.returncode == 0
    path = folder / "class_seed.txt"
    assert f"{path} is made: the numbers that this class is graded on" in done.stderr
    seed = known_seed(folder)
    assert seed is not None and seed > 2**64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (verdict,) = verdicts(folder)
    assert verdict.seed == seed_in_words(seed)
    assert dojo(folder, "grade", ASSIGNMENT, "--force").returncode == 0
    before = CourseFolder(folder).grades(ASSIGNMENT, "ann")
    CourseFolder(folder).autograde(ASSIGNMENT, "ann")
    assert CourseFolder(folder).grades(ASSIGNMENT, "ann") == before
    assert not any(grade.needs_person for grade in before)
    assert known_seed(folder) == seed
    assert {str(one.seed) for one in verdicts(folder)} == {str(seed_in_words(seed))}


def test_a_seed_that_is_gone_is_made_anew_and_that_is_said(folder: Path) -> None:
    dojo(folder, "grade", ASSIGNMENT)
    path = folder / "class_seed.txt"
    path.unlink()
    assert f"{path} was gone and is made anew" in dojo(folder, "grade", ASSIGNMENT).stderr
    assert "class_seed" not in dojo(folder, "grade", ASSIGNMENT).stderr


def test_nbgrader_alone_makes_a_seed_too_and_grades_on_it(folder: Path) -> None:
    done = subprocess.run(
        forked.command("nbgrader", "autograde", ASSIGNMENT),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "A person has to grade it" not in done.stderr, done.stderr
    assert known_seed(folder) is not None
    grades = CourseFolder(folder).grades(ASSIGNMENT, "ann")
    assert sum(grade.score for grade in grades) == sum(grade.max_score for grade in grades) > 0


def test_no_file_that_a_student_gets_or_a_verdict_has_the_seed(folder: Path) -> None:
    hand_in(folder, "eve", {"gradient": "def gradient(func, inputs):\n    return inputs"})
    dojo(folder, "grade", ASSIGNMENT)
    seed = str(known_seed(folder))
    told = [path for path in folder.rglob("*") if path.is_file() and path.name != "class_seed.txt"]
    assert len(told) > 8
    assert not [path for path in told if seed.encode() in path.read_bytes()]


@pytest.mark.parametrize("how", ["option", "settings", "file"])
def test_nobody_is_graded_on_the_public_seed(folder: Path, how: str) -> None:
    more = ["--seed", "0"] if how == "option" else []
    config = folder / "nbgrader_config.py"
    if how == "settings":
        config.write_text(config.read_text("utf-8") + "\nc.JudgeCells.seed = 0\n", "utf-8")
    if how == "file":
        (folder / "class_seed.txt").write_text("0\n", encoding="utf-8")
    done = dojo(folder, "grade", ASSIGNMENT, *more)
    assert done.returncode == 2
    assert "with which everybody practises" in done.stderr and "leave it out" in done.stderr
    assert not (folder / "gradebook.db").exists() or not verdicts(folder)


def test_a_seed_file_that_holds_no_seed_is_told_and_not_replaced(folder: Path) -> None:
    path = folder / "class_seed.txt"
    path.write_text("grades of 2026\n", encoding="utf-8")
    done = dojo(folder, "grade", ASSIGNMENT)
    assert done.returncode == 2 and "is no seed" in done.stderr
    assert path.read_text(encoding="utf-8") == "grades of 2026\n"


def test_a_seed_that_a_solution_does_not_pass_is_not_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, SECRET])
    monkeypatch.setattr("secrets.randbits", lambda _bits: next(drawn))
    real = Session.judge

    def unlucky(session: Session, *arguments: object, seed: int, **others: object) -> object:
        (verdict,) = real(session, *arguments, seed=PUBLIC, **others)  # type: ignore[arg-type]
        return [verdict if seed == SECRET else Verdict("", "confined", seed, _failed(verdict))]

    monkeypatch.setattr(Session, "judge", unlucky)
    with Session("process") as session:
        assert seed_of_class(folder, session) == SECRET
    assert known_seed(folder) == SECRET


def test_where_no_seed_can_be_had_it_is_said_and_nobody_is_graded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.outlets.nbgrader.class_seed._passes", lambda *_arguments: False)
    with Session("process") as session, pytest.raises(CourseError, match="dojo verify"):
        seed_of_class(folder, session)
    assert known_seed(folder) is None


def test_of_two_who_begin_at_once_both_have_the_first_ones_seed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_arguments: object) -> bool:
        (folder / "class_seed.txt").write_text(f"{SECRET}\n", encoding="utf-8")
        return True

    monkeypatch.setattr("graders.outlets.nbgrader.class_seed._passes", slow)
    with Session("process") as session:
        assert seed_of_class(folder, session) == SECRET
    assert [path.name for path in folder.glob(".class_seed*")] == []


def test_a_large_seed_draws_other_numbers_and_a_verdict_names_it_by_a_hash() -> None:
    solution = read_submission(topic(TOPIC).solution, topic(TOPIC))
    verdict, other = (SESSION.judge([solution], seed=seed)[0] for seed in (SECRET, 5))
    assert verdict.passed
    assert re.fullmatch(r"sha256:[0-9a-f]{16}", str(json.loads(verdict.to_json())["seed"]))
    assert str(SECRET) not in verdict.to_json()
    assert other.seed == 5


def _failed(verdict: Verdict) -> tuple:  # type: ignore[type-arg]
    from dataclasses import replace

    return tuple(replace(task, score=0.0) for task in verdict.tasks)
