"""A course folder's settings, as nbgrader reads them."""

from __future__ import annotations

import logging
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.latesubmission import LateSubmissionPlugin
from traitlets import TraitError
from traitlets.config import Config

from graders.course import CourseError
from graders.outlets.nbgrader.settings import CONFIG, read_settings


def load_config(folder: Path) -> Config:
    """Read the settings of a course folder; CourseError where they are broken."""
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
        return CourseDirectory(config=config)
    except TraitError as error:
        raise CourseError(f"{folder / CONFIG}: {error} Mend that, and run this again") from None
