"""The whole cycle of an assignment on the sample class, with nbgrader and a real gradebook."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from graders import course
from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import begin, local_processes
from graders.classroom.pool import Crew, default_jobs
from graders.classroom.store import Ruling
from graders.demo.pupils import CLASS, Pupil, hand_in
from graders.judge.session import Session
from graders.outlets.nbgrader.class_seed import seed_of_class
from graders.outlets.nbgrader.course_folder import CONFIG, CourseFolder, Grade
from graders.sandbox.processes import Isolation

ASSIGNMENTS = ("derivatives", "applications")
_WIDE = 110
_MARKER = ".made-by-dojo-demo"


@dataclass(frozen=True)
class Result:
    """A pupil's grades, and the sentence of the feedback that comes first."""

    pupil: Pupil
    assignment: str
    grades: tuple[Grade, ...]
    remark: str

    @property
    def score(self) -> float:
        """All points so far."""
        return sum(grade.score for grade in self.grades)

    @property
    def max_score(self) -> float:
        """All points to be had."""
        return sum(grade.max_score for grade in self.grades)

    @property
    def for_a_person(self) -> tuple[str, ...]:
        """The cells that wait for a person."""
        return tuple(grade.cell for grade in self.grades if grade.needs_person)

    def of(self, notebook: str) -> float:
        """Add up the points of one notebook."""
        return sum(grade.score for grade in self.grades if grade.notebook == notebook)


def run_cycle(
    base: Path, folder: Path, console: Console, pupils: Sequence[Pupil] = CLASS
) -> list[Result]:
    """Release, hand in, grade as `dojo grade` does, and export, in a fresh folder.

    CourseError where `folder` holds something that an earlier demonstration did not make, or where
    somebody could not be graded.
    """
    class_folder = _fresh(base, folder)
    begin()
    handed_in = [
        (pupil, assignment)
        for assignment in ASSIGNMENTS
        for pupil in pupils
        if assignment in pupil.assignments
    ]
    for assignment in ASSIGNMENTS:
        class_folder.release(assignment)
    for pupil, assignment in handed_in:
        submitted = class_folder.folder / "submitted" / pupil.name / assignment
        hand_in(pupil, class_folder.folder / "release" / assignment, submitted)
    _grade(class_folder.folder, console)
    class_folder.export(class_folder.folder / "grades.csv")
    return [_result(class_folder, pupil, assignment) for pupil, assignment in handed_in]


def _grade(folder: Path, console: Console) -> None:
    # What the made-up students wrote came with the course, and is run where nothing confines it.
    isolation: Isolation | None = None if sys.platform == "linux" else "process"
    with Session(isolation) as session:
        ruling = Ruling(seed_of_class(folder, session), isolation)
    jobs = default_jobs()
    with (
        local_processes(jobs, isolation) as make,
        Crew(make, jobs) as crew,
        Progress(console=console, transient=True) as progress,
    ):
        for assignment in ASSIGNMENTS:
            bar = progress.add_task(f"Grading {assignment}", total=None)

            def watch(done: Outcome, bar: TaskID = bar) -> None:
                steps = done.judged + done.written + len(done.failed)
                progress.update(bar, total=done.notebooks + done.students, completed=steps)

            outcome = grade(Order(folder, assignment, ruling), crew, crew, watch)
            for student, why in outcome.failed.items():
                raise course.CourseError(f"{student} could not be graded: {why}")


def show_results(results: Sequence[Result], console: Console) -> None:
    """Print the grades as a table for each assignment."""
    for assignment in ASSIGNMENTS:
        _show(assignment, [one for one in results if one.assignment == assignment], console)


def _show(assignment: str, results: Sequence[Result], console: Console) -> None:
    notebooks = [topic.name for topic in course.assignment(assignment)]
    notebooks = notebooks if console.width >= _WIDE else []
    table = Table(title=f"The sample class, assignment {assignment}", box=box.SIMPLE_HEAD)
    table.add_column("who", no_wrap=True)
    table.add_column("handed in, and what came of it", ratio=1)
    for notebook in notebooks:
        table.add_column(notebook, justify="right", no_wrap=True)
    table.add_column("points", justify="right", style="bold", no_wrap=True)
    table.add_column("for a person", no_wrap=True)
    for result in results:
        story = Text(result.pupil.story)
        if result.remark:
            remark = textwrap.shorten(result.remark, 260, placeholder=" …")
            story.append(f"\n{remark}", style="dim")
        points = [f"{round(result.of(notebook), 2):g}" for notebook in notebooks]
        total = f"{round(result.score, 2):g} / {result.max_score:g}"
        waiting = "\n".join(cell.removeprefix("check-") for cell in result.for_a_person)
        table.add_row(result.pupil.name, story, *points, total, waiting)
    console.print(table)


def show_next_steps(folder: Path, console: Console) -> None:
    """Say where things lie and what to open."""
    pages = folder.glob(f"feedback/*/{ASSIGNMENTS[0]}/jacobian.html")
    # Dan's tells most, where he is in the class.
    feedback = max(pages, key=lambda page: ("dan" in page.parts, str(page)), default=folder)
    console.print(f"The gradebook is {folder / 'gradebook.db'}, as CSV {folder / 'grades.csv'}.")
    console.print(f"What a student gets, for example: {feedback.resolve().as_uri()}")
    console.print(f"How the class did, on one page: `dojo report {ASSIGNMENTS[0]}` in {folder}.")
    console.print(
        f"Grade by hand in the formgrader: run `make lab` (or `jupyter lab` in {folder}), "
        "then open Nbgrader, Formgrader in the menu."
    )


def _result(class_folder: CourseFolder, pupil: Pupil, assignment: str) -> Result:
    grades = class_folder.grades(assignment, pupil.name)
    remarks = class_folder.remarks(assignment, pupil.name)
    return Result(pupil, assignment, tuple(grades), remarks[0] if remarks else "")


def _fresh(base: Path, folder: Path) -> CourseFolder:
    """Make the course folder anew; only a folder that was made here is ever emptied."""
    if folder.exists() and not folder.is_dir():
        raise course.CourseError(f"{folder} is a file; name a folder with --folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise course.CourseError(
            f"{folder} was not made by this command; name another folder with --folder"
        )
    shutil.rmtree(folder, onerror=_make_writable) if folder.exists() else None
    try:
        folder.mkdir(parents=True)
        (folder / _MARKER).touch()
    except OSError as error:
        raise course.CourseError(
            f"{folder} cannot be made ({error.strerror}); name another folder with --folder"
        ) from None
    if not (base / CONFIG).exists():
        raise course.CourseError(f"there is no {CONFIG} in {base}; run this in the course folder")
    return CourseFolder.copy_of(base, folder)


def _make_writable(remove: object, path: str, _: object) -> None:
    """Let graded notebooks, which nbgrader makes read-only, be removed."""
    os.chmod(path, 0o700)
    remove(path)  # type: ignore[operator]
