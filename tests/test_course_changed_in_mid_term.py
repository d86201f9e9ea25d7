"""A course that changes while a class is graded: points, tasks, topics and texts of the lessons."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from class_of_students import (
    ASSIGNMENT,
    RIGHT,
    TOPIC,
    cell_of,
    gradebook_rows,
    hand_in,
    make_course,
)
from graded_pages import comment, page_of
from test_feedback_html import Page
from test_report_of_a_course import report, row_of

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.points import PointsKept
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling
from graders.course import CourseError
from graders.outlets.nbgrader.course_folder import CourseFolder, NbgraderError
from tests.learners import dojo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
CHECK, POINTS = "check-hessian", 7
HALF = RIGHT["hessian"].replace("\n    return", "\n    x.shape[0]\n    return")
Make = Callable[[], Executor]
Cells = list[dict[str, Any]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder)
    return folder


@pytest.fixture
def course(released: Path, tmp_path: Path) -> CourseFolder:
    return CourseFolder(Path(shutil.copytree(released, tmp_path / "course")))


@pytest.fixture(scope="module")
def make() -> Iterator[Make]:
    with local_processes(1) as shared:
        yield shared


def run(course: CourseFolder, make: Make) -> Outcome:
    # The processes of a run know what was given out when it began.
    with Crew(make, 1) as crew:
        return grade(Order(course.folder, ASSIGNMENT, Ruling()), crew, crew, lambda _outcome: None)


def change(course: CourseFolder, how: Callable[[Cells], None], topic: str = TOPIC) -> None:
    """Change the class's own instructor notebook."""
    path = course.folder / "source" / ASSIGNMENT / f"{topic}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    how(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def marks(cells: Cells, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cell_of(cells, name)["metadata"]["nbgrader"]
    return found


def answer_in_words(course: CourseFolder, student: str) -> Path:
    """Hand in the lesson on curvature with nothing written but the answer in words."""
    given_out = course.folder / "release" / ASSIGNMENT / "curvature.ipynb"
    notebook = json.loads(given_out.read_text(encoding="utf-8"))
    words = f"Because terms of higher order decide, says {student}."
    cell_of(notebook["cells"], "why-silent")["source"] = words
    folder = course.folder / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "curvature.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def worth_nine(cells: Cells) -> None:
    marks(cells, CHECK)["points"] = 9


def renamed(cells: Cells) -> None:
    marks(cells, CHECK)["grade_id"] = "check-second"


def score(course: CourseFolder, student: str) -> tuple[float, float]:
    (found,) = [one for one in course.grades(ASSIGNMENT, student) if one.cell == CHECK]
    return found.score, found.max_score


def words(page: str) -> str:
    return " ".join(Page(page).words.split())


def test_points_that_changed_are_refused_until_the_gradebook_has_them_and_then_all_agree(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    hand_in(course.folder, "bob", {**RIGHT, "hessian": HALF})
    assert run(course, make).written == 2
    assert score(course, "ann") == (POINTS, POINTS)
    bob_before = score(course, "bob")[0]
    assert 0 < bob_before < POINTS
    before = gradebook_rows(course.folder)
    change(course, worth_nine)
    with pytest.raises(CourseError) as caught:
        run(course, make)
    assert f"{CHECK} of {TOPIC} is worth 9 there and 7 in the gradebook" in str(caught.value)
    assert f"`nbgrader generate_assignment {ASSIGNMENT} --force`" in str(caught.value)
    assert gradebook_rows(course.folder) == before
    course.release(ASSIGNMENT)
    done = run(course, make)
    assert (done.judged, done.written) == (0, 2)
    assert score(course, "ann") == (9, 9)
    assert score(course, "bob")[0] == pytest.approx(bob_before * 9 / POINTS, abs=1e-4)
    assert "hessian 9 of 9 points" in words(page_of(course, TOPIC, "ann"))
    assert row_of(report(course.folder), "ann").split() == ["ann", "12", "12"]
    assert run(course, make).unchanged == 2


def test_a_class_that_counts_a_task_otherwise_than_the_course_counts_it_so_everywhere(
    tmp_path: Path, make: Make
) -> None:
    course = make_course(tmp_path / "course")
    change(course, worth_nine)
    course.release(ASSIGNMENT)
    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    assert score(course, "ann") == (9, 9)
    assert "hessian 9 of 9 points" in words(page_of(course, TOPIC, "ann"))
    (kept,) = (course.folder / ".dojo" / "points" / ASSIGNMENT).glob("*.json")
    earned = json.loads(kept.read_text(encoding="utf-8"))[TOPIC]
    everything = sum(one.max_score for one in course.grades(ASSIGNMENT, "ann"))
    assert (earned["score"], earned["max_score"]) == (everything, everything)


def test_a_task_that_no_longer_counts_is_worth_nothing_and_changes_nothing_else(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "bob", {"gradient": RIGHT["gradient"]})
    run(course, make)
    others = [one for one in course.grades(ASSIGNMENT, "bob") if one.cell != CHECK]
    change(course, lambda cells: marks(cells, CHECK).update(points=0))
    course.release(ASSIGNMENT)
    run(course, make)
    assert score(course, "bob") == (0, 0)
    assert [one for one in course.grades(ASSIGNMENT, "bob") if one.cell != CHECK] == others
    assert "0 of 0 points" in words(page_of(course, TOPIC, "bob"))


def test_a_task_renamed_after_it_was_handed_in_is_refused_before_anything_is_judged(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    before = gradebook_rows(course.folder)
    change(course, renamed)
    with pytest.raises(CourseError) as caught:
        run(course, make)
    assert "check-hessian of hessian is not in source/" in str(caught.value)
    assert "check-second of hessian is not in the gradebook" in str(caught.value)
    assert "bring the old names back" in str(caught.value)
    # What the sentence claims of nbgrader.
    with pytest.raises(NbgraderError, match="Cannot add or remove cells"):
        course.release(ASSIGNMENT)
    assert gradebook_rows(course.folder) == before


def test_a_task_renamed_before_anybody_was_graded_takes_one_command(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    change(course, renamed)
    with pytest.raises(CourseError, match="generate_assignment derivatives --force"):
        run(course, make)


def test_a_task_or_topic_that_the_course_lost_costs_nobody_a_point(
    tmp_path: Path, make: Make
) -> None:
    course = make_course(tmp_path / "course")
    source = course.folder / "source" / ASSIGNMENT
    shutil.copy(source / f"{TOPIC}.ipynb", source / "laplacian.ipynb")
    change(
        course, lambda cells: marks(cells, CHECK).update(grade_id="check-laplacian"), "laplacian"
    )
    course.release(ASSIGNMENT)
    hand_in(course.folder, "ann", RIGHT)
    with pytest.raises(CourseError) as caught:
        run(course, make)
    assert "check-laplacian of laplacian" in str(caught.value)
    assert "has no such task any more" in str(caught.value)
    with course.gradebook() as gradebook:
        assert gradebook.students == []


def test_a_notebook_of_answers_in_words_that_only_the_class_has_is_no_obstacle(
    tmp_path: Path, make: Make
) -> None:
    course = make_course(tmp_path / "course")
    own = {
        "cell_type": "markdown",
        "id": "own",
        "metadata": {
            "nbgrader": {
                "schema_version": 3,
                "grade_id": "what-i-learnt",
                "locked": False,
                "solution": True,
                "grade": True,
                "task": False,
                "points": 3,
            }  # fmt: skip
        },
        "source": "Mine",
    }
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [own]}
    path = course.folder / "source" / ASSIGNMENT / "diary.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    course.release(ASSIGNMENT)
    hand_in(course.folder, "ann", RIGHT)
    assert run(course, make).written == 1
    assert score(course, "ann") == (POINTS, POINTS)


def test_a_notebook_that_the_gradebook_does_not_know_is_named(
    course: CourseFolder, make: Make
) -> None:
    path = hand_in(course.folder, "ann", RIGHT)
    shutil.copy(path, path.with_name("jacobian.ipynb"))
    done = run(course, make)
    assert done.written == 1
    assert "jacobian.ipynb of it, which the gradebook does not know" in done.left_out["ann"]


def test_an_empty_answer_stays_worth_nothing_when_the_text_of_its_lesson_is_mended(
    tmp_path: Path, make: Make
) -> None:
    course = make_course(tmp_path / "course", "curvature")
    given_out = course.folder / "release" / ASSIGNMENT / "curvature.ipynb"
    theirs = course.folder / "submitted" / "ann" / ASSIGNMENT
    theirs.mkdir(parents=True)
    change_text(given_out, "A sentence with a slip in it.")
    shutil.copy(given_out, theirs)
    run(course, make)
    assert empty_answer(course) == (0.0, False)
    change_text(given_out, "A sentence without.")
    with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write("\n# once more\n")
    assert run(course, make).written == 1
    assert empty_answer(course) == (0.0, False)


def change_text(path: Path, text: str) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    own = next(c for c in notebook["cells"] if c["cell_type"] == "markdown" and not c["metadata"])
    own["source"] = text
    path.write_text(json.dumps(notebook), encoding="utf-8")


def empty_answer(course: CourseFolder) -> tuple[float, bool]:
    (found,) = [one for one in course.grades(ASSIGNMENT, "ann") if one.cell == "why-silent"]
    return found.score, found.needs_person


def test_the_command_says_it_in_a_sentence_and_ends_with_2(course: CourseFolder) -> None:
    hand_in(course.folder, "ann", RIGHT)
    change(course, worth_nine)
    done = dojo(course.folder, "grade", ASSIGNMENT)
    assert done.returncode == 2
    assert "is worth 9 there and 7 in the gradebook" in done.stderr
    assert "Traceback" not in done.stderr


def test_nbgrader_itself_takes_no_new_notebook_once_something_was_handed_in(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    source = course.folder / "source" / ASSIGNMENT
    shutil.copy(source / f"{TOPIC}.ipynb", source / "jacobian.ipynb")
    with pytest.raises(NbgraderError, match="Cannot modify existing assignment"):
        course.release(ASSIGNMENT)
    assert run(course, make).written == 1


def test_a_gradebook_that_is_put_back_from_a_copy_is_brought_up_to_date(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", {})
    hand_in(course.folder, "bob", RIGHT)
    run(course, make)
    database = course.folder / "gradebook.db"
    old = database.read_bytes()
    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    new = gradebook_rows(course.folder)
    database.write_bytes(old)
    assert gradebook_rows(course.folder) != new
    done = run(course, make)
    assert (done.judged, done.written, done.unchanged) == (0, 1, 1)
    assert gradebook_rows(course.folder) == new
    assert run(course, make).unchanged == 2


def test_what_another_program_wrote_into_the_gradebook_does_not_stay(
    course: CourseFolder, make: Make
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    right = gradebook_rows(course.folder)
    with course.gradebook() as gradebook:
        found = gradebook.find_grade(CHECK, TOPIC, ASSIGNMENT, "ann")
        found.auto_score = 1.0
        gradebook.db.commit()
    assert run(course, make).written == 1
    assert gradebook_rows(course.folder) == right


def test_a_late_hand_in_loses_the_points_too_that_a_person_gives_later(
    tmp_path: Path, make: Make
) -> None:
    settings = "c.LateSubmissionPlugin.penalty_method = 'zero'"
    course = make_course(tmp_path / "course", "curvature", settings=settings)
    theirs = answer_in_words(course, "ann")
    (theirs / "timestamp.txt").write_text("2026-11-22 10:00:00 UTC", encoding="utf-8")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-21 12:00:00")
    run(course, make)
    comment(course, "curvature", "ann", "why-silent", "Good", points=2)
    assert run(course, make).written == 1
    with course.gradebook() as gradebook:
        found = gradebook.find_submission(ASSIGNMENT, "ann")
        assert found.late_submission_penalty == found.score == 2
    assert run(course, make).unchanged == 1


def test_a_written_question_that_no_longer_counts_waits_for_nobody_and_marks_above_it_are_named(
    tmp_path: Path, make: Make
) -> None:
    course = make_course(tmp_path / "course", "curvature")
    for student in ("ann", "bob"):
        answer_in_words(course, student)
    run(course, make)
    comment(course, "curvature", "ann", "why-silent", "", points=2)
    change(course, lambda cells: marks(cells, "why-silent").update(points=0), "curvature")
    course.release(ASSIGNMENT)
    done = run(course, make)
    assert done.above_the_most == {"ann": "why-silent of curvature has 2 of 0"}
    found = {
        student: [one for one in course.grades(ASSIGNMENT, student) if one.cell == "why-silent"]
        for student in ("ann", "bob")
    }
    assert [one.needs_person for one in found["bob"]] == [False]
    assert [one.score for one in found["ann"]] == [2]


def test_a_notebook_or_a_student_that_is_gone_is_named_and_the_report_says_what_it_cost(
    course: CourseFolder, make: Make
) -> None:
    path = hand_in(course.folder, "ann", RIGHT)
    hand_in(course.folder, "bob", RIGHT)
    run(course, make)
    path.rename(path.with_name("notes.ipynb"))
    shutil.rmtree(course.folder / "submitted" / "bob")
    done = run(course, make)
    assert done.gone["ann"].startswith("graded before and not there any more: hessian.ipynb;")
    assert "has points in the gradebook, which stay" in done.gone["bob"]
    (move,) = PointsKept(course.folder, ASSIGNMENT).moves(["ann"])
    assert (move.before, move.now, move.why) == (10, 0, "not there any more")


def test_a_plugin_for_late_work_beside_the_settings_is_found_and_one_that_is_not_is_one_sentence(
    tmp_path: Path, make: Make
) -> None:
    settings = "c.AssignLatePenalties.plugin_class = 'late_by_half.Half'"
    course = make_course(tmp_path / "course", settings=settings)
    hand_in(course.folder, "ann", RIGHT)
    with pytest.raises(CourseError, match="late_by_half"):
        run(course, make)
    (course.folder / "late_by_half.py").write_text(
        "from nbgrader.plugins import BasePlugin\n\n\nclass Half(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return score / 2\n",
        encoding="utf-8",
    )
    late = course.folder / "submitted" / "ann" / ASSIGNMENT / "timestamp.txt"
    late.write_text("2026-11-22 10:00:00 UTC", encoding="utf-8")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-21 12:00:00")
    assert run(course, make).failed == {}
    with course.gradebook() as gradebook:
        found = gradebook.find_submission(ASSIGNMENT, "ann")
        assert found.late_submission_penalty == 5


def test_folders_of_other_names_are_refused_in_a_sentence(course: CourseFolder, make: Make) -> None:
    hand_in(course.folder, "ann", RIGHT)
    with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write("\nc.CourseDirectory.submitted_directory = 'in'\n")
    with pytest.raises(CourseError, match="c.CourseDirectory.submitted_directory"):
        run(course, make)
