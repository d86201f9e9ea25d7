"""Imports torch, nbgrader and the course once, and runs each command line in a fork of itself.

A client (forked_client.py) sends the words, folder and environment of a command line with its three
standard streams, and hears how it ended. A fork starts with what `python -m` starts with, and its
workers and pools come from forks, too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import multiprocessing.util
import os
import pkgutil
import random
import runpy
import selectors
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy
import torch
from nbgrader.apps import NbGraderApp  # type: ignore[import-untyped]  # noqa: F401
from twins import fork_zygotes_from

import graders
from graders.commands import last_word

MAX_REQUEST_BYTES = 200_000
# A fork finds the hidden tests of the course that it is run in; a worker is none of its forks.
_NOT_IMPORTED = ("graders.hidden", "graders.sandbox.worker", "graders.cli", "graders.__main__")
_TESTS = str(Path(__file__).resolve().parent)

_start = multiprocessing.util.spawnv_passfds


@dataclass(frozen=True)
class CommandLine:
    """A module to be run, with what `python -m` would be given."""

    module: str
    arguments: list[str]
    folder: str
    variables: dict[str, str]


def main() -> None:
    """Serve the socket in argv until whoever started this has ended; in a fork, run a module.

    The second number in argv is the socket of a zygote that was lent.
    """
    listener, mother = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    _import_everything()
    command = _serve(listener)
    if command is not None:
        _fork_what_would_be_started(mother)
        _become(command)
        last_word.leave(_status_of(command.module))


def _import_everything() -> None:
    """Import what command lines import, so that a fork has nothing left to do."""
    for module in pkgutil.walk_packages(graders.__path__, "graders."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)
    one = torch.ones(1)
    torch.func.jvp(torch.func.grad(torch.sum), (one,), (one,))
    gc.collect()
    gc.freeze()
    threads = len(os.listdir("/proc/self/task"))
    assert threads == 1, f"{threads} threads, of which a fork would have one"


def _serve(listener: socket.socket) -> CommandLine | None:
    """Fork for each client and tell it how that ended; what comes back is for the fork to run."""
    started_by = os.getppid()
    running: dict[socket.socket, int] = {}
    with selectors.DefaultSelector() as events:
        events.register(listener, selectors.EVENT_READ)
        while os.getppid() == started_by:
            for key, _ in events.select(timeout=1):
                if key.fileobj is listener:
                    command = _fork_for(listener.accept()[0], events, running)
                    if command is not None:
                        return command
                elif key.data is not None:
                    _tell_of_end(key, events, running)
                else:
                    _hand_signal_on(key, events, running)
    return None


def _fork_for(
    client: socket.socket, events: selectors.BaseSelector, running: dict[socket.socket, int]
) -> CommandLine | None:
    """Take a request and fork; the request comes back in the fork, which keeps its streams only."""
    message, streams, _, _ = socket.recv_fds(client, MAX_REQUEST_BYTES, 3)
    pid = os.fork()
    if pid == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for held in (*streams, client, *(key.fileobj for key in events.get_map().values())):
            os.close(held) if isinstance(held, int) else held.close()  # type: ignore[union-attr]
        return CommandLine(*json.loads(message))
    for stream in streams:
        os.close(stream)
    running[client] = pid
    events.register(os.pidfd_open(pid), selectors.EVENT_READ, client)
    events.register(client, selectors.EVENT_READ)
    return None


def _tell_of_end(
    key: selectors.SelectorKey, events: selectors.BaseSelector, running: dict[socket.socket, int]
) -> None:
    client = key.data
    events.unregister(key.fileobj)
    os.close(key.fd)
    with contextlib.suppress(KeyError):
        events.unregister(client)
    _, status = os.waitpid(running.pop(client), 0)
    with client, contextlib.suppress(OSError):
        client.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _hand_signal_on(
    key: selectors.SelectorKey, events: selectors.BaseSelector, running: dict[socket.socket, int]
) -> None:
    """Send the signal that a client was sent; where a client is gone, kill what it asked for."""
    client = key.fileobj
    assert isinstance(client, socket.socket)
    if client not in running:
        return
    said = client.recv(8)
    if not said:
        events.unregister(client)
    os.kill(running[client], int(said) if said else signal.SIGKILL)


def _fork_what_would_be_started(mother: socket.socket) -> None:
    """Have zygotes forked from the one that was lent, and pools from this."""
    fork_zygotes_from(lambda _warmth: mother)
    multiprocessing.util.spawnv_passfds = _fork_of_this  # type: ignore[attr-defined]


def _fork_of_this(path: str, words: list[str], descriptors: Sequence[int]) -> int:
    """Begin what multiprocessing forks a pool from; it starts anything else as it does."""
    if "multiprocessing.forkserver" not in words[-1]:
        return int(_start(path, words, descriptors))
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _let_go_of_all_but({0, 1, 2, *descriptors})
            torch.set_num_threads(1)
            exec(words[-1], {})
        except SystemExit:
            status = 0
        finally:
            # What is above on the stack is the work of whoever asked.
            os._exit(status)
    return pid


def _let_go_of_all_but(kept: set[int]) -> None:
    """Hold no end of anybody's pipe; the numbers stay taken, for objects here still know them."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in {int(name) for name in os.listdir("/proc/self/fd")} - kept - {nothing}:
        with contextlib.suppress(OSError):
            os.fstat(number)
            os.dup2(nothing, number, inheritable=False)


def _become(command: CommandLine) -> None:
    """Make this process what `python -m` starts with: its folder, variables, streams and chance."""
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(command.variables)
    sys.argv[:] = [command.module, *command.arguments]
    libraries = [entry for entry in sys.path if entry not in ("", _TESTS)]
    sys.path[:] = [os.getcwd(), *command.variables["PYTHONPATH"].split(os.pathsep), *libraries]
    sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
    # Written line by line, as Python's own is.
    sys.stderr = sys.__stderr__ = _stream(2, "w", 1, errors="backslashreplace")  # type: ignore[misc]
    tempfile.tempdir = None
    time.tzset()
    random.seed()
    numpy.random.seed()


def _status_of(module: str) -> int | str | None:
    """Run a module as `python -m` does."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as error:
        return error.code
    return 0


def _stream(number: int, mode: str, buffering: int = -1, errors: str | None = None) -> TextIO:
    found = open(  # noqa: SIM115 - it stays open as long as the process runs
        number, mode, buffering, encoding="utf-8", errors=errors, closefd=False
    )
    assert isinstance(found, io.TextIOWrapper)
    return found


if __name__ == "__main__":
    main()
