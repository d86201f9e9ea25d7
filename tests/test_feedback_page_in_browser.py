"""The student's page in a real browser: offline, narrow, dark, printed, and read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import a_browser, what_axe_finds
from class_of_students import make_course
from graded_pages import a_class, comment, page_of, path_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
TOPICS = ("hvp", "curvature")
PRINTED_PAGES = 4


@dataclass(frozen=True)
class Made:
    """A browser, and the pages to be looked at in it."""

    browser: Any
    pages: dict[str, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    course = make_course(tmp_path_factory.mktemp("browser"), *TOPICS)
    a_class(course, "hvp", "eva", "whole_matrix")
    a_class(course, "curvature", "dan", "wrong_in_classic_ways")
    comment(course, "curvature", "dan", "why-silent", "The pair is right: $x^2$.", points=1.5)
    pages = {}
    for topic, student in zip(TOPICS, ("eva", "dan"), strict=True):
        page_of(course, topic, student)
        pages[topic] = path_of(course, topic, student)
    with a_browser() as browser:
        yield Made(browser, pages)


def opened(made: Made, topic: str, width: int = 1400, theme: str = "light") -> Any:
    """Open a page, with the lesson unfolded so that nothing of it is out of sight."""
    viewport = {"width": width, "height": 800}
    page = made.browser.new_page(viewport=viewport, color_scheme=theme)
    page.goto(made.pages[topic].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return page


@pytest.mark.parametrize("topic", TOPICS)
def test_it_asks_the_network_for_nothing_and_draws_every_formula(made: Made, topic: str) -> None:
    context = made.browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(made.pages[topic].as_uri(), wait_until="networkidle")
    assert [url for url in asked if not url.startswith("data:")] == [made.pages[topic].as_uri()]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    sizes = page.evaluate(
        "[...document.querySelectorAll('math')].map(one => one.getBoundingClientRect())"
        ".map(box => box.width * box.height)"
    )
    assert len(sizes) > 20 and min(sizes) > 0
    assert "$" not in page.evaluate(
        "[...document.querySelectorAll('p, li, td')].filter(one => !one.closest('code, pre'))"
        ".map(one => { const copy = one.cloneNode(true);"
        " copy.querySelectorAll('code, pre').forEach(code => code.remove());"
        " return copy.textContent; }).join()"
    )
    context.close()


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [320, 390, 1400])
def test_it_never_scrolls_sideways_but_its_long_lines_do(
    made: Made, topic: str, width: int
) -> None:
    page = opened(made, topic, width)
    shown, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert shown <= room
    scrolls = "[...document.querySelectorAll('pre')].some(one => one.scrollWidth > one.clientWidth)"
    assert page.evaluate(scrolls)
    page.close()


@pytest.mark.parametrize("topic", TOPICS)
def test_it_prints_on_few_pages_and_without_the_lesson(made: Made, topic: str) -> None:
    page = opened(made, topic)
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= PRINTED_PAGES
    page.emulate_media(media="print")
    assert not page.locator(".dojo-lesson").is_visible()
    assert page.locator(".dojo-task").first.is_visible()
    page.close()


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(made: Made, topic: str, theme: str) -> None:
    page = opened(made, topic, theme=theme)
    assert what_axe_finds(page) == []
    page.close()


def test_axe_would_find_faint_words(made: Made) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(made, "hvp")
    page.add_style_tag(content=".dojo-page h1 { color: #cccccc; }")
    found = axe.run(page, context=".dojo-page h1").response["violations"]
    assert "color-contrast" in [one["id"] for one in found]
    page.close()
