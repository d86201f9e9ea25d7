"""Print the lowest versions that pyproject.toml allows, as constraints for `pip install -c`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
# A name with extras, a bound, and the system that it is for.
_BOUND = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)( *;.+)?")


def lowest(text: str) -> Iterator[str]:
    """Give each requirement of the course at its bound; its tools ("dev") have none."""
    # Python 3.10 reads no TOML.
    needed = text[text.index("\ndependencies = [") : text.index("\ndev = [")]
    for requirement in re.findall(r'"([^"]+)"', needed):
        found = _BOUND.fullmatch(requirement)
        if found is None:
            raise SystemExit(f"pyproject.toml: {requirement!r} has no lower bound alone")
        name, version, system = found.groups("")
        yield f"{name}=={version}{system}"


if __name__ == "__main__":
    print(*lowest(PYPROJECT.read_text(encoding="utf-8")), sep="\n")
