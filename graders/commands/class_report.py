"""`dojo report`: one page on how a class did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.course_folder import (
    AssignmentName,
    assignment_of,
    course_folder,
    refuse,
    ruling_of,
)

if TYPE_CHECKING:
    from graders.classroom.formgrader import InGradebook
    from graders.classroom.overview import Overview
    from graders.outlets.moves import Move
    from graders.outlets.report import Gradebook


def report(
    assignment: AssignmentName,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Put numbers in place of names; links none.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="The page; by default ASSIGNMENT-report.html, here.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The Jupyter server whose formgrader is linked; by default one that runs here.",
        ),
    ] = None,
) -> None:
    """Write a page on how the class did, after `dojo grade` or `nbgrader autograde`.

    It says which written answers wait to be marked, too, whose points moved, and who was late.
    """
    folder = course_folder("report")
    assignment = assignment_of("report", assignment)
    if server is not None and not server.startswith(("http://", "https://")):
        refuse("report", f"--server is {server!r}; give an address such as http://localhost:8888")
    from graders.checks.words import how_many
    from graders.course.whole_files import cannot_be_written
    from graders.outlets.report import report_html

    found = _look_up(folder, assignment)
    known = _in_gradebook(folder, assignment)
    found.count_by(assignment, known.worth)
    page = report_html(
        assignment,
        found.verdicts,
        anonymous=anonymous,
        problems=found.problems,
        moves=_moves(folder, assignment, found),
        gradebook=_gradebook(known, folder, assignment, server, linked=not anonymous),
    )
    path = output or Path(f"{assignment}-report.html")
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        refuse("report", cannot_be_written(path, error))
    typer.echo(f"{path}: {how_many(len({*found.verdicts, *found.problems}), 'student')}")


def _look_up(folder: Path, assignment: str) -> Overview:
    ruling = ruling_of("report", folder, None, None)
    from graders.classroom.handed_in import read_class, students_of
    from graders.classroom.overview import overview
    from graders.course import CourseError

    submitted = folder / "submitted"
    try:
        handed_in, unread = read_class(submitted, students_of(submitted, assignment), assignment)
    except CourseError as error:
        refuse("report", str(error))
    found = overview(folder, handed_in, ruling)
    if not found.verdicts:
        command = f"`dojo grade {assignment}` or `nbgrader autograde {assignment}`"
        refuse("report", f"nothing is judged yet; run {command} first")
    found.problems |= unread
    return found


def _in_gradebook(folder: Path, assignment: str) -> InGradebook:
    """Read the gradebook; a report is worth having without it, too."""
    from graders.classroom.formgrader import InGradebook, in_gradebook
    from graders.course import CourseError

    try:
        return in_gradebook(folder, assignment)
    except CourseError as error:
        typer.echo(
            f"dojo report: {error}; the page says nothing of written answers and links nothing",
            err=True,
        )
        return InGradebook()


def _gradebook(
    found: InGradebook, folder: Path, assignment: str, server: str | None, *, linked: bool
) -> Gradebook:
    from graders.classroom.formgrader import formgrader_links, running_server
    from graders.outlets.report import Gradebook

    address = (server or running_server(folder)) if linked else ""
    links = formgrader_links(found, folder, assignment, address) if address else {}
    return Gradebook(found.unmarked, links, found.changed, _remarks(found, folder, assignment))


def _remarks(found: InGradebook, folder: Path, assignment: str) -> dict[str, list[str]]:
    """Say of whom the gradebook has other points than the page, and why."""
    from graders.classroom.last_run import what_came
    from graders.course.decimals import as_text

    last = what_came(folder, assignment, found.worth)
    remarks = {who: [f"late: {as_text(points)} taken off"] for who, points in found.late.items()}
    for student in last.failed:
        said = "not written when the class was graded last; `dojo grade` says why"
        remarks.setdefault(student, []).append(said)
    return remarks


def _moves(folder: Path, assignment: str, found: Overview) -> list[Move]:
    """Say what moved; of what nbgrader alone has graded, this is where the points are kept."""
    from graders.classroom.points import PointsKept

    kept = PointsKept(folder, assignment)
    try:
        for student, earned in found.graded.items():
            kept.note(student, earned)
    except OSError as error:
        typer.echo(f"dojo report: the points are not kept for next time: {error}", err=True)
    return kept.moves(sorted(found.verdicts))
