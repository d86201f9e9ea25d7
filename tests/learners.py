"""A course folder for a learner, with exercises in any state, and the real `dojo` in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import forked

ROOT = Path(__file__).resolve().parent.parent
_NOT_IN_A_FORK = {"PYTHONPATH", "PYTHONIOENCODING", "LC_ALL"}
DOJO = [sys.executable, "-m", "graders.cli"]
WRONG_VJP = "def vjp(func, inputs, v):\n    return inputs * 0 + 1"
RIGHT_VJP = """def vjp(func, inputs, v):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, v, materialize_grads=True)[0]"""
STUB = 'raise NotImplementedError("This function is still yours to write.")'
SUM_OF_ROWS = (
    "x = inputs.detach().requires_grad_()\n    return torch.autograd.grad(func(x).sum(), x)[0]"
)


def quick_dojo(*arguments: str) -> list[str]:
    return forked.command("graders.cli", *arguments)


def environment(**more: str) -> dict[str, str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return {**known, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def make_place(folder: Path) -> Path:
    """Copy the exercises into a folder of the learner's own."""
    shutil.copytree(ROOT / "exercises", folder / "exercises")
    (folder / "exercises" / ".progress.json").unlink(missing_ok=True)
    return folder


def exercise(place: Path, topic: str) -> Path:
    return place / "exercises" / "derivatives" / f"{topic}.py"


def solve(place: Path, topic: str) -> None:
    text = (ROOT / "solutions" / "derivatives" / f"{topic}.py").read_text(encoding="utf-8")
    exercise(place, topic).write_text(text, encoding="utf-8")


def write_first_stub(place: Path, topic: str, body: str) -> None:
    path = exercise(place, topic)
    text = path.read_text(encoding="utf-8")
    assert STUB in text
    path.write_text(text.replace(STUB, body, 1), encoding="utf-8")


def dojo(
    place: Path, *arguments: str, typed: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    started = [*DOJO, *arguments] if _NOT_IN_A_FORK & set(variables) else quick_dojo(*arguments)
    return subprocess.run(
        started,
        cwd=place,
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**variables),
        timeout=240,
        check=False,
    )
