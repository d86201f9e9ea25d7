"""The HTML that a student's words may become in somebody else's browser."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import MISTUNE_V3, IPythonRenderer, MarkdownWithMath

from graders.course.collector import without_collecting
from graders.course.patience import TookTooLongError, within
from graders.limits import (
    MAX_REOPENED,
    MAX_SLOW_TEXTS_SECONDS,
    MAX_TEXT_SECONDS,
    MAX_TEXT_WITH_FORMULAS,
    MAX_TIMES_LONGER,
)
from graders.outlets.feedback_html import FEEDBACK_CSS
from graders.outlets.formulas import formula, formula_source

_PLAIN = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"title", "lang"},
    "details": {"open"},
    "pre": {"tabindex"},
}
# Only what the course writes itself may look like the course.
_OURS = {**_PLAIN, "*": {"class", "title", "lang", "aria-label", "role"}}
_TEXTS = "dojo_texts"
_FORMULA_BEGINS = ("$", "\\\\(", "\\\\[", "\\begin{")
# In a paragraph a line of a formula that begins with a sign is no list, as in JupyterLab.
_SIGN_FIRST = re.compile(
    r"(?<![\\$])\$(?=[^\s$])[^$`]{0,300}?\n *[-+*] [^$`]{0,300}?(?<![\s\\])\$(?!\$)"
)
# For each of these the renderer looks for its end through all that follows.
_OPENERS = ("\\\\(", "\\\\[", "\\begin{", "](")
_MOST_OPENERS = 200
# What is left open of these is opened again in each paragraph that follows.
_FORMATTING = re.compile(
    r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE
)
# Seconds of the processor: an honest cell takes a few hundredths.
_SLOW = 0.2
_LOST = Markup("<em>(here was the picture “{}”; pasted PNG and JPEG pictures are kept)</em>")
_UNREAD = re.compile(r"[\x00-\x20]+")
_SCHEMES = {"http", "https", "mailto", "data"}


@pass_context
def clean_html(context: Context | Mapping[str, Any], html: Any) -> Markup:
    """Keep harmless tags and attributes; drop scripts, forms, frames, handlers and styles."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    # A raw cell is HTML of the student's own.
    is_raw = getattr(context.get("cell"), "cell_type", "") == "raw"
    if is_raw:
        return raw_html(text)
    # A verdict brings its style, which the cleaner drops; what comes back is our own text.
    style = Markup(f"<style>{FEEDBACK_CSS}</style>\n") if text.startswith("<style>") else Markup()  # noqa: S704
    return style + _clean(text, _OURS)


def raw_html(source: str, below: int = 0) -> Markup:
    """Clean HTML of a student's own; headings of the first `below` levels become plain text."""
    return _clean_theirs(source, source, below)


def _clean(html: str, attributes: dict[str, set[str]], below: int = 0) -> Markup:
    cleaned = nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS - {f"h{level}" for level in range(1, below + 1)},
        attributes=attributes,
        attribute_filter=_filtered,
        url_schemes=_SCHEMES,
    )
    return Markup(cleaned)  # noqa: S704 (it has just been cleaned)


def _clean_theirs(html: str, source: str, below: int) -> Markup:
    """Clean what was made of a student's source, or show the source where a page would burst.

    What the renderer opened it closed; so the tags in the source are those that count.
    """
    reopened = len(_FORMATTING.findall(source)) * html.count("<")
    cleaned = _clean(html, _PLAIN, below) if reopened <= MAX_REOPENED else _as_text(source)
    is_longer = len(cleaned) > MAX_TIMES_LONGER * len(html) + 1000
    return _as_text(source) if is_longer else cleaned


def _as_text(source: str) -> Markup:
    return Markup("<pre>{}</pre>").format(source)


@pass_context
def markdown2html(context: Context, source: str) -> Markup:
    """Render Markdown with formulas and pasted pictures, then clean it; a class is not kept."""
    resources = context.get("resources")
    texts = Texts() if resources is None else resources.setdefault(_TEXTS, Texts())
    return texts.html(source, getattr(context.get("cell"), "attachments", {}))


class Texts:
    """Shows the text cells of one page, with room for so many formulas and for few slow cells."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        self._room = MAX_TEXT_WITH_FORMULAS
        self._slow = 0.0

    def html(self, source: str, attachments: dict[str, Any], below: int = 0) -> Markup:
        """Render a text cell, or show it as it was typed; headings come `below` the page's."""
        has_room = True
        if has_formulas(source):
            self._room -= len(source)
            has_room = self._room >= 0
        if self._slow > MAX_SLOW_TEXTS_SECONDS:
            return _as_text(source)
        started = time.process_time()
        try:
            # Some of the renderer's patterns take a time that doubles with every few letters.
            with without_collecting(), within(MAX_TEXT_SECONDS, "a text cell"):
                return text_html(source, attachments, has_room, below)
        # Brackets a thousand deep are more than the renderer can follow.
        except (TookTooLongError, RecursionError):
            return _as_text(source)
        finally:
            took = time.process_time() - started
            self._slow += took if took > _SLOW else 0.0


def has_formulas(source: str) -> bool:
    """Whether a text may hold formulas, which take time and room on a page."""
    return any(begin in source for begin in _FORMULA_BEGINS)


def text_html(
    source: str, attachments: dict[str, Any], formulas: bool = True, below: int = 0
) -> Markup:
    """Render a text cell; without `formulas` these stay as they were typed.

    Its headings come `below` those of the page, so that none looks or reads like one of them.
    """
    if attachments:
        return _rendered(source, attachments, formulas, below)
    return _rendered_once(source, formulas, below)


def strip_files_prefix(text: str) -> str:
    """Leave a text as it is, in place of nbconvert's filter for the addresses of IPython 0.

    That one searches what follows each bracket: 32 kB of brackets take it minutes.
    """
    return text


def _rendered(source: str, attachments: dict[str, Any], formulas: bool, below: int) -> Markup:
    if any(source.count(opener) > _MOST_OPENERS for opener in _OPENERS):
        return _as_text(source)
    renderer = _Renderer(attachments, formulas, below)
    html = MarkdownWithMath(renderer=renderer).render(_SIGN_FIRST.sub(_in_a_line, source))
    # One address may be referred to a thousand times, and is written out each time.
    if len(html) > MAX_TIMES_LONGER * (len(source) + _size_of(attachments)) + 1000:
        return _as_text(source)
    return renderer.with_formulas(_clean_theirs(html, source, below))


def _size_of(attachments: dict[str, Any]) -> int:
    kinds = [one for one in attachments.values() if isinstance(one, dict)]
    return sum(len(str(data)) for one in kinds for data in one.values())


def _in_a_line(found: re.Match[str]) -> str:
    return found[0] if "\n\n" in found[0] else re.sub(r"\n *", " ", found[0])


class _Renderer(IPythonRenderer):
    """Shows formulas and pasted pictures, and fetches nothing from elsewhere.

    A formula comes into the page when all else is cleaned. Until then an empty tag stands for it,
    with a name that no text can foresee and whose quotes an attribute cannot hold.
    """

    def __init__(self, attachments: dict[str, Any], formulas: bool, below: int) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self._write = formula if formulas else formula_source
        self._below = below
        self._room = 2 * _size_of(attachments)
        self._name = secrets.token_hex(8)
        self._formulas: list[Markup] = []

    def with_formulas(self, html: Markup) -> Markup:
        """Put each formula into its place."""
        place = re.compile(f'<span lang="{self._name}-([0-9]+)"></span>')
        filled = place.sub(lambda found: self._formulas[int(found[1])], html)
        return Markup(filled)  # noqa: S704 (both parts are clean)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Render a heading below those of the page."""
        return str(super().heading(text, min(level + self._below, 6), **attrs))

    def block_math(self, body: str) -> str:
        """Render a formula in a line of its own."""
        return self._place(body, display=True)

    def inline_math(self, body: str) -> str:
        """Render a formula in a sentence."""
        return self._place(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        """Render an environment that stands outside of dollars."""
        return self._place(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        """Render a block of code that can be scrolled with the keyboard."""
        return f'<pre tabindex="0"><code>{self.escape_html(code)}</code></pre>'

    def _place(self, source: str, *, display: bool) -> str:
        self._formulas.append(self._write(source.strip(), display=display))
        return f'<span lang="{self._name}-{len(self._formulas) - 1}"></span>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Render a picture, or say that it is not there."""
        words, address = (text, url) if MISTUNE_V3 else (url, text)
        is_pasted = address.startswith("attachment:")
        name = address.removeprefix("attachment:")
        if address.startswith("data:") or (is_pasted and self._has_room_for(name)):
            return str(super().image(text, url, title))
        return _LOST.format(words or name)

    def _has_room_for(self, name: str) -> bool:
        """Whether a picture is there, and was not shown so often that the page would burst."""
        if name not in self.attachments:
            return False
        self._room -= _size_of({name: self.attachments[name]})
        return self._room >= 0


@lru_cache(maxsize=1000)
def _rendered_once(source: str, formulas: bool, below: int) -> Markup:
    """Render a cell without pictures: the course's own text comes again for every student."""
    return _rendered(source, {}, formulas, below)


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    """Allow `data:` in pictures only, and in a picture nothing else: a page calls nobody."""
    if attribute == "tabindex":
        return "0"
    if (tag, attribute) == ("img", "src"):
        is_picture = value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
        return value if is_picture else None
    # A browser reads an address without these, wherever they stand in its scheme.
    return None if _UNREAD.sub("", value).lower().startswith("data:") else value
