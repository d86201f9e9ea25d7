"""Run command lines of the course as forks of one process that has imported torch and nbgrader.

Importing both takes seconds of a processor, each time. A fork does what `python -m` does, in the
folder and environment that it is given, on the same code; only its imports are there already. A
test of starting, of signals or of an installation elsewhere starts a process of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from twins import mother

_TESTS = Path(__file__).resolve().parent
_ROOT = _TESTS.parent


def command(module: str, *arguments: str) -> list[str]:
    """Give the words that run a module of the course's, or nbgrader, in a fork.

    They want an environment as `learners.environment` gives it, with no other PYTHONPATH.
    """
    if sys.platform != "linux":
        return [sys.executable, "-m", module, *arguments]
    client = [sys.executable, "-ISB", str(_TESTS / "forked_client.py")]
    return [*client, _socket_of_the_server(), module, *arguments]


@cache
def _socket_of_the_server() -> str:
    """Start the server, which ends with this process; a client waits until it serves."""
    folder = Path(tempfile.mkdtemp(prefix="forked-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    lent = mother()
    assert lent is not None
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        numbers = (listener.fileno(), lent.fileno())
        subprocess.Popen(
            [sys.executable, str(_TESTS / "forked_server.py"), *map(str, numbers)],
            pass_fds=numbers,
            cwd=_ROOT,
            # A thread of numpy's would be missing in a fork.
            env={**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
        )
    return str(folder / "socket")
