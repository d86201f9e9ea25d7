"""A course folder's nbgrader_config.py, read as nbgrader reads it; where it is broken, told of."""

from __future__ import annotations

import traceback
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from graders.course import CourseError

CONFIG = "nbgrader_config.py"


def read_settings(folder: Path) -> Config:
    """Run the settings of a course folder; CourseError, with the line, where they do not run."""
    try:
        return PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    # A file of settings may raise anything, and even end the program.
    except (Exception, SystemExit) as error:
        raise CourseError(
            f"{folder / CONFIG} cannot be loaded ({_where(error)}{_what(error)}); mend it before "
            "anything is graded: nbgrader itself would go on without these settings, and run what "
            "students wrote unprotected"
        ) from None


def require_judge(settings: Config, folder: Path) -> None:
    """CourseError where these settings have nbgrader run what students wrote by itself."""
    steps = settings.Autograde.get("autograde_preprocessors")
    chosen = steps if isinstance(steps, (list, tuple)) else []
    names = [str(getattr(step, "__name__", step)).rpartition(".")[2] for step in chosen]
    if not names or "Execute" in names:
        raise CourseError(
            f"{folder / CONFIG} lacks the course's own settings (c.Autograde."
            "autograde_preprocessors), so nbgrader would run what students wrote, unprotected; "
            "take them over from the nbgrader_config.py of the course"
        )


def _where(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename and error.filename.endswith(CONFIG):
        return f"line {error.lineno}: "
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if Path(step.filename).name == CONFIG]
    return f"line {lines[-1]}: " if lines else ""


def _what(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    lines = said.strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
