"""What nobody foresaw ends in a sentence; who stops `dojo`, or stops listening, sees nothing."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.learners import DOJO, dojo, environment, make_place

FAILS = """
import typer
from graders.commands.last_word import run
app = typer.Typer(pretty_exceptions_enable=False)
@app.command()
def command() -> None:
    secret = 42
    raise ValueError("∇ broke \\x1b[31m in red\\nand more")
run(app)
"""


def failing(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FAILS],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(XDG_STATE_HOME=str(folder / "state"), **variables),
        check=False,
    )


def test_what_nobody_foresaw_is_one_sentence_and_a_file_with_the_details(tmp_path: Path) -> None:
    done = failing(tmp_path)
    (details,) = (tmp_path / "state" / "dojo").iterdir()
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "dojo: something unexpected happened: ValueError: ∇ broke \\x1b[31m in red; "
        f"the details are in {details}; "
        "please send that to whoever looks after this course\n"
    )
    text = details.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    assert "Python 3." in text


def test_details_go_to_the_temporary_folder_where_the_first_place_is_closed(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder", encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    done = failing(tmp_path, TMPDIR=str(tmp_path / "temporary"))
    (details,) = (tmp_path / "temporary" / "dojo").iterdir()
    assert str(details) in done.stderr
    assert done.stderr.count("\n") == 1


def test_whoever_mends_the_course_may_have_the_error_itself(tmp_path: Path) -> None:
    done = failing(tmp_path, DOJO_DEBUG="1")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    place = make_place(tmp_path)
    path = place / "exercises" / "derivatives" / "jacobian.py"
    path.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    process = subprocess.Popen(
        [*DOJO, "check", "jacobian"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
        # Who runs the tests in the background has it ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(1)
    # torch swallows one that comes in the middle of its import; so a user presses again.
    while process.poll() is None:
        time.sleep(1)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    # A shell gives both as 130; Python chooses the second where the import was broken off.
    assert process.returncode in (130, -signal.SIGINT)
    assert (out, errors) == (b"", b"")


@pytest.mark.parametrize("arguments", [("list",), ("--help",), ("hint", "jacobian")])
def test_a_pipe_that_nobody_reads_ends_quietly(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    place = make_place(tmp_path)
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [*DOJO, *arguments],
        cwd=place,
        stdout=writes,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writes)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*DOJO, "--help"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(XDG_STATE_HOME=str(tmp_path)),
            check=False,
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_closed_stream_costs_what_would_be_written_there(tmp_path: Path) -> None:
    place = make_place(tmp_path)
    cases = (("list", ">&-", 0), ("list", ">&- 2>&-", 0), ("hint nope", "2>&-", 2))
    for words, closed, status in cases:
        command = f"{shlex.join(DOJO)} {words} {closed}"
        done = subprocess.run(command, shell=True, cwd=place, env=environment(), check=False)
        assert done.returncode == status, (words, closed)


LEAVES = """
import atexit, os, threading, time
from graders.commands.last_word import run

def app():
    threading.Thread(target=lambda: (time.sleep(0.2), print("the thread has ended"))).start()
    atexit.register(print, "registered last")
    print("the command is done")
    raise SystemExit({status})

atexit.register(print, "registered first")
run(app)
"""


@pytest.mark.parametrize(("status", "code"), [("None", 0), ("3", 3), ("'a word'", 1), ("True", 1)])
def test_it_ends_as_python_does_with_its_threads_its_handlers_and_its_status(
    tmp_path: Path, status: str, code: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES.format(status=status)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == code
    said = ["the command is done", "the thread has ended", "registered last", "registered first"]
    assert done.stdout.splitlines() == said
    assert done.stderr == ("a word\n" if "word" in status else "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize(
    "arguments", [("--help",), ("list",), ("hint", "vjp"), ("check", "∇"), ("report", "∇é")]
)
def test_no_encoding_is_an_error(tmp_path: Path, encoding: str, arguments: tuple[str, ...]) -> None:
    place = make_place(tmp_path)
    done = subprocess.run(
        [*DOJO, *arguments],
        cwd=place,
        capture_output=True,
        env=environment(PYTHONIOENCODING=encoding, LC_ALL="C"),
        check=False,
    )
    assert b"Error" not in done.stderr
    assert b"unexpected" not in done.stderr
    assert done.stdout or done.stderr.count(b"\n") == 1


def on_a_terminal(command: list[str], folder: Path, **variables: str) -> bytes:
    """Run a command on a terminal of its own and give all that it wrote there."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
        env=environment(**variables),
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    process.wait()
    os.close(ours)
    return written


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
@pytest.mark.parametrize(
    "variables", [{"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii"}, {"TERM": "dumb"}]
)
def test_a_terminal_that_knows_no_signs_is_given_words(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    written = on_a_terminal([*DOJO, "list"], make_place(tmp_path), **variables)
    assert b"open: vjp, 3 points to win" in written
    assert b"\x1b" not in written


def test_a_usage_error_stays_what_typer_makes_of_it(tmp_path: Path) -> None:
    done = dojo(tmp_path, "chek")
    assert done.returncode == 2
    assert "Did you mean 'check'?" in done.stderr
