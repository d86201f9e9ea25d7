"""What stands in the cells of a notebook, told from the saved page and from what was run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import localtime, strftime

from graders.course import Topic
from graders.course.notebook import fingerprint
from graders.course.submission import Cell, Submission
from graders.learners.page import Page, PageCell, is_page_of
from graders.learners.runs import Run, current, defined_names, does_nothing, used_names


@dataclass(frozen=True)
class StandingCell:
    """A cell that counts: its text, where it stands, and whether it changed since it was run.

    `cell` is None where only the run is known.
    """

    source: str
    run: Run | None = None
    cell: PageCell | None = None
    is_changed: bool = False


@dataclass(frozen=True)
class Standing:
    """All cells that count, those that were run and then deleted, and the page if it is known."""

    cells: tuple[StandingCell, ...]
    deleted: tuple[Run, ...] = ()
    page: Page | None = None


def what_stands(page: Page | None, runs: Sequence[Run]) -> Standing:
    """Take of each cell the newer of what was saved and what was run."""
    by_number = {run.number: run for run in runs}
    if page is None or not is_page_of(page, by_number):
        return Standing(tuple(StandingCell(run.source, run) for run in current(runs)))
    cells: list[StandingCell] = []
    placed: set[int] = set()
    counts = Counter(name for cell in page.cells for name in defined_names(cell.source))
    for cell in page.cells:
        # By what it defines a cell is known only where no other defines the same.
        names = {name for name in defined_names(cell.source) if counts[name] == 1}
        own = [run for run in runs if _is_run_of(run, cell, names, page)]
        placed |= {run.number for run in own}
        cells.append(_newer(cell, page, own[-1] if own else None, by_number))
    rest = [run for run in runs if run.number not in placed]
    deleted = [run for run in rest if page.is_newer_than(run, by_number)]
    for run in current([run for run in rest if run not in deleted]):
        cells.insert(_place(run, cells), StandingCell(run.source, run))
    return Standing(tuple(cells), tuple(deleted), page)


def submission_of(standing: Standing, topic: Topic) -> Submission:
    """Make a submission of what stands there, without the cells that are ours."""
    setup = [Cell(f"set-up {place}", text) for place, text in enumerate(topic.setup, start=1)]
    theirs = [
        Cell(_label(one, topic), one.source)
        for one in standing.cells
        if not _is_ours(one, topic) and not does_nothing(one.source)
    ]
    return Submission(topic, (*setup, *theirs))


def remarks(standing: Standing, topic: Topic) -> list[str]:
    """Say what a learner could not know of what was judged."""
    if standing.page is None:
        return [
            "What was run is judged: the page cannot be seen from here, so a cell that you "
            "change counts once you run it."
        ]
    changed = [
        _name(one, topic)
        for one in standing.cells
        if one.is_changed and one.cell and not _is_ours(one, topic) and not does_nothing(one.source)
    ]
    saved = strftime("%H:%M:%S", localtime(standing.page.saved_at))
    found = [f"The page is judged as it was saved at {saved}, with what was run since."]
    if len(changed) == 1:
        found.append(
            f"The cell {changed[0]} was changed after it was last run; it was judged as it "
            "stands on the page."
        )
    elif changed:
        found.append(
            f"The cells {_listed(changed)} were changed after they were last run; they were "
            "judged as they stand on the page."
        )
    return found + [_of_deleted(name) for name in _missed(standing, topic)]


def _is_run_of(run: Run, cell: PageCell, names: set[str], page: Page) -> bool:
    """Whether it was this cell that was run: by id, or else by number, text or functions."""
    if run.page_id and cell.cell_id:
        return run.page_id == cell.cell_id
    is_shown = run.number == cell.count and page.saved_at >= run.earliest
    is_same = run.source.strip() == cell.source.strip()
    return is_shown or is_same or bool(names and names & defined_names(run.source))


def _newer(cell: PageCell, page: Page, run: Run | None, runs: Mapping[int, Run]) -> StandingCell:
    if run is None or run.source.strip() == cell.source.strip():
        return StandingCell(cell.source, run, cell)
    if page.is_newer_than(run, runs):
        return StandingCell(cell.source, run, cell, is_changed=True)
    return StandingCell(run.source, run, cell)


def _place(new: Run, cells: Sequence[StandingCell]) -> int:
    """Say where a cell that is not saved yet stands, as far as the order of the runs tells."""
    later = (i for i, one in enumerate(cells) if one.run and one.run.number > new.number)
    return next(later, len(cells))


def _is_ours(one: StandingCell, topic: Topic) -> bool:
    locked = one.cell is not None and one.cell.grade_id in topic.our_ids
    return locked or fingerprint(one.source) in topic.ours


def _label(one: StandingCell, topic: Topic) -> str:
    if one.cell is not None:
        return topic.cell_label(one.cell.grade_id, one.cell.number)
    return f"In [{one.run.number}]" if one.run is not None else "a cell"


def _name(one: StandingCell, topic: Topic) -> str:
    """Name a cell as its learner thinks of it: by its task, its function, or its number."""
    tasks = {task.name for task in topic.tasks}
    if one.cell is not None and one.cell.grade_id in tasks:
        return f"`{one.cell.grade_id}`"
    names = sorted(defined_names(one.source))
    return f"`{names[0]}`" if names else f"number {one.cell.number if one.cell else '?'}"


def _missed(standing: Standing, topic: Topic) -> list[str]:
    """List the functions that only a deleted cell defined, of those that are asked for or used."""
    there = {name for one in standing.cells for name in defined_names(one.source)}
    wanted = {task.name for task in topic.tasks}
    wanted |= {name for one in standing.cells for name in used_names(one.source)}
    gone = {name for run in standing.deleted for name in defined_names(run.source)}
    ours = {name for text in topic.setup for name in defined_names(text)}
    return sorted((gone & wanted) - there - ours)


def _of_deleted(name: str) -> str:
    return (
        f"The function `{name}` was run, but its cell is not on the page any more; "
        "it was not judged."
    )


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
