"""What was run in a notebook: which text, of which cell, and when."""

from __future__ import annotations

import ast
import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from graders.course.notebook import without_our_magics

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A cell that was run: its number, its text, which cell of the page it is, if known, and when.

    When it was run is exact only for those since the extension was loaded.
    """

    number: int
    source: str
    cell_id: str | None = None
    earliest: float = 0.0
    latest: float = math.inf

    @property
    def page_id(self) -> str | None:
        """The cell's id as it is saved; VS Code gives cells others, which are addresses."""
        return None if self.cell_id is None or ":" in self.cell_id else self.cell_id


class RunHistory:
    """Takes note of which cell is run when, beside what IPython keeps of its text."""

    def __init__(self, shell: Any) -> None:
        """Begin to take notes."""
        self._shell = shell
        self._unnoted = _Note(None, _session_start(shell), time.time())
        self._running = self._unnoted
        self._noted: dict[int, _Note] = {}
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def close(self) -> None:
        """Stop taking notes."""
        self._shell.events.unregister("pre_run_cell", self._begin)
        self._shell.events.unregister("post_run_cell", self._end)

    def runs(self) -> list[Run]:
        """List what was run, oldest first; of a cell that only asks for a check nothing is left."""
        manager = self._shell.history_manager
        sources = list(manager.input_hist_raw) if manager is not None else []
        notes = {len(sources) - 1: self._running, **self._noted}
        return [
            Run(number, without_our_magics(source), note.cell_id, note.earliest, note.latest)
            for number, source in enumerate(sources)
            for note in [notes.get(number, self._unnoted)]
        ]

    def _begin(self, info: Any) -> None:
        # What is saved while it runs is newer than its text.
        now = time.time()
        self._running = _Note(_cell_id(info), now, now)

    def _end(self, result: Any) -> None:
        # Its number is known now only: IPython counts on at the end, or at the start, by version.
        if result.execution_count:
            self._noted[result.execution_count] = replace(
                self._running, cell_id=_cell_id(result.info)
            )


@dataclass(frozen=True)
class _Note:
    cell_id: str | None
    earliest: float
    latest: float


def _cell_id(info: Any) -> str | None:
    found = getattr(info, "cell_id", None)
    return str(found) if found else None


def _session_start(shell: Any) -> float:
    """Say when the kernel was started; 0 where no history is kept."""
    try:
        return float(shell.history_manager.get_session_info()[1].timestamp())
    except Exception:
        # sqlite3 has many ways to be locked, full or not there.
        return 0.0


def current(runs: Iterable[Run]) -> list[Run]:
    """Reduce a history of runs to those that still count, in the order of the history."""
    kept: list[Run] = []
    ids: set[str] = set()
    names: set[str] = set()
    texts: set[str] = set()
    for run in sorted(runs, key=lambda one: one.number, reverse=True):
        bound = bound_names(run.source)
        is_old = run.cell_id in ids or run.source.strip() in texts or bool(bound) and bound <= names
        # Who cannot say which cell it was has put it right elsewhere, for all that is known.
        is_slip = not bound and run.cell_id is None and parsed(run.source) is None
        if is_old or is_slip or does_nothing(run.source):
            continue
        kept.append(run)
        names |= bound
        texts.add(run.source.strip())
        if run.cell_id is not None:
            ids.add(run.cell_id)
    return kept[::-1]


def bound_names(source: str) -> set[str]:
    """Give the names that a cell defines, or seems to where it does not compile."""
    tree = parsed(source)
    names = defined_names(source)
    for node in tree.body if tree is not None else ():
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif not isinstance(node, _DEFINITIONS):
            stores = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            names |= {one.id for one in stores if isinstance(one.ctx, ast.Store)}
    return names


def defined_names(source: str) -> set[str]:
    """Give the functions and classes that a cell defines, or seems to where it does not compile."""
    tree = parsed(source)
    if tree is None:
        return set(_DEFINED.findall(source))
    return {node.name for node in tree.body if isinstance(node, _DEFINITIONS)}


def used_names(source: str) -> set[str]:
    """Give the names that a cell uses; none where it does not compile."""
    tree = parsed(source)
    nodes = ast.walk(tree) if tree is not None else ()
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def does_nothing(source: str) -> bool:
    """Whether a cell holds no statement."""
    tree = parsed(source)
    return tree is not None and not tree.body


@lru_cache(maxsize=1000)
def parsed(source: str) -> ast.Module | None:
    """Read a cell as IPython reads it; None where it does not compile."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
