"""`dojo init` and `dojo update`: a folder of one's own, and new lessons into it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from graders.commands.speaking import sentences

_PANEL = "For learners"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(rich_help_panel=_PANEL)(init)
    app.command(rich_help_panel=_PANEL)(update)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A new folder, or an empty one.")
    ],
) -> None:
    """Make a folder of your own: all lessons as notebooks and as plain files."""
    from graders.checks.words import how_many
    from graders.course import topics
    from graders.learners.own_folder import begin, given_files

    with sentences():
        found = topics()
        begin(folder, given_files(found))
    there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    lessons = how_many(len(found), "lesson")
    typer.echo(f"{folder} holds {lessons}, and `dojo` works in it. Begin with one of\n")
    typer.echo(f"    {there}jupyter lab start.ipynb   # in notebooks")
    typer.echo(f"    {there}dojo watch {found[0].name}        # in an editor and a terminal")


def update(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="By default the one that is here.")
    ] = None,
) -> None:
    """Bring new versions of the lessons into your folder; nothing that you wrote is lost."""
    from graders.course import topics
    from graders.learners.own_folder import given_files, topics_of
    from graders.learners.own_folder import update as bring
    from graders.learners.workplace import find_own_folder

    with sentences():
        place = find_own_folder(folder)
        changes = bring(place, given_files(topics_of(place, topics())))
    for change in changes:
        typer.echo(str(change))
    if not changes:
        typer.echo("The course that is installed has nothing new for this folder.")
