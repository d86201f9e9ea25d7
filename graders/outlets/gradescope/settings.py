"""What a zip was made for, as it is written into it and read again by what runs there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

SETTINGS = "autograder.json"


@dataclass(frozen=True)
class Settings:
    """The assignment, and the seed of its problems."""

    assignment: str
    seed: int

    def to_json(self) -> str:
        """Write them for the zip."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, source: Path) -> Settings:
        """Read them from the unpacked zip."""
        return cls(**json.loads((source / SETTINGS).read_text(encoding="utf-8")))
