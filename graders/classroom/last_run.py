"""When a class was graded last, by which points, and who could not be written then.

The time is a guess by the clocks of files, and decides only on what is begun ahead: a run that has
nothing to do then starts no process for it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from graders.classroom.store import FOLDER
from graders.course.whole_files import write_whole

if TYPE_CHECKING:
    from graders.classroom.marked_cells import Worth


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


@dataclass(frozen=True)
class WhatCame:
    """Of the last run on a class: whom it could not write, and whether other points counted then.

    Both are empty where there was none, or nothing was noted.
    """

    failed: frozenset[str] = frozenset()
    by_other_points: bool = False


def note_what_came(folder: Path, assignment: str, worth: Worth, failed: Collection[str]) -> None:
    """Note by which points a class was graded, and who could not be written."""
    write_whole(_note(folder, assignment), json.dumps({"worth": worth, "failed": sorted(failed)}))


def what_came(folder: Path, assignment: str, worth: Worth) -> WhatCame:
    """Look up the last run, and compare its points with what the gradebook has now."""
    try:
        noted = json.loads(_note(folder, assignment).read_text(encoding="utf-8"))
        return WhatCame(frozenset(noted["failed"]), noted["worth"] != worth)
    except (OSError, ValueError, TypeError, KeyError):
        return WhatCame()


def _note(folder: Path, assignment: str) -> Path:
    return folder / FOLDER / "graded" / f"{assignment}.json"


def _place(folder: Path, assignment: str) -> Path:
    return folder / FOLDER / f"looked-through-{assignment}"
