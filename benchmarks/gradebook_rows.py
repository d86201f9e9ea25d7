"""A student's rows in nbgrader's gradebook, and the same rows again for students of other names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from nbgrader.api import Base
from sqlalchemy import Engine, create_engine, insert, select, text

Rows = dict[str, list[dict[str, Any]]]

_TABLES = Base.metadata.tables
# Each with the column by which its rows belong to rows of the one that it is made from.
_BELONGS = {
    "submitted_assignment": ("student_id", "student"),
    "submitted_notebook": ("assignment_id", "submitted_assignment"),
    "grade": ("notebook_id", "submitted_notebook"),
    "comment": ("notebook_id", "submitted_notebook"),
}
_MANY = 200


@dataclass(frozen=True)
class GradebookRows:
    """The gradebook of a course as plain tables, on SQLite or PostgreSQL."""

    engine: Engine

    @classmethod
    def at(cls, db_url: str) -> GradebookRows:
        """Open a gradebook."""
        return cls(create_engine(db_url))

    def of(self, student: str) -> Rows:
        """Read all that the gradebook has of a student, table by table."""
        with self.engine.connect() as connection:
            table = _TABLES["student"]
            query = select(table).where(table.c.id == student)
            found: Rows = {"student": [dict(row) for row in connection.execute(query).mappings()]}
            for name, (column, owner) in _BELONGS.items():
                table = _TABLES[name]
                owners = [row["id"] for row in found[owner]]
                query = select(table).where(table.c[column].in_(owners))
                found[name] = [dict(row) for row in connection.execute(query).mappings()]
        return found

    def add(self, entries: Sequence[Rows]) -> None:
        """Insert the rows of many students, some hundreds in a transaction."""
        for first in range(0, len(entries), _MANY):
            some = entries[first : first + _MANY]
            with self.engine.begin() as connection:
                for name in ("student", *_BELONGS):
                    rows = [row for entry in some for row in entry[name]]
                    if rows:
                        connection.execute(insert(_TABLES[name]), rows)

    def settle(self) -> None:
        """Let a server count its rows now: in the life of a class it does so by itself."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                connection.execute(text("ANALYZE"))
        self.engine.dispose()


def under_another_name(rows: Rows, student: str) -> Rows:
    """Give the rows that the gradebook would have of a student with the same work and grades."""
    renamed = {row["id"]: student for row in rows["student"]}
    copies: Rows = {"student": [{**row, "id": student} for row in rows["student"]]}
    for name, (column, _) in _BELONGS.items():
        copies[name] = []
        for row in rows[name]:
            renamed[row["id"]] = uuid4().hex
            mine = {"id": renamed[row["id"]], column: renamed[row[column]]}
            copies[name].append({**row, **mine})
    return copies
