"""When a class was graded last: a run that has nothing to do then starts no process for it.

It is a guess by the clocks of files, and decides only on what is begun ahead.
"""

from __future__ import annotations

from contextlib import suppress
from glob import escape
from pathlib import Path

from graders.classroom.store import FOLDER


def note_run(folder: Path, assignment: str) -> None:
    """Note that all that was handed in for an assignment is looked through from now on."""
    with suppress(OSError):
        _place(folder, assignment).touch()


def is_anything_new(folder: Path, assignment: str) -> bool:
    """Whether there is a notebook that came, or was changed, after the last run began."""
    try:
        last = _place(folder, assignment).stat().st_mtime
    except OSError:
        last = 0.0
    found = folder.glob(f"submitted/*/{escape(assignment)}/*.ipynb")
    # A copy may carry the time of its original; when its entry was made, it cannot.
    return any(path.lstat().st_ctime > last for path in found)


def _place(folder: Path, assignment: str) -> Path:
    return folder / FOLDER / f"looked-through-{assignment}"
