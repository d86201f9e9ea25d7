"""A student fetches, hands in and reads feedback in the real JupyterLab, by nbgrader's exchange."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assignment_list import COURSE, answer, fetch, fetch_feedback, submit
from class_of_students import ASSIGNMENT, TOPIC, make_course
from lab_server import Lab, a_lab, a_page
from learners import environment

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with a_page() as page:
        yield page


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange")
    folder.chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def teacher(exchange: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose one lesson is released to the exchange."""
    folder = tmp_path_factory.mktemp("teacher") / "course"
    make_course(folder, TOPIC, settings=f'c.Exchange.root = "{exchange}"')
    run(folder, "nbgrader", "release_assignment", ASSIGNMENT)
    return folder


@pytest.fixture(scope="module")
def lab(
    page: Any, exchange: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """A student's own folder, with the two lines of docs/teaching.md in their settings."""
    base = tmp_path_factory.mktemp("student")
    folder, home = base / "work", base / "ada"
    (home / "CONFIG_DIR").mkdir(parents=True)
    folder.mkdir()
    settings = f'c.CourseDirectory.course_id = "{COURSE}"\nc.Exchange.root = "{exchange}"\n'
    (home / "CONFIG_DIR" / "nbgrader_config.py").write_text(
        f"c = get_config()\n{settings}", "utf-8"
    )
    with a_lab(folder, home, page) as running:
        yield running


def run(folder: Path, *command: str) -> str:
    module = "graders.cli" if command[0] == "dojo" else command[0]
    done = subprocess.run(
        [sys.executable, "-m", module, *command[1:]],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_student_fetches_hands_in_and_reads_feedback(lab: Lab, teacher: Path) -> None:
    path = fetch(lab)
    answer(path)
    submit(lab.page)
    assert "Collecting submission" in run(teacher, "nbgrader", "collect", ASSIGNMENT)
    (handed_in,) = (teacher / "submitted").glob(f"*/{ASSIGNMENT}/{TOPIC}.ipynb")
    assert handed_in.read_bytes() == path.read_bytes()
    run(teacher, "dojo", "grade", ASSIGNMENT)
    run(teacher, "nbgrader", "release_feedback", ASSIGNMENT)
    assert "10 of 10 points" in fetch_feedback(lab)
