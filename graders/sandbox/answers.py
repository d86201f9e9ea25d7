"""What came of a call to a student's function, as the judge holds it."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.course.submission import Place, Submission
from graders.limits import MAX_MESSAGE, MAX_PRINTED, MAX_TRACES
from graders.sandbox.channel import ChannelError, Frame
from graders.sandbox.processes import KILLED, End
from graders.sandbox.values import decode, plain_text

OUT_OF_TIME = "OutOfTimeError"
READY_MADE = "ReadyMadeRoutineError"


@dataclass(frozen=True)
class Returned:
    """The function returned; tensors are plain, dense and on the CPU."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """The function raised, at the student's own line if that is known."""

    classes: tuple[str, ...]
    message: str
    place: Place | None = None

    @property
    def kind(self) -> str:
        """Name the exception's class."""
        return self.classes[0] if self.classes else "Exception"


@dataclass(frozen=True)
class Ended:
    """The worker did not live to answer; `reason` is a sentence for the student."""

    reason: str


@dataclass(frozen=True)
class Unbuilt:
    """The worker could not make what the call hands over; `why` names what was raised."""

    why: str


@dataclass(frozen=True)
class Missing:
    """There is no such function."""


Outcome = Returned | Raised | Ended | Unbuilt | Missing


@dataclass(frozen=True)
class Answer:
    """The outcome of one call, what it did to the caller's tensors, and what it cost.

    `counted` says how often each function that was handed over was called; `largest_place` is the
    line that made the largest tensor.
    """

    outcome: Outcome
    touched: frozenset[tuple[str, str]] = frozenset()
    measured: Mapping[str, int] = field(default_factory=dict)
    largest_place: Place | None = None
    counted: Mapping[str, int] = field(default_factory=dict)
    printed: str = ""


_TOO_SLOW = (
    "it was stopped because its processor time was used up; look for a loop that never "
    "ends, for one pass per parameter, or for rounds that each cost more than the one before"
)
_COUNTS = ("peak_bytes", "largest_bytes", "produced_bytes", "operations", "flops", "evaluations")
_LARGEST_COUNT = 2**63


def read_answer(frame: Frame, submission: Submission, names: Sequence[str]) -> Answer:
    """Read a worker's answer; ChannelError where any part of it is not of the agreed form.

    `names` are those of the arguments: of others there is nothing to tell.
    """
    header = frame.header
    try:
        return Answer(
            _outcome(frame, submission),
            _touched(header.get("touched", []), names),
            _counts(header.get("measured", {}), _COUNTS),
            _largest_place(header.get("measured", {}), submission),
            _counts(header.get("counted", {}), names),
            plain_text(header.get("printed", ""), MAX_PRINTED),
        )
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        # Whatever a worker sends is the student's doing: it must never look like a grader's fault.
        raise ChannelError(
            f"the worker sent an answer of the wrong form ({type(error).__name__})"
        ) from None


def _outcome(frame: Frame, submission: Submission) -> Outcome:
    outcome = frame.header.get("outcome")
    if outcome == "returned":
        return Returned(decode(frame.header.get("value"), frame.payload))
    if outcome == "raised":
        raised = read_raised(frame.header.get("raised"), submission)
        return Ended(_TOO_SLOW) if OUT_OF_TIME in raised.classes else raised
    if outcome == "unbuilt":
        return Unbuilt(read_raised(frame.header.get("raised"), submission).message)
    if outcome == "missing":
        return Missing()
    raise ChannelError("the worker sent an answer of an unknown kind")


def checked_errors(errors: Any, count: int) -> list[Any]:
    """Give what each cell raised, or None; ChannelError where it is no report on `count` cells."""
    is_report = isinstance(errors, list) and len(errors) == count
    if not is_report or not all(error is None or _is_raised(error) for error in errors):
        raise ChannelError("the worker sent a report of the wrong form")
    return errors


def read_raised(data: Any, submission: Submission) -> Raised:
    """Read the description of an exception."""
    if not _is_raised(data):
        raise ChannelError("the worker sent an exception of the wrong form")
    classes = tuple(plain_text(name, 100) for name in data["classes"][:20])
    line = data.get("line")
    place = submission.place(str(data.get("file")), line if isinstance(line, int) else 0)
    return Raised(classes, plain_text(data.get("message", ""), MAX_MESSAGE), place)


def _is_raised(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("classes"), list)


def _touched(data: Any, names: Sequence[str]) -> frozenset[tuple[str, str]]:
    if not isinstance(data, list) or len(data) > MAX_TRACES:
        raise ChannelError("the worker sent a report of the wrong form")
    if not all(isinstance(item, list) and len(item) == 2 for item in data):
        raise ChannelError("the worker sent a report of the wrong form")
    pairs = {(plain_text(kind, 50), plain_text(name, 50)) for kind, name in data}
    return frozenset((kind, name) for kind, name in pairs if name in names)


def _counts(data: Any, names: Sequence[str]) -> dict[str, int]:
    if not isinstance(data, dict) or len(data) > MAX_TRACES:
        raise ChannelError("the worker sent a measurement of the wrong form")
    found = {name: data[name] for name in names if name in data}
    if not all(map(_is_count, found.values())):
        raise ChannelError("the worker sent a count that no counting comes to")
    return found


def _largest_place(data: Any, submission: Submission) -> Place | None:
    line = data.get("largest_line")
    if not isinstance(line, int):
        return None
    return submission.place(str(data.get("largest_file")), line)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < _LARGEST_COUNT


def ended_by(end: End) -> Ended:
    """Say in words how a worker came to its end by what the student's code did."""
    status = end.status
    if end.by_judge:
        return Ended(
            "it closed files that it had not opened, the one for the answer among them, and ran "
            "on; do not close descriptors by their numbers"
        )
    if status == -KILLED:
        return Ended(_TOO_SLOW)
    if status is not None and status < 0:
        return Ended(f"the interpreter crashed with {_signal_name(-status)}")
    return Ended(
        f"the interpreter was left before an answer came (exit status {status}); "
        "do not call exit or os._exit"
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
