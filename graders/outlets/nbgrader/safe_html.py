"""The HTML that a student's words may become in somebody else's browser."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"class", "title", "lang", "aria-label", "role"},
    "details": {"open"},
}
_SCHEMES = {"http", "https", "mailto", "data"}


def clean_html(html: Any) -> Markup:
    """Keep harmless tags and attributes; drop scripts, forms, frames, handlers and styles."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    return Markup(  # noqa: S704 (it has just been cleaned)
        nh3.clean(
            text,
            attributes=_ATTRIBUTES,
            attribute_filter=_only_picture_data,
            url_schemes=_SCHEMES,
        )
    )


@pass_context
def markdown2html(context: Context, source: str) -> Markup:
    """Render Markdown with formulas and pasted pictures, then clean it."""
    attachments = getattr(context.get("cell"), "attachments", {})
    return _rendered(source, attachments) if attachments else _rendered_once(source)


def _rendered(source: str, attachments: dict[str, Any]) -> Markup:
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


@lru_cache(maxsize=200)
def _rendered_once(source: str) -> Markup:
    """Render a cell without pictures: the course's own text comes again for every student."""
    return _rendered(source, {})


def _only_picture_data(tag: str, attribute: str, value: str) -> str | None:
    """Allow `data:` in pictures only."""
    if not value.strip().lower().startswith("data:"):
        return value
    is_picture = value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
    return value if (tag, attribute) == ("img", "src") and is_picture else None
