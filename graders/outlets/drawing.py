"""What the pictures share: colours, a figure without a window, and PNG in a data address."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, BLUE, ORANGE, GREEN = "#1f2328", "#59636e", "#0072b2", "#c24e00", "#00825a"
_DPI = 160
_COLORS = 64


@dataclass(frozen=True)
class Picture:
    """A picture for a page: its address, its size in CSS pixels, and what it shows in words."""

    source: str
    width: int
    height: int
    alt: str
    caption: str


def own_look():  # type: ignore[no-untyped-def] # noqa: ANN202 (matplotlib has no name for it)
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


def new_figure(
    width: float, height: float, place: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Make a figure in inches that belongs to no window and to no notebook cell."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI)
    figure.patch.set_alpha(0)
    axes = figure.add_axes(place)
    axes.patch.set_alpha(0)
    return figure, axes


def png(figure: Figure) -> str:
    """Write a figure as an address that holds it."""
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
