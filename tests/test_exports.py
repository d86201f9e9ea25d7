"""Grades for other systems: a spreadsheet, Canvas and Moodle from real gradebooks."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets.utils.importstring import import_item

from graders.outlets.csv_export import CanvasExporter, MoodleExporter
from graders.outlets.nbgrader.course_folder import CourseFolder

pytestmark = [
    pytest.mark.lowest,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

ROOT = Path(__file__).resolve().parent.parent
AWKWARD = 'O\'Neil, "Zoë"'


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gradebook]:
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        # nbgrader starts alembic by its bare name.
        patch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)
        found = stack.enter_context(Gradebook(f"sqlite:///{path}"))
        for name in ("derivatives", "second, order"):
            found.add_assignment(name)
            found.add_notebook("hvp", name)
            for cell, points in (("check-a", 3), ("check-b", 7)):
                found.add_grade_cell(cell, "hvp", name, max_score=points, cell_type="code")
        found.add_student("ann", first_name="Ann", last_name=AWKWARD, lms_user_id="4711")
        found.add_student("bob", first_name="=1+1", email="bob@example.org")
        found.add_student("cy")
        found.add_submission("derivatives", "ann")
        found.add_submission("derivatives", "bob")
        for cell, score in (("check-a", 0.1 + 0.2), ("check-b", 7.0)):
            found.find_grade(cell, "hvp", "derivatives", "ann").auto_score = score
            found.find_grade(cell, "hvp", "derivatives", "bob").auto_score = 0.0
        found.db.commit()
        yield found


def rows(plugin: ExportPlugin, gradebook: Gradebook, path: Path) -> list[dict[str, str]]:
    plugin.to = str(path)
    plugin.export(gradebook)
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_login(found: list[dict[str, str]], column: str) -> list[dict[str, str]]:
    """Pick Ann, Bob and Cy, in this order."""
    return [next(row for row in found if row[column] == name) for name in ("ann", "bob", "cy")]


def test_canvas_gets_points_possible_names_and_scores(gradebook: Gradebook, tmp_path: Path) -> None:
    possible, *students = rows(CanvasExporter(), gradebook, tmp_path / "canvas.csv")
    ann, bob, cy = by_login(students, "SIS Login ID")
    assert list(possible)[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible["Student"] == "Points Possible"
    assert (possible["derivatives"], possible["second, order"]) == ("10", "10")
    assert ann["Student"] == f"{AWKWARD}, Ann"
    assert (ann["ID"], ann["SIS Login ID"]) == ("4711", "ann")
    assert (ann["derivatives"], bob["derivatives"]) == ("7.3", "0")
    assert cy["Student"] == "cy"


def test_moodle_gets_user_names_and_scores(gradebook: Gradebook, tmp_path: Path) -> None:
    ann, bob, _ = by_login(rows(MoodleExporter(), gradebook, tmp_path / "moodle.csv"), "Username")
    assert (ann["Username"], ann["Last name"], ann["derivatives"]) == ("ann", AWKWARD, "7.3")
    assert (bob["Email address"], bob["derivatives"]) == ("bob@example.org", "0")


@pytest.mark.parametrize(
    ("kind", "login"), [(CanvasExporter, "SIS Login ID"), (MoodleExporter, "Username")]
)
def test_what_was_not_handed_in_is_no_grade_and_not_zero(
    gradebook: Gradebook, tmp_path: Path, kind: type[MoodleExporter | CanvasExporter], login: str
) -> None:
    students = by_login(rows(kind(), gradebook, tmp_path / "grades.csv"), login)
    none = kind.no_grade
    assert [student["derivatives"] for student in students] == ["7.3", "0", none]
    assert [student["second, order"] for student in students] == [none] * 3


@pytest.mark.parametrize("kind", [CanvasExporter, MoodleExporter])
def test_a_name_is_never_a_formula(
    gradebook: Gradebook, tmp_path: Path, kind: type[ExportPlugin]
) -> None:
    found = rows(kind(), gradebook, tmp_path / "grades.csv")
    cells = [cell for row in found for cell in row.values()]
    # A dash alone is no formula; it is how Moodle writes "no grade".
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@")) and cell != "-"]
    assert [cell for cell in cells if "=1+1" in cell] == ["'=1+1"]


def test_only_what_is_asked_for_is_exported(gradebook: Gradebook, tmp_path: Path) -> None:
    plugin = MoodleExporter()
    plugin.student, plugin.assignment = ["bob"], ["derivatives"]
    (bob,) = rows(plugin, gradebook, tmp_path / "grades.csv")
    assert bob["Username"] == "bob"
    assert "second, order" not in bob


def test_nbgrader_finds_the_plugins_by_name() -> None:
    for name in ("CanvasExporter", "MoodleExporter"):
        assert issubclass(import_item(f"graders.outlets.csv_export.{name}"), ExportPlugin)


NAMES = {
    "ada": ("Łucja", 'Ødegård, "Q"'),
    "ben": ("=cmd|' /C calc'!A0", "@SUM(1+1)"),
    "cleo": ("＝1+1", "李, 小龍"),
}


def dojo(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graders.cli", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade three of the sample class for real, and give them awkward names."""
    folder = tmp_path_factory.mktemp("class") / "demo"
    done = dojo(ROOT, "demo", "--students", "3", "--folder", str(folder))
    assert done.returncode == 0, done.stderr
    with CourseFolder(folder).gradebook() as gradebook:
        for name, (first, last) in NAMES.items():
            student = gradebook.find_student(name)
            student.first_name, student.last_name = first, last
        gradebook.db.commit()
    return folder


def exported(folder: Path, form: str, path: Path, *words: str) -> list[dict[str, str]]:
    done = dojo(folder, "export", form, "--output", str(path), *words)
    assert done.returncode == 0, done.stderr
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.timeout(600)
def test_the_three_files_of_a_graded_class_agree(small_class: Path, tmp_path: Path) -> None:
    in_full = exported(small_class, "csv", tmp_path / "grades.csv")
    possible, *canvas = exported(small_class, "canvas", tmp_path / "canvas.csv")
    moodle = exported(small_class, "moodle", tmp_path / "moodle.csv")
    assert {row["assignment"] for row in in_full} == {"derivatives", "applications"}
    for row in in_full:
        name, who = row["assignment"], row["student_id"]
        (there,) = [one for one in canvas if one["SIS Login ID"] == who]
        (also,) = [one for one in moodle if one["Username"] == who]
        none = row["handed_in"] == "no"
        assert (there[name], also[name]) == (("", "-") if none else (row["score"], row["score"]))
        assert possible[name] == row["max_score"]
        parts = [text for key, text in row.items() if "." in key and text]
        assert none or sum(map(float, parts)) == pytest.approx(float(row["score"]))
    assert float(next(row["derivatives"] for row in moodle if row["Username"] == "ada")) > 30


@pytest.mark.timeout(600)
def test_awkward_names_of_a_graded_class_stay_names(small_class: Path, tmp_path: Path) -> None:
    in_full = exported(small_class, "csv", tmp_path / "grades.csv")
    canvas = exported(small_class, "canvas", tmp_path / "canvas.csv")[1:]
    moodle = exported(small_class, "moodle", tmp_path / "moodle.csv")
    for who, (first, last) in NAMES.items():
        full = next(row for row in in_full if row["student_id"] == who)
        (there,) = [row for row in canvas if row["SIS Login ID"] == who]
        (also,) = [row for row in moodle if row["Username"] == who]
        safe = [f"'{name}" if name[0] in "=@＝" else name for name in (first, last)]
        assert [full["first_name"], full["last_name"]] == safe
        assert [also["First name"], also["Last name"]] == safe
        assert there["Student"] == f"{safe[1]}, {first}"


@pytest.mark.timeout(600)
def test_an_export_says_whose_points_are_not_all_there(small_class: Path, tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    done = dojo(small_class, "export", "canvas", "--output", str(path))
    assert "derivatives: something of 3 students is still to be marked by a person" in done.stdout
    only = exported(small_class, "canvas", path, "--assignment", "derivatives")
    assert "applications" not in only[0]


def test_an_export_of_nothing_is_one_sentence(small_class: Path, tmp_path: Path) -> None:
    refused = dojo(tmp_path, "export", "csv")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no nbgrader_config.py" in refused.stderr
    refused = dojo(small_class, "export", "csv", "--assignment", "nope")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "knows no nope; it has applications, derivatives" in refused.stderr
    refused = dojo(small_class, "export", "csv", "--output", str(tmp_path / "no" / "grades.csv"))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text("utf-8"))
    refused = dojo(tmp_path, "export", "moodle")
    assert "there is no gradebook" in refused.stderr
    assert not list(tmp_path.glob("*.db"))
