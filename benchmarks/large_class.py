"""What one more student costs where many are graded already, and a run that finds nothing to do.

A class of a few is graded for real and then copied until it is as large as asked for
(`growth.py`). New students hand in what is judged already, so that the time of a run is that of
looking through the class, and of writing the new ones.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import postgresql
from benchmarks.growth import Growth
from benchmarks.measures import DOJO, Scale, a_folder, environment, memory_of_children
from benchmarks.result import Result, ratio, seconds, skipped
from benchmarks.submissions import ASSIGNMENT, make_class

_TOLD = ("students", "judged", "written", "unchanged")


@dataclass(frozen=True)
class Measured:
    """The times of runs over a class of one size: nothing changed, before and after, and some new.

    `memory` is the most that all processes took together, in bytes.
    """

    students: int
    new: int
    nothing_changed: tuple[float, float]
    with_new: float
    memory: float

    @property
    def each(self) -> float:
        """What a new student costs. The runs on both sides are slowed down as much as it is."""
        return (self.with_new - statistics.mean(self.nothing_changed)) / self.new


def on_sqlite(scale: Scale) -> list[Result]:
    """(i) What one more student costs in very large classes, the gradebook in a file."""
    return _figures("SQLite", _measure(scale, ""))


def on_postgresql(scale: Scale) -> list[Result]:
    """(j) The same with the gradebook on a PostgreSQL server on this machine."""
    place = postgresql.programs()
    if place is None or importlib.util.find_spec("psycopg") is None:
        return [skipped("a gradebook on PostgreSQL", "there is no server here, or no psycopg")]
    with postgresql.server(place) as url:
        note = "the server's memory is counted, too"
        return _figures("PostgreSQL", _measure(scale, f"c.CourseDirectory.db_url = {url!r}"), note)


def _figures(kind: str, measured: Sequence[Measured], note: str = "") -> list[Result]:
    found = []
    for one in measured:
        name = f"{kind}, {one.students} students"
        about: dict[str, list[float]] = {"students": [one.students], "new": [one.new]}
        about["with_new"] = [one.with_new]
        found += [
            Result(f"{name}, one more", "s/student", (one.each,), details=about),
            Result(f"{name}, nothing changed", "s", one.nothing_changed, details=about),
            Result(f"{name}, all processes", "GB", (one.memory / 1e9,), "under 3", note),
        ]
    first, last = measured[0], measured[-1]
    name = f"{kind}, one more beside {last.students} against beside {first.students}"
    return [*found, ratio(name, [last.each], [first.each], "at most 1.15")]


def _measure(scale: Scale, settings: str) -> list[Measured]:
    found = []
    with a_folder() as place:
        folder = place / "class"
        with _told(f"made and graded a class of {scale.models}"):
            make_class(folder, scale.models, settings=settings)
            _grade(folder, scale.jobs, students=scale.models, written=scale.models)
        growth = Growth(folder)
        for size in scale.large:
            with _told(f"let the class grow to {size}"):
                growth.to(size)
            found.append(_one_size(folder, growth, scale))
            _say(f"beside {size} one more takes {found[-1].each:.3f} s; {found[-1]}")
    return found


def _one_size(folder: Path, growth: Growth, scale: Scale) -> Measured:
    size, new, jobs = growth.size, scale.new, scale.jobs
    with memory_of_children() as peak:
        # That the copies count as graded shows that nothing is missing of them.
        before = _grade(folder, jobs, students=size, unchanged=size)
        growth.hand_in(new)
        some = _grade(folder, jobs, students=size + new, unchanged=size, written=new)
        after = _grade(folder, jobs, students=size + new, unchanged=size + new)
    return Measured(size, new, (before, after), some, max(peak))


def _grade(folder: Path, jobs: int, **expected: int) -> float:
    """Time a whole run; RuntimeError where something else was done than was to be."""
    command = [*DOJO, "grade", ASSIGNMENT, "--jobs", str(jobs), "--json"]
    outcome: dict[str, Any] = {}

    def run() -> None:
        done = subprocess.run(
            command, cwd=folder, env=environment(), capture_output=True, check=True, text=True
        )
        outcome.update(json.loads(done.stdout))

    took = seconds(run)
    # The models are judged once; from then on all verdicts are known.
    names = [name for name in _TOLD if name != "judged" or "unchanged" in expected]
    told = {name: outcome[name] for name in names}
    if told != {name: expected.get(name, 0) for name in names} or outcome["failed"]:
        raise RuntimeError(f"not {expected}, but {told}; failed: {outcome['failed']}"[:1000])
    return took


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say on stderr what has been done and how long it took."""
    start = time.monotonic()
    yield
    _say(f"{what} in {time.monotonic() - start:.0f} s")


def _say(sentence: str) -> None:
    print(f"        {sentence}", file=sys.stderr, flush=True)
