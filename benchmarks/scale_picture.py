"""The picture of what a student costs in classes of different sizes, from saved figures.

    python -m benchmarks.scale_picture docs/scale.png one/figures.json another/figures.json

Of several files the later wins where both have a figure.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

_KINDS = {"i": ("SQLite", "#08519c"), "j": ("PostgreSQL", "#d94801")}
_ONE_MORE, _NOTHING = "one more", "nothing changed"


@dataclass(frozen=True)
class _Line:
    """Milliseconds for a student, by the size of the class."""

    label: str
    colour: str
    style: str
    points: dict[float, float]


def main(picture: Path, figures: Annotated[list[Path], typer.Argument()]) -> None:
    """Draw."""
    draw(figures, picture)


def draw(figures: Sequence[Path], picture: Path) -> None:
    """Draw what one more student costs, and what a run that finds nothing changed costs each."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with pyplot.rc_context({"font.size": 14}):
        drawing, axes = pyplot.subplots(figsize=(9, 6), layout="constrained")
        sizes: set[float] = set()
        for line in _lines(figures):
            sizes.update(line.points)
            axes.plot(
                *zip(*sorted(line.points.items()), strict=True),
                line.style, color=line.colour, label=line.label, linewidth=2, markersize=8,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks(sorted(sizes), [f"{int(size):,}" for size in sorted(sizes)])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("students in the class already")
        axes.set_ylabel("milliseconds a student")
        axes.grid(color="#dddddd")
        drawing.legend(loc="outside upper center", ncols=2, frameon=False)
        drawing.savefig(picture, dpi=100)
        pyplot.close(drawing)


def _lines(figures: Sequence[Path]) -> list[_Line]:
    saved: dict[str, list[dict[str, Any]]] = {}
    for path in figures:
        saved |= json.loads(path.read_text(encoding="utf-8"))["figures"]
    lines = []
    for letter, (kind, colour) in _KINDS.items():
        of_kind = [one for one in saved.get(letter, []) if "students" in one["details"]]
        more = {
            one["details"]["students"][0]: 1000 * one["median"]
            for one in of_kind
            if one["name"].endswith(_ONE_MORE)
        }
        nothing = {
            one["details"]["students"][0]: 1000 * one["median"] / one["details"]["students"][0]
            for one in of_kind
            if one["name"].endswith(_NOTHING)
        }
        lines += [
            _Line(f"{kind}: one more student", colour, "o-", more),
            _Line(f"{kind}: nothing changed", colour, "s--", nothing),
        ]
    return [line for line in lines if line.points]


if __name__ == "__main__":
    typer.run(main)
