"""Make a kit: one zip with lessons, the package that judges them, and how to begin."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path, PurePosixPath

import nbformat

from graders.authoring.given_out import Lesson
from graders.authoring.start_page import START, start_page
from graders.course import CourseError, Topic
from graders.course.whole_files import cannot_be_written
from graders.judge.session import Session
from graders.kit.package import build_wheel, write_package
from graders.kit.requirements import pinned
from graders.learners.own_folder import Files, begin, given_files
from graders.learners.workplace import write_bytes_atomically

_START = PurePosixPath(f"{START}.ipynb")


def make_kit(topics: Sequence[Topic], session: Session, output: Path) -> Path:
    """Write the kit of these topics to a zip, at once; CourseError where it cannot be made.

    It unpacks to one folder, which works as one that `dojo init` made.
    """
    files = _files(topics)
    name = output.stem
    with tempfile.TemporaryDirectory(prefix="dojo-kit-") as base:
        tree, kit = Path(base, "tree"), Path(base, "out", name)
        readme = _readme(topics, name)
        write_package(topics, session, files, readme, tree)
        wheel = build_wheel(tree, Path(base, "wheel"))
        begin(kit, files)
        shutil.copy(wheel, kit)
        (kit / "README.md").write_text(readme, encoding="utf-8")
        lines = [f"./{wheel.name}", *pinned(topics[0].course / "constraints.txt")]
        (kit / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        made = Path(shutil.make_archive(str(Path(base, name)), "zip", kit.parent, name))
        _write(output, made.read_bytes())
    return output


def _write(output: Path, content: bytes) -> None:
    try:
        write_bytes_atomically(output, content)
    except OSError as error:
        raise CourseError(cannot_be_written(output, error)) from None


def _files(topics: Sequence[Topic]) -> Files:
    """Take what a learner's folder begins with, and a start page for these lessons alone."""
    missing = next((topic.release for topic in topics if not topic.release.is_file()), None)
    if missing is not None:
        raise CourseError(f"there is no {missing}; run `dojo build`")
    files = dict(given_files(topics))
    words = topics[0].course / "source" / f"{START}.md"
    if words.is_file():
        lessons = [Lesson(topic, nbformat.read(topic.release, as_version=4)) for topic in topics]
        page = start_page(words.read_text(encoding="utf-8"), lessons)
        files[_START] = nbformat.writes(page).encode()
    return files


def _readme(topics: Sequence[Topic], name: str) -> str:
    words = resources.files("graders.kit").joinpath("README.md").read_text(encoding="utf-8")
    torch = next(line for line in pinned(topics[0].course / "constraints.txt") if "torch==" in line)
    rows = "\n".join(f"- `{topic.assignment}/{topic.name}.ipynb`" for topic in topics)
    needed = torch.partition(";")[0].strip()
    return words.format(name=name, torch=needed, lessons=rows, first=topics[0].name)
