"""`dojo report` in a real course folder: after nbgrader's own steps, and after `dojo grade`."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from class_of_students import ASSIGNMENT, PART, RIGHT, TOPIC, hand_in, make_course
from test_feedback_html import Page
from typer.testing import CliRunner, Result

from graders.cli import app
from graders.outlets.nbgrader.course_folder import CourseFolder
from tests.learners import dojo

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    folder.mkdir()
    make_course(folder)
    return folder


@pytest.fixture
def folder(released: Path, tmp_path: Path) -> Path:
    return shutil.copytree(released, tmp_path / "course")


@pytest.fixture(autouse=True)
def _no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))


def ask(folder: Path, *options: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(app, ["report", ASSIGNMENT, *options])


def report(folder: Path, *options: str) -> str:
    done = ask(folder, *options)
    assert done.exit_code == 0, done.output
    return (folder / f"{ASSIGNMENT}-report.html").read_text(encoding="utf-8")


def row_of(html: str, name: str) -> str:
    rows = [Page(row).words for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)]
    return [row for row in rows if row.startswith(name)][-1]


@pytest.mark.lowest
def test_it_works_after_nbgraders_own_autograde_and_tells_what_moved(folder: Path) -> None:
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "bob", {})
    course = CourseFolder(folder)
    for student in ("ann", "bob"):
        course.autograde(ASSIGNMENT, student)
    html = report(folder)
    assert row_of(html, "ann") == "ann 10 10"
    assert row_of(html, "bob") == "bob 0 0"
    assert "moved" not in html
    time.sleep(0.02)
    hand_in(folder, "bob", PART)
    assert "was handed in again after it was graded" in Page(report(folder)).words
    shutil.rmtree(folder / "autograded" / "bob")
    course.autograde(ASSIGNMENT, "bob")
    html = report(folder)
    points = row_of(html, "bob").split()[1]
    assert f"bob {TOPIC} 0 {points} of 10 +{points} handed in anew" in Page(html).words
    assert report(folder) == html


@pytest.mark.slow
def test_dojo_grade_keeps_the_points_before_and_a_killed_run_forgets_none(folder: Path) -> None:
    hand_in(folder, "bob", {})
    assert dojo(folder, "grade", ASSIGNMENT, "--jobs", "1").returncode == 0
    hand_in(folder, "bob", RIGHT)
    assert dojo(folder, "grade", ASSIGNMENT, "--jobs", "1").returncode == 0
    said = f"bob {TOPIC} 0 10 of 10 +10 handed in anew"
    assert said in Page(report(folder)).words
    # As if it had been killed just before it noted that bob is done.
    shutil.rmtree(folder / ".dojo" / "graded")
    assert dojo(folder, "grade", ASSIGNMENT, "--jobs", "1").returncode == 0
    assert said in Page(report(folder)).words
    shutil.rmtree(folder / "autograded")
    assert not Page(report(folder, "--server", "http://localhost:8888")).all("a")


def test_a_graded_notebook_that_cannot_be_read_is_told_of_in_a_sentence(folder: Path) -> None:
    hand_in(folder, "ann", RIGHT)
    hand_in(folder, "bob", RIGHT)
    course = CourseFolder(folder)
    for student in ("ann", "bob"):
        course.autograde(ASSIGNMENT, student)
    path = folder / "autograded" / "bob" / ASSIGNMENT / f"{TOPIC}.ipynb"
    path.chmod(0o600)
    for damage in ("{", '{"cells": [{"cell_type": "code"}]}', '{"cells": 3}', "[]"):
        path.write_text(damage, encoding="utf-8")
        words = Page(report(folder)).words
        assert "is not what this version of the course writes; run `dojo grade" in words, damage
        assert "could not be read" in words


def test_points_lead_to_the_formgrader_of_the_server_that_is_named(folder: Path) -> None:
    hand_in(folder, "ann", RIGHT)
    CourseFolder(folder).autograde(ASSIGNMENT, "ann")
    html = report(folder, "--server", "http://localhost:8888/")
    with CourseFolder(folder).gradebook() as gradebook:
        name = gradebook.find_submission_notebook(TOPIC, ASSIGNMENT, "ann").id
    (link,) = Page(html).all("a")
    assert link["href"] == f"http://localhost:8888/formgrader/submissions/{name}"
    assert not Page(report(folder)).all("a")
    refused = ask(folder, "--server", "localhost")
    assert refused.exit_code == 2
    assert "give an address such as" in refused.stderr


def test_written_answers_are_counted_until_somebody_marks_them(tmp_path: Path) -> None:
    topic = "curvature"
    folder = tmp_path / "course"
    folder.mkdir()
    course = make_course(folder, topic)
    cells = {"why-silent": "Because v is an eigenvector."}
    for student in ("ann", "bob"):
        path = folder / "submitted" / student / ASSIGNMENT / f"{topic}.ipynb"
        path.parent.mkdir(parents=True)
        text = (folder / "release" / ASSIGNMENT / f"{topic}.ipynb").read_text(encoding="utf-8")
        path.write_text(_answered(text, cells if student == "ann" else {}), encoding="utf-8")
        course.autograde(ASSIGNMENT, student)
    words = Page(report(folder)).words.replace(" :", ":")
    assert f"1 written answer waits to be marked: {topic} 1" in words
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("why-silent", topic, ASSIGNMENT, "ann")
        grade.manual_score = 0.0
        gradebook.db.commit()
    assert "to be marked" not in report(folder)


def test_a_gradebook_that_cannot_be_read_costs_a_sentence_and_no_report(folder: Path) -> None:
    hand_in(folder, "ann", RIGHT)
    CourseFolder(folder).autograde(ASSIGNMENT, "ann")
    (folder / "gradebook.db").write_text("this was a database once, long ago", encoding="utf-8")
    done = ask(folder)
    assert done.exit_code == 0
    (sentence,) = done.stderr.splitlines()
    assert "the gradebook is no database any more; put a copy of it in its place" in sentence
    assert sentence.endswith("; the page says nothing of written answers and links nothing")


def test_an_assignment_that_the_course_has_not_is_one_sentence(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["report", "derivative"])
    assert done.exit_code == 2
    assert "there is no assignment 'derivative'; did you mean derivatives?" in done.stderr


def test_nothing_graded_is_one_sentence_and_makes_no_gradebook(folder: Path) -> None:
    (folder / "gradebook.db").unlink()
    hand_in(folder, "ann", RIGHT)
    done = ask(folder)
    assert done.exit_code == 2
    assert done.stderr.startswith("dojo report: nothing is judged yet; run `dojo grade")
    assert not (folder / "gradebook.db").exists()
    assert not (folder / f"{ASSIGNMENT}-report.html").exists()


def _answered(text: str, cells: dict[str, str]) -> str:
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = cells.get(name, cell["source"])
    return json.dumps(notebook)
