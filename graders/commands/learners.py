"""Commands for learners: where you are, what is wrong, a hint, the solution, and again."""

from __future__ import annotations

from typing import Annotated

import typer

from graders.commands.check import check
from graders.commands.exercises_folder import (
    Folder,
    Isolation,
    Plain,
    Seed,
    TargetName,
    place_of,
    remember,
    target_of,
)
from graders.commands.speaking import blank, console, fail, is_plain, sentences, show, write
from graders.commands.topics_in_help import NamesTopics

_PANEL = "For learners"


def register(app: typer.Typer) -> None:
    """Add the learners' commands to the application; without a command it lists."""
    app.callback(invoke_without_command=True)(main)
    app.command("list", rich_help_panel=_PANEL)(list_)
    for command in (check, watch, hint, solution, reset):
        app.command(rich_help_panel=_PANEL, cls=NamesTopics)(command)


def _version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"dojo {version('second-derivatives-dojo')}")
        raise typer.Exit


def main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Which one this is.")
    ] = False,
) -> None:
    """Show where a learner is, where no command is given."""
    if context.invoked_subcommand is None:
        list_()


def list_(folder: Folder = None, plain: Plain = False) -> None:
    """Show where you are: topics, tasks, belts, and what to do next."""
    from graders.course import topics
    from graders.learners.overview import overview_lines
    from graders.learners.progress import load_progress

    with sentences():
        progress = load_progress(place_of(folder).progress_file)
        show(overview_lines(topics(), progress), plain)


def watch(
    target: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="By default the topic you are at.")
    ] = None,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look again and again: for WSL and network drives.")
    ] = False,
    seed: Seed = 0,
    folder: Folder = None,
    plain: Plain = False,
    isolation: Isolation = None,
) -> None:
    """Judge an exercise again whenever you save it. Keys show hints, solutions and the list."""
    with sentences():
        from graders.learners.checking import WarmJudge
        from graders.learners.following import follow
        from graders.learners.screen import LiveScreen, PlainScreen, Screen
        from graders.learners.watch import Watch

        place = place_of(folder)
        topic = target_of(target, place).topic
        if not place.exercises.is_dir():
            fail(f"there is no folder {place.exercises} to watch")
        screen: Screen = PlainScreen() if is_plain(plain) else LiveScreen(console())
        judge = WarmJudge(isolation.value if isolation else None)
        try:
            session = Watch(topic, place, screen, judge, seed=seed)
            session.run(lambda changed, stop: follow(place.exercises, changed, stop, poll=poll))
        except KeyboardInterrupt:
            pass
        finally:
            judge.close()
        list_(folder, plain)


def hint(target: TargetName = None, folder: Folder = None, plain: Plain = False) -> None:
    """Show the next hint for a task, from a question to think about to the function you need."""
    from graders.learners.hints import next_hint
    from graders.learners.progress import load_progress

    with sentences():
        place = place_of(folder)
        wanted = target_of(target, place)
        lines, progress = next_hint(wanted, load_progress(place.progress_file))
        remember(place, lambda _: progress)
        show(lines, plain)


def solution(
    target: TargetName = None,
    peek: Annotated[bool, typer.Option("--peek", help="Also before you have passed.")] = False,
    seed: Seed = 0,
    folder: Folder = None,
    plain: Plain = False,
) -> None:
    """Compare your way with the reference and one more, and what each of them costs."""
    from graders.learners.checking import WarmJudge, require_solutions
    from graders.learners.progress import load_progress

    with sentences():
        place = place_of(folder)
        wanted = target_of(target, place)
        progress = load_progress(place.progress_file)
        tasks = [wanted.task] if wanted.task else list(wanted.topic.tasks)
        name = wanted.topic.name
        require_solutions(wanted.topic)
        shown = [t.name for t in tasks if peek or progress.of(wanted.topic, t.name).passed]
        if not shown:
            fail(f"not passed yet: `dojo hint {name}` helps, `dojo solution {name} --peek` tells")
        judge = WarmJudge()
        try:
            from graders.learners.comparison import comparison_lines, ways

            for task in shown:
                path = place.worked_on(wanted.topic)
                found = ways(wanted.topic, task, path, judge.launcher, seed)
                show([*comparison_lines(wanted.topic, task, found, seed), blank()], plain)
        finally:
            judge.close()


def reset(
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", help="The topic whose plain file begins anew.")
    ],
    folder: Folder = None,
) -> None:
    """Begin a topic's plain file anew. Yours is kept as a backup; a notebook is left as it is."""
    from graders.learners.targets import find_target
    from graders.learners.workplace import shown

    with sentences():
        place = place_of(folder)
        wanted = find_target(topic)
        if wanted.task is not None:
            fail(f"only a whole topic can begin anew: dojo reset {wanted.topic.name}")
        backup = place.reset(wanted.topic)
        remember(place, lambda progress: progress.without(wanted.topic))
        write(f"{shown(place.exercise(wanted.topic))} is as it was in the beginning.\n")
        if backup is not None:
            write(f"Your file is kept as {shown(backup)}\n")
