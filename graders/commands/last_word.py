"""What `dojo` says when nothing else has: a sentence in place of a traceback."""

from __future__ import annotations

import atexit
import io
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn

COULD_NOT_RUN, STOPPED, CLOSED_PIPE = 2, 130, 1
_LONGEST = 300


def run(app: Callable[[], object]) -> NoReturn:
    """Run a command line, and end: quietly where the user stops it, else with a sentence.

    With DOJO_DEBUG=1 an unforeseen error comes through as it is.
    """
    _replace_closed_streams()
    write_any_character()
    try:
        status = _status_of(app)
        _flush()
    except BrokenPipeError:
        _forget_output()
        status = CLOSED_PIPE
    except KeyboardInterrupt:
        status = STOPPED
    except Exception as error:
        if os.environ.get("DOJO_DEBUG", "0") not in ("", "0"):
            raise
        _tell(error)
        status = COULD_NOT_RUN
    leave(status)


def leave(status: int | str | None) -> NoReturn:
    """End as `sys.exit` does, exit handlers and all, and do not take apart what was imported.

    That takes 0.4 seconds for torch, and as long in a fork.
    """
    atexit.register(_end_at_once, status)
    sys.exit(status)


def _replace_closed_streams() -> None:
    """Write to nowhere what goes to a stream that was closed, as `>&-` does."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, nowhere)


def write_any_character() -> None:
    """Have ∇ written as a number where a terminal knows no such sign, in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def can_draw() -> bool:
    """Whether standard output is a terminal that knows signs, colours and a second screen."""
    if sys.stdout is None or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def _status_of(app: Callable[[], object]) -> int | str | None:
    try:
        app()
    except SystemExit as error:
        return error.code
    return 0


def _end_at_once(status: int | str | None) -> None:
    """Run the other exit handlers, as the one that Python calls first, and end the process."""
    atexit.unregister(_end_at_once)
    atexit._run_exitfuncs()
    try:
        _flush()
    except OSError:
        status = status or CLOSED_PIPE
    os._exit(status if isinstance(status, int) else int(status is not None))


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _forget_output() -> None:
    """Leave nothing behind that the end of the process would try to write once more."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: Exception) -> None:
    from graders.outlets.terminal import clean

    place = _keep_details(error)
    where = f"the details are in {place}" if place else f"it was at {_place_of(error)}"
    sentence = (
        f"dojo: something unexpected happened: {_in_words(error)}; {where}; "
        "please send that to whoever looks after this course"
    )
    sys.stderr.write(clean(sentence) + "\n")


def _in_words(error: Exception) -> str:
    lines = str(error)[:_LONGEST].strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _place_of(error: Exception) -> str:
    steps = traceback.extract_tb(error.__traceback__)
    return f"line {steps[-1].lineno} of {steps[-1].filename}" if steps else "an unknown place"


def _keep_details(error: Exception) -> Path | None:
    """Write the traceback where the user may write; None where there is no such place."""
    name = f"{datetime.now():%Y-%m-%d-%H%M%S}-{os.getpid()}.txt"
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(_details(error), encoding="utf-8", errors="backslashreplace")
        except (OSError, RuntimeError):
            continue
        return folder / name
    return None


def _folders() -> list[Path]:
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    found = [Path(state)] if os.path.isabs(state) else []
    with suppress(OSError):
        found.append(Path(tempfile.gettempdir()))
    return [folder / "dojo" for folder in found]


def _details(error: Exception) -> str:
    about = (
        f"dojo {' '.join(sys.argv[1:])}",
        f"in {os.path.abspath(os.curdir)}",
        f"Python {sys.version.split()[0]} on {platform.platform()}",
    )
    return "\n".join([*about, "", *traceback.format_exception(error)])
