"""The texts of a lesson as it was given out: what else stands in a notebook is the student's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from graders.course import CourseError, topic
from graders.course.digests import file_name_of
from graders.course.notebook import source_of
from graders.course.whole_files import write_whole
from graders.outlets.nbgrader.code import squeezed

Text = tuple[str, str]
_FOLDER = Path(".dojo", "lesson-texts")


def lesson_texts(coursedir: CourseDirectory, about: Mapping[str, Any]) -> frozenset[Text]:
    """Give the texts of a notebook's release, by the class's own folder and by the course.

    What was given out before counts, too: a student may still work on an older one. `about` is what
    nbgrader tells its steps.
    """
    found: frozenset[Text] = frozenset()
    for path in _releases(coursedir, about):
        found |= _read(path, _texts)
    place = Path(coursedir.root, _FOLDER, about["assignment"])
    return _with_older(found, place / f"{file_name_of(about['notebook'])}.json")


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


def _with_older(found: frozenset[Text], kept: Path) -> frozenset[Text]:
    """Add what was given out before, and keep what is new of it."""
    older = _read(kept, _kept_texts)
    if not found <= older:
        # Without it an older text counts as a student's own, and a person looks.
        with suppress(OSError):
            write_whole(kept, json.dumps(sorted(found | older)))
    return found | older


def _read(path: Path, read: Callable[[Path, int], frozenset[Text]]) -> frozenset[Text]:
    """Read texts from a file; none from what cannot be read."""
    try:
        return read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


@lru_cache(maxsize=100)
def _kept_texts(path: Path, _changed: int) -> frozenset[Text]:
    pairs = json.loads(path.read_text(encoding="utf-8"))
    return frozenset((str(kind), str(text)) for kind, text in pairs)


@lru_cache(maxsize=100)
def _texts(path: Path, _changed: int) -> frozenset[Text]:
    """Read a notebook, for all students of a class once."""
    return _all_texts(json.loads(path.read_text(encoding="utf-8"))["cells"])


def _all_texts(cells: Iterable[dict[str, Any]]) -> frozenset[Text]:
    return frozenset(map(text_of_cell, cells))
