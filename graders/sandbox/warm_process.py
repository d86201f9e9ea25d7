"""A warm process as its launcher sees it: an interpreter of its own, or a fork of another one."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import weakref
from dataclasses import dataclass
from typing import Protocol

from graders.limits import START_SECONDS
from graders.sandbox.processes import (
    ENVIRONMENT,
    MAX_CONTROL_BYTES,
    Course,
    end_process,
    worker_command,
)
from graders.sandbox.warmth import Warmth

_MAX_REPLY_BYTES = 4096


class WarmProcess(Protocol):
    """A process that imports torch once and then forks workers; `control` is the way to ask it."""

    control: socket.socket

    def ended(self) -> bool:
        """Tell whether it is known to have ended."""

    def wait(self) -> None:
        """Wait until it is warm; OSError with its last words where it does not come to that."""

    def end(self) -> None:
        """End it; its workers end with it."""


class Interpreter:
    """A warm process that was started from nothing, which takes seconds."""

    def __init__(self, course: Course, warmth: Warmth = Warmth.LIKELY) -> None:
        """Start it without waiting, so that it warms up while the caller works."""
        self.control, theirs = _control_pair()
        command = worker_command(
            "graders.sandbox.worker.zygote",
            str(theirs.fileno()),
            str(int(warmth)),
            *course.as_arguments(),
        )
        # matplotlib, IPython and torch leave folders behind; killed, it cannot clear them away.
        folder = tempfile.mkdtemp(prefix="dojo-")
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**ENVIRONMENT, "TMPDIR": folder},
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self._is_warm = False
        self._clear_away = weakref.finalize(self, _clear_away, self.process, folder)

    def ended(self) -> bool:
        """Tell whether it has ended."""
        return self.process.poll() is not None

    def wait(self) -> None:
        """Wait until it is warm; ConnectionError with its last words if it ends before that."""
        if not self._is_warm:
            if not _first_reply(self.control)[0]:
                raise ConnectionError(f"it did not start: {self._last_words()}")
            self._is_warm = True

    def _last_words(self) -> str:
        self.process.kill()
        _, errors = self.process.communicate()
        lines = errors.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def end(self) -> None:
        """Kill it, and clear its folder away."""
        self.control.close()
        self._clear_away()


def _clear_away(process: subprocess.Popen[bytes], folder: str) -> None:
    end_process(process)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Twin:
    """A fork of a warm process, which takes milliseconds once that one is warm."""

    control: socket.socket
    _pidfd: int = -1

    @classmethod
    def of(cls, mother: socket.socket, course: Course) -> Twin:
        """Ask the warm process at the other end of `mother` for one.

        OSError if it has ended, or the course has more topics than a message holds.
        """
        request = json.dumps({"twin": course.as_arguments()}).encode() + b"\n"
        if len(request) > MAX_CONTROL_BYTES:
            raise OSError(errno.EMSGSIZE, "a course of too many topics for a message")
        ours, theirs = _control_pair()
        try:
            socket.send_fds(mother, [request], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return cls(ours)

    def ended(self) -> bool:
        """Whoever asks it notices; nothing is known before."""
        return False

    def wait(self) -> None:
        """Wait until it is there; ConnectionError if its mother ended before that."""
        if self._pidfd < 0:
            reply, descriptors = _first_reply(self.control)
            if not reply or not descriptors:
                raise ConnectionError("the warm process that was to fork it has ended")
            self._pidfd = descriptors[0]

    def end(self) -> None:
        """Kill it; before it is there, hanging up is enough."""
        self.control.close()
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = -1


def _control_pair() -> tuple[socket.socket, socket.socket]:
    """Connect two processes so that each message is received by itself, however many wait."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _first_reply(control: socket.socket) -> tuple[bytes, list[int]]:
    control.settimeout(START_SECONDS)
    try:
        reply, descriptors, _, _ = socket.recv_fds(control, _MAX_REPLY_BYTES, 1)
    except OSError:
        return b"", []
    return reply, descriptors
