"""The text of a function: without its docstring and marks, with the helpers that it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graders.course.notebook import plain_python
from graders.course.submission import Submission

_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
Definition = ast.FunctionDef | ast.ClassDef


def function_text(submission: Submission, name: str) -> str:
    """Give the code of a task's function and its helpers, empty where there is no such function."""
    found = _definitions(submission)
    if name not in found:
        return ""
    wanted = _with_helpers(name, found, frozenset(task.name for task in submission.topic.tasks))
    texts = [_without_docstring(*found[one]) for one in found if one in wanted]
    return "\n\n".join(texts)


def about_function(submission: Submission, name: str) -> str:
    """Give the docstring of a function on one line."""
    found = _definitions(submission).get(name)
    return " ".join((ast.get_docstring(found[1]) or "").split()) if found else ""


def _definitions(submission: Submission) -> dict[str, tuple[str, Definition]]:
    """Collect the functions and classes of the cells, where the last one of a name counts."""
    found: dict[str, tuple[str, Definition]] = {}
    for cell in submission.cells[len(submission.topic.setup) :]:
        tree = plain_python(cell.source)
        for node in tree.body if tree is not None else ():
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.pop(node.name, None)
                found[node.name] = (cell.source, node)
    return found


def _with_helpers(
    name: str, found: dict[str, tuple[str, Definition]], tasks: frozenset[str]
) -> set[str]:
    wanted, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        wanted.add(one)
        used = {node.id for node in ast.walk(found[one][1]) if isinstance(node, ast.Name)}
        waiting += [other for other in used & found.keys() - wanted if other not in tasks]
    return wanted


def _without_docstring(source: str, node: Definition) -> str:
    lines = source.splitlines()
    left_out = set(_docstring_lines(node))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    kept = [
        lines[number - 1]
        for number in range(first, (node.end_lineno or node.lineno) + 1)
        if number not in left_out and lines[number - 1].strip() not in _MARKS
    ]
    return "\n".join(kept)


def _docstring_lines(node: Definition) -> Iterator[int]:
    head = node.body[0]
    is_text = isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant)
    if is_text and len(node.body) > 1 and ast.get_docstring(node) is not None:
        yield from range(head.lineno, (head.end_lineno or head.lineno) + 1)
