"""Answer sheets: what the solution and the known mistakes give, as data.

Students get the graders without solutions; a sheet stands in for them. A sheet belongs to one
topic and one seed, and is a safetensors file: for each call the tree of its value, in the words of
`graders.sandbox.values`, and the tensors that the trees name.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save_file
from torch import Tensor

from graders.checks.mistakes import Mistake
from graders.course import CourseError, Topic
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.values import Unsendable, decode_tree, encode

_VALUES, _OUTCOMES = "values", "outcomes"


def sheet_file(topic: Topic, seed: int) -> Path:
    """Name the sheet of a topic for a seed, whether there is one or not."""
    return topic.course / "sheets" / topic.assignment / f"{topic.name}-{seed}.safetensors"


@dataclass(frozen=True)
class AnswerSheet:
    """Answers calls from a file; what it does not hold was never to be asked."""

    path: Path
    trees: Mapping[str, Mapping[str, Any]]
    # Left open: the list of tensors, which is long, is read whenever a file is opened.
    file: Any

    @classmethod
    def read(cls, path: Path) -> AnswerSheet:
        """Read what a sheet holds, but for its tensors; CourseError where it is broken."""
        try:
            file = safe_open(path, "pt")
            trees = json.loads((file.metadata() or {})["trees"])
            return cls(path, {kind: trees[kind] for kind in (_VALUES, _OUTCOMES)}, file)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            raise CourseError(
                f"the answer sheet {path} is damaged; install the kit again"
            ) from None

    def value(self, call: Call) -> Any:
        """Give what the reference returns to a call; CourseError where the sheet does not say."""
        return self._decoded(self._found(_VALUES, _key(call)))

    def outcome(self, mistake: Mistake, call: Call) -> Returned | Raised:
        """Give what a known mistake returns or raises for a call."""
        found = self._found(_OUTCOMES, _key(call, mistake.name))
        if "raised" in found:
            return Raised(tuple(found["raised"]), found["message"])
        value = self._decoded(found)
        # What cannot be sent equals no answer; with the solution at hand it would not, either.
        return Returned(object() if isinstance(value, Unsendable) else value)

    def _found(self, kind: str, key: str) -> Any:
        try:
            return self.trees[kind][key]
        except KeyError:
            raise CourseError(
                f"the answer sheet {self.path.name} is not of this course; install the kit again"
            ) from None

    def _decoded(self, found: Mapping[str, Any]) -> Any:
        names = enumerate(found["tensors"])
        tensors = {str(i): self.file.get_tensor(name) for i, name in names}
        value = decode_tree(found["tree"], tensors)
        return namedtuple(found["name"], found["fields"])(*value) if "fields" in found else value


def write_sheet(
    path: Path,
    values: Mapping[Call, Any],
    outcomes: Mapping[tuple[str, Call], Returned | Raised],
) -> None:
    """Write a sheet of expected values and of what known mistakes, by name, give."""
    tensors: dict[str, Tensor] = {}
    trees = {
        _VALUES: {_key(call): _taken_apart(value, tensors) for call, value in values.items()},
        _OUTCOMES: {
            _key(call, name): _of_outcome(outcome, tensors)
            for (name, call), outcome in outcomes.items()
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"trees": json.dumps(trees)})


def _key(call: Call, name: str = "") -> str:
    return json.dumps([name, call.to_json()], sort_keys=True, separators=(",", ":"))


def _of_outcome(outcome: Returned | Raised, tensors: dict[str, Tensor]) -> dict[str, Any]:
    if isinstance(outcome, Raised):
        return {"raised": list(outcome.classes), "message": outcome.message}
    return _taken_apart(outcome.value, tensors)


def _taken_apart(value: Any, tensors: dict[str, Tensor]) -> dict[str, Any]:
    tree, payload = encode(value)
    own = load(payload) if payload else {}
    names = [str(len(tensors) + i) for i in range(len(own))]
    tensors.update(zip(names, (own[str(i)] for i in range(len(own))), strict=True))
    taken = {"tree": tree, "tensors": names}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        # What crosses from a worker is a plain tuple; what it is compared with names its parts.
        taken.update(name=type(value).__name__, fields=list(value._fields))
    return taken
