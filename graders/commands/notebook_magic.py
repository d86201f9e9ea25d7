"""`%check hvp` in a notebook: judge what has been run here, saved or not, and show it in place.

%load_ext graders
%check hvp
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graders.course import CourseError, Topic, topics
from graders.course.notebook import fingerprint
from graders.learners.checking import WarmJudge
from graders.learners.targets import Target, find_target
from graders.sandbox.processes import GraderFaultError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from graders.course.submission import Submission
    from graders.judge.verdict import Verdict

_OUR_MAGIC = re.compile(r"^\s*%(check|load_ext|reload_ext)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A cell that was run: its number, its text, and which cell of the notebook it is, if known."""

    number: int
    source: str
    cell_id: str | None = None


class NotebookCheck:
    """The magic `%check`, with a judge that stays warm as long as the notebook is open."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Begin to warm up and to note which cell is run when."""
        self._shell = shell
        self._judge: WarmJudge | None = None
        self._cell_ids: dict[int, str] = {}

    def register(self) -> None:
        """Add the magic to the shell."""
        self._shell.events.register("post_run_cell", self._note_cell)
        self._shell.register_magic_function(self.check, "line", "check")

    def unregister(self) -> None:
        """Take the magic away and end the warm process."""
        self._shell.events.unregister("post_run_cell", self._note_cell)
        self._shell.magics_manager.magics["line"].pop("check", None)
        if self._judge is not None:
            self._judge.close()
            self._judge = None

    def check(self, line: str) -> None:
        """Judge the cells that were run in this notebook: `%check TOPIC` or `%check TOPIC.TASK`."""
        runs = self._runs()
        try:
            target = find_target(line.strip()) if line.strip() else _guess(runs)
            submission = submission_of(runs, target.topic)
            verdict = self._warm_judge().judge(submission)
        except (CourseError, GraderFaultError) as error:
            print(error)
            return
        _remember(verdict)
        _show(verdict, submission, target)

    def _warm_judge(self) -> WarmJudge:
        if self._judge is None:
            self._judge = WarmJudge()
        return self._judge

    def _note_cell(self, result: Any) -> None:
        cell_id = getattr(result.info, "cell_id", None)
        if cell_id and result.execution_count:
            self._cell_ids[result.execution_count] = str(cell_id)

    def _runs(self) -> list[Run]:
        """List what was run, oldest first, without the cell that asks."""
        manager = self._shell.history_manager
        sources = manager.input_hist_raw if manager is not None else []
        return [
            Run(number, self._in_python(source), self._cell_ids.get(number))
            for number, source in enumerate(sources)
            if source.strip()
        ]

    def _in_python(self, source: str) -> str:
        return _OUR_MAGIC.sub("", source)


def submission_of(runs: Iterable[Run], topic: Topic) -> Submission:
    """Make a submission of what was run: of each cell the last version, each name's last meaning.

    Cells that are ours, that cannot be read as Python, or whose names were all defined anew later
    are left out.
    """
    from graders.course.submission import Cell, Submission

    theirs = (run for run in runs if fingerprint(run.source) not in topic.ours)
    cells = [Cell(f"In [{run.number}]", run.source) for run in current(theirs)]
    setup = [Cell(f"set-up {place}", text) for place, text in enumerate(topic.setup, start=1)]
    return Submission(topic, (*setup, *cells))


def current(runs: Iterable[Run]) -> list[Run]:
    """Reduce a history of runs to those that still count, in the order of the history."""
    kept: list[Run] = []
    ids: set[str] = set()
    names: set[str] = set()
    texts: set[str] = set()
    for run in sorted(runs, key=lambda one: one.number, reverse=True):
        bound = _bound_names(run.source)
        is_old = (run.cell_id in ids) or (run.source.strip() in texts)
        if bound is None or is_old or (bound and bound <= names):
            continue
        kept.append(run)
        names |= bound
        texts.add(run.source.strip())
        if run.cell_id is not None:
            ids.add(run.cell_id)
    return kept[::-1]


def _bound_names(source: str) -> set[str] | None:
    """Give the names that a cell defines, or None where it is no Python or does nothing."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        body = ast.parse(TransformerManager().transform_cell(source)).body
    except (SyntaxError, ValueError):
        return None
    if not body:
        return None
    names: set[str] = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        else:
            stores = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            names |= {one.id for one in stores if isinstance(one.ctx, ast.Store)}
    return names


def _guess(runs: list[Run]) -> Target:
    """Find the topic whose functions are defined here."""
    defined: set[str] = set()
    for run in current(runs):
        defined |= _bound_names(run.source) or set()
    found = [(sum(task.name in defined for task in topic.tasks), topic) for topic in topics()]
    count, topic = max(found, key=lambda pair: pair[0])
    if count == 0:
        names = ", ".join(one.name for one in topics())
        raise CourseError(f"which topic? %check TOPIC, where TOPIC is one of {names}")
    return Target(topic)


def _remember(verdict: Verdict) -> None:
    from graders.learners.progress import load_progress, save_progress
    from graders.learners.workplace import find_workplace

    path = find_workplace().progress_file
    if path.parent.is_dir():
        try:
            save_progress(path, load_progress(path).with_verdict(verdict))
        except OSError as error:
            print(f"Your progress could not be written to {path}: {error.strerror}")


def _show(verdict: Verdict, submission: Submission, target: Target) -> None:
    """Show the verdict below the cell: HTML in a browser, plain text elsewhere."""
    from IPython.display import display

    from graders.outlets.feedback_html import verdict_feedback_html
    from graders.outlets.terminal import only_task, to_plain, verdict_lines

    if target.task is not None:
        verdict = only_task(verdict, target.task.name)
    text = to_plain(verdict_lines(verdict, submission))
    display({"text/html": verdict_feedback_html(verdict), "text/plain": text}, raw=True)


_CHECKS: dict[int, NotebookCheck] = {}


def load(shell: InteractiveShell) -> None:
    """Add `%check` to a shell, once."""
    if id(shell) not in _CHECKS:
        check = _CHECKS[id(shell)] = NotebookCheck(shell)
        check.register()


def unload(shell: InteractiveShell) -> None:
    """Take `%check` away."""
    check = _CHECKS.pop(id(shell), None)
    if check is not None:
        check.unregister()
