"""Single keys from the terminal, or single characters from a pipe, read in a thread."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def keys_to(deliver: Callable[[str], None]) -> Iterator[None]:
    """Hand every key to `deliver` while the block runs; the terminal is as before afterwards."""
    with _unbuffered():
        threading.Thread(target=_read, args=(deliver,), daemon=True).start()
        yield


def _read(deliver: Callable[[str], None]) -> None:
    read = _read_windows if _is_windows_terminal() else _read_descriptor
    while True:
        try:
            key = read()
        except (OSError, ValueError):
            return
        if not key:
            return
        deliver(key)


def _is_windows_terminal() -> bool:
    return sys.platform == "win32" and sys.stdin is not None and sys.stdin.isatty()


def _read_descriptor() -> str:
    """Read one character, or an arrow key's sequence as one; nothing at the end of the input."""
    data = os.read(sys.stdin.fileno(), 1)
    if data == b"\x1b" and sys.stdin.isatty():
        data += os.read(sys.stdin.fileno(), 2)
    return data.decode(errors="replace")


def _read_windows() -> str:
    import msvcrt

    return str(msvcrt.getwch())  # type: ignore[attr-defined, unused-ignore]


@contextmanager
def _unbuffered() -> Iterator[None]:
    """Let keys arrive without Enter and unseen, where standard input is a terminal."""
    if sys.platform == "win32" or sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
