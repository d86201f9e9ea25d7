"""A course folder of nbgrader as an object: release, autograde, give feedback, read the grades."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.plugins import ExportPlugin
from traitlets.utils.importstring import import_item

from graders.outlets.nbgrader.autograde import first_words
from graders.outlets.nbgrader.new_gradebook import make_if_new
from graders.outlets.nbgrader.settings import CONFIG, read_settings


class NbgraderError(Exception):
    """A step of nbgrader failed; the message holds the lines of its log that say why."""


@dataclass(frozen=True)
class Grade:
    """The points of one graded cell. `score` is 0 where a person is still needed."""

    notebook: str
    cell: str
    score: float
    max_score: float
    needs_person: bool


class CourseFolder:
    """Runs nbgrader's own steps in a folder, with the folder's own nbgrader_config.py."""

    def __init__(self, folder: Path) -> None:
        """Read the configuration of the course in `folder`; CourseError where it is broken."""
        self.folder = folder.resolve()
        self._config = read_settings(self.folder)
        self._config.CourseDirectory.root = str(self.folder)
        self._config.Application.log_level = logging.WARNING
        with quiet("traitlets"):
            self._api = NbGraderAPI(config=self._config)

    @classmethod
    def copy_of(cls, course: Path, folder: Path) -> CourseFolder:
        """Make a new course folder with the instructor notebooks and settings of another."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(course / CONFIG, folder)
        shutil.copytree(course / "source", folder / "source", dirs_exist_ok=True)
        return cls(folder)

    def release(self, assignment: str) -> str:
        """Make the student version; gives the log."""
        return self._step(self._api.generate_assignment, assignment)

    def autograde(self, assignment: str, student: str) -> str:
        """Grade what a student handed in; gives the log."""
        return self._step(self._api.autograde, assignment, student)

    def feedback(self, assignment: str, student: str) -> str:
        """Make the pages that a student gets; gives the log."""
        return self._step(self._api.generate_feedback, assignment, student)

    def export(self, path: Path) -> None:
        """Write the grades of the whole gradebook to a file."""
        plugin: ExportPlugin = import_item(self._config.ExportApp.plugin_class)()
        plugin.to = str(path)
        with self.gradebook() as gradebook, quiet("traitlets"):
            plugin.export(gradebook)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        make_if_new(self._api.coursedir.db_url)
        with Gradebook(self._api.coursedir.db_url, self._api.coursedir.course_id) as gradebook:
            yield gradebook

    def grades(self, assignment: str, student: str) -> list[Grade]:
        """List a student's grades, cell by cell."""
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission(assignment, student)
            return [
                Grade(
                    notebook.name, grade.name, grade.score, grade.max_score,
                    bool(grade.needs_manual_grade),
                )
                for notebook in submission.notebooks
                for grade in notebook.grades
            ]  # fmt: skip

    def remarks(self, assignment: str, student: str) -> list[str]:
        """List what a student is told first about each task without full points."""
        folder = self.folder / "autograded" / student / assignment
        cells = [c for path in sorted(folder.glob("*.ipynb")) for c in nbformat.read(path, 4).cells]
        return [text for text in map(first_words, cells) if text]

    def _step(self, step: Any, *arguments: str) -> str:
        make_if_new(self._api.coursedir.db_url)
        with quiet("traitlets"):
            result = step(*arguments)
        log = str(result.get("log") or "")
        if not result["success"]:
            raise NbgraderError(f"{log}{result.get('error') or ''}")
        return log


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Keep what nbgrader logs under these names from the terminal."""
    logs = [logging.getLogger(name) for name in names]
    before = [(log, log.handlers, log.propagate) for log in logs]
    for log in logs:
        log.handlers, log.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for log, handlers, propagate in before:
            log.handlers, log.propagate = handlers, propagate
