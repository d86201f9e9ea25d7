"""`dojo export`: the grades of a class as a file for a spreadsheet, Canvas or Moodle."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.course_folder import course_folder, refuse

if TYPE_CHECKING:
    from nbgrader.plugins import ExportPlugin


class Form(str, Enum):
    """Who is to read the file."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"


def export(
    form: Annotated[
        Form,
        typer.Argument(
            metavar="FORM",
            help="csv: a column for each task. canvas, moodle: the file that these import.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="The file; by default grades.csv, canvas.csv or moodle.csv, here."),
    ] = None,
    assignment: Annotated[
        list[str] | None, typer.Option(help="Only this assignment; may be said again.")
    ] = None,
) -> None:
    """Write the gradebook's points as CSV: for a spreadsheet, or as Canvas or Moodle read it."""
    folder = course_folder("export")
    from graders.checks.words import how_many
    from graders.classroom.last_run import what_came
    from graders.classroom.marked_cells import of_gradebook, points_of_tasks
    from graders.classroom.opened import file_of, opened
    from graders.classroom.settings import course_directory
    from graders.course import CourseError, topics
    from graders.course.whole_files import cannot_be_written
    from graders.outlets.csv_export import waiting
    from graders.outlets.nbgrader.course_folder import quiet

    path = output or Path("grades.csv" if form is Form.csv else f"{form.value}.csv")
    wanted = assignment or []
    plugin = _plugin(form)
    plugin.to, plugin.assignment = str(path), wanted
    try:
        coursedir = course_directory(folder)
        place = file_of(coursedir)
        if place is not None and not place.is_file():
            # Opening one would make it.
            refuse("export", f"there is no gradebook {place}; run `dojo grade` first")
        with opened(coursedir) as gradebook, quiet("traitlets"):
            known = [one.name for one in gradebook.assignments]
            unknown = [name for name in wanted if name not in known]
            if unknown or not known:
                there = f"it has {', '.join(known)}" if known else "run `dojo grade` first"
                what = f"no {', '.join(unknown)}" if unknown else "nothing"
                refuse("export", f"the gradebook knows {what}; {there}")
            for name in wanted or known:
                worth = points_of_tasks(of_gradebook(gradebook, name))
                if what_came(folder, name, worth).by_other_points:
                    points = f"the points of {name} changed after it was graded"
                    refuse("export", f"{points}; run `dojo grade {name}` first")
            plugin.export(gradebook)
            students, open_points = len(gradebook.students), waiting(gradebook, wanted)
    except CourseError as error:
        refuse("export", str(error))
    except OSError as error:
        refuse("export", cannot_be_written(path, error))
    typer.echo(f"{path}: {how_many(students, 'student')}")
    ours = {one.assignment for one in topics()}
    for name, people in open_points.items():
        who = how_many(len(people), "student")
        report = f"`dojo report {name}` and the formgrader" if name in ours else "the formgrader"
        typer.echo(
            f"{name}: something of {who} is still to be marked by a person; until then it counts "
            f"nothing, or what it was given before it was changed. See {report}."
        )


def _plugin(form: Form) -> ExportPlugin:
    from graders.outlets.csv_export import CanvasExporter, MoodleExporter
    from graders.outlets.nbgrader.export import TaskCsvExport

    kinds = {Form.csv: TaskCsvExport, Form.canvas: CanvasExporter, Form.moodle: MoodleExporter}
    return kinds[form]()
