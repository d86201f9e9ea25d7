"""What a lesson owes whoever learns from it: times, hints, things to try, and true words."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from test_visible_and_hidden import visible_failure
from warm import judge

from graders import course
from graders.authoring.build import build
from graders.course import Topic
from graders.course.notebook import grade_id, is_to_try
from graders.course.submission import parse_submission
from graders.judge.declared import declared_tasks
from graders.learners.hints import hints_of

ROOT = Path(__file__).resolve().parent.parent
LESSONS = course.topics()
EACH_LESSON = pytest.mark.parametrize("lesson", LESSONS, ids=[one.name for one in LESSONS])
FOLDED = re.compile(r"<details>\s*<summary>([^<]+)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)


def cells_of(lesson: Topic) -> list[NotebookNode]:
    return list(nbformat.read(lesson.release, as_version=4).cells)


@EACH_LESSON
def test_each_task_says_how_long_it_takes_and_how_hard_it_is(lesson: Topic) -> None:
    text = "\n".join(cell.source for cell in cells_of(lesson) if cell.cell_type == "markdown")
    for number, task in enumerate(lesson.tasks, start=1):
        head = rf"^## Task {number}: `{task.name}` \({task.points:g} points?\)\n\n"
        assert re.search(head + r"\*About \d+ minutes\. Difficulty: [123] of 3\.\*", text, re.M)


@EACH_LESSON
def test_the_first_two_hints_wait_folded_above_each_stub(lesson: Topic) -> None:
    cells = cells_of(lesson)
    for task in lesson.tasks:
        place = next(i for i, cell in enumerate(cells) if grade_id(cell) == task.name)
        folded = FOLDED.findall(cells[place - 1].source)
        assert [hint for _, hint in folded] == list(hints_of(lesson, task.name)[:2])


@EACH_LESSON
def test_something_is_to_be_predicted_and_tried_twice_and_then_told(lesson: Topic) -> None:
    cells = cells_of(lesson)
    places = [i for i, cell in enumerate(cells) if is_to_try(cell)]
    assert len(places) >= 2
    for place in places:
        assert "**Predict, then try.**" in cells[place - 1].source
        assert FOLDED.search(cells[place + 1].source), cells[place].source
        assert not cells[place].metadata.get("nbgrader")
        assert len(cells[place].source.splitlines()) <= 8


@EACH_LESSON
def test_what_was_tried_leaves_no_complaint_in_the_verdict(lesson: Topic) -> None:
    """The cells to try are judged once they are changed, without what the figures have made."""
    made = nbformat.read(lesson.release, as_version=4)
    for cell in made.cells:
        if is_to_try(cell):
            cell.source += "\nprint(1)"
    submission = parse_submission(nbformat.writes(made).encode(), "a.ipynb", lesson)
    assert judge([submission])[0].notes == ()


@EACH_LESSON
def test_there_is_something_to_play_with(lesson: Topic) -> None:
    called = [
        node.func.id
        for cell in cells_of(lesson)
        if cell.cell_type == "code" and grade_id(cell) != "setup"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "play" in called


@EACH_LESSON
def test_it_ends_with_five_lines_the_librarys_own_and_the_way_on(lesson: Topic) -> None:
    *_, last, ways = (cell.source for cell in cells_of(lesson))
    recap = last.partition("## In five lines\n")[2]
    assert len(re.findall(r"^- ", recap, re.M)) == 5
    assert "From a library: " in recap
    names = [one.name for one in LESSONS]
    place = names.index(lesson.name)
    for word, there in (
        ("Before this", LESSONS[place - 1] if place else None),
        ("Next", LESSONS[place + 1] if place + 1 < len(LESSONS) else None),
    ):
        assert (f"**{word}:**" in ways) == (there is not None)
        if there is not None and there.assignment == lesson.assignment:
            assert f"]({there.name}.ipynb)" in ways


@EACH_LESSON
def test_a_visible_check_refuses_the_routines_that_the_grader_refuses(lesson: Topic) -> None:
    refused: dict[str, Any] = {}
    for cell in cells_of(lesson):
        if grade_id(cell).startswith("check-"):
            (call,) = [
                node.value
                for node in ast.parse(cell.source).body
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            ]
            values = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
            task = grade_id(cell).removeprefix("check-")
            assert isinstance(call.args[0], ast.Name) and call.args[0].id == f"check_{task}"
            refused[task] = set(values.get("not_allowed", ()))
    assert refused == {one.name: set(one.not_allowed) for one in declared_tasks(lesson)}


READY_MADE = {
    "by its full name": "def hessian(func, inputs):\n    return torch.func.hessian(func)(inputs)",
    "by a name of the notebook's": "from torch.func import hessian as mine\n"
    "def hessian(func, inputs):\n    return mine(func)(inputs)",
    "in a helper": "import torch.func as F\ndef rows(f):\n    return F.jacrev(F.grad(f))\n"
    "def hessian(func, inputs):\n    return rows(func)(inputs)",
}


@pytest.mark.parametrize("code", READY_MADE.values(), ids=READY_MADE.keys())
def test_a_ready_made_answer_is_told_so_by_the_visible_check(code: str) -> None:
    said = visible_failure("derivatives/hessian", "hessian", code)
    assert re.match(r"✗ `hessian` calls torch\.func\.(hessian|jacrev), which is not allowed", said)


def test_the_routine_is_there_again_after_the_check() -> None:
    code = READY_MADE["by its full name"]
    assert visible_failure("derivatives/hessian", "hessian", code)
    assert visible_failure("derivatives/hessian", "hessian", code)


def test_the_start_page_shows_what_a_check_really_says() -> None:
    """Without the entries off the diagonal the bowl is right, and the next case is not."""
    shown = (ROOT / "source" / "start.md").read_text(encoding="utf-8")
    code = (
        "def hessian(func, inputs):\n    return torch.diag(true_hessian(func, inputs).diagonal())"
    )
    said = visible_failure("derivatives/hessian", "hessian", f"true_hessian = hessian\n{code}")
    assert said and said in shown


def test_the_start_page_lists_every_lesson_with_its_points_and_minutes() -> None:
    page = nbformat.read(ROOT / "release" / "start.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in page.cells)
    for lesson in LESSONS:
        row = next(line for line in text.splitlines() if f"({lesson.path}.ipynb)" in line)
        assert all(f"`{task.name}`" in row for task in lesson.tasks)
        points, minutes = row.split("|")[3:5]
        assert float(points) >= sum(task.points for task in lesson.tasks)
        assert re.fullmatch(r" \d+ min ", minutes)


@pytest.mark.slow
def test_a_repository_puts_on_each_notebook_a_badge_for_colab_and_what_it_needs_there(
    tmp_path: Path,
) -> None:
    for folder in ("source", "solutions", "release", "exercises", "graders/hidden"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("nbgrader_config.py", "jupytext.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    config = tmp_path / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("# c.Course.repository =", "c.Course.repository ="))
    changed = build(tmp_path)
    assert changed == sorted(f"written release/{lesson.path}.ipynb" for lesson in LESSONS)
    for lesson in LESSONS:
        made = nbformat.read(tmp_path / "release" / f"{lesson.path}.ipynb", as_version=4)
        badge, install = made.cells[:2]
        assert f"/github/owner/name/blob/main/release/{lesson.path}.ipynb)" in badge.source
        assert _installed(install.source, there=()) >= {"torch", "matplotlib"}
        assert _installed(
            install.source, there=("torch", "matplotlib", "IPython", "ipywidgets")
        ) in (
            {"scikit-learn"},
            set(),
        )
        verdict = judge([parse_submission(nbformat.writes(made).encode(), "a.ipynb", lesson)])[0]
        assert verdict.notes == ()


def _installed(source: str, there: tuple[str, ...]) -> set[str]:
    """Run the cell in IPython where only some modules are there, and give what it installs."""
    shell = InteractiveShell()
    asked: list[str] = []
    shell.register_magic_function(asked.append, "line", "pip")
    found = {name: object() for name in there}
    with mock.patch("importlib.util.find_spec", found.get):
        shell.run_cell(source).raise_error()
    return set(" ".join(asked).removeprefix("install --quiet").split())
