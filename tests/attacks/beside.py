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
    return report


def _submission(source: str) -> Submission:
    return parse_submission(source.encode(), "hessian.py", topic("hessian"))


def _most_threads() -> int:
    """Count the threads of the process that has most of them."""
    running = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return max(len(list((entry / "task").iterdir())) for entry in running)
