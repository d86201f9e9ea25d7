"""A class graded at once: the same grades as nbgrader's own steps, and nothing done twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from class_of_students import (
    ASSIGNMENT,
    PART,
    RIGHT,
    TOPIC,
    gradebook_rows,
    hand_in,
    hand_in_a_class,
    make_course,
)
from nbgrader.api import Gradebook

from graders.classroom import batches
from graders.classroom.grade import Order, Outcome, _alone, grade
from graders.classroom.grading import judge_class
from graders.classroom.handed_in import notebooks_of, students_of
from graders.classroom.local_processes import local_processes
from graders.classroom.overview import overview
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling, VerdictStore
from graders.course import CourseError, topic
from graders.judge.session import ConfinementError, Session
from graders.outlets.nbgrader.course_folder import CourseFolder
from graders.sandbox.processes import GraderFaultError

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with local_processes(1) as make, Crew(make, 1) as shared:
        yield shared


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder)
    return folder


@pytest.fixture
def folder(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "course"))


def run(folder: Path, crew: Crew, **order: Any) -> Outcome:
    ruling = order.pop("ruling", Ruling())
    return grade(Order(folder, ASSIGNMENT, ruling, **order), crew, crew, lambda _outcome: None)


def made(folder: Path, step: str) -> dict[str, Path]:
    files = (folder / step).rglob("*")
    return {str(file.relative_to(folder)): file for file in files if file.is_file()}


@pytest.mark.lowest
def test_a_class_gets_what_nbgraders_own_steps_give(folder: Path, crew: Crew) -> None:
    hand_in_a_class(folder)
    stock = Path(shutil.copytree(folder, folder.with_name("stock")))
    course = CourseFolder(stock)
    for student in ("right", "part", "empty", "broken", "late"):
        course.autograde(ASSIGNMENT, student)
        course.feedback(ASSIGNMENT, student)
    outcome = run(folder, crew)
    assert (outcome.students, outcome.judged, outcome.written) == (5, 5, 5)
    assert not outcome.failed
    assert gradebook_rows(folder) == gradebook_rows(stock)
    ours, theirs = made(folder, "autograded"), made(stock, "autograded")
    assert ours.keys() == theirs.keys()
    for name, path in ours.items():
        assert path.read_bytes() == theirs[name].read_bytes(), name
    ours, theirs = made(folder, "feedback"), made(stock, "feedback")
    assert ours.keys() == theirs.keys()
    for name, path in ours.items():
        assert tags_and_words(path) == tags_and_words(theirs[name]), name


def tags_and_words(page: Path) -> list[Any]:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    tags = [(tag.name, sorted(map(str, tag.attrs.items()))) for tag in soup.find_all(True)]
    return [tags, soup.get_text().split()]


@pytest.mark.lowest
def test_a_second_run_has_nothing_to_do(folder: Path, crew: Crew) -> None:
    hand_in_a_class(folder)
    run(folder, crew)
    before = {path: path.stat().st_mtime_ns for path in made(folder, "autograded").values()}
    again = run(folder, crew)
    assert (again.judged, again.from_store, again.written, again.unchanged) == (0, 5, 0, 5)
    assert set(again.for_a_person) == {"broken"}
    assert {path: path.stat().st_mtime_ns for path in made(folder, "autograded").values()} == before


def test_steps_that_the_settings_leave_to_nbgrader_are_no_obstacle(
    folder: Path, crew: Crew
) -> None:
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("del c.Autograde['sanitize_preprocessors']\n")
    hand_in(folder, "right", RIGHT)
    outcome = run(folder, crew)
    assert (outcome.judged, outcome.written, outcome.failed) == (1, 1, {})


def test_only_what_changed_is_graded_again(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "bob", {})
    run(folder, crew)
    hand_in(folder, "bob", RIGHT)
    again = run(folder, crew)
    assert (again.judged, again.written, again.unchanged) == (1, 1, 1)
    rows = [row for row in gradebook_rows(folder) if row[0] == "bob" and "check" in str(row[2])]
    assert [row[3] for row in rows] == [3.0, 7.0]


def test_what_is_missing_is_made_again_without_judging(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "bob", PART)
    run(folder, crew)
    rows = gradebook_rows(folder)
    shutil.rmtree(folder / "feedback" / "ann")
    shutil.rmtree(folder / "autograded" / "bob")
    again = run(folder, crew)
    assert (again.judged, again.written) == (0, 2)
    assert gradebook_rows(folder) == rows
    assert (folder / "feedback" / "ann" / ASSIGNMENT / f"{TOPIC}.html").is_file()
    assert (folder / "autograded" / "bob" / ASSIGNMENT / f"{TOPIC}.ipynb").is_file()


def test_force_judges_and_writes_all_again(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    run(folder, crew)
    again = run(folder, crew, afresh=True)
    assert (again.judged, again.from_store, again.written) == (1, 0, 1)


def test_one_student_may_be_graded_alone_and_without_feedback(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "bob", RIGHT)
    outcome = run(folder, crew, student="bob", feedback=False)
    assert (outcome.students, outcome.written) == (1, 1)
    assert {row[0] for row in gradebook_rows(folder) if row[0] in ("ann", "bob")} == {"bob"}
    assert not (folder / "feedback").exists()


def test_points_given_by_hand_stay_and_reach_the_feedback(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", PART)
    run(folder, crew)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "second-derivatives") as gradebook:
        cell = gradebook.find_grade("check-gradient", TOPIC, ASSIGNMENT, "ann")
        cell.manual_score, cell.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    rows = gradebook_rows(folder)
    again = run(folder, crew)
    assert (again.judged, again.written) == (0, 1)
    assert gradebook_rows(folder) == rows
    page = folder / "feedback" / "ann" / ASSIGNMENT / f"{TOPIC}.html"
    assert "9.5 of 10 points" in page.read_text(encoding="utf-8")


@pytest.mark.lowest
def test_a_second_run_at_the_same_time_is_refused(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    with _alone(folder), pytest.raises(CourseError, match="another `dojo grade` is at work"):
        run(folder, crew)
    assert run(folder, crew).written == 1


def test_an_assignment_that_was_never_released_is_refused(folder: Path, crew: Crew) -> None:
    hand_in(folder, "ann", RIGHT)
    (folder / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="nbgrader generate_assignment"):
        run(folder, crew)


def test_an_empty_folder_is_refused(folder: Path, crew: Crew) -> None:
    with pytest.raises(CourseError, match="no notebooks"):
        run(folder, crew)


def judged_here(folder: Path) -> list[Any]:
    """Judge in a thread of this process, where the judge can be replaced."""
    submitted = folder / "submitted"
    class_ = [
        one
        for student in students_of(submitted, ASSIGNMENT)
        for one in notebooks_of(submitted, student, ASSIGNMENT)
    ]
    store = VerdictStore.of_course(folder)
    with Crew(lambda: ThreadPoolExecutor(1), 1) as crew:
        return list(judge_class(class_, store, crew, Ruling()))


def test_the_same_bytes_are_judged_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hand_in(folder, "ann", RIGHT)
    copy = folder / "submitted" / "bob" / ASSIGNMENT / path.name
    copy.parent.mkdir(parents=True)
    shutil.copy(path, copy)
    asked: list[int] = []
    judge = Session.judge

    def counting(self: Session, submissions: Any, **options: Any) -> Any:
        asked.append(len(submissions))
        return judge(self, submissions, **options)

    monkeypatch.setattr(Session, "judge", counting)
    assert {one.handed_in.student for one in judged_here(folder)} == {"ann", "bob"}
    assert asked == [1]


def test_a_fault_of_the_grader_is_not_kept_and_tried_again(
    folder: Path, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(folder, "ann", RIGHT)

    def broken(*_: Any, **__: Any) -> Any:
        raise GraderFaultError("the disk is full")

    monkeypatch.setattr(Session, "judge", broken)
    order = Order(folder, ASSIGNMENT, Ruling())
    with Crew(lambda: ThreadPoolExecutor(1), 1) as here:
        outcome = grade(order, here, crew, lambda _outcome: None)
    assert "the disk is full" in outcome.for_a_person["ann"]
    waiting = [row for row in gradebook_rows(folder) if row[0] == "ann" and row[-1] == 1]
    assert [row[2] for row in waiting] == ["check-gradient", "check-hessian"]
    monkeypatch.undo()
    again = run(folder, crew)
    assert (again.judged, again.written, again.for_a_person) == (1, 1, {})


def test_a_machine_that_cannot_confine_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(folder, "ann", RIGHT)

    def unconfined(_self: Session) -> None:
        raise ConfinementError("student code cannot be confined here")

    monkeypatch.setattr(Session, "require_confinement", unconfined)
    with pytest.raises(ConfinementError):
        judged_here(folder)


def test_a_worker_with_other_graders_judges_nothing() -> None:
    found = topic(TOPIC)
    question = batches.Question(f"{TOPIC}.ipynb", found.path, b"{}")
    ours = batches.batch_of((question,), Ruling())
    theirs = batches.Batch(ours.questions, ours.ruling, ((found.path, "other"),), ours.torch)
    (answer,) = batches.judge_batch(theirs)
    assert not answer.verdict
    assert "other graders" in answer.fault


def test_the_report_finds_what_was_graded(folder: Path, crew: Crew) -> None:
    hand_in_a_class(folder)
    run(folder, crew)
    hand_in(folder, "new", RIGHT)
    submitted = folder / "submitted"
    handed_in = {
        student: list(notebooks_of(submitted, student, ASSIGNMENT))
        for student in students_of(submitted, ASSIGNMENT)
    }
    found = overview(folder, handed_in, Ruling())
    assert set(found.verdicts) == {"right", "part", "empty", "late"}
    assert "JSON is broken" in found.problems["broken"]
    assert "not judged" in found.problems["new"]
    assert found.graded == {}


def test_all_that_a_person_has_to_look_at_is_named(tmp_path: Path, crew: Crew) -> None:
    folder = tmp_path / "course"
    make_course(folder, "hessian", "jacobian")
    place = folder / "submitted" / "ann" / ASSIGNMENT
    place.mkdir(parents=True)
    for name in ("hessian.ipynb", "jacobian.ipynb"):
        (place / name).write_text("{", encoding="utf-8")
    said = run(folder, crew, feedback=False).for_a_person["ann"]
    assert "hessian.ipynb is not a notebook" in said and "jacobian.ipynb is not a notebook" in said
    handed_in = {"ann": list(notebooks_of(folder / "submitted", "ann", ASSIGNMENT))}
    problems = overview(folder, handed_in, Ruling()).problems
    assert "hessian.ipynb" in problems["ann"] and "jacobian.ipynb" in problems["ann"]


COMMAND = (
    sys.executable,
    "-c",
    "import typer; from graders.commands import classroom; app = typer.Typer(); "
    "classroom.register(app); app()",
)


def dojo(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(batches.__file__).parents[2])}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_outside_a_course_folder_one_sentence_and_status_two(tmp_path: Path) -> None:
    process = dojo(tmp_path, "grade", ASSIGNMENT)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert output == ""
    assert len(errors.strip().splitlines()) == 1
    assert "run this in a course folder" in errors


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(folder: Path, crew: Crew) -> None:
    for number in range(24):
        hand_in(folder, f"student-{number:02}", RIGHT if number % 2 else PART)
    killed = dojo(folder, "grade", ASSIGNMENT, "--jobs", "1", "--json")
    verdicts = folder / ".dojo" / "verdicts"
    while killed.poll() is None and len(list(verdicts.rglob("*.json"))) < 4:
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    kept = len(list(verdicts.rglob("*.json")))
    assert 4 <= kept < 24
    resumed = dojo(folder, "grade", ASSIGNMENT, "--jobs", "1", "--json")
    output, errors = resumed.communicate(timeout=280)
    assert resumed.returncode == 0, errors
    outcome = json.loads(output)
    assert (outcome["from_store"], outcome["judged"]) == (kept, 24 - kept)
    assert outcome["written"] == 24
    fresh = folder.with_name("fresh")
    shutil.copytree(folder, fresh, ignore=shutil.ignore_patterns(".dojo", "autograded", "feedback"))
    run(fresh, crew, afresh=True)
    assert gradebook_rows(fresh) == gradebook_rows(folder)
