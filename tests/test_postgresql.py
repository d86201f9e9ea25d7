"""A gradebook on a PostgreSQL server: the same grades as in a file, with two processes writing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from class_of_students import ASSIGNMENT, gradebook_rows, hand_in_a_class, make_course
from nbgrader.api import Gradebook

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

START_SECONDS = 60


def programs() -> Path | None:
    """Find the folder of the server's programs; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").is_file()), None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a database on a server of our own, reached by a socket in a folder of our own."""
    pytest.importorskip("psycopg")
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server is installed")
    is_root = os.geteuid() == 0
    # The server refuses to run as root.
    user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if is_root else {}
    folder = Path(tempfile.mkdtemp(prefix="dojo-postgresql-"))
    try:
        if is_root:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        options = [
            "--auth=trust",
            "--username=grader",
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
        ]
        make = [place / "initdb", "-D", data, *options]
        subprocess.run(make, check=True, capture_output=True, cwd="/", **user)
        run = [place / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([*run, "-F"], cwd="/", **quiet, **user) as process:
            url = f"postgresql+psycopg://grader@/postgres?host={folder}"
            try:
                wait_for(url, process)
                yield url
            finally:
                # Its fast way to end: it hangs up on whoever is still connected.
                process.send_signal(signal.SIGINT)
                process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)


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
