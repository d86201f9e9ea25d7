"""Which of a lesson's two forms was edited: the one that is not what both last agreed on.

That text is remembered in .dojo/ whenever a build ends, and stands in git, too. A time stamp tells
nothing of the kind: whoever checks out a branch gives every file a new one.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

_RECORD = Path(".dojo", "agreed.json")
_WHY_NOT = (OSError, ValueError, AttributeError)

Digest = Callable[[Path, str], str]


def remember(course: Path, agreed: dict[str, str]) -> None:
    """Keep the hash of each lesson that both of its forms agree on; a help, and no more."""
    path = course / _RECORD
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(agreed, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError:
        return


def agreed_before(course: Path, name: str, path: Path, digest: Digest) -> Iterator[str]:
    """Give the hashes that a lesson is known to have had when its two forms agreed."""
    try:
        yield str(json.loads((course / _RECORD).read_text(encoding="utf-8"))[name])
    except (*_WHY_NOT, KeyError, TypeError):
        pass
    committed = _committed(course, path)
    if committed:
        try:
            yield digest(path, committed)
        except _WHY_NOT:
            return


def _committed(course: Path, path: Path) -> str:
    """Read a file as it was committed last; empty where there is no git, or no such file."""
    command = ["git", "-C", str(course), "show", f"HEAD:./{path.relative_to(course).as_posix()}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
