"""`dojo build` and `dojo verify`: for whoever writes the course."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.speaking import complain, sentences

if TYPE_CHECKING:
    from rich.table import Table

    from graders.authoring.verify import TaskProof


class Form(str, Enum):
    """The two forms of a lesson that an author edits."""

    source = "source"
    solutions = "solutions"


def register(app: typer.Typer) -> None:
    """Add the authors' commands to the application."""
    app.command(rich_help_panel="For authors")(build)
    app.command(rich_help_panel="For authors")(verify)


def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail when anything is out of step.")
    ] = False,
    form: Annotated[
        Form | None,
        typer.Option("--from", help="Which one counts where both forms of a lesson were edited."),
    ] = None,
) -> None:
    """Make source/, solutions/, release/ and exercises/ from one text."""
    from rich.console import Console

    from graders.authoring import build as building
    from graders.course import root

    console = Console(highlight=False)
    if not Path.cwd().is_relative_to(root().resolve()):
        complain(f"This is about the course in {root()}, and not about the folder you are in.")
    with sentences():
        lines = (
            building.check(root())
            if check
            else building.build(root(), form.value if form else None)
        )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    if not lines:
        console.print("Everything is in step.")
    raise typer.Exit(1 if check and lines else 0)


def verify(
    topic: Annotated[str | None, typer.Argument(help="Only this topic.")] = None,
    mistakes: Annotated[
        int | None,
        typer.Option(min=0, help="Try so many known mistakes of each task, not all of them."),
    ] = None,
    mutants: Annotated[
        int | None,
        typer.Option(min=0, help="Try so many mutants of each task's solution, not all of them."),
    ] = None,
    pairs: Annotated[
        int | None,
        typer.Option(min=0, help="Try so many pairs of each task's mistakes, not all of them."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Processes; by default one for each processor."),
    ] = None,
) -> None:
    """Prove the graders: solutions full marks, stubs none, mistakes named, mutants killed."""
    from rich.console import Console

    from graders import course
    from graders.authoring.folder_faults import folder_faults
    from graders.authoring.verify import verify as prove
    from graders.classroom.local_processes import local_processes
    from graders.classroom.pool import default_jobs

    console = Console(highlight=False)
    with sentences():
        topics = [course.topic(topic)] if topic else list(course.topics())
        wrong = [fault for one in topics for fault in folder_faults(one)]
    for fault in wrong:
        console.print(fault, markup=False, soft_wrap=True)
    if wrong:
        console.print("Nothing was run; mend that first.")
        raise typer.Exit(1)
    with (
        sentences(),
        console.status(f"proving {', '.join(one.name for one in topics)}"),
        local_processes(min(jobs or default_jobs(), len(topics))) as make,
        make() as executor,
    ):
        # The last lesson has the costliest checks: whoever begins with it is done sooner.
        later = [
            executor.submit(
                prove, one, most_mistakes=mistakes, most_mutants=mutants, most_pairs=pairs
            )
            for one in reversed(topics)
        ]
        found = [one.result() for one in reversed(later)]
    proofs = [(one.name, proof) for one, its in zip(topics, found, strict=True) for proof in its]
    console.print(_table(proofs))
    faults = [
        f"{name}.{proof.task.name}: {fault}" for name, proof in proofs for fault in proof.faults
    ]
    for fault in faults:
        console.print(fault, markup=False, soft_wrap=True)
    console.print(f"{len(faults)} unexplained." if faults else "Nothing unexplained.")
    raise typer.Exit(1 if faults else 0)


def _table(proofs: list[tuple[str, TaskProof]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("task", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.columns[0].no_wrap = True
    headings = ("checks", "mistakes\nnamed", "pairs\nnamed", "mutants\nkilled", "equal", "faults")
    for heading in headings:
        table.add_column(heading, justify="right")
    previous = ""
    for name, proof in proofs:
        if name != previous:
            table.add_row(name, style="bold")
            previous = name
        table.add_row(
            f"  {proof.task.name}",
            str(proof.checks),
            f"{proof.named}/{proof.mistakes}",
            f"{proof.pairs_named}/{proof.pairs}",
            f"{proof.killed}/{proof.mutants}",
            str(proof.equivalent),
            str(len(proof.faults)),
        )
    return table
