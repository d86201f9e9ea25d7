"""A course folder's settings, as nbgrader reads them."""

from __future__ import annotations

import logging
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

CONFIG = "nbgrader_config.py"


def load_config(folder: Path) -> Config:
    """Read the settings of a course folder."""
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    config.Application.log_level = logging.WARNING
    return config


def course_directory(folder: Path) -> CourseDirectory:
    """Give nbgrader's own view of a course folder."""
    return CourseDirectory(config=load_config(folder))
