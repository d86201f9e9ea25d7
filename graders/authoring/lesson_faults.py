"""What is wrong with a lesson's cells, told before anything is made of them."""

from __future__ import annotations

import ast
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from nbformat import NotebookNode

from graders.checks.words import some_of
from graders.course.notebook import CHECK_PREFIX, grade_id, marks

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def lesson_faults(name: str, cells: Sequence[NotebookNode]) -> list[str]:
    """List the faults of a lesson, "assignment/topic", a sentence each; empty when all is well."""
    return [
        f"{name}: {fault}"
        for faults in (_of_name(name), _of_code(cells), _of_ids(cells), _of_tasks(cells))
        for fault in faults
    ]


def _of_name(name: str) -> Iterator[str]:
    for part in name.split("/"):
        if not is_a_name(part):
            yield (
                f"{part!r} is to be the name of a Python module, too: small letters, digits and _, "
                "with a letter first"
            )


def is_a_name(text: str) -> bool:
    """Whether an assignment, a topic or a task may be called so."""
    return bool(_NAME.fullmatch(text)) and not keyword.iskeyword(text)


def _of_code(cells: Sequence[NotebookNode]) -> Iterator[str]:
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type != "code":
            continue
        try:
            ast.parse(_without_magics(cell.source))
        except SyntaxError as error:
            which = grade_id(cell) or f"number {number}"
            yield f"the cell {which}, line {error.lineno}: SyntaxError: {error.msg}"


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


def _without_magics(source: str) -> str:
    return str(_transformer().transform_cell(source))


def _of_ids(cells: Sequence[NotebookNode]) -> Iterator[str]:
    counts = Counter(grade_id(cell) for cell in cells if marks(cell))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        yield f"more than one cell has the grade_id {some_of(twice)}; each needs its own"


def _of_tasks(cells: Sequence[NotebookNode]) -> Iterator[str]:
    code = [cell for cell in cells if cell.cell_type == "code"]
    written = [grade_id(cell) for cell in code if marks(cell).get("solution")]
    checks = [cell for cell in code if marks(cell).get("grade") and not marks(cell).get("solution")]
    for cell in checks:
        name = grade_id(cell)
        task = name.removeprefix(CHECK_PREFIX)
        if not name.startswith(CHECK_PREFIX):
            yield f"the cell {name} gives points; call it {CHECK_PREFIX}<task>, for its task"
        elif task not in written:
            there = f"; there is {some_of(list(dict.fromkeys(written)))}" if written else ""
            yield f"the cell {name} gives points to {task}, and no solution is called so{there}"
        elif not is_a_name(task):
            yield f"the task {task} is a function's name: small letters, digits and _"
        if not isinstance(marks(cell).get("points"), int | float):
            yield f"the cell {name} says nothing of its points"
    checked = [grade_id(cell).removeprefix(CHECK_PREFIX) for cell in checks]
    unchecked = [name for name in written if name not in checked]
    if unchecked:
        yield f"{some_of(unchecked)} earns nothing: no cell is called {CHECK_PREFIX}{unchecked[0]}"
