"""Load the parts of a topic's folder: `problems`, `mistakes`, `hints`, and the tests themselves."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

from graders.course.errors import CourseError
from graders.course.topics import Topic, hidden_folder

PACKAGE = "graders.hidden"


def part_name(topic: Topic, part: str) -> str:
    """Name a part of a topic as a module: "graders.hidden.derivatives.hvp.problems"."""
    return f"{PACKAGE}.{topic.assignment}.{topic.name}.{part}"


def tests_of(topic: Topic) -> ModuleType:
    """Load the file in which a topic's tasks are declared."""
    return load_part(topic, topic.test_file.stem)


def load_part(topic: Topic, part: str) -> ModuleType:
    """Load a part of a topic's folder; CourseError where there is none, or where it is broken."""
    find_parts_in(hidden_folder(topic.course))
    name = part_name(topic, part)
    try:
        module = importlib.import_module(name)
    except CourseError:
        raise
    except Exception as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and name.startswith(missing):
            said = f"the topic {topic.name!r} has no {part}.py in {topic.hidden}"
            raise CourseError(said) from None
        raise CourseError(where_and_what(error, topic.hidden)) from error
    _require_same_course(topic, module)
    return module


def where_and_what(error: Exception, folder: Path) -> str:
    """Name the file and line of a topic's folder at which its code ended, and the error."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}: SyntaxError: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    place = f"{own[-1].filename}, line {own[-1].lineno}" if own else str(folder)
    return f"{place}: {type(error).__name__}: {error}"


def find_parts_in(folder: Path) -> None:
    """Let modules of a course be found that lies elsewhere than this package."""
    package = importlib.import_module(PACKAGE)
    if str(folder) not in package.__path__:
        package.__path__.append(str(folder))


def find_parts_only_in(folder: Path) -> None:
    """Let the modules of another course be found from now on, and none of the ones before."""
    package = importlib.import_module(PACKAGE)
    package.__path__ = [str(folder)]
    for name in [one for one in sys.modules if one.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]


def _require_same_course(topic: Topic, module: ModuleType) -> None:
    """Two courses in one process may not mix: the first one's modules would judge the second."""
    if not Path(str(module.__file__)).resolve().is_relative_to(topic.hidden.resolve()):
        raise CourseError(
            f"{module.__name__} comes from {module.__file__}, not from {topic.hidden}: another "
            "course has a topic of this name; use the environment of the course that this folder "
            "lies in, or work outside of it"
        )
