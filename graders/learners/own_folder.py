"""A learner's own folder: lessons to write in, and new versions of them that lose no line.

`.dojo/given` keeps each file as it was given. So an update can tell what the learner changed from
what the course changed, and it is how the folder is found again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from graders.course import CourseError, Topic
from graders.course.backups import back_up
from graders.learners.merging import merged_notebook, merged_script
from graders.learners.workplace import GIVEN, stub_of, write_bytes_atomically

Files = Mapping[PurePosixPath, bytes]
_START = PurePosixPath("start.ipynb")
_MERGING = {".py": merged_script, ".ipynb": merged_notebook}


class Change(Enum):
    """What an update did to a file."""

    ADDED = "new"
    RENEWED = "renewed; you had not changed it"
    MERGED = "renewed, with what you wrote in it; as it was, it is kept as {}"
    BESIDE = "you and the course changed the same place; yours stays, the new one is {}"
    GONE = f"not there any more, and left so; a copy as it was given is in {GIVEN.as_posix()}"


@dataclass(frozen=True)
class Updated:
    """A file of which the course has a new version, and what became of the two."""

    path: PurePosixPath
    change: Change
    other: str = ""

    def __str__(self) -> str:
        """Say it in words: "exercises/derivatives/hvp.py: renewed; you had not changed it"."""
        return f"{self.path}: {self.change.value.format(self.other)}"


def given_files(topics: Sequence[Topic]) -> Files:
    """Collect what a folder for these topics begins with: notebooks, scripts, the start page."""
    files: dict[PurePosixPath, bytes] = {}
    for topic in topics:
        place = PurePosixPath(topic.assignment)
        files[place / f"{topic.name}.ipynb"] = topic.release.read_bytes()
        script = PurePosixPath("exercises") / place / f"{topic.name}.py"
        files[script] = stub_of(topic).encode()
    start = topics[0].course / "release" / _START
    if start.is_file():
        files[_START] = start.read_bytes()
    return files


def topics_of(folder: Path, topics: Sequence[Topic]) -> list[Topic]:
    """Pick the topics that belong into a folder: those of its assignments, new ones among them."""
    given = {path.name for path in (folder / GIVEN).iterdir() if path.is_dir()}
    return [topic for topic in topics if topic.assignment in given]


def begin(folder: Path, files: Files) -> None:
    """Fill a new folder; CourseError where there is anything in it already."""
    folder = folder.resolve()
    if (folder / GIVEN).is_dir():
        raise CourseError(f"{folder} has your lessons already; `dojo update` brings new versions")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty; name a new folder, and nothing of yours is lost")
    # Under another name until all is there: who is interrupted can say the same again.
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        for path, content in files.items():
            write_bytes_atomically(draft / path, content)
            write_bytes_atomically(draft / GIVEN / path, content)
        _move(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    # It may be where somebody stands, so it is filled and not replaced; what marks it comes last.
    for path in sorted(draft.iterdir(), key=lambda path: path.name == GIVEN.parts[0]):
        path.rename(folder / path.name)


def update(folder: Path, files: Files) -> list[Updated]:
    """Bring new versions of lessons into a folder; what a learner wrote is never lost.

    What nobody changed is renewed; what both changed is merged, scripts line by line and notebooks
    cell by cell. What cannot be merged stays as it is, with the new one beside it. A file that a
    learner deleted stays away, and is named.
    """
    done = [_update(folder, path, new) for path, new in files.items()]
    return [one for one in done if one is not None]


def _update(folder: Path, path: PurePosixPath, new: bytes) -> Updated | None:
    place, given = folder / path, folder / GIVEN / path
    base = given.read_bytes() if given.is_file() else None
    mine = place.read_bytes() if place.is_file() else None
    gone = mine is None and base is not None
    if new == base and not gone:
        return None
    updated = Updated(path, Change.GONE) if gone else _bring(folder, path, base, mine, new)
    # Last: a run that is killed before does the same again, and finds it done.
    write_bytes_atomically(given, new)
    return updated


def _bring(
    folder: Path, path: PurePosixPath, base: bytes | None, mine: bytes | None, new: bytes
) -> Updated | None:
    place = folder / path
    if mine == new:
        return None
    if mine is None or mine == base:
        write_bytes_atomically(place, new)
        return Updated(path, Change.ADDED if mine is None else Change.RENEWED)
    merge = _MERGING.get(path.suffix)
    merged = merge(base, mine, new) if merge is not None and base is not None else None
    if merged == mine:
        return None
    if merged is not None:
        kept = back_up(place, folder).relative_to(folder).as_posix()
        write_bytes_atomically(place, merged)
        return Updated(path, Change.MERGED, kept)
    beside = _free(place)
    write_bytes_atomically(beside, new)
    return Updated(path, Change.BESIDE, path.with_name(beside.name).as_posix())


def _free(place: Path) -> Path:
    """Name a file beside another that is not there yet: hvp.new.py, hvp.new-2.py."""
    for number in range(1, 1000):
        extra = "new" if number == 1 else f"new-{number}"
        beside = place.with_name(f"{place.stem}.{extra}{place.suffix}")
        if not beside.exists():
            return beside
    raise CourseError(f"{place.parent} holds too many new versions; delete those you do not need")
