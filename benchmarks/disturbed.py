"""Grade a class of a thousand notebooks twice: in peace, and killed three times on the way.

    python -m benchmarks.disturbed --students 250

The class is the demo's whole mix, with its endless loops, 4 TB requests and crashes. Both runs must
end with the same gradebook, to the last digit, and all processes together below 3 GB.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.measures import DOJO, a_folder, environment, memory_of_children
from benchmarks.submissions import ASSIGNMENT, make_class
from graders.demo.pupils import CLASS
from graders.outlets.nbgrader.course_folder import CourseFolder

KILLS = 3
MOST_MEMORY = 3e9


def main(students: Annotated[int, typer.Option(help="Four notebooks each.")] = 250) -> None:
    """Make the class, grade it both ways, and compare."""
    with a_folder() as folder:
        make_class(folder / "peace", students, CLASS)
        shutil.copytree(folder / "peace", folder / "war")
        with memory_of_children() as peak:
            seconds, outcome = _grade_in_peace(folder / "peace")
        typer.echo(f"in peace: {seconds:.0f} s, {max(peak) / 1e9:.2f} GB; {_told(outcome)}")
        for number in range(KILLS):
            judged = _grade_until_killed(folder / "war", seconds / (KILLS + 1))
            typer.echo(f"killed for the {number + 1}. time, with {judged} verdicts stored")
        seconds, outcome = _grade_in_peace(folder / "war")
        typer.echo(f"the rest: {seconds:.0f} s; {_told(outcome)}")
        grades = [_grades(folder / which, students) for which in ("peace", "war")]
    cells = sum(map(len, grades[0].values()))
    different = [student for student in grades[0] if grades[0][student] != grades[1][student]]
    typer.echo(f"{cells} grades of {len(grades[0])} students, {len(different)} students differ")
    if different or not cells or max(peak) > MOST_MEMORY:
        raise typer.Exit(1)


def _start(folder: Path) -> subprocess.Popen[str]:
    command = [*DOJO, "grade", ASSIGNMENT, "--json"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(
        command, cwd=folder, env=environment(), text=True, start_new_session=True, **pipes
    )


def _grade_in_peace(folder: Path) -> tuple[float, dict[str, Any]]:
    started = time.monotonic()
    output, _ = _start(folder).communicate()
    return time.monotonic() - started, json.loads(output)


def _grade_until_killed(folder: Path, seconds: float) -> int:
    """Kill the whole group, as a power cut would; the workers of a dead judge end by themselves."""
    run = _start(folder)
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    return len(list((folder / ".dojo" / "verdicts").rglob("*.json")))


def _told(outcome: dict[str, Any]) -> str:
    return (
        f"{outcome['notebooks']} notebooks, {outcome['judged']} judged, "
        f"{outcome['from_store']} known already, {len(outcome['for_a_person'])} for a person"
    )


def _grades(folder: Path, students: int) -> dict[str, list[Any]]:
    course = CourseFolder(folder)
    names = sorted(path.name for path in (folder / "submitted").iterdir())
    assert len(names) == students
    return {name: course.grades(ASSIGNMENT, name) for name in names}


if __name__ == "__main__":
    typer.run(main)
