"""A submission as something to ask: its functions, called in a worker, answers remembered."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from graders.course.submission import Submission
from graders.limits import Limits
from graders.sandbox.answers import (
    Answer,
    Ended,
    Raised,
    checked_errors,
    ended_by,
    read_answer,
    read_raised,
)
from graders.sandbox.call import Call
from graders.sandbox.channel import (
    ChannelClosedError,
    ChannelError,
    ChannelTimeoutError,
    Frame,
    receive_frame,
    send_frame,
)
from graders.sandbox.layers import Layer
from graders.sandbox.processes import (
    GraderFaultError,
    Launcher,
    WorkerProcess,
)
from graders.sandbox.warmth import MORE_NEEDED

_Result = TypeVar("_Result")


class Student:
    """Asks one submission. A worker that dies costs the call it died in; the next gets a fresh one.

    Raises GraderFaultError where the fault cannot be the student's.
    """

    def __init__(
        self,
        submission: Submission,
        launcher: Launcher,
        seed: int,
        *,
        guarded: frozenset[str] = frozenset(),
        limits: Limits | None = None,
    ) -> None:
        """Start nothing until the first question; `guarded` are routines that a call may refuse."""
        self.submission = submission
        self.seed = seed
        self.layers: tuple[Layer, ...] = ()
        self.cell_faults: dict[int, Raised | Ended] = {}
        self._launcher = launcher
        self._guarded = guarded
        self._limits = limits or launcher.limits
        self._worker: WorkerProcess | None = None
        self._fatal_cells: set[int] = set()
        self._restarts_left = self._limits.restarts
        self._answers: dict[Call, Answer] = {}
        self._seconds_left = self._limits.submission_seconds
        self._bytes_left = self._limits.answer_bytes
        self._may_be_starved = True

    def ask(self, call: Call, data: tuple[dict[str, Any], bytes] | None = None) -> Answer:
        """Call the student's function, or remember what came of the same call before.

        `data` is arguments of the caller's own, encoded, in place of a problem's. An answer larger
        than the call has room for is not read.
        """
        if data is not None:
            return self._twice(lambda: self._ask(call, data), f"it ran {call.function}")
        if call not in self._answers:
            self._answers[call] = self._twice(lambda: self._ask(call), f"it ran {call.function}")
        return self._answers[call]

    def start(self) -> None:
        """Start a worker and run the cells, without asking anything."""
        self._twice(self._ready_worker, "it ran the cells")

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.dismiss()
            self._worker = None

    def faults(self) -> list[str]:
        """Say in a sentence each what went wrong when the cells were run."""
        sentences = []
        for number, fault in sorted(self.cell_faults.items()):
            label = self.submission.cells[number].label
            if isinstance(fault, Ended):
                sentences.append(f"{label}: {fault.reason}")
            else:
                where = fault.place or label
                sentences.append(f"{where}: {fault.kind}: {fault.message}")
        return sentences

    def _twice(self, step: Callable[[], _Result], doing: str) -> _Result:
        """A worker that was killed or starved says nothing of the student: try a fresh one, once.

        A file may be taken for starved once only: one that sleeps looks the same.
        """
        try:
            return self._warm_enough(step)
        except _KilledFromOutsideError:
            self._launcher.close()
        except _StarvedError:
            self._may_be_starved = False
        try:
            return self._warm_enough(step)
        except _KilledFromOutsideError:
            raise GraderFaultError(
                f"the worker was killed from outside, twice, while {doing}"
            ) from None

    def _warm_enough(self, step: Callable[[], _Result]) -> _Result:
        """Try warmer workers as long as the student's code asks for what one has not."""
        while True:
            with suppress(_WarmerNeededError):
                return step()

    def _ask(self, call: Call, data: tuple[dict[str, Any], bytes] | None = None) -> Answer:
        worker = self._ready_worker()
        if self._seconds_left <= 0:
            minutes = self._limits.submission_seconds / 60
            return Answer(Ended(f"this file had already taken {minutes:.0f} minutes in all"))
        if worker is None:
            return Answer(Ended("the cells of this file end the interpreter again and again"))
        token = secrets.token_hex(16)
        seconds = self._limits.call_cpu_seconds * self._limits.wall_per_cpu_second
        try:
            send_frame(worker.channel, self._question(call, token, data))
            frame = self._receive(worker, seconds, min(call.room, self._bytes_left))
            self._bytes_left -= len(frame.payload)
            if frame.header.get("token") != token:
                raise ChannelError("the worker sent an answer to no question")
            return read_answer(frame, self.submission, call.arguments.all)
        except ChannelError as error:
            return Answer(self._lost(error, seconds))

    def _question(self, call: Call, token: str, data: tuple[dict[str, Any], bytes] | None) -> Frame:
        tree, payload = data or (None, b"")
        header = {
            "token": token,
            "call": call.to_json(),
            "seed": self.seed,
            "cpu_seconds": self._limits.call_cpu_seconds,
            "room": min(call.room, self._bytes_left),
            "data": tree,
        }
        return Frame(header, payload)

    def _lost(self, error: ChannelError, seconds: float) -> Ended:
        """End the worker that gave no answer and say why it gave none."""
        assert self._worker is not None
        worker, self._worker = self._worker, None
        with self._clock():
            end = worker.end()
        if isinstance(error, ChannelTimeoutError):
            if self._may_be_starved and end.cpu_seconds < seconds / 8:
                raise _StarvedError
            return Ended(
                f"it was stopped because it had not finished after {seconds:.0f} seconds; "
                "look for a loop that never ends, for one pass per parameter, or for rounds that "
                "each cost more than the one before"
            )
        if isinstance(error, ChannelClosedError):
            if end.from_outside and end.cpu_seconds < self._limits.cpu_seconds - 1:
                raise _KilledFromOutsideError
            if end.status == MORE_NEEDED and self._launcher.warm_up_more():
                raise _WarmerNeededError
            return ended_by(end)
        return Ended(f"no answer could be read: {error}")

    def _ready_worker(self) -> WorkerProcess | None:
        """Give a worker that has run the cells, leaving out those that ended one before."""
        while self._worker is None and self._may_start():
            self._start()
        return self._worker

    def _may_start(self) -> bool:
        return self._restarts_left > 0 and self._seconds_left > 0

    def _receive(self, worker: WorkerProcess, seconds: float, room: int = 0) -> Frame:
        """Wait for the student's code, no longer than this file has left; `room` in bytes."""
        seconds = min(seconds, self._seconds_left)
        with self._clock():
            return receive_frame(worker.channel, seconds=seconds, max_payload=room)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """Take what this takes off the time that the file has left."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._seconds_left -= time.monotonic() - started

    def _start(self) -> None:
        self._launcher.expect(self.submission.ours)
        self._worker = self._launcher.start(self._limits)
        self._read_ready(self._worker)
        token = secrets.token_hex(16)
        try:
            send_frame(self._worker.channel, Frame(self._cells(token)))
            errors = self._wait_for_cells(self._worker, token)
        except _CellFaultError as fault:
            # Counted apart: a cell that is left out can be made to look as if it had ended another.
            self._restarts_left -= 1
            self._fatal_cells.add(fault.number)
            self.cell_faults[fault.number] = fault.reason
            return
        except ChannelError as error:
            self._lost(error, self._limits.ready_seconds)
            raise GraderFaultError(f"the worker ended before a cell ran: {error}") from None
        for number, error_data in enumerate(errors):
            if error_data is not None and number not in self._fatal_cells:
                self.cell_faults[number] = read_raised(error_data, self.submission)

    def _read_ready(self, worker: WorkerProcess) -> None:
        try:
            ready = receive_frame(worker.channel, seconds=self._limits.ready_seconds)
            layers = ready.header["ready"]
        except (ChannelError, KeyError) as error:
            self._worker = None
            end = worker.end()
            if end.from_outside:
                raise _KilledFromOutsideError from None
            raise GraderFaultError(
                f"the worker could not be confined (exit status {end.status}): {error}"
            ) from None
        self.layers = tuple(
            Layer(str(name), bool(active), str(why)) for name, active, why in layers
        )

    def _cells(self, token: str) -> dict[str, Any]:
        cells = [
            {
                "source": cell.source,
                "filename": cell.filename,
                "first_line": cell.first_line,
                "skip": number in self._fatal_cells,
                "cpu_seconds": self._limits.cell_cpu_seconds,
            }
            for number, cell in enumerate(self.submission.cells)
        ]
        return {"token": token, "guarded": sorted(self._guarded), "cells": cells}

    def _wait_for_cells(self, worker: WorkerProcess, token: str) -> list[Any]:
        current = -1
        seconds = self._limits.cell_cpu_seconds * self._limits.wall_per_cpu_second
        count = len(self.submission.cells)
        try:
            for _ in range(count + 1):
                # The first frame comes before any of the student's code has run.
                if current < 0:
                    ready_seconds = self._limits.ready_seconds
                    header = receive_frame(worker.channel, seconds=ready_seconds).header
                else:
                    header = self._receive(worker, seconds).header
                if header.get("token") == token:
                    return checked_errors(header.get("loaded"), count)
                number = header.get("cell")
                if not isinstance(number, int) or not current < number < count:
                    break
                current = number
            raise ChannelError("the cells wrote into the channel")
        except ChannelError as error:
            if current < 0:
                raise
            raise _CellFaultError(current, self._lost(error, seconds)) from None


class _KilledFromOutsideError(Exception):
    """The worker was killed, and not by the judge."""


class _WarmerNeededError(Exception):
    """The student's code asked for what a warmer worker has, and there is one."""


class _StarvedError(Exception):
    """The time was up, and the worker had hardly had any of the processor."""


@dataclass
class _CellFaultError(Exception):
    """A cell ended the worker."""

    number: int
    reason: Ended
