"""One open gradebook for each process, in place of one for each step of each notebook.

nbgrader opens its gradebook about seven times for a notebook, each time with a new engine, which
asks the database for its tables and compiles every statement again; and it commits after each
cell. Here the engine stays open, and what is done between opening and closing is one transaction:
a gradebook sees all of a step or none of it, and another process waits milliseconds for its turn.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from nbgrader.api import Gradebook, SourceCell
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from graders.outlets.nbgrader import handed_in, rebuild

WAIT_SECONDS = 300
_USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.saveautogrades",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.getgrades",
    "graders.outlets.nbgrader.rebuild",
)
_engines: dict[str, Engine] = {}
_seen: set[tuple[str, str]] = set()
_source_cells: dict[tuple[str, str, str, str], SourceCell] = {}


class _OneTransaction(Session):
    """A session that commits when it is closed, not each time it is told to."""

    def commit(self) -> None:
        self.flush()

    def commit_all(self) -> None:
        super().commit()


class OneGradebook(Gradebook):
    """nbgrader's gradebook on an engine that stays open."""

    def __init__(
        self, db_url: str, course_id: str = "default_course", authenticator: Any = None
    ) -> None:
        """Open the gradebook; the first time in a process as nbgrader does, tables and all."""
        if (db_url, course_id) not in _seen:
            Gradebook(db_url, course_id, authenticator).close()
            _seen.add((db_url, course_id))
        if db_url not in _engines:
            _engines[db_url] = _engine(db_url)
        self.engine = _engines[db_url]
        self.db = scoped_session(sessionmaker(bind=self.engine, class_=_OneTransaction))
        self.course_id = course_id
        self.authenticator = authenticator

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """Find a cell of what was given out, the same for the whole class; it is looked up once.

        It is of no session, so whoever changes it changes no row.
        """
        key = (str(self.engine.url), assignment, notebook, name)
        if key not in _source_cells:
            found = super().find_source_cell(name, notebook, assignment)
            self.db.expunge(found)
            _source_cells[key] = found
        return _source_cells[key]

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """Commit all that was done, or nothing of it where there was an exception."""
        try:
            if exc_type is None:
                self.db().commit_all()
        finally:
            self.close()

    def close(self) -> None:
        """Close the session; the engine stays."""
        self.db.remove()


def use_one_gradebook() -> None:
    """Let nbgrader's converters in this process open their gradebook this way, from now on.

    What was given out is read once, too: a process of a pool lives no longer than a run.
    """
    for name in _USERS:
        module = importlib.import_module(name)
        if getattr(module, "Gradebook", None) is Gradebook:
            module.Gradebook = OneGradebook  # type: ignore[attr-defined]
    handed_in.master_cells = _master_cells


_master_cells = cache(rebuild.master_cells)


def _engine(db_url: str) -> Engine:
    is_sqlite = make_url(db_url).get_backend_name() == "sqlite"
    return create_engine(db_url, connect_args={"timeout": WAIT_SECONDS} if is_sqlite else {})
