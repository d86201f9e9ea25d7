"""The four folders hold one text, and whatever is out of step is found and named."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from graders.authoring.build import build, check, pairs
from graders.cli import app
from graders.course import CourseError, topics

pytestmark = pytest.mark.lowest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("source", "solutions", "release", "exercises")
IGNORED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".progress*", ".backups")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course's texts."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=IGNORED)
    for name in ("nbgrader_config.py", "jupytext.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "graders" / "hidden", tmp_path / "graders" / "hidden", ignore=IGNORED)
    return tmp_path


def contents(place: Path) -> dict[str, bytes]:
    names = [
        str(path.relative_to(place))
        for folder in FOLDERS
        for path in (place / folder).rglob("*.*")
        if path.suffix in (".py", ".ipynb")
        and folder in (path.parent.name, path.parent.parent.name)
    ]
    return {name: (place / name).read_bytes() for name in names}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.slow
def test_one_word_out_of_step_is_named_by_file_and_building_puts_it_right(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building ends with the very files of the repository, so those are in step as well."""
    monkeypatch.chdir(course)
    change(course / "release" / "derivatives" / "hvp.ipynb", "Pearlmutter", "Perlmutter")
    change(course / "exercises" / "derivatives" / "jacobian.py", "Jacobian", "Jakobian")
    (course / "exercises" / "derivatives" / "curvature.py").unlink()
    (course / "release" / "derivatives" / "newton.ipynb").write_text("{}", encoding="utf-8")
    (course / "exercises" / "derivatives" / "notes.txt").write_text("mine", encoding="utf-8")
    checked = CliRunner().invoke(app, ["build", "--check"])
    assert checked.exit_code == 1
    assert sorted(checked.stdout.splitlines()) == [
        "exercises/derivatives/curvature.py is missing; run `dojo build`",
        "exercises/derivatives/jacobian.py is not what source/ makes; run `dojo build`",
        "exercises/derivatives/notes.txt is left over; run `dojo build`",
        "release/derivatives/hvp.ipynb is not what source/ makes; run `dojo build`",
        "release/derivatives/newton.ipynb is left over; run `dojo build`",
    ]
    assert build(course) == [
        "written exercises/derivatives/curvature.py",
        "written exercises/derivatives/jacobian.py",
        "deleted exercises/derivatives/notes.txt",
        "written release/derivatives/hvp.ipynb",
        "deleted release/derivatives/newton.ipynb",
    ]
    assert contents(course) == contents(ROOT)


def keep_only(course: Path, *topics: str) -> None:
    """Leave out all other lessons: each takes seconds to build."""
    for folder in FOLDERS:
        for path in (course / folder).rglob("*.*"):
            if path.is_file() and path.stem not in topics:
                path.unlink()
    for path in (course / "graders" / "hidden").glob("*/*"):
        if path.is_dir() and path.name not in topics:
            shutil.rmtree(path)


Change = Callable[[Path], None]


def word_in_source(course: Path) -> None:
    change(course / "source" / "derivatives" / "hessian.ipynb", "gradient", "Gradient")


def word_in_solutions(course: Path) -> None:
    change(course / "solutions" / "derivatives" / "curvature.py", "eigenvalue", "Eigenvalue")


def points_in_solutions(course: Path) -> None:
    change(course / "solutions" / "derivatives" / "hvp.py", '"points": 5', '"points": 6')


def output_in_source(course: Path) -> None:
    path = course / "source" / "derivatives" / "jacobian.ipynb"
    made = nbformat.read(path, as_version=4)
    cell = next(one for one in made.cells if one.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="run")]
    nbformat.write(made, path)


def count_in_source(course: Path) -> None:
    path = course / "source" / "derivatives" / "jacobian.ipynb"
    made = json.loads(path.read_text(encoding="utf-8"))
    next(one for one in made["cells"] if one["cell_type"] == "code")["execution_count"] = 1
    path.write_text(json.dumps(made), encoding="utf-8")


def set_up_in_both(course: Path) -> None:
    old, new = "what is not right yet", "what isn't right yet"
    for path in ("source/derivatives/hvp.ipynb", "solutions/derivatives/hvp.py"):
        change(course / path, old, new) if old in (course / path).read_text() else change(
            course / path, "Raise with a sentence", "Raise with one sentence"
        )


def tool_in_both(course: Path) -> None:
    for path in ("source/derivatives/hvp.ipynb", "solutions/derivatives/hvp.py"):
        change(course / path, "holds other numbers", "holds some other numbers")


def no_script(course: Path) -> None:
    (course / "solutions" / "derivatives" / "hvp.py").unlink()


FOUND: dict[str, tuple[Change, list[str]]] = {
    "a word of a notebook": (
        word_in_source,
        ["derivatives/hessian: source/ and solutions/ differ; run `dojo build`"],
    ),
    "a word of a script": (
        word_in_solutions,
        ["derivatives/curvature: source/ and solutions/ differ; run `dojo build`"],
    ),
    "the points of a check": (
        points_in_solutions,
        ["derivatives/hvp: source/ and solutions/ differ; run `dojo build`"],
    ),
    "an output": (
        output_in_source,
        ["derivatives/jacobian: the notebook in source/ holds outputs; clear them"],
    ),
    "a cell's number": (
        count_in_source,
        ["derivatives/jacobian: the notebook in source/ holds outputs; clear them"],
    ),
    "another set-up cell": (
        set_up_in_both,
        ["derivatives/hvp: the set-up cell differs from the other notebooks'"],
    ),
    "another version of a tool": (
        tool_in_both,
        [
            "derivatives/hessian, derivatives/jacobian, derivatives/hvp: the tool check_untouched "
            "of the checks is not one text"
        ],
    ),
    "a missing script": (
        no_script,
        ["derivatives/hvp: solutions/ has no hvp.py; run `dojo build`"],
    ),
}


@pytest.mark.parametrize(("make", "faults"), FOUND.values(), ids=FOUND.keys())
def test_what_is_wrong_in_the_texts_themselves_is_found(
    course: Path, make: Change, faults: list[str]
) -> None:
    make(course)
    assert check(course) == faults


def test_every_topic_has_its_four_files_and_nothing_else_lies_about() -> None:
    names = {pair.name for pair in pairs(ROOT)}
    assert len(names) >= 4
    expected = {
        f"{folder}/{name}{'.ipynb' if folder in ('source', 'release') else '.py'}"
        for name in names
        for folder in FOLDERS
    }
    assert set(contents(ROOT)) == {*expected, "release/start.ipynb"}


def said_by(course: Path, *options: str) -> str:
    """Build, and give the one sentence that it ends with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        done = CliRunner().invoke(app, ["build", *options])
    assert done.exit_code == 2
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_a_lesson_edited_on_both_sides_is_refused_and_both_edits_stay(course: Path) -> None:
    word_in_source(course)
    change(course / "solutions" / "derivatives" / "hessian.py", "Hessian", "Hesse matrix")
    before = contents(course)
    sentence = said_by(course)
    assert (
        "source/derivatives/hessian.ipynb and solutions/derivatives/hessian.py differ" in sentence
    )
    assert "`dojo build --from source`" in sentence
    assert contents(course) == before


@pytest.mark.slow
def test_saying_which_form_counts_keeps_a_copy_of_the_other(course: Path) -> None:
    keep_only(course, "hessian", "curvature")
    word_in_source(course)
    script = course / "solutions" / "derivatives" / "hessian.py"
    change(script, "Hessian", "Hesse matrix")
    mine = script.read_bytes()
    build(course, "source")
    backups = (course / ".dojo" / "backups" / "derivatives").glob("hessian-*.py")
    assert mine in [path.read_bytes() for path in backups]
    assert check(course) == []
    word_in_solutions(course)
    os.utime(course / "source" / "derivatives" / "curvature.ipynb")
    build(course)
    assert "Eigenvalue" in (course / "source" / "derivatives" / "curvature.ipynb").read_text(
        "utf-8"
    )


def test_what_nbgrader_does_not_take_is_told_by_notebook_and_reason(course: Path) -> None:
    keep_only(course, "hessian")
    path = course / "source" / "derivatives" / "hessian.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("### END SOLUTION", "# the end", 1), encoding="utf-8")
    released = course / "release" / "derivatives" / "hessian.ipynb"
    before = released.read_bytes()
    with pytest.raises(CourseError) as told:
        build(course, "source")
    assert str(told.value) == (
        "nbgrader could not make the student version of derivatives: hessian.ipynb: "
        "RuntimeError: no end solution statement found"
    )
    assert released.read_bytes() == before


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def no_cells(path: Path) -> None:
    nbformat.write(nbformat.v4.new_notebook(), path)


def no_json(path: Path) -> None:
    path.write_text('{"cells": [', encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("source/derivatives/hvp.ipynb", nothing, "cannot be read"),
        ("source/derivatives/hvp.ipynb", no_cells, "is empty"),
        ("source/derivatives/hvp.ipynb", no_json, "cannot be read"),
        ("solutions/derivatives/hvp.py", nothing, "is empty"),
    ],
)
def test_an_emptied_or_broken_form_is_told_and_empties_nothing(
    course: Path, name: str, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(course / name)
    before = contents(course)
    sentence = said_by(course)
    assert f"{name} {said}" in sentence
    assert "delete it to have it made from its other form" in sentence
    assert contents(course) == before


def test_a_broken_source_is_one_sentence_for_learners_too(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_json(course / "source" / "derivatives" / "hvp.ipynb")
    monkeypatch.chdir(course)
    for command in (["list"], ["check", "jacobian"], ["hint"], ["report", "derivatives"]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 2
        (sentence,) = done.stderr.splitlines()
        assert "hvp.ipynb is no notebook that can be read (JSONDecodeError" in sentence
        assert "bring back an older version" in sentence


def test_the_cells_of_a_script_are_headed_as_building_heads_them() -> None:
    """Otherwise a word that is changed in a notebook changes lines that nobody touched."""
    for one in topics():
        script = one.solution.read_text(encoding="utf-8")
        assert not re.findall(r"^# %%.* tags=.* nbgrader=", script, re.MULTILINE), one.path
