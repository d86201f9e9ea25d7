"""Judge what a learner wrote, in a worker that stays warm from one time to the next."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

from graders.course import CourseError, Topic, topic
from graders.course.collector import without_collecting
from graders.course.submission import Submission, read_submission
from graders.learners.workplace import shown
from graders.outlets.terminal import Line
from graders.sandbox.launchers import make_launcher
from graders.sandbox.processes import Isolation, Launcher
from graders.sandbox.warmth import Warmth

if TYPE_CHECKING:
    from graders.judge.session import Session
    from graders.judge.verdict import Verdict

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2


class WarmJudge:
    """Judges again and again. The worker warms up while this process imports torch itself."""

    def __init__(self, isolation: Isolation | None = None, *, once: bool = False) -> None:
        """Begin to warm up. The first worker does not wait for what only the next ones have.

        Where a judge is asked `once`, none is made ready for a next time.
        """
        self.launcher: Launcher = make_launcher(isolation, ahead=not once, warmth=Warmth.ROUTINES)
        self._session: Session | None = None
        self.warm_up()

    def warm_up(self) -> None:
        """Start the warm process if there is one of this kind and it does not run."""
        self.launcher.warm()

    def judge_file(self, path: Path, topic: Topic, seed: int = 0) -> tuple[Verdict, Submission]:
        """Judge a file; UnreadableSubmissionError or GraderFaultError where that is impossible."""
        submission = read_submission(path, topic)
        return self.judge(submission, seed), submission

    def judge(self, submission: Submission, seed: int = 0, only: Set[str] | None = None) -> Verdict:
        """Judge a learner's own submission, or some tasks of it; messages say what is expected."""
        if self._session is None:
            with without_collecting():
                from graders.judge.session import Session

            self._session = Session(launcher=self.launcher, practice=True)
        return self._session.judge([submission], seed=seed, reveal=True, only=only)[0]

    def close(self) -> None:
        """End the warm process."""
        self.launcher.close()


def exit_status(verdict: Verdict) -> int:
    """Give 0 where all passed, 1 where something failed, 2 where something could not be judged."""
    if verdict.passed:
        return PASSED
    return COULD_NOT_RUN if verdict.needs_person else FAILED


def advice(verdict: Verdict, following: Topic | None = None) -> list[Line]:
    """Say what to do after a verdict: a hint for the first task that is open, or what comes next.

    `following` is the topic to go on with, if one is open.
    """
    name = verdict.topic.rpartition("/")[2]
    if verdict.passed:
        has_others = topic(verdict.topic).solution.is_file()
        others = ["compare your way with others: dojo solution " + name] if has_others else []
        onward = [f"go on: dojo watch {following.name}"] if following else []
        return [Line("next", words) for words in (*others, *onward)]
    task = next((task for task in verdict.tasks if not task.passed), None)
    if task is None or verdict.needs_person:
        return []
    return [Line("next", f"stuck? dojo hint {name}.{task.name}")]


def place_of_stub(verdict: Verdict, submission: Submission, path: Path) -> list[Line]:
    """Say where to write what comes next, the file and the line, where that is an open stub."""
    task = next((task for task in verdict.tasks if not task.passed), None)
    found = _stub(submission, task.name) if task is not None and task.unwritten else None
    if task is None or found is None:
        return []
    cell, line = found
    # A notebook has no lines that anybody could count.
    where = cell if path.suffix == ".ipynb" else f"line {line}"
    return [Line("next", f"write {task.name} in {shown(path)}, {where}")]


def require_solutions(topic: Topic) -> None:
    """CourseError where this copy of the course has no solution of a topic to show."""
    if not topic.solution.is_file():
        raise CourseError(
            "this copy of the course holds no solutions; your instructor has them, and "
            f"`dojo hint {topic.name}` helps"
        )


def _stub(submission: Submission, name: str) -> tuple[str, int] | None:
    """Find the cell and the line to be replaced; else the line at which the function begins."""
    for cell in reversed(submission.cells):
        lines = cell.source.splitlines()
        begins = [n for n, text in enumerate(lines) if text.startswith(f"def {name}(")]
        if begins:
            rest = range(begins[-1], len(lines))
            raised = (n for n in rest if lines[n].lstrip().startswith("raise NotImplementedError"))
            return cell.label, cell.first_line + next(raised, begins[-1])
    return None
