"""`%check` tells what stands in the cells: of each the newer of what was saved and what was run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from graders import course
from graders.learners.page import Page, PageCell, find_page, read_page
from graders.learners.runs import Run
from graders.learners.standing import Standing, remarks, submission_of, what_stands
from tests.learners import RIGHT_VJP as RIGHT
from tests.learners import WRONG_VJP as WRONG
from tests.learners import environment, make_place

JACOBIAN = course.topic("jacobian")
BROKEN = "def vjp(func, inputs, v:\n    return inputs"
EARLY, NOW, LATE = 100.0, 200.0, 300.0


def at(time: float, number: int, source: str, cell_id: str | None = None) -> Run:
    return Run(number, source, cell_id, time, time)


def before_loading(number: int, source: str) -> Run:
    """Make a run of which only is known that it lies between the kernel's start and loading."""
    return Run(number, source, None, EARLY, LATE)


def page(*cells: PageCell, saved_at: float = NOW) -> Page:
    return Page(Path("jacobian.ipynb"), saved_at, cells)


def cell(number: int, source: str, count: int | None = None, cell_id: str | None = "a") -> PageCell:
    return PageCell(number, source, cell_id, "vjp" if "vjp" in source else "", count)


def texts(standing: Standing) -> list[str]:
    return [one.source for one in standing.cells]


def said(standing: Standing) -> str:
    return " ".join(remarks(standing, JACOBIAN)[1:])


def test_a_cell_changed_and_saved_after_its_run_is_judged_as_it_stands_and_told_of() -> None:
    standing = what_stands(page(cell(1, RIGHT)), [at(EARLY, 1, WRONG, "a")])
    assert texts(standing) == [RIGHT]
    assert said(standing) == (
        "The cell `vjp` was changed after it was last run; it was judged as it stands on the page."
    )


def test_a_cell_run_after_the_page_was_saved_is_judged_as_it_was_run() -> None:
    standing = what_stands(page(cell(1, WRONG)), [at(LATE, 1, RIGHT, "a")])
    assert texts(standing) == [RIGHT]
    assert said(standing) == ""


def test_a_cell_that_was_never_run_is_judged_as_it_stands() -> None:
    standing = what_stands(page(cell(1, RIGHT)), [])
    assert texts(standing) == [RIGHT]
    assert said(standing) == ""


def test_cells_are_judged_in_the_order_of_the_page_whatever_the_order_of_the_runs() -> None:
    first, second = cell(1, "a = 1"), cell(2, "b = a", cell_id="b")
    runs = [at(EARLY, 1, "b = a", "b"), at(EARLY, 2, "a = 1", "a")]
    assert texts(what_stands(page(first, second), runs)) == ["a = 1", "b = a"]


def test_a_new_cell_that_is_not_saved_yet_stands_where_the_runs_put_it() -> None:
    first, second = cell(1, "a = 1"), cell(2, "b = c", cell_id="b")
    runs = [at(EARLY, 1, "a = 1", "a"), at(LATE, 2, "c = 1", "new"), at(LATE, 3, "b = c", "b")]
    assert texts(what_stands(page(first, second), runs)) == ["a = 1", "c = 1", "b = c"]


def test_a_function_whose_cell_was_deleted_is_not_judged_and_told_of() -> None:
    runs = [at(EARLY, 1, RIGHT, "gone"), at(EARLY, 2, "def scratch(): pass", "gone too")]
    standing = what_stands(page(cell(1, "a = 1")), [*runs, at(EARLY, 3, "a = 1", "a")])
    assert texts(standing) == ["a = 1"]
    assert said(standing) == (
        "The function `vjp` was run, but its cell is not on the page any more; it was not judged."
    )


def test_a_helper_that_the_page_uses_is_missed_when_its_cell_is_deleted() -> None:
    using = cell(1, "def jvp(func, inputs, v):\n    return helper(v)")
    runs = [at(EARLY, 1, "def helper(v): return v", "gone"), at(EARLY, 2, using.source, "a")]
    assert "`helper` was run, but its cell is not" in said(what_stands(page(using), runs))


def test_a_function_that_moved_to_another_cell_is_not_missed() -> None:
    runs = [at(EARLY, 1, RIGHT, "gone"), at(EARLY, 2, "a = 1", "b")]
    standing = what_stands(page(cell(1, RIGHT), cell(2, "a = 1", cell_id="b")), runs)
    assert said(standing) == ""


@pytest.mark.parametrize(("shown", "expected"), [(3, RIGHT), (2, WRONG), (None, WRONG)])
def test_runs_before_loading_are_dated_by_the_numbers_on_the_page(
    shown: int | None, expected: str
) -> None:
    runs = [before_loading(2, RIGHT), before_loading(3, WRONG)]
    assert texts(what_stands(page(cell(1, RIGHT, shown)), runs)) == [expected]


def test_the_numbers_of_an_earlier_kernel_say_nothing() -> None:
    old = page(cell(1, WRONG, 3), saved_at=EARLY - 1)
    assert texts(what_stands(old, [before_loading(3, RIGHT)])) == [RIGHT]


def test_a_number_left_from_an_earlier_kernel_on_another_cell_says_nothing() -> None:
    cells = (cell(1, WRONG, 9), cell(2, "a = 1", 3, "b"))
    runs = [before_loading(3, RIGHT), before_loading(4, "a = 2")]
    standing = what_stands(page(*cells), runs)
    assert texts(standing)[0] == RIGHT
    assert said(standing) == ""


def test_another_cell_s_number_shows_that_the_page_was_saved_later() -> None:
    cells = (cell(1, RIGHT), cell(2, "a = 1", 5, "b"))
    runs = [before_loading(3, WRONG), before_loading(5, "a = 1")]
    assert texts(what_stands(page(*cells), runs)) == [RIGHT, "a = 1"]


def test_cells_without_ids_are_known_by_what_they_define() -> None:
    runs = [at(EARLY, 1, WRONG), at(LATE, 2, RIGHT)]
    assert texts(what_stands(page(cell(1, "def vjp(): pass", cell_id=None)), runs)) == [RIGHT]


def test_vs_code_s_addresses_of_cells_are_not_taken_for_ids_of_the_page() -> None:
    run = at(EARLY, 1, WRONG, "vscode-notebook-cell:/w/jacobian.ipynb#W1")
    standing = what_stands(page(cell(1, RIGHT)), [run])
    assert texts(standing) == [RIGHT]
    assert "was changed" in said(standing)


def test_a_page_without_one_of_the_cells_that_were_run_is_another_notebook() -> None:
    standing = what_stands(page(cell(1, WRONG)), [at(EARLY, 1, RIGHT, "b")])
    assert standing.page is None
    assert texts(standing) == [RIGHT]
    assert "cannot be seen" in remarks(standing, JACOBIAN)[0]


def test_a_cell_that_does_not_compile_is_handed_to_the_judge_not_dropped() -> None:
    standing = what_stands(page(cell(1, BROKEN)), [at(EARLY, 1, WRONG, "a")])
    assert submission_of(standing, JACOBIAN).cells[-1].source == BROKEN
    assert submission_of(standing, JACOBIAN).cells[-1].label == "cell vjp"


def test_the_course_s_own_cells_are_not_judged_even_where_they_were_changed() -> None:
    locked = sorted(JACOBIAN.our_ids)[0]
    standing = what_stands(page(PageCell(1, "import os", "a", locked)), [])
    assert len(submission_of(standing, JACOBIAN).cells) == len(JACOBIAN.setup)


def test_the_page_is_found_by_jupyter_s_name_or_vs_code_s_and_only_where_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jacobian.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert find_page({}) is None
    path.touch()
    assert find_page({}) == path
    monkeypatch.setenv("JPY_SESSION_NAME", "jacobian.ipynb")
    assert find_page({}) is None
    assert find_page({"__vsc_ipynb_file__": str(path)}) == path
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert find_page({"__vsc_ipynb_file__": 3}) is None


@dataclass
class Notebook:
    """A notebook in a kernel of its own: cells are run by their ids, as JupyterLab does it."""

    path: Path
    client: Any
    cells: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def save(self) -> None:
        code = [
            {
                "cell_type": "code",
                "id": name,
                "source": text,
                "metadata": {"nbgrader": {"grade_id": name}},
                "outputs": [],
                "execution_count": self.counts.get(name),
            }
            for name, text in self.cells.items()
        ]
        whole = {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        self.path.write_text(json.dumps(whole), encoding="utf-8")

    def run(self, name: str, source: str | None = None) -> str:
        """Run a cell, with another text if given, and give what it printed and showed."""
        self.cells[name] = self.cells.get(name, "") if source is None else source
        content = {"code": self.cells[name], "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": name})
        self.client.shell_channel.send(message)
        said: list[str] = []
        while True:
            answer = self.client.get_iopub_msg(timeout=120)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            found = answer["content"]
            if answer["msg_type"] == "execute_input":
                self.counts[name] = found["execution_count"]
            said.append(found.get("text", "") or found.get("data", {}).get("text/plain", ""))
            if answer["msg_type"] == "status" and found["execution_state"] == "idle":
                return "".join(said)


@contextmanager
def a_notebook(place: Path, **variables: str) -> Iterator[Notebook]:
    own = environment(IPYTHONDIR=str(place / "ipython"), **variables)
    manager, client = start_new_kernel(cwd=str(place), env=own)
    try:
        yield Notebook(place / "jacobian.ipynb", client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
def test_a_kernel_judges_the_page_as_it_stands(tmp_path: Path) -> None:
    place = make_place(tmp_path)
    with a_notebook(place, JPY_SESSION_NAME=str(place / "jacobian.ipynb")) as notebook:
        notebook.run("torch", "import torch")
        notebook.run("vjp", WRONG)
        notebook.save()
        check = "%load_ext graders\n%check jacobian.vjp"
        assert "failed: vjp" in notebook.run("check", check)
        notebook.cells["vjp"] = RIGHT
        notebook.save()
        changed = notebook.run("check")
        assert "passed: vjp, 3 of 3 points" in changed
        assert "The cell `vjp` was changed after it was last run" in changed
        assert "already loaded" not in changed
        notebook.run("vjp")
        assert "was changed" not in notebook.run("check")
        notebook.run("vjp", WRONG)
        assert "failed: vjp" in notebook.run("check")
        notebook.cells["vjp"] = BROKEN
        notebook.save()
        notebook.cells["mine"] = "a = 1\nfor i in range(3)\n    print(i)"
        notebook.save()
        broken = notebook.run("check")
        assert "code cell 4, line 2: `for i in range(3)`: SyntaxError: expected ':'" in broken
        assert "cell vjp, line 1" in broken
        assert "'(' was never closed" in broken
        del notebook.cells["vjp"]
        notebook.save()
        assert "`vjp` was run, but its cell is not on the page any more" in notebook.run("check")
    progress = json.loads((place / "exercises" / ".progress.json").read_text(encoding="utf-8"))
    assert progress["tasks"]["derivatives/jacobian.vjp"]["passed"] is True


@pytest.mark.slow
def test_a_kernel_that_cannot_know_the_page_judges_what_was_run_and_says_so(
    tmp_path: Path,
) -> None:
    with a_notebook(make_place(tmp_path), JPY_SESSION_NAME="console-1-4a7f") as notebook:
        notebook.run("vjp", "import torch\n" + RIGHT)
        notebook.save()
        text = notebook.run("check", "%load_ext graders\n%check jacobian.vjp")
        assert "passed: vjp, 3 of 3 points" in text
        assert text.startswith("What was run is judged: the page cannot be seen from here")
        notebook.path.write_text("{", encoding="utf-8")
        notebook.run("name", f"__vsc_ipynb_file__ = {str(notebook.path)!r}")
        text = notebook.run("check")
        assert "jacobian.ipynb is not a notebook: its JSON is broken (line 1)" in text
        assert "What was run is judged" in text


def test_a_saved_page_is_read_with_its_ids_numbers_and_marks(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "jacobian.ipynb", None, {"vjp": f"%check\n{RIGHT}"}, {"vjp": 7})
    notebook.save()
    os.utime(notebook.path, (NOW, NOW))
    found = read_page(notebook.path)
    assert found.saved_at == NOW
    assert found.cells == (PageCell(1, f"\n{RIGHT}", "vjp", "vjp", 7),)
