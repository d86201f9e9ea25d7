"""The example for a CI: its own steps are run, but for those that download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from class_of_students import GRADIENT

from graders import course

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = yaml.safe_load((ROOT / "docs" / "ci" / "exercises.yml").read_text(encoding="utf-8"))
(JOB,) = EXAMPLE["jobs"].values()
TOPICS = course.assignment(JOB["env"]["ASSIGNMENT"])
IN_ALL = sum(task.points for topic in TOPICS for task in topic.tasks)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="the example is for Linux"),
    pytest.mark.timeout(900),
]


@dataclass(frozen=True)
class Done:
    """How a job ended: the step that failed last, what was printed, and what GitHub would read."""

    failed: str
    printed: str
    output: dict[str, str]
    summary: str


class Runner:
    """A machine of GitHub's: folders, variables, and the steps one after the other."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "work"
        self.handed_in = self.workspace / "handed-in"
        self.handed_in.mkdir(parents=True)
        (self.workspace / "course").symlink_to(ROOT)
        self._temp = folder / "temp"
        self._temp.mkdir()
        tools = folder / "bin"
        tools.mkdir()
        # What `pip install -e course` would put there.
        (tools / "dojo").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graders.cli "$@"\n')
        (tools / "dojo").chmod(0o755)
        self._environment = {
            **os.environ,
            **JOB["env"],
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self._temp),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        }
        for name in ("output", "summary"):
            (folder / name).touch()
        self._folder = folder

    def run(self, *names: str) -> Done:
        printed = failed = ""
        for step in steps():
            if step["name"] not in names:
                continue
            done = self._step(step)
            printed += done.stdout
            if done.returncode != 0:
                failed = step["name"]
                break
        lines = (self._folder / "output").read_text(encoding="utf-8").splitlines()
        output = dict(line.split("=", 1) for line in lines)
        summary = (self._folder / "summary").read_text(encoding="utf-8")
        return Done(failed, printed, output, summary)

    def _step(self, step: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.workspace / step.get("working-directory", "."),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def steps() -> list[dict[str, Any]]:
    return [step for step in JOB["steps"] if "run" in step]


PROVE, JUDGE, TELL = (step["name"] for step in steps() if step["name"] != "Install")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_right_answers_get_all_points(runner: Runner) -> None:
    for topic in TOPICS:
        shutil.copy(topic.solution, runner.handed_in)
    done = runner.run(JUDGE, TELL)
    assert done.failed == "", done.printed
    assert done.output == {"points": f"{IN_ALL:g}", "max-points": f"{IN_ALL:g}"}
    assert f"::notice title=Points::{IN_ALL:g} of {IN_ALL:g}" in done.printed


def test_a_wrong_answer_loses_its_points_and_commands_nothing(runner: Runner) -> None:
    place = runner.handed_in / "week 1"
    place.mkdir()
    said = "\\n::set-output name=points::99\\n::error::\\x1b[2J"
    wrong = f"def hessian(func, inputs):\n    raise ValueError({said!r})\n".replace("\\\\", "\\")
    (place / "hessian.py").write_text(f"import torch\n{GRADIENT}\n{wrong}", encoding="utf-8")
    # Were it run by anybody, it would be seen.
    trace = place / "was-run"
    (place / "conftest.py").write_text(f"open({str(trace)!r}, 'w')\n", encoding="utf-8")
    done = runner.run(JUDGE, TELL)
    assert done.failed == TELL, done.printed
    assert done.output == {"points": "3", "max-points": f"{IN_ALL:g}"}
    assert "| derivatives/hessian: hessian | 0 of 7 |" in done.summary
    assert "jacobian: nothing was handed in" in done.printed
    assert "it raised" in done.printed
    lines = done.printed.splitlines()
    assert [line for line in lines if line.lstrip().startswith("::")] == lines[-1:]
    assert "\x1b" not in done.printed
    assert not trace.exists()


def test_a_file_that_cannot_be_read_ends_the_job_without_points(runner: Runner) -> None:
    (runner.handed_in / "curvature.ipynb").write_text('{"cells": [', encoding="utf-8")
    done = runner.run(JUDGE, TELL)
    assert done.failed == JUDGE
    assert "| curvature.ipynb is not a notebook: its JSON is broken" in done.printed
    assert (done.output, done.summary) == ({}, "")


def test_the_confinement_is_proved_before_anything_is_judged(runner: Runner) -> None:
    names = [step["name"] for step in steps()]
    assert names == ["Install", PROVE, JUDGE, TELL]
    done = runner.run(PROVE)
    if done.failed:
        pytest.skip(f"this machine cannot confine: {done.printed[-200:]}")
    assert "can confine student code here" in done.printed


def test_the_installation_is_pinned_and_names_no_other_host() -> None:
    (install,) = [step["run"] for step in steps() if step["name"] == "Install"]
    subprocess.run(["bash", "-n"], input=install, text=True, check=True)
    assert "-c constraints.txt" in install
    assert install.count("://") == install.count("https://download.pytorch.org/whl/cpu") == 1
