"""Read what was handed in: a notebook, a percent script or a plain module, as cells of code."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graders.course.light_imports import import_jupytext
from graders.course.notebook import fingerprint, grade_id, source_of, without_our_magics
from graders.course.topics import Topic
from graders.limits import MAX_CELLS, MAX_CODE_BYTES, MAX_FILE_BYTES, MAX_JSON_PARTS

# No cell of ours is larger; a larger one is not parsed here to see whether it is ours.
_MAX_OUR_CELL = 2**16
_MAX_LINE = 200
_CELL = re.compile(r"^[^\S\n]*#[^\S\n]*%%", re.MULTILINE)


class UnreadableSubmissionError(Exception):
    """The file cannot be judged; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Cell:
    """One cell of code. `first_line` is where it starts in the file a person would open."""

    label: str
    source: str
    first_line: int = 1

    @property
    def filename(self) -> str:
        """Name the cell in tracebacks."""
        return f"<{self.label}>"

    def line(self, number: int) -> str:
        """Give the text of a line as tracebacks number it, or nothing if there is none."""
        index = number - self.first_line
        return self._lines[index].strip()[:_MAX_LINE] if 0 <= index < len(self._lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self.source.splitlines()


@dataclass(frozen=True)
class Place:
    """A line of the student's: the cell or file it stands in, its number there, and its text."""

    label: str
    line: int
    text: str = ""

    def __str__(self) -> str:
        """Say it in words: "cell hvp, line 7: `h = …`"."""
        return f"{self.label}, line {self.line}" + (f": `{self.text}`" if self.text else "")


@dataclass(frozen=True)
class Submission:
    """The code to be judged: our set-up cells, then everything of the student's, in order."""

    topic: Topic
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, topic: Topic, theirs: Iterable[Cell]) -> Submission:
        """Put our set-up cells before a student's own."""
        return cls(topic, (*_setup_cells(topic), *theirs))

    @property
    def ours(self) -> tuple[Cell, ...]:
        """Our set-up cells at its head; whatever a student wrote is none of them."""
        setup = _setup_cells(self.topic)
        return setup if self.cells[: len(setup)] == setup else ()

    def place(self, filename: str, line: int) -> Place | None:
        """Find a line of a traceback; None where it is not the student's."""
        cells = self._by_filename.get(filename)
        if cells is None:
            return None
        # The cells of a script share its name; only one of them has the line.
        text = next((text for cell in cells if (text := cell.line(line))), "")
        return Place(cells[0].label, line, text)

    @cached_property
    def _by_filename(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.filename, []).append(cell)
        return found


def _setup_cells(topic: Topic) -> tuple[Cell, ...]:
    return tuple(Cell(f"set-up {i}", source) for i, source in enumerate(topic.setup, start=1))


def read_submission(path: Path, topic: Topic) -> Submission:
    """Read a submission of `topic` from a file; UnreadableSubmissionError with a clear sentence."""
    return parse_submission(read_bytes(path), path.name, topic)


def parse_submission(content: bytes, name: str, topic: Topic) -> Submission:
    """Read a submission from the bytes of a file called `name`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSubmissionError(
            f"{name} is not UTF-8 text (byte {error.start}); save it again from JupyterLab"
        ) from None
    if name.endswith(".ipynb"):
        found = tuple(_notebook_cells(text, name, topic))
    else:
        _require_within_limits(name, 0, len(text))
        found = tuple(_script(text, name))
    # Before anything is parsed: a parser's memory is a hundred times what it reads.
    _require_within_limits(name, len(found), sum(len(cell.source) for cell in found))
    return Submission.of(topic, (cell for cell in found if not _is_ours(cell, topic)))


def _require_within_limits(name: str, cells: int, characters: int) -> None:
    if cells > MAX_CELLS or characters > MAX_CODE_BYTES:
        raise UnreadableSubmissionError(
            f"{name} holds more than {MAX_CELLS} cells or {MAX_CODE_BYTES >> 20} MB of code; "
            "delete what does not belong to the exercise"
        )


def _is_ours(cell: Cell, topic: Topic) -> bool:
    return len(cell.source) <= _MAX_OUR_CELL and fingerprint(cell.source) in topic.ours


def read_handed_in(path: Path, course: Path) -> bytes:
    """Read submitted/<student>/<assignment>/<notebook>, and no file of the course by another road.

    UnreadableSubmissionError where one of the three is a link, or the notebook a file of `course`
    or of the folder that `submitted` lies in, and whatever else is in the way.
    """
    try:
        return _read_handed_in(path, course)
    except (OSError, MemoryError, UnicodeError) as error:
        raise UnreadableSubmissionError(
            f"{path.name} cannot be read ({type(error).__name__}); hand it in again"
        ) from None


def _read_handed_in(path: Path, course: Path) -> bytes:
    for folder in (path.parent.parent, path.parent):
        if folder.is_symlink():
            raise UnreadableSubmissionError(
                f"the folder {folder.name} is a link, not a folder; hand in the files themselves"
            )
    content = read_bytes(path)
    status = path.stat()
    courses = {course, path.parents[3]}
    if status.st_nlink > 1 and any(one.samefile(path) for one in _not_for_students(courses)):
        raise UnreadableSubmissionError(
            f"{path.name} is one file with a file of the course; hand in a copy of your own"
        )
    return content


def _not_for_students(courses: Iterable[Path]) -> Iterator[Path]:
    for folder in (course / name for course in courses for name in ("source", "solutions")):
        yield from (path for path in folder.rglob("*") if path.is_file())


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Read a regular file and nothing else: no link, FIFO or device, and no more than the limit."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise UnreadableSubmissionError(f"there is no file {path}") from None
    except OSError as error:
        if path.is_symlink():
            raise UnreadableSubmissionError(
                f"{path.name} is a link, not a notebook; hand in the file itself"
            ) from None
        raise UnreadableSubmissionError(f"{path.name} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UnreadableSubmissionError(f"{str(path)!r:.80} is no name of a file") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UnreadableSubmissionError(
            f"{path.name or path} is not a regular file; hand in the notebook itself"
        )
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > limit:
            raise UnreadableSubmissionError(
                f"{path.name} is {status.st_size / 1e6:.0f} MB and the limit is "
                f"{limit / 1e6:.0f} MB; clear the outputs (Edit, Clear Outputs of All "
                "Cells), save and hand it in again"
            )
        return file.read(limit + 1)


def _notebook_cells(text: str, name: str, topic: Topic) -> Iterator[Cell]:
    number = 0
    for cell in load_cells(text, name):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        number += 1
        source = source_of(cell).encode("utf-8", "replace").decode("utf-8")
        # Who asks for a verdict in the notebook need not take it out before handing in.
        source = without_our_magics(source)
        name = grade_id(cell)
        if name not in topic.our_ids:
            yield Cell(topic.cell_label(name, number), source)


def load_cells(text: str, name: str) -> list[Any]:
    """Read the cells of a notebook of any age, MAX_CELLS at most."""
    cells = _cells_of(text, name)
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmissionError(
            f"{name} holds {len(cells)} cells and the limit is {MAX_CELLS}; delete what does not "
            "belong to the exercise"
        )
    return cells


def _require_few_parts(text: str, name: str) -> None:
    """Count what a parser would make objects of, before it does."""
    parts = sum(text.count(mark) for mark in "[{,")
    if parts > MAX_JSON_PARTS:
        raise UnreadableSubmissionError(
            f"{name} holds {parts:,} brackets and commas and the limit is {MAX_JSON_PARTS:,}; "
            "clear the outputs (Edit, Clear Outputs of All Cells), save and hand it in again"
        )


def _cells_of(text: str, name: str) -> list[Any]:
    _require_few_parts(text, name)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableSubmissionError(
            f"{name} is not a notebook: its JSON is broken{where}; open it in JupyterLab, or take "
            "a fresh copy of the assignment and paste your answers in"
        ) from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        return [cell for sheet in sheets for cell in sheet.get("cells", [])]
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise UnreadableSubmissionError(
            f"{name} is JSON but not a notebook: it has no list of cells; hand in the .ipynb file"
        )
    return cells


def _script(text: str, name: str) -> Iterator[Cell]:
    # It takes jupytext minutes to find thousands of cells.
    _require_within_limits(name, len(_CELL.findall(text)), len(text))
    jupytext = import_jupytext()
    try:
        notebook = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent"})
    except Exception as error:
        raise UnreadableSubmissionError(
            f"{name} cannot be read as a script ({type(error).__name__}); if it begins with a "
            "header between two lines of dashes, delete the header"
        ) from None
    position = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        start = text.find(cell.source, position)
        position = start + len(cell.source) if start >= 0 else position
        first_line = text.count("\n", 0, start) + 1 if start >= 0 else 1
        yield Cell(name, cell.source, first_line)
