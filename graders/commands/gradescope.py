"""`dojo gradescope`: the zip that lets Gradescope grade an assignment by this course's judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.course_folder import AssignmentName, refuse, ruling_of

if TYPE_CHECKING:
    from graders.course import Topic


def gradescope(
    assignment: AssignmentName,
    output: Annotated[
        Path | None, typer.Option(help="The zip; by default gradescope-ASSIGNMENT.zip, here.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Other numbers than the class's own.")] = None,
) -> None:
    """Write the autograder zip that you upload to Gradescope. It holds solutions: keep it safe."""
    from graders import course
    from graders.course.whole_files import cannot_be_written
    from graders.course.written import written_answers
    from graders.outlets.gradescope.package import points_of_the_machine, write_package
    from graders.outlets.gradescope.settings import Settings

    path = output or Path(f"gradescope-{assignment}.zip")
    try:
        topics = course.assignment(assignment)
        size = write_package(path, course.root(), Settings(assignment, _seed(seed, topics)))
    except course.CourseError as error:
        refuse("gradescope", str(error))
    except OSError as error:
        refuse("gradescope", cannot_be_written(path, error))
    names = ", ".join(f"{topic.name}.ipynb" for topic in topics)
    typer.echo(f"{path}: {size / 1e6:.1f} MB. It holds the solutions; give it to no student.")
    typer.echo(f"Autograder points: {points_of_the_machine(topics):g}. Students upload {names}.")
    for topic in topics:
        for one in written_answers(topic):
            typer.echo(
                f"{one.name} in {topic.name} is marked by a person: add a question of "
                f"{one.points:g} points for it, with manual grading."
            )


def _seed(wanted: int | None, topics: Sequence[Topic]) -> int:
    """Take the class's seed in a class's folder, as `dojo grade` does; elsewhere a new one."""
    from graders.judge.session import Session
    from graders.outlets.nbgrader.class_seed import new_seed

    folder = Path.cwd()
    if wanted is not None or (folder / "nbgrader_config.py").is_file():
        return ruling_of("gradescope", folder, wanted, None, begin=True).seed
    with Session() as session:
        seed = new_seed(topics, session)
    typer.echo(
        "Its numbers are new ones, of no class: this is no class's folder. In one, both are graded "
        "on the same."
    )
    return seed
