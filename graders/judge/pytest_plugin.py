"""The pytest side of judging: run the collected tests on a submission and gather its verdict.

The tests are ordinary pytest; what is added is the fixture `asking`, and the skipping of checks
whose ground is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from graders.judge.asking import Asking
from graders.judge.checks import TaskChecks
from graders.judge.collecting import check_name, checks_of, marks, parameters
from graders.judge.gathering import Gathered, as_check
from graders.judge.processes import Launcher
from graders.judge.references import references_of
from graders.judge.student import Student
from graders.judge.submission import Submission
from graders.judge.verdict import Check, Verdict


class Grading:
    """Judges one submission after another with collected tests.

    As a pytest plugin it brings the fixtures and shows our sentences in pytest's reports.
    """

    def __init__(self, launcher: Launcher, *, seed: int = 0, reveal: bool = False) -> None:
        """`reveal` lets messages show expected values."""
        self._launcher = launcher
        self._seed = seed
        self._reveal = reveal
        self._gathered = Gathered()
        self._student: Student | None = None
        self._measured: dict[str, Any] = {}

    def judge(
        self, submission: Submission, items: Sequence[pytest.Item], *, reports: bool = False
    ) -> Verdict:
        """Run the tests of the submission's topic and form its verdict.

        `reports` runs every test by pytest's full protocol, so that its reporters see it; without,
        the test functions are called directly, which costs a tenth.
        """
        self._gathered = Gathered()
        student = Student(submission, self._launcher, self._seed)
        self._student = student
        classes = list(dict.fromkeys(map(checks_of, items)))
        try:
            self._prepare(classes)
            for item, following in zip(items, [*items[1:], None], strict=True):
                if reports:
                    _run_by_protocol(item, following)
                else:
                    self._call(item)
            isolation = self._launcher.isolation
            return self._gathered.verdict(student, isolation, self._seed, classes, self._asking_for)
        finally:
            student.close()

    def _prepare(self, classes: Sequence[type[TaskChecks]]) -> None:
        """Compute the expected values while a cold launcher warms up.

        A reference that fails here fails again in its check, which tells of it.
        """
        self._launcher.warm()
        for checks in classes:
            asking = self._asking_for(checks)
            for spec in checks.problems:
                with suppress(Exception):
                    asking.expected(spec)

    def _call(self, item: pytest.Item) -> None:
        """Call a test function with its arguments, as the protocol would in the end."""
        error: BaseException | None = None
        try:
            self.pytest_runtest_setup(item)
            _function_of(item)(**self._arguments(item))
        except (Exception, pytest.skip.Exception) as raised:
            error = raised
        self._remember(item, error)

    def _arguments(self, item: pytest.Item) -> dict[str, Any]:
        given = parameters(item)
        ours = {
            "asking": lambda: self._asking_for(checks_of(item)),
            "record_measured": lambda: self._measured,
        }
        names = item._fixtureinfo.argnames  # type: ignore[attr-defined]
        return {name: given[name] if name in given else ours[name]() for name in names}

    @pytest.fixture
    def asking(self, request: pytest.FixtureRequest) -> Asking:
        """The submission and the reference, as the task of the requesting test sees them."""
        return self._asking_for(request.cls)

    @pytest.fixture
    def record_measured(self) -> dict[str, Any]:
        """A place for figures that go into the verdict beside the check."""
        return self._measured

    def _asking_for(self, checks: type[TaskChecks]) -> Asking:
        assert self._student is not None
        return Asking(
            self._student,
            references_of(self._student.submission.topic, self._seed),
            checks.task,
            checks.arguments,
            frozenset(checks.not_allowed),
            self._reveal,
        )

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check whose ground is gone."""
        self._measured = {}
        lost = self._gathered.record(checks_of(item)).lost(marks(item).get("needs", ()))
        if lost:
            pytest.skip(f"not reached: {lost} comes first")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport | None:
        """Keep the outcome as a check, and show our sentence in place of a traceback."""
        if call.excinfo is None and call.when != "call":
            return None
        check = self._remember(item, call.excinfo.value if call.excinfo else None)
        if check.status not in ("failed", "skipped"):
            return None
        shown: Any = check.message
        if check.status == "skipped":
            shown = (str(item.path), None, check.message)
        return pytest.TestReport(
            item.nodeid,
            item.location,
            dict.fromkeys(item.keywords, 1),
            check.status,
            shown,
            "setup" if call.when == "setup" else "call",
            duration=call.duration,
            start=call.start,
            stop=call.stop,
        )

    def _remember(self, item: pytest.Item, error: BaseException | None) -> Check:
        check = as_check(check_name(item), float(marks(item)["weight"]), error, self._measured)
        self._gathered.record(checks_of(item)).remember(check, error)
        return check


def _run_by_protocol(item: pytest.Item, following: pytest.Item | None) -> None:
    item._initrequest()  # type: ignore[attr-defined]
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=following, log=True)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _function_of(item: pytest.Item) -> Callable[..., None]:
    function: Callable[..., None] = getattr(checks_of(item)(), item.originalname)  # type: ignore[attr-defined]
    return function
