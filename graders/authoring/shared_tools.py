"""Tools that stand in several notebooks, as students have only those: one text, everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from graders.course.notebook import grade_id

_SETUP = "setup"
_TOOLS = "demo-check-tools"


def differing(lessons: Mapping[str, Sequence[NotebookNode]]) -> list[str]:
    """List what has more than one text: the set-up cell, or a tool of the checks."""
    return [*_set_ups(lessons), *_tools(lessons)]


def _set_ups(lessons: Mapping[str, Sequence[NotebookNode]]) -> Iterator[str]:
    texts: dict[str, list[str]] = {}
    for name, cells in lessons.items():
        for cell in cells:
            if grade_id(cell) == _SETUP:
                texts.setdefault(cell.source, []).append(name)
    if len(texts) > 1:
        odd = min(texts.values(), key=len)
        yield f"{', '.join(odd)}: the set-up cell differs from the other notebooks'"


def _tools(lessons: Mapping[str, Sequence[NotebookNode]]) -> Iterator[str]:
    found: dict[str, dict[str, list[str]]] = {}
    for name, cells in lessons.items():
        for tool, text in _definitions(cells):
            found.setdefault(tool, {}).setdefault(text, []).append(name)
    for tool, texts in found.items():
        if len(texts) > 1:
            names = ", ".join(name for group in texts.values() for name in group)
            yield f"{names}: the tool {tool} of the checks is not one text"


def _definitions(cells: Sequence[NotebookNode]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if grade_id(cell) == _TOOLS:
            for node in ast.parse(cell.source).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    yield node.name, ast.unparse(node)
