"""The HTML that a student's words may become in somebody else's browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import MISTUNE_V3, IPythonRenderer, MarkdownWithMath

from graders.limits import MAX_REOPENED, MAX_TIMES_LONGER

_PLAIN = {**nh3.ALLOWED_ATTRIBUTES, "*": {"title", "lang"}, "details": {"open"}}
# Only what the course writes itself may look like the course.
_OURS = {**_PLAIN, "*": {"class", "title", "lang", "aria-label", "role"}}
# For each of these the renderer looks for its end through all that follows.
_OPENERS = ("\\\\(", "\\\\[", "\\begin{", "](")
_MOST_OPENERS = 200
# What is left open of these is opened again in each paragraph that follows.
_FORMATTING = re.compile(
    r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE
)
_LOST = Markup("<em>(here was the picture “{}”; pasted PNG and JPEG pictures are kept)</em>")
_SCHEMES = {"http", "https", "mailto", "data"}


@pass_context
def clean_html(context: Context | Mapping[str, Any], html: Any) -> Markup:
    """Keep harmless tags and attributes; drop scripts, forms, frames, handlers and styles."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    # A raw cell is HTML of the student's own.
    is_raw = getattr(context.get("cell"), "cell_type", "") == "raw"
    return _clean_theirs(text, text) if is_raw else _clean(text, _OURS)


def _clean(html: str, attributes: dict[str, set[str]]) -> Markup:
    cleaned = nh3.clean(
        html,
        attributes=attributes,
        attribute_filter=_only_picture_data,
        url_schemes=_SCHEMES,
    )
    return Markup(cleaned)  # noqa: S704 (it has just been cleaned)


def _clean_theirs(html: str, source: str) -> Markup:
    """Clean what was made of a student's source, or show the source where a page would burst.

    What the renderer opened it closed; so the tags in the source are those that count.
    """
    reopened = len(_FORMATTING.findall(source)) * html.count("<")
    cleaned = _clean(html, _PLAIN) if reopened <= MAX_REOPENED else _as_text(source)
    is_longer = len(cleaned) > MAX_TIMES_LONGER * len(html) + 1000
    return _as_text(source) if is_longer else cleaned


def _as_text(source: str) -> Markup:
    return Markup("<pre>{}</pre>").format(source)


@pass_context
def markdown2html(context: Context, source: str) -> Markup:
    """Render Markdown with formulas and pasted pictures, then clean it; a class is not kept."""
    attachments = getattr(context.get("cell"), "attachments", {})
    return _rendered(source, attachments) if attachments else _rendered_once(source)


def strip_files_prefix(text: str) -> str:
    """Leave a text as it is, in place of nbconvert's filter for the addresses of IPython 0.

    That one searches what follows each bracket: 32 kB of brackets take it minutes.
    """
    return text


def _rendered(source: str, attachments: dict[str, Any]) -> Markup:
    if any(source.count(opener) > _MOST_OPENERS for opener in _OPENERS):
        return _as_text(source)
    renderer = _Renderer(escape=False, attachments=attachments)
    return _clean_theirs(MarkdownWithMath(renderer=renderer).render(source), source)


class _Renderer(IPythonRenderer):
    """Shows pasted pictures, and fetches none from elsewhere."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Render a picture, or say that it is not there."""
        words, address = (text, url) if MISTUNE_V3 else (url, text)
        is_pasted = address.startswith("attachment:")
        name = address.removeprefix("attachment:")
        if address.startswith("data:") or (is_pasted and name in self.attachments):
            return str(super().image(text, url, title))
        return _LOST.format(words or name)


@lru_cache(maxsize=200)
def _rendered_once(source: str) -> Markup:
    """Render a cell without pictures: the course's own text comes again for every student."""
    return _rendered(source, {})


def _only_picture_data(tag: str, attribute: str, value: str) -> str | None:
    """Allow `data:` in pictures only, and in a picture nothing else: a page calls nobody."""
    if (tag, attribute) == ("img", "src"):
        is_picture = value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
        return value if is_picture else None
    return None if value.strip().lower().startswith("data:") else value
