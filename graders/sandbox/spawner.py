"""Start each worker as a separate interpreter, which works everywhere and confines nothing."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from graders.course.submission import Cell
from graders.limits import START_SECONDS, Limits
from graders.sandbox.processes import (
    ENVIRONMENT,
    Course,
    End,
    GraderFaultError,
    Isolation,
    end_process,
    worker_command,
)


@dataclass
class _Spawned:
    channel: socket.socket
    process: subprocess.Popen[bytes]

    def end(self) -> End:
        self.channel.close()
        try:
            return End(self.process.wait(timeout=0.2))
        except subprocess.TimeoutExpired:
            self.dismiss()
            return End(self.process.returncode, by_judge=True)

    def dismiss(self) -> None:
        self.channel.close()
        end_process(self.process)


class Spawner:
    """Starts each worker as a separate interpreter: works everywhere, confines nothing."""

    isolation: Isolation = "process"

    def __init__(self, *, course: Course | None = None, limits: Limits | None = None) -> None:
        """Start nothing yet."""
        self.limits = limits or Limits()
        self._course = course or Course.here()

    def warm(self) -> None:
        """Each worker starts from nothing here."""

    def expect(self, ours: Sequence[Cell]) -> None:
        """Nothing is shared by workers here."""

    def warm_up_more(self) -> bool:
        """Each worker imports it where it is needed: nothing keeps it from that here."""
        return False

    def start(self, limits: Limits) -> _Spawned:
        """Start an interpreter and wait until it has connected back."""
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START_SECONDS)
            port = str(server.getsockname()[1])
            command = worker_command(
                "graders.sandbox.worker.spawned",
                port,
                str(limits.memory_bytes),
                *self._course.as_arguments(),
            )
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**ENVIRONMENT, **_windows_needs()},
            )
            assert process.stdin is not None
            process.stdin.write(token.encode() + b"\n")
            process.stdin.close()
            try:
                return _Spawned(_accept(server, token), process)
            except OSError as error:
                end_process(process)
                raise GraderFaultError(f"the worker process did not start: {error}") from None

    def close(self) -> None:
        """Nothing outlives a submission here."""


def _windows_needs() -> dict[str, str]:
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}


def _accept(server: socket.socket, token: str) -> socket.socket:
    """Accept the connection that knows the token and turn away any other."""
    while True:
        channel, _ = server.accept()
        channel.settimeout(5)
        said = b""
        while len(said) < len(token):
            chunk = channel.recv(len(token) - len(said))
            if not chunk:
                break
            said += chunk
        if secrets.compare_digest(said.decode(errors="replace"), token):
            return channel
        channel.close()
