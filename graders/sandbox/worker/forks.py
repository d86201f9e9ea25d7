"""What a warm process does: it holds nothing secret, and forks a worker when asked.

It reads one message of JSON at a time from its control socket:
`{"fork": …, "compile": […], "warmth": …}` with the worker's end of a channel attached answers
`{"pid": …}` with a pidfd, after it has compiled set-up cells of the course's and warmed up as far
as is asked for, for this worker and those to come;
`{"reap": pid}` answers `{"status": …, "seconds": …}` of processor time once that worker has ended;
`{"twin": course}` with one end of a control socket attached forks a warm process that serves it and
that course, and that says there when it is ready, with its own pidfd.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import site
import socket
import sys
import sysconfig
from pathlib import Path
from typing import Any

from graders.sandbox.channel import ChannelError
from graders.sandbox.confine import confine
from graders.sandbox.confine.apart import user_of_its_own
from graders.sandbox.confine.namespaces import fork, settle
from graders.sandbox.layers import Policy
from graders.sandbox.processes import MAX_CONTROL_BYTES
from graders.sandbox.warmth import Warmth
from graders.sandbox.worker.huge_pages import lay_in_huge_pages
from graders.sandbox.worker.late_imports import leave_where_more_is_needed
from graders.sandbox.worker.serve import leave, serve
from graders.sandbox.worker.warm import Warm, warm_up


def fork_workers(control: socket.socket, warmth: Warmth, course: list[str]) -> None:
    """Warm up, then serve a control socket until nobody is there to ask; see `warm_up`."""
    warm = warm_up(course)
    _warm_up_to(warmth, warm)
    readable = readable_folders()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        control.sendall(_as_line({"warm": True}))
        _serve(control, readable, warm)
    finally:
        # Whoever asked may be gone. No exit handler runs here: a twin has those of its mother.
        leave()


def _serve(control: socket.socket, readable: tuple[Path, ...], warm: Warm) -> None:
    """Do what is asked until nobody is there to ask; in a twin, on its own socket."""
    twins: list[int] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_CONTROL_BYTES, 1)
        if not message:
            return
        request = json.loads(message)
        if "fork" in request:
            warm.compile(request["compile"])
            _warm_up_to(Warmth(request["warmth"]), warm)
            _fork(control, descriptors[0], request["fork"], readable, warm)
        elif "twin" in request:
            mine, control = control, _fork_twin(control, descriptors[0], twins)
            if control is not mine:
                warm.serve_course(request["twin"])
        else:
            _reap(control, request["reap"])


def _warm_up_to(wanted: Warmth, warm: Warm) -> None:
    """Import what is missing; of the first degree nothing is, and whoever waits is not delayed."""
    if warm.up_to(wanted):
        lay_in_huge_pages()


def _fork_twin(control: socket.socket, descriptor: int, twins: list[int]) -> socket.socket:
    """Fork a warm process; give the control socket that whoever returns from here serves."""
    twins[:] = [pid for pid in twins if os.waitpid(pid, os.WNOHANG) == (0, 0)]
    try:
        pid = fork()
    except OSError:
        # Whoever asked finds its socket closed; the other twins live on.
        os.close(descriptor)
        return control
    if pid != 0:
        os.close(descriptor)
        twins.append(pid)
        return control
    control.close()
    twins.clear()
    settle()
    own = socket.socket(fileno=descriptor)
    watch = os.pidfd_open(os.getpid())
    socket.send_fds(own, [_as_line({"warm": True})], [watch])
    os.close(watch)
    return own


def _fork(
    control: socket.socket,
    descriptor: int,
    limits: dict[str, Any],
    readable: tuple[Path, ...],
    warm: Warm,
) -> None:
    pid = fork()
    if pid == 0:
        _become_worker(descriptor, limits, readable, warm)
    os.close(descriptor)
    watch = os.pidfd_open(pid)
    socket.send_fds(control, [_as_line({"pid": pid})], [watch])
    os.close(watch)


def _become_worker(
    descriptor: int, limits: dict[str, Any], readable: tuple[Path, ...], warm: Warm
) -> None:
    status = 1
    try:
        policy = Policy(
            readable=readable,
            scratch=None,
            keep_fds=(descriptor,),
            memory_bytes=limits["memory_bytes"],
            cpu_seconds=limits["cpu_seconds"],
            user=user_of_its_own(),
            without=frozenset(limits["without"]),
        )
        layers = confine(policy)
        warm.rehearse()
        leave_where_more_is_needed(warm.warmth, warm.library)
        described = [[layer.name, layer.active, layer.why] for layer in layers]
        with contextlib.suppress(ChannelError):
            serve(socket.socket(fileno=descriptor), warm, described)
        status = 0
    finally:
        leave(status)


def _reap(control: socket.socket, pid: int) -> None:
    _, status, used = os.wait4(pid, 0)
    seconds = used.ru_utime + used.ru_stime
    ended = {"status": os.waitstatus_to_exitcode(status), "seconds": seconds}
    control.sendall(_as_line(ended))


def readable_folders() -> tuple[Path, ...]:
    """List the interpreter's and the libraries' folders, which a worker may read."""
    paths = {sys.prefix, sys.base_prefix, *site.getsitepackages()}
    paths |= {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    paths |= {"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo"}
    return tuple(sorted(Path(path).resolve() for path in paths if Path(path).exists()))


def _as_line(values: dict[str, Any]) -> bytes:
    """Write a control message."""
    return json.dumps(values).encode() + b"\n"
