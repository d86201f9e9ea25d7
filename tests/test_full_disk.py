"""A disk that is full while a class is graded: it is said in words, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from class_of_students import ASSIGNMENT, hand_in_a_class, make_course
from nbgrader.api import Gradebook

from graders.classroom.failures import NO_FOLDER, NO_ROOM, in_words

# Grades in a small file system: with no room for verdicts, with none for the gradebook, and with
# enough; then brings the gradebook out. What is mounted there ends with the shell.
SCRIPT = """
set -e
grade() {
    status=0
    "$PYTHON" -m graders.cli grade "$ASSIGNMENT" --no-feedback >"$OUT/$1" 2>&1 || status=$?
    echo $status >> "$OUT/statuses"
}
leave() {
    rm -f "$ROOM/ballast"
    free=$(df -k --output=avail . | tail -1)
    head -c $(( (free - $1) * 1024 )) /dev/zero > "$ROOM/ballast"
}
mount -t tmpfs -o size=64m tmpfs "$ROOM"
cp -r "$COURSE" "$ROOM/course"
cd "$ROOM/course"
leave 8
grade judging
leave 200
grade writing
rm "$ROOM/ballast"
grade all
cp gradebook.db "$OUT"
"""


# Of ten points, for a Hessian and a gradient of the wrong dtype.
EARNED = 7


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = [*in_a_namespace(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def in_a_namespace() -> list[str]:
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def test_it_is_said_and_the_next_run_goes_on(tmp_path: Path) -> None:
    if sys.platform != "linux" or not may_mount():
        pytest.skip("a small file system cannot be mounted here")
    folder, room, out = (tmp_path / name for name in ("course", "room", "out"))
    make_course(folder)
    hand_in_a_class(folder)
    room.mkdir()
    out.mkdir()
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        "ROOM": str(room),
        "COURSE": str(folder),
        "OUT": str(out),
        "ASSIGNMENT": ASSIGNMENT,
    }
    shell = [*in_a_namespace(), "sh", "-c", SCRIPT]
    subprocess.run(shell, env=environment, check=True, timeout=250)
    judging, writing, everything = (out / "statuses").read_text().split()
    # A writer may meet it, or whoever notes what is written: then the run ends there.
    assert judging == "2" and writing in ("1", "2") and everything == "0"
    for step in ("judging", "writing"):
        said = (out / step).read_text(encoding="utf-8")
        assert NO_ROOM in said
        assert "Traceback" not in said
    assert "Failed" not in (out / "all").read_text(encoding="utf-8")
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}", "second-derivatives") as gradebook:
        handed_in = {one.student.id: one for one in gradebook.assignment_submissions(ASSIGNMENT)}
        scores = {name: one.score for name, one in handed_in.items()}
        for_a_person = {name for name, one in handed_in.items() if one.needs_manual_grade}
    assert scores == {"right": 10, "part": EARNED, "empty": 0, "broken": 0, "late": 10}
    assert for_a_person == {"broken"}


def test_another_error_is_told_by_its_first_line() -> None:
    assert in_words(ValueError("the first line\nand more")) == "ValueError: the first line"
    assert in_words(KeyError()) == "KeyError"


def test_no_folder_for_temporary_files_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", list)
    with pytest.raises(FileNotFoundError) as raised:
        tempfile._get_default_tempdir()  # type: ignore[attr-defined]
    assert in_words(raised.value) == NO_FOLDER


def _written_badly() -> None:
    try:
        raise OSError(28, "No space left on device")
    except OSError as error:
        raise RuntimeError("could not be written") from error


def test_an_error_that_came_of_a_full_disk_tells_of_the_disk() -> None:
    with pytest.raises(RuntimeError) as raised:
        _written_badly()
    assert in_words(raised.value) == NO_ROOM
