"""`dojo watch` on a terminal of 80 columns, driven through a whole topic."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.learners import DOJO, ROOT, SUM_OF_ROWS, exercise, make_place, solve, write_first_stub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
_PATIENCE = 120.0


class Terminal:
    """A tmux session of 80 columns by 24 rows with one program in it."""

    def __init__(self, command: str, folder: Path) -> None:
        self._name = f"dojo-{uuid.uuid4().hex}"
        self._tmux("new-session", "-d", "-x", "80", "-y", "24", "-c", str(folder), command)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-f", "/dev/null", "-L", self._name, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def type(self, line: str) -> None:
        self._tmux("send-keys", "-l", line)
        self.press("Enter")

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *words: str, gone: str = "\0") -> str:
        """Wait until all words stand on the screen, and what is to go is gone."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            if all(word in screen for word in words) and gone not in screen:
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{words} never came; the screen was\n{screen}")

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._name, "kill-server"], capture_output=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return make_place(tmp_path)


@pytest.fixture
def terminal(place: Path) -> Iterator[Terminal]:
    program = shlex.join([*DOJO, "watch", "jacobian"])
    command = f"env PYTHONPATH={shlex.quote(str(ROOT))} PYTHONUTF8=1 LC_ALL=C.UTF-8 {program}"
    terminal = Terminal(f"{command}; echo status $?; sleep 600", place)
    yield terminal
    terminal.close()


def test_a_whole_topic(terminal: Terminal, place: Path) -> None:
    watching = "watching exercises/derivatives/jacobian.py"
    screen = terminal.wait_for("not written yet", watching)
    assert "jacobian: 0 of 10 points" in screen
    assert "h hint  n next  s solution  l list  r reset  q quit" in screen
    assert "→ write vjp in exercises/derivatives/jacobian.py, line" in screen
    assert "v verdict" not in screen

    terminal.press("h")
    terminal.wait_for("hint 1 of", "v verdict  h hint")
    terminal.press("H")
    terminal.wait_for("hint 2 of")
    terminal.press("Escape")
    terminal.wait_for("jacobian: 0 of 10 points", "→ stuck?", gone="hint 2 of")

    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    screen = terminal.wait_for("✗ vjp", "got [4, 12]", "expected [12, 6]", watching)
    assert "? Your answer does not change" in screen

    exercise(place, "jacobian").write_text("def vjp(:\n", encoding="utf-8")
    terminal.wait_for("SyntaxError", watching)
    exercise(place, "jacobian").unlink()
    terminal.wait_for("there is no file")
    exercise(place, "jacobian").write_bytes("½".encode("latin-1"))
    terminal.wait_for("not UTF-8")
    exercise(place, "jacobian").write_text("while True:\n    pass\n", encoding="utf-8")
    terminal.wait_for("judging")

    solve(place, "jacobian")
    screen = terminal.wait_for("jacobian: 10 of 10 points", "✓ jvp", watching)
    assert "→ compare your way with others" in screen
    assert "→ press n to go on with hessian" in screen

    terminal.press("S")
    terminal.wait_for("yours: ", "press space")
    terminal.press("Space")
    terminal.wait_for("one more way: ")

    terminal.press("l")
    screen = terminal.wait_for("jacobian: black belt", "✓ vjp, 3 of 3 points")
    assert watching in screen

    terminal.press("v")
    terminal.wait_for("jacobian: 10 of 10 points")
    terminal.press("r")
    terminal.wait_for("press r again")
    terminal.press("h")
    terminal.wait_for("jacobian.vjp: hint 3 of")
    assert exercise(place, "jacobian").read_text("utf-8") == (
        ROOT / "solutions" / "derivatives" / "jacobian.py"
    ).read_text("utf-8")

    terminal.press("n")
    terminal.wait_for("hessian: 0 of 10 points", "watching exercises/derivatives/hessian.py")
    terminal.press("q")
    terminal.wait_for("status 0", "next: dojo watch hessian".replace("next: ", "→ "))


@pytest.mark.lowest
def test_reset_by_key_keeps_a_backup(terminal: Terminal, place: Path) -> None:
    write_first_stub(place, "jacobian", "return 'mine'")
    terminal.wait_for("✗ vjp", "watching")
    terminal.press("r")
    terminal.wait_for("press r again")
    terminal.press("r")
    terminal.wait_for("your file is kept as .dojo/backups/derivatives/jacobian-")
    (backup,) = (place / ".dojo" / "backups" / "derivatives").iterdir()
    assert "return 'mine'" in backup.read_text("utf-8")
    assert "'mine'" not in exercise(place, "jacobian").read_text("utf-8")
    terminal.press("C-c")
    terminal.wait_for("status 0")


def test_stopped_with_ctrl_z_it_draws_the_page_again_after_fg(place: Path) -> None:
    program = shlex.join([*DOJO, "watch", "jacobian"])
    shell = Terminal("env PS1='ready> ' bash --norc --noprofile", place)
    try:
        shell.wait_for("ready>")
        shell.type(f"env PYTHONPATH={shlex.quote(str(ROOT))} LC_ALL=C.UTF-8 {program}")
        shell.wait_for("not written yet", "watching", "q quit")
        shell.press("C-z")
        shell.wait_for("Stopped", "ready>")
        shell.type("echo as be''fore")
        shell.wait_for("as before")
        shell.type("fg")
        shell.wait_for("jacobian: 0 of 10 points", "q quit")
        assert "ready>" not in shell.screen()
        shell.press("Q")
        shell.wait_for("ready>", "→ dojo watch jacobian")
    finally:
        shell.close()
