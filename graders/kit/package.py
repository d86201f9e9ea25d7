"""The course as a package without answers: what judges, and data in place of what knows."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from subprocess import run
from sys import executable

from graders.authoring import specimens
from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.judge.session import Session
from graders.kit.sheets import make_sheet
from graders.learners.own_folder import Files
from graders.learners.workplace import write_bytes_atomically

_PACKAGE = Path(__file__).resolve().parent.parent
# Who makes a course or grades a class; some of it holds whole answers.
_LEFT_OUT = ("authoring", "carried", "classroom", "demo", "kit")
_COMMANDS = (
    *("__init__.py", "check.py", "exercises_folder.py", "last_word.py", "learners.py"),
    *("notebook_magic.py", "own_folder.py", "pytest_plugin.py", "speaking.py"),
    "topics_in_help.py",
)
_BUILD_FILES = ("hatch_build.py", "LICENSE")
_BUILD = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
_CATALOGUE = '''"""Known mistakes by name and hint; the answer sheet has what each of them gives."""

from __future__ import annotations

from graders.checks.mistakes import Symptom, only_named

MISTAKES = (
{entries}
)
'''


def write_package(
    topics: Sequence[Topic], session: Session, files: Files, readme: str, folder: Path
) -> None:
    """Write the tree of a package that judges these topics and holds no solution of them.

    Of the `files` of a learner's folder it carries the notebooks; `readme` is its description.
    """
    shutil.copytree(_PACKAGE, folder / "graders", ignore=_not_for_students)
    for hidden in {topic.hidden.parent for topic in topics}:
        _copy_hidden(hidden, folder / "graders" / "hidden" / hidden.name)
    for topic in topics:
        _without_answers(topic, folder)
        make_sheet(topic, session, folder)
    for path, content in files.items():
        if path.suffix == ".ipynb":
            write_bytes_atomically(folder / "release" / path, content)
    for name in _BUILD_FILES:
        shutil.copy(_beside_the_package(name), folder)
    project = _beside_the_package("pyproject.toml").read_text(encoding="utf-8")
    first, mark, rest = project.partition('version = "')
    number, _, rest = rest.partition('"')
    (folder / "pyproject.toml").write_text(f'{first}{mark}{number}+kit"{rest}', encoding="utf-8")
    (folder / "README.md").write_text(readme, encoding="utf-8")


def build_wheel(folder: Path, place: Path) -> Path:
    """Build the wheel of a tree, by its own build files; CourseError where that fails."""
    place.mkdir(parents=True, exist_ok=True)
    command = [executable, "-c", _BUILD, str(place)]
    done = run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        raise CourseError(f"the package for students could not be built: {' '.join(last)}")
    return place / done.stdout.strip().splitlines()[-1]


def _not_for_students(folder: str, names: list[str]) -> set[str]:
    left_out = {name for name in names if name == "__pycache__"}
    place = Path(folder).relative_to(_PACKAGE)
    if place == Path():
        left_out.update(_LEFT_OUT)
    elif place == Path("commands"):
        left_out.update(name for name in names if name not in _COMMANDS)
    elif place == Path("hidden"):
        left_out.update(name for name in names if name != "__init__.py")
    return left_out


def _copy_hidden(assignment: Path, folder: Path) -> None:
    answers = shutil.ignore_patterns("__pycache__", "other_ways.py", "mistakes.py", "*.json")
    shutil.copytree(assignment, folder, ignore=answers)


def _without_answers(topic: Topic, folder: Path) -> None:
    """Put names and hints in the place of the functions of the known mistakes."""
    entries = "\n".join(f"    {_entry(one)}," for one in specimens.catalogue(topic))
    text = _CATALOGUE.format(entries=entries)
    place = folder / "graders" / "hidden" / topic.assignment / topic.name / "mistakes.py"
    place.write_text(text, encoding="utf-8")


def _entry(one: Mistake) -> str:
    symptom = f", Symptom.{one.symptom.name}" if one.symptom is not None else ""
    unless = f", unless={one.unless!r}" if one.unless else ""
    return f"only_named({one.name!r}, {one.task!r}, {one.hint!r}{symptom}{unless})"


def _beside_the_package(name: str) -> Path:
    path = _PACKAGE.parent / name
    if not path.is_file():
        raise CourseError(
            "an installed course cannot make kits; clone the repository and run it there"
        )
    return path
