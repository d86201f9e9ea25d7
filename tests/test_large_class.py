"""A student costs as much in a class of any size, and a run with nothing to do starts nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, REPOSITORY, RIGHT, hand_in, make_course
from nbgrader.api import Gradebook
from sqlalchemy import inspect, text
from typer.testing import CliRunner

from graders.classroom import indexes, local_processes
from graders.classroom.indexes import add_indexes
from graders.classroom.settings import course_directory
from graders.cli import app

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")
CELLS = tuple(f"check-{number}" for number in range(8))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nbgrader's settings; a new gradebook is made by a program beside Python."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    monkeypatch.setenv(
        "PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    )
    return tmp_path


def fill(gradebook: Gradebook, students: int) -> None:
    gradebook.add_assignment("a")
    gradebook.add_notebook("n", "a")
    for cell in CELLS:
        gradebook.add_grade_cell(cell, "n", "a", max_score=1, cell_type="code")
    for number in range(students):
        gradebook.add_student(f"{number}")
        gradebook.add_submission("a", f"{number}")


@contextmanager
def steps_of(gradebook: Gradebook) -> Iterator[list[int]]:
    """Count the steps of SQLite's machine, in hundreds."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    connection: Any = gradebook.db.connection().connection.driver_connection
    connection.set_progress_handler(count, 100)
    yield counted
    connection.set_progress_handler(None, 0)


def work_for_a_student(folder: Path, students: int, *, indexed: bool) -> int:
    url = f"sqlite:///{folder / f'{students}-{indexed}.db'}"
    with Gradebook(url) as gradebook:
        fill(gradebook, students)
    if indexed:
        coursedir: Any = course_directory(folder)
        coursedir.db_url = url
        add_indexes(coursedir)
    with Gradebook(url) as gradebook, steps_of(gradebook) as steps:
        for cell in CELLS:
            gradebook.find_grade(cell, "n", "a", "5")
        assert gradebook.find_submission_notebook("n", "a", "5").score == 0
        return steps[0]


def test_what_a_student_costs_in_the_gradebook_does_not_grow_with_the_class(course: Path) -> None:
    few, many = (work_for_a_student(course, n, indexed=True) for n in (10, 200))
    assert many < 1.5 * few
    stock = work_for_a_student(course, 200, indexed=False)
    assert stock > 5 * few, "nbgrader's own indexes do as well: these can go"


def test_a_database_that_refuses_an_index_goes_without(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "_INDEXES", (("nowhere", "id"), *indexes._INDEXES))
    coursedir = course_directory(course)
    for _ in range(2):
        add_indexes(coursedir)
    with Gradebook(coursedir.db_url) as gradebook:
        assert "dojo_grade_notebook_id" in {
            one["name"] for one in inspect(gradebook.engine).get_indexes("grade")
        }
        assert gradebook.db.execute(text("SELECT count(*) FROM grade")).scalar() == 0


def test_processes_are_begun_ahead_only_where_something_new_was_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_course(tmp_path)
    hand_in(tmp_path, "ann", RIGHT)
    begun: list[str] = []
    begin = local_processes.begin
    monkeypatch.setattr(local_processes, "begin", lambda: (begun.append(""), begin()))
    monkeypatch.chdir(tmp_path)

    def times_begun(*options: str) -> int:
        begun.clear()
        done = CliRunner().invoke(app, ["grade", ASSIGNMENT, "--jobs", "1", *options])
        assert done.exit_code == 0, done.output
        return len(begun)

    assert times_begun() > 0
    assert times_begun() == 0
    assert times_begun("--force") > 0
    hand_in(tmp_path, "bob", RIGHT)
    assert times_begun() > 0
    assert times_begun() == 0


NBGRADER = """
import sys
from graders.course.light_imports import import_nbgrader
import_nbgrader()
import nbgrader
assert "tornado" not in sys.modules and "jupyter_server" not in sys.modules
assert nbgrader._jupyter_server_extension_points() == [{"module": "nbgrader"}]
from nbgrader.server_extensions import formgrader
assert callable(formgrader.handlers.default_handlers.__class__)
loaded = []
formgrader.load_jupyter_server_extension = loaded.append
nbgrader.load_formgrader("a server")
assert loaded == ["a server"]
"""


def test_nbgrader_comes_without_its_server_and_a_server_still_finds_all_of_it() -> None:
    subprocess.run([sys.executable, "-c", NBGRADER], check=True)


NOTHING_TO_DO = """
import sys
from pathlib import Path
import graders.classroom.grade
from graders.classroom.settings import course_directory
course_directory(Path(sys.argv[1]))
print(sorted({"torch", "nbconvert", "nbgrader.preprocessors"} & set(sys.modules)))
"""


def test_who_has_nothing_to_write_imports_nothing_that_writes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOTHING_TO_DO, str(REPOSITORY)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
