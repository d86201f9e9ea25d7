"""A gradebook on a PostgreSQL server: the same grades as in a file, with two processes writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, gradebook_rows, hand_in_a_class, make_course
from nbgrader.api import Gradebook

from benchmarks import postgresql
from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a database on a server of our own, which writes nothing through to the disk."""
    pytest.importorskip("psycopg")
    place = postgresql.programs()
    if place is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgresql.server(place, "-F") as url:
        yield url


@pytest.fixture
def folder(server: str, tmp_path: Path) -> Path:
    make_course(tmp_path / "course", settings=f"c.CourseDirectory.db_url = {server!r}")
    return tmp_path / "course"


def run(folder: Path) -> Outcome:
    with local_processes(2) as make, Crew(make, 2) as crew:
        order = Order(folder, ASSIGNMENT, Ruling(), feedback=False)
        return grade(order, crew, crew, lambda _outcome: None)


@pytest.mark.lowest
def test_the_grades_are_those_of_a_gradebook_in_a_file(
    server: str, folder: Path, tmp_path: Path
) -> None:
    make_course(tmp_path / "in-a-file")
    for place in (folder, tmp_path / "in-a-file"):
        hand_in_a_class(place)
        assert run(place).written == 5
    assert run(folder).unchanged == 5
    assert not (folder / "gradebook.db").exists()
    theirs = as_text(gradebook_rows(tmp_path / "in-a-file"))
    assert any("check-hessian" in row for row in theirs)
    assert as_text(gradebook_rows(folder, server)) == theirs
    with Gradebook(server, "second-derivatives") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "right").score == 10


def as_text(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Write truth and times as SQLite does: it has no types for them."""
    written = []
    for row in rows:
        values = [int(value) if isinstance(value, bool) else value for value in row]
        written.append(tuple(str(value).removesuffix(".000000") for value in values))
    return written
