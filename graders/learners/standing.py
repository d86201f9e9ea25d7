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
    own: dict[int, Run] = {}
    rest: list[Run] = []
    find = _CellOfRun(page)
    for run in runs:
        cell = find(run)
        if cell is None:
            rest.append(run)
        else:
            own[cell.number] = run
    cells = [_newer(cell, page, own.get(cell.number), by_number) for cell in page.cells]
    deleted = [run for run in rest if page.is_newer_than(run, by_number)]
    for run in current([run for run in rest if run not in deleted]):
        cells.insert(_place(run, cells), StandingCell(run.source, run))
    return Standing(tuple(cells), tuple(deleted), page)


def submission_of(standing: Standing, topic: Topic) -> Submission:
    """Make a submission of what stands there, without the cells that are ours."""
    theirs = (
        Cell(_label(one, topic), one.source)
        for one in standing.cells
        if not _is_ours(one, topic) and not does_nothing(one.source)
    )
    return Submission.of(topic, theirs)


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


class _CellOfRun:
    """Finds which cell of a page was run: by its id, or else by text, functions or number."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ids = {cell.cell_id: cell for cell in page.cells if cell.cell_id}
        self._texts = {cell.source.strip(): cell for cell in page.cells}
        self._counts = {cell.count: cell for cell in page.cells if cell.count is not None}
        names = [(name, cell) for cell in page.cells for name in defined_names(cell.source)]
        often = Counter(name for name, _ in names)
        # By what it defines a cell is known only where no other defines the same.
        self._names = {name: cell for name, cell in names if often[name] == 1}

    def __call__(self, run: Run) -> PageCell | None:
        if run.page_id and self._ids:
            return self._ids.get(run.page_id)
        if run.source.strip() in self._texts:
            return self._texts[run.source.strip()]
        known = [self._names[name] for name in defined_names(run.source) if name in self._names]
        if known:
            return min(known, key=lambda cell: cell.number)
        is_of_this_kernel = self._page.saved_at >= run.earliest
        return self._counts.get(run.number) if is_of_this_kernel else None


def _newer(cell: PageCell, page: Page, run: Run | None, runs: Mapping[int, Run]) -> StandingCell:
    if run is None or cell.is_text_of(run):
        return StandingCell(cell.source, run, cell)
    if page.is_newer_than(run, runs, cell):
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
