"""One warm judge for all tests of a process, and others that are forks of it: one takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twins import mother

from graders.course.submission import Submission
from graders.judge.session import Session
from graders.judge.verdict import Verdict
from graders.limits import Limits
from graders.sandbox.processes import Launcher


def forked_session(**options: Any) -> Session:
    """Make a session whose warm process is a fork."""
    return Session(mother=mother(), **options)


# Attacks and endless loops are stopped sooner than students are.
IMPATIENT = Limits(call_cpu_seconds=1.0, cell_cpu_seconds=1.5)
SESSION = forked_session()


def judge(
    submissions: Sequence[Submission], *, launcher: Launcher | None = None, **options: Any
) -> list[Verdict]:
    """Judge with the warm session, or with a launcher that the test brings."""
    session = SESSION if launcher is None else Session(launcher=launcher)
    return session.judge(submissions, **options)
