"""Bring what a learner wrote and what the course changed together, line by line or cell by cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from merge3 import Merge3

from graders.course.notebook import source_of


def merged_script(base: bytes, mine: bytes, new: bytes) -> bytes | None:
    """Merge line by line; None where both changed a place, or where the result is no Python."""
    old, own, course = (text.splitlines(keepends=True) for text in (base, mine, new))
    merge = Merge3(old, own, course)
    if any(region[0] == "conflict" for region in merge.merge_regions()):
        return None
    merged = b"".join(merge.merge_lines())
    return merged if _compiles(merged) or not _compiles(mine) else None


def merged_notebook(base: bytes, mine: bytes, new: bytes) -> bytes | None:
    """Merge cell by cell, each line by line; None where that cannot be, or what is no notebook.

    A learner's own cells stay behind the cell that they follow, and a deleted cell stays away.
    """
    try:
        old, own, course = (json.loads(text) for text in (base, mine, new))
        cells = _merged_cells(*(_by_id(notebook) for notebook in (old, own, course)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if cells is None:
        return None
    merged = {**course, "cells": cells}
    return (json.dumps(merged, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _by_id(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    cells = {str(cell["id"]): cell for cell in notebook["cells"]}
    if len(cells) != len(notebook["cells"]):
        raise ValueError("two cells have one id")
    return cells


def _merged_cells(
    old: dict[str, dict[str, Any]], own: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]
) -> list[dict[str, Any]] | None:
    result: dict[str, dict[str, Any]] = {}
    for key, cell in new.items():
        if key in own:
            merged = _merged_cell(old.get(key, cell), own[key], cell)
            if merged is None:
                return None
            result[key] = merged
        elif key not in old:
            result[key] = cell
    ordered = list(result)
    before = ""
    for key, cell in own.items():
        if key not in new and key not in old:
            ordered.insert(ordered.index(before) + 1 if before in ordered else 0, key)
            result[key] = cell
        before = key
    return [result[key] for key in ordered]


def _merged_cell(
    old: dict[str, Any], own: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any] | None:
    base, mine, course = (source_of(cell) for cell in (old, own, new))
    if mine == base:
        text: str | None = course
    elif course in (base, mine):
        text = mine
    else:
        merged = merged_script(*(f"{one}\n".encode() for one in (base, mine, course)))
        text = None if merged is None else merged.decode().removesuffix("\n")
    if text is None:
        return None
    # What a cell showed belongs to what it says; whether it was changed, the learner's run tells.
    run = own if text == mine else new
    kept: dict[str, Any] = {key: run[key] for key in ("outputs", "execution_count") if key in run}
    return {**new, **kept, "source": text.splitlines(keepends=True)}


def _compiles(text: bytes) -> bool:
    try:
        compile(text, "lesson", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
