"""`dojo check`: judge an exercise, or all of them, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from graders.commands.exercises_folder import (
    Folder,
    Isolation,
    Plain,
    Seed,
    place_of,
    remember,
    target_of,
)
from graders.commands.speaking import complain, sentences, show, write

if TYPE_CHECKING:
    from graders.course import Topic
    from graders.judge.verdict import Verdict
    from graders.learners.checking import WarmJudge
    from graders.learners.progress import Progress
    from graders.learners.targets import Target
    from graders.learners.workplace import Workplace


def check(
    target: Annotated[
        str | None,
        typer.Argument(metavar="[TOPIC[.TASK]|FILE]", help="By default all topics."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="Another file than the exercise; its name is the topic, unless you say."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="A JSON object for each topic, one a line; no words.")
    ] = False,
    seed: Seed = 0,
    folder: Folder = None,
    plain: Plain = False,
    isolation: Isolation = None,
) -> None:
    """Judge an exercise, or all of them, and say what is right and what is not yet.

    Exit status: 0 all passed, 1 something failed, 2 could not run.
    """
    from graders.learners.checking import WarmJudge

    with sentences():
        place = place_of(folder)
        named = target or (_topic_of(file) if file is not None else None)
        wanted = target_of(named, place) if named or file is not None else None
        if wanted is not None and target is not None:
            file = file or _named_file(target, wanted.topic, place)
        judge = WarmJudge(isolation.value if isolation else None, once=wanted is not None)
        try:
            if wanted is None:
                _check_all(place, judge, seed, as_json=json, plain=plain)
            else:
                _check_one(wanted, file, place, judge, seed, as_json=json, plain=plain)
        finally:
            judge.close()


def _check_one(
    wanted: Target,
    file: Path | None,
    place: Workplace,
    judge: WarmJudge,
    seed: int,
    *,
    as_json: bool,
    plain: bool,
) -> NoReturn:
    from graders.learners.checking import advice, exit_status, place_of_stub
    from graders.learners.workplace import shown
    from graders.outlets.terminal import BLANK, Line, only_task, verdict_lines

    path = file or place.to_be_judged(wanted.topic)
    verdict, submission = judge.judge_file(path, wanted.topic, seed)
    if file is None or place.holds(file):
        remember(place, lambda progress: progress.with_verdict(verdict))
    if wanted.task is not None:
        verdict = only_task(verdict, wanted.task.name)
    if as_json:
        write(verdict.to_json() + "\n")
    else:
        following = _after(wanted.topic, place)
        onward = [*place_of_stub(verdict, submission, path), *advice(verdict, following)]
        is_usual = path == place.exercise(wanted.topic)
        which = [] if is_usual else [Line("note", f"judged: {shown(path)}")]
        show([*which, *verdict_lines(verdict, submission), BLANK, *onward], plain)
    if verdict.needs_person:
        complain("a check could not be done, for a reason that is not yours")
    raise typer.Exit(exit_status(verdict))


def _topic_of(file: Path) -> str | None:
    """Give the topic that a file is named after, if it is."""
    from graders.course import topics

    return next((one.name for one in topics() if one.name == file.stem.casefold()), None)


def _check_all(
    place: Workplace, judge: WarmJudge, seed: int, *, as_json: bool, plain: bool
) -> NoReturn:
    from graders.course import topics
    from graders.learners.everything import all_lines, judge_all, worst_status

    found = []
    for one in judge_all(topics(), place, judge, seed):
        found.append(one)
        verdict = one.verdict
        if verdict is not None:
            remember(place, _noting(verdict))
        if as_json:
            write(verdict.to_json() + "\n") if verdict else complain(one.reason)
    if not as_json:
        show(all_lines(found), plain)
    raise typer.Exit(worst_status(found))


def _noting(verdict: Verdict) -> Callable[[Progress], Progress]:
    return lambda progress: progress.with_verdict(verdict)


def _after(topic: Topic, place: Workplace) -> Topic | None:
    """Find the next open topic behind this one."""
    from graders.course import topics
    from graders.learners.overview import next_topic
    from graders.learners.progress import load_progress

    everything = topics()
    behind = everything[everything.index(topic) + 1 :]
    return next_topic(behind, load_progress(place.progress_file))


def _named_file(target: str, topic: Topic, place: Workplace) -> Path | None:
    """Give the file that a target names, where it is another one than the exercise."""
    path = Path(target)
    is_other = path.is_file() and path.resolve() != place.exercise(topic).resolve()
    return path if is_other else None
