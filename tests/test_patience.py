"""Our own work on what was handed in ends, whatever pattern or loop it is in."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from graders.course import topic
from graders.course.notebook import without_our_magics
from graders.course.patience import TookTooLongError, within
from graders.course.submission import Cell, Submission


def for_ever() -> None:
    while True:
        pass


def a_pattern_that_doubles() -> None:
    re.match(r"(a|a)*b", "a" * 100)


def what_catches_every_exception() -> None:
    while True:
        with suppress(Exception):
            for_ever()


@pytest.mark.parametrize(
    "work",
    [for_ever, a_pattern_that_doubles, what_catches_every_exception],
    ids=lambda work: work.__name__,
)
def test_work_is_stopped_wherever_it_is_and_named(work: Callable[[], None]) -> None:
    said = "reading x took more than 0.05 seconds of the proc"
    with pytest.raises(TookTooLongError, match=said), within(0.05, "reading x"):
        work()
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_work_that_ends_in_time_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with within(5.0, "it"):
        assert sum(range(1000)) == 499_500
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_a_limit_within_a_limit_ends_alone_and_gives_the_rest_back() -> None:
    with within(60.0, "the page"):
        with pytest.raises(TookTooLongError, match="a cell"), within(0.05, "a cell"):
            for_ever()
        assert 0 < signal.getitimer(signal.ITIMER_PROF)[0] < 60


def test_a_longer_limit_within_a_shorter_one_does_not_hold_it_up() -> None:
    def two_cells() -> None:
        with suppress(TookTooLongError), within(60.0, "a cell"):
            for_ever()
        for_ever()

    with pytest.raises(TookTooLongError, match="the page"), within(0.1, "the page"):
        two_cells()


def test_outside_of_the_main_thread_nothing_is_stopped() -> None:
    done: list[int] = []

    def work() -> None:
        with within(1e-6, "it"):
            done.append(sum(range(100_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [4_999_950_000]


@pytest.mark.parametrize("source", ["\n" * 10**6, " \n" * 500_000, " " * 10**6, "%" * 10**6])
def test_our_magics_are_looked_for_in_one_go(source: str) -> None:
    with within(5.0, "looking for magics"):
        assert without_our_magics(source) == source


def test_thousands_of_lines_are_found_in_thousands_of_cells_of_one_name() -> None:
    cells = [Cell("cell x", "a = 1\n" * 100)] * 2000
    submission = Submission.of(topic("hessian"), cells)
    with within(20.0, "finding lines"):
        for number in range(2000):
            assert submission.place("<cell x>", 10**9 + number) is not None
