"""What the commands for learners have in common: options, the folder, the topic, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.commands.speaking import complain

if TYPE_CHECKING:
    from graders.learners.progress import Progress
    from graders.learners.targets import Target
    from graders.learners.workplace import Workplace


class IsolationChoice(str, Enum):
    """How a submission is kept apart."""

    confined = "confined"
    process = "process"


TargetName = Annotated[
    str | None, typer.Argument(metavar="[TOPIC[.TASK]]", help="By default the topic you are at.")
]
Folder = Annotated[
    Path | None,
    typer.Option(help="The folder that holds exercises/; by default the nearest upwards."),
]
Plain = Annotated[
    bool, typer.Option("--plain", help="Words only: no colour, no signs. So it is in a pipe, too.")
]
Seed = Annotated[int, typer.Option(help="Draw other numbers for the checks.")]
Isolation = Annotated[
    IsolationChoice | None,
    typer.Option(help="How your code is kept apart; by default the best this system has."),
]


def place_of(folder: Path | None) -> Workplace:
    """Find where a learner works; CourseError where there is no such folder."""
    from graders.learners.workplace import find_workplace

    place = find_workplace(folder)
    if folder is None and not Path.cwd().is_relative_to(place.folder):
        complain(f"there are no exercises here; this is about those in {place.folder}")
    return place


def target_of(name: str | None, place: Workplace) -> Target:
    """Read the target, by default the first topic that is open, or the first of all."""
    from graders.course import topics
    from graders.learners.overview import next_topic
    from graders.learners.progress import load_progress
    from graders.learners.targets import Target, find_target

    if name is not None:
        return find_target(name)
    everything = topics()
    return Target(next_topic(everything, load_progress(place.progress_file)) or everything[0])


def remember(place: Workplace, change: Callable[[Progress], Progress]) -> None:
    """Write the progress file anew, where there are exercises to write it beside."""
    from graders.learners.memory import Memory

    path = place.progress_file
    if path.parent.is_dir():
        warning = Memory(path).change(change)
        if warning:
            complain(warning)
