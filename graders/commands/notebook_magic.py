"""`%check hvp` in a notebook: judge what stands in its cells, and show the verdict in place.

%load_ext graders
%check hvp
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graders.course import CourseError, Topic, topics
from graders.course.submission import UnreadableSubmissionError
from graders.learners.checking import WarmJudge
from graders.learners.page import Page, find_page, read_page
from graders.learners.runs import RunHistory, defined_names
from graders.learners.standing import Standing, remarks, submission_of, what_stands
from graders.learners.targets import Target, find_target
from graders.sandbox.processes import GraderFaultError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from graders.course.submission import Submission
    from graders.judge.verdict import Verdict

_EXTENSION = __name__.partition(".")[0]


class NotebookCheck:
    """The magic `%check`, with a judge that stays warm as long as the notebook is open."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Begin to warm up and to note which cell is run when."""
        self._shell = shell
        self._judge: WarmJudge | None = None
        self._history = RunHistory(shell)
        self._load: Callable[[str], Any] = shell.extension_manager.load_extension

    def register(self) -> None:
        """Add the magic to the shell."""
        self._shell.register_magic_function(self.check, "line", "check")
        self._shell.extension_manager.load_extension = self._load_quietly

    def unregister(self) -> None:
        """Take the magic away and end the warm process."""
        self._history.close()
        self._shell.extension_manager.load_extension = self._load
        self._shell.magics_manager.magics["line"].pop("check", None)
        if self._judge is not None:
            self._judge.close()
            self._judge = None

    def check(self, line: str) -> None:
        """Judge what stands in the cells of this notebook: `%check TOPIC` or `%check TOPIC.TASK`.

        Of each cell the newer counts: what was saved, or what was run. Where the notebook's file
        cannot be found, as in Colab, what was run is judged.
        """
        page = self._page()
        standing = what_stands(page, self._history.runs())
        try:
            target = find_target(line.strip()) if line.strip() else _guess(standing)
            submission = submission_of(standing, target.topic)
            verdict = self._warm_judge().judge(submission)
        except (CourseError, GraderFaultError) as error:
            print(error)
            return
        _remember(verdict, target.topic, self._folder(page))
        said = remarks(standing, target.topic) if self._is_notebook() else []
        _show(verdict, submission, target, said)

    def _page(self) -> Page | None:
        path = find_page(self._shell.user_ns)
        try:
            return read_page(path) if path is not None else None
        except UnreadableSubmissionError as error:
            print(error)
            return None

    def _folder(self, page: Page | None) -> Path:
        # Not where `%cd` has led since: that may be anybody's folder.
        return page.path.parent if page is not None else Path(self._shell.starting_dir)

    def _is_notebook(self) -> bool:
        return hasattr(self._shell, "kernel")

    def _load_quietly(self, name: str) -> Any:
        """Load an extension; say nothing where it is this one, which many a cell loads again."""
        found = self._load(name)
        return None if name == _EXTENSION and found == "already loaded" else found

    def _warm_judge(self) -> WarmJudge:
        if self._judge is None:
            self._judge = WarmJudge()
        return self._judge


def _guess(standing: Standing) -> Target:
    """Find the topic whose functions are defined here."""
    defined = {name for one in standing.cells for name in defined_names(one.source)}
    found = [(sum(task.name in defined for task in topic.tasks), topic) for topic in topics()]
    count, topic = max(found, key=lambda pair: pair[0])
    if count == 0:
        names = ", ".join(one.name for one in topics())
        raise CourseError(f"which topic? %check TOPIC, where TOPIC is one of {names}")
    return Target(topic)


def _remember(verdict: Verdict, topic: Topic, folder: Path) -> None:
    """Note what was passed, where the notebook lies in a workplace of this course."""
    from graders.learners.progress import load_progress, save_progress
    from graders.learners.workplace import workplace_of_notebook

    place = workplace_of_notebook(folder.resolve(), topic)
    if place is not None:
        path = place.progress_file
        try:
            save_progress(path, load_progress(path).with_verdict(verdict))
        except OSError as error:
            print(f"Your progress could not be written to {path}: {error.strerror}")


def _show(verdict: Verdict, submission: Submission, target: Target, said: list[str]) -> None:
    """Show the verdict below the cell: HTML in a browser, plain text elsewhere."""
    from IPython.display import display

    from graders.outlets.feedback_html import plain_feedback_html, verdict_feedback_html
    from graders.outlets.terminal import clean, only_task, to_plain, verdict_lines
    from graders.outlets.wording import with_code

    if target.task is not None:
        verdict = only_task(verdict, target.task.name)
    text = to_plain(verdict_lines(verdict, submission))
    html = verdict_feedback_html(verdict)
    if said:
        text = "\n".join([*map(clean, said), "", text])
        html = plain_feedback_html([with_code(clean(sentence)) for sentence in said]) + html
    display({"text/html": html, "text/plain": text}, raw=True)


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
