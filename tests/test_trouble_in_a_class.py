"""What is wrong with a class's folder is one sentence, before any judging, and costs nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from class_of_students import ASSIGNMENT, RIGHT, hand_in, make_course
from sqlalchemy.exc import OperationalError

from graders.classroom.failures import in_words
from tests.learners import DOJO, environment, quick_dojo


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder)
    hand_in(folder, "ann", RIGHT)
    return folder


@pytest.fixture
def folder(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "course"))


def dojo(folder: Path, *arguments: str, by: tuple[str, ...] = ()) -> tuple[int, str, str]:
    done = subprocess.run(
        [*by, *DOJO, *arguments] if by else quick_dojo(*arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(XDG_STATE_HOME=str(folder.parent / "state")),
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def grade(folder: Path, *more: str, by: tuple[str, ...] = ()) -> tuple[int, str, str]:
    return dojo(folder, "grade", ASSIGNMENT, "--jobs", "1", *more, by=by)


def text(path: Path) -> None:
    path.write_text("this was a database once, long ago", encoding="utf-8")


def truncated(path: Path) -> None:
    os.truncate(path, 20_000)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (text, "the gradebook is no database any more; put a copy of it in its place"),
        (truncated, "the gradebook is damaged; put a copy of it in its place"),
        (emptied, f"the gradebook does not know {ASSIGNMENT}; run `nbgrader generate_assignment"),
        (a_folder, "the gradebook cannot be opened; make sure that it is a file"),
        (Path.unlink, "gradebook.db; put it back if there was one, or make it with `nbgrader"),
    ],
)
def test_a_gradebook_that_is_none_is_one_sentence_and_nothing_is_judged(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    book = folder / "gradebook.db"
    spoil(book)
    before = book.read_bytes() if book.is_file() else b""
    status, out, errors = grade(folder)
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert said in errors
    assert not (folder / ".dojo" / "verdicts").exists()
    if book.is_file() and before:
        assert book.read_bytes() == before


@contextmanager
def held(book: Path, how: str) -> Iterator[None]:
    """Have another program at work in the gradebook."""
    with closing(sqlite3.connect(book, isolation_level=None)) as database:
        database.execute(f"begin {how}")
        yield


def test_a_locked_gradebook_is_told_before_any_judging(folder: Path) -> None:
    with held(folder / "gradebook.db", "exclusive"):
        status, out, errors = grade(folder)
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert "the gradebook is locked: another program" in errors
    assert not (folder / ".dojo" / "verdicts").exists()


def test_one_that_is_locked_when_a_student_is_written_is_told_in_the_same_words() -> None:
    """Not tried for real: a writer waits for its turn for minutes before it gives up."""
    error = OperationalError("insert", {}, sqlite3.OperationalError("database is locked"))
    assert in_words(error).startswith("the gradebook is locked: another program")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c.x = (", "SyntaxError: '(' was never closed"),
        ("import nothing_there", "ModuleNotFoundError: No module named 'nothing_there'"),
        ("raise SystemExit(0)", "SystemExit: 0"),
    ],
)
def test_broken_settings_are_told_with_their_line_before_any_judging(
    folder: Path, line: str, said: str
) -> None:
    settings = folder / "nbgrader_config.py"
    number = len(settings.read_text(encoding="utf-8").splitlines()) + 1
    with settings.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    for status, out, errors in (grade(folder), dojo(folder, "report", ASSIGNMENT)):
        assert (status, out, errors.count("\n")) == (2, "", 1)
        assert f"nbgrader_config.py cannot be loaded (line {number}: {said}" in errors
        assert "nbgrader itself would go on without these settings" in errors
    assert not (folder / ".dojo").exists()


@pytest.mark.skipif(os.name == "nt", reason="sets the environment by env")
@pytest.mark.parametrize(
    ("settings", "commands"),
    [
        ("c.x = (", ("grade", "report")),
        ("c = get_config()\nc.JudgeCells.seed = 'x'\n", ("grade",)),
    ],
    ids=["no Python", "a wrong value"],
)
def test_broken_settings_are_told_before_what_takes_seconds_is_imported(
    folder: Path, settings: str, commands: tuple[str, ...]
) -> None:
    (folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    for command in commands:
        by = ("env", "PYTHONPROFILEIMPORTTIME=1")
        status, _, errors = dojo(folder, command, ASSIGNMENT, by=by)
        imported = {line.rpartition("|")[2].strip() for line in errors.splitlines()}
        assert status == 2
        assert "graders.outlets.nbgrader.settings" in imported
        begun = {"torch", "nbgrader.api", "graders.classroom.local_processes"}
        assert not imported & begun, command


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c.JudgeCells.seed = 'x'", "c.JudgeCells.seed is 'x'; say a whole number"),
        ("c.CourseDirectory.db_url = 3", "expected a unicode string, not the int 3."),
        ("c.LateSubmissionPlugin.penalty_method = 'nil'", "'penalty_method' trait"),
        ("c.Autograde.autograde_preprocessors = []", "lacks the course's own settings"),
        ("c.CourseDirectory.db_url = 'x'", "(it is c.CourseDirectory.db_url in nbgrader_config"),
    ],
)
def test_a_setting_of_no_use_is_one_sentence(folder: Path, line: str, said: str) -> None:
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    status, out, errors = grade(folder)
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert said in errors


def test_settings_without_the_course_s_judge_are_refused_before_any_judging(folder: Path) -> None:
    """nbgrader alone would run what students wrote by itself."""
    execute = "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']\n"
    for more in ("", execute):
        (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{more}", encoding="utf-8")
        status, out, errors = grade(folder)
        assert (status, out, errors.count("\n")) == (2, "", 1)
        assert "lacks the course's own settings (c.Autograde.autograde_preprocessors)" in errors
    assert not (folder / ".dojo").exists()


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def may_be_nobody() -> bool:
    if sys.platform != "linux" or shutil.which("setpriv") is None or os.geteuid() != 0:
        return False
    tried = [*NOBODY, sys.executable, "-c", "import typer"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_be_nobody(), reason="nobody else can run Python here, only root")
def test_a_folder_that_may_not_be_written_to_is_one_sentence(folder: Path) -> None:
    for place in (*folder.parents, folder):
        if os.stat(place).st_uid == os.geteuid() and "pytest" in str(place):
            place.chmod(0o755)
    status, out, errors = grade(folder, by=NOBODY)
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert f"{folder / '.dojo'} may not be read or written to; give yourself the right" in errors


def test_a_report_that_cannot_be_written_says_so(folder: Path) -> None:
    assert grade(folder)[0] == 0
    for output in ("nowhere/page.html", "."):
        status, _, errors = dojo(folder, "report", ASSIGNMENT, "--output", output)
        assert status == 2
        assert errors.count("\n") == 1
        assert f"{output} cannot be written" in errors
        assert "name another with --output" in errors


def test_an_assignment_may_be_named_in_capitals_or_by_its_folder(folder: Path) -> None:
    for name in (ASSIGNMENT.upper(), f"source/{ASSIGNMENT}/"):
        status, _, errors = dojo(folder, "report", name)
        assert status == 2
        assert f"nothing is judged yet; run `dojo grade {ASSIGNMENT}`" in errors


def test_everything_that_is_left_out_is_named_with_the_reason(folder: Path) -> None:
    submitted = folder / "submitted"
    notebook = submitted / "ann" / ASSIGNMENT / "hessian.ipynb"
    for place in ("bob/Derivatives", "cleo/derivativs", "dan", f".eve/{ASSIGNMENT}", "fay/other"):
        (submitted / place).mkdir(parents=True)
        shutil.copy(notebook, submitted / place)
    (submitted / "gus" / ASSIGNMENT).mkdir(parents=True)
    (submitted / "hal").mkdir()
    (submitted / "ina.zip").touch()
    (submitted / ".DS_Store").touch()
    shutil.copy(notebook, notebook.with_name("hessian (1).ipynb"))
    status, out, _ = grade(folder, "--no-feedback")
    assert status == 0
    assert "1 student, 1 notebook: " in out
    left = [line.removeprefix("Left out: ") for line in out.splitlines() if "Left out" in line]
    names = "jacobian, hessian, curvature, hvp"
    assert left == [
        ".eve: a hidden folder; rename it if it is a student's",
        f"ann: hessian (1).ipynb of it; the course's notebooks are called {names}",
        f"bob: its folder is called Derivatives; rename it to {ASSIGNMENT}",
        f"cleo: its folder is called derivativs; rename it to {ASSIGNMENT}",
        f"dan: its notebooks belong into a folder {ASSIGNMENT} in it",
        f"fay: there is no folder {ASSIGNMENT} in it; it has other",
        f"gus: there is no notebook in {ASSIGNMENT}, nothing at all",
        f"hal: there is no folder {ASSIGNMENT} in it; it is empty",
        f"ina.zip: no folder; a student's notebooks belong into NAME/{ASSIGNMENT}/",
    ]
    shutil.rmtree(submitted / "ann")
    status, out, errors = grade(folder)
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert "was anything collected?; .eve: a hidden folder" in errors
    assert "hal: there is no folder" in errors
