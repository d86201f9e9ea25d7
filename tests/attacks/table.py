"""Write the table of attacks in docs/security.md: `python tests/attacks/table.py`."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from attacks import specimens  # noqa: E402

PAGE = specimens.HERE.parent.parent / "docs" / "security.md"
BEGIN, END = "<!-- attacks -->", "<!-- end of attacks -->"
TITLES = {
    "leaving": "Leaving early",
    "lying": "Lying",
    "looking": "Looking for the answers",
    "writing": "Writing where it must not",
    "forging": "Forging an answer or a grade",
    "exhausting": "Exhausting the machine",
    "outliving": "Outliving the grading",
    "reaching": "Reaching out",
    "injecting": "Injecting into what people read",
    "metering": "Switching the meter off",
    "ready_made": "Using the ready-made routine",
    specimens.NOT_PROMISED: "Not prevented",
}


def table() -> str:
    """Write the attacks as Markdown, class by class."""
    parts = []
    order = list(TITLES)
    attacks = sorted(specimens.attacks(), key=lambda one: (order.index(one.kind), one.name))
    for kind, group in groupby(attacks, key=lambda one: one.kind):
        rows = [f"| `{one.name}` | {one.tries} | {one.outcome} |" for one in group]
        head = [f"### {TITLES[kind]}", "", "| attack | it | outcome |", "|:--|:--|:--|"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts)


def main() -> None:
    """Put the table in its place in the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
