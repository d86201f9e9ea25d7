"""`dojo build` and `dojo verify`: for whoever writes the course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from graders.authoring.verify import TaskProof


def register(app: typer.Typer) -> None:
    """Add the authors' commands to the application."""
    app.command(rich_help_panel="For authors")(build)
    app.command(rich_help_panel="For authors")(verify)


def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail when anything is out of step.")
    ] = False,
) -> None:
    """Make source/, solutions/, release/ and exercises/ from one text."""
    from graders.authoring import build as building
    from graders.course import CourseError, root

    console = Console(highlight=False)
    try:
        lines = building.check(root()) if check else building.build(root())
    except CourseError as error:
        Console(stderr=True, highlight=False).print(str(error), markup=False)
        raise typer.Exit(2) from None
    for line in lines:
        console.print(line if check else f"written {line}", markup=False)
    if not lines:
        console.print("Everything is in step.")
    raise typer.Exit(1 if check and lines else 0)


def verify(
    topic: Annotated[str | None, typer.Argument(help="Only this topic.")] = None,
    mutants: Annotated[bool, typer.Option(help="Also try mutants of the solutions.")] = True,
) -> None:
    """Prove the graders: solutions full marks, stubs none, mistakes named, mutants killed."""
    from graders import course
    from graders.authoring.verify import verify as prove

    console = Console(highlight=False)
    topics = [course.topic(topic)] if topic else list(course.topics())
    proofs: list[tuple[str, TaskProof]] = []
    with console.status("starting") as status:
        for one in topics:
            found = prove(one, with_mutants=mutants, progress=status.update)
            proofs += [(one.name, proof) for proof in found]
    console.print(_table(proofs))
    faults = [
        f"{name}.{proof.task.name}: {fault}" for name, proof in proofs for fault in proof.faults
    ]
    for fault in faults:
        console.print(fault, markup=False)
    console.print(f"{len(faults)} unexplained." if faults else "Nothing unexplained.")
    raise typer.Exit(1 if faults else 0)


def _table(proofs: list[tuple[str, TaskProof]]) -> Table:
    table = Table("topic", "task", box=box.SIMPLE_HEAD)
    for heading in ("checks", "mistakes named", "mutants killed", "equivalent", "faults"):
        table.add_column(heading, justify="right")
    for name, proof in proofs:
        share = f" ({proof.killed / proof.mutants:.0%})" if proof.mutants else ""
        table.add_row(
            name,
            proof.task.name,
            str(proof.checks),
            f"{proof.named} of {proof.mistakes}",
            f"{proof.killed} of {proof.mutants}{share}",
            str(proof.equivalent),
            str(len(proof.faults)),
        )
    return table
