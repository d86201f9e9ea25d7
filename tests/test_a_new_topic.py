"""A new topic is a notebook and a folder: docs/authoring.md is followed word by word."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import forked
import pytest
from learners import ROOT, STUB, dojo, environment, quick_dojo

PAGE = ROOT / "docs" / "authoring.md"
BLOCK = re.compile(r"\*\*`(?P<path>[^`]+)`\*\*\n\n```\w+\n(?P<text>.*?)```\n", re.DOTALL)
COMMANDS = re.compile(r"^(dojo \w[^#\n]*?)\s*(?:#.*)?$", re.MULTILINE)
STUBBORN = 'return "eight"'
WRONG = "return torch.func.jacrev(torch.func.grad(func))(inputs.detach()).sum()"
BENDS = "return torch.func.jacrev(torch.func.grad(func))(inputs.detach()).trace() + 1"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with nothing in it but what the page says, built as it says."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("nbgrader_config.py", "jupytext.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "source").mkdir()
    written = [*BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
    assert len(written) == 8
    for block in written:
        path = folder / block["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")
    done = dojo(folder, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


# What an author slips on: a file, what in it becomes what, and what is said of it.
HIDDEN, LESSON = "graders/hidden/warmup/laplacian", "solutions/warmup/laplacian.py"
SLIPS = {
    "a mistake that is not listed": (
        "mistakes.py", "= (all_entries_summed,)", "= ()",
        "mistakes.py: all_entries_summed is not in MISTAKES, so nobody is told of it",
    ),
    "a mistake of no task": (
        "mistakes.py", '@mistake("laplacian")', '@mistake("laplace")',
        "mistakes.py: all_entries_summed is a mistake of 'laplace'; the tasks are laplacian",
    ),
    "a mistake listed twice": (
        "mistakes.py", "(all_entries_summed,)", "(all_entries_summed,) * 2",
        "mistakes.py: two mistakes of laplacian are called all_entries_summed",
    ),
    "a function that replaces another": (
        "mistakes.py", "MISTAKES:", "def all_entries_summed(): ...\n\n\nMISTAKES:",
        "mistakes.py defines all_entries_summed more than once; only the last one counts",
    ),
    "a line that is no Python": (
        "mistakes.py", "from __future__", "def broken(:\nfrom __future__",
        "mistakes.py, line 3: SyntaxError: invalid syntax",
    ),
    "a module that is not there": (
        "mistakes.py", "import torch\n", "import torch\nimport nowhere\n",
        r"mistakes.py, line \d+: ModuleNotFoundError: No module named 'nowhere'",
    ),
    "an error at its head": (
        "problems.py", "PROBLEMS =", "one = 1 / 0\nPROBLEMS =",
        r"problems.py, line \d+: ZeroDivisionError: division by zero",
    ),
    "a problem that cannot be made": (
        "problems.py", "draw.uniform(0.5, 2.0, 4)", "draw.normal(4) @ draw.normal(3)",
        r"the problem waves cannot be made: \S+problems.py, line \d+: RuntimeError",
    ),
    "a problem that there is not": (
        "problems.py", '(spec("waves"),', '(spec("wavse"),',
        "laplacian is asked wavse, and problems.py has no builder wavse",
    ),
    "an argument that no problem gives": (
        "test_laplacian.py", '("func", "inputs")', '("func", "input")',
        "the problem waves gives no input, which laplacian is handed",
    ),
    "a task without checks": (
        "test_laplacian.py", '    "laplacian",\n    arguments', '    "laplace",\n    arguments',
        "test_laplacian.py declares no checks of laplacian",
    ),
    "a task without hints": (
        "hints.py", '"laplacian": (', '"laplace": (', "hints.py has none for laplacian",
    ),
    "a hint that lost its comma": (
        "hints.py", '        "Take the gradient with `create_graph=True`; each of its entries can '
        'be differentiated "\n        "again.",\n    ),', "    ) and '',",
        "there is no hints.py with HINTS",
    ),
    "a topic to come after that there is not": (
        "__init__.py", 'AFTER = ""', 'AFTER = "hesian"',
        "it comes AFTER 'hesian', and the course has no such topic",
    ),
}  # fmt: skip
# What only a run shows, and what is said of it.
MISSES = {
    "a reference that its own lesson contradicts": (
        LESSON, "at) == 8", "at) == 9",
        "the solution fails its visible checks: AssertionError: of x² . 3y² it is 8",
    ),
    "another way that is wrong": (
        f"{HIDDEN}/other_ways.py", "torch.stack(bends).sum()", "torch.stack(bends).max()",
        r"other_ways.py fails values\[waves\]: Called laplacian\(f, x\)",
    ),
}  # fmt: skip
# What a lesson's cells cannot be made of, and what `dojo build` says then.
UNFIT = {
    "a line that is no Python": (
        "    total = torch.zeros_like(slope[0])", "    total = torch.zeros_like(slope[0]",
        "the cell laplacian, line 6: SyntaxError: '\\(' was never closed",
    ),
    "a misspelt check": (
        '"grade_id": "check-laplacian"', '"grade_id": "check-laplace"',
        "the cell check-laplace gives points to laplace, and no solution is called so",
    ),
    "one name for two cells": (
        '"grade_id": "setup"', '"grade_id": "laplacian"',
        "more than one cell has the grade_id laplacian; each needs its own",
    ),
    "a check without points": (
        '"points": 2, ', "", "the cell check-laplacian says nothing of its points",
    ),
}  # fmt: skip


@contextmanager
def slip_in(path: Path, before: str, after: str) -> Iterator[None]:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before} stands {text.count(before)} times in {path.name}"
    path.write_text(text.replace(before, after), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def verify(course: Path) -> subprocess.CompletedProcess[str]:
    return dojo(course, "verify", "laplacian", "--mutants", "0", "--pairs", "0")


@pytest.mark.parametrize(("part", "before", "after", "said"), SLIPS.values(), ids=SLIPS.keys())
def test_an_authors_slip_is_one_sentence_with_its_file(
    course: Path, part: str, before: str, after: str, said: str
) -> None:
    with slip_in(course / HIDDEN / part, before, after):
        done = verify(course)
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    lines = " ".join(told.split())
    assert re.search(said, lines), told
    assert lines.endswith("Nothing was run; mend that first.")
    assert 1 <= lines.count("warmup/laplacian:") <= 2


@pytest.mark.parametrize(("path", "before", "after", "said"), MISSES.values(), ids=MISSES.keys())
def test_what_only_a_run_shows_is_told_once(
    course: Path, path: str, before: str, after: str, said: str
) -> None:
    with slip_in(course / path, before, after):
        done = verify(course)
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1, told
    assert re.search(said, told), told
    assert told.endswith("unexplained."), told
    assert told.count(said.partition(":")[0].partition("[")[0].rstrip("\\")) == 1


@pytest.mark.parametrize(("before", "after", "said"), UNFIT.values(), ids=UNFIT.keys())
def test_a_lesson_whose_cells_do_not_fit_is_copied_nowhere(
    course: Path, before: str, after: str, said: str
) -> None:
    notebook = course / "source/warmup/laplacian.ipynb"
    was = notebook.read_bytes()
    with slip_in(course / LESSON, before, after):
        done = dojo(course, "build")
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 2, told
    assert re.search(said, told), told
    assert "Traceback" not in told
    assert notebook.read_bytes() == was


def test_a_topic_that_cannot_be_a_module_is_refused(course: Path) -> None:
    other = course / "solutions/warmup/natural-step.py"
    shutil.copy(course / LESSON, other)
    try:
        done = dojo(course, "build")
    finally:
        other.unlink()
    assert done.returncode == 2
    assert "'natural-step' is to be the name of a Python module" in " ".join(done.stderr.split())
    assert not (course / "source/warmup/natural-step.ipynb").exists()


def answer(course: Path, body: str) -> None:
    """Write the exercise, as a learner would."""
    stub = (course / "release/warmup/laplacian.ipynb").read_text(encoding="utf-8")
    assert json.dumps(STUB)[1:-1] in stub
    path = course / "exercises/warmup/laplacian.py"
    path.unlink(missing_ok=True)
    dojo(course, "reset", "laplacian")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(STUB, body), encoding="utf-8")


def check(course: Path) -> dict[str, object]:
    done = dojo(course, "check", "laplacian", "--json")
    verdict: dict[str, object] = json.loads(done.stdout)
    return verdict


def first_failure(verdict: dict[str, object]) -> dict[str, object]:
    (task,) = verdict["tasks"]  # type: ignore[misc]
    return next(one for one in task["checks"] if one["status"] != "passed")


def test_the_page_names_only_commands_that_there_are() -> None:
    named = COMMANDS.findall(PAGE.read_text(encoding="utf-8"))
    assert {command.split()[1] for command in named} == {
        *("build", "verify", "check", "grade", "report"),
    }


def test_it_is_built_in_four_forms_and_in_step(course: Path) -> None:
    for name in ("source/warmup/laplacian.ipynb", "exercises/warmup/laplacian.py"):
        assert (course / name).is_file()
    done = dojo(course, "build", "--check")
    assert done.stdout == "Everything is in step.\n"


def test_it_is_proved(course: Path) -> None:
    done = dojo(course, "verify", "laplacian")
    assert "Nothing unexplained." in done.stdout, done.stdout + done.stderr
    assert "1/1" in done.stdout


@pytest.mark.parametrize(
    ("body", "stage", "words"),
    [
        (STUB, "exists", "laplacian is not written yet."),
        (STUBBORN, "shape", "it returned 'eight', expected a tensor"),
        (WRONG, "values", "got"),
        (BENDS, "values", "got"),
    ],
    ids=["a stub", "a word", "a known mistake", "an unknown one"],
)
def test_a_wrong_answer_is_told_what_it_is(course: Path, body: str, stage: str, words: str) -> None:
    answer(course, body)
    failure = first_failure(check(course))
    assert failure["stage"] == stage
    assert words in str(failure["message"])
    assert failure["mistake"] == ("all_entries_summed" if body == WRONG else None)


def test_a_plain_test_is_graded_with_its_assertion_s_message(course: Path) -> None:
    answer(
        course,
        "bends = torch.func.jacrev(torch.func.grad(func))(inputs.detach()).trace()\n"
        "    return bends if bends != 0 else bends + 1e-9",
    )
    verdict = check(course)
    failure = first_failure(verdict)
    assert failure["name"] == "of_a_plane"
    assert failure["message"] == "A plane does not bend: of a · x the Laplacian is 0."
    assert verdict["score"] == round(2 * 4 / 5, 4)


def test_pytest_lists_every_check_under_its_own_id(course: Path) -> None:
    solution = course / "solutions/warmup/laplacian.py"
    done = subprocess.run(
        forked.command("pytest", "graders/hidden", "--submission", str(solution), "-v"),
        cwd=course, env=environment(), capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for check_id in ("exists", "values[waves]", "edge[waves(float32)]", "of_a_plane"):
        assert f"test_laplacian.py::laplacian::{check_id} PASSED" in done.stdout


def test_a_learner_has_hints_a_comparison_and_a_way_back(course: Path) -> None:
    shutil.copy(course / "solutions/warmup/laplacian.py", course / "exercises/warmup/laplacian.py")
    assert dojo(course, "check", "laplacian").returncode == 0
    assert "how many of them are along one axis" in dojo(course, "hint", "laplacian").stdout
    compared = dojo(course, "solution", "laplacian").stdout
    assert "one more way" in compared and "Bend the function" in compared
    assert "laplacian" in dojo(course).stdout


def test_watch_judges_a_save(course: Path) -> None:
    answer(course, STUB)
    command = quick_dojo("watch", "laplacian", "--plain")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=course, env=environment(), stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
    ) as watch:
        assert watch.stdout is not None
        assert "0 of 2 points" in _until(watch.stdout, "watching")
        shutil.copy(
            course / "solutions/warmup/laplacian.py", course / "exercises/warmup/laplacian.py"
        )
        assert "2 of 2 points" in _until(watch.stdout, "watching")
        watch.kill()


def _until(lines: Iterator[str], word: str) -> str:
    said = ""
    for line in lines:
        said += line
        if line.startswith(word):
            break
    return said


def test_a_class_is_graded_and_reported_on(course: Path) -> None:
    released = (course / "release/warmup/laplacian.ipynb").read_text(encoding="utf-8")
    for who, body in (("ann", WRONG), ("bob", STUB)):
        folder = course / "submitted" / who / "warmup"
        folder.mkdir(parents=True)
        text = released.replace(json.dumps(STUB)[1:-1], json.dumps(body)[1:-1])
        (folder / "laplacian.ipynb").write_text(text, encoding="utf-8")
    subprocess.run(
        forked.command("nbgrader", "generate_assignment", "warmup", "--force", "--create"),
        cwd=course, env=environment(), capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    graded = dojo(course, "grade", "warmup")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    reported = dojo(course, "report", "warmup")
    assert reported.returncode == 0, reported.stdout + reported.stderr
    page = next(course.glob("*.html")).read_text(encoding="utf-8")
    assert "all entries summed" in page
    assert "not written" in page
    feedback = (course / "feedback/ann/warmup/laplacian.html").read_text(encoding="utf-8")
    assert "You added up every entry of the Hessian" in feedback
