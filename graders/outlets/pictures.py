"""Pictures of measured cost and of scores: PNG in a data address, with words for who cannot see.

They are drawn in dark ink on nothing; the style sheets turn them round where the page is dark.
The same numbers give the same bytes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import mean
from typing import TYPE_CHECKING

from graders.outlets.drawing import BLUE, GREEN, INK, ORANGE, Picture, new_figure, own_look, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def score_picture(shares: Sequence[float]) -> Picture:
    """Draw how many students earned which share of the points, in ten steps."""
    from matplotlib.ticker import MaxNLocator

    counts = [0] * 10
    for share in shares:
        counts[min(int(10 * share + 1e-9), 9)] += 1
    with own_look():
        figure, axes = new_figure(6.4, 2.6, (0.10, 0.20, 0.87, 0.72))
        bars = axes.bar([10 * step + 5 for step in range(10)], counts, width=9, color=BLUE)
        axes.bar_label(bars, [str(count or "") for count in counts], fontsize=9, color=INK)
        axes.set_xticks(range(0, 101, 10))
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 1.15 * max([*counts, 1]))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_xlabel("points earned, in % of the points to be had")
        axes.set_ylabel("students")
        source = png(figure)
    steps = (f"{10 * i} to {10 * i + 10} %: {count}" for i, count in enumerate(counts) if count)
    alt = f"Histogram of {len(shares)} students by points earned. {'; '.join(steps) or 'Nobody'}."
    caption = "Each bar is a tenth of the points; full marks are in the last one."
    return Picture(source, 640, 260, alt, caption)


def cost_picture(
    name: str, points: Sequence[tuple[float, float]], memory_budget: float, passes_budget: float
) -> Picture:
    """Draw the answers to one task by peak memory and passes, both in gradients.

    Answers of the same cost share one mark; the numbers count those that lie close together.
    """
    budgets = memory_budget, passes_budget
    counts = _distinct(points)
    with own_look():
        figure, axes = new_figure(4.3, 3.3, (0.15, 0.15, 0.82, 0.74))
        _budget_corner(axes, list(counts), budgets)
        _draw_points(axes, counts, budgets)
        _write_counts(axes, counts, budgets)
        axes.set_title(name, fontsize=10.5, loc="left", color=INK)
        axes.set_xlabel("memory at the peak, in gradients")
        axes.set_ylabel("passes, in gradients")
        source = png(figure)
    within = sum(_is_within(point, budgets) for point in points)
    heavy = sum(m > memory_budget for m, _ in points)
    slow = sum(p > passes_budget for _, p in points)
    alt = (
        f"Answers to {name} by memory and passes, both axes logarithmic. Of {len(points)} measured "
        f"answers {within} keep both budgets, {heavy} take more memory than {memory_budget:.3g} "
        f"gradients and {slow} more passes than {passes_budget:.3g}."
    )
    caption = f"{within} of {len(points)} measured answers keep both budgets (the shaded corner)."
    return Picture(source, 430, 330, alt, caption)


def _is_within(point: tuple[float, float], budgets: tuple[float, float]) -> bool:
    return point[0] <= budgets[0] and point[1] <= budgets[1]


def _distinct(points: Sequence[tuple[float, float]]) -> dict[tuple[float, float], int]:
    """Count the points that three digits do not tell apart; below half a gradient is no cost."""
    rounded = [(float(f"{max(m, 0.5):.3g}"), float(f"{max(p, 0.5):.3g}")) for m, p in points]
    return dict(sorted(Counter(rounded).items()))


def _draw_points(
    axes: Axes, counts: dict[tuple[float, float], int], budgets: tuple[float, float]
) -> None:
    for looks, is_within in (((BLUE, "o"), True), ((ORANGE, "X"), False)):
        chosen = [point for point in counts if _is_within(point, budgets) is is_within]
        if chosen:
            across, up = zip(*chosen, strict=True)
            axes.scatter(across, up, s=34, color=looks[0], marker=looks[1], lw=0)


def _write_counts(
    axes: Axes, counts: dict[tuple[float, float], int], budgets: tuple[float, float]
) -> None:
    """Write how many answers lie in each neighbourhood, two to a decade, above its highest."""
    near: dict[tuple[float, ...], list[tuple[float, float]]] = {}
    for point in counts:
        grid = (round(2 * math.log10(axis)) for axis in point)
        near.setdefault((*grid, _is_within(point, budgets)), []).append(point)
    for own in near.values():
        place = 10 ** mean(math.log10(across) for across, _ in own), max(up for _, up in own)
        count = f"{sum(counts[point] for point in own):,}"
        axes.annotate(
            count, place, (0, 5), textcoords="offset points", ha="center", fontsize=8.5, color=INK
        )


def _budget_corner(
    axes: Axes, points: list[tuple[float, float]], budgets: tuple[float, float]
) -> None:
    from matplotlib.ticker import NullLocator

    memory, passes = budgets
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.4, 5 * max([memory, *(point[0] for point in points)]))
    axes.set_ylim(0.4, 5 * max([passes, *(point[1] for point in points)]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda amount, _: f"{amount:,.0f}")
        axis.set_minor_locator(NullLocator())
    axes.fill_between([0.4, memory], 0.4, passes, color=GREEN, alpha=0.13, lw=0)
    axes.axvline(memory, color=INK, ls="--", lw=1)
    axes.axhline(passes, color=INK, ls="--", lw=1)
