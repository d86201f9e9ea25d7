"""Commands for instructors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(rich_help_panel="For instructors")(demo)


def demo(
    folder: Annotated[Path, typer.Option(help="Where the sample class is made.")] = Path("demo"),
    students: Annotated[
        int, typer.Option(min=1, help="How many hand in; there are thirteen ways to do so.")
    ] = 13,
) -> None:
    """Grade a sample class from start to finish, and show what comes of it."""
    from rich.console import Console

    from graders import course
    from graders.demo.cycle import run_cycle, show_next_steps, show_results
    from graders.demo.pupils import many
    from graders.outlets.nbgrader.course_folder import NbgraderError

    console = Console()
    try:
        results = run_cycle(course.root(), folder, console, many(students))
    except (course.CourseError, NbgraderError) as error:
        typer.echo(f"dojo demo: {error}", err=True)
        raise typer.Exit(2) from None
    show_results(results, console)
    show_next_steps(folder, console)
