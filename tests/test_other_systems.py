"""Self-study on macOS and Windows: nothing that Linux alone has is imported on the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from learners import WRONG_VJP, environment, exercise, make_place, write_first_stub

# Windows has none of these; macOS lacks the last two.
ABSENT = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "landlockpy", "pyseccomp")
ELSEWHERE = f"""
import os, sys
for name in {ABSENT!r}:
    sys.modules[name] = None
for name in ("fork", "getuid", "geteuid", "pidfd_open", "setsid"):
    delattr(os, name)
"""
COMMAND = """
sys.argv[0] = "dojo"
from graders.cli import main
main()
"""
# The keys of a terminal are read otherwise on Windows; all else of `dojo watch` is the same.
WATCH = "import graders.learners.watch, graders.learners.screen, graders.learners.checking"


def elsewhere(place: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ELSEWHERE + code, *arguments],
        cwd=place,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["list"], 0),
        (["hint", "jacobian"], 0),
        (["check", "jacobian", "--isolation", "process"], 1),
        (["reset", "jacobian"], 0),
        (["init", "mine"], 0),
        (["watch", "--help"], 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_learner_s_command_works_there(tmp_path: Path, arguments: list[str], status: int) -> None:
    write_first_stub(make_place(tmp_path), "jacobian", WRONG_VJP)
    done = elsewhere(tmp_path, COMMAND, *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if arguments[0] == "check":
        assert "vjp" in done.stdout and "a process of its own" in done.stdout
    assert exercise(tmp_path, "jacobian").is_file()


def test_watch_can_be_loaded_there(tmp_path: Path) -> None:
    done = elsewhere(tmp_path, WATCH)
    assert done.returncode == 0, done.stderr
