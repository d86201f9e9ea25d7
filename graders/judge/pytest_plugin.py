"""The pytest side of judging: one session asks many submissions and gathers their verdicts.

The tests are ordinary pytest; what is added is the fixture `asking`, the skipping of checks whose
ground is gone, and a loop that runs the collected tests once for each submission.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from graders.judge.asking import Asking
from graders.judge.checks import TaskChecks
from graders.judge.gathering import Gathered, as_check
from graders.judge.problem import Spec
from graders.judge.processes import Launcher
from graders.judge.references import references_of
from graders.judge.student import Student
from graders.judge.submission import Submission
from graders.judge.verdict import Check, Verdict

_STAGES = (
    *("exists", "runs", "shape", "dtype", "values", "inputs"),
    *("refuses", "edge", "memory", "passes", "large"),
)
_SPECS: dict[str, Callable[[Any], list[Spec]]] = {
    "spec": lambda checks: [spec for spec in checks.problems if spec.core],
    "edge": lambda checks: [spec for spec in checks.problems if not spec.core],
    "refused": lambda checks: list(checks.refused),
}


class Grading:
    """The pytest plugin that judges `submissions` with the collected tests.

    `reports` runs every test by pytest's full protocol, so that its reporters see it; without,
    the test functions are called directly, which costs a tenth.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        launcher: Launcher,
        *,
        seed: int = 0,
        reveal: bool = False,
        reports: bool = True,
        deliver: Callable[[int, Verdict], None],
    ) -> None:
        """Judge each submission in turn; `deliver` takes its place in the list and its verdict."""
        self._submissions = submissions
        self._launcher = launcher
        self._seed = seed
        self._reveal = reveal
        self._reports = reports
        self._deliver = deliver
        self._gathered = Gathered()
        self._student: Student | None = None
        self._measured: dict[str, Any] = {}
        self.not_collected = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the mark of a graded check known."""
        config.addinivalue_line("markers", "check(weight, needs): a graded check of a task")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a check once for each problem of its task."""
        for fixture, select in _SPECS.items():
            if fixture in metafunc.fixturenames:
                metafunc.parametrize(fixture, select(metafunc.cls), ids=str)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests of the topics that were handed in."""
        topics = {submission.topic.name for submission in self._submissions}
        items[:] = [item for item in items if _topic_name(item) in topics and _has_problem(item)]
        items.sort(key=_order)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a test file could not be read, for whoever has to mend it."""
        if report.failed and not self.not_collected:
            last = report.longreprtext.strip().splitlines()[-1]
            self.not_collected = f"{report.nodeid}: {last}"

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests of its topic for each submission."""
        if session.config.option.collectonly or session.testsfailed:
            return True
        for place, submission in enumerate(self._submissions):
            items = [item for item in session.items if _topic_name(item) == submission.topic.name]
            self._deliver(place, self._judge(submission, items))
            if session.shouldstop or session.shouldfail:
                break
        return True

    def _judge(self, submission: Submission, items: list[pytest.Item]) -> Verdict:
        self._gathered = Gathered()
        student = Student(submission, self._launcher, self._seed)
        self._student = student
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                if self._reports:
                    _run_by_protocol(item, following)
                else:
                    self._call(item)
            isolation = self._launcher.isolation
            classes = dict.fromkeys(_checks_of(item) for item in items)
            return self._gathered.verdict(student, isolation, self._seed, classes, self._asking_for)
        finally:
            student.close()

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
        parameters = _parameters(item)
        ours = {
            "asking": lambda: self._asking_for(_checks_of(item)),
            "record_measured": lambda: self._measured,
        }
        names = item._fixtureinfo.argnames  # type: ignore[attr-defined]
        return {name: parameters[name] if name in parameters else ours[name]() for name in names}

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
        lost = self._gathered.record(_checks_of(item)).lost(_marks(item).get("needs", ()))
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
        check = as_check(_name(item), float(_marks(item)["weight"]), error, self._measured)
        self._gathered.record(_checks_of(item)).remember(check, error)
        return check


def _run_by_protocol(item: pytest.Item, following: pytest.Item | None) -> None:
    item._initrequest()  # type: ignore[attr-defined]
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=following, log=True)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _function_of(item: pytest.Item) -> Callable[..., None]:
    function: Callable[..., None] = getattr(_checks_of(item)(), item.originalname)  # type: ignore[attr-defined]
    return function


def _parameters(item: pytest.Item) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec else {}


def _topic_name(item: pytest.Item) -> str:
    return Path(item.path).stem.removeprefix("test_")


def _checks_of(item: pytest.Item) -> type[TaskChecks]:
    return item.cls  # type: ignore[attr-defined]


def _marks(item: pytest.Item) -> Mapping[str, Any]:
    mark = item.get_closest_marker("check")
    return mark.kwargs if mark else {"weight": 1}


def _name(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def _has_problem(item: pytest.Item) -> bool:
    """Whether a parametrised check has a problem to run on; a task may have no edge cases."""
    parameters = _parameters(item)
    return all(isinstance(parameters[name], Spec) for name in _SPECS.keys() & parameters.keys())


def _order(item: pytest.Item) -> tuple[str, int, int]:
    """Order checks by topic, by task as written, and within a task by stage."""
    first_line = inspect.getsourcelines(_checks_of(item))[1]
    stage = _name(item).partition("[")[0]
    return str(item.path), first_line, _STAGES.index(stage)
