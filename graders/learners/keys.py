"""Single keys from the terminal, or single characters from a pipe, read in a thread.

Letters come in lower case, and the keys without a letter by name: "up", "down", "escape".
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SEQUENCE_SECONDS = 0.05
_NAMES = {
    "\x1b": "escape",
    **dict.fromkeys(("\x1b[A", "\x1bOA", "\x1b[5~", "\xe0H", "\x00H", "\xe0I"), "up"),
    **dict.fromkeys(("\x1b[B", "\x1bOB", "\x1b[6~", "\xe0P", "\x00P", "\xe0Q"), "down"),
}


class Keyboard:
    """Hands every key on while it is open; the terminal is as before when it is not."""

    def __init__(self, deliver: Callable[[str], None]) -> None:
        """Read nothing yet."""
        self._deliver = deliver
        self._before: list[object] | None = None

    def __enter__(self) -> Keyboard:
        """Begin to read."""
        self.take()
        threading.Thread(target=_read, args=(self._deliver,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal back."""
        self.give_back()

    def take(self) -> None:
        """Let keys arrive without Enter and unseen, where standard input is a terminal."""
        if _is_windows() or sys.stdin is None or not sys.stdin.isatty():
            return
        import termios
        import tty

        self._before = termios.tcgetattr(sys.stdin.fileno())
        tty.setcbreak(sys.stdin.fileno())

    def give_back(self) -> None:
        """Put the terminal back as it was."""
        if self._before is not None:
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)  # type: ignore[arg-type]
            self._before = None


def named(key: str) -> str:
    """Give the name of a key: a letter in lower case, or a word; empty for one without a use."""
    if key in _NAMES:
        return _NAMES[key]
    return key.lower() if len(key) == 1 else ""


@contextmanager
def keys_to(deliver: Callable[[str], None]) -> Iterator[Keyboard]:
    """Hand every key to `deliver` while the block runs."""
    with Keyboard(deliver) as keyboard:
        yield keyboard


def _is_windows() -> bool:
    return sys.platform == "win32"


def _read(deliver: Callable[[str], None]) -> None:
    is_console = _is_windows() and sys.stdin is not None and sys.stdin.isatty()
    read = _read_windows if is_console else _read_descriptor
    while True:
        try:
            key = read()
        except (OSError, ValueError, AttributeError):
            return
        if not key:
            return
        if named(key):
            deliver(named(key))


def _read_descriptor() -> str:
    """Read one character, or the sequence of an arrow as one; nothing at the end of the input."""
    descriptor = sys.stdin.fileno()
    data = os.read(descriptor, 1)
    if data == b"\x1b" and sys.stdin.isatty():
        # Nothing more follows on Esc itself.
        while len(data) < 8 and select.select([descriptor], [], [], _SEQUENCE_SECONDS)[0]:
            data += os.read(descriptor, 1)
            if len(data) > 2 and data[-1:] not in b"0123456789;":
                break
    return data.decode(errors="replace")


def _read_windows() -> str:
    import msvcrt

    key = str(msvcrt.getwch())  # type: ignore[attr-defined, unused-ignore]
    if key in ("\x00", "\xe0"):
        key += str(msvcrt.getwch())  # type: ignore[attr-defined, unused-ignore]
    return key
