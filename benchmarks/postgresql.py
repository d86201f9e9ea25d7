"""A PostgreSQL server of our own with one empty database, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_SECONDS = 60


def programs() -> Path | None:
    """Find the folder of the server's programs; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").is_file()), None)


@contextmanager
def server(place: Path, *options: str) -> Iterator[str]:
    """Run a server with the settings that it comes with, and options; give its database's URL."""
    is_root = os.geteuid() == 0
    # The server refuses to run as root.
    user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if is_root else {}
    folder = Path(tempfile.mkdtemp(prefix="dojo-postgresql-"))
    try:
        if is_root:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        make = [str(place / "initdb"), "-D", str(data), "--no-sync"]
        make += ["--auth=trust", "--username=grader", "--locale=C", "--encoding=UTF8"]
        subprocess.run(make, check=True, capture_output=True, cwd="/", **user)
        run = [str(place / "postgres"), "-D", str(data), "-k", str(folder)]
        run += ["-c", "listen_addresses=", *options]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(run, cwd="/", **quiet, **user) as process:
            url = f"postgresql+psycopg://grader@/postgres?host={folder}"
            try:
                _wait_for(url, process)
                yield url
            finally:
                # Its fast way to end: it hangs up on whoever is still connected.
                process.send_signal(signal.SIGINT)
                process.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[str]) -> None:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
