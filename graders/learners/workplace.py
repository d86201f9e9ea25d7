"""Where a learner works: the exercises, the stubs they began as, and the backups."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from graders.course import CourseError, Topic, root
from graders.course.backups import back_up
from graders.course.notebook import grade_id, marks, source_of
from graders.course.topics import CARRIED

GIVEN = Path(".dojo", "given")
"""In a learner's own folder: its files as they were given."""


@dataclass(frozen=True)
class Workplace:
    """A folder that holds `exercises/`."""

    folder: Path

    @property
    def exercises(self) -> Path:
        """The folder of the files that a learner edits."""
        return self.folder / "exercises"

    @property
    def progress_file(self) -> Path:
        """The file that remembers what was passed and how far the hints went."""
        return self.exercises / ".progress.json"

    def exercise(self, topic: Topic) -> Path:
        """Name the file of a topic."""
        return self.exercises / topic.assignment / f"{topic.name}.py"

    def holds(self, path: Path) -> bool:
        """Whether a file lies in this folder, as the learner's own notebooks do."""
        return path.resolve().is_relative_to(self.folder.resolve())

    def existing_exercise(self, topic: Topic) -> Path:
        """Find the file of a topic; CourseError, with the way to get it back, where it is gone."""
        path = self.exercise(topic)
        if not path.exists():
            raise CourseError(
                f"there is no file {shown(path)}; `dojo reset {topic.name}` brings it back"
            )
        return path

    def worked_on(self, topic: Topic) -> Path:
        """Name the file with the answers in it: the notebook, where only that was changed."""
        notebook = self.folder / topic.assignment / f"{topic.name}.ipynb"
        script = self.exercise(topic)
        is_answered = _answers(notebook) != _answers(self._given(notebook))
        if is_answered and (not script.exists() or _is_copy(script, self._given(script))):
            return notebook
        return script

    def to_be_judged(self, topic: Topic) -> Path:
        """Find the file that holds the answers; CourseError where there is none of the topic."""
        path = self.worked_on(topic)
        return path if path.exists() else self.existing_exercise(topic)

    def _given(self, path: Path) -> Path:
        return self.folder / GIVEN / path.relative_to(self.folder)

    def reset(self, topic: Topic) -> Path | None:
        """Put the stub in place of an exercise; give the backup of what was there, if anything."""
        stub, path = stub_of(topic, self.folder), self.exercise(topic)
        backup = back_up(path, self.folder) if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, stub)
        return backup


def _answers(notebook: Path) -> dict[str, str]:
    """Read the cells of a notebook that are there to be filled in; none where it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return {grade_id(cell): source_of(cell) for cell in cells if marks(cell).get("solution")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _is_copy(path: Path, other: Path) -> bool:
    try:
        return path.read_bytes() == other.read_bytes()
    except OSError:
        return False


def stub_of(topic: Topic, folder: Path | None = None) -> str:
    """Make the text that a topic's exercise begins with, from the student's notebook.

    A folder that has notebooks of its own comes first; CourseError where there is none.
    """
    import nbformat

    from graders.course.notebook import as_exercise

    relative = topic.release.relative_to(topic.course)
    for path in (*([folder / relative] if folder else []), topic.release):
        if path.is_file():
            return as_exercise(nbformat.read(path, as_version=4))
    raise CourseError(f"there is no {relative} to begin again from; run `dojo build`")


def find_workplace(folder: Path | None = None) -> Workplace:
    """Find the exercises: in `folder`, or the nearest upwards from here, or in the course.

    CourseError where there are none but those that an installed course carries.
    """
    if folder is not None:
        if not (folder / "exercises").is_dir():
            raise CourseError(f"{folder} holds no folder called exercises")
        return Workplace(folder.resolve())
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if (candidate / GIVEN).is_dir() or any((candidate / "exercises").glob("*/*.py")):
            return Workplace(candidate)
    if root() == CARRIED:
        raise CourseError(
            "there are no exercises here; `dojo init FOLDER` makes a folder of your own"
        )
    return Workplace(root())


def find_own_folder(folder: Path | None = None) -> Path:
    """Find the learner's own folder, here or upwards; CourseError where there is none."""
    here = (folder or Path.cwd()).resolve()
    for candidate in (here, *here.parents):
        if (candidate / GIVEN).is_dir():
            return candidate
    raise CourseError(
        f"{here} is no folder that `dojo init` made, or has lost what it kept in .dojo: make a "
        "new one, and copy your files into it. In a clone of the course, `git pull` updates"
    )


def workplace_of_notebook(folder: Path, topic: Topic) -> Workplace | None:
    """Find the workplace upwards from a notebook that has the topic's exercise; None elsewhere.

    Another course's folder, and that of a class, is not looked through for one above it.
    """
    for candidate in (folder, *folder.parents):
        place = Workplace(candidate)
        is_course = (candidate / "source").is_dir() and (candidate / "solutions").is_dir()
        if is_course and candidate != topic.course.resolve():
            return None
        if place.exercises.is_dir() or is_course or (candidate / "nbgrader_config.py").exists():
            return place if place.exercise(topic).is_file() else None
    return None


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that whoever reads it meanwhile sees the old text or the new, never half."""
    write_bytes_atomically(path, text.encode("utf-8"))


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a file at once, as `write_atomically` does, in a folder that is made where need be.

    Unlike `course.whole_files.write_whole` it gives the mode of any new file, for a learner may
    want to share it, and does not wait for the disk, for a learner waits for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Name a path as a person here would: relative where it lies below the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
