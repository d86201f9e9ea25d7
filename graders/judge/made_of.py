"""What a task's function is made of: which others it calls, and which words stand in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graders.checks.mistakes import Mistake, only_named
from graders.course.notebook import plain_python
from graders.course.submission import Cell, Submission


@dataclass(frozen=True)
class _Function:
    """The names that occur in a function, and its attributes and keywords beside them."""

    names: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, node: ast.FunctionDef) -> _Function:
        parts = list(ast.walk(node))
        names = frozenset(one.id for one in parts if isinstance(one, ast.Name))
        attributes = {one.attr for one in parts if isinstance(one, ast.Attribute)}
        keywords = {one.arg for one in parts if isinstance(one, ast.keyword) and one.arg}
        return cls(names, names | attributes | keywords)


def built_on(submission: Submission, task: str, failing: Iterable[str]) -> Mistake | None:
    """Name the first of the tasks that fail which this one calls, itself or by a function in it."""
    used = {name for one in _parts(submission, task) for name in one.names}
    base = next((name for name in failing if name in used), None)
    if base is None:
        return None
    hint = (
        f"Your `{task}` calls your `{base}`, which is not right yet.\n\n"
        "Mend that one first, and then look here again: it may be all there is."
    )
    return only_named("built_on_what_fails", task, hint)


def words_of(submission: Submission, task: str) -> set[str]:
    """Give the names, attributes and keywords in a task's function and in those that it calls."""
    return {word for one in _parts(submission, task) for word in one.words}


def _parts(submission: Submission, task: str) -> list[_Function]:
    """List a task's function and the student's own functions that it leads to."""
    functions = _functions(submission.cells)
    found: dict[str, _Function] = {}
    waiting = [task]
    while waiting:
        name = waiting.pop()
        if name in functions and name not in found:
            found[name] = functions[name]
            waiting += functions[name].names
    return list(found.values())


@lru_cache(maxsize=4)
def _functions(cells: tuple[Cell, ...]) -> Mapping[str, _Function]:
    """Give each function by its name, where it is bound by its `def` last."""
    found: dict[str, _Function] = {}
    for cell in cells:
        tree = plain_python(cell.source)
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.FunctionDef):
                found[node.name] = _Function.of(node)
            else:
                for name in _bound(node):
                    found.pop(name, None)
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    """Give the names that a statement binds, also by `globals().update(name=…)`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        elif isinstance(one, ast.keyword) and one.arg:
            yield one.arg
