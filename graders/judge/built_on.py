"""Which functions of a submission's one of its tasks is built on."""

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
    names = dict(_functions(submission))
    found: set[str] = set()
    waiting = [task]
    while waiting:
        new = names.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _functions(submission: Submission) -> Iterator[tuple[str, set[str]]]:
    """Give each function with the names that occur in it; the last of a name counts."""
    for cell in submission.cells:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(cell.source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef):
                names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
                yield node.name, names
