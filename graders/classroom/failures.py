"""Why something could not be written, in a sentence that an instructor can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

from graders.course import CourseError
from graders.course.submission import UnreadableSubmissionError

_LONGEST = 300
# What a student's folder may raise when it is looked into.
OF_A_FOLDER = (OSError, MemoryError, UnicodeError)
NO_ROOM = "the disk is full; make room, and the same command goes on from here"
NO_FOLDER = (
    "no folder for temporary files can be written to; is the disk full? Make room, or set TMPDIR"
)
_DATABASES = ("sqlite3", "sqlalchemy", "psycopg")
# What SQLite and PostgreSQL say, in part; and what that means to an instructor.
_OF_A_GRADEBOOK = {
    "database is locked": "the gradebook is locked: another program, such as the formgrader or "
    "another nbgrader, is at work in it; wait for that to end, then run this again",
    "file is not a database": "the gradebook is no database any more; put a copy of it in its "
    "place, for the points given by hand are in it alone",
    "malformed": "the gradebook is damaged; put a copy of it in its place, for the points given "
    "by hand are in it alone",
    "unable to open database file": "the gradebook cannot be opened; make sure that it is a file, "
    "and that you may write to it and to its folder",
    "readonly database": "the gradebook may not be written to; give yourself the right to write "
    "to it and to its folder, then run this again",
    "no such table": "the gradebook was made by another program or version; `nbgrader db upgrade` "
    "may mend it",
    "no such column": "the gradebook was made by another version of nbgrader; `nbgrader db "
    "upgrade` mends it",
    "connection failed": "the gradebook's server cannot be reached; start it, or set right "
    "c.CourseDirectory.db_url in nbgrader_config.py",
}


def in_words(error: BaseException) -> str:
    """Say what was in the way: the disk where it is full, else the error with its first line."""
    if any(_tells_of_no_room(one) for one in _chain(error)):
        return NO_ROOM
    if "No usable temporary directory" in str(error):
        return NO_FOLDER
    known = _of_a_gradebook(error)
    if known:
        return known
    if isinstance(error, (CourseError, UnreadableSubmissionError)):
        return str(error)[:_LONGEST]
    # A library may quote a student's whole file.
    lines = str(error)[:_LONGEST].encode("utf-8", "replace").decode().strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def in_words_at(error: BaseException, place: Path) -> str:
    """Say what was in the way of one student; of an odd folder say where it is and what to do."""
    words = in_words(error)
    if not isinstance(error, OF_A_FOLDER) or words in (NO_ROOM, NO_FOLDER):
        return words
    return f"{place} cannot be graded ({words}); mend what is in the way, and run this again"


def _of_a_gradebook(error: BaseException) -> str:
    said = [str(one) for one in _chain(error) if "sqlalchemy" in type(one).__module__]
    found = (words for sign, words in _OF_A_GRADEBOOK.items() if any(sign in text for text in said))
    return next(found, "")


def _tells_of_no_room(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    # SQLite and PostgreSQL have errors of their own for it. What others say may be a student's.
    said = ("disk is full", "No space left on device")
    of_a_database = type(error).__module__.partition(".")[0] in _DATABASES
    return of_a_database and any(words in str(error) for words in said)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
