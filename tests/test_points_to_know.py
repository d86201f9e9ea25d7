"""Points that an instructor has to hear of: late, above the maximum, stale, not written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, RIGHT, TOPIC, hand_in, make_course
from test_course_changed_in_mid_term import change, marks, run
from test_report_of_a_course import report, row_of

from graders.classroom import grade as grading
from graders.classroom.local_processes import local_processes
from graders.course import CourseError
from graders.course import assignment as topics_of
from graders.outlets.nbgrader.course_folder import CourseFolder
from tests.learners import dojo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
Make = Callable[[], Executor]


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    return make_course(tmp_path / "course")


@pytest.fixture(scope="module")
def make() -> Iterator[Make]:
    with local_processes(1) as shared:
        yield shared


def worth_one(cells: list[dict[str, Any]]) -> None:
    marks(cells, "check-hessian")["points"] = 1


def test_whoever_is_gone_when_points_go_down_is_named_with_more_than_there_are(
    course: CourseFolder, make: Make
) -> None:
    for student in ("ann", "bob"):
        hand_in(course.folder, student, RIGHT)
    assert run(course, make).above_the_most == {}
    shutil.rmtree(course.folder / "submitted" / "bob")
    change(course, worth_one)
    course.release(ASSIGNMENT)
    assert run(course, make).above_the_most == {"bob": "check-hessian of hessian has 7 of 1"}


def test_points_that_changed_since_a_class_was_graded_are_exported_by_nobody(
    course: CourseFolder, make: Make
) -> None:
    def export(form: str) -> tuple[int, str]:
        done = dojo(course.folder, "export", form)
        return done.returncode, done.stderr

    hand_in(course.folder, "ann", RIGHT)
    run(course, make)
    assert export("csv")[0] == 0
    change(course, worth_one)
    course.release(ASSIGNMENT)
    for form in ("csv", "canvas"):
        status, said = export(form)
        assert status == 2 and said.count("\n") == 1
        assert "the points of derivatives changed after it was graded; run `dojo grade" in said
    run(course, make)
    assert export("canvas")[0] == 0


def test_what_a_late_hand_in_costs_and_who_was_not_written_stand_in_the_report(
    course: CourseFolder, make: Make
) -> None:
    with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-21 12:00:00")
        gradebook.update_or_create_student("ann")
    for student, time in (("ann", "2026-11-22 10:00:00 UTC"), ("bob", "the day before")):
        handed_in = hand_in(course.folder, student, RIGHT)
        handed_in.with_name("timestamp.txt").write_text(time, encoding="utf-8")
    done = run(course, make)
    assert done.late == {"ann": 10.0}
    assert list(done.failed) == ["bob"]
    assert done.enrolled == []
    page = report(course.folder)
    assert "late: 10 taken off" in row_of(page, "ann")
    assert "not written when the class was graded last" in row_of(page, "bob")
    said = dojo(course.folder, "grade", ASSIGNMENT).stdout
    assert "Late: points were taken off 1 student: ann 10\n" in said


def test_nobody_is_graded_where_the_checks_of_a_topic_are_gone(
    course: CourseFolder, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hand_in(course.folder, "ann", RIGHT)
    half = [
        replace(topic, course=tmp_path) if topic.name == TOPIC else topic
        for topic in topics_of(ASSIGNMENT)
    ]
    monkeypatch.setattr(grading, "assignment", lambda _name: half)
    with pytest.raises(CourseError, match=r"there is no .*test_hessian\.py.* Nobody is graded"):
        run(course, make)
    assert not list((course.folder / ".dojo").glob("verdicts*"))
