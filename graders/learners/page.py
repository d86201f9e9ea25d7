"""The notebook as it stands on disk: where a kernel can find it, and what its cells hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.course.notebook import grade_id, source_of, without_our_magics
from graders.course.submission import UnreadableSubmissionError, load_cells, read_bytes
from graders.learners.runs import Run

# jupyter_server from 2.0 on, and so JupyterLab, tells a kernel the file that it was started for.
_SESSION = "JPY_SESSION_NAME"
# VS Code's name, put among those of the notebook.
_VS_CODE = "__vsc_ipynb_file__"


@dataclass(frozen=True)
class PageCell:
    """A cell of code on the page; `count` is the number of the run that it shows."""

    number: int
    source: str
    cell_id: str | None = None
    grade_id: str = ""
    count: int | None = None

    def is_text_of(self, run: Run | None) -> bool:
        """Whether it holds what was run."""
        return run is not None and run.source.strip() == self.source.strip()


@dataclass(frozen=True)
class Page:
    """The notebook as it was last saved."""

    path: Path
    saved_at: float
    cells: tuple[PageCell, ...]

    def is_newer_than(
        self, run: Run, runs: Mapping[int, Run], cell: PageCell | None = None
    ) -> bool:
        """Whether it was saved after a cell was run.

        Where the time of the run is not known exactly, the numbers that the page shows decide:
        that of the cell itself, and those of cells whose text is what was run under that number.
        Others may be left from an earlier kernel.
        """
        if self.saved_at > run.latest or self.saved_at < run.earliest:
            return self.saved_at > run.latest
        return (cell is not None and cell.count == run.number) or any(
            one.count is not None
            and one.count >= run.number
            and one.is_text_of(runs.get(one.count))
            for one in self.cells
        )


def find_page(names: Mapping[str, Any]) -> Path | None:
    """Find the file of the notebook that a kernel serves, from its names; None where unknown."""
    for told in (names.get(_VS_CODE), os.environ.get(_SESSION)):
        path = Path(told) if isinstance(told, str) and told.endswith(".ipynb") else None
        if path is not None and path.is_absolute() and path.is_file():
            return path
    return None


def read_page(path: Path) -> Page:
    """Read a notebook; UnreadableSubmissionError where it is none, or is not there any more."""
    saved_at = _time_of(path)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableSubmissionError(f"{path.name} is not UTF-8 text") from None
    cells = [cell for cell in load_cells(text, path.name) if isinstance(cell, dict)]
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    return Page(path, saved_at, tuple(_cell(i, cell) for i, cell in enumerate(code, start=1)))


def is_page_of(page: Page, runs: Mapping[int, Run]) -> bool:
    """Whether a page can be that of these runs; a notebook that was renamed left its name behind.

    It is another's where it was saved after all that was run, and has not one of the cells.
    """
    known = [run for run in runs.values() if run.page_id]
    own = {cell.cell_id for cell in page.cells if cell.cell_id}
    texts = {text for cell in page.cells if (text := cell.source.strip())}
    is_newer = all(page.saved_at > run.latest for run in known)
    is_known = any(run.page_id in own or run.source.strip() in texts for run in runs.values())
    return is_known or not (known and own and is_newer)


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise UnreadableSubmissionError(f"{path.name} cannot be read: {error.strerror}") from None


def _cell(number: int, cell: Mapping[str, Any]) -> PageCell:
    found, count = cell.get("id"), cell.get("execution_count")
    return PageCell(
        number,
        without_our_magics(source_of(cell)),
        found if isinstance(found, str) else None,
        grade_id(cell),
        count if isinstance(count, int) else None,
    )
