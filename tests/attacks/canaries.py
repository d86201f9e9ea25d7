"""What is planted for attacks to find, and what must be unchanged after them."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def planted(course: Path) -> Iterator[list[socket.socket]]:
    """Plant a gradebook, another's submission, a secret and listeners; give the listeners."""
    with sqlite3.connect(course / "gradebook.db") as gradebook:
        gradebook.execute("create table canary (points real)")
        gradebook.execute("insert into canary values (1.0)")
    gradebook.close()
    other = course / "submitted" / "other" / "derivatives"
    other.mkdir(parents=True)
    (other / "hessian.py").write_text("def hessian(func, inputs):\n    return 'canary'\n")
    (course / "secret-key").write_text("canary")
    for path in [course / "gradebook.db", *course.rglob("submitted/**"), course / "secret-key"]:
        path.chmod(0o777)
    os.environ["CANARY"] = "canary"
    listeners = [_listener(socket.AF_INET, ("127.0.0.1", 47110))]
    listeners.append(_listener(socket.AF_UNIX, "\0canary-47110"))
    listeners.append(_listener(socket.AF_UNIX, str(course / "canary.sock")))
    (course / "canary.sock").chmod(0o777)
    try:
        yield listeners
    finally:
        for listener in listeners:
            listener.close()


def visitors(listeners: list[socket.socket]) -> int:
    """Count who connected."""
    count = 0
    for listener in listeners:
        try:
            listener.accept()[0].close()
            count += 1
        except BlockingIOError:
            continue
    return count


def snapshot(*folders: Path) -> dict[str, str]:
    """Describe every file below the folders: kind, permissions, owner, date and contents."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            about = path.lstat()
            data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            digest = hashlib.sha256(data).hexdigest()
            found[str(path)] = f"{about.st_mode} {about.st_uid} {about.st_nlink} {digest}"
    return found


def processes(seconds: float = 5.0) -> list[str]:
    """List the processes that are still in this container, but for its first one and this one."""
    deadline = time.monotonic() + seconds
    while (found := _processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _processes() -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (1, os.getpid()):
            try:
                found.append((entry / "cmdline").read_text().replace("\0", " ")[:80])
            except OSError:
                continue
    return found


def _listener(family: socket.AddressFamily, address: object) -> socket.socket:
    listener = socket.socket(family)
    listener.bind(address)  # type: ignore[arg-type]
    listener.listen()
    listener.setblocking(False)
    return listener
