"""Formulas become MathML: all of the lessons', and nothing else of a student's than formulas."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from graders.limits import MAX_FORMULA, MAX_TEXT_CELL, MAX_TEXT_WITH_FORMULAS
from graders.outlets.formulas import formula
from graders.outlets.nbgrader.page import Cells
from graders.outlets.nbgrader.safe_html import markdown2html, text_html

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
DOLLARS = re.compile(r"(?<!\\)\$\$?")


def lessons() -> Iterator[Any]:
    """The text cells of all lessons, model answers among them."""
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                name = f"{path.stem}-{cell.get('id', '')}"
                yield pytest.param("".join(cell["source"]), id=name)


def rendered(source: str) -> BeautifulSoup:
    return BeautifulSoup(text_html(source, {}), "html.parser")


@pytest.mark.parametrize("source", list(lessons()))
def test_every_formula_of_the_lessons_becomes_mathml(source: str) -> None:
    page = rendered(source)
    assert 2 * len(page.find_all("math")) == len(DOLLARS.findall(CODE.sub("", source)))
    for code in page.find_all("code"):
        code.decompose()
    assert not set("$\\") & set(page.get_text())


def test_a_column_is_aligned_and_a_limit_of_a_line_of_its_own_stands_below() -> None:
    aligned = formula(r"\begin{aligned} a &= b \\ &= c \end{aligned}", display=True)
    assert (aligned.count("<mtr>"), aligned.count('<mtd class="dojo-right">')) == (2, 2)
    assert "&amp;" not in aligned
    assert "<munder><mo>min</mo>" in formula(r"\min_x f", display=True)
    assert "<msub><mo>min</mo>" in formula(r"\min_x f")


@pytest.mark.parametrize(
    "source",
    [r"\frac", r"\unknown{x}", "x^{", "a & b", "{" * 900, "x" * (MAX_FORMULA + 1), r"\left( x"],
)
def test_what_cannot_be_read_is_shown_as_it_was_typed(source: str) -> None:
    page = BeautifulSoup(formula(source), "html.parser")
    assert [tag.name for tag in page.find_all(True)] == ["code"]
    assert page.get_text() == f"${source}$"


@pytest.mark.parametrize(
    "definition",
    [
        r"\newcommand{\a}{x}",
        r"\def\a{x}",
        r"\DeclareMathOperator{\a}{x}",
        r"\newenvironment{a}{x}{y}",
    ],
)
def test_macros_are_not_taken_in_for_they_can_double_each_other(definition: str) -> None:
    assert formula(rf"{definition}\a").startswith("<code>")


HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\text{<script>alert(1)</script>}",
    r"\text{&lt;img src=x onerror=alert(1)&gt;}",
    r"\style{position:fixed}{x}",
    r"\class{dojo-verdict}{x}",
    r'\color{red" onclick="alert(1)}{x}',
    r"\hspace{-99em}x",
    r"\hspace{99em}x",
    r"\mathchoice{<b>}{<i>}{a}{b}",
    r"\unicode{60}script\unicode{62}",
]
ATTRIBUTES = {
    "display", "tabindex", "stretchy", "fence", "form", "accent", "class", "displaystyle",
    "scriptlevel", "mathvariant", "width", "minsize", "maxsize",
}  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize(
    "around", ["${}$", "$${}$$", "\\\\\\\\({}\\\\\\\\)", "<b title='${}$'>x</b>"]
)
def test_a_formula_is_nothing_but_a_formula(source: str, around: str) -> None:
    page = rendered(f"before {around.format(source)} after")
    names = {tag.name for tag in page.find_all(True)}
    assert not {"script", "img", "a", "style", "mpadded", "maction", "svg"} & names
    for tag in page.find_all(re.compile("^m")):
        assert set(tag.attrs) <= ATTRIBUTES
        assert "-" not in tag.get("width", "")
        assert not set(tag.get("class", [])) - {"dojo-left", "dojo-right"}
    assert "after" in page.get_text()


def test_a_formula_in_an_attribute_or_a_picture_stays_text() -> None:
    page = rendered('![$x$](data:image/png;base64,AA "$y$") <b title="$x$">b</b> `$z$` $w$')
    assert [tag.get_text() for tag in page.find_all("math")] == ["w"]


def test_a_line_of_a_formula_that_begins_with_a_sign_is_no_list() -> None:
    page = rendered("- then $p \\leftarrow r\n  + \\beta p$.\n")
    assert len(page.find_all("li")) == len(page.find_all("math")) == 1
    assert len(rendered("it costs $5:\n- one\n- two, $3").find_all("li")) == 2


PIECES = (
    "$N x$ ",
    "$$N" + "x^2" * 300 + "$$\n\n",
    "$N" + "{" * 900 + "$ ",
    "$N" + "\\sqrt" * 190 + "$ ",
    "$N" + "&" * 900 + "$ ",
    "$N" + "\\left(" * 150 + "$ ",
    "$$",
    "$\n+ a",
    "$a\n- ",
    "\\begin{a}",
)


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece[:9])
def test_a_cell_of_formulas_takes_seconds_at_most_and_no_hundredfold_room(piece: str) -> None:
    whole = "".join(piece.replace("N", str(n)) for n in range(MAX_TEXT_CELL // len(piece)))
    begin = time.process_time()
    page = text_html(whole, {})
    assert time.process_time() - begin < 10
    assert len(page) < 40 * len(whole)


@pytest.mark.parametrize("where", ["a student's page", "the formgrader"])
def test_a_page_has_room_for_so_many_formulas_and_no_more(where: str) -> None:
    """Text without formulas takes none of the room, and what is left out stays readable."""
    cells, context = Cells(), {"resources": {}}
    kept = 0
    for number in range(MAX_TEXT_WITH_FORMULAS // 10_000 + 3):
        source = f"${number} x$" + " word" * 1990
        for text in ("word " * 2000, source):
            on_page = where == "a student's page"
            html = cells.text(text, {}) if on_page else markdown2html(context, text)
        kept += "<math" in html
        assert "<math" in html or f"<code>${number} x$</code>" in html
    assert kept == MAX_TEXT_WITH_FORMULAS // 10_000
