"""What judging keeps warm in a process: a launcher, and references; handed on, not looked up."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager

import torch

from graders.checks.references import References
from graders.course import Topic, topics
from graders.course.patience import TookTooLongError, within
from graders.course.submission import Submission
from graders.judge.declared import declared_tasks, guarded_routines
from graders.judge.judgement import Judgement
from graders.judge.verdict import Verdict
from graders.limits import MAX_JUDGING_SECONDS, Limits
from graders.sandbox.late_compiler import import_compiler_late
from graders.sandbox.late_symbols import import_symbols_late
from graders.sandbox.launchers import make_launcher
from graders.sandbox.layers import gaps
from graders.sandbox.processes import GraderFaultError, Isolation, Launcher
from graders.sandbox.student import Student

_KEPT_REFERENCES = 32


class ConfinementError(GraderFaultError):
    """This machine cannot hold student code as tightly as grading others asks for."""


class Session:
    """Judges one submission after another with one launcher; close it, or use it in a `with`."""

    def __init__(
        self,
        isolation: Isolation | None = None,
        *,
        ahead: bool = True,
        mother: socket.socket | None = None,
        limits: Limits | None = None,
        launcher: Launcher | None = None,
        practice: bool = False,
    ) -> None:
        """Start nothing yet; the arguments are those of `make_launcher`, or a `launcher` itself.

        For `practice`, expected values are kept on this machine from one session to the next.
        """
        import_compiler_late()
        if practice:
            import_symbols_late()
        self.launcher = launcher or make_launcher(
            isolation, ahead=ahead, mother=mother, limits=limits
        )
        self._asked_for = isolation
        self._practice = practice
        self._references: dict[tuple[str, int], References] = {}
        self._is_proved = False

    def __enter__(self) -> Session:
        """Give itself; the launcher ends with the block."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End the launcher."""
        self.close()

    def close(self) -> None:
        """End what was started; judging once more starts it again."""
        self.launcher.close()

    def judge(
        self,
        submissions: Sequence[Submission],
        *,
        seed: int = 0,
        reveal: bool = False,
        only: Set[str] | None = None,
        deliver: Callable[[int, Verdict], None] | None = None,
    ) -> list[Verdict]:
        """Judge submissions in order and give their verdicts; `deliver` gets each as it is ready.

        `reveal` lets messages show expected values, for self-study; `only` names the tasks that are
        judged, where not all are. GraderFaultError where the hidden tests cannot be run at all,
        TookTooLongError where the judge's own work does not end.
        """
        verdicts: list[Verdict] = []
        for place, submission in enumerate(submissions):
            verdicts.append(self._verdict(submission, seed, reveal, only))
            if deliver is not None:
                deliver(place, verdicts[-1])
        return verdicts

    def _verdict(
        self, submission: Submission, seed: int, reveal: bool, only: Set[str] | None
    ) -> Verdict:
        try:
            with (
                within(MAX_JUDGING_SECONDS, f"judging {submission.topic.name}"),
                self.judgement(submission, seed=seed, reveal=reveal) as judgement,
            ):
                judgement.run_all(only)
                return judgement.verdict(self.launcher.isolation)
        except TookTooLongError:
            # It was stopped anywhere, and what was begun there is not gone on with.
            self.launcher.close()
            raise

    @contextmanager
    def judgement(
        self, submission: Submission, *, seed: int = 0, reveal: bool = False
    ) -> Iterator[Judgement]:
        """Begin to judge a submission; whoever asks for this runs the checks."""
        self.launcher.warm()
        topic = submission.topic
        tasks = declared_tasks(topic)
        student = Student(submission, self.launcher, seed, guarded=guarded_routines(topic))
        judgement = Judgement(student, self.references(topic, seed), tasks, reveal=reveal)
        try:
            with _one_thread():
                judgement.prepare()
                yield judgement
        finally:
            student.close()

    def references(self, topic: Topic, seed: int) -> References:
        """Give the references of a topic; what was computed once is kept for all."""
        key = (topic.path, seed)
        if key not in self._references:
            while len(self._references) >= _KEPT_REFERENCES:
                self._references.pop(next(iter(self._references)))
            self._references[key] = References(topic, seed, practice=self._practice)
        return self._references[key]

    def require_confinement(self) -> None:
        """Raise ConfinementError unless a worker here gets every layer, or "process" was asked for.

        For whoever grades others' code: nothing falls back silently.
        """
        if self._asked_for == "process" or self._is_proved:
            return
        if self.launcher.isolation != "confined":
            raise ConfinementError(
                "this system cannot confine student code (that takes Linux); to grade all the "
                "same, in separate processes with time limits only, say so with --isolation process"
            )
        student = Student(Submission(topics()[0], ()), self.launcher, seed=0)
        try:
            student.start()
            absent = [f"{layer.name} ({layer.why})" for layer in gaps(student.layers)]
        finally:
            student.close()
        if absent:
            raise ConfinementError(
                f"student code cannot be fully confined here; missing: {', '.join(absent)}. "
                "`dojo doctor` tells more; to grade all the same, say so with --isolation process"
            )
        self._is_proved = True


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as the worker does; the caller's setting comes back afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
