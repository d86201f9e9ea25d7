"""A course folder's settings, as nbgrader reads them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.latesubmission import LateSubmissionPlugin
from traitlets import TraitError
from traitlets.config import Config

from graders.course import CourseError
from graders.outlets.nbgrader.settings import CONFIG, read_settings

_FOLDERS = ("submitted", "autograded", "feedback")


def load_config(folder: Path) -> Config:
    """Read the settings of a course folder; CourseError where they are broken."""
    if str(folder) not in sys.path:
        # As for `nbgrader`, which is run in it: a plugin may lie beside the settings.
        sys.path.append(str(folder))
    config = read_settings(folder)
    config.CourseDirectory.root = str(folder)
    config.Application.log_level = logging.WARNING
    return config


def course_directory(folder: Path) -> CourseDirectory:
    """Give nbgrader's own view of a course folder; CourseError where a setting is of no use."""
    config = load_config(folder)
    try:
        # Otherwise it fails for each student, when everything is judged.
        LateSubmissionPlugin(config=config)
        _require_plugin_for_late_work(config)
        found = CourseDirectory(config=config)
    except TraitError as error:
        raise CourseError(f"{folder / CONFIG}: {error} Mend that, and run this again") from None
    for name in _FOLDERS:
        if getattr(found, f"{name}_directory") != name:
            raise CourseError(
                f"{folder / CONFIG}: c.CourseDirectory.{name}_directory is another one than "
                f"{name!r}, and `dojo` works in the folders that nbgrader has by itself; take that "
                "line out"
            )
    return found


def _require_plugin_for_late_work(config: Config) -> None:
    """Raise TraitError where the settings name a plugin of one's own that cannot be loaded."""
    if "plugin_class" not in config.AssignLatePenalties:
        return
    # It takes a third of a second, which most runs do without.
    from nbgrader.preprocessors import AssignLatePenalties

    AssignLatePenalties(config=config)
