"""Have confined workers forked from a warm process, the next one while the last is asked."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.course.submission import Cell
from graders.limits import Limits
from graders.sandbox.processes import (
    MAX_CONTROL_BYTES,
    Course,
    End,
    GraderFaultError,
    Isolation,
)
from graders.sandbox.warm_process import Interpreter, Twin, WarmProcess
from graders.sandbox.warmth import Warmth

_MAX_REPLY_BYTES = 4096


@dataclass
class _Fork:
    channel: socket.socket
    pid: int
    pidfd: int
    zygote: Zygote
    limits: Limits
    warmth: Warmth
    _end: End = field(default=End(None), init=False)

    def end(self) -> End:
        if self.pidfd < 0:
            return self._end
        self.channel.close()
        runs = not select.select([self.pidfd], [], [], 0.2)[0]
        if runs:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        status, seconds = self.zygote.reap(self.pid)
        self._end = End(status, by_judge=runs, cpu_seconds=seconds)
        self.forget()
        return self._end

    def dismiss(self) -> None:
        if self.pidfd >= 0:
            self.channel.close()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            self.zygote.leaving.append(self)

    def forget(self) -> None:
        """Let go of what this process holds of a worker that has ended."""
        os.close(self.pidfd)
        self.pidfd = -1


def _order_for(worker: dict[str, Any], ours: Iterable[Cell], warmth: Warmth) -> bytes:
    """Write the order for a worker, and for our cells to be compiled, if there is room for them."""
    cells = [[cell.source, cell.filename, cell.first_line] for cell in ours]
    order = {"fork": worker, "compile": cells, "warmth": warmth}
    message = json.dumps(order).encode() + b"\n"
    if len(message) > MAX_CONTROL_BYTES:
        return _order_for(worker, (), warmth)
    return message


@dataclass
class _Order:
    """A worker that the zygote was asked for, and that may be there already."""

    limits: Limits
    warmth: Warmth
    channel: socket.socket
    worker: _Fork | None = None

    def fits(self, limits: Limits, warmth: Warmth) -> bool:
        return self.limits == limits and self.warmth >= warmth


class Zygote:
    """A warm process that forks a confined worker in milliseconds; started when first needed.

    While one worker is asked, the next is forked and confined, unless told not to work `ahead`.
    """

    isolation: Isolation = "confined"

    def __init__(
        self,
        *,
        ahead: bool = True,
        mother: socket.socket | None = None,
        course: Course | None = None,
        limits: Limits | None = None,
        warmth: Warmth = Warmth.LIKELY,
    ) -> None:
        """Start nothing yet. Where another zygote was lent, the warm process is a fork of it.

        Workers have what `warmth` says at first, and more of it from one to the next.
        """
        self.limits = limits or Limits()
        self._course = course or Course.here()
        self._ahead = ahead
        self._mother = mother
        self.leaving: list[_Fork] = []
        self._ordered: _Order | None = None
        self.process: WarmProcess | None = None
        self._ours: frozenset[Cell] = frozenset()
        self._compiled: frozenset[Cell] = frozenset()
        self._warmth = self._warmth_given = warmth

    def warm(self) -> None:
        """Start the zygote without waiting for it, so that it warms up while the caller works.

        Its first worker is asked for with that, and confined when the caller comes to need it.
        """
        if self._begin():
            # If it has died already, whoever needs a worker will see.
            with contextlib.suppress(OSError):
                self._order(self.limits)

    def _begin(self) -> bool:
        """Start the zygote, if there is none that runs; tell whether it was started now."""
        if self.process is not None and not self.process.ended():
            return False
        self.close()
        self.process = self._twin() or Interpreter(self._course, self._warmth)
        self._compiled = frozenset()
        return True

    def _twin(self) -> Twin | None:
        try:
            return Twin.of(self._mother, self._course) if self._mother is not None else None
        except OSError:
            return None

    def lend(self) -> socket.socket:
        """Start it, and give what another process needs to have zygotes forked from this one.

        From then on it starts no workers of its own.
        """
        self._begin()
        assert self.process is not None
        return self.process.control

    def expect(self, ours: Sequence[Cell]) -> None:
        """Have set-up cells compiled once, with the next fork, in place of once in each worker."""
        self._ours = frozenset(ours)

    def warm_up_more(self) -> bool:
        """Have more imported for the next worker than the last one had; False if it had it all."""
        if self._warmth_given is Warmth.EVERYTHING:
            return False
        self._warmth = max(self._warmth, Warmth(self._warmth_given + 1))
        return True

    def start(self, limits: Limits) -> _Fork:
        """Fork a worker; if the zygote dies, warm or still warming up, try a fresh one, once."""
        try:
            return self._fork(limits)
        except (OSError, ValueError):
            self.close()
            # Whatever was wrong with it, a start from nothing does without.
            self._mother = None
        try:
            return self._fork(limits)
        except (OSError, ValueError) as error:
            raise GraderFaultError(f"the warm process could not give a worker: {error}") from None

    def _fork(self, limits: Limits) -> _Fork:
        """Hand out the worker that was made ready meanwhile, and order the next one."""
        self._begin()
        assert self.process is not None
        self.process.wait()
        # The latest may still be on its way out, which takes as long as the fork did.
        while len(self.leaving) > 1:
            self.leaving.pop(0).end()
        order, worker = self._ordered, self._delivered()
        if order is not None and worker is not None and not order.fits(limits, self._warmth):
            worker.end()
            worker = None
        if worker is None:
            self._order(limits)
            worker = self._delivered()
            assert worker is not None
        self._ordered = None
        self._warmth_given = worker.warmth
        self._warmth = max(self._warmth, worker.warmth.next)
        if self._ahead:
            # If the zygote has just died, the worker in hand will tell.
            with contextlib.suppress(OSError):
                self._order(limits)
        return worker

    def _order(self, limits: Limits) -> None:
        """Ask for a worker without waiting for it."""
        control = self._control()
        ours, theirs = socket.socketpair()
        request = {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "without": sorted(limits.without),
        }
        new = self._ours - self._compiled
        message = _order_for(request, new, self._warmth)
        try:
            socket.send_fds(control, [message], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._compiled |= new
        self._ordered = _Order(limits, self._warmth, ours)

    def _delivered(self) -> _Fork | None:
        """Wait for the worker that was ordered, if one was; the zygote answers in turn."""
        order = self._ordered
        if order is not None and order.worker is None:
            reply, descriptors, _, _ = socket.recv_fds(self._control(), _MAX_REPLY_BYTES, 1)
            if not reply or not descriptors:
                raise ConnectionError("the warm process has ended")
            pid = json.loads(reply)["pid"]
            order.worker = _Fork(
                order.channel, pid, descriptors[0], self, order.limits, order.warmth
            )
        return order.worker if order is not None else None

    def _control(self) -> socket.socket:
        if self.process is None:
            # Found dead, and closed, while the last workers were cleared away.
            raise ConnectionError("the warm process has ended")
        return self.process.control

    def reap(self, pid: int) -> tuple[int | None, float]:
        """Wait for an ended worker: its exit status and its processor time in seconds.

        The status is None where the zygote is gone and cannot tell.
        """
        if self.process is None:
            return None, 0.0
        try:
            self._delivered()
            self.process.control.sendall(json.dumps({"reap": pid}).encode() + b"\n")
            reply = self.process.control.recv(_MAX_REPLY_BYTES)
            ended = json.loads(reply)
            return ended["status"], ended["seconds"]
        except (OSError, ValueError):
            self.close()
            return None, 0.0

    def close(self) -> None:
        """End the zygote; its workers end with it."""
        while self.leaving:
            self.leaving.pop().forget()
        order, self._ordered = self._ordered, None
        if order is not None:
            order.channel.close()
            if order.worker is not None:
                order.worker.forget()
        if self.process is not None:
            self.process.end()
            self.process = None
