"""Tell a task that fails from one that is built on a task that fails."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator

from graders.checks.mistakes import Mistake, only_named
from graders.course.submission import Submission


def built_on(submission: Submission, task: str, failing: Iterable[str]) -> Mistake | None:
    """Name the first of the tasks that fail which this one calls, itself or by a function in it."""
    used = _used(submission, task)
    base = next((name for name in failing if name in used), None)
    if base is None:
        return None
    hint = (
        f"Your `{task}` calls your `{base}`, which is not right yet.\n\n"
        "Mend that one first, and then look here again: it may be all there is."
    )
    return only_named("built_on_what_fails", task, hint)


def _used(submission: Submission, task: str) -> set[str]:
    """Give the names that occur in a task's function, and in the functions that it names."""
    names = _functions(submission)
    found: set[str] = set()
    waiting = [task]
    while waiting:
        new = names.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _functions(submission: Submission) -> dict[str, set[str]]:
    """Give each function with the names that occur in it, where it is bound by its `def` last."""
    found: dict[str, set[str]] = {}
    for cell in submission.cells:
        for node in _statements(cell.source):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            else:
                for name in _bound(node):
                    found.pop(name, None)
    return found


def _statements(source: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound(node: ast.stmt) -> Iterator[str]:
    """Give the names that a statement binds, also by `globals().update(name=…)`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        elif isinstance(one, ast.keyword) and one.arg:
            yield one.arg
