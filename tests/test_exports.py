"""Grades for other systems: Canvas and Moodle from a real gradebook."""

from __future__ import annotations

import csv
import os
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets.utils.importstring import import_item

from graders.outlets.csv_export import CanvasExporter, MoodleExporter

pytestmark = [
    pytest.mark.lowest,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

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
