"""How commands speak: lines to standard output, one sentence where something is in the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from graders.commands.last_word import can_draw

if TYPE_CHECKING:
    from rich.console import Console

    from graders.outlets.terminal import Line


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what a learner can do something about into one sentence and exit status 2."""
    from graders.course import CourseError
    from graders.course.submission import UnreadableSubmissionError
    from graders.sandbox.processes import GraderFaultError

    try:
        yield
    except (CourseError, UnreadableSubmissionError, GraderFaultError) as error:
        fail(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror or error}")


def fail(sentence: str) -> NoReturn:
    """End with a sentence and exit status 2."""
    complain(sentence)
    raise typer.Exit(2)


def complain(sentence: str) -> None:
    """Write a sentence to standard error, without what could steer a terminal."""
    from graders.outlets.terminal import clean

    sys.stderr.write(clean(sentence) + "\n")


def blank() -> Line:
    """Give an empty line."""
    from graders.outlets.terminal import BLANK

    return BLANK


def is_plain(plain: bool) -> bool:
    """Whether to write words only: asked for, or no terminal that can draw."""
    return plain or not can_draw()


def console() -> Console:
    """Make a console that shows what it is given, and nothing it makes of it."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def show(lines: Sequence[Line], plain: bool) -> None:
    """Show lines, in colour where the terminal can."""
    from graders.outlets.terminal import to_plain, to_rich

    if is_plain(plain):
        write(to_plain(lines))
    else:
        console().print(to_rich(lines))


def write(text: str) -> None:
    """Write UTF-8 into a pipe or file, whatever the system's own encoding is.

    A terminal is asked in its own encoding: there is nobody else to decode what it shows.
    """
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None or sys.stdout.isatty():
        sys.stdout.write(text)
    else:
        stream.write(text.encode("utf-8", errors="replace"))
    sys.stdout.flush()
