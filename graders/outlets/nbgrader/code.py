"""Code cells as a page shows them, and which of them can be coloured in time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from nbconvert.filters import Highlight2HTML
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from graders.limits import (
    MAX_BLANK_LINES,
    MAX_COLOURED,
    MAX_COLOURED_LINE,
    MAX_COLOURED_ON_A_PAGE,
)
from graders.outlets.terminal import clean

_COLOURS = "dojo_colours"
_ALL_BUT_TABS_AND_JOINERS = re.compile("[^\t\u200c\u200d]+")


def squeezed(source: str) -> str:
    """Shorten long runs of blank lines: at each, pygments looks through all that are left."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for written, run in groupby(lines, key=lambda line: bool(line.strip())):
        found = list(run)
        too_long = not written and len(found) > MAX_BLANK_LINES
        kept += [""] * MAX_BLANK_LINES if too_long else found
    return "\n".join(kept)


def legible(source: str) -> str:
    """Show what does not print by its number: nothing in a cell hides, or turns, what is read.

    Tabs, line breaks and what joins letters and emoji stay. See Boucher and Anderson, "Trojan
    Source" (2021).
    """
    return _ALL_BUT_TABS_AND_JOINERS.sub(lambda found: clean(found[0]), source)


def can_be_coloured(source: str) -> bool:
    """Whether pygments is done with it soon: some of its rules look to the end of a line."""
    longest = max(map(len, source.split("\n")))
    return len(source) <= MAX_COLOURED and longest <= MAX_COLOURED_LINE


@lru_cache(maxsize=2000)
def code_html(source: str) -> Markup:
    """Colour a cell of code, or leave it plain; a class has the same cells many times over."""
    shown = legible(squeezed(source)).strip("\n")
    if not can_be_coloured(shown):
        return escape(shown)
    coloured = highlight(shown, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return Markup(coloured.rstrip("\n"))  # noqa: S704 (pygments escapes)


def plain_html(source: str) -> Markup:
    """Leave a cell of code as it is."""
    return escape(legible(squeezed(source)).strip("\n"))


class Colours:
    """Says of the code cells of one page, one after the other, which have room for colours."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        self._room = MAX_COLOURED_ON_A_PAGE

    def have_room_for(self, source: str) -> bool:
        """Take the room of a cell; say whether there was enough."""
        self._room -= len(source)
        return self._room >= 0


@pass_context
def highlight_code(
    context: Context | Mapping[str, Any],
    source: str,
    language: str | None = None,
    metadata: Any = None,
) -> str:
    """Colour a cell of code as nbconvert does, or leave it plain; the formgrader's filter."""
    resources = context.get("resources")
    colours = Colours() if resources is None else resources.setdefault(_COLOURS, Colours())
    if colours.have_room_for(source) and can_be_coloured(source):
        return str(Highlight2HTML()(legible(source), language, metadata))
    return Markup('<div class="highlight"><pre>{}</pre></div>').format(plain_html(source))
