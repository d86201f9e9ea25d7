"""The zip that an instructor uploads to Gradescope: the course as far as judging needs it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from graders.course import CourseError, Topic
from graders.course.topics import hidden_folder
from graders.course.whole_files import write_whole
from graders.outlets.gradescope.settings import SETTINGS, Settings

_PACKAGE = Path(__file__).resolve().parent.parent.parent
# What has no part in judging one submission.
_LEFT_OUT = {
    *("authoring", "carried", "classroom", "cli.py", "commands", "demo", "hidden", "kit"),
    "learners",
}
_SCRIPTS = {"setup.sh": 0o755, "run_autograder": 0o755, "requirements.txt": 0o644}
_CONSTRAINTS = "constraints.txt"
# The same course makes the same bytes, whenever and wherever.
_THEN = (1980, 1, 1, 0, 0, 0)


def write_package(path: Path, course: Path, settings: Settings) -> int:
    """Write the zip for an assignment and give its size; CourseError where the course lacks a part.

    It holds solutions and hidden tests: it is for Gradescope and for no student.
    """
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, (text, mode) in sorted(dict(_members(course, settings)).items()):
            about = ZipInfo(name, _THEN)
            about.external_attr = (0o100000 | mode) << 16
            about.compress_type = ZIP_DEFLATED
            archive.writestr(about, text)
    write_whole(path, content.getvalue())
    path.chmod(0o600)
    return len(content.getvalue())


def points_of_the_machine(topics: tuple[Topic, ...]) -> float:
    """Add up what the autograder gives at most, to be set in Gradescope as the assignment's."""
    return sum(task.points for topic in topics for task in topic.tasks)


def _members(course: Path, settings: Settings) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Give the members of the zip by name, each with its bytes and its mode."""
    templates = files("graders.outlets") / "templates"
    for name, mode in _SCRIPTS.items():
        # Where git writes Windows' line ends, bash would stumble over them.
        text = (templates / f"gradescope_{name}").read_bytes().replace(b"\r\n", b"\n")
        yield name, (text, mode)
    yield SETTINGS, (settings.to_json().encode(), 0o644)
    yield _CONSTRAINTS, (_constraints(course), 0o644)
    for place, folder in (("source", course), ("solutions", course), ("graders", _PACKAGE.parent)):
        for path in _files(folder / place):
            part = path.relative_to(folder)
            if place != "graders" or part.parts[1] not in _LEFT_OUT:
                yield part.as_posix(), (path.read_bytes(), 0o644)
    hidden = hidden_folder(course)
    for path in (*_files(hidden), _PACKAGE / "hidden" / "__init__.py"):
        part = path.relative_to(hidden if path.is_relative_to(hidden) else _PACKAGE / "hidden")
        yield (Path("graders", "hidden") / part).as_posix(), (path.read_bytes(), 0o644)


def _files(folder: Path) -> Iterator[Path]:
    """List what belongs to the course, without what editors and Python leave behind."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_ours = not any(part.startswith(".") or part == "__pycache__" for part in parts)
        if is_ours and path.is_file():
            yield path


def _constraints(course: Path) -> bytes:
    """Read the pinned versions, of the course or else of this package."""
    for folder in (course, _PACKAGE.parent):
        path = folder / _CONSTRAINTS
        if path.is_file():
            return path.read_bytes().replace(b"\r\n", b"\n")
    raise CourseError(
        f"there is no {_CONSTRAINTS} in {course}; write one (pip freeze), or clone the course again"
    )
