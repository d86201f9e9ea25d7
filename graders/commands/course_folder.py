"""What the commands for a class have in common: the course folder, its settings, one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from graders.classroom.store import Ruling

AssignmentName = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="Its name.")]


def course_folder(command: str) -> Path:
    """Give the working folder, which must be a course folder of nbgrader, like nbgrader itself."""
    folder = Path.cwd()
    if not (folder / "nbgrader_config.py").is_file():
        refuse(command, f"there is no nbgrader_config.py in {folder}; run this in a course folder")
    return folder


def ruling_of(command: str, folder: Path, seed: int | None, isolation: str | None) -> Ruling:
    """Take the seed and the isolation from the course's settings where nothing else is said."""
    from graders.classroom.settings import load_config
    from graders.classroom.store import Ruling

    settings = load_config(folder).JudgeCells
    wanted: Any = settings.get("isolation") if isolation is None else isolation
    if wanted not in (None, "confined", "process"):
        refuse(command, f"c.JudgeCells.isolation is {wanted!r}; say 'confined' or 'process'")
    return Ruling(settings.get("seed", 0) if seed is None else seed, wanted)


def refuse(command: str, sentence: str) -> NoReturn:
    """End a command with a sentence and status 2."""
    typer.echo(f"dojo {command}: {sentence}", err=True)
    raise typer.Exit(2) from None
