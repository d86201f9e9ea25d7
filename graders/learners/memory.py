"""Progress that goes on in memory where the folder may not be written to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graders.learners.progress import Progress, load_progress, save_progress


class Memory:
    """The progress file, read anew each time, and kept here for as long as it cannot be written."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self._path = path
        self._kept: Progress | None = None
        self._is_told = False

    def now(self) -> Progress:
        """Give what is known now."""
        return self._kept if self._kept is not None else load_progress(self._path)

    def change(self, change: Callable[[Progress], Progress]) -> str:
        """Note a change; gives a sentence the first time that it cannot be written."""
        changed = change(self.now())
        try:
            save_progress(self._path, changed)
        except OSError as error:
            self._kept = changed
            is_told, self._is_told = self._is_told, True
            why = error.strerror or str(error)
            return "" if is_told else f"your progress cannot be kept in {self._path}: {why}"
        self._kept = None
        return ""
