"""Run a submission's cells as IPython would, one after another, and keep going after an error."""

from __future__ import annotations

import io
import linecache
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType
from typing import Any

from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

from graders.limits import MAX_MESSAGE, MAX_PRINTED


class OutOfTimeError(BaseException):
    """The processor time for one cell or one call is used up.

    Not an Exception, so that a student's `except Exception` does not swallow it.
    """


class Printed(io.TextIOBase):
    """Takes what is printed, keeps the first part and drops the rest."""

    def __init__(self) -> None:
        """Start empty."""
        self._parts: list[str] = []
        self._size = 0

    def writable(self) -> bool:
        """Accept text, as a stream does."""
        return True

    def write(self, text: str, /) -> int:
        """Keep as much of `text` as there is room for."""
        room = MAX_PRINTED - self._size
        if room > 0:
            self._parts.append(text[:room])
            self._size += min(len(text), room)
        return len(text)

    def take(self) -> str:
        """Give what was printed since the last time."""
        text = "".join(self._parts)
        self._parts, self._size = [], 0
        return text


def make_shell() -> InteractiveShell:
    """Make the IPython shell whose namespace the cells share; no history, no files."""
    HistoryManager.enabled = False
    shell = InteractiveShell.instance()
    shell.colors = "nocolor"
    # For lines with `!` and %pip: there is no system to command here, and no answer hangs on them.
    shell.system = shell.getoutput = _no_output
    return shell


def _no_output(_command: str, *_how: object, **_more: object) -> list[str]:
    return []


def compile_cell(source: str, filename: str, first_line: int) -> CodeType:
    """Compile a cell of plain Python, as most are; SyntaxError or ValueError where it is not.

    It inherits this module's `annotations`: a name missing in a type costs nobody a point.
    """
    return compile("\n" * (first_line - 1) + source, filename, "exec")


def run_cell(
    shell: InteractiveShell,
    source: str,
    filename: str,
    first_line: int,
    code: CodeType | None = None,
) -> None:
    """Run one cell so that tracebacks carry `filename` and the lines of the file it came from.

    `code` is the cell compiled, where that was done before.
    """
    text = "\n" * (first_line - 1) + source
    try:
        # To plain Python IPython would change nothing, slowly.
        code = code or compile_cell(source, filename, first_line)
    except (SyntaxError, ValueError):
        # IPython leaves out the empty lines at the top of a cell, and students count them.
        empty = next((i for i, line in enumerate(source.splitlines()) if line.strip()), 0)
        text = "\n" * (first_line - 1 + empty) + shell.transform_cell(source)
        code = compile(text, filename, "exec")
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(code, shell.user_ns)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError in the running code after so much processor time, where timers exist.

    A courtesy that lets the worker live on; the limit that binds is the judge's own clock.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, _out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError("out of processor time")


def describe(error: BaseException, student_files: frozenset[str]) -> dict[str, Any]:
    """Describe an exception as data: its classes, its message and the student's innermost line."""
    file, line = _innermost(error.__traceback__, student_files)
    if isinstance(error, SyntaxError) and error.filename in student_files:
        file, line = str(error.filename), int(error.lineno or 0)
    try:
        message = str(error)[:MAX_MESSAGE]
    except Exception:
        message = "(the exception cannot be printed)"
    classes = [kind.__name__[:100] for kind in type(error).__mro__[:20]]
    return {"classes": classes, "message": message, "file": file, "line": line}


def _innermost(traceback: TracebackType | None, files: frozenset[str]) -> tuple[str, int]:
    found = ("", 0)
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if filename in files:
            found = (filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def quiet_streams() -> Printed:
    """Put a bounded stream in the place of stdout and stderr."""
    printed = Printed()
    sys.stdout = sys.stderr = printed
    return printed
