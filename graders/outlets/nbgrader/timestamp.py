"""When something was handed in, which nbgrader keeps in a file beside it."""

from __future__ import annotations

import os
from pathlib import Path

from nbgrader.utils import parse_utc

from graders.course import CourseError
from graders.course.submission import UnreadableSubmissionError, read_bytes
from graders.limits import MAX_TIME_BYTES

TIME = "timestamp.txt"
_SHOWN = 40
_WHAT_TO_DO = "write it like 2030-01-31 12:00:00 UTC, or delete the file"


def time_handed_in(folder: Path) -> bytes | None:
    """Read it, of a small regular file only; None where there is none. Else CourseError."""
    path = folder / TIME
    if not os.path.lexists(path):
        return None
    try:
        return read_bytes(path, MAX_TIME_BYTES)
    except UnreadableSubmissionError:
        raise CourseError(
            f"{TIME} says when it was handed in, but it is no file of up to {MAX_TIME_BYTES} "
            f"bytes that can be read; {_WHAT_TO_DO}"
        ) from None


def require_time(folder: Path) -> None:
    """Say what is wrong with a time of handing in, which nbgrader stumbles over without a word."""
    content = time_handed_in(folder)
    if content is None:
        return
    try:
        # All of it, as nbgrader does.
        parse_utc(content.decode("ascii").strip())
    except Exception:
        said = " ".join(content.decode("utf-8", "replace").split())[:_SHOWN]
        raise CourseError(
            f"{TIME} says when it was handed in, but “{said}” is no time; {_WHAT_TO_DO}"
        ) from None
