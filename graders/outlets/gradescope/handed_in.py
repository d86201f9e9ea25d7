"""What a student uploaded to Gradescope: notebooks or scripts by their names, in any folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graders.checks.words import some_of
from graders.course import Topic
from graders.course.submission import (
    Submission,
    UnreadableSubmissionError,
    parse_submission,
    read_bytes,
)
from graders.outlets.terminal import clean

_KINDS = (".ipynb", ".py")
_MOST_FILES = 10_000
_LONGEST_NAME = 80


@dataclass(frozen=True)
class HandedIn:
    """What was found for a topic: a submission, or else why there is none.

    `remark` says which file was taken where there were several.
    """

    topic: Topic
    submission: Submission | None = None
    problem: str = ""
    remark: str = ""


def look_through(folder: Path, topics: Sequence[Topic]) -> list[HandedIn]:
    """Find and read what was handed in for each topic; no link is followed."""
    files = list(islice(_files(folder), _MOST_FILES))
    return [_handed_in(folder, files, topic) for topic in topics]


def _files(folder: Path) -> Iterator[Path]:
    """List files, those that lie higher first, without what systems and editors leave behind."""
    folders = [folder]
    # It grows while it is gone through, up to what no exercise needs.
    for place in folders:
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith((".", "__")):
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
            elif len(folders) < _MOST_FILES:
                folders.append(Path(entry.path))


def _handed_in(folder: Path, files: Sequence[Path], topic: Topic) -> HandedIn:
    named = [path for path in files if _is_for(path, topic)]
    if not named:
        return HandedIn(topic, problem=_missing(folder, files, topic))
    # Sorting keeps their order otherwise: of two notebooks the one that lies higher is taken.
    path, *others = sorted(named, key=lambda path: path.suffix.lower() != ".ipynb")
    remark = ""
    if others:
        also = some_of([_shown(folder, one) for one in others])
        remark = f"{_shown(folder, path)} was judged, and not {also}."
    try:
        name = f"{topic.name}{path.suffix.lower()}"
        return HandedIn(topic, parse_submission(read_bytes(path), name, topic), remark=remark)
    except UnreadableSubmissionError as error:
        why = str(error)
    except Exception as error:
        # Whatever a parser stumbles over: it is the student's file, and it costs this file only.
        why = f"{path.name} could not be read ({type(error).__name__})"
    return HandedIn(topic, problem=clean(f"{why}."), remark=remark)


def _is_for(path: Path, topic: Topic) -> bool:
    is_named = path.stem.casefold() == topic.name.casefold()
    return is_named and path.suffix.lower() in _KINDS


def _missing(folder: Path, files: Sequence[Path], topic: Topic) -> str:
    wanted = f"There is no {topic.name}.ipynb (or {topic.name}.py) in what was handed in"
    if not files:
        return f"{wanted}; it is empty."
    names = some_of([_shown(folder, path) for path in files])
    return f"{wanted}; it holds {names}. If it is one of these, rename it and hand it in again."


def _shown(folder: Path, path: Path) -> str:
    """Give a path in words that any file can hold, and not too many of them."""
    name = str(path.relative_to(folder)).encode("utf-8", "replace").decode()
    return clean(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")
