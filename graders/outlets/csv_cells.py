"""Cells of a CSV file as a spreadsheet may open them."""

from __future__ import annotations

# The wide forms are read as the narrow ones where the keyboard is East Asian.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def harmless(text: str) -> str:
    """Keep a spreadsheet from reading a name, or a student's words, as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
