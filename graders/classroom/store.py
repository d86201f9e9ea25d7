"""Verdicts on disk, found by what was judged: the same work is never done twice, and none is lost.

A verdict depends on the bytes handed in, the graders, the reference solution, the seed, the
isolation asked for and the version of torch. Its key is a hash of all of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from graders.checks.fingerprint import graders_fingerprint
from graders.course import Topic
from graders.course.digests import digest_of
from graders.course.whole_files import write_whole
from graders.judge.verdict import Verdict
from graders.sandbox.processes import Isolation

FOLDER = ".dojo"
_HEAD = 1000
_POINTS = re.compile(r'"score": (?P<score>[^,]+), "max_score": (?P<most>[^,]+), "tasks": \[')


@dataclass(frozen=True)
class Ruling:
    """How to judge: the seed, and the isolation asked for (None: the best there is)."""

    seed: int = 0
    isolation: Isolation | None = None


@dataclass(frozen=True)
class VerdictStore:
    """Verdicts as files in a folder; safe to read and write from many processes at once."""

    folder: Path

    @classmethod
    def of_course(cls, course_folder: Path) -> VerdictStore:
        """Give the store of a course folder."""
        return cls(course_folder / FOLDER / "verdicts")

    def get(self, key: str) -> Verdict | None:
        """Read a verdict; None where there is none, or where the file has been damaged."""
        try:
            return Verdict.from_json(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def points(self, key: str) -> tuple[float, float] | None:
        """Read what a verdict comes to, of how much; None where there is none, or not a whole one.

        It stands at the head of the file: whoever looks through a class need not build verdicts.
        """
        try:
            text = self._path(key).read_text(encoding="utf-8")
            found = _POINTS.search(text, 0, _HEAD) if text.endswith("}") else None
            return (float(found["score"]), float(found["most"])) if found else None
        except (OSError, ValueError):
            return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict, unless it says that the grader failed: that is worth another try."""
        if not verdict.needs_person:
            write_whole(self._path(key), verdict.to_json())

    def get_unreadable(self, key: str) -> str:
        """Read why there can be no verdict; empty where nothing is known."""
        try:
            return self._path(key, ".txt").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def put_unreadable(self, key: str, why: str) -> None:
        """Keep why a submission cannot be read."""
        write_whole(self._path(key, ".txt"), why)

    def _path(self, key: str, kind: str = ".json") -> Path:
        return self.folder / key[:2] / f"{key}{kind}"


def key_of(digest: str, topic: Topic, ruling: Ruling) -> str:
    """Name the verdict on a submission by all that it depends on; `digest` is the SHA-256 of it."""
    parts = [digest, graders_fingerprint(topic), ruling.seed, ruling.isolation, _torch()]
    return digest_of(parts)


@cache
def _torch() -> str:
    """Tell the version of torch; whoever asks for it reads a file each time."""
    return version("torch")
