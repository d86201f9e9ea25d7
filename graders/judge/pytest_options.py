"""For whoever likes pytest: `pytest --topic hvp`, `pytest graders/hidden --submission PATH`.

A conftest brings this in as a plugin. It reads the options, points pytest at the hidden graders and
registers `Grading`, which runs them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HIDDEN = Path(__file__).resolve().parent.parent / "hidden"
_EXPLANATION = (
    "the hidden graders judge a submission, so say which: "
    "pytest --topic hvp (your exercise) or pytest graders/hidden --submission PATH"
)


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
    """Register the judging of a submission, if one is asked for."""
    if config.option.topic is None and config.option.submission is None:
        if any(_is_hidden(_path_of(argument, config)) for argument in config.args):
            raise pytest.UsageError(_EXPLANATION)
        return
    judging = _Judging(config)
    if not any(_is_hidden(_path_of(argument, config)) for argument in config.args):
        config.args = [str(judging.tests)]
        config.args_source = pytest.Config.ArgsSource.ARGS
    config.pluginmanager.register(judging.collecting, "dojo-collecting")
    config.pluginmanager.register(judging.grading, "dojo-grading")
    config.pluginmanager.register(judging, "dojo-judging")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass by the hidden graders where nothing was handed in for them."""
    is_asked = config.pluginmanager.has_plugin("dojo-grading")
    return True if _is_hidden(collection_path) and not is_asked else None


class _Judging:
    """One submission to judge, and its verdict in the summary."""

    def __init__(self, config: pytest.Config) -> None:
        from graders.course import CourseError, topic
        from graders.judge.collecting import Collecting
        from graders.judge.judging import launcher_for
        from graders.judge.pytest_plugin import Grading
        from graders.judge.submission import UnreadableSubmissionError, read_submission
        from graders.judge.verdict import Verdict
        from graders.learners.workplace import find_workplace

        options = config.option
        path = Path(options.submission).absolute() if options.submission else None
        try:
            found = topic(options.topic or Path(options.submission).stem)
            self.submission = read_submission(path or find_workplace().exercise(found), found)
        except CourseError as error:
            hint = "" if options.topic else "; name the topic with --topic"
            raise pytest.UsageError(f"{error}{hint}") from None
        except UnreadableSubmissionError as error:
            raise pytest.UsageError(str(error)) from None
        self.tests = HIDDEN / found.assignment / f"test_{found.name}.py"
        self.verdict: Verdict | None = None
        self.collecting = Collecting([found.name])
        reveal = options.reveal or path is None
        self.grading = Grading(launcher_for(), seed=options.seed, reveal=reveal)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the submission with what was collected."""
        if not session.config.option.collectonly and not session.testsfailed:
            self.verdict = self.grading.judge(self.submission, session.items, reports=True)
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what `dojo check` would say, below pytest's own list."""
        from graders.outlets.terminal import to_plain, verdict_lines

        if self.verdict is not None:
            terminalreporter.section("verdict")
            lines = verdict_lines(self.verdict, self.submission)
            terminalreporter.write(to_plain(lines))


def _path_of(argument: str, config: pytest.Config) -> Path:
    return Path(config.invocation_params.dir, argument.partition("::")[0]).absolute()


def _is_hidden(path: Path) -> bool:
    return path == HIDDEN or HIDDEN in path.parents
