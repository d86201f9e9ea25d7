"""Make `source/`, `solutions/`, `release/` and `exercises/` from one text, or check them.

Two standard steps do the work: jupytext pairs `source/` with `solutions/`, and nbgrader's
`generate_assignment` makes `release/`, which jupytext turns into `exercises/`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from graders.authoring.agreed import remember
from graders.authoring.given_out import Lesson, complete
from graders.authoring.lesson_faults import lesson_faults
from graders.authoring.pairs import Form, Pair, cells_of, digest, edited_form, pair_faults, pairs
from graders.authoring.shared_tools import differing
from graders.authoring.start_page import START, start_page
from graders.course import CourseError, Topic, topics
from graders.course.backups import back_up
from graders.course.notebook import as_exercise, fold
from graders.outlets.nbgrader.new_gradebook import make_if_new
from graders.outlets.nbgrader.settings import read_settings

PROGRESS_FILE = ".progress.json"
_RELEASE = "release"
_EXCEPTION = re.compile(r"\s*[\w.]+(Error|Exception): ")
_LEFT_OUT = (PROGRESS_FILE, ".progress.broken.json")


def build(root: Path, counts: Form | None = None) -> list[str]:
    """Bring all four folders into step and say which files were written or deleted.

    Where both forms of a lesson were edited, `counts` says which of them is taken.
    CourseError where that is not said, where a form is empty or broken or its cells cannot make a
    lesson, and where what was written does not read back as it should; then nothing is overwritten,
    or a copy is kept.
    """
    before = _contents(root)
    found = pairs(root)
    edited = {pair: edited_form(root, pair, counts) for pair in found}
    faults = [fault for pair, path in edited.items() for fault in _faults(pair, path)]
    if faults:
        raise CourseError("\n".join(faults))
    for pair, path in edited.items():
        _synchronise(root, pair, path)
    remember(root, {pair.name: digest(pair.script) for pair in found})
    with tempfile.TemporaryDirectory() as folder:
        release, exercises = _make(root, Path(folder))
        for made, place in ((release, root / "release"), (exercises, root / "exercises")):
            _replace(made, place)
            faults = _differences(made, place)
            if faults:
                raise CourseError(f"what was written does not read back: {faults[0]}")
    after = _contents(root)
    return [
        f"{'written' if name in after else 'deleted'} {name}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def check(root: Path) -> list[str]:
    """List what is out of step, left over or not clean, a sentence each; empty when all is well."""
    faults = [fault for pair in pairs(root) for fault in pair_faults(pair)]
    cells = {pair.name: cells_of(pair.script) for pair in pairs(root) if pair.script.exists()}
    if not faults:
        faults = [fault for name, own in cells.items() for fault in lesson_faults(name, own)]
    faults += differing(cells)
    if faults:
        return faults
    with tempfile.TemporaryDirectory() as folder:
        release, exercises = _make(root, Path(folder))
        faults += _differences(release, root / "release")
        faults += _differences(exercises, root / "exercises")
    return faults


def _faults(pair: Pair, edited: Path | None) -> list[str]:
    """List what is wrong with the form of a lesson that counts."""
    return lesson_faults(pair.name, cells_of(edited or pair.script))


def _synchronise(root: Path, pair: Pair, edited: Path | None) -> None:
    """Write the other form of a lesson anew, and read it back."""
    if edited is None:
        return
    other = pair.script if edited == pair.notebook else pair.notebook
    if other.exists():
        back_up(other, root)
    other.parent.mkdir(parents=True, exist_ok=True)
    # jupytext takes the newer form.
    os.utime(edited)
    _pair_by_jupytext(edited)
    if digest(pair.notebook) != digest(pair.script):
        raise CourseError(
            f"{other.relative_to(root)} was written and does not say what "
            f"{edited.relative_to(root)} says; a copy of what it was is in .dojo/backups"
        )


def _pair_by_jupytext(edited: Path) -> None:
    from jupytext.cli import jupytext

    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            jupytext(["--sync", str(edited)])
    except (Exception, SystemExit) as error:
        last = _last_lines(f"{said.getvalue()}\n{error}")
        raise CourseError(f"jupytext could not pair {edited.name}: {last}") from None


def _make(root: Path, folder: Path) -> tuple[Path, Path]:
    """Make the student's notebooks and scripts in `folder`."""
    release, exercises = folder / _RELEASE, folder / "exercises"
    for assignment in sorted({pair.notebook.parent.name for pair in pairs(root)}):
        _generate_by_nbgrader(root, assignment, folder)
    lessons = [_lesson(release, topic) for topic in topics(root)]
    complete(lessons, _repository(root))
    for lesson in lessons:
        nbformat.write(lesson.notebook, _released(release, lesson.topic))
        script = exercises / lesson.topic.assignment / f"{lesson.topic.name}.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(as_exercise(lesson.notebook), encoding="utf-8")
    words = root / "source" / f"{START}.md"
    if words.exists():
        page = start_page(words.read_text(encoding="utf-8"), lessons)
        nbformat.write(page, release / f"{START}.ipynb")
    return release, exercises


def _generate_by_nbgrader(root: Path, assignment: str, folder: Path) -> None:
    """Make the student's notebooks of an assignment, by the settings of the course alone."""
    from nbgrader.apps import NbGraderAPI

    config = read_settings(root)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.release_directory = str(folder / _RELEASE)
    config.CourseDirectory.db_url = f"sqlite:///{folder / 'gradebook.db'}"
    make_if_new(config.CourseDirectory.db_url)
    done = NbGraderAPI(config=config).generate_assignment(assignment, force=True, create=True)
    if not done["success"]:
        why = _first_error(f"{done.get('log')}\n{done.get('error')}")
        raise CourseError(f"nbgrader could not make the student version of {assignment}: {why}")


def _first_error(log: str) -> str:
    """Say in which notebook nbgrader stopped and why: what it says last is to look above."""
    before, _, after = log.partition("Traceback (most recent call last)")
    notebook = before.rpartition("Converting notebook ")[2].splitlines()[:1]
    errors = [line.strip() for line in after.splitlines() if _EXCEPTION.match(line)]
    named = [f"{Path(one).name}: " for one in notebook]
    return "".join([*named, *errors[:1]]) or _last_lines(log)


def _last_lines(text: str) -> str:
    return " ".join([line for line in text.splitlines() if line.strip()][-3:])


def _lesson(release: Path, topic: Topic) -> Lesson:
    notebook = nbformat.read(_released(release, topic), as_version=4)
    fold(notebook)
    return Lesson(topic, notebook)


def _released(release: Path, topic: Topic) -> Path:
    return release / topic.assignment / f"{topic.name}.ipynb"


def _repository(root: Path) -> str:
    """Read where the course lies on GitHub, "owner/name"; empty where that is not set."""
    config = read_settings(root)
    return str(config.Course.repository) if "Course" in config else ""


def _replace(made: Path, place: Path) -> None:
    """Write what changed and delete what is left over; an exercise may hold a learner's work."""
    wanted = {path.relative_to(made): path for path in _files(made)}
    for name, path in wanted.items():
        target = place / name
        if not target.exists() or target.read_bytes() != path.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            _keep(target)
            shutil.copyfile(path, target)
    for path in list(_files(place)):
        if path.relative_to(place) not in wanted:
            _keep(path)
            path.unlink()


def _keep(path: Path) -> None:
    course = path.parent.parent.parent
    if path.parent.parent.name == "exercises" and path.is_file():
        back_up(path, course)


def _differences(made: Path, place: Path) -> list[str]:
    wanted = {path.relative_to(made): path.read_bytes() for path in _files(made)}
    there = {path.relative_to(place): path.read_bytes() for path in _files(place)}
    faults = [f"{place.name}/{name} is missing; run `dojo build`" for name in wanted.keys() - there]
    faults += [
        f"{place.name}/{name} is left over; run `dojo build`" for name in there.keys() - wanted
    ]
    for name in wanted.keys() & there:
        if wanted[name] != there[name]:
            faults.append(f"{place.name}/{name} is not what source/ makes; run `dojo build`")
    return sorted(faults)


def _files(folder: Path) -> Iterator[Path]:
    ignored = {"__pycache__", ".ipynb_checkpoints"}
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and path.name not in _LEFT_OUT and not ignored & set(path.parts):
            yield path


def _contents(root: Path) -> dict[str, bytes]:
    folders = ("source", "solutions", "release", "exercises")
    files = [path for folder in folders for path in _files(root / folder)]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
