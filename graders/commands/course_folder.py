"""What the commands for a class have in common: the course folder, its settings, one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from traitlets.config import Config

    from graders.classroom.store import Ruling
    from graders.sandbox.processes import Isolation

_MADE = "is made: the numbers that this class is graded on; keep it, and to yourself"
_MADE_ANEW = (
    "was gone and is made anew, so all is judged on new numbers; if you have the old file, put it "
    "back and grade again"
)
AssignmentName = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="Its name.")]


def course_folder(command: str) -> Path:
    """Give the working folder, which must be a course folder of nbgrader, like nbgrader itself."""
    folder = Path.cwd()
    if not (folder / "nbgrader_config.py").is_file():
        refuse(command, f"there is no nbgrader_config.py in {folder}; run this in a course folder")
    return folder


def assignment_of(command: str, name: str) -> str:
    """Give an assignment's own name, also where it was typed in capitals or as a path."""
    from graders.course import CourseError, assignment

    try:
        return assignment(name)[0].assignment
    except CourseError as error:
        refuse(command, str(error))


def settings_of(command: str, folder: Path, *, judging: bool = False) -> Config:
    """Read the course's settings; where one is broken, that is the one sentence.

    For `judging` they have to bring the course's judge.
    """
    from graders.course import CourseError
    from graders.outlets.nbgrader.settings import read_settings, require_judge

    try:
        found = read_settings(folder)
        if judging:
            require_judge(found, folder)
    except CourseError as error:
        refuse(command, str(error))
    isolation, seed = found.JudgeCells.get("isolation"), found.JudgeCells.get("seed")
    if isolation not in (None, "confined", "process"):
        refuse(command, f"c.JudgeCells.isolation is {isolation!r}; say 'confined' or 'process'")
    if not isinstance(seed, int | None):
        refuse(command, f"c.JudgeCells.seed is {seed!r}; say a whole number, or leave it out")
    return found


def ruling_of(
    command: str, folder: Path, seed: int | None, isolation: str | None, *, begin: bool = False
) -> Ruling:
    """Take the seed and the isolation from the course's settings where nothing else is said.

    The seed of the class comes last; whoever grades may `begin` with a new one.
    """
    from graders.classroom.store import Ruling
    from graders.course import CourseError
    from graders.outlets.nbgrader.class_seed import PUBLIC, known_seed, private

    settings = settings_of(command, folder).JudgeCells
    wanted: Any = settings.get("isolation") if isolation is None else isolation
    told: Any = settings.get("seed") if seed is None else seed
    try:
        if told is not None:
            where = "c.JudgeCells.seed in nbgrader_config.py" if seed is None else "--seed"
            return Ruling(private(told, where), wanted)
        found = known_seed(folder)
        if found is None and begin:
            found = _new_seed(folder, wanted)
    except CourseError as error:
        refuse(command, str(error))
    return Ruling(PUBLIC if found is None else found, wanted)


def _new_seed(folder: Path, isolation: Isolation | None) -> int:
    from graders.classroom.store import FOLDER
    from graders.judge.session import Session
    from graders.outlets.nbgrader.class_seed import SEED_FILE, seed_of_class

    with Session(isolation) as session:
        seed = seed_of_class(folder, session)
    was_judged = any((folder / FOLDER / "verdicts").glob("*"))
    said = _MADE_ANEW if was_judged else _MADE
    typer.echo(f"{folder / SEED_FILE} {said}.", err=True)
    return seed


def refuse(command: str, sentence: str) -> NoReturn:
    """End a command with a sentence and status 2."""
    from graders.outlets.terminal import clean

    typer.echo(clean(f"dojo {command}: {sentence}"), err=True)
    raise typer.Exit(2) from None
