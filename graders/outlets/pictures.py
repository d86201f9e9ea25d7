"""Pictures of measured cost and of scores: PNG in a data address, with words for who cannot see.

They are drawn in dark ink on nothing; the style sheets turn them round where the page is dark.
The same numbers give the same bytes.
"""

from __future__ import annotations

import base64
import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean
from typing import TYPE_CHECKING

from graders.outlets.measurements import Measurement, telling_problem
from graders.outlets.wording import problem_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, BLUE, ORANGE, GREEN = "#1f2328", "#59636e", "#0072b2", "#c24e00", "#00825a"
_DPI = 160
_COLORS = 64
_BYTES_OF_FLOAT64 = 8


@dataclass(frozen=True)
class Picture:
    """A picture for a page: its address, its size in CSS pixels, and what it shows in words."""

    source: str
    width: int
    height: int
    alt: str
    caption: str


# Answers of one method have the same counts, so a class needs few different pictures.
@lru_cache(maxsize=256)
def memory_picture(measurements: tuple[Measurement, ...]) -> Picture:
    """Draw peak memory against n beside the budget, one gradient, and n × n numbers."""
    shown = telling_problem(measurements)
    sizes = [one.n for one in shown]
    is_within = all(one.is_within_memory for one in shown)
    color, marker = (BLUE, "o") if is_within else (ORANGE, "X")
    dense = [float(_BYTES_OF_FLOAT64 * n * n) for n in sizes]
    budget = f"budget: {shown[0].memory_budget:.3g} gradients"
    lines: list[tuple[str, list[float], str, str, str]] = [
        ("n × n matrix", dense, QUIET, ":", ""),
        (budget, [one.budget_bytes for one in shown], INK, "--", ""),
        ("one gradient", [one.gradient_bytes for one in shown], QUIET, "-", ""),
        ("your answer", [one.peak_bytes for one in shown], color, "-", marker),
    ]
    with _own_look():
        figure, axes = _new_figure(4.3, 3.1, (0.16, 0.16, 0.50, 0.74))
        for _, values, line_color, dashes, mark in lines:
            axes.plot(sizes, values, dashes, color=line_color, marker=mark or None, lw=1.8, ms=7)
        _log_axes(axes, sizes)
        axes.set_xlabel("n, the number of parameters")
        axes.set_title("memory at the peak", fontsize=9.5, loc="left", color=INK, pad=10)
        _label_ends(axes, [(text, values[-1], c) for text, values, c, _, _ in lines])
        source = _png(figure)
    return Picture(source, 430, 310, _memory_alt(shown), _memory_caption(measurements, is_within))


def score_picture(shares: Sequence[float]) -> Picture:
    """Draw how many students earned which share of the points, in ten steps."""
    from matplotlib.ticker import MaxNLocator

    counts = [0] * 10
    for share in shares:
        counts[min(int(10 * share + 1e-9), 9)] += 1
    with _own_look():
        figure, axes = _new_figure(6.4, 2.6, (0.10, 0.20, 0.87, 0.72))
        bars = axes.bar([10 * step + 5 for step in range(10)], counts, width=9, color=BLUE)
        axes.bar_label(bars, [str(count or "") for count in counts], fontsize=9, color=INK)
        axes.set_xticks(range(0, 101, 10))
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 1.15 * max([*counts, 1]))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_xlabel("points earned, in % of the points to be had")
        axes.set_ylabel("students")
        source = _png(figure)
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
    with _own_look():
        figure, axes = _new_figure(4.3, 3.3, (0.15, 0.15, 0.82, 0.74))
        _budget_corner(axes, list(counts), budgets)
        _draw_points(axes, counts, budgets)
        _write_counts(axes, counts, budgets)
        axes.set_title(name, fontsize=10.5, loc="left", color=INK)
        axes.set_xlabel("memory at the peak, in gradients")
        axes.set_ylabel("passes, in gradients")
        source = _png(figure)
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


def _memory_alt(shown: tuple[Measurement, ...]) -> str:
    rows = (
        f"at n = {one.n:,} your answer needs {_bytes(one.peak_bytes)}, the budget is "
        f"{_bytes(one.budget_bytes)} and one gradient needs {_bytes(one.gradient_bytes)}"
        for one in shown
    )
    return f"Memory at the peak against n, both axes logarithmic: {'; '.join(rows)}."


def _memory_caption(measurements: tuple[Measurement, ...], is_within: bool) -> str:
    shown = telling_problem(measurements)
    verdict = "within" if is_within else "above"
    passes = max(one.passes for one in measurements)
    said = f"Memory on the problem “{problem_title(shown[0].problem)}”: {verdict} the budget of "
    said += f"{shown[0].memory_budget:.3g} gradients. The dotted line is a whole n × n matrix."
    if is_within:
        said += f" Cost: {passes:.3g} gradients; the budget is {shown[0].passes_budget:.3g}."
    return said


def _bytes(count: float) -> str:
    from matplotlib.ticker import EngFormatter

    return EngFormatter(unit="B", places=1)(count).replace(".0 ", " ")


def _own_look():  # type: ignore[no-untyped-def] # noqa: ANN202 (matplotlib has no name for it)
    """Leave out what the reader's notebook has set for its own figures."""
    from matplotlib import style

    own = {
        "font.size": 9.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    return style.context(["default", own], after_reset=True)


def _new_figure(
    width: float, height: float, place: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Make a figure in inches that belongs to no window and to no notebook cell."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI)
    figure.patch.set_alpha(0)
    axes = figure.add_axes(place)
    axes.patch.set_alpha(0)
    return figure, axes


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


def _png(figure: Figure) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from numpy import asarray
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = Image.fromarray(asarray(canvas.buffer_rgba()))
    buffer = io.BytesIO()
    # A palette is a quarter of the size, and a class report holds many pictures.
    pixels.quantize(_COLORS, method=Image.Quantize.FASTOCTREE).save(buffer, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
