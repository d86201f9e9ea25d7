"""The picture of measured memory, with words for who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from graders.outlets.drawing import BLUE, INK, ORANGE, QUIET, Picture, new_figure, own_look, png
from graders.outlets.measurements import BrokenOff, Measurement, telling_problem
from graders.outlets.wording import problem_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BYTES_OF_FLOAT64 = 8


# Answers of one method have the same counts, so a class needs few different pictures.
@lru_cache(maxsize=256)
def memory_picture(
    measurements: tuple[Measurement, ...], broken: tuple[BrokenOff, ...] = ()
) -> Picture:
    """Draw peak memory against n beside the budget, one gradient, and n × n numbers.

    The three are drawn also where the answer broke off, and there are no numbers of it.
    """
    shown = telling_problem(measurements, broken)
    ends = tuple(one for one in broken if one.problem == shown[0].problem)
    allowed: list[Measurement | BrokenOff] = [*shown, *ends]
    allowed.sort(key=lambda one: one.n)
    sizes = [one.n for one in allowed]
    is_within = all(one.is_within_memory for one in shown)
    color, marker = (BLUE, "o") if is_within else (ORANGE, "X")
    dense = [float(_BYTES_OF_FLOAT64 * n * n) for n in sizes]
    budget = f"budget: {shown[0].memory_budget:.3g} gradients"
    lines: list[tuple[str, list[float], str, str]] = [
        ("n × n matrix", dense, INK, ":"),
        (budget, [one.budget_bytes for one in allowed], INK, "--"),
        ("one gradient", [one.gradient_bytes for one in allowed], QUIET, "-"),
    ]
    answer = [one.peak_bytes for one in shown]
    with own_look():
        figure, axes = new_figure(4.3, 3.1, (0.16, 0.16, 0.50, 0.74))
        for _, values, line_color, dashes in lines:
            # Above the answer, which covers the dots where it is a matrix itself.
            axes.plot(*_drawn(sizes, values), dashes, color=line_color, lw=1.8, zorder=3)
        axes.plot([one.n for one in shown], answer, "-", color=color, marker=marker, lw=1.8, ms=7)
        _log_axes(axes, sizes)
        axes.set_xlabel("n, the number of parameters")
        axes.set_title("memory at the peak", fontsize=9.5, loc="left", color=INK, pad=10)
        ends_of_lines = [(text, values[-1], c) for text, values, c, _ in lines]
        _label_ends(axes, [*ends_of_lines, ("your answer", answer[-1], color)])
        source = png(figure)
    alt, caption = _memory_alt(shown, ends), _memory_caption(measurements, shown, ends)
    return Picture(source, 430, 310, alt, caption)


def _drawn(sizes: list[int], values: list[float]) -> tuple[list[float], list[float]]:
    """Give a line something to stretch over where there is a single size."""
    if len(sizes) > 1:
        return [float(n) for n in sizes], values
    return [sizes[0] / 1.5, sizes[0] * 1.5], values * 2


def _memory_alt(shown: tuple[Measurement, ...], ends: tuple[BrokenOff, ...]) -> str:
    rows = [
        f"at n = {one.n:,} your answer needs {_bytes(one.peak_bytes)}, the budget is "
        f"{_bytes(one.budget_bytes)} and one gradient needs {_bytes(one.gradient_bytes)}"
        for one in shown
    ]
    rows += [
        f"at n = {one.n:,} your answer broke off, and the budget is {_bytes(one.budget_bytes)}"
        for one in ends
    ]
    return f"Memory at the peak against n, both axes logarithmic: {'; '.join(rows)}."


def _memory_caption(
    measurements: tuple[Measurement, ...],
    shown: tuple[Measurement, ...],
    ends: tuple[BrokenOff, ...],
) -> str:
    is_within = all(one.is_within_memory for one in shown)
    verdict = "within" if is_within else "above"
    where = f" where it was measured, up to n = {shown[-1].n:,}" if ends else ""
    said = f"Memory on the problem “{problem_title(shown[0].problem)}”: {verdict} the budget of "
    said += f"{shown[0].memory_budget:.3g} gradients{where}. "
    said += "The dotted line is a whole n × n matrix."
    if ends:
        said += f" At n = {ends[0].n:,} your answer broke off."
    elif is_within:
        passes = max(one.passes for one in measurements)
        said += f" Cost: {passes:.3g} gradients; the budget is {shown[0].passes_budget:.3g}."
    return said


def _bytes(count: float) -> str:
    from matplotlib.ticker import EngFormatter

    return EngFormatter(unit="B", places=1)(count).replace(".0 ", " ")


def _log_axes(axes: Axes, sizes: list[int]) -> None:
    from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(FixedLocator(_with_room(sizes)))
    axes.xaxis.set_major_formatter(lambda n, _: f"{n:,.0f}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(EngFormatter(unit="B"))
    axes.grid(axis="y", color=QUIET, alpha=0.25, lw=0.6)


def _with_room(sizes: Iterable[int]) -> list[int]:
    """Keep, from the largest down, the sizes whose labels do not run into the one before."""
    falling = sorted(set(sizes), reverse=True)
    gap = 0.23 * math.log(falling[0] / falling[-1])
    kept = falling[:1]
    for size in falling[1:]:
        if math.log(kept[-1] / size) >= gap:
            kept.append(size)
    return kept


def _label_ends(axes: Axes, ends: list[tuple[str, float, str]]) -> None:
    """Write each line's name at its right end, moved apart where two would touch."""
    gap = 0.062
    to_axes = axes.transScale + axes.transLimits
    right = axes.get_xlim()[1]
    places = sorted((to_axes.transform((right, max(y, 1)))[1], text, c) for text, y, c in ends)
    height = -1.0
    for place, text, color in places:
        height = max(place, height + gap)
        axes.text(1.03, height, text, transform=axes.transAxes, va="center", color=color)
