"""A class to measure with: the sample class's mix of answers, no two submissions the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from graders.course import root
from graders.demo.pupils import CLASS, Pupil, hand_in
from graders.outlets.nbgrader.course_folder import CourseFolder
from graders.outlets.nbgrader.settings import CONFIG

ASSIGNMENT = "derivatives"
"""What is graded: the assignment that the figures of earlier runs are of."""

# A loop that never ends costs nbgrader 30 seconds for each cell, here 16: the ratio would be
# about time limits. Whoever wants them in can take CLASS.
MIX = tuple(pupil for pupil in CLASS if pupil.name != "finn")


def make_class(
    folder: Path, size: int, pupils: tuple[Pupil, ...] = MIX, settings: str = ""
) -> CourseFolder:
    """Make a course folder in which `size` students have handed in.

    `settings` come after the course's own.
    """
    course = CourseFolder.copy_of(root(), folder)
    if settings:
        with (folder / CONFIG).open("a", encoding="utf-8") as file:
            file.write(f"\n{settings}\n")
        course = CourseFolder(folder)
    # To find one takes as long as judging a few notebooks, once in the life of a class.
    (folder / "class_seed.txt").write_text("20261129\n", encoding="utf-8")
    course.release(ASSIGNMENT)
    release = folder / "release" / ASSIGNMENT
    for number, pupil in _students(size, pupils):
        submitted = folder / "submitted" / f"{number:04}-{pupil.name}" / ASSIGNMENT
        hand_in(pupil, release, submitted)
        for path in submitted.glob("*.ipynb"):
            _sign(path, f"student {number}")
    return course


def _students(size: int, pupils: tuple[Pupil, ...]) -> Iterator[tuple[int, Pupil]]:
    for number in range(size):
        yield number, pupils[number % len(pupils)]


def _sign(path: Path, name: str) -> None:
    """Add a cell of the student's own, as long as the file is a notebook."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return
    cell = {"cell_type": "code", "id": "name", "metadata": {}, "outputs": [], "source": f"# {name}"}
    notebook["cells"].append({**cell, "execution_count": None})
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
