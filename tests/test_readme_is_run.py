"""Every command of the README, by one who learns alone and by one who teaches."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from class_of_students import ASSIGNMENT, RIGHT, hand_in
from learners import ROOT
from shell import Shell, make_clone

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`((?:dojo|make|nbgrader|pip|uv|pytest|sudo|source)(?: [^`]+)?)`")
# What is run elsewhere, and where; the rest is run here.
RUN_BY = {
    "make demo": "test_demo.py, and whoever follows the README",
    "make test": "CI",
    "make test-all": "this very test, which `make test` leaves out",
    "make install": "whichever of make's targets comes first",
    "make bench": "benchmarks/, by hand: it measures and proves nothing",
    "make lab": "test_jupyterlab.py, on a course of its own",
    "make": "a word for the program",
    "sudo make system-packages": "CI",
    "source .venv/bin/activate": "the environment of these tests",
    "pip": "a word for the program",
    "pip install torch --index-url https://download.pytorch.org/whl/cpu": "PyTorch's own page",
    "uv pip install --torch-backend=cpu": "uv's own page",
    "%load_ext graders": "test_learners_notebook.py",
    "%check hvp": "test_learners_notebook.py",
}
# Named in the text by their first words; some are run on a smaller course.
ALSO = {"dojo build", "dojo verify", "dojo check", "dojo update"}
LEARNER = "pip install git+https://ADDRESS/OF/THIS/REPOSITORY"


def blocks() -> list[list[str]]:
    """The commands of each block, without what is said about them."""
    lines = [[line.partition(" #")[0].strip() for line in one.splitlines()] for one in found()]
    return [[line for line in one if line and not line.startswith("#")] for one in lines]


def found() -> list[str]:
    return [str(one) for one in BLOCK.findall(PAGE)]


def block_with(command: str) -> list[str]:
    (block,) = (one for one in blocks() if command in one)
    return block


def test_every_command_is_run_by_a_test() -> None:
    run_here = {*block_with(LEARNER), *by_the_teacher(), "dojo check hvp", "pytest --topic hvp"}
    started = {" ".join(command.split()[:2]) for command in run_here}
    every = {line for block in blocks() for line in block} | set(INLINE.findall(PAGE))
    assert every - run_here - set(RUN_BY) - started - ALSO == set()


def by_the_teacher() -> list[str]:
    first = ("dojo kit derivatives", "nbgrader autograde derivatives", "dojo grade derivatives")
    return [line for one in (*first, "dojo export canvas") for line in block_with(one)]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_who_learns_alone_types_what_stands_there(tmp_path: Path) -> None:
    home = tmp_path / "ada"
    learner = Shell(home, home, PYTHONPATH=str(home / "site"))
    install, *others = block_with(LEARNER)
    from_git = install.replace("https://ADDRESS/OF/THIS/REPOSITORY", f"file://{ROOT}")
    where = f"--quiet --no-deps --no-build-isolation --target {home / 'site'}"
    learner.run(from_git.replace("install", f"install {where}"))
    said = {}
    for command in others:
        if "solution" in command:
            exercise = learner.folder / "exercises" / ASSIGNMENT / "jacobian.py"
            shutil.copy(ROOT / "solutions" / ASSIGNMENT / "jacobian.py", exercise)
            learner.run("dojo check jacobian")
        said[command] = watch(learner) if "watch" in command else learner.run(command)
    assert (home / "lessons" / "start.ipynb").is_file()
    assert "dojo watch jacobian" in said["dojo"]
    assert "0 of 10 points" in said["dojo watch jacobian"]
    assert "hint 1 of" in said["dojo hint jacobian"]
    assert "yours is kept" in PAGE and "kept" in said["dojo reset jacobian"]
    assert "nothing new" in learner.run("dojo update")
    for command in ("dojo check hvp", "pytest --topic hvp"):
        done = subprocess.run(
            command.split(), cwd=learner.folder, env=learner.variables, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1 and "not written yet" in done.stdout, done.stdout + done.stderr


def watch(learner: Shell) -> str:
    """Watch until the first verdict, and stop by Ctrl-C."""
    with subprocess.Popen(
        ["dojo", "watch", "jacobian"], cwd=learner.folder, env=learner.variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("watching"):
                break
        process.send_signal(signal.SIGINT)
    return said


@pytest.mark.long
@pytest.mark.timeout(900)
def test_who_teaches_types_what_stands_there(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "course", tmp_path / "exchange")
    teacher = Shell(clone, tmp_path / "teacher", PYTHONPATH=str(clone))
    hand_in(clone, "ann", RIGHT)
    for command in by_the_teacher():
        if "collect" in command:
            teacher.run("nbgrader release_assignment derivatives")
        teacher.run(command)
    assert (clone / "derivatives-kit.zip").is_file()
    assert (clone / "grades.csv").read_text(encoding="utf-8").count("ann") >= 1
    assert len(list((clone / "feedback" / "ann" / ASSIGNMENT).glob("*.html"))) >= 1
    assert (clone / "derivatives-report.html").is_file()
    assert list(clone.glob("*canvas*.csv")) and list(clone.glob("*gradescope*.zip"))
