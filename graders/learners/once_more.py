"""Judge a file that is saved again and again: what has passed and is as it was passes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graders.course import Topic
from graders.course.submission import Submission, read_submission
from graders.learners.checking import WarmJudge
from graders.learners.untouched import untouched

if TYPE_CHECKING:
    from graders.judge.verdict import Verdict


@dataclass(frozen=True)
class _Judged:
    submission: Submission
    verdict: Verdict


class OnceMore:
    """Judges a topic's file with one seed, and of later versions what may have changed.

    Code that changes what others use, in a way that its text does not tell, may change the verdict
    on another task, too; `dojo check` judges everything.
    """

    def __init__(self, judge: WarmJudge, seed: int) -> None:
        """Begin with nothing judged."""
        self._judge = judge
        self._seed = seed
        self._last: dict[Topic, _Judged] = {}

    def judge_file(self, path: Path, topic: Topic) -> tuple[Verdict, Submission]:
        """Judge a file; UnreadableSubmissionError or GraderFaultError where that is impossible."""
        submission = read_submission(path, topic)
        last = self._last.get(topic)
        verdict = self._verdict(submission, last) if last else self._whole(submission)
        self._last[topic] = _Judged(submission, verdict)
        return verdict, submission

    def _whole(self, submission: Submission) -> Verdict:
        return self._judge.judge(submission, self._seed)

    def _verdict(self, submission: Submission, last: _Judged) -> Verdict:
        kept = untouched(last.submission, submission)
        passed = {task.name: task for task in last.verdict.tasks if task.passed}
        left = {task.name for task in last.verdict.tasks if task.name not in kept & passed.keys()}
        if not left:
            return last.verdict
        verdict = self._judge.judge(submission, self._seed, left)
        found = {task.name: task for task in verdict.tasks}
        tasks = (found.get(task.name, task) for task in last.verdict.tasks)
        return replace(verdict, tasks=tuple(tasks))
