"""A limit on our own work, where what somebody handed in decides how long that takes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from graders.course.submission import UnreadableSubmissionError


class TookTooLongError(UnreadableSubmissionError):
    """Work on what was handed in took more of the processor than it may."""


class _TimeIsUp(BaseException):  # noqa: N818 (no error: it passes all that catches one)
    """Ends the work wherever it is."""


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """Raise TookTooLongError, which names `what`, after so much processor time of this process.

    Limits may stand in one another; the shorter one holds. Only the main thread can be stopped, and
    only where the system has such a timer: elsewhere nothing is. Python's patterns look for signals
    while they search.
    """
    if not hasattr(signal, "setitimer") or not _is_main_thread():
        yield
        return
    started = time.process_time()
    around = signal.getitimer(signal.ITIMER_PROF)[0]
    before = signal.signal(signal.SIGPROF, _up)
    limit = min(seconds, around) if around else seconds
    # Again and again, for what is stopped may catch even this.
    signal.setitimer(signal.ITIMER_PROF, limit, 0.1)
    try:
        yield
    except _TimeIsUp:
        said = f"{what} took more than {seconds:g} seconds of the processor"
        raise TookTooLongError(said) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if around:
            left = around - (time.process_time() - started)
            signal.setitimer(signal.ITIMER_PROF, max(left, 1e-3), 0.1)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _up(_signal: int, _frame: FrameType | None) -> None:
    raise _TimeIsUp
