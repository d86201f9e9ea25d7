"""Commands for learners: where you are, what is wrong, a hint, the solution, and again."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from graders.commands.speaking import (
    blank,
    complain,
    console,
    fail,
    is_plain,
    sentences,
    show,
    write,
)
from graders.commands.topics_in_help import NamesTopics

if TYPE_CHECKING:
    from graders.course import Topic
    from graders.judge.verdict import Verdict
    from graders.learners.checking import WarmJudge
    from graders.learners.progress import Progress
    from graders.learners.targets import Target
    from graders.learners.workplace import Workplace

_PANEL = "For learners"


class IsolationChoice(str, Enum):
    """How a submission is kept apart."""

    confined = "confined"
    process = "process"


_Target = Annotated[
    str | None, typer.Argument(metavar="[TOPIC[.TASK]]", help="By default the topic you are at.")
]
_Folder = Annotated[
    Path | None,
    typer.Option(help="The folder that holds exercises/; by default the nearest upwards."),
]
_Plain = Annotated[
    bool, typer.Option("--plain", help="Words only: no colour, no signs. So it is in a pipe, too.")
]
_Seed = Annotated[int, typer.Option(help="Draw other numbers for the checks.")]
_Isolation = Annotated[
    IsolationChoice | None,
    typer.Option(help="How your code is kept apart; by default the best this system has."),
]


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
    """Exercises on second derivatives in PyTorch: practise, hand in, grade.

    Without a command: where you are and what to do next.
    """
    if context.invoked_subcommand is None:
        list_()


def list_(folder: _Folder = None, plain: _Plain = False) -> None:
    """Show where you are: topics, tasks, belts, and what to do next."""
    from graders.course import topics
    from graders.learners.overview import overview_lines
    from graders.learners.progress import load_progress

    with sentences():
        progress = load_progress(_place(folder).progress_file)
        show(overview_lines(topics(), progress), plain)


def check(
    target: Annotated[
        str | None, typer.Argument(metavar="[TOPIC[.TASK]]", help="By default all topics.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Another file than the exercise.")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="A JSON object for each topic, one a line; no words.")
    ] = False,
    seed: _Seed = 0,
    folder: _Folder = None,
    plain: _Plain = False,
    isolation: _Isolation = None,
) -> None:
    """Judge an exercise, or all of them, and say what is right and what is not yet.

    Exit status: 0 all passed, 1 something failed, 2 could not run.
    """
    from graders.learners.checking import WarmJudge

    with sentences():
        place = _place(folder)
        wanted = _target(target, place) if target is not None or file is not None else None
        if wanted is not None and target is not None:
            file = file or _named_file(target, wanted.topic, place)
        judge = WarmJudge(isolation.value if isolation else None)
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
        _remember(place, lambda progress: progress.with_verdict(verdict))
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
            _remember(place, _noting(verdict))
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


def watch(
    target: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="By default the topic you are at.")
    ] = None,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look again and again: for WSL and network drives.")
    ] = False,
    seed: _Seed = 0,
    folder: _Folder = None,
    plain: _Plain = False,
    isolation: _Isolation = None,
) -> None:
    """Judge an exercise again whenever you save it. Keys show hints, solutions and the list."""
    with sentences():
        from graders.learners.checking import WarmJudge
        from graders.learners.following import follow
        from graders.learners.screen import LiveScreen, PlainScreen, Screen
        from graders.learners.watch import Watch

        place = _place(folder)
        topic = _target(target, place).topic
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


def hint(target: _Target = None, folder: _Folder = None, plain: _Plain = False) -> None:
    """Show the next hint for a task, from a question to think about to the function you need."""
    from graders.learners.hints import next_hint
    from graders.learners.progress import load_progress

    with sentences():
        place = _place(folder)
        wanted = _target(target, place)
        lines, progress = next_hint(wanted, load_progress(place.progress_file))
        _remember(place, lambda _: progress)
        show(lines, plain)


def solution(
    target: _Target = None,
    peek: Annotated[bool, typer.Option("--peek", help="Also before you have passed.")] = False,
    seed: _Seed = 0,
    folder: _Folder = None,
    plain: _Plain = False,
) -> None:
    """Compare your way with the reference and one more, and what each of them costs."""
    from graders.learners.checking import WarmJudge, require_solutions
    from graders.learners.progress import load_progress

    with sentences():
        place = _place(folder)
        wanted = _target(target, place)
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
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The topic to begin anew.")],
    folder: _Folder = None,
) -> None:
    """Begin a topic anew. Your file is kept as a backup, and you are told where."""
    from graders.learners.targets import find_target
    from graders.learners.workplace import shown

    with sentences():
        place = _place(folder)
        wanted = find_target(topic)
        if wanted.task is not None:
            fail(f"only a whole topic can begin anew: dojo reset {wanted.topic.name}")
        backup = place.reset(wanted.topic)
        _remember(place, lambda progress: progress.without(wanted.topic))
        write(f"{shown(place.exercise(wanted.topic))} is as it was in the beginning.\n")
        if backup is not None:
            write(f"Your file is kept as {shown(backup)}\n")


def _place(folder: Path | None) -> Workplace:
    from graders.learners.workplace import find_workplace

    place = find_workplace(folder)
    if folder is None and not Path.cwd().is_relative_to(place.folder):
        complain(f"there are no exercises here; this is about those in {place.folder}")
    return place


def _named_file(target: str, topic: Topic, place: Workplace) -> Path | None:
    """Give the file that a target names, where it is another one than the exercise."""
    path = Path(target)
    is_other = path.is_file() and path.resolve() != place.exercise(topic).resolve()
    return path if is_other else None


def _target(name: str | None, place: Workplace) -> Target:
    """Read the target, by default the first topic that is open, or the first of all."""
    from graders.course import topics
    from graders.learners.overview import next_topic
    from graders.learners.progress import load_progress
    from graders.learners.targets import Target, find_target

    if name is not None:
        return find_target(name)
    everything = topics()
    return Target(next_topic(everything, load_progress(place.progress_file)) or everything[0])


def _remember(place: Workplace, change: Callable[[Progress], Progress]) -> None:
    """Write the progress file anew, where there are exercises to write it beside."""
    from graders.learners.memory import Memory

    path = place.progress_file
    if path.parent.is_dir():
        warning = Memory(path).change(change)
        if warning:
            complain(warning)
