"""A gradebook that is new: its tables, and which version of nbgrader's tables they are.

nbgrader makes both where it first opens a database, and asks for the version by starting `alembic`,
which takes seconds. Here the library is asked, and all is one transaction.
"""

from __future__ import annotations

from nbgrader.api import Base
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, create_engine, inspect


def make_if_new(db_url: str) -> None:
    """Make the tables of a database that has none.

    Raises SQLAlchemyError where the database cannot be opened or written.
    """
    engine = create_engine(db_url)
    try:
        if inspect(engine).get_table_names():
            return
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                # Python's driver begins no transaction for a table.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            if not inspect(connection).get_table_names():
                _make(connection)
    finally:
        engine.dispose()


def _make(connection: Connection) -> None:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    Base.metadata.create_all(bind=connection)
    MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "heads")
