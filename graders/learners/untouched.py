"""What an edit cannot have touched: tasks whose function, and all that it uses, is as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from graders.course.submission import Submission

# The one name of all statements that do more at once than to give a name to something.
_AT_ONCE = ""
# By these a function gets at what its text does not name.
_BY_THE_BACK_DOOR = frozenset({"globals", "vars", "eval", "exec", "__main__", "__import__"})


def untouched(before: Submission, after: Submission) -> frozenset[str]:
    """Name the tasks of which an edit has touched neither the function nor anything it uses.

    Comments and layout do not count. Where one of the two cannot be read, or what runs at once is
    another or uses what is another, every task is touched.
    """
    try:
        old, new = _Code.of(before), _Code.of(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    if old.behind(_AT_ONCE) != new.behind(_AT_ONCE):
        return frozenset()
    return frozenset(
        task.name
        for task in after.topic.tasks
        if (code := new.behind(task.name)) == old.behind(task.name)
        and not any(_BY_THE_BACK_DOOR & statement.uses for statement in code)
    )


@dataclass(frozen=True)
class _Statement:
    """A statement at the top of a cell: the names it gives, those it uses, and its tree as text."""

    gives: tuple[str, ...]
    uses: frozenset[str]
    tree: str

    @classmethod
    def of(cls, node: ast.stmt) -> _Statement:
        # What may fail costs a cell all that comes after it.
        at_once = () if _cannot_fail(node) else (_AT_ONCE,)
        return cls((*_given_by(node), *at_once), frozenset(_used_by(node)), ast.dump(node))


@dataclass
class _Code:
    """The statements of a submission in order, and by the names they give."""

    statements: list[_Statement] = field(default_factory=list)
    by_name: dict[str, list[_Statement]] = field(default_factory=dict)

    @classmethod
    def of(cls, submission: Submission) -> _Code:
        """Read the cells; SyntaxError where one is not plain Python."""
        code = cls()
        for cell in submission.cells:
            for statement in _statements(cell.source):
                code.statements.append(statement)
                for name in statement.gives:
                    code.by_name.setdefault(name, []).append(statement)
        return code

    def behind(self, name: str) -> list[_Statement]:
        """List, in order, the statements that give a name or what they use in turn."""
        names, waiting = set[str](), {name}
        while waiting:
            one = waiting.pop()
            names.add(one)
            used = (statement.uses for statement in self.by_name.get(one, ()))
            waiting |= frozenset[str]().union(*used) - names
        return [one for one in self.statements if names.intersection(one.gives)]


# Most cells are as they were, and ours are long.
@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[_Statement, ...]:
    nodes = ast.parse(source).body
    return tuple(_Statement.of(node) for node in nodes if not _is_only_said(node))


def _is_only_said(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_literal(node.value)


def _given_by(node: ast.stmt) -> Iterator[str]:
    """Give the names that a statement binds."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (one.id for one in node.targets if isinstance(one, ast.Name))


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
