"""Make `source/`, `solutions/`, `release/` and `exercises/` from one text, or check them.

Two standard steps do the work: jupytext pairs `source/` with `solutions/`, and
`nbgrader generate_assignment` makes `release/`, which jupytext turns into `exercises/`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from traitlets.config import PyFileConfigLoader

from graders.authoring.given_out import Lesson, complete
from graders.authoring.shared_tools import differing
from graders.authoring.start_page import START, start_page
from graders.course import CourseError, Topic, topics
from graders.course.backups import back_up
from graders.course.notebook import SCRIPT, as_exercise, fold

PROGRESS_FILE = ".progress.json"
_LEFT_OUT = (PROGRESS_FILE, ".progress.broken.json")


@dataclass(frozen=True)
class Pair:
    """A topic's instructor notebook and its percent script."""

    notebook: Path
    script: Path

    @property
    def name(self) -> str:
        """Name the topic: "derivatives/hvp"."""
        return f"{self.notebook.parent.name}/{self.notebook.stem}"


def pairs(root: Path) -> list[Pair]:
    """List the topics that stand in `source/` or in `solutions/`."""
    notebooks = {path.relative_to(root / "source") for path in (root / "source").glob("*/*.ipynb")}
    scripts = {path.relative_to(root / "solutions") for path in (root / "solutions").glob("*/*.py")}
    stems = sorted({path.with_suffix("") for path in notebooks | scripts})
    return [
        Pair(
            root / "source" / stem.with_suffix(".ipynb"),
            root / "solutions" / stem.with_suffix(".py"),
        )
        for stem in stems
    ]


def build(root: Path) -> list[str]:
    """Bring all four folders into step and name the files that changed."""
    before = _contents(root)
    for pair in pairs(root):
        _synchronise(pair)
    with tempfile.TemporaryDirectory() as folder:
        release, exercises = _make(root, Path(folder))
        for made, place in ((release, root / "release"), (exercises, root / "exercises")):
            _replace(made, place)
    after = _contents(root)
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def check(root: Path) -> list[str]:
    """List what is out of step, left over or not clean, a sentence each; empty when all is well."""
    faults = [fault for pair in pairs(root) for fault in _pair_faults(pair)]
    faults += differing(
        {
            pair.name: jupytext.read(pair.script, fmt=SCRIPT).cells
            for pair in pairs(root)
            if pair.script.exists()
        }
    )
    if faults:
        return faults
    with tempfile.TemporaryDirectory() as folder:
        release, exercises = _make(root, Path(folder))
        faults += _differences(release, root / "release")
        faults += _differences(exercises, root / "exercises")
    return faults


def _synchronise(pair: Pair) -> None:
    """Write the older of the two forms anew from the newer one, unless they already agree."""
    if pair.script.exists() and pair.notebook.exists() and not _pair_faults(pair):
        return
    newer = max(
        (pair.notebook, pair.script), key=lambda path: path.exists() and path.stat().st_mtime
    )
    pair.notebook.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "jupytext", "--sync", str(newer)]
    _run(command, newer.parent.parent.parent, f"jupytext could not pair {newer.name}")


def _make(root: Path, folder: Path) -> tuple[Path, Path]:
    """Make the student's notebooks and scripts in `folder`."""
    release, exercises = folder / "release", folder / "exercises"
    for assignment in sorted({pair.notebook.parent.name for pair in pairs(root)}):
        command = [
            sys.executable,
            *("-m", "nbgrader", "generate_assignment", assignment, "--force", "--create"),
            f"--CourseDirectory.root={root}",
            f"--CourseDirectory.release_directory={release}",
            f"--CourseDirectory.db_url=sqlite:///{folder / 'gradebook.db'}",
        ]
        _run(command, root, f"nbgrader could not make the student version of {assignment}")
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


def _lesson(release: Path, topic: Topic) -> Lesson:
    notebook = nbformat.read(_released(release, topic), as_version=4)
    fold(notebook)
    return Lesson(topic, notebook)


def _released(release: Path, topic: Topic) -> Path:
    return release / topic.assignment / f"{topic.name}.ipynb"


def _repository(root: Path) -> str:
    """Read where the course lies on GitHub, "owner/name"; empty where that is not set."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return str(config.Course.repository) if "Course" in config else ""


def _run(command: list[str], folder: Path, complaint: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-3:]
        raise CourseError(f"{complaint}: {' '.join(last)}")


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


def _pair_faults(pair: Pair) -> list[str]:
    for path in (pair.notebook, pair.script):
        if not path.exists():
            return [f"{pair.name}: {path.parent.parent.name}/ has no {path.name}; run `dojo build`"]
    notebook = nbformat.read(pair.notebook, as_version=4)
    script = jupytext.read(pair.script, fmt=SCRIPT)
    faults = []
    if [_essence(cell) for cell in notebook.cells] != [_essence(cell) for cell in script.cells]:
        faults.append(f"{pair.name}: source/ and solutions/ differ; run `dojo build`")
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            faults.append(f"{pair.name}: the notebook in source/ holds outputs; clear them")
            break
    return faults


def _essence(cell: NotebookNode) -> tuple[str, str, dict[str, Any]]:
    kept = {key: cell.metadata[key] for key in ("nbgrader", "tags") if key in cell.metadata}
    return cell.cell_type, cell.source.strip(), kept
