"""Keep what a learner wrote before something else takes its place."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from graders.course import CourseError


def back_up(path: Path, course: Path) -> Path:
    """Copy an exercise to `.dojo/backups/<assignment>/` of the course and say where it lies."""
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    folder = course / ".dojo" / "backups" / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        extra = "" if number == 1 else f"-{number}"
        backup = folder / f"{path.stem}-{stamp}{extra}{path.suffix}"
        if not backup.exists():
            shutil.copy2(path, backup)
            return backup
    raise CourseError(f"{folder} holds too many backups of this second; try again")
