"""Indexes that nbgrader's gradebook lacks, so that a student costs the same in a class of any size.

nbgrader asks for a notebook's grades and comments by the notebook, and its own indexes begin with
the cell: each question reads the rows of the whole class. The tables stay as they are, and whatever
else opens the gradebook is quicker, too.
"""

from __future__ import annotations

from contextlib import suppress

from nbgrader.coursedir import CourseDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from graders.classroom.opened import opened

_INDEXES = (
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
    ("submitted_notebook", "assignment_id"),
)


def add_indexes(coursedir: CourseDirectory) -> None:
    """Add what is missing; where that is refused, or this SQL is not known, it goes without."""
    with opened(coursedir) as gradebook:
        for table, column in _INDEXES:
            name = f"dojo_{table}_{column}"
            with suppress(SQLAlchemyError), gradebook.engine.begin() as connection:
                connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"))
