"""The sample class gets the grades that its stories promise."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from graders import course
from graders.cli import app
from graders.demo.cycle import Result, run_cycle, show_results
from graders.demo.pupils import CLASS, Pupil, hand_in

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

BASE = Path(__file__).resolve().parent.parent
ASSIGNMENT = "derivatives"
WRITTEN = {"why-silent"}
AUTOMATIC = 40.0


def pupil(name: str) -> Pupil:
    return next(one for one in CLASS if one.name == name)


def run(folder: Path, *names: str) -> dict[str, dict[str, Result]]:
    """Give the results of each assignment, by the names of those who handed it in."""
    found: dict[str, dict[str, Result]] = {}
    pupils = [pupil(name) for name in names]
    for result in run_cycle(BASE, folder, Console(quiet=True), pupils):
        found.setdefault(result.assignment, {})[result.pupil.name] = result
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_whole_class_gets_the_grades_it_deserves(tmp_path: Path) -> None:
    both = run(tmp_path / "demo", *[one.name for one in CLASS])
    results = both[ASSIGNMENT]
    for name in ("ada", "ben", "jon", "lea"):
        assert results[name].score == AUTOMATIC, name
        assert set(results[name].for_a_person) == WRITTEN
    for name in ("cleo", "dan", "eva", "finn", "gina", "iris"):
        assert 0 < results[name].score < AUTOMATIC, name
        assert results[name].remark
        assert set(results[name].for_a_person) == WRITTEN
    assert results["kim"].score == 0
    assert set(results["hugo"].for_a_person) == WRITTEN | {"check-gradient", "check-hessian"}
    assert results["hugo"].score == AUTOMATIC - 10
    assert results["max"].score == AUTOMATIC - 10
    assert not results["max"].for_a_person
    for name, word in (("finn", "stopped"), ("gina", "memory"), ("iris", "interpreter")):
        assert word in results[name].remark
    rows = (tmp_path / "demo" / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 2 * len(CLASS)
    pages = list((tmp_path / "demo" / "feedback").glob(f"*/{ASSIGNMENT}/*.html"))
    assert len(pages) == len(CLASS) * len(course.assignment(ASSIGNMENT))
    applications = both["applications"]
    assert set(applications) == {"ada", "dan", "finn", "gina", "hugo", "kim"}
    points = {
        topic.name: sum(task.points for task in topic.tasks)
        for topic in course.assignment("applications")
    }
    assert {name: applications["ada"].of(name) for name in points} == points
    for name, word in (("dan", ""), ("finn", "stopped"), ("gina", "memory")):
        assert 0 < applications[name].score < applications["ada"].score, name
        assert word in applications[name].remark
    assert "check-newton" in applications["hugo"].for_a_person
    assert applications["kim"].score == 0


def test_a_folder_with_other_work_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    answer = CliRunner().invoke(app, ["demo", "--folder", str(tmp_path)])
    assert answer.exit_code == 2
    assert "--folder" in answer.output
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_the_table_names_everybody_in_a_narrow_terminal() -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    show_results([Result(one, ASSIGNMENT, (), "") for one in CLASS], console)
    text = console.export_text()
    assert all(one.name in text and one.story in text for one in CLASS)


def test_pupils_hand_in_what_their_stories_say(tmp_path: Path) -> None:
    release = tmp_path / "release"
    release.mkdir()
    marks = {"grade_id": "hvp"}
    cell = {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": "stub"}
    (release / "hvp.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    hand_in(pupil("gina"), release, tmp_path / "gina")
    handed_in = json.loads((tmp_path / "gina" / "hvp.ipynb").read_text(encoding="utf-8"))
    assert "1_000_000" in handed_in["cells"][0]["source"]
    hand_in(pupil("kim"), release, tmp_path / "kim")
    assert "stub" in (tmp_path / "kim" / "hvp.ipynb").read_text(encoding="utf-8")
