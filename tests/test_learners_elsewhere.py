"""What learners use works on every terminal, and in a folder that may not be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders import course
from graders.learners.keys import named
from graders.learners.memory import Memory
from graders.learners.progress import Progress, load_progress


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("h", "h"),
        ("H", "h"),
        (" ", " "),
        ("\x1b", "escape"),
        ("\x1b[A", "up"),
        ("\x1bOB", "down"),
        ("\xe0P", "down"),
        ("\x1b[200~", ""),
    ],
)
def test_a_key_has_one_name_on_every_terminal(key: str, name: str) -> None:
    assert named(key) == name


def test_progress_that_cannot_be_written_is_told_once_and_goes_on_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".progress.json"
    memory = Memory(path)
    jacobian = course.topic("jacobian")

    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("graders.learners.progress.write_atomically", closed)
        first = memory.change(lambda progress: progress.with_hint(jacobian, "vjp", 1))
        second = memory.change(lambda progress: progress.with_hint(jacobian, "vjp", 2))
    assert first == f"your progress cannot be kept in {path}: Permission denied"
    assert second == ""
    assert memory.now().of(jacobian, "vjp").hints == 2
    assert load_progress(path) == Progress()
    assert memory.change(lambda progress: progress) == ""
    assert load_progress(path).of(jacobian, "vjp").hints == 2
