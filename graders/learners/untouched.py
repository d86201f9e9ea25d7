"""What an edit cannot have touched: tasks whose function, and all that it uses, is as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from graders.course.submission import Submission

# The one name of all statements that do more at once than to give a name to something.
_AT_ONCE = ""
# By these a function gets at what its text does not name, or changes it.
_BY_THE_BACK_DOOR = frozenset(
    {"globals", "vars", "eval", "exec", "setattr", "delattr", "__main__", "__import__"}
)
_MUTABLE = (ast.List, ast.Dict, ast.Set)


def untouched(before: Submission, after: Submission) -> frozenset[str]:
    """Name the tasks of which an edit has touched neither the function nor anything it uses.

    Comments and layout do not count. Where one of the two cannot be read, or what runs at once is
    another or uses what is another, every task is touched.
    """
    try:
        old, new = _code_of(before), _code_of(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    if _behind(_AT_ONCE, old) != _behind(_AT_ONCE, new):
        return frozenset()
    return frozenset(
        task.name
        for task in after.topic.tasks
        if (code := _behind(task.name, new)) == _behind(task.name, old)
        and not any(_BY_THE_BACK_DOOR & statement.uses for statement in code)
    )


@dataclass(frozen=True)
class _Statement:
    """A statement at the top of a cell, its tree as text.

    `gives` are the names that it binds, or whose value it may change later; `after` are the trees
    of those before it in its cell that may fail, which costs the cell all that comes after them.
    """

    gives: frozenset[str]
    uses: frozenset[str]
    tree: str
    makes_mutable: bool
    after: tuple[str, ...] = ()

    @classmethod
    def of(cls, node: ast.stmt) -> _Statement:
        gives, uses = {*_given_by(node), *_changed_by(node)}, frozenset(_used_by(node))
        if not _cannot_fail(node) or _BY_THE_BACK_DOOR & uses:
            gives.add(_AT_ONCE)
        is_mutable = isinstance(node, ast.Assign) and isinstance(node.value, _MUTABLE)
        return cls(frozenset(gives), uses, ast.dump(node), is_mutable)


def _code_of(submission: Submission) -> tuple[_Statement, ...]:
    """Read the cells; SyntaxError where one is not plain Python."""
    code = tuple(one for cell in submission.cells for one in _statements(cell.source))
    mutable = frozenset[str]().union(*(one.gives for one in code if one.makes_mutable))
    # Whoever uses a list may change it.
    return tuple(replace(one, gives=one.gives | one.uses & mutable) for one in code)


def _behind(name: str, code: Sequence[_Statement]) -> list[_Statement]:
    """List, in order, the statements that give a name or what they use in turn."""
    names = frozenset((name,))
    while True:
        found = [one for one in code if names & one.gives]
        wider = names.union(*(one.uses for one in found))
        if wider == names:
            return found
        names = wider


# Most cells are as they were, and ours are long.
@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[_Statement, ...]:
    found: list[_Statement] = []
    may_fail: tuple[str, ...] = ()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Expr) and _is_literal(node.value):
            continue
        statement = replace(_Statement.of(node), after=may_fail)
        found.append(statement)
        if not _cannot_fail(node):
            may_fail = (*may_fail, statement.tree)
    return tuple(found)


def _given_by(node: ast.stmt) -> Iterator[str]:
    """Give the names that a statement binds."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    else:
        parts = (part for part in ast.walk(node) if isinstance(part, ast.Name))
        yield from (part.id for part in parts if not isinstance(part.ctx, ast.Load))


def _changed_by(node: ast.stmt) -> Iterator[str]:
    """Give the names of the module whose value it may change, now or when it is called."""
    for part in ast.walk(node):
        if isinstance(part, ast.Global):
            yield from part.names
        elif isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(
            part.ctx, ast.Load
        ):
            yield from (one.id for one in ast.walk(part.value) if isinstance(one, ast.Name))


def _cannot_fail(node: ast.stmt) -> bool:
    """Whether it does no more than bind names: to a literal, or to a function."""
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list and _is_plain(node.args, node.returns)
    if isinstance(node, ast.Assign):
        are_names = all(isinstance(one, ast.Name) for one in node.targets)
        return are_names and _is_literal(node.value)
    return False


def _is_plain(arguments: ast.arguments, returns: ast.expr | None) -> bool:
    """Whether to define a function with these runs nothing.

    Annotations are not looked up: cells are compiled so. A call in one is refused all the same.
    """
    defaults = (*arguments.defaults, *(one for one in arguments.kw_defaults if one is not None))
    types = [one.annotation for one in ast.walk(arguments) if isinstance(one, ast.arg)]
    parts = (part for one in (*types, returns) if one is not None for part in ast.walk(one))
    return all(map(_is_literal, defaults)) and not any(isinstance(one, ast.Call) for one in parts)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _used_by(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Global):
            yield from part.names
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            yield from (alias.name.partition(".")[0] for alias in part.names)
