"""What each notebook was graded for, in the gradebook itself, in a table of our own.

A gradebook that is put back from a copy brings back points by hand, and with them what they were
given for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbgrader.api import Base, Gradebook
from sqlalchemy import BigInteger, Column, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Session

from graders.course.digests import digest_of

# Among nbgrader's own tables, so that it makes this one where it opens a gradebook that has none.
ANSWERS = Table(
    "dojo_answers",
    Base.metadata,
    # nbgrader's id of a student's notebook.
    Column("notebook", String(32), primary_key=True),
    # Of all that the notebook was graded for: small enough to be told apart as a float.
    Column("digest", BigInteger, nullable=False),
    Column("graded_for", Text, nullable=False),
)


@dataclass(frozen=True)
class Answers:
    """What each graded cell of a notebook was graded for when it was last written, as hashes.

    Where the note of that is lost, whoever has marked something is asked to look again.
    """

    db: Session
    notebook: str
    before: Mapping[str, str]
    now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, gradebook: Gradebook, notebook: str) -> Answers:
        """Read the note of a student's notebook, by nbgrader's id of it."""
        query = select(ANSWERS.c.graded_for).where(ANSWERS.c.notebook == notebook)
        row = gradebook.db.execute(query).first()
        return cls(gradebook.db, notebook, _mapping(row[0]) if row else {})

    def is_as_before(self, name: str, graded_for: str) -> bool:
        """Note what a cell is graded for now, and say whether that is what it was before."""
        self.now[name] = graded_for
        return self.before.get(name) == graded_for

    def keep(self) -> None:
        """Write the note, in the transaction that writes what it is about."""
        if self.now == self.before:
            return
        digest = int(digest_of(sorted(self.now.items()))[:12], 16)
        self.db.execute(delete(ANSWERS).where(ANSWERS.c.notebook == self.notebook))
        row = {"notebook": self.notebook, "digest": digest, "graded_for": json.dumps(self.now)}
        self.db.execute(insert(ANSWERS).values(**row))


def _mapping(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
