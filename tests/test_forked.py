"""A command line in a fork does what it does in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from learners import DOJO, environment, make_place, quick_dojo

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems start each afresh")


def run(command: list[str], folder: Path, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        command, cwd=folder, env=environment(**variables), input="", capture_output=True,
        text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments", [("list",), ("check", "jacobian"), ("check", "nope"), ("grade", "derivatives")]
)
def test_it_says_and_returns_the_same(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    place = make_place(tmp_path)
    assert run(quick_dojo(*arguments), place) == run([*DOJO, *arguments], place)


def test_it_has_the_variables_and_the_folder_that_it_is_given(tmp_path: Path) -> None:
    narrow, wide = (
        run(quick_dojo("--help"), tmp_path, COLUMNS=columns)[1] for columns in ("60", "200")
    )
    assert max(map(len, narrow.splitlines())) <= 60 < max(map(len, wide.splitlines())) <= 200
    status, _, said = run(quick_dojo("update"), tmp_path)
    assert status == 2 and "dojo init" in said


def test_whoever_kills_its_client_ends_it(tmp_path: Path) -> None:
    place = make_place(tmp_path)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        quick_dojo("watch", "jacobian", "--plain"), cwd=place, env=environment(), stdin=pipe,
        stdout=pipe, text=True,
    ) as client:  # fmt: skip
        assert client.stdout is not None
        while not client.stdout.readline().startswith("watching"):
            pass
        (fork,) = (one for one in of_this_place(place) if one.pid != client.pid)
        client.kill()
    deadline = time.monotonic() + 20
    while fork.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not fork.is_running()


def of_this_place(place: Path) -> list[psutil.Process]:
    return [one for one in psutil.process_iter() if _folder_of(one) == str(place)]


def _folder_of(process: psutil.Process) -> str:
    try:
        return str(process.cwd())
    except psutil.Error:
        return ""
