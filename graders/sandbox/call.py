"""One question to a student's function, as it crosses from the judge to the worker."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

from graders.limits import ANSWER_ROOM_BYTES
from graders.sandbox.spec import Arguments, Spec


@dataclass(frozen=True)
class MeterLimits:
    """Ask for the meter, and say when it stops a call.

    `largest_bytes` bounds a single tensor, `produced_bytes` all results of the call together, and
    `operations` their number.
    """

    largest_bytes: int
    produced_bytes: int
    operations: int


@dataclass(frozen=True)
class Call:
    """Call `function` with values of a problem of a topic, named by its path.

    `driver` names trusted code of the topic that runs round the function. `caps` bounds how often
    a callable argument may be called. `device` is where the problem's tensors lie. `draw` numbers
    calls that are alike but for the random numbers they see. `room` is how many bytes of tensors
    the answer may have.
    """

    topic: str
    function: str
    spec: Spec
    arguments: Arguments
    not_allowed: frozenset[str] = frozenset()
    limits: MeterLimits | None = None
    driver: str = ""
    caps: tuple[tuple[str, int], ...] = ()
    device: str = "cpu"
    draw: int = 0
    room: int = field(default=ANSWER_ROOM_BYTES, compare=False)

    def seed(self, of_problems: int) -> int:
        """Give the seed of torch's generator for this call, the same in the worker and the judge.

        It differs between problems, so that no two calls see the same random numbers.
        """
        return zlib.crc32(f"{self.spec}|{of_problems}|{self.draw}".encode())

    def to_json(self) -> dict[str, Any]:
        """Take the call apart into JSON."""
        limits = self.limits
        return {
            "topic": self.topic,
            "function": self.function,
            "problem": self.spec.name,
            "parameters": [list(pair) for pair in self.spec.parameters],
            "dtype": self.spec.dtype,
            "arguments": list(self.arguments.names),
            "keywords": list(self.arguments.keywords),
            "not_allowed": sorted(self.not_allowed),
            "limits": limits and [limits.largest_bytes, limits.produced_bytes, limits.operations],
            "driver": self.driver,
            "caps": [list(pair) for pair in self.caps],
            "device": self.device,
            "draw": self.draw,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Call:
        """Put a call together again."""
        return cls(
            data["topic"],
            data["function"],
            Spec(
                data["problem"],
                tuple((key, value) for key, value in data["parameters"]),
                data["dtype"],
            ),
            Arguments(tuple(data["arguments"]), tuple(data["keywords"])),
            frozenset(data["not_allowed"]),
            MeterLimits(*data["limits"]) if data["limits"] else None,
            data["driver"],
            tuple((name, cap) for name, cap in data["caps"]),
            data["device"],
            data["draw"],
        )
