"""The container that attacks are run in: nothing in it can reach what is outside.

Bubblewrap gives it a root that is read-only, a /tmp of its own in memory, and process, network
and IPC namespaces of its own; resource limits bound what it takes, and it ends with the test.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
COURSE = "/tmp/course"
NOBODY = 65534
_COURSE_PARTS = ("graders", "source", "solutions", "tests", "nbgrader_config.py")
_MEMORY_BYTES = 24 * 2**30
_FILE_BYTES = 4 * 2**30
_CPU_SECONDS = 900


@cache
def why_not(unprivileged: bool = False) -> str:
    """Say why no container can be had here; empty where one can."""
    if sys.platform != "linux":
        return "attacks are run on Linux only"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed, and attacks are run in its container only"
    tried = subprocess.run(
        [*_command(unprivileged), sys.executable, "-c", "print('in')"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "" if tried.stdout == "in\n" else f"bubblewrap cannot make a container: {tried.stderr}"


def run(
    module: str, arguments: Sequence[str] = (), *, unprivileged: bool = False, seconds: float = 600
) -> Any:
    """Run `python -m module` in a container, in a copy of the course, and read what it prints."""
    parts = " ".join(str(REPOSITORY / part) for part in _COURSE_PARTS)
    script = (
        f"mkdir {COURSE} && cp -r {parts} {COURSE} && find {COURSE} -name __pycache__ -prune "
        f'-exec rm -r {{}} + && chmod -R a+rwX {COURSE} && cd {COURSE} && exec "$@"'
    )
    done = subprocess.run(
        [
            *_command(unprivileged),
            *("/bin/sh", "-c", script, "sh", sys.executable, "-B", "-m", module, *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=seconds,
        preexec_fn=_limit,  # noqa: PLW1509 (the tests start no threads)
        env={
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "PYTHONPATH": f"{COURSE}:{COURSE}/tests",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "HOME": "/tmp",
        },
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _command(unprivileged: bool) -> list[str]:
    user = ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)] if unprivileged else []
    return [
        "bwrap",
        *("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
        *brought_back(),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        *("--die-with-parent", "--new-session"),
        *user,
    ]


def brought_back() -> list[str]:
    """Bring back the folders of this run that a /tmp of its own would hide."""
    needed = {Path(sys.prefix), Path(sys.base_prefix), REPOSITORY}
    hidden = sorted(str(path) for path in needed if path.is_relative_to("/tmp"))
    # A folder that bubblewrap makes on the way is closed to other users unless it is told.
    above = {str(up) for path in hidden for up in Path(path).parents if up != Path("/tmp")}
    open_folders = sorted(path for path in above if path.startswith("/tmp/"))
    words = [word for path in open_folders for word in ("--perms", "0755", "--dir", path)]
    return words + [word for path in hidden for word in ("--ro-bind", path, path)]


def _limit() -> None:
    for kind, value in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
