"""The texts of a lesson as it was given out: what else stands in a notebook is the student's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from graders.course import CourseError, topic
from graders.course.notebook import source_of
from graders.outlets.nbgrader.code import squeezed

Text = tuple[str, str]


def lesson_texts(coursedir: CourseDirectory, about: Mapping[str, Any]) -> frozenset[Text]:
    """Give the texts of a notebook's release, by the class's own folder and by the course.

    `about` is what nbgrader tells its steps.
    """
    found: frozenset[Text] = frozenset()
    for path in _releases(coursedir, about):
        # What cannot be read gives none.
        with suppress(OSError, ValueError, KeyError, TypeError):
            found |= _texts(path, path.stat().st_mtime_ns)
    return found


def text_of_cell(cell: Mapping[str, Any]) -> Text:
    """Give what a cell says, as it is compared with what was given out."""
    kind, source = str(cell["cell_type"]), source_of(cell)
    return kind, (squeezed(source) if kind == "code" else source).strip()


def _releases(coursedir: CourseDirectory, about: Mapping[str, Any]) -> Iterator[Path]:
    folder = coursedir.format_path(coursedir.release_directory, ".", about["assignment"])
    yield Path(folder, f"{about['notebook']}.ipynb")
    try:
        yield topic(f"{about['assignment']}/{about['notebook']}").release
    except CourseError:
        return


@lru_cache(maxsize=100)
def _texts(path: Path, _changed: int) -> frozenset[Text]:
    """Read a notebook, for all students of a class once."""
    return _all_texts(json.loads(path.read_text(encoding="utf-8"))["cells"])


def _all_texts(cells: Iterable[dict[str, Any]]) -> frozenset[Text]:
    return frozenset(map(text_of_cell, cells))
