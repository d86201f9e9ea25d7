"""Where a learner works: the exercises, the stubs they began as, and the backups."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from graders.course import CourseError, Topic, root
from graders.course.backups import back_up


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

    def existing_exercise(self, topic: Topic) -> Path:
        """Find the file of a topic; CourseError, with the way to get it back, where it is gone."""
        path = self.exercise(topic)
        if not path.exists():
            raise CourseError(
                f"there is no file {shown(path)}; `dojo reset {topic.name}` brings it back"
            )
        return path

    def stub(self, topic: Topic) -> str:
        """Make the text that a topic's exercise begins with, from the student's notebook."""
        import nbformat

        from graders.course.notebook import as_exercise

        relative = topic.release.relative_to(topic.course)
        for path in (self.folder / relative, topic.release):
            if path.is_file():
                return as_exercise(nbformat.read(path, as_version=4))
        raise CourseError(f"there is no {relative} to begin again from; run `dojo build`")

    def reset(self, topic: Topic) -> Path | None:
        """Put the stub in place of an exercise; give the backup of what was there, if anything."""
        stub, path = self.stub(topic), self.exercise(topic)
        backup = back_up(path, self.folder) if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, stub)
        return backup


def find_workplace(folder: Path | None = None) -> Workplace:
    """Find the exercises: in `folder`, or the nearest upwards from here, or in the course."""
    if folder is not None:
        if not (folder / "exercises").is_dir():
            raise CourseError(f"{folder} holds no folder called exercises")
        return Workplace(folder.resolve())
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if any((candidate / "exercises").glob("*/*.py")):
            return Workplace(candidate)
    return Workplace(root())


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
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Name a path as a person here would: relative where it lies below the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
