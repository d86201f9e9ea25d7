"""Answer one question: build the problem, call the student's function, say what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from graders.judge.meter import Counted, Meter, counted
from graders.judge.problem import Spec, build
from graders.judge.values import NOT_SENT, encode
from graders.judge.worker.cells import describe, time_limit
from graders.judge.worker.readymade import refusing

# Manners are looked at on the small problems; to compare a million numbers takes a while.
_MAX_WATCHED = 10_000


@dataclass(frozen=True)
class Question:
    """What the judge asks: call `function` with these values of this problem."""

    function: str
    spec: Spec
    arguments: tuple[str, ...]
    not_allowed: frozenset[str]
    seed: int
    device: str
    cpu_seconds: float
    limits: tuple[int, ...] | None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Question:
        """Read the header of a call frame."""
        parameters = tuple((key, value) for key, value in data["parameters"])
        return cls(
            data["function"],
            Spec(data["problem"], parameters, data["dtype"]),
            tuple(data["arguments"]),
            frozenset(data["not_allowed"]),
            data["seed"],
            data["device"],
            data["cpu_seconds"],
            tuple(data["limits"]) if data["limits"] else None,
        )


def answer(
    question: Question, namespace: dict[str, Any], files: frozenset[str]
) -> tuple[dict[str, Any], bytes]:
    """Call the student's function and describe the outcome as a JSON header and a payload.

    A metered call is described by what it cost; its value stays here.
    """
    function = namespace.get(question.function)
    if not callable(function):
        return {"outcome": "missing"}, b""
    problem = build(question.spec, seed=question.seed, device=question.device)
    arguments = problem.arguments(question.arguments)
    func: Counted | None = None
    if "func" in question.arguments:
        place = question.arguments.index("func")
        arguments[place] = func = counted(arguments[place])
    meter = _meter(question.limits, files, func)
    before = [] if meter else _snapshots(question, arguments)
    metered = meter or nullcontext()
    try:
        with time_limit(question.cpu_seconds), refusing(question.not_allowed), metered:
            result = function(*arguments)
    except BaseException as error:
        header: dict[str, Any] = {"outcome": "raised", "raised": describe(error, files)}
        payload = b""
    else:
        # Who asks for the cost has asked for the values before, at sizes fit for comparing.
        tree, payload = (NOT_SENT, b"") if meter else encode(result)
        header = {"outcome": "returned", "value": tree}
    header["touched"] = [trace for snapshot in before for trace in snapshot.traces()]
    if meter is not None:
        header["measured"] = asdict(meter.measured())
    return header, payload


def _meter(
    limits: tuple[int, ...] | None, files: frozenset[str], func: Counted | None
) -> Meter | None:
    if limits is None:
        return None
    largest, produced, operations = limits
    return Meter(files.__contains__, largest, produced, operations, func)


def _snapshots(question: Question, arguments: list[Any]) -> list[_Snapshot]:
    found = []
    for name, value in zip(question.arguments, arguments, strict=True):
        values = value if isinstance(value, (list, tuple)) else [value]
        tensors = [item for item in values if isinstance(item, Tensor)]
        found += [_Snapshot.take(name, item) for item in tensors if item.numel() <= _MAX_WATCHED]
    return found


@dataclass(frozen=True)
class _Snapshot:
    """How one of the caller's tensors looked before the call."""

    name: str
    tensor: Tensor
    numbers: Tensor
    requires_grad: bool

    @classmethod
    def take(cls, name: str, tensor: Tensor) -> _Snapshot:
        return cls(name, tensor, tensor.detach().clone(), tensor.requires_grad)

    def traces(self) -> Iterator[list[str]]:
        """Name what the call did to the tensor."""
        if not torch.equal(self.tensor.detach(), self.numbers):
            yield ["values", self.name]
        if self.tensor.requires_grad != self.requires_grad:
            yield ["requires_grad", self.name]
        if self.tensor.is_leaf and self.tensor.grad is not None:
            yield ["grad", self.name]
