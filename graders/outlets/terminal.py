"""A verdict for the terminal: in colour for a person who looks, in plain words for the rest.

Everything that is shown is a list of `Line`s first. They become rich text with signs and colours,
or plain text in which words take the place of signs: for pipes, logs and screen readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from graders.checks.words import called_words, clause, first_words, remarks, stopped
from graders.judge.verdict import CheckVerdict, TaskVerdict, Verdict

if TYPE_CHECKING:
    from graders.checks.failure import Failure
    from graders.course.submission import Place, Submission

Kind = Literal[
    "title", "passed", "failed", "open", "error", "hint", "next", "text", "code", "note", "blank"
]


@dataclass(frozen=True)
class Line:
    """One paragraph to show. `style` is a rich style that takes the place of its kind's."""

    kind: Kind
    text: str = ""
    indent: int = 0
    style: str = ""


@dataclass(frozen=True)
class _Look:
    sign: str
    word: str
    style: str


_LOOKS: dict[Kind, _Look] = {
    "title": _Look("", "", "bold"),
    "passed": _Look("✓", "passed: ", "green"),
    "failed": _Look("✗", "failed: ", "bold red"),
    "open": _Look("·", "open: ", ""),
    "error": _Look("!", "not judged: ", "bold magenta"),
    "hint": _Look("?", "hint: ", "magenta"),
    "next": _Look("→", "next: ", "bold"),
    "text": _Look("", "", ""),
    "code": _Look("", "", ""),
    "note": _Look("", "", "dim"),
    "blank": _Look("", "", ""),
}
BLANK = Line("blank")


def to_plain(lines: Iterable[Line]) -> str:
    """Write lines as plain text: no colour, no signs, no drawing, one paragraph a line."""
    return "".join(f"{_plain_line(line)}\n" for line in lines)


def to_rich(lines: Iterable[Line]) -> Table:
    """Lay lines out for a rich console: signs in front, wrapped text hanging beside them."""
    page = Table.grid()
    page.add_column()
    for line in lines:
        page.add_row(_rich_line(line))
    return page


def verdict_lines(verdict: Verdict, submission: Submission | None = None) -> list[Line]:
    """Say what a verdict says, the most important message first and in full.

    With the `submission`, the learner's own lines round the one that matters are shown as well.
    """
    ordered = sorted(verdict.tasks, key=_importance)
    lines = [Line("title", headline(verdict)), BLANK]
    worst = ordered[0] if ordered else None
    if worst is not None and _importance(worst) < _OPEN:
        lines += [*failure_lines(worst, submission), BLANK]
    lines += [_task_line(task, is_told=task is worst) for task in verdict.tasks]
    told = " ".join(check.message for task in verdict.tasks for check in task.checks)
    notes = [Line("note", note) for note in _notes(verdict) if note not in told]
    return [*lines, *([BLANK] if notes else []), *notes]


def only_task(verdict: Verdict, name: str) -> Verdict:
    """Keep one task of a verdict."""
    return replace(verdict, tasks=tuple(task for task in verdict.tasks if task.name == name))


def headline(verdict: Verdict) -> str:
    """Give the topic and the points in a few words."""
    name = verdict.topic.rpartition("/")[2]
    return f"{name}: {points_of(verdict.score, verdict.max_score)}"


def points_of(score: float, max_score: float) -> str:
    """Write "1.5 of 3 points"."""
    return f"{score:.4g} of {max_score:.4g} points"


def to_win(points: float) -> str:
    """Write "3 points to win"."""
    return f"{points:.4g} point{'' if points == 1 else 's'} to win"


def failure_lines(task: TaskVerdict, submission: Submission | None = None) -> Iterator[Line]:
    """Tell the first failure of a task: what was called, what came, where, and a hint."""
    check = task.first_failure
    if check is None:
        return
    kind: Kind = "error" if check.status == "error" else "failed"
    yield Line(kind, task.name)
    for part in message_parts(check):
        yield Line("text", part, indent=2)
    if submission is not None and check.failure is not None and check.failure.place is not None:
        yield from excerpt(check.failure.place, submission)
    if check.advice:
        yield BLANK
        for number, paragraph in enumerate(paragraphs(check.advice)):
            yield Line("text" if number else "hint", paragraph, indent=4 if number else 2)


def message_parts(check: CheckVerdict) -> list[str]:
    """Give what is told of a check line by line: the call, got, expected, what it means."""
    failure = check.failure
    if failure is None:
        return [check.message] if check.message else []
    if failure.got and failure.expected:
        call = [called_words(failure)] if failure.call else []
        pair = [f"     got {failure.got}", f"expected {failure.expected}"]
        return [*call, *pair, *remarks(failure)]
    return [first_words(failure), *_meaning(failure)]


def _meaning(failure: Failure) -> list[str]:
    return remarks(failure)[-1:] if failure.meaning else []


def paragraphs(text: str) -> list[str]:
    """Undo the line breaks inside each paragraph of a text."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]


def excerpt(place: Place, submission: Submission, around: int = 1) -> Iterator[Line]:
    """Show the learner's line that a failure names, with its neighbours."""
    for cell in reversed(submission.cells):
        if cell.label != place.label:
            continue
        code = cell.source.expandtabs(4).splitlines()
        found = place.line - cell.first_line
        if not 0 <= found < len(code):
            continue
        for index in range(max(found - around, 0), min(found + around + 1, len(code))):
            mark = ">" if index == found else " "
            number = index + cell.first_line
            style = "bold" if index == found else "dim"
            yield Line("code", f"{mark} {number:>4}  {code[index]}", indent=2, style=style)
        return


def clean(text: str) -> str:
    """Make a student's text harmless to a terminal: nothing in it steers the cursor or the colours.

    Line breaks stay; every other character that does not print is shown by its number.
    """
    return "\n".join(map(_clean_line, text.split("\n")))


def _clean_line(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else _by_number(char) for char in line)


def _by_number(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


_OPEN = 2


def _importance(task: TaskVerdict) -> int:
    """Order tasks for telling: what a learner can act on now comes first."""
    check = task.first_failure
    if check is None:
        return 3
    if task.unwritten:
        return _OPEN
    return 1 if check.status == "error" else 0


def _notes(verdict: Verdict) -> Iterator[str]:
    """Leave out which layers of the confinement are missing: it is no concern of a learner's."""
    yield from verdict.notes
    if verdict.isolation != "confined":
        yield "Your code ran in a process of its own, with time limits but not confined."


def _task_line(task: TaskVerdict, *, is_told: bool) -> Line:
    check = task.first_failure
    points = points_of(task.score, task.max_score)
    if check is None:
        return Line("passed", f"{task.name}, {points}")
    if task.unwritten:
        return Line("open", f"{task.name}, not written yet, {to_win(task.max_score)}")
    kind: Kind = "error" if check.status == "error" else "failed"
    return Line(kind, f"{task.name}, {points}" + ("" if is_told else f": {_short(check)}"))


def _short(check: CheckVerdict, width: int = 120) -> str:
    failure = check.failure
    said = check.message
    if failure is not None:
        without_cells = replace(failure, cells=())
        said = " ".join([stopped(clause(failure)), *remarks(without_cells)])
    text = " ".join(said.split())
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _plain_line(line: Line) -> str:
    text = clean(line.text)
    if line.kind == "code":
        return " " * line.indent + text
    return _LOOKS[line.kind].word + " ".join(text.split())


def _rich_line(line: Line) -> Padding:
    look = _LOOKS[line.kind]
    style = line.style or look.style
    text = Text(clean(line.text), style=style, overflow="fold")
    if not look.sign:
        return Padding(text, (0, 0, 0, line.indent))
    grid = Table.grid()
    grid.add_column(width=2)
    grid.add_column()
    grid.add_row(Text(look.sign, style=style), text)
    return Padding(grid, (0, 0, 0, line.indent))
