"""What known mistakes gave, kept on this machine: to run them all again takes seconds.

It only names what is wrong: expected values are computed anew by whoever grades others. They are
kept beside for whoever practises, and waits for the first verdict. A file belongs to one topic, one
seed and one state of the graders, and is found by a hash of these. Where it can be neither read nor
written, everything is computed.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load

from graders.checks.as_data import key_of_call, outcome_from_data, outcome_to_data
from graders.checks.fingerprint import graders_fingerprint
from graders.checks.mistakes import Mistake
from graders.checks.solution import Solution
from graders.course import Topic
from graders.course.digests import digest_of
from graders.course.parts import part_name
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.channel import ChannelError
from graders.sandbox.problem import Problems

_KEPT_DAYS = 30
# A file has up to 12 MB, and whoever writes a lesson makes one with each change.
_KEPT_FILES = 8
# Among the names of mistakes, none of which is empty.
_REFERENCE = ""
# Another process writes for less than a millisecond.
_BUSY_SECONDS = 0.5
_TABLE = "CREATE TABLE IF NOT EXISTS outcomes (key TEXT PRIMARY KEY, data TEXT, tensors BLOB)"


def kept_file(topic: Topic, seed: int) -> Path | None:
    """Name the file of a topic and a seed: the seed of a class is not to be read off it.

    None where the graders cannot be read, or nobody's home is known: platformdirs asks the system
    for its users, which not every system has.
    """
    try:
        from platformdirs import user_cache_path

        folder = user_cache_path("second-derivatives-dojo", appauthor=False) / "outcomes"
        parts = [graders_fingerprint(topic), seed, version("torch"), platform.machine()]
    except (OSError, RuntimeError, ImportError):
        return None
    name = f"{topic.assignment}-{topic.name}-{digest_of(parts)[:32]}.sqlite"
    return folder / name if folder.is_absolute() else None


class KeptOutcomes:
    """Outcomes in an SQLite file, safe to use from many processes at once; never a reason to fail.

    None of its methods raises: what the file cannot do is not done.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; of the topic's others, what is old or too much is deleted."""
        self._connection: sqlite3.Connection | None = None
        self._process = os.getpid()
        try:
            self._open(path)
        except (OSError, sqlite3.Error):
            self._give_up()

    def _open(self, path: Path) -> None:
        # What a mistake gives where it does no harm is the right answer.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _delete_unused(path)
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        # A file that a power cut breaks is a file less.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(_TABLE)

    def get(self, name: str, call: Call) -> Returned | Raised | None:
        """Give what a mistake of this name gave for a call; None where that is not known."""
        connection = self._usable()
        if connection is None:
            return None
        query = "SELECT data, tensors FROM outcomes WHERE key = ?"
        try:
            found = connection.execute(query, [key_of_call(call, name)]).fetchone()
            if found is None:
                return None
            data, payload = found
            return outcome_from_data(json.loads(data), load(payload) if payload else {})
        except (sqlite3.Error, SafetensorError, ChannelError, ValueError, KeyError, TypeError):
            self._give_up()
            return None

    def put(self, name: str, call: Call, outcome: Returned | Raised) -> None:
        """Keep what a mistake of this name gave for a call."""
        connection = self._usable()
        if connection is None:
            return
        data, payload = outcome_to_data(outcome)
        row = [key_of_call(call, name), json.dumps(data), payload]
        try:
            connection.execute("INSERT OR IGNORE INTO outcomes VALUES (?, ?, ?)", row)
        except sqlite3.Error:
            self._give_up()

    def _usable(self) -> sqlite3.Connection | None:
        """Give the connection, but not to a fork of the process that opened it."""
        return self._connection if self._process == os.getpid() else None

    def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


class SolutionWithKeptOutcomes:
    """Answers calls by running the solution, and known mistakes by looking them up where it can.

    For practice, what the solution gives is looked up, too.
    """

    def __init__(
        self, topic: Topic, problems: Problems, seed: int, *, practice: bool = False
    ) -> None:
        """Open the topic's file when the first is asked for that may stand in it.

        CourseError where the solution is of no use.
        """
        self._load = partial(Solution, topic, problems, seed)
        self._practice = practice
        self._catalogue = part_name(topic, "mistakes")
        # Taken where the modules have just been loaded: a file may be edited while they are used.
        self._file = kept_file(topic, seed)
        # A file of this state of the solution is there, so it was of use.
        is_known = practice and self._file is not None and self._file.is_file()
        self._loaded = None if is_known else self._load()
        self._kept: KeptOutcomes | None = None

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call, detached."""
        if not self._practice:
            return self._solution.value(call)
        found = self._kept_or(_REFERENCE, call, lambda: Returned(self._solution.value(call)))
        assert isinstance(found, Returned)
        return found.value

    def outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake returns or raises for a call."""
        if mistake.function.__module__ != self._catalogue:
            return self._solution.outcome(mistake, call)
        return self._kept_or(mistake.name, call, lambda: self._solution.outcome(mistake, call))

    @property
    def _solution(self) -> Solution:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _kept_or(
        self, name: str, call: Call, compute: Callable[[], Returned | Raised]
    ) -> Returned | Raised:
        if self._file is None:
            return compute()
        if self._kept is None:
            self._kept = KeptOutcomes(self._file)
        outcome = self._kept.get(name, call)
        if outcome is None:
            outcome = compute()
            self._kept.put(name, call, outcome)
        return outcome


def _delete_unused(path: Path) -> None:
    """Mark this file as used; of the same topic, keep the last few that were within a month."""
    topic = path.name.rpartition("-")[0]
    path.touch()
    others = path.parent.glob(f"{topic}-*.sqlite")
    ages = {other: time.time() - other.stat().st_mtime for other in others}
    for place, other in enumerate(sorted(ages, key=lambda one: ages[one])):
        if other != path and (place >= _KEPT_FILES or ages[other] > _KEPT_DAYS * 86400):
            other.unlink(missing_ok=True)
