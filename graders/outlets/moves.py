"""Points that moved since an assignment was graded before, as rows of the class report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Move:
    """What a student's notebook earned before and earns now, when that changed, and by what."""

    student: str
    topic: str
    before: float
    now: float
    max_score: float
    when: datetime
    why: str


def move_rows(
    moves: Iterable[Move], labels: Mapping[str, str], *, anonymous: bool = False
) -> list[dict[str, str]]:
    """Show the moves of those who are in the report, in the order in which it lists them.

    Without names there are no times of day, which follow the order in which a class is graded.
    """
    place = {name: number for number, name in enumerate(labels)}
    known = [move for move in moves if move.student in place]
    known.sort(key=lambda move: (place[move.student], move.topic))
    form = "%Y-%m-%d" if anonymous else "%Y-%m-%d %H:%M"
    return [
        {
            "label": labels[move.student],
            "topic": move.topic,
            "before": f"{move.before:.4g}",
            "now": f"{move.now:.4g} of {move.max_score:.4g}",
            "change": f"{move.now - move.before:+.4g}",
            "why": move.why,
            "when": move.when.strftime(form),
        }
        for move in known
    ]


def moves_in_words(moves: Iterable[Move], labels: Mapping[str, str]) -> str:
    """Count them: "3 went up, 1 went down"; empty where there is none."""
    steps = [move.now - move.before for move in moves if move.student in labels]
    up, down = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    parts = [f"{up:,} went up"] * bool(up) + [f"{down:,} went down"] * bool(down)
    return ", ".join(parts)
