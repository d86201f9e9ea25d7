"""A gradebook that is made here is the one that nbgrader makes."""

from __future__ import annotations

import os
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Grade, Gradebook, get_alembic_version
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError

from graders.outlets.nbgrader.new_gradebook import make_if_new

VERSION = "alembic_version"


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def tables(path: Path) -> dict[str, list[str]]:
    found = inspect(create_engine(url_of(path)))
    return {
        table: sorted(f"{column['name']} {column['type']}" for column in found.get_columns(table))
        for table in found.get_table_names()
    }


def versions(path: Path) -> list[str]:
    with create_engine(url_of(path)).connect() as connection:
        return list(connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalars())


def test_it_has_the_tables_and_the_version_of_nbgraders_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    make_if_new(url_of(ours))
    Gradebook(url_of(theirs)).close()
    assert tables(ours) == tables(theirs)
    assert versions(ours) == versions(theirs) == [get_alembic_version()]


def test_nbgrader_starts_no_process_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gradebook.db"
    make_if_new(url_of(path))
    # alembic is nowhere to be found.
    monkeypatch.setenv("PATH", str(tmp_path))
    with Gradebook(url_of(path)) as gradebook:
        gradebook.add_student("ann")
        assert [student.id for student in gradebook.students] == ["ann"]


def test_many_at_once_make_one(tmp_path: Path) -> None:
    url = url_of(tmp_path / "gradebook.db")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make_if_new, [url] * 4))
    assert len(versions(tmp_path / "gradebook.db")) == 1


def test_what_fails_half_way_leaves_a_database_without_tables(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    event.listen(Grade.__table__, "after_create", fail)
    try:
        with pytest.raises(KeyboardInterrupt):
            make_if_new(url_of(path))
    finally:
        event.remove(Grade.__table__, "after_create", fail)
    assert not tables(path)
    make_if_new(url_of(path))
    assert len(versions(path)) == 1


def test_a_gradebook_with_tables_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with create_engine(url_of(path)).begin() as connection:
        connection.execute(text("CREATE TABLE old (number INTEGER)"))
    before = path.read_bytes()
    make_if_new(url_of(path))
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_an_error_of_sqlalchemys(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        make_if_new(url_of(tmp_path / "nowhere" / "gradebook.db"))
