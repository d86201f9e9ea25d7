"""Answer one question: build the problem, call the student's function, say what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from graders.limits import ANSWER_ROOM_BYTES
from graders.meter import Counted, Meter
from graders.sandbox.call import Call
from graders.sandbox.channel import Frame
from graders.sandbox.given import Given, given, run, tensors_in
from graders.sandbox.problem import Problems
from graders.sandbox.values import NOT_SENT, decode, encode
from graders.sandbox.worker.cells import describe, time_limit
from graders.sandbox.worker.readymade import refusing

# Manners are looked at on the small problems; to compare a million numbers takes a while.
_MAX_WATCHED = 10_000


@dataclass(frozen=True)
class Question:
    """What the judge asks: a call, on problems drawn with this seed or on `data` of its own."""

    call: Call
    problems: Problems
    seed: int
    cpu_seconds: float
    files: frozenset[str]
    room: int = ANSWER_ROOM_BYTES
    data: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, frame: Frame, problems: Mapping[str, Problems], files: frozenset[str]) -> Question:
        """Read the frame of a call; `files` are the names of the student's cells."""
        header = frame.header
        data = header["data"] and decode(header["data"], frame.payload)
        call = Call.from_json(header["call"])
        seed, cpu_seconds, room = header["seed"], header["cpu_seconds"], header["room"]
        return cls(call, problems[call.topic], seed, cpu_seconds, files, room, data)

    def given(self) -> Given:
        """Make the arguments."""
        if self.data is None:
            return given(self.call, self.problems, self.seed)
        tensors = tuple((f"argument {i + 1}", one) for i, one in enumerate(tensors_in(self.data)))
        return Given(self.data, {}, {}, tensors)


def answer(question: Question, namespace: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Call the student's function and describe the outcome as a JSON header and a payload.

    A metered call is described by what it cost; its value stays here.
    """
    call = question.call
    function = namespace.get(call.function)
    if not callable(function):
        return {"outcome": "missing"}, b""
    _switch_back()
    try:
        arguments = question.given()
    except Exception as error:
        return {"outcome": "unbuilt", "raised": describe(error, question.files)}, b""
    meter = _meter(question, arguments)
    before = [] if meter else _snapshots(arguments)
    metered = meter or nullcontext()
    try:
        with time_limit(question.cpu_seconds), refusing(call.not_allowed), metered:
            result = run(function, call, question.problems, arguments, question.seed)
    except BaseException as error:
        header: dict[str, Any] = {"outcome": "raised", "raised": describe(error, question.files)}
        payload = b""
    else:
        # Who asks for the cost has asked for the values before, at sizes fit for comparing.
        tree, payload = (NOT_SENT, b"") if meter else encode(result, question.room)
        header = {"outcome": "returned", "value": tree}
    header["touched"] = [trace for snapshot in before for trace in snapshot.traces()]
    header["counted"] = arguments.counts()
    if meter is not None:
        header["measured"] = asdict(meter.measured())
    return header, payload


def _switch_back() -> None:
    """Undo what cells or an earlier call left switched on for all of torch.

    Otherwise a wrong answer to one task would cost points of another.
    """
    torch.set_grad_enabled(True)
    torch.set_default_device(None)
    torch.set_autocast_enabled("cpu", False)


def _meter(question: Question, arguments: Given) -> Meter | None:
    limits = question.call.limits
    if limits is None:
        return None
    func: Counted | None = next(iter(arguments.counted.values()), None)
    return Meter(
        question.files.__contains__,
        limits.largest_bytes,
        limits.produced_bytes,
        limits.operations,
        func,
    )


def _snapshots(arguments: Given) -> list[_Snapshot]:
    return [
        _Snapshot.take(name, tensor)
        for name, tensor in arguments.tensors
        if tensor.numel() <= _MAX_WATCHED and not tensor.is_meta
    ]


@dataclass(frozen=True)
class _Snapshot:
    """How one of the caller's tensors looked before the call."""

    name: str
    tensor: Tensor
    numbers: Tensor
    requires_grad: bool
    gradient: Tensor | None

    @classmethod
    def take(cls, name: str, tensor: Tensor) -> _Snapshot:
        gradient = tensor.grad if tensor.is_leaf else None
        kept = None if gradient is None else gradient.detach().clone()
        return cls(name, tensor, tensor.detach().clone(), tensor.requires_grad, kept)

    def traces(self) -> Iterator[list[str]]:
        """Name what the call did to the tensor."""
        if not torch.equal(self.tensor.detach(), self.numbers):
            yield ["values", self.name]
        if self.tensor.requires_grad != self.requires_grad:
            yield ["marked" if self.tensor.requires_grad else "unmarked", self.name]
        left = self.tensor.grad if self.tensor.is_leaf else None
        if self.gradient is not None and (left is None or not bool(left.any())):
            yield ["old grad", self.name]
        elif left is not None and (
            self.gradient is None or not torch.equal(left.detach(), self.gradient)
        ):
            yield ["grad", self.name]
