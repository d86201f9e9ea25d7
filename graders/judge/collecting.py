"""Collect the hidden tests as pytest items: one for each check of a task and problem, in order."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graders.judge.checks import TaskChecks
from graders.judge.problem import Spec

_STAGES = (
    *("exists", "runs", "shape", "dtype", "values", "inputs"),
    *("refuses", "edge", "memory", "passes", "large"),
)
_SPECS: dict[str, Callable[[Any], list[Spec]]] = {
    "spec": lambda checks: [spec for spec in checks.problems if spec.core],
    "edge": lambda checks: [spec for spec in checks.problems if not spec.core],
    "refused": lambda checks: list(checks.refused),
}


class Collecting:
    """The pytest plugin that collects the hidden tests of some topics."""

    def __init__(self, topics: Collection[str]) -> None:
        """Keep the tests of the topics named."""
        self._topics = topics
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
        wanted = [item for item in items if topic_name(item) in self._topics]
        items[:] = [item for item in wanted if _has_problem(item)]
        items.sort(key=_order)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a test file could not be read, for whoever has to mend it."""
        if report.failed and not self.not_collected:
            last = report.longreprtext.strip().splitlines()[-1]
            self.not_collected = f"{report.nodeid}: {last}"


def parameters(item: pytest.Item) -> dict[str, Any]:
    """Give the values that a parametrised test is called with."""
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec else {}


def topic_name(item: pytest.Item) -> str:
    """Name the topic of a test file."""
    return Path(item.path).stem.removeprefix("test_")


def checks_of(item: pytest.Item) -> type[TaskChecks]:
    """Give the class of checks that a test belongs to."""
    return item.cls  # type: ignore[attr-defined]


def marks(item: pytest.Item) -> Mapping[str, Any]:
    """Give a check's weight and what it needs."""
    mark = item.get_closest_marker("check")
    return mark.kwargs if mark else {"weight": 1}


def check_name(item: pytest.Item) -> str:
    """Name a check as verdicts do."""
    return item.name.removeprefix("test_")


def _has_problem(item: pytest.Item) -> bool:
    """Whether a parametrised check has a problem to run on; a task may have no edge cases."""
    given = parameters(item)
    return all(isinstance(given[name], Spec) for name in _SPECS.keys() & given.keys())


def _order(item: pytest.Item) -> tuple[str, int, int]:
    """Order checks by topic, by task as written, and within a task by stage."""
    stage = check_name(item).partition("[")[0]
    checks: Any = checks_of(item)
    return str(item.path), _first_line(checks), _STAGES.index(stage)


@cache
def _first_line(checks: Any) -> int:
    return inspect.getsourcelines(checks)[1]
