"""What a wheel of the course carries beside its package: the folders of notebooks and solutions.

Exercises are made from the notebooks, and those of a clone may hold what a learner wrote.

A kit for students is built by the same hook from a tree that has no solutions; there, and there
alone, lie answer sheets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FOLDERS = ("source", "solutions", "release", "sheets")
_PLACE = "graders/carried"


class CarriedFolders(BuildHookInterface):
    """Puts what there is of the folders where `graders.course` looks for them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to take along; a wheel for developers leaves them where they are."""
        if version == "editable":
            return
        for name in _FOLDERS:
            if (Path(self.root) / name).is_dir():
                build_data["force_include"][name] = f"{_PLACE}/{name}"
