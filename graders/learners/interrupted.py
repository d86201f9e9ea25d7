"""What a terminal does to a program that draws on it: Ctrl-Z and fg, and another size."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptions(
    leave: Callable[[], None], come_back: Callable[[], None], resized: Callable[[], None]
) -> Iterator[None]:
    """Call `leave` before the program is stopped, `come_back` after it, `resized` for a new size.

    Nothing of it where the system has no such signals.
    """
    if not hasattr(signal, "SIGTSTP"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        leave()
        # Not SIGSTOP: where nobody could say `fg`, the system lets this one pass.
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, stop)
        come_back()

    before = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, stop),
        signal.SIGWINCH: signal.signal(signal.SIGWINCH, lambda *_: resized()),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
