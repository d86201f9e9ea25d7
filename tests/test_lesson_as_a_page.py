"""A lesson that was run and turned into HTML, as nbconvert does it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from browser import a_browser, what_axe_finds
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent
# The numbers beside cells and the colours of code are nbconvert's, and the same on all its pages.
OF_NBCONVERT = ("jp-InputPrompt", "jp-OutputPrompt", "<span class=")


def test_axe_finds_nothing_serious_and_every_figure_brings_its_words(tmp_path: Path) -> None:
    made = nbformat.read(ROOT / "release" / "derivatives" / "hessian.ipynb", as_version=4)
    NotebookClient(made, kernel_name="python3", timeout=240).execute()
    page_file = tmp_path / "hessian.html"
    page_file.write_text(HTMLExporter().from_notebook_node(made)[0], encoding="utf-8")
    with a_browser() as browser:
        page = browser.new_page()
        page.goto(page_file.as_uri())
        alts = [one.get_attribute("alt") for one in page.locator("figure img").all()]
        found = what_axe_finds(page)
    assert len(alts) >= 4 and all(len((alt or "").split()) >= 8 for alt in alts)
    assert not [one for one in found if not any(mark in one[1] for mark in OF_NBCONVERT)]
