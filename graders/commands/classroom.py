"""`dojo grade` and `dojo doctor`, and where the commands for a class come together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.class_report import report
from graders.commands.course_folder import (
    AssignmentName,
    assignment_of,
    course_folder,
    refuse,
    ruling_of,
    settings_of,
)
from graders.commands.export import export
from graders.commands.gradescope import gradescope

if TYPE_CHECKING:
    from rich.console import Console

    from graders.classroom.grade import Outcome, Watch
    from graders.classroom.pool import Crew

_PANEL = "For instructors"


class Isolation(str, Enum):
    """How student code may be held."""

    confined = "confined"
    process = "process"


def register(app: typer.Typer) -> None:
    """Add the commands for a class to the application."""
    for command in (grade, report, export, gradescope, doctor):
        app.command(rich_help_panel=_PANEL)(command)


JsonOutput = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def grade(
    assignment: AssignmentName,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Processes; by default one for each processor."),
    ] = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this one student.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Judge and write all afresh.")] = False,
    feedback: Annotated[bool, typer.Option(help="Write the students' feedback too.")] = True,
    json_output: JsonOutput = False,
    seed: Annotated[int | None, typer.Option(help="Other numbers than the class's own.")] = None,
    isolation: Annotated[
        Isolation | None, typer.Option(help="Say `process` to judge without confinement.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Judge on the dask cluster at this address.")
    ] = None,
) -> None:
    """Judge a whole class and bring the grades into nbgrader's gradebook and feedback.

    Exit status: 0 all that could be judged is written, 1 something could not be, 2 could not run.
    """
    folder = course_folder("grade")
    assignment = assignment_of("grade", assignment)
    # Before anything is started or imported that takes seconds.
    settings_of("grade", folder, judging=True)
    from graders.classroom.last_run import is_anything_new
    from graders.classroom.local_processes import begin, local_processes

    # It takes seconds, and the imports here go on meanwhile. What is in its way is told below.
    with suppress(OSError):
        if force or is_anything_new(folder, assignment):
            begin()
    from graders.classroom.cluster import ClusterError
    from graders.classroom.failures import in_words
    from graders.classroom.grade import Order
    from graders.classroom.grade import grade as grade_class
    from graders.classroom.pool import Crew, default_jobs
    from graders.course import CourseError
    from graders.sandbox.processes import GraderFaultError

    jobs = jobs or default_jobs()
    if student and len(student) > 1:
        refuse("grade", "--student is said more than once; grade one, or leave it out for all")
    only = student[0] if student else None
    wanted = isolation.value if isolation else None
    try:
        ruling = ruling_of("grade", folder, seed, wanted, begin=True)
        order = Order(folder, assignment, ruling, only, force, feedback)
        with (
            local_processes(jobs, order.ruling.isolation, to_judge=not scheduler) as make,
            Crew(make, jobs) as writers,
            _cluster(scheduler) if scheduler else _same(writers) as judges,
            _progress(json_output) as watch,
        ):
            outcome = grade_class(order, judges, writers, watch)
    except (CourseError, ClusterError, GraderFaultError) as error:
        refuse("grade", str(error))
    except PermissionError as error:
        refuse(
            "grade",
            f"{error.filename or folder} may not be read or written to; give yourself the right "
            "to, and the same command goes on from here",
        )
    except (OSError, MemoryError) as error:
        refuse("grade", in_words(error))
    except KeyboardInterrupt:
        refuse("grade", "stopped; what is judged is kept, and the same command goes on from here")
    _show(outcome, json_output)
    raise typer.Exit(1 if outcome.failed else 0)


def doctor() -> None:
    """Show which protections this machine gives, by trying to break each of them."""
    from graders.judge.session import ConfinementError, Session
    from graders.outlets.doctor import examine, render

    findings = examine()
    typer.echo(render(findings))
    try:
        with Session() as session:
            session.require_confinement()
        typer.echo("`dojo grade` can confine student code here.")
    except ConfinementError as error:
        typer.echo(str(error))
        raise typer.Exit(1) from None
    raise typer.Exit(1 if any(finding.status == "broken" for finding in findings) else 0)


@contextmanager
def _same(crew: Crew) -> Iterator[Crew]:
    yield crew


def _cluster(address: str) -> Crew:
    """Give the workers of a dask cluster; ClusterError where it cannot be reached."""
    from graders.classroom.cluster import BATCHES_AHEAD, ClusterExecutor
    from graders.classroom.pool import Crew

    first = ClusterExecutor(address)
    jobs = max(1, first.workers())
    first.shutdown()
    return Crew(lambda: ClusterExecutor(address), jobs, ahead=max(jobs, BATCHES_AHEAD))


@contextmanager
def _progress(silent: bool) -> Iterator[Watch]:
    """Show two bars, judging and writing, and how many need a person."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    progress = Progress(*columns, console=_console_for_progress(), disable=silent)
    judging = progress.add_task("Judging", total=None, note="")
    writing = progress.add_task("Gradebook", total=None, note="")

    def watch(outcome: Outcome) -> None:
        # No bar above a sentence that says why nothing was begun.
        progress.start()
        people = len(outcome.for_a_person)
        progress.update(
            judging,
            total=outcome.notebooks,
            completed=outcome.judged + outcome.from_store,
            note=f"{people} for a person" if people else "",
        )
        progress.update(
            writing,
            total=outcome.students,
            completed=outcome.written + outcome.unchanged + len(outcome.failed),
            note=f"{len(outcome.failed)} failed" if outcome.failed else "",
        )

    try:
        yield watch
    finally:
        if progress.live.is_started:
            progress.stop()


def _console_for_progress() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _show(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        # In ASCII, so that it is JSON in every encoding of a terminal or a pipe.
        typer.echo(json.dumps(asdict(outcome)))
        return
    from graders.checks.words import how_many, some_of
    from graders.course.decimals import as_text

    typer.echo(
        f"{how_many(outcome.students, 'student')}, {how_many(outcome.notebooks, 'notebook')}: "
        f"{outcome.judged} judged, {outcome.from_store} known already; "
        f"gradebook: {outcome.written} written, {outcome.unchanged} unchanged."
    )
    if outcome.enrolled:
        names = some_of(outcome.enrolled)
        typer.echo(_harmless(f"New in the gradebook: {names}; is one of them misspelt?"))
    if outcome.late:
        cost = [f"{who} {as_text(points)}" for who, points in sorted(outcome.late.items())]
        who = how_many(len(cost), "student")
        typer.echo(_harmless(f"Late: points were taken off {who}: {some_of(cost)}"))
    told = {
        "For a person": outcome.for_a_person,
        "Left out": outcome.left_out,
        "Gone": outcome.gone,
        "Above the maximum": outcome.above_the_most,
        "Failed": outcome.failed,
    }
    for title, people in told.items():
        for student, reason in sorted(people.items()):
            typer.echo(_harmless(f"{title}: {student}: {reason}"))


def _harmless(text: str) -> str:
    from graders.outlets.terminal import clean

    return clean(text)
