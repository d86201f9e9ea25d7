"""A real browser for tests that look at pages, or a skipped test where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def a_browser() -> Iterator[Any]:
    """Start Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with playwright.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=_ARGUMENTS)
        except playwright.Error as error:
            pytest.skip(f"no browser: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


def what_axe_finds(page: Any) -> list[tuple[str, str]]:
    """List what keeps somebody from reading a page: the rule, and the element that breaks it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # What passes is not described element by element, which takes more time than to find it.
    found = axe.run(page, options={"resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 10
    return [
        (rule["id"], element["html"][:200])
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for element in rule["nodes"]
    ]
