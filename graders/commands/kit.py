"""`dojo kit`: what an instructor gives to students."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graders.commands.speaking import sentences


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="For instructors")(kit)


def kit(
    assignments: Annotated[
        list[str], typer.Argument(metavar="ASSIGNMENT...", help="One or several.")
    ],
    output: Annotated[
        Path | None, typer.Option(help="The zip; by default ASSIGNMENT-kit.zip, here.")
    ] = None,
) -> None:
    """Make a zip for students: lessons, and graders that hold no solution."""
    from graders.checks.words import how_many
    from graders.course import assignment
    from graders.judge.session import Session
    from graders.kit.make import make_kit

    place = output or Path(f"{'-'.join(assignments)}-kit.zip")
    with sentences(), Session() as session:
        found = [topic for name in dict.fromkeys(assignments) for topic in assignment(name)]
        made = make_kit(found, session, place)
    size = f"{made.stat().st_size / 1e6:.1f} MB"
    typer.echo(f"{made}, {size}, for {how_many(len(found), 'lesson')}. Its README.md")
    typer.echo(
        "says how a student begins; the numbers in it are not those that a class is graded on."
    )
