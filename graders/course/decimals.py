"""Points as numbers: one rounding for the gradebook, every export and every screen."""

from __future__ import annotations

_DECIMALS = 4


def rounded(points: float) -> float:
    """Cut points to four decimals, without the noise of adding up in binary."""
    return round(float(points), _DECIMALS)


def as_text(points: float) -> str:
    """Write rounded points for a file that other programs read: "7.3", "10"."""
    return repr(rounded(points)).removesuffix(".0")
