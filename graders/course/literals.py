"""Read a constant of a module without running the module."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any


def literal_in(path: Path, name: str) -> Any:
    """Give the value of `name = …` in a file; None where there is none, or no plain value."""
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return None
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            return _value(getattr(node, "value", None))
    return None


def _value(node: ast.AST | None) -> Any:
    try:
        return ast.literal_eval(node) if isinstance(node, ast.expr) else None
    except ValueError:
        return None
