"""One hash of all code that decides on the answers to a topic: what it named before still holds."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from graders.course import Topic
from graders.course.topics import hidden_folder

_PACKAGE = Path(__file__).resolve().parent.parent
# What has a part in judging; who shows a verdict, or stores it, has none.
_DECIDING = ("course", "limits.py", "meter", "sandbox", "checks", "judge")


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
