"""A worker's conversation with the judge: run the cells, then answer calls until hung up on."""

from __future__ import annotations

import os
import socket
from typing import Any

from graders.limits import MAX_REQUEST_BYTES
from graders.sandbox.channel import Frame, receive_frame, send_frame
from graders.sandbox.worker.answer import Question, answer
from graders.sandbox.worker.cells import (
    OutOfTimeError,
    describe,
    quiet_streams,
    run_cell,
    time_limit,
)
from graders.sandbox.worker.readymade import install_guards
from graders.sandbox.worker.warm import Warm


def serve(channel: socket.socket, warm: Warm, layers: list[list[Any]]) -> None:
    """Say READY, run the submission's cells, answer calls; return when the judge hangs up.

    READY is sent before any student code runs: a failure up to there is the grader's.
    """
    send_frame(channel, Frame({"ready": layers}))
    printed = quiet_streams()
    shell = warm.shell
    request = receive_frame(
        channel, max_header=MAX_REQUEST_BYTES, max_payload=MAX_REQUEST_BYTES
    ).header
    install_guards(request["guarded"])
    files = frozenset(cell["filename"] for cell in request["cells"])
    errors = [_run(channel, warm, cell, i, files) for i, cell in enumerate(request["cells"])]
    loaded = {"token": request["token"], "loaded": errors, "printed": printed.take()}
    send_frame(channel, Frame(loaded))
    while True:
        frame = receive_frame(channel)
        question = Question.of(frame, warm.problems, files)
        header, payload = answer(question, shell.user_ns)
        header.update(token=frame.header["token"], printed=printed.take())
        send_frame(channel, Frame(header, payload))


def _run(
    channel: socket.socket,
    warm: Warm,
    cell: dict[str, Any],
    number: int,
    files: frozenset[str],
) -> dict[str, Any] | None:
    if cell["skip"]:
        return None
    send_frame(channel, Frame({"cell": number}))
    try:
        with time_limit(cell["cpu_seconds"]):
            place = cell["source"], cell["filename"], cell["first_line"]
            run_cell(warm.shell, *place, warm.compiled.get(place))
    except (Exception, OutOfTimeError, KeyboardInterrupt, SystemExit, GeneratorExit) as error:
        return describe(error, files)
    return None


def leave(status: int = 0) -> None:
    """End the process at once: no atexit hook, no waiting for threads that student code left."""
    os._exit(status)
