"""nbgrader with this course's settings, on a real course folder with a real gradebook."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from class_of_students import ASSIGNMENT, RIGHT, TOPIC, make_course

from graders.judge.session import ConfinementError, Session
from graders.outlets.nbgrader import autograde
from graders.outlets.nbgrader.course_folder import CourseFolder, NbgraderError
from graders.sandbox.processes import GraderFaultError

FULL = {"check-gradient": 3.0, "check-hessian": 7.0}

Notebook = dict[str, Any]
Change = Callable[[Notebook], None]

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if marks(c).get("grade_id") == grade_id)


def marks(of: dict[str, Any]) -> dict[str, Any]:
    return of["metadata"].get("nbgrader", {})


def answered(notebook: Notebook) -> None:
    for name, source in RIGHT.items():
        cell(notebook, name)["source"] = source


def without(*grade_ids: str) -> Change:
    def change(notebook: Notebook) -> None:
        notebook["cells"] = [
            c for c in notebook["cells"] if marks(c).get("grade_id") not in grade_ids
        ]

    return change


def doubled(notebook: Notebook) -> None:
    notebook["cells"] += [json.loads(json.dumps(c)) for c in notebook["cells"] if marks(c)]


def split(notebook: Notebook) -> None:
    """What JupyterLab leaves when a cell is split: two with the same marks."""
    place = notebook["cells"].index(cell(notebook, "check-hessian"))
    second = json.loads(json.dumps(notebook["cells"][place]))
    notebook["cells"][place]["source"], second["source"] = "first = 1", "second = 2"
    notebook["cells"].insert(place + 1, second)


def renamed(notebook: Notebook) -> None:
    marks(cell(notebook, "check-gradient"))["grade_id"] = "my-checks"


def tagged(notebook: Notebook) -> None:
    for each in notebook["cells"]:
        each["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def points_multiplied(notebook: Notebook) -> None:
    marks(cell(notebook, "check-gradient"))["points"] = 1000


def unlocked(notebook: Notebook) -> None:
    check = cell(notebook, "check-hessian")
    marks(check).update(locked=False, solution=True, schema_version=1)
    check["source"] = "7.0"


def other_kernel(notebook: Notebook) -> None:
    notebook["metadata"] = {"kernelspec": {"name": "ir", "language": "R"}, "language_info": 7}


def other_types(notebook: Notebook) -> None:
    cell(notebook, "check-gradient").update(cell_type="markdown", attachments={"a": 3})
    notebook["cells"] += [3, None, {"cell_type": "heading"}, {"cell_type": "code", "source": 5}]


def lone_surrogate(notebook: Notebook) -> None:
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "\ud800"})


MANGLED: dict[str, Change] = {
    "a deleted check cell": without("check-gradient"),
    "all marked cells deleted but the answers": without("setup", "check-gradient", "check-hessian"),
    "every marked cell twice": doubled,
    "a check cell split in two": split,
    "a check cell with another name": renamed,
    "cells tagged skip-execution and raises-exception": tagged,
    "points multiplied": points_multiplied,
    "a check cell unlocked and rewritten": unlocked,
    "another kernel": other_kernel,
    "cells of the wrong type": other_types,
    "text that is not Unicode": lone_surrogate,
}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(released: CourseFolder) -> Iterator[CourseFolder]:
    yield released
    for name in ("submitted", "autograded", "feedback"):
        shutil.rmtree(released.folder / name, ignore_errors=True)


def release_of(course: CourseFolder) -> Notebook:
    path = course.folder / "release" / ASSIGNMENT / f"{TOPIC}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def place(course: CourseFolder, student: str) -> Path:
    folder = course.folder / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{TOPIC}.ipynb"


def hand_in(course: CourseFolder, student: str, *changes: Change) -> None:
    notebook = release_of(course)
    for change in changes:
        change(notebook)
    place(course, student).write_text(json.dumps(notebook), encoding="utf-8")


def points(course: CourseFolder, student: str) -> dict[str, float]:
    return {grade.cell: grade.score for grade in course.grades(ASSIGNMENT, student)}


def for_a_person(course: CourseFolder, student: str) -> set[str]:
    return {g.cell for g in course.grades(ASSIGNMENT, student) if g.needs_person}


def graded_notebook(course: CourseFolder, student: str) -> Notebook:
    path = course.folder / "autograded" / student / ASSIGNMENT / f"{TOPIC}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def feedback_of(course: CourseFolder, student: str) -> str:
    course.feedback(ASSIGNMENT, student)
    path = course.folder / "feedback" / student / ASSIGNMENT / f"{TOPIC}.html"
    return path.read_text(encoding="utf-8")


@pytest.mark.lowest
def test_the_student_version_holds_stubs_and_no_hidden_tests(course: CourseFolder) -> None:
    text = json.dumps(release_of(course))
    assert text.count("raise NotImplementedError") >= len(FULL)
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text
    assert "hidden graders" not in text


@pytest.mark.lowest
def test_a_right_answer_earns_all_points_and_a_stub_none(course: CourseFolder) -> None:
    hand_in(course, "right", answered)
    hand_in(course, "empty")
    for student in ("right", "empty"):
        course.autograde(ASSIGNMENT, student)
    assert points(course, "right") == FULL
    assert points(course, "empty") == dict.fromkeys(FULL, 0.0)
    assert not for_a_person(course, "right") | for_a_person(course, "empty")


_RIGHT_WHERE_THERE_IS_A_GRAPH = """
def gradient(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    return torch.autograd.grad(func(x), x)[0]
"""


@pytest.mark.lowest
def test_partial_credit_reaches_the_gradebook(course: CourseFolder) -> None:
    def one_of_two(notebook: Notebook) -> None:
        cell(notebook, "gradient")["source"] = _RIGHT_WHERE_THERE_IS_A_GRAPH

    hand_in(course, "part", answered, one_of_two)
    course.autograde(ASSIGNMENT, "part")
    assert 0 < points(course, "part")["check-gradient"] < FULL["check-gradient"]
    assert points(course, "part")["check-hessian"] == FULL["check-hessian"]


@pytest.mark.slow
@pytest.mark.parametrize("change", MANGLED.values(), ids=MANGLED.keys())
def test_a_mangled_notebook_keeps_the_points_of_its_answers(
    course: CourseFolder, change: Change
) -> None:
    hand_in(course, "mangled", answered, change)
    course.autograde(ASSIGNMENT, "mangled")
    assert points(course, "mangled") == FULL
    assert not for_a_person(course, "mangled")


@pytest.mark.slow
@pytest.mark.parametrize("change", [tagged, unlocked, points_multiplied, doubled])
def test_no_trick_earns_points_without_an_answer(course: CourseFolder, change: Change) -> None:
    hand_in(course, "trickster", change)
    course.autograde(ASSIGNMENT, "trickster")
    assert points(course, "trickster") == dict.fromkeys(FULL, 0.0)


def test_each_check_cell_has_exactly_one_result_and_it_is_a_number(course: CourseFolder) -> None:
    hand_in(course, "right", answered, doubled, split)
    course.autograde(ASSIGNMENT, "right")
    checks = [c for c in graded_notebook(course, "right")["cells"] if marks(c).get("grade")]
    assert sorted(marks(c)["grade_id"] for c in checks) == sorted(FULL)
    for check in checks:
        results = [o for o in check["outputs"] if o["output_type"] == "execute_result"]
        assert [float("".join(o["data"]["text/plain"])) for o in results] == [
            FULL[marks(check)["grade_id"]]
        ]
        assert not [o for o in check["outputs"] if o["output_type"] in ("stream", "error")]


def broken_json(path: Path) -> None:
    path.write_text('{"cells": [', encoding="utf-8")


def not_utf8(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def not_a_notebook(path: Path) -> None:
    path.write_text('{"cells": 5}', encoding="utf-8")


def deep_json(path: Path) -> None:
    path.write_text("[" * 100_000, encoding="utf-8")


def a_link_to_the_solution(path: Path) -> None:
    path.symlink_to(path.parents[3] / "source" / ASSIGNMENT / path.name)


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def two_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 2**30)


UNREADABLE = {
    broken_json: "JSON is broken",
    not_utf8: "not UTF-8",
    not_a_notebook: "not a notebook",
    deep_json: "not a notebook",
    a_link_to_the_solution: "is a link",
    a_fifo: "not a regular file",
    a_folder: "hessian.ipynb",
    two_gigabytes: "clear the outputs",
}


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")
@pytest.mark.parametrize(
    ("make", "sentence"), UNREADABLE.items(), ids=lambda v: getattr(v, "__name__", "")
)
def test_what_cannot_be_read_goes_to_a_person_and_the_student_is_told(
    course: CourseFolder, make: Callable[[Path], None], sentence: str
) -> None:
    make(place(course, "unreadable"))
    log = course.autograde(ASSIGNMENT, "unreadable")
    assert sentence in log
    assert for_a_person(course, "unreadable") == set(FULL)
    assert points(course, "unreadable") == dict.fromkeys(FULL, 0.0)
    assert sentence in feedback_of(course, "unreadable")


@pytest.mark.lowest
def test_a_missing_notebook_is_worth_zero_and_the_student_is_told(course: CourseFolder) -> None:
    (place(course, "absent").parent / "hessian (1).ipynb").write_text("{}", encoding="utf-8")
    course.autograde(ASSIGNMENT, "absent")
    assert points(course, "absent") == dict.fromkeys(FULL, 0.0)
    assert not for_a_person(course, "absent")
    assert "There was no hessian.ipynb" in feedback_of(course, "absent")


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")
def test_links_and_fifos_beside_the_notebook_are_not_followed(course: CourseFolder) -> None:
    hand_in(course, "linker", answered)
    folder = place(course, "linker").parent
    (folder / "notes.txt").symlink_to(course.folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb")
    os.mkfifo(folder / "pipe")
    course.autograde(ASSIGNMENT, "linker")
    feedback_of(course, "linker")
    assert points(course, "linker") == FULL
    for kind in ("autograded", "feedback"):
        copied = course.folder / kind / "linker" / ASSIGNMENT / "notes.txt"
        assert "BEGIN SOLUTION" not in copied.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [GraderFaultError("no worker"), KeyError("a bug")])
def test_the_grader_s_own_fault_is_no_zero(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    hand_in(course, "unlucky", answered)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "judge", fails)
        log = course.autograde(ASSIGNMENT, "unlucky")
    assert "A person has to grade it" in log
    assert for_a_person(course, "unlucky") == set(FULL)
    assert "No points were taken off" in feedback_of(course, "unlucky")
    course.autograde(ASSIGNMENT, "unlucky")
    assert points(course, "unlucky") == FULL
    assert not for_a_person(course, "unlucky")


def test_a_notebook_graded_by_another_version_gets_a_sentence_in_place_of_its_feedback() -> None:
    kept = {"dojo": {"task": {"name": "hessian", "checks": [{"name": "exists", "weight": 0}]}}}
    cell = nbformat.v4.new_code_cell(metadata=kept)
    shown = autograde.feedback_output(cell).data["text/plain"]
    assert shown == autograde._OLDER
    assert autograde.first_words(cell) == ""


def test_an_error_at_one_student_changes_nothing_for_the_next(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader leaves its sign that a second reading is due where the second reading fails."""
    save = autograde.SaveGrades.preprocess

    def full_disk(self: Any, nb: Any, resources: Any) -> Any:
        if resources["nbgrader"]["student"] == "anna":
            raise OSError(28, "No space left on device")
        return save(self, nb, resources)

    hand_in(course, "anna", answered)
    hand_in(course, "ben", doubled, other_kernel)
    hand_in(course, "cleo", answered, doubled)
    monkeypatch.setattr(autograde.SaveGrades, "preprocess", full_disk)
    with pytest.raises(NbgraderError, match="No space left"):
        course.autograde(ASSIGNMENT, "*")
    for student, expected in (("ben", dict.fromkeys(FULL, 0.0)), ("cleo", FULL)):
        assert points(course, student) == expected, student
        assert not for_a_person(course, student), student
    course.autograde(ASSIGNMENT, "ben")
    assert points(course, "ben") == dict.fromkeys(FULL, 0.0)


def test_a_machine_that_cannot_confine_student_code_grades_nobody(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Session) -> None:
        raise ConfinementError("no Landlock here")

    hand_in(course, "unlucky", answered)
    monkeypatch.setattr(Session, "require_confinement", refuses)
    assert "no Landlock here" in course.autograde(ASSIGNMENT, "unlucky")
    assert for_a_person(course, "unlucky") == set(FULL)


@pytest.mark.lowest
def test_a_person_s_points_survive_grading_again(course: CourseFolder) -> None:
    hand_in(course, "kept", answered)
    course.autograde(ASSIGNMENT, "kept")
    with course.gradebook() as gradebook:
        gradebook.find_grade("check-gradient", TOPIC, ASSIGNMENT, "kept").manual_score = 1.5
        gradebook.db.commit()
    course.autograde(ASSIGNMENT, "kept")
    assert points(course, "kept")["check-gradient"] == 1.5


ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
)
# A tag inside of an attribute: whatever changes the page afterwards must not bring it to life.
IN_AN_ATTRIBUTE = '<b title="<img onmouseover=alert(1) y">x</b> ![a](x "<img onerror=alert(1) y")'


def dangers(page: str) -> list[str]:
    """Elements that would run something of the student's, as a browser sees them."""
    found = []
    for element in BeautifulSoup(page, "html.parser").find_all(True):
        values = {name: str(value) for name, value in element.attrs.items()}
        handlers = [name for name in values if name.startswith("on") or name == "srcdoc"]
        links = [value for value in values.values() if "javascript:" in value.lower()]
        ours = element.name == "script" and "alert" not in element.get_text()
        is_script = element.name in ("script", "iframe", "object", "embed", "form") and not ours
        if handlers or links or is_script or element.name == "svg":
            found.append(str(element)[:200])
    return found


def test_the_search_for_dangers_finds_them() -> None:
    raw = ("<svg onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>", *ATTACKS)
    assert [bool(dangers(text)) for text in raw if not text.startswith("[")] == [True] * 5


@pytest.mark.lowest
def test_student_html_is_disarmed_in_feedback_and_formgrader(course: CourseFolder) -> None:
    def attack(notebook: Notebook) -> None:
        bundle = {
            "text/html": ATTACKS[0],
            "image/svg+xml": "<svg onload=alert(1)>",
            "application/javascript": "alert(1)",
            "text/plain": ATTACKS[1],
            "image/png": '" onerror="alert(1)',
        }
        outputs = [
            {"output_type": "display_data", "data": bundle, "metadata": {}},
            {"output_type": "stream", "name": "stdout", "text": ATTACKS[0]},
            {"output_type": "error", "ename": ATTACKS[0], "evalue": "", "traceback": [ATTACKS[1]]},
        ]
        cell(notebook, "gradient")["outputs"] = outputs
        for kind in ("markdown", "raw"):
            for text in (*ATTACKS, IN_AN_ATTRIBUTE):
                notebook["cells"].append({"cell_type": kind, "metadata": {}, "source": text})

    hand_in(course, "attacker", attack)
    course.autograde(ASSIGNMENT, "attacker")
    page = feedback_of(course, "attacker")
    assert not dangers(page)
    kept = cell(graded_notebook(course, "attacker"), "gradient")["outputs"]
    assert {kind for o in kept for kind in o.get("data", {})} == {"text/plain"}


@pytest.mark.lowest
def test_outputs_and_pictures_of_students_are_kept(course: CourseFolder) -> None:
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"

    def shown(notebook: Notebook) -> None:
        data = {"image/png": picture, "text/plain": "a figure"}
        cell(notebook, "gradient")["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["it ", "works"]},
            {"output_type": "display_data", "data": data, "metadata": {}},
        ]

    hand_in(course, "artist", answered, shown)
    course.autograde(ASSIGNMENT, "artist")
    page = feedback_of(course, "artist")
    assert picture in page
    assert "it works" in page


@pytest.mark.lowest
def test_feedback_shows_no_hidden_test_and_no_solution(course: CourseFolder) -> None:
    hand_in(course, "empty")
    course.autograde(ASSIGNMENT, "empty")
    page = feedback_of(course, "empty")
    source = json.loads(
        (course.folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb").read_text("utf-8")
    )
    assert "HIDDEN TESTS" not in page
    assert "hidden graders" not in page
    for name in RIGHT:
        region = "".join(cell(source, name)["source"]).partition("### BEGIN SOLUTION")[2]
        lines = [line.strip() for line in region.splitlines() if "=" in line and "(" in line]
        assert lines
        assert not [line for line in lines if line in page]
    assert "dojo-feedback" in page


def test_the_export_has_a_row_per_student_and_says_where_a_person_is_needed(
    course: CourseFolder, tmp_path: Path
) -> None:
    broken_json(place(course, "=HYPERLINK()"))
    course.autograde(ASSIGNMENT, "=HYPERLINK()")
    course.export(tmp_path / "grades.csv")
    header, *rows = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert "needs_person" in header
    (row,) = [row for row in rows if "HYPERLINK" in row]
    assert ",'=HYPERLINK()," in row
    assert "check-gradient check-hessian" in row
