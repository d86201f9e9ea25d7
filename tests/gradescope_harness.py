"""Gradescope's harness as its documents describe it: a folder laid out, a script run, a file read.

See the "Autograder Specifications" of Gradescope: the zip lies unpacked in `source`, the student's
files in `submission`, and `results/results.json` is read when `run_autograder` has ended. Here the
folder is another than /autograder, and the virtual environment the one that the tests run in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from jsonschema import Draft202012Validator

_SHOWN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
_FORM = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
# What Gradescope reads, and `score` for each entry, which it asks for where there is no total.
VALIDATOR = Draft202012Validator(
    {
        "type": "object",
        "required": ["score", "tests"],
        "additionalProperties": False,
        "properties": {
            "score": {"type": "number", "minimum": 0},
            "execution_time": {"type": "number"},
            "output": {"type": "string"},
            "output_format": _FORM,
            "test_output_format": _FORM,
            "test_name_format": _FORM,
            "visibility": _SHOWN,
            "stdout_visibility": _SHOWN,
            "extra_data": {"type": "object"},
            "leaderboard": {"type": "array"},
            "tests": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["score", "max_score", "name"],
                    "additionalProperties": False,
                    "properties": {
                        "score": {"type": "number", "minimum": 0},
                        "max_score": {"type": "number", "minimum": 0},
                        "status": {"enum": ["passed", "failed"]},
                        "name": {"type": "string"},
                        "name_format": _FORM,
                        "number": {"type": "string"},
                        "output": {"type": "string"},
                        "output_format": _FORM,
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "visibility": _SHOWN,
                        "extra_data": {"type": "object"},
                    },
                },
            },
        },
    }
)


@dataclass(frozen=True)
class Run:
    """What came of a run: its exit status, what instructors see, and the results if there are."""

    status: int
    printed: str
    results: dict[str, Any] | None

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The entries that students see."""
        assert self.results is not None, self.printed
        return [test for test in self.results["tests"] if test["visibility"] == "visible"]

    def points(self) -> dict[str, float]:
        """Give the points of each task."""
        return {test["name"].partition(": ")[2]: test["score"] for test in self.tasks}

    def told(self, task: str) -> str:
        """Give what is told of a task."""
        return next(test["output"] for test in self.tasks if test["name"].endswith(f": {task}"))


def unpack(package: Path, root: Path) -> None:
    """Do what Gradescope does when it builds the image, but for running setup.sh."""
    source = root / "source"
    with ZipFile(package) as archive:
        archive.extractall(source)
        for member in archive.infolist():
            (source / member.filename).chmod(member.external_attr >> 16 & 0o777)
    shutil.copy(source / "run_autograder", root)
    (root / "venv").symlink_to(sys.prefix)
    (root / "results").mkdir()
    (root / "submission").mkdir()


def run_autograder(root: Path, before: Sequence[str] = ()) -> Run:
    """Run the script as the harness does, and read what it reads; `before` runs it in its turn."""
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*before, str(root / "run_autograder")],
        cwd=root,
        env={**own, "AUTOGRADER_ROOT": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=500,
    )
    path = root / "results" / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if results is not None:
        VALIDATOR.validate(results)
    assert [one.name for one in path.parent.iterdir()] == ([path.name] if results else [])
    return Run(done.returncode, done.stdout, results)


def hand_over(root: Path, folder: Path | None = None) -> None:
    """Put a student's files in the place of those of the one before."""
    shutil.rmtree(root / "submission")
    if folder is None:
        (root / "submission").mkdir()
    else:
        shutil.copytree(folder, root / "submission", symlinks=True)
