"""Frames between the judge and a worker: a JSON header and a safetensors payload, data only.

The judge treats whatever comes back as hostile: sizes are bounded before a byte is read, and a
frame that does not carry the token of the question asked is not an answer.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

from graders.limits import MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES

_SIZES = struct.Struct(">4sIQ")
_MAGIC = b"d2f1"


class ChannelError(Exception):
    """What arrived is not a frame, or is larger than was allowed."""


class ChannelClosedError(ChannelError):
    """The other end went away."""


class ChannelTimeoutError(ChannelError):
    """Nothing complete arrived in time."""


@dataclass(frozen=True)
class Frame:
    """One message: `header` is JSON, `payload` is a safetensors file or empty."""

    header: dict[str, Any]
    payload: bytes = b""


def send_frame(channel: socket.socket, frame: Frame) -> None:
    """Write a frame; ChannelClosedError when nobody reads any more."""
    header = json.dumps(frame.header, allow_nan=False).encode()
    try:
        channel.sendall(_SIZES.pack(_MAGIC, len(header), len(frame.payload)) + header)
        if frame.payload:
            channel.sendall(frame.payload)
    except TimeoutError:
        raise ChannelTimeoutError("the other end does not read") from None
    except OSError as error:
        raise ChannelClosedError(str(error)) from None


def receive_frame(
    channel: socket.socket,
    *,
    seconds: float | None = None,
    max_header: int = MAX_HEADER_BYTES,
    max_payload: int = MAX_PAYLOAD_BYTES,
) -> Frame:
    """Read a frame within `seconds` of wall time, refusing sizes above the limits unread."""
    deadline = None if seconds is None else time.monotonic() + seconds
    magic, header_size, payload_size = _SIZES.unpack(_receive(channel, _SIZES.size, deadline))
    if magic != _MAGIC or header_size > max_header or payload_size > max_payload:
        raise ChannelError("the worker sent something that is not an answer")
    header = _parse(_receive(channel, header_size, deadline))
    return Frame(header, _receive(channel, payload_size, deadline))


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError):
        raise ChannelError("the worker sent an answer that cannot be read") from None
    if not isinstance(header, dict):
        raise ChannelError("the worker sent an answer of the wrong form")
    return header


def _receive(channel: socket.socket, size: int, deadline: float | None) -> bytes:
    chunks, left = [], size
    while left:
        channel.settimeout(_seconds_left(deadline))
        try:
            chunk = channel.recv(min(left, 2**20))
        except TimeoutError:
            raise ChannelTimeoutError("no answer in time") from None
        except OSError as error:
            raise ChannelClosedError(str(error)) from None
        if not chunk:
            raise ChannelClosedError("the other end is closed")
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _seconds_left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise ChannelTimeoutError("no answer in time")
    return left
