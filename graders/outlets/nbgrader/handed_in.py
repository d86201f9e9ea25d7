"""Read submitted notebooks for nbgrader, so that none of them can stop it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from graders.checks.words import on_one_line, some_of
from graders.course import CourseError, topic
from graders.course.patience import within
from graders.course.submission import (
    Submission,
    UnreadableSubmissionError,
    load_cells,
    parse_submission,
    read_handed_in,
)
from graders.limits import MAX_JUDGING_SECONDS
from graders.outlets.nbgrader.in_place import ours_alone
from graders.outlets.nbgrader.rebuild import MasterCell, master_cells, note, rebuild, unread


class SubmissionExporter(NotebookExporter):
    """Takes the exporter's place in `nbgrader autograde`, which reads every notebook twice.

    First comes the file that was handed in: it is read within limits, kept for the judge as
    `submission`, with its hash as `digest`, and rebuilt for nbgrader. The second time it is the
    rebuilt notebook.
    """

    submission: Submission | None = None
    digest = ""
    _is_first = False

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read a notebook and convert it; what cannot be read becomes an empty one with a note."""
        assert resources is not None
        self._is_first = self._is_handed_in(filename, resources["nbgrader"])
        if not self._is_first:
            return super().from_filename(filename, resources, **kw)
        self.submission = None
        resources["metadata"] = {"name": Path(filename).stem, "path": str(Path(filename).parent)}
        notebook = self._read(Path(filename), resources["nbgrader"])
        return self.from_notebook_node(notebook, resources, **kw)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook; what is written after the first reading is not for people."""
        if not self._is_first:
            return super().from_notebook_node(ours_alone(nb), resources, **kw)
        made, resources = Exporter.from_notebook_node(self, ours_alone(nb), resources, **kw)
        resources["output_suffix"] = ".nbconvert"
        # Without line breaks json is written by its part in C.
        return nbformat.writes(made, version=self.nbformat_version, indent=None), resources

    def _is_handed_in(self, filename: str, about: dict[str, str]) -> bool:
        """Tell by the folder: nbgrader's own sign of the second reading outlives an error in it."""
        folder = folder_handed_in(self.parent.coursedir, about)
        return Path(filename).parent.resolve() == folder.resolve()

    def _read(self, path: Path, about: dict[str, str]) -> NotebookNode:
        master = master_cells(about["db_url"], about["assignment"], about["notebook"])
        if not os.path.lexists(path):
            return self._not_handed_in(path, master)
        try:
            found = topic(f"{about['assignment']}/{path.stem}")
            # Read once: what is shown is what is judged, whatever becomes of the file meanwhile.
            content = read_handed_in(path, found.course)
            self.digest = hashlib.sha256(content).hexdigest()
            with within(MAX_JUDGING_SECONDS, f"reading {path.name}"):
                self.submission = parse_submission(content, path.name, found)
                return rebuild(load_cells(content.decode("utf-8-sig"), path.name), master)
        except (UnreadableSubmissionError, CourseError) as error:
            return self._unreadable(str(error), path, master)
        except Exception as error:
            reason = f"{path.name} could not be read ({type(error).__name__})"
            return self._unreadable(reason, path, master)

    def _unreadable(self, reason: str, path: Path, master: tuple[MasterCell, ...]) -> NotebookNode:
        """Stand in for a file that a person has to look at."""
        self.log.error("%s: %s. A person has to grade it.", path.parent, reason)
        notebook = unread(master)
        for cell in notebook.cells:
            note(cell).update(reason=reason, needs_person=True)
        return notebook

    def _not_handed_in(self, path: Path, master: tuple[MasterCell, ...]) -> NotebookNode:
        """Stand in for a notebook that is not there, which is worth zero points."""
        others = named(sorted(other.name for other in path.parent.glob("*.ipynb")))
        reason = (
            f"There was no {path.name} in what you handed in (there was {others}). "
            f"If yours has another name, call it {path.name} and hand it in again."
        )
        self.log.warning("%s: there is no %s; it counts as zero", path.parent, path.name)
        notebook = unread(master)
        for cell in notebook.cells:
            note(cell).update(reason=reason, needs_person=False)
        return notebook


def named(files: Sequence[str]) -> str:
    """List the names of files, of any bytes and any number, as a sentence can hold them."""
    return some_of([on_one_line(name) for name in files])


def folder_handed_in(coursedir: CourseDirectory, about: dict[str, str]) -> Path:
    """Give the folder of what a student handed in; `about` is what nbgrader tells its steps."""
    submitted = coursedir.submitted_directory
    return Path(coursedir.format_path(submitted, about["student"], about["assignment"]))
