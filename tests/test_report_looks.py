"""The class report as it looks: contrast, axe-core, a narrow screen, in both colour schemes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import a_browser, what_axe_finds
from test_report import ADDRESS, MOVES, large_class, small_class

from graders.outlets.pages import style
from graders.outlets.report import Gradebook, report_html

THEMES = ("light", "dark")
READABLE = 4.5
STRONGEST_HEAT = 0.55


def colours() -> dict[str, dict[str, str]]:
    """Read the variables of the style sheet for each colour scheme; dark changes some of them."""
    blocks = re.findall(r":root \{(.*?)\}", str(style("report.css")), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): ([^;]+);", text)) for text in blocks[:2])
    return {"light": light, "dark": {**light, **dark}}


def rgb(colour: str) -> list[float]:
    if colour.startswith("#"):
        return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return [float(part) for part in colour.split()]


def mixed(upper: str, lower: str, share: float) -> list[float]:
    return [share * a + (1 - share) * b for a, b in zip(rgb(upper), rgb(lower), strict=True)]


def luminance(parts: list[float]) -> float:
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast(rgb("#000000"), rgb("#ffffff")) == pytest.approx(21)
    assert contrast(rgb("#777777"), rgb("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_its_ground(theme: str) -> None:
    known = colours()[theme]
    paper = rgb(known["paper"])
    for text in ("ink", "quiet", "link"):
        assert contrast(rgb(known[text]), paper) >= READABLE, text
    hottest = mixed(known["heat"], known["paper"], STRONGEST_HEAT)
    assert contrast(rgb(known["ink"]), hottest) >= READABLE


def test_the_strongest_colour_of_the_table_is_the_one_that_is_computed_with() -> None:
    assert f"calc(var(--share) * {STRONGEST_HEAT})" in str(style("report.css"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report that holds all that a report can hold."""
    everybody = {**large_class(5), **small_class()}
    links = {who: dict.fromkeys(own, ADDRESS) for who, own in everybody.items()}
    html = report_html(
        "derivatives",
        everybody,
        problems={"fin": "hvp.ipynb is not JSON."},
        seconds=dict.fromkeys(everybody, 2.0),
        moves=MOVES,
        gradebook=Gradebook({"derivatives/curvature": 4}, links),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious_and_the_page_does_not_scroll_sideways(
    browser: Any, path: Path, theme: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert what_axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.browser
def test_a_wide_table_scrolls_within_its_own_box_by_keyboard_too(browser: Any, path: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(path.as_uri())
    box = page.locator(".wide").filter(has=page.locator(".stops"))
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.close()
