"""Run inside the container: judge a file beside one that keeps hundreds of threads."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from attacks import specimens
from graders.course import topic
from graders.course.submission import Submission, parse_submission
from graders.judge.session import Session
from graders.sandbox.student import Student

# As many as the system gives; the work is done without the interpreter's lock.
CROWD = """
import hashlib, threading, time
threading.stack_size(2**16)
block, all_there = bytes(2**20), threading.Event()

def busy():
    all_there.wait()
    while True:
        hashlib.sha256(block)

def sleeping():
    time.sleep(600)

for _ in range(300):
    try:
        threading.Thread(target={kind}, daemon=True).start()
    except RuntimeError:
        break
all_there.set()
"""
# An honest file that needs some threads of its own.
THREADS = """
import threading
threading.stack_size(2**18)

def _in_threads(function):
    def answer(func, inputs):
        found, ready = [], threading.Barrier(9)
        def wait():
            ready.wait()
        threads = [threading.Thread(target=wait) for _ in range(8)]
        for one in threads:
            one.start()
        ready.wait()
        for one in threads:
            one.join()
        return function(func, inputs)
    return answer

gradient = _in_threads(gradient)
"""
KINDS = ("busy", "sleeping")
# Handed in twice and alive at once: each leaves something wherever two processes may meet, and
# then looks for what the other has left.
MEETING = """
import ctypes, fcntl, os, signal, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
places = ["/tmp", "/tmp/course", "/dev/shm", "/dev/mqueue", "/run", "/var/tmp", sys.prefix]

def write(path):
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o666))

def bind(address):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(address)
        one.listen()

def shared(function, *words):
    if getattr(libc, function)(*words) == -1:
        raise OSError(ctypes.get_errno(), function)

def lock():
    with open(os.__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

ways = {f"file in {place}": lambda place=place: write(place + "/meeting") for place in places}
ways |= {
    "abstract socket": lambda: bind("\\0meeting"),
    "socket": lambda: bind("/tmp/meeting.sock"),
    "port": lambda: socket.create_server(("127.0.0.1", 47111)),
    "System V memory": lambda: shared("shmget", 47110, 4096, 0o1666),
    "System V queue": lambda: shared("msgget", 47110, 0o1666),
    "System V semaphore": lambda: shared("semget", 47110, 1, 0o1666),
    "message queue": lambda: shared("mq_open", b"/meeting", os.O_RDWR | os.O_CREAT, 0o666, None),
    "memory by name": lambda: shared("memfd_create", b"meeting", 0),
    "lock on a file that both may read": lock,
    "signal to everybody": lambda: os.kill(-1, signal.SIGCONT),
    "signal to a group": lambda: os.killpg(os.getpgid(0), signal.SIGCONT),
    "list of processes": lambda: os.listdir("/proc"),
    "descriptor of a process": lambda: os.pidfd_open(2),
}

def met():
    through = []
    for name, way in ways.items():
        try:
            way()
        except (OSError, AttributeError):
            continue
        through.append(name)
    return through

MET = met()

def hessian(func, inputs):
    raise LookupError(f"they met by {MET + met()}")
"""


def beside(session: Session) -> dict[str, Any]:
    """Judge an honest file alone, then beside each kind of crowd; all are of one warm process."""
    honest = _submission(specimens.base("hessian") + "\n\n# %%\n" + THREADS)
    (alone,) = session.judge([honest])
    report: dict[str, Any] = {"scores": {task.name: task.score for task in alone.tasks}}
    for kind in KINDS:
        crowd = Student(_submission(CROWD.format(kind=kind)), session.launcher, 0)
        with closing(crowd):
            crowd.start()
            threads = _most_threads()
            started = time.monotonic()
            alike = session.judge([honest]) == [alone]
            seconds = round(time.monotonic() - started, 2)
        report[kind] = {"alike": alike, "threads": threads, "seconds": seconds}
    report["met"] = _meeting(session)
    return report


def _meeting(session: Session) -> str:
    """Judge a file that looks for another worker while one of the same kind is alive."""
    one = Student(_submission(MEETING), session.launcher, 0)
    with closing(one):
        one.start()
        (verdict,) = session.judge([_submission(MEETING)])
    return next(task for task in verdict.tasks if task.name == "hessian").first_failure.message


def _submission(source: str) -> Submission:
    return parse_submission(source.encode(), "hessian.py", topic("hessian"))


def _most_threads() -> int:
    """Count the threads of the process that has most of them."""
    running = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return max(len(list((entry / "task").iterdir())) for entry in running)
