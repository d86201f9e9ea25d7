"""A learner's own folder: `dojo init` fills it, `dojo update` renews it and loses no line."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePosixPath

import pytest
from installed import install
from learners import RIGHT_VJP, ROOT, STUB, WRONG_VJP, dojo

from graders.course import CourseError, topics
from graders.course.notebook import grade_id
from graders.kit.package import build_wheel
from graders.learners.own_folder import Change, begin, topics_of, update
from graders.learners.workplace import GIVEN, find_own_folder, find_workplace

SCRIPT = PurePosixPath("exercises/derivatives/jacobian.py")
NOTEBOOK = PurePosixPath("derivatives/jacobian.ipynb")
OLD = b"# A lesson\n\nimport torch\n\n\ndef vjp():\n    raise NotImplementedError\n\n\n# The end\n"
NEW = OLD.replace(b"# A lesson", b"# A better lesson")
MINE = OLD.replace(b"raise NotImplementedError", b"return 7")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "mine"
    begin(place, {SCRIPT: OLD, NOTEBOOK: b"{}"})
    return place


def changes(folder: Path, new: dict[PurePosixPath, bytes]) -> list[Change]:
    return [one.change for one in update(folder, new)]


def test_a_folder_begins_with_what_is_given_and_keeps_a_copy_of_it(folder: Path) -> None:
    assert (folder / SCRIPT).read_bytes() == (folder / GIVEN / SCRIPT).read_bytes() == OLD
    assert sorted(path.name for path in folder.iterdir()) == [".dojo", "derivatives", "exercises"]


def test_a_folder_is_begun_once_and_only_where_nothing_is(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="dojo update"):
        begin(folder, {SCRIPT: NEW})
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.txt").write_text("mine")
    with pytest.raises(CourseError, match="not empty"):
        begin(other, {SCRIPT: NEW})
    assert [path.name for path in other.iterdir()] == ["diary.txt"]
    assert (folder / SCRIPT).read_bytes() == OLD


def test_an_empty_folder_in_which_somebody_stands_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin(Path(), {SCRIPT: OLD})
    assert Path(SCRIPT).read_bytes() == OLD
    assert find_own_folder() == tmp_path.resolve()


def test_what_nobody_changed_is_renewed(folder: Path) -> None:
    assert changes(folder, {SCRIPT: NEW, NOTEBOOK: b"[]"}) == [Change.RENEWED, Change.RENEWED]
    assert (folder / SCRIPT).read_bytes() == NEW
    assert changes(folder, {SCRIPT: NEW, NOTEBOOK: b"[]"}) == []


def test_what_the_course_did_not_change_stays_the_learners(folder: Path) -> None:
    (folder / SCRIPT).write_bytes(MINE)
    assert changes(folder, {SCRIPT: OLD, NOTEBOOK: b"{}"}) == []
    assert (folder / SCRIPT).read_bytes() == MINE


def test_a_script_that_both_changed_has_both_changes_and_is_kept_as_it_was(folder: Path) -> None:
    (folder / SCRIPT).write_bytes(MINE)
    (updated,) = update(folder, {SCRIPT: NEW})
    assert updated.change is Change.MERGED
    text = (folder / SCRIPT).read_bytes()
    assert b"# A better lesson" in text and b"return 7" in text
    assert (folder / updated.other).read_bytes() == MINE
    assert changes(folder, {SCRIPT: NEW}) == []


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        (MINE, OLD.replace(b"raise NotImplementedError", b"raise NotImplementedError('write')")),
        # The lines are not the same, but the learner made a text of what the course put one into.
        (
            OLD.replace(b"import torch", b'"""import torch').replace(b"The end", b'"""'),
            OLD.replace(b"    raise", b'    """Give 7."""\n    raise'),
        ),
    ],
    ids=["the same line", "no Python any more"],
)
def test_what_cannot_be_merged_stays_and_the_new_one_lies_beside(
    folder: Path, mine: bytes, new: bytes
) -> None:
    (folder / SCRIPT).write_bytes(mine)
    (updated,) = update(folder, {SCRIPT: new})
    assert updated.change is Change.BESIDE
    assert updated.other == "exercises/derivatives/jacobian.new.py"
    assert (folder / updated.other).read_bytes() == new
    assert (folder / SCRIPT).read_bytes() == mine


def notebook(*cells: tuple[str, str]) -> bytes:
    made = [{"cell_type": "code", "id": key, "metadata": {}, "source": text} for key, text in cells]
    return json.dumps({"cells": made, "nbformat": 4}).encode()


def test_a_notebook_has_the_courses_words_the_learners_answers_and_both_ones_cells(
    folder: Path,
) -> None:
    stub = (
        'def f():\n    """Give seven.\n\n    Returns: it.\n    """\n    raise NotImplementedError'
    )
    given = notebook(("a", "# words"), ("b", stub), ("c", "print(1)"), ("d", "print(2)"))
    update(folder, {NOTEBOOK: given})
    answer = stub.replace("raise NotImplementedError", "return 7")
    mine = (("a", "# words"), ("b", answer), ("own", "f()"), ("d", "print(2)"))
    (folder / NOTEBOOK).write_bytes(notebook(*mine))
    better = stub.replace("Give", "Return")
    new = (("a", "# better"), ("b", better), ("e", "new"), ("c", "print(1)"), ("d", "print(2)"))
    (updated,) = update(folder, {NOTEBOOK: notebook(*new)})
    assert updated.change is Change.MERGED
    cells = json.loads((folder / NOTEBOOK).read_bytes())["cells"]
    both = better.replace("raise NotImplementedError", "return 7")
    assert [(cell["id"], "".join(cell["source"])) for cell in cells] == [
        *(("a", "# better"), ("b", both), ("own", "f()"), ("e", "new"), ("d", "print(2)"))
    ]
    assert (folder / updated.other).read_bytes() == notebook(*mine)
    assert changes(folder, {NOTEBOOK: notebook(*new)}) == []


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        (notebook(("a", "mine")), notebook(("a", "new"))),
        (notebook(("a", "mine"), ("a", "twice")), notebook(("a", "new"))),
        (b"{", notebook(("a", "new"))),
        (b'{"cells": [{"source": "no id"}]}', notebook(("a", "new"))),
    ],
    ids=["the same line", "one id twice", "broken", "no ids"],
)
def test_a_notebook_that_cannot_be_merged_stays_and_the_new_one_lies_beside(
    folder: Path, mine: bytes, new: bytes
) -> None:
    update(folder, {NOTEBOOK: notebook(("a", "old"))})
    (folder / NOTEBOOK).write_bytes(mine)
    (updated,) = update(folder, {NOTEBOOK: new})
    assert updated.change is Change.BESIDE
    assert (folder / NOTEBOOK).read_bytes() == mine
    assert (folder / updated.other).read_bytes() == new


def test_a_second_new_version_beside_takes_another_name(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(b"mine")
    first, second = (update(folder, {NOTEBOOK: new})[0] for new in (b"new", b"newer"))
    assert (folder / NOTEBOOK).read_bytes() == b"mine"
    assert (folder / first.other).read_bytes() == b"new"
    assert (folder / second.other).read_bytes() == b"newer"
    assert "jacobian.new-2.ipynb" in str(second)


def test_a_file_that_was_deleted_stays_away_and_a_new_lesson_comes(folder: Path) -> None:
    (folder / NOTEBOOK).unlink()
    more = PurePosixPath("derivatives/third.ipynb")
    new = {NOTEBOOK: b"[]", more: b"[1]"}
    assert changes(folder, new) == [Change.GONE, Change.ADDED]
    (said,) = update(folder, new)
    assert str(said).endswith("a copy as it was given is in .dojo/given")
    assert (folder / GIVEN / NOTEBOOK).read_bytes() == b"[]"
    assert not (folder / NOTEBOOK).exists()
    assert (folder / more).read_bytes() == b"[1]"


def test_an_update_that_was_killed_half_way_ends_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / SCRIPT).write_bytes(MINE)
    real = os.replace

    def killed(source: object, target: object) -> None:
        if ".dojo" in str(target):
            raise KeyboardInterrupt
        real(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        update(folder, {SCRIPT: NEW})
    monkeypatch.undo()
    assert changes(folder, {SCRIPT: NEW}) == []
    text = (folder / SCRIPT).read_bytes()
    assert text == NEW.replace(b"raise NotImplementedError", b"return 7")


def test_the_folder_is_found_from_below_and_only_its_assignments_are_renewed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "derivatives")
    assert find_workplace().folder == folder
    assert {topic.assignment for topic in topics_of(folder, topics())} == {"derivatives"}


def test_dojo_init_makes_a_folder_in_which_dojo_works(tmp_path: Path) -> None:
    done = dojo(tmp_path, "init", "mine")
    assert done.returncode == 0, done.stderr
    assert "8 lessons" in done.stdout and "jupyter lab start.ipynb" in done.stdout
    mine = tmp_path / "mine"
    for name in ("start.ipynb", "derivatives/hvp.ipynb", "exercises/applications/maml.py"):
        assert (mine / name).is_file()
    path = mine / SCRIPT
    path.write_text(path.read_text(encoding="utf-8").replace(STUB, "return inputs", 1), "utf-8")
    assert dojo(mine / "derivatives", "check", "jacobian").returncode == 1
    assert (mine / "exercises" / ".progress.json").is_file()
    assert "nothing new" in dojo(mine, "update").stdout
    assert dojo(mine, "reset", "jacobian").returncode == 0
    assert STUB in path.read_text(encoding="utf-8")
    again = dojo(tmp_path, "init", "mine")
    assert (again.returncode, again.stdout) == (2, "")
    assert "dojo update" in again.stderr


def test_who_answers_in_the_notebook_is_judged_by_it_and_who_answers_in_both_by_the_script(
    tmp_path: Path,
) -> None:
    assert dojo(tmp_path, "init", "mine").returncode == 0
    mine = tmp_path / "mine"
    path = mine / "derivatives" / "jacobian.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in notebook["cells"] if grade_id(one) == "vjp")
    cell["source"] = RIGHT_VJP
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = dojo(mine, "check", "jacobian")
    assert done.stdout.splitlines()[:2] == [
        f"judged: {Path('derivatives/jacobian.ipynb')}",
        "jacobian: 3 of 10 points",
    ]
    assert "1 of 3 tasks" in dojo(mine).stdout
    assert "def vjp(func, inputs, v):" in dojo(mine, "solution", "jacobian.vjp").stdout
    script = mine / SCRIPT
    script.write_text(script.read_text(encoding="utf-8").replace(STUB, "return inputs", 1), "utf-8")
    done = dojo(mine, "check", "jacobian")
    assert done.stdout.splitlines()[0] == "jacobian: 0 of 10 points"


def test_dojo_update_elsewhere_says_what_to_do(tmp_path: Path) -> None:
    done = dojo(tmp_path, "update")
    assert done.returncode == 2
    assert "dojo init" in done.stderr and "git pull" in done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as `pip install` of its wheel leaves it, built from what git would have."""
    base = tmp_path_factory.mktemp("wheel")
    tree = base / "tree"
    for name in ("graders", "source", "solutions", "release"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    return install(build_wheel(tree, base / "out"), base / "site")


def test_an_installed_course_works_in_any_folder(installed: Path, tmp_path: Path) -> None:
    def there(*arguments: str, folder: Path = tmp_path) -> str:
        done = dojo(folder, *arguments, PYTHONPATH=str(installed))
        return f"{done.returncode} {done.stdout}{done.stderr}"

    lost = there("list")
    assert lost.startswith("2 ") and "`dojo init FOLDER`" in lost
    assert there("init", "mine").startswith("0 ")
    mine = tmp_path / "mine"
    text = (mine / SCRIPT).read_text(encoding="utf-8")
    for body in (WRONG_VJP, RIGHT_VJP):
        head, _, rest = text.partition("def vjp(")
        stub = "def vjp(" + rest.partition(STUB)[0] + STUB
        assert stub in text
        (mine / SCRIPT).write_text(text.replace(stub, body, 1), encoding="utf-8")
        said = there("check", "jacobian.vjp", folder=mine)
        assert said.startswith("1 " if body == WRONG_VJP else "0 "), said
    assert there("solution", "jacobian.vjp", folder=mine).startswith("0 ")
    assert "black belt" not in there("list", folder=mine)
    assert not list((installed / "graders" / "carried").rglob(".progress.json"))
