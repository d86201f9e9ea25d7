"""What `dojo watch` shows: a page that fits the terminal, or plain paragraphs one after another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from graders.outlets.terminal import Line, to_plain, to_rich

KEYS = "h hint  n next  s solution  l list  r reset  q quit"
BACK = "v verdict"


class Screen(Protocol):
    """Shows one page at a time."""

    def show(
        self, lines: Sequence[Line], status: str, *, back: bool = False, focus: int = 0
    ) -> None:
        """Take a new page in the place of the old one, with line `focus` in sight.

        `back` says that a key leads back to the verdict.
        """

    def say(self, status: str) -> None:
        """Change the status and leave the page."""

    def scroll(self, pages: int) -> None:
        """Move within a page that is longer than the screen."""

    def redraw(self) -> None:
        """Draw the page once more, in the size that the terminal has now."""

    def leave(self) -> None:
        """Give the terminal back for a while."""

    def come_back(self) -> None:
        """Take the terminal again."""

    def __enter__(self) -> Screen:
        """Begin to show."""

    def __exit__(self, *_: object) -> None:
        """Give the terminal back."""


class PlainScreen:
    """Writes each page below the last one, for pipes and screen readers."""

    def __enter__(self) -> PlainScreen:
        """Say which keys there are."""
        self._write(f"keys: {BACK}  {KEYS}\n")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave what was written."""

    def show(
        self, lines: Sequence[Line], status: str, *, back: bool = False, focus: int = 0
    ) -> None:
        """Write a page; of one that was written before, what is new."""
        lines = lines[focus:]
        self._write(f"{to_plain(lines)}{status}\n")

    def say(self, status: str) -> None:
        """Write a line."""
        self._write(f"{status}\n")

    def scroll(self, pages: int) -> None:
        """Do nothing: everything has been written."""

    def redraw(self) -> None:
        """Do nothing: what was written stays."""

    def leave(self) -> None:
        """Do nothing: nothing was taken."""

    def come_back(self) -> None:
        """Do nothing."""

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class LiveScreen:
    """Draws on the terminal's second screen, so that what was there before comes back."""

    def __init__(self, console: Console) -> None:
        """Draw nothing yet."""
        self._console = console
        self._page = _Page()
        self._live = Live(
            self._page, console=console, screen=True, auto_refresh=False, redirect_stdout=False
        )

    def __enter__(self) -> LiveScreen:
        """Switch to the second screen."""
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Switch back."""
        self._live.__exit__(None, None, None)

    def show(
        self, lines: Sequence[Line], status: str, *, back: bool = False, focus: int = 0
    ) -> None:
        """Draw a page from its top, or so far down that the line is in sight."""
        self._page.lines, self._page.status, self._page.offset = lines, status, 0
        self._page.focus, self._page.back = focus, back
        self._live.refresh()

    def redraw(self) -> None:
        """Draw the page once more."""
        self._console.clear()
        self._live.refresh()

    def leave(self) -> None:
        """Switch back to the first screen for a while."""
        self._console.set_alt_screen(False)
        self._console.show_cursor(True)

    def come_back(self) -> None:
        """Switch to the second screen again."""
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)
        self._live.refresh()

    def say(self, status: str) -> None:
        """Change the status line."""
        self._page.status = status
        self._live.refresh()

    def scroll(self, pages: int) -> None:
        """Turn pages; the first and the last one are the ends."""
        self._page.turn(pages)
        self._live.refresh()


class _Page:
    """As much of the lines as fits, a status line, and the keys at the bottom."""

    def __init__(self) -> None:
        self.lines: Sequence[Line] = ()
        self.status = ""
        self.offset = 0
        self.focus = 0
        self.back = False
        self._height = 1
        self._total = 0

    def turn(self, pages: int) -> None:
        """Move by so many screens."""
        last = max(self._total - self._height, 0)
        self.offset = min(max(self.offset + pages * self._height, 0), last)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw into the whole height of the terminal."""
        width, height = options.max_width, max(console.size.height, 6)
        rows = console.render_lines(to_rich(self.lines), options.update(height=None), pad=False)
        self._height, self._total = height - 3, len(rows)
        if self.focus:
            above = console.render_lines(
                to_rich(self.lines[: self.focus]), options.update(height=None), pad=False
            )
            self.focus = 0
            self.offset = min(len(above), max(self._total - self._height, 0))
        visible = rows[self.offset : self.offset + self._height]
        below = self._total - self.offset - len(visible)
        for row in visible:
            yield from row
            yield Segment.line()
        for _ in range(self._height - len(visible)):
            yield Segment.line()
        keys = f"{BACK}  {KEYS}" if self.back else KEYS
        more = f"{below} more lines, press space" if below > 0 else ""
        for text, style in ((more, "dim"), (self.status, "bold"), (keys, "dim")):
            line = Text(text, style=style, no_wrap=True, overflow="ellipsis")
            line.truncate(width - 1, overflow="ellipsis")
            yield from console.render(line, options.update(height=1))
