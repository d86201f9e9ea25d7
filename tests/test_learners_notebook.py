"""`%check` in a real IPython shell without a page: what was run counts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import graders
from graders import course
from graders.learners.runs import Run, current
from graders.learners.standing import submission_of, what_stands
from tests.learners import RIGHT_VJP as RIGHT
from tests.learners import WRONG_VJP as WRONG
from tests.learners import environment, make_place

JACOBIAN = course.topic("jacobian")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(make_place(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_cell("%load_ext graders", store_history=True)
    yield shell
    graders.unload_ipython_extension(shell)
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, source: str) -> Any:
    with capture_output() as captured:
        shell.run_cell(source, store_history=True)
    return captured


def shown(shell: InteractiveShell, line: str) -> tuple[str, str]:
    (output,) = run(shell, line).outputs
    return output.data["text/plain"], output.data["text/html"]


@pytest.mark.lowest
def test_the_last_definition_counts_and_the_worker_stays_warm(
    shell: InteractiveShell, tmp_path: Path
) -> None:
    run(shell, "import torch")
    run(shell, WRONG)
    text, html = shown(shell, "%check jacobian.vjp")
    assert "failed: vjp" in text
    assert "dojo-failed" in html
    check = shell.magics_manager.magics["line"]["check"].__self__
    worker = check._judge.launcher.process
    run(shell, RIGHT)
    text, html = shown(shell, "%check jacobian.vjp")
    assert "passed: vjp, 3 of 3 points" in text
    assert "dojo-passed" in html
    assert check._judge.launcher.process is worker
    assert '"passed": true' in (tmp_path / "exercises" / ".progress.json").read_text("utf-8")


def test_without_a_name_the_topic_is_found_by_its_functions(shell: InteractiveShell) -> None:
    run(shell, WRONG)
    text, _ = shown(shell, "%check")
    assert text.startswith("jacobian: ")
    assert "In [2], " not in text
    assert "There is no function called jvp" in text


def test_a_mistaken_name_is_answered_with_a_sentence(shell: InteractiveShell) -> None:
    assert "there is no topic 'laplacian'" in run(shell, "%check laplacian").stdout
    assert "which topic?" in run(shell, "%check").stdout


def test_an_error_names_the_cell_by_its_number(shell: InteractiveShell) -> None:
    run(shell, "def vjp(func, inputs, v):\n    return inputs.nonsense")
    text, _ = shown(shell, "%check vjp")
    assert "In [2], line 2" in text
    assert ">    2      return inputs.nonsense" in text


def test_the_extension_can_be_loaded_twice_without_a_word_and_unloaded(
    shell: InteractiveShell,
) -> None:
    assert run(shell, "%load_ext graders").stdout == ""
    assert "already loaded" in run(shell, "%load_ext storemagic\n%load_ext storemagic").stdout
    assert run(shell, "%reload_ext graders").stdout == ""
    assert run(shell, "%unload_ext graders").stdout == ""
    assert "check" not in shell.magics_manager.magics["line"]
    run(shell, "%load_ext graders")
    assert "check" in shell.magics_manager.magics["line"]


@pytest.mark.parametrize("kind", ["no workplace", "another course", "a class in a workplace"])
def test_no_other_folder_s_progress_is_written(
    shell: InteractiveShell, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "exercises" / ".progress.json"
    own.unlink(missing_ok=True)
    elsewhere = tmp_path / "elsewhere" if kind == "a class in a workplace" else tmp_path.parent
    elsewhere = elsewhere / f"{tmp_path.name} {kind}"
    elsewhere.mkdir(parents=True)
    if kind == "another course":
        make_place(elsewhere)
        (elsewhere / "source").mkdir()
        (elsewhere / "solutions").mkdir()
    elif kind == "a class in a workplace":
        (elsewhere / "nbgrader_config.py").touch()
    ours = course.root() / "exercises" / ".progress.json"
    before = ours.read_bytes() if ours.is_file() else None
    monkeypatch.setattr(shell, "starting_dir", str(elsewhere))
    run(shell, RIGHT)
    text, _ = shown(shell, "%check vjp")
    assert "passed: vjp" in text
    assert not own.exists()
    assert not (elsewhere / "exercises" / ".progress.json").exists()
    assert (ours.read_bytes() if ours.is_file() else None) == before


def test_progress_is_noted_where_the_notebook_lies_wherever_the_kernel_went(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_place(tmp_path / "other")
    monkeypatch.chdir(other)
    run(shell, RIGHT)
    shown(shell, "%check vjp")
    assert (tmp_path / "exercises" / ".progress.json").is_file()
    assert not (other / "exercises" / ".progress.json").exists()


def numbers(*runs: Run) -> list[int]:
    return [one.number for one in current(runs)]


def test_of_a_cell_that_was_edited_only_the_last_version_counts() -> None:
    assert numbers(Run(1, "a = 1", "x"), Run(2, "b = 1", "y"), Run(3, "c = 2", "x")) == [2, 3]


def test_of_a_name_that_was_defined_twice_only_the_last_definition_counts() -> None:
    assert numbers(Run(1, "def f(): return 1"), Run(2, "def f(): return 2")) == [2]
    assert numbers(Run(1, "a = 1\nb = 1"), Run(2, "a = 2")) == [1, 2]


def test_a_slip_that_was_put_right_and_cells_that_do_nothing_are_left_out() -> None:
    assert numbers(Run(1, "def f(:"), Run(2, "# only words"), Run(3, "f = 1")) == [3]
    assert numbers(Run(1, "x = (", "x"), Run(2, "x = 1", "x")) == [2]
    assert numbers(Run(1, "prnt 1"), Run(2, "x = 1")) == [2]


def test_a_cell_that_does_not_compile_stays_as_long_as_nothing_came_in_its_place() -> None:
    assert numbers(Run(1, "def f(): return 1"), Run(2, "def f(:")) == [2]
    assert numbers(Run(1, "x = 1", "x"), Run(2, "x = (", "x")) == [2]


def test_settings_that_define_nothing_are_kept_once() -> None:
    setting = "torch.set_default_dtype(torch.float64)"
    assert numbers(Run(1, setting), Run(2, "a = 1"), Run(3, setting)) == [2, 3]


def test_magics_are_read_as_ipython_reads_them() -> None:
    assert numbers(Run(1, "%matplotlib inline\nimport torch")) == [1]


def test_our_own_cells_are_not_taken_for_the_learners() -> None:
    runs = [Run(1, JACOBIAN.setup[0]), Run(2, RIGHT)]
    labels = [cell.label for cell in submission_of(what_stands(None, runs), JACOBIAN).cells]
    assert labels == [f"set-up {i + 1}" for i in range(len(JACOBIAN.setup))] + ["In [2]"]


def test_check_works_in_an_ipython_of_its_own(tmp_path: Path) -> None:
    script = f"%load_ext graders\n\nimport torch\n\n{RIGHT}\n\n%check vjp\n\nexit\n"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"],
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=make_place(tmp_path / "course"),
        env=environment(IPYTHONDIR=str(tmp_path / "ipython")),
        timeout=240,
        check=False,
    )
    assert "passed: vjp, 3 of 3 points" in done.stdout, done.stdout + done.stderr
