"""The gradebook, opened so that whatever is wrong with it is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from graders.classroom.failures import in_words
from graders.course import CourseError
from graders.outlets.nbgrader.new_gradebook import make_if_new

_SQLITE = "sqlite:///"


def file_of(coursedir: CourseDirectory) -> Path | None:
    """Give the file that a gradebook is; None where a server keeps it."""
    url: str = coursedir.db_url
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


@contextmanager
def opened(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """Open the gradebook of a course folder; CourseError where that, or reading it, fails."""
    try:
        make_if_new(coursedir.db_url)
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise CourseError(f"{in_words(error)} (it is {_name(coursedir)})") from error


def _name(coursedir: CourseDirectory) -> str:
    """Name the gradebook, without the password of a server."""
    path = file_of(coursedir)
    if path is not None:
        return str(path)
    try:
        return make_url(coursedir.db_url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "c.CourseDirectory.db_url in nbgrader_config.py"
