"""Answer sheets: what the solution and the known mistakes give, as data.

Students get the graders without solutions; a sheet stands in for them. A sheet belongs to one
topic and one seed, and is a safetensors file: for each call its value or outcome as `as_data` takes
it apart, and the tensors of all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save_file
from torch import Tensor

from graders.checks.as_data import (
    key_of_call,
    outcome_from_data,
    outcome_to_data,
    value_from_data,
    value_to_data,
)
from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call

_VALUES, _OUTCOMES = "values", "outcomes"


def sheet_file(topic: Topic, seed: int) -> Path:
    """Name the sheet of a topic for a seed, whether there is one or not."""
    return topic.course / "sheets" / topic.assignment / f"{topic.name}-{seed}.safetensors"


@dataclass(frozen=True)
class AnswerSheet:
    """Answers calls from a file; what it does not hold was never to be asked."""

    path: Path
    entries: Mapping[str, Mapping[str, Any]]
    # Left open: the list of tensors, which is long, is read whenever a file is opened.
    file: Any

    @classmethod
    def read(cls, path: Path) -> AnswerSheet:
        """Read what a sheet holds, but for its tensors; CourseError where it is broken."""
        try:
            file = safe_open(path, "pt")
            entries = json.loads((file.metadata() or {})["trees"])
            return cls(path, {kind: entries[kind] for kind in (_VALUES, _OUTCOMES)}, file)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            raise CourseError(
                f"the answer sheet {path} is damaged; install the kit again"
            ) from None

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call; CourseError where the sheet does not say."""
        data = self._found(_VALUES, key_of_call(call))
        return value_from_data(data, self._tensors(data))

    def outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake returns or raises for a call."""
        data = self._found(_OUTCOMES, key_of_call(call, mistake.name))
        return outcome_from_data(data, self._tensors(data))

    def _found(self, kind: str, key: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.entries[kind][key]
        except KeyError:
            raise CourseError(
                f"the answer sheet {self.path.name} is not of this course; install the kit again"
            ) from None
        return found

    def _tensors(self, data: Mapping[str, Any]) -> dict[str, Tensor]:
        names = enumerate(data.get("tensors", ()))
        return {str(i): self.file.get_tensor(name) for i, name in names}


def write_sheet(
    path: Path,
    values: Mapping[Call, Any],
    outcomes: Mapping[tuple[str, Call], Returned | Raised],
) -> None:
    """Write a sheet of expected values and of what known mistakes, by name, give."""
    tensors: dict[str, Tensor] = {}
    entries = {
        _VALUES: {
            key_of_call(call): _entry(*value_to_data(value), tensors)
            for call, value in values.items()
        },
        _OUTCOMES: {
            key_of_call(call, name): _entry(*outcome_to_data(outcome), tensors)
            for (name, call), outcome in outcomes.items()
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"trees": json.dumps(entries)})


def _entry(data: dict[str, Any], payload: bytes, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Put the tensors of one entry among those of all, and keep under which names."""
    own = load(payload) if payload else {}
    names = [str(len(tensors) + i) for i in range(len(own))]
    tensors.update(zip(names, (own[str(i)] for i in range(len(own))), strict=True))
    return {**data, "tensors": names}
