"""Look through a student's folder before nbgrader copies and reads what is in it."""

from __future__ import annotations

import glob
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from traitlets.log import get_logger

from graders import course
from graders.checks.words import on_one_line
from graders.limits import (
    MAX_EXTRA_BYTES,
    MAX_EXTRA_DEPTH,
    MAX_EXTRA_FILE,
    MAX_EXTRA_FILES,
    MAX_TIME_BYTES,
)
from graders.outlets.nbgrader.timestamp import TIME

LEFT_OUT = "left_out"
"""The folder beside `submitted` that keeps what is too large, or too much, to be copied."""
NOTE = "what_was_left_out.txt"
SECRET = "submission_secret.txt"
"""What the exchange hides a student's pages behind; it reads those of a whole class at once."""
_A_SECRET = re.compile(r"[0-9a-f]{32,256}")


def look_through(assignment: str, student: str, notebooks: list[str]) -> None:
    """Disarm what is not a small regular file, and set right which `notebooks` are to be graded.

    nbgrader calls this for each submission, and goes on where it raises. It copies the other files
    of a submission, follows links and fills holes while it does so, and would wait for ever at a
    FIFO.
    """
    folder = Path(notebooks[0]).parent
    for way in (folder.parent, folder):
        if way.is_symlink():
            _replace_folder(way, notebooks)
    _set_surplus_aside(folder)
    _make_secret_usable(folder)
    for path, what in list(not_to_be_copied(folder)):
        _replace_by_note(path, what, folder)
    is_whole = len(notebooks) > 1 or not _only_one_asked_for(folder)
    # A gradebook cannot even be asked for another name.
    notebooks[:] = [path for path in notebooks if _is_text(path)]
    try:
        topics = course.assignment(assignment)
    except course.CourseError:
        return
    if is_whole:
        expected = [folder / f"{topic.name}.ipynb" for topic in topics]
        notebooks.extend(str(path) for path in expected if not os.path.lexists(path))


def require_looked_through(folder: Path) -> None:
    """CourseError where something is left that could not be replaced, and must not be copied."""
    links = [(way, "a link") for way in (folder.parent, folder) if way.is_symlink()]
    too_many = [(path, "one too many") for path in surplus(folder)]
    for path, what in [*links, *too_many, *not_to_be_copied(folder)]:
        raise course.CourseError(
            f"{str(path)!r} is {what} and cannot be replaced by a note; delete it, or give its "
            "folder the usual rights, and run this again"
        )


def _only_one_asked_for(folder: Path) -> bool:
    """Tell a folder with several notebooks of which nbgrader was asked to grade one."""
    return len(list(folder.glob("*.ipynb"))) > 1


def _is_text(path: str) -> bool:
    return path.encode("utf-8", "replace").decode() == path


def not_to_be_copied(folder: Path) -> Iterator[tuple[Path, str]]:
    """List what lies beside the notebooks and is odd or too large, and say what each is."""
    sizes: dict[Path, int] = {}
    graded = _graded_notebooks(folder)
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(Path(parent, name))]
        for path in [Path(parent, name) for name in [*links, *files]]:
            if path in graded:
                continue
            size, what = _size_or_what(path)
            if what:
                yield path, what
            else:
                sizes[path] = size
    for path in _too_large(sizes, folder / TIME):
        yield path, f"a file of {sizes[path]:,} bytes, too large by itself or with others"


def _graded_notebooks(folder: Path) -> set[Path]:
    """Give the files that are read within limits and not copied; a hidden one is not among them.

    nbgrader leaves them out by a pattern, which it finds no file by where a folder has brackets in
    its name: there it copies them, too.
    """
    if glob.escape(str(folder)) != str(folder):
        return set()
    try:
        names = [topic.name for topic in course.assignment(folder.name)]
    except course.CourseError:
        return set(folder.glob("[!.]*.ipynb"))
    return {folder / f"{name}.ipynb" for name in names}


def surplus(folder: Path) -> list[Path]:
    """List the files beside the notebooks that are too many, and the folders that are in the way.

    Those lie too deep, or where a page is to be written.
    """
    graded = _graded_notebooks(folder)
    pages = sorted(path.with_suffix(".html") for path in graded)
    files: list[Path] = []
    deep = [path for path in pages if path.is_dir() and not path.is_symlink()]
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = [name for name in folders if here / name not in deep]
        if len(here.relative_to(folder).parts) >= MAX_EXTRA_DEPTH:
            deep += [here / name for name in folders]
            folders.clear()
        files += [here / name for name in names if here / name != folder / NOTE]
    beside = [path for path in files if path not in graded]
    # What lies nearest to the notebooks is kept, and what the exchange wrote before all.
    exchanged = folder / TIME, folder / SECRET
    beside.sort(key=lambda path: (path not in exchanged, len(path.parts), path))
    return [*beside[MAX_EXTRA_FILES:], *deep]


def _set_surplus_aside(folder: Path) -> None:
    """Move what is too much to where it is not copied, and leave a note in place of all of it."""
    found = surplus(folder)
    try:
        for path in found:
            _set_aside(path, folder)
        if found:
            (folder / NOTE).write_text(
                f"{len(found)} files and folders are no longer here: {MAX_EXTRA_FILES} files are "
                f"copied, in folders {MAX_EXTRA_DEPTH} deep. They lie in {LEFT_OUT}.\n",
                "utf-8",
            )
            get_logger().warning("%r: %d files were moved to %s", str(folder), len(found), LEFT_OUT)
    except OSError as error:
        get_logger().error("%r: what is too much could not be moved: %s", str(folder), error)


def _make_secret_usable(folder: Path) -> None:
    """Put a new secret in place of one that would stop `nbgrader release_feedback` for the class.

    Nobody else knows it, as it should be: what was handed in instead is set aside.
    """
    path = folder / SECRET
    if not os.path.lexists(path) or _is_secret(path):
        return
    try:
        if path.is_symlink():
            path.unlink()
        else:
            _set_aside(path, folder)
        path.write_text(secrets.token_hex(64), "ascii")
        get_logger().warning("%r was not nbgrader's; a new secret was put in its place", str(path))
    except OSError as error:
        get_logger().error("%r is not nbgrader's and stays as it is: %s", str(path), error)


def _is_secret(path: Path) -> bool:
    size, what = _size_or_what(path)
    if what or size > MAX_TIME_BYTES:
        return False
    return bool(_A_SECRET.fullmatch(path.read_text("utf-8", "replace").strip()))


def _size_or_what(path: Path) -> tuple[int, str]:
    """Give the size of a file that can be copied, or else what it is."""
    try:
        status = path.lstat()
    except OSError:
        return 0, "in a closed folder"
    if not stat.S_ISREG(status.st_mode):
        return 0, _what(path)
    if status.st_nlink > 1:
        return 0, "one file with another that has a name elsewhere"
    return status.st_size, "" if os.access(path, os.R_OK) else "a file that nobody may read"


def _too_large(sizes: Mapping[Path, int], time: Path) -> Iterator[Path]:
    """Choose what to leave out so that the rest is within bounds: the largest."""
    room = MAX_EXTRA_BYTES
    for path in sorted(sizes, key=lambda path: sizes[path]):
        room -= sizes[path]
        if sizes[path] > (MAX_TIME_BYTES if path == time else MAX_EXTRA_FILE) or room < 0:
            yield path


def _replace_by_note(path: Path, what: str, folder: Path) -> None:
    """Put a text file in place of what is there, which says so; go on where that cannot be done."""
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            what = f"{what}; it lies in {_set_aside(path, folder)} now"
        else:
            path.unlink()
        _write_note(path, what)
    except OSError as error:
        get_logger().error("%r, %s, could not be replaced by a note: %s", str(path), what, error)


def _set_aside(path: Path, folder: Path) -> Path:
    """Move a student's file out of what is copied, so that nothing is lost; say where it is."""
    course_folder = folder.parents[2]
    place = course_folder / LEFT_OUT / path.relative_to(folder.parents[1])
    taken = 1
    while os.path.lexists(place):
        taken += 1
        place = place.with_name(f"{path.stem} {taken}{path.suffix}")
    place.parent.mkdir(parents=True, exist_ok=True)
    path.rename(place)
    return place.relative_to(course_folder)


def _replace_folder(link: Path, notebooks: list[str]) -> None:
    """Put a folder in place of a link to one, with a note for each notebook: none can be read."""
    what = _what(link)
    link.unlink()
    for path in map(Path, notebooks):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_note(path, what)


def _what(path: Path) -> str:
    if not path.is_symlink():
        return "not a regular file"
    return f"a link to {on_one_line(os.readlink(path))}"


def _write_note(path: Path, what: str) -> None:
    path.write_text(f"What was handed in here was {what}. It was not read.\n", "utf-8", "replace")
    get_logger().warning("%r was handed in as %s; it was replaced by a note", str(path), what)
