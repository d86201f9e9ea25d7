"""The class report: one page that says how a class did, and where an instructor should look."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, median
from types import MappingProxyType

from graders.judge.verdict import TaskVerdict, Verdict
from graders.outlets.class_summary import (
    MistakeSummary,
    TaskSummary,
    max_scores,
    stop_titles,
    summarise_costs,
    summarise_mistakes,
    summarise_tasks,
)
from graders.outlets.moves import Move, move_rows, moves_in_words
from graders.outlets.pages import render, style
from graders.outlets.pictures import cost_picture, score_picture
from graders.outlets.wording import mistake_title, public_message

SLOWEST = 10
_LONGEST_NAME = 60
_LONGEST_REASON = 300
_REASONS_EACH = 3
_PATH = re.compile(r"\S*[/\\]\S*")


@dataclass(frozen=True)
class Gradebook:
    """What a report takes from the gradebook, by topic: written answers that nobody has marked yet.

    `links` are by student, then by topic: the addresses at which the formgrader shows them.
    `changed` names by student what has points by hand and was changed since, and `remarks` are what
    else a student's row is to say.
    """

    unmarked: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Who:
    """A student in the report: the name or number that is shown, and what was handed in."""

    name: str
    label: str
    verdicts: Mapping[str, Verdict]
    problem: str
    links: Mapping[str, str]
    remarks: Sequence[str]

    @property
    def score(self) -> float:
        return sum(verdict.score for verdict in self.verdicts.values())

    @property
    def waiting(self) -> list[TaskVerdict]:
        return [task for own in self.verdicts.values() for task in own.tasks if task.needs_person]

    @property
    def needs_person(self) -> bool:
        return bool(self.problem or self.waiting)

    @property
    def state(self) -> str:
        waits = "waits for a person" if self.waiting else ""
        said = "could not be read" if self.problem else waits
        return ", ".join(filter(None, [said, *self.remarks]))


def report_html(
    assignment: str,
    verdicts: Mapping[str, Mapping[str, Verdict]],
    *,
    anonymous: bool = False,
    problems: Mapping[str, str] = MappingProxyType({}),
    seconds: Mapping[str, float] = MappingProxyType({}),
    moves: Sequence[Move] = (),
    gradebook: Gradebook = Gradebook(),
) -> str:
    """Show how a class did in an assignment, as one HTML page that needs nothing else.

    `verdicts` are by student, then by topic; `problems` says of a student why nothing could be
    read; `seconds` is how long a student's submission took; `moves` are points that changed. With
    `anonymous` a number stands for each name, and nothing is linked. The numbers follow neither
    names nor grades and stay the same for the same class, but whoever holds the class list can
    find out whose they are.
    """
    links = {} if anonymous else gradebook.links
    people = _people(verdicts, problems, links, gradebook.remarks)
    if anonymous:
        people = _numbered(assignment, people)
    labels = {who.name: who.label for who in people}
    best = max_scores(verdicts)
    to_be_had = sum(best.values())
    judged = [who for who in people if who.verdicts and not who.needs_person]
    shares = [who.score / to_be_had for who in judged if to_be_had]
    tasks = summarise_tasks(verdicts)
    return render(
        "report.html.j2",
        css=style("report.css"),
        assignment=assignment,
        anonymous=anonymous,
        facts=list(_facts(people, shares, to_be_had, gradebook)),
        unmarked=gradebook.unmarked,
        moves=move_rows(moves, labels, anonymous=anonymous),
        moves_said=moves_in_words(moves, labels),
        scores=score_picture(shares),
        tasks=tasks,
        stops=_stops(tasks, stop_titles(verdicts)),
        mistakes=[_mistake_row(one, labels, tasks) for one in summarise_mistakes(verdicts)],
        costs=[
            cost_picture(one.task, one.points, one.memory_budget, one.passes_budget)
            for one in summarise_costs(verdicts)
        ],
        waiting=[row for who in people if (row := _waiting_row(who, anonymous))],
        changed=[
            (who.label, gradebook.changed[who.name])
            for who in people
            if who.name in gradebook.changed
        ],
        slowest=_slowest(seconds, labels),
        topics=best,
        to_be_had=to_be_had,
        people=people,
        is_linked=any(who.links for who in people),
    )


def _people(
    verdicts: Mapping[str, Mapping[str, Verdict]],
    problems: Mapping[str, str],
    links: Mapping[str, Mapping[str, str]],
    remarks: Mapping[str, Sequence[str]],
) -> list[_Who]:
    return [
        _Who(
            name,
            _cut(name, _LONGEST_NAME),
            verdicts.get(name, {}),
            problems.get(name, ""),
            links.get(name, {}),
            remarks.get(name, ()),
        )
        for name in sorted({*verdicts, *problems})
    ]


def _numbered(assignment: str, people: list[_Who]) -> list[_Who]:
    """Put numbers in place of names, in an order that tells nothing of either."""

    def place(who: _Who) -> bytes:
        return hashlib.sha256(f"{assignment}\0{who.name}".encode()).digest()

    mixed = sorted(people, key=place)
    return [replace(who, label=f"Student {i}") for i, who in enumerate(mixed, start=1)]


def _facts(
    people: list[_Who], shares: list[float], to_be_had: float, gradebook: Gradebook
) -> Iterator[tuple[str, str]]:
    yield "students", f"{len(people):,}"
    if shares:
        yield "mean", f"{mean(shares) * to_be_had:.1f} of {to_be_had:.4g}"
        yield "median", f"{median(shares) * to_be_had:.1f} of {to_be_had:.4g}"
        yield "full marks", f"{sum(share >= 1 for share in shares):,}"
    yield "wait for a person", f"{sum(who.needs_person for who in people):,}"
    yield "of them, could not be read", f"{sum(bool(who.problem) for who in people):,}"
    if gradebook.unmarked:
        yield "written answers to mark", f"{sum(gradebook.unmarked.values()):,}"
    loose = sum(v.isolation != "confined" for who in people for v in who.verdicts.values())
    if loose:
        yield "notebooks judged without confinement", f"{loose:,}"


def _stops(tasks: Iterable[TaskSummary], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """List the stops that occur, each with its title, as the columns of a table."""
    found = {stop for task in tasks for stop in task.stops}
    return [(stop, title) for stop, title in titles.items() if stop in found]


def _mistake_row(
    one: MistakeSummary, labels: Mapping[str, str], tasks: tuple[TaskSummary, ...]
) -> dict[str, object]:
    judged = next(t.count for t in tasks if (t.topic, t.name) == (one.topic, one.task))
    return {
        "task": one.task,
        "name": mistake_title(one.name) if one.name else "no known mistake",
        "hint": one.hint,
        "count": len(one.students),
        "share": len(one.students) / max(judged, 1),
        "students": _listed(one.students, labels),
    }


def _listed(names: Iterable[str], labels: Mapping[str, str]) -> str:
    """Join labels in the order in which the page lists the class."""
    chosen = set(names)
    return ", ".join(label for name, label in labels.items() if name in chosen)


def _waiting_row(who: _Who, anonymous: bool) -> dict[str, str] | None:
    reasons = [who.problem] if who.problem else []
    reasons += [
        public_message(check)
        for task in who.waiting
        for check in task.checks
        if check.status == "error"
    ]
    if not reasons and not who.waiting:
        return None
    shown = list(dict.fromkeys(_reason(reason, who, anonymous) for reason in reasons))
    return {
        "label": who.label,
        "what": ", ".join(task.name for task in who.waiting) or "a notebook",
        "why": " ".join(shown[:_REASONS_EACH]) or "No reason was recorded.",
    }


def _reason(sentence: str, who: _Who, anonymous: bool) -> str:
    """Shorten a reason; where names are left out, so are paths and file names with a path."""
    text = " ".join(sentence.split())
    if anonymous:
        text = _PATH.sub("…", text)
        own = rf"(?<!\w){re.escape(who.name)}(?!\w)"
        text = re.sub(own, who.label, text, flags=re.IGNORECASE)
    return _cut(text, _LONGEST_REASON)


def _slowest(seconds: Mapping[str, float], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    known = [(name, taken) for name, taken in seconds.items() if name in labels]
    known.sort(key=lambda pair: (-pair[1], labels[pair[0]]))
    return [(labels[name], f"{taken:.1f} s") for name, taken in known[:SLOWEST]]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
