"""Formulas as MathML, which a browser draws by itself: without a script, a font or the network."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter
from markupsafe import Markup, escape

from graders.limits import MAX_FORMULA

_TAGS = frozenset(("math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac", "msqrt", "mroot"))
_TAGS |= {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"}
_TAGS |= {"mstyle", "mphantom", "menclose"}
_LENGTH = r"\d(?:\.\d+)?em"
_BOOLEAN = "true|false"
# Only what cannot lead a formula out of its place: no links, no styles, no width below zero.
_ATTRIBUTES = {
    "width": _LENGTH,
    "lspace": _LENGTH,
    "rspace": _LENGTH,
    "minsize": _LENGTH,
    "maxsize": _LENGTH,
    "linethickness": r"\d(?:\.\d+)?(?:em|px)?",
    "scriptlevel": r"[0-3]",
    "form": "prefix|infix|postfix",
    "mathvariant": "normal",
    "notation": "box",
    **dict.fromkeys(
        ("stretchy", "fence", "accent", "movablelimits", "displaystyle", "symmetric"), _BOOLEAN
    ),
}
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split)\}")
_UNDER = frozenset(("max", "min", "lim", "sup", "inf", "argmax", "argmin"))
_BOLD_DIGITS = {ord("0") + digit: 0x1D7CE + digit for digit in range(10)}


class _NoMacros(dict[str, tuple[list[str], int]]):
    """Takes no macro in: thirty that double each other are a thousand million characters."""

    def __setitem__(self, name: str, _value: tuple[list[str], int]) -> None:
        raise ValueError(f"{name}: a formula may not define macros")


@lru_cache(maxsize=4000)
def formula(source: str, *, display: bool = False) -> Markup:
    """Write a LaTeX formula as MathML, or as its source where it cannot be read."""
    try:
        return Markup("".join(_written(_tree(source, display), display)))  # noqa: S704 (see there)
    except Exception:
        # The converter raises many things at what is no formula, a RecursionError among them.
        return formula_source(source, display=display)


def formula_source(source: str, *, display: bool = False) -> Markup:
    """Write a formula as its source."""
    mark = "$$" if display else "$"
    return Markup("<code>{}{}{}</code>").format(mark, source, mark)


def _tree(source: str, display: bool) -> Element:
    """Read a formula; ValueError or whatever the converter raises where it is none."""
    if len(source) > MAX_FORMULA:
        raise ValueError(f"a formula of more than {MAX_FORMULA} characters")
    # The converter knows these two by their name outside of formulas only.
    readable = _ALIGNED.sub(r"\\\1{align*}", source)
    converter = Converter(display="block" if display else "inline")
    converter.macros = _NoMacros()
    return converter.convert_to_element(readable)


def _written(element: Element, display: bool) -> Iterator[str]:
    """Write an element: names and attributes of the list alone, and every text escaped."""
    tag = _tag(element, display)
    if tag not in _TAGS:
        raise ValueError(f"a formula needs {element.tag}, which pages do not take")
    yield f"<{tag}{''.join(_attributes(element))}>"
    yield escape(_text(element))
    for child in element:
        yield from _written(child, display)
    yield f"</{tag}>"


def _tag(element: Element, display: bool) -> str:
    """Name the tag; in a line of its own a limit stands below its operator."""
    is_limit = display and element.tag == "msub" and (element[0].text or "").strip() in _UNDER
    return "munder" if is_limit else element.tag


def _text(element: Element) -> str:
    # The converter leaves characters as references, and commands that it does not know as they are.
    text = html.unescape(element.text or "")
    if "\\" in text or (element.tag == "mi" and text == "&"):
        raise ValueError(f"{text} is no known command here")
    is_bold = element.tag == "mn" and element.get("mathvariant") == "bold"
    return text.translate(_BOLD_DIGITS) if is_bold else text


def _attributes(element: Element) -> Iterator[str]:
    if element.tag == "math" and element.get("display") == "block":
        # A wide one scrolls in its own place, by the keyboard, too.
        yield ' display="block" tabindex="0"'
    if element.get("columnalign") in ("left", "right"):
        yield f' class="dojo-{element.get("columnalign")}"'
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES and re.fullmatch(_ATTRIBUTES[name], value):
            yield f' {name}="{value}"'
