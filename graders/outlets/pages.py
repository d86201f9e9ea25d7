"""The templates of this package. Whatever is put into one is escaped and shown harmless."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graders.outlets.terminal import clean
from graders.outlets.wording import with_code


def render(template: str, **values: Any) -> str:
    """Fill in one of the templates."""
    return _environment().get_template(template).render(values)


@cache
def style(name: str) -> Markup:
    """Read one of the style sheets, which are ours and need no escaping."""
    text = (files("graders.outlets") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("graders.outlets", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters["code"] = lambda text: with_code(clean(text))
    environment.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    environment.globals["style"] = style
    return environment


def _harmless(value: Any) -> Any:
    """Show characters that steer a terminal or turn a line round, in place of obeying them."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
