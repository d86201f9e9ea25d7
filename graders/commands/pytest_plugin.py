"""For whoever likes pytest: `pytest --topic hvp`, `pytest graders/hidden --submission PATH`.

An entry point of the package brings this in as a plugin. Every check is an item of its own: a file
of hidden tests is collected as its tasks, and a task as its checks.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from graders.checks.stage import Check
    from graders.checks.task import TaskChecks
    from graders.course import Topic
    from graders.judge.judgement import Judgement

_EXPLANATION = (
    "the hidden graders judge a submission, so say which: "
    "pytest --topic hvp (your exercise) or pytest graders/hidden --submission PATH"
)
_JUDGING = pytest.StashKey["Judging"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is to be judged."""
    group = parser.getgroup("dojo", "judging a submission")
    group.addoption("--topic", metavar="NAME", help="judge this topic, by default your exercise")
    group.addoption(
        "--submission", metavar="PATH", help="judge this notebook or script; its name is the topic"
    )
    group.addoption("--seed", type=int, default=0, help="draw other numbers for the checks")
    group.addoption(
        "--reveal", action="store_true", help="show expected values, as --topic alone always does"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find the submission that is to be judged, if one is asked for."""
    if config.option.topic is None and config.option.submission is None:
        if any(_is_hidden(_path_of(argument, config)) for argument in config.args):
            raise pytest.UsageError(_EXPLANATION)
        return
    judging = Judging(config)
    if not any(_is_hidden(_path_of(argument, config)) for argument in config.args):
        config.args = [str(judging.topic.test_file)]
        config.args_source = pytest.Config.ArgsSource.ARGS
    config.stash[_JUDGING] = judging


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass by hidden graders where nothing was handed in for them."""
    if not _is_hidden(collection_path):
        return None
    judging = config.stash.get(_JUDGING, None)
    if judging is None:
        return True
    return (
        True if collection_path.is_file() and collection_path != judging.topic.test_file else None
    )


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, Any]:
    """Collect a file of hidden tests as its tasks, in place of what pytest makes of it."""
    found = yield
    judging = parent.config.stash.get(_JUDGING, None)
    if judging is None or file_path != judging.topic.test_file:
        return found
    return [TopicFile.from_parent(parent, path=file_path)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End what judging has started."""
    judging = session.config.stash.get(_JUDGING, None)
    if judging is not None:
        judging.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what `dojo check` would say, below pytest's own list."""
    judging = terminalreporter.config.stash.get(_JUDGING, None)
    if judging is not None and judging.said:
        terminalreporter.section("verdict")
        terminalreporter.write(judging.said)


class Judging:
    """One submission to judge; judging begins with the first check that runs."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the submission; UsageError, with a clear sentence, where that is impossible."""
        from graders.course import CourseError, topic
        from graders.course.submission import UnreadableSubmissionError, read_submission
        from graders.learners.workplace import find_workplace

        options = config.option
        path = Path(options.submission).absolute() if options.submission else None
        try:
            self.topic: Topic = topic(options.topic or Path(options.submission).stem)
            exercise = path or find_workplace().exercise(self.topic)
            self.submission = read_submission(exercise, self.topic)
        except CourseError as error:
            hint = "" if options.topic else "; name the topic with --topic"
            raise pytest.UsageError(f"{error}{hint}") from None
        except UnreadableSubmissionError as error:
            raise pytest.UsageError(str(error)) from None
        self.said = ""
        self._reveal = options.reveal or path is None
        self._seed = options.seed
        self._open = ExitStack()
        self._judgement: Judgement | None = None

    def judgement(self) -> Judgement:
        """Give the submission as it is being judged."""
        from graders.judge.session import Session

        if self._judgement is None:
            session = self._open.enter_context(Session())
            self._isolation = session.launcher.isolation
            self._judgement = self._open.enter_context(
                session.judgement(self.submission, seed=self._seed, reveal=self._reveal)
            )
        return self._judgement

    def close(self) -> None:
        """Form the verdict on what was checked, and end the session."""
        from graders.outlets.terminal import to_plain, verdict_lines

        if self._judgement is not None:
            verdict = self._judgement.verdict(self._isolation)
            self.said = to_plain(verdict_lines(verdict, self.submission))
        self._open.close()


class TopicFile(pytest.File):
    """A file of hidden tests, collected as its tasks."""

    def collect(self) -> Iterator[TaskNode]:
        """List the tasks that the file declares."""
        from graders.judge.declared import declared_tasks
        from graders.sandbox.processes import GraderFaultError

        try:
            tasks = declared_tasks(self.config.stash[_JUDGING].topic)
        except GraderFaultError as error:
            raise self.CollectError(str(error)) from None
        for task in tasks:
            yield TaskNode.of(self, task)


class TaskNode(pytest.Collector):
    """A task, collected as its checks."""

    task: TaskChecks

    @classmethod
    def of(cls, parent: TopicFile, task: TaskChecks) -> TaskNode:
        """Make the node of a task."""
        node: TaskNode = cls.from_parent(parent, name=task.name)
        node.task = task
        return node

    def collect(self) -> Iterator[CheckItem]:
        """List the checks of the task."""
        for check in self.task.checks():
            yield CheckItem.of(self, check)


class CheckItem(pytest.Item):
    """One check."""

    check: Check
    task: TaskChecks

    @classmethod
    def of(cls, parent: TaskNode, check: Check) -> CheckItem:
        """Make the item of a check."""
        item: CheckItem = cls.from_parent(parent, name=check.name)
        item.check, item.task = check, parent.task
        return item

    def runtest(self) -> None:
        """Run it; its sentence takes the place of a traceback."""
        found = self.config.stash[_JUDGING].judgement().run(self.task, self.check)
        if found.status == "skipped":
            pytest.skip(found.message)
        if found.status != "passed":
            raise _NotPassed(found.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what the student is told, and nothing of how it was found."""
        if isinstance(excinfo.value, _NotPassed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the check in pytest's own list."""
        return self.path, None, f"{self.task.name}: {self.name}"


class _NotPassed(Exception):  # noqa: N818 - a result, not an error of the program
    """A check that failed, with its sentence."""


def _path_of(argument: str, config: pytest.Config) -> Path:
    return Path(config.invocation_params.dir, argument.partition("::")[0]).absolute()


def _is_hidden(path: Path) -> bool:
    from graders.course import root
    from graders.course.topics import hidden_folder

    hidden = hidden_folder(root())
    return path == hidden or hidden in path.parents
