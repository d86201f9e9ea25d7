"""Verdicts on disk, found by what was judged: the same work is never done twice, and none is lost.

A verdict depends on the bytes handed in, the graders, the reference solution, the seed, the
isolation asked for and the version of torch. Its key is a hash of all of these.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from graders.course import Topic
from graders.course.topics import hidden_folder
from graders.course.whole_files import write_whole
from graders.judge.verdict import Verdict
from graders.sandbox.processes import Isolation

FOLDER = ".dojo"
_PACKAGE = Path(__file__).resolve().parent.parent
# What has a part in judging; who shows a verdict, or stores it, has none.
_DECIDING = ("course", "limits.py", "meter", "sandbox", "checks", "judge")


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
    parts = [digest, graders_fingerprint(topic), ruling.seed, ruling.isolation, version("torch")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def graders_fingerprint(topic: Topic) -> str:
    """Hash what decides on submissions of a topic: the judge, its hidden tests, its reference.

    Of other topics, only their problems have a part in it: some are asked by several topics. So
    has what stands right in the folder of an assignment.
    """
    files = [topic.source, topic.solution]
    files += [path for part in _DECIDING for path in _modules(_PACKAGE / part)]
    hidden = hidden_folder(topic.course)
    files += [
        path
        for path in _modules(hidden)
        if topic.hidden in path.parents or _is_shared(path.relative_to(hidden))
    ]
    digest = hashlib.sha256(topic.path.encode())
    for path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"\0{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_shared(path: Path) -> bool:
    """Whether several topics may use it: problems, and what stands right in an assignment."""
    return len(path.parts) <= 2 or "problems" in path.with_suffix("").parts


def _modules(place: Path) -> list[Path]:
    return [place] if place.suffix else sorted(place.rglob("*.py"))
