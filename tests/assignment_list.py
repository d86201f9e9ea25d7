"""What a student does in JupyterLab's Assignment List, whatever the exchange behind it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from class_of_students import ASSIGNMENT, RIGHT, TOPIC
from lab_server import Lab

COURSE = "second-derivatives"


def fetch(lab: Lab) -> Path:
    """Open the list, fetch the one assignment in it, and say where its notebook lies."""
    page = lab.page
    lab.open("lab?reset")
    page.wait_for_selector(".jp-Launcher")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Assignment List").click()
    page.get_by_role("button", name="Fetch", exact=True).click()
    page.get_by_role("button", name="Submit", exact=True).wait_for()
    return lab.folder / ASSIGNMENT / f"{TOPIC}.ipynb"


def answer(path: Path) -> None:
    """Write right answers into the notebook, as a student saves it."""
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in RIGHT:
            cell.source = RIGHT[name]
    nbformat.write(notebook, path)
    os.utime(path)


def validate(page: Any) -> str:
    """Validate the notebook of the fetched assignment, and give what the list says of it."""
    page.locator("#fetched_assignments_list").get_by_text(ASSIGNMENT, exact=True).click()
    page.get_by_role("button", name="Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for()
    said = str(dialog.inner_text())
    dialog.get_by_role("button", name="Ok").click()
    return said


def submit(page: Any) -> None:
    """Hand in, and wait until the list shows it."""
    page.get_by_role("button", name="Submit", exact=True).click()
    page.locator("#submitted_assignments_list .list_item").first.wait_for()


def fetch_feedback(lab: Lab) -> str:
    """Fetch the feedback, open its page by the list, and give its text."""
    page = lab.page
    page.locator("#refresh_assignments_list, [title='Refresh assignments list']").first.click()
    page.get_by_role("button", name="Fetch Feedback").first.click()
    page.get_by_text("view feedback").first.click()
    page.locator(".jp-DirListing-item", has_text=f"{TOPIC}.html").dblclick()
    # Of a frame that is still empty there is a body, but no heading.
    frame = page.frame_locator(".jp-HTMLViewer iframe")
    frame.locator("h1").wait_for()
    return " ".join(frame.locator("body").inner_text().split())
