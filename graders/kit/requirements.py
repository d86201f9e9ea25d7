"""What a kit needs besides itself, with the versions that the course was tried with."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_DISTRIBUTION = "second-derivatives-dojo"
_EXTRA = "lessons"


def pinned(constraints: Path) -> list[str]:
    """List the lines of a constraints file that the course and its lessons need, all the way down.

    What another system needs besides is left to pip there.
    """
    lines = constraints.read_text(encoding="utf-8").splitlines()
    wanted = set(_needed(_DISTRIBUTION, {_DISTRIBUTION}))
    return [line for line in lines if line and line[0] != "#" and _name(line) in wanted]


def _needed(distribution: str, seen: set[str]) -> Iterator[str]:
    try:
        needs = [Requirement(text) for text in requires(distribution) or ()]
    except PackageNotFoundError:
        return
    for need in needs:
        name = canonicalize_name(need.name)
        if name not in seen and _holds(need):
            seen.add(name)
            yield name
            yield from _needed(name, seen)


def _holds(need: Requirement) -> bool:
    return need.marker is None or any(
        need.marker.evaluate({"extra": extra}) for extra in ("", _EXTRA)
    )


def _name(line: str) -> str:
    return canonicalize_name(Requirement(line).name)
