"""Bounds of the side that judges, tried with made-up answers and files that should be refused."""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from graders.course.patience import TookTooLongError, within
from graders.course.submission import UnreadableSubmissionError, read_handed_in
from graders.limits import (
    ANSWER_ROOM_BYTES,
    MAX_EXTRA_FILES,
    MAX_FILE_BYTES,
    MAX_HEADER_BYTES,
)
from graders.outlets.nbgrader.folder import not_to_be_copied, surplus
from graders.sandbox.channel import (
    ChannelError,
    ChannelTimeoutError,
    Frame,
    receive_frame,
    send_frame,
)
from graders.sandbox.values import decode, encode

_SECONDS = 0.05
# Where the sizes of header and payload stand at the head of a frame.
_HEADER_SIZE, _PAYLOAD_SIZE = slice(4, 8), slice(8, 16)


@dataclass(frozen=True)
class Bound:
    """Something that a submission tries with its judge; `run` says how it is refused, or ""."""

    name: str
    what: str
    run: Callable[[], str]


def _frame() -> bytearray:
    """Give the bytes of an honest answer without tensors."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_frame(theirs, Frame({"token": "guessed", "outcome": "missing"}))
        return bytearray(ours.recv(2**16))


def _announcing(part: slice, size: int) -> bytes:
    frame = _frame()
    frame[part] = size.to_bytes(part.stop - part.start, "big")
    return bytes(frame)


def _when_said(words: bytes) -> str:
    """Let a made-up worker say something, and see whether the judge takes it for an answer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(words)
        try:
            receive_frame(ours, seconds=_SECONDS, max_payload=ANSWER_ROOM_BYTES)
        except ChannelTimeoutError:
            return "the judge waits no longer than it may take"
        except ChannelError:
            return f"refused with {len(ours.recv(2**16))} bytes unread"
    return ""


def _larger_answer() -> str:
    return _when_said(_announcing(_PAYLOAD_SIZE, ANSWER_ROOM_BYTES + 1))


def _larger_report() -> str:
    return _when_said(_announcing(_HEADER_SIZE, MAX_HEADER_BYTES + 1))


def _never_ending() -> str:
    return _when_said(bytes(_frame()[:-1]))


def _named_twice() -> str:
    tree, payload = encode(torch.ones(2))
    try:
        decode({"kind": "list", "items": [tree, tree]}, payload)
    except ChannelError as error:
        return str(error)
    return ""


def _searched_for_ever() -> str:
    try:
        with within(_SECONDS, "the search"):
            re.match(r"(a|a)*b", "a" * 100)
    except TookTooLongError as error:
        return str(error)
    return ""


def _copied_as_it_is() -> str:
    """Put a link to a solution beside the notebooks, under a name that a pattern passes over."""
    with tempfile.TemporaryDirectory(prefix="canaries-") as name:
        folder = Path(name, "assignment")
        folder.mkdir()
        (folder / ".topic.ipynb").symlink_to("../solution.ipynb")
        return "; ".join(f"{path.name} is {what}" for path, what in not_to_be_copied(folder))


def _copied_by_the_thousand() -> str:
    with tempfile.TemporaryDirectory(prefix="canaries-") as name:
        for number in range(MAX_EXTRA_FILES + 3):
            Path(name, f"{number}.txt").touch()
        found = surplus(Path(name))
    return f"{len(found)} of {MAX_EXTRA_FILES + 3} files are set aside" if found else ""


def _when_handed_in(put: Callable[[Path, Path], object]) -> str:
    """Put something in the place of a notebook, beside a file of the course, and read it."""
    with tempfile.TemporaryDirectory(prefix="canaries-") as name:
        solution = Path(name, "source", "topic.ipynb")
        notebook = Path(name, "submitted", "student", "assignment", "topic.ipynb")
        for path in (solution, notebook):
            path.parent.mkdir(parents=True)
        solution.write_text("canary")
        put(notebook, solution)
        try:
            read_handed_in(notebook, Path(name))
        except UnreadableSubmissionError as error:
            return str(error)
    return ""


def _linked_folder(notebook: Path, solution: Path) -> None:
    notebook.parent.rmdir()
    notebook.parent.symlink_to(solution.parent)


def _too_large(notebook: Path, _solution: Path) -> None:
    notebook.touch()
    os.truncate(notebook, MAX_FILE_BYTES + 1)


def _handing_in(name: str, what: str, put: Callable[[Path, Path], object]) -> Bound:
    return Bound(name, f"hand in {what}", lambda: _when_handed_in(put))


BOUNDS = (
    Bound("answer-size", "answer with more than there is room for", _larger_answer),
    Bound("report-size", "answer with a report without end", _larger_report),
    Bound("clock", "have its judge wait without end", _never_ending),
    Bound("named-twice", "have one tensor compared again and again", _named_twice),
    _handing_in("link", "a link to a solution", lambda it, solution: it.symlink_to(solution)),
    _handing_in("folder-link", "a folder that is a link", _linked_folder),
    _handing_in("hard-link", "a solution by a second name", lambda it, one: it.hardlink_to(one)),
    _handing_in("pipe", "a pipe that nobody writes to", lambda it, _solution: os.mkfifo(it)),
    _handing_in("file-size", "a file without end", _too_large),
    Bound("patience", "have its judge search without end", _searched_for_ever),
    Bound("copies", "have a solution copied for it", _copied_as_it_is),
    Bound("number-of-files", "have files copied by the thousand", _copied_by_the_thousand),
)
