"""Look through a student's folder before nbgrader copies and reads what is in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from traitlets.log import get_logger

from graders import course


def look_through(assignment: str, student: str, notebooks: list[str]) -> None:
    """Disarm what is not a regular file, and add notebooks that are missing to `notebooks`.

    nbgrader calls this for each submission. It copies the other files of a submission, follows
    links while it does so, and would wait for ever at a FIFO.
    """
    folder = Path(notebooks[0]).parent
    for way in (folder.parent, folder):
        if way.is_symlink():
            _replace_folder(way, notebooks)
    for path in _special_files(folder):
        _replace_by_note(path)
    try:
        topics = course.assignment(assignment)
    except course.CourseError:
        return
    if len(notebooks) > 1 or not _only_one_asked_for(folder):
        expected = [folder / f"{topic.name}.ipynb" for topic in topics]
        notebooks.extend(str(path) for path in expected if not os.path.lexists(path))


def _only_one_asked_for(folder: Path) -> bool:
    """Tell a folder with several notebooks of which nbgrader was asked to grade one."""
    return len(list(folder.glob("*.ipynb"))) > 1


def _special_files(folder: Path) -> list[Path]:
    found = []
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(parent, name)
            kind = path.lstat().st_mode
            is_notebook = name.endswith(".ipynb") and path.parent == folder
            if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or is_notebook):
                found.append(path)
    return found


def _replace_by_note(path: Path) -> None:
    """Put a text file in place of a link, FIFO or device, which says what was there."""
    what = _what(path)
    path.unlink()
    _write_note(path, what)


def _replace_folder(link: Path, notebooks: list[str]) -> None:
    """Put a folder in place of a link to one, with a note for each notebook: none can be read."""
    what = _what(link)
    link.unlink()
    for path in map(Path, notebooks):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_note(path, what)


def _what(path: Path) -> str:
    return f"a link to {os.readlink(path)}" if path.is_symlink() else "not a regular file"


def _write_note(path: Path, what: str) -> None:
    path.write_text(f"What was handed in here was {what}. It was not read.\n", "utf-8", "replace")
    get_logger().warning("%r was handed in as %s; it was replaced by a note", str(path), what)
