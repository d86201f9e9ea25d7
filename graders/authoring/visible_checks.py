"""Run the visible checks of a lesson on its own solution, as a student's notebook would."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch

from graders.authoring.pairs import cells_of
from graders.course import Topic
from graders.course.notebook import (
    CHECK_PREFIX,
    grade_id,
    plain_python,
    without_hidden_tests,
    without_our_magics,
)


def visible_faults(topic: Topic) -> dict[str, str]:
    """Say by task what its visible checks have against the solution; empty when all is well.

    Of the other cells only those are run that the check needs, by the names that it uses.
    """
    cells = [cell for cell in cells_of(topic.solution) if cell.cell_type == "code"]
    code = {number: _python(cell.source) for number, cell in enumerate(cells)}
    places = {grade_id(cell): number for number, cell in enumerate(cells)}
    found = {}
    for task in topic.tasks:
        place = places.get(CHECK_PREFIX + task.name)
        if place is not None:
            said = _run([code[one] for one in _needed(place, code)])
            if said:
                found[task.name] = said
    return found


def _python(source: str) -> ast.Module:
    return plain_python(without_our_magics(without_hidden_tests(source))) or ast.Module([], [])


def _needed(place: int, code: Mapping[int, ast.Module]) -> list[int]:
    """List the cells above that a cell needs, and itself, in the order of the notebook."""
    wanted, needed = [place], {place}
    while wanted:
        names = _used(code[wanted.pop()])
        for number in range(place):
            if number not in needed and names & _defined(code[number]):
                needed.add(number)
                wanted.append(number)
    return sorted(needed)


def _used(tree: ast.Module) -> set[str]:
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found - set(dir(builtins))


def _defined(tree: ast.Module) -> set[str]:
    return set(_names_in(tree.body))


def _names_in(body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        else:
            # Also what a loop or a `with` of the cell leaves behind.
            stores = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            yield from (one.id for one in stores if isinstance(one.ctx, ast.Store))


def _run(trees: Iterable[ast.Module]) -> str:
    namespace: dict[str, Any] = {"__name__": "notebook"}
    said = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(said),
            warnings.catch_warnings(),
            torch.random.fork_rng(),
        ):
            warnings.simplefilter("ignore")
            for tree in trees:
                exec(compile(tree, "a cell", "exec", dont_inherit=True), namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return said.getvalue().strip()
