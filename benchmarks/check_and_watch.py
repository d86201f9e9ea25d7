"""What a learner waits for: `dojo check` as a command, and `dojo watch` after a save."""

from __future__ import annotations

import ast
import shutil
import statistics
import subprocess
import sys

from benchmarks.measures import DOJO, ROOT, Scale, a_folder, environment, run
from benchmarks.result import Result, ratio, seconds
from graders import course


def cold_and_warm_check(scale: Scale) -> list[Result]:
    """(h) `dojo check` as a command, beside an import of torch, and in a process that is warm."""
    from graders.course.submission import read_submission
    from graders.judge.session import Session

    judge = Session().judge
    found = []
    for name in ("jacobian", "hvp"):
        topic = course.topic(name)
        path = ROOT / "solutions" / topic.assignment / f"{name}.py"
        submission = read_submission(path, topic)
        judge([submission])
        command = [*DOJO, "check", name, "--file", str(path), "--json"]
        cold, imports, warm = [], [], []
        for _ in range(scale.rounds):
            cold.append(seconds(lambda: run(command, ROOT)))  # noqa: B023
            imports.append(seconds(lambda: run([sys.executable, "-c", "import torch"], ROOT)))
            warm.append(seconds(lambda: judge([submission])))  # noqa: B023
        found += [
            Result(f"dojo check {name}, cold", "s", tuple(cold)),
            ratio("that against `python -c 'import torch'`", cold, imports, "at most 1.3"),
            Result(f"dojo check {name}, warm", "s", tuple(warm)),
        ]
    for topic in course.topics():
        by_task = _saves(topic, 4 * scale.rounds)
        slowest = max(by_task, key=lambda name: statistics.median(by_task[name]))  # noqa: B023
        name = f"dojo watch {topic.name}, save to verdict, slowest task ({slowest})"
        found.append(Result(name, "s", by_task[slowest], "at most 0.12"))
    return found


def _saves(topic: course.Topic, rounds: int) -> dict[str, tuple[float, ...]]:
    """Save a right file again and again under a real `dojo watch`, one function changed each time.

    Each task has its times from save to verdict.
    """
    solution = ROOT / "solutions" / topic.assignment / f"{topic.name}.py"
    tasks = [task.name for task in topic.tasks]
    saved = dict.fromkeys(tasks, 0)
    text = solution.read_text(encoding="utf-8")
    with a_folder() as folder:
        shutil.copytree(ROOT / "exercises", folder / "exercises")
        path = folder / "exercises" / topic.assignment / f"{topic.name}.py"
        path.write_text(_numbered(text, saved), encoding="utf-8")
        command = [*DOJO, "watch", topic.name, "--plain"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(
            command,
            cwd=folder,
            env=environment(),
            text=True,
            encoding="utf-8",
            **pipes,  # type: ignore[call-overload]
        ) as watch:

            def verdict() -> None:
                for line in watch.stdout:
                    if line.startswith("watching"):
                        return
                raise RuntimeError("dojo watch has ended")

            def save(task: str) -> float:
                saved[task] += 1
                path.write_text(_numbered(text, saved), encoding="utf-8")
                return seconds(verdict)

            verdict()
            for task in tasks:
                save(task)
            times = [[save(task) for task in tasks] for _ in range(rounds)]
            watch.terminate()
    return dict(zip(tasks, map(tuple, zip(*times, strict=True)), strict=True))


def _numbered(text: str, saved: dict[str, int]) -> str:
    """Write a number into each function: its code is another, and what it does the same."""
    last = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    lines = text.splitlines(keepends=True)
    for task in sorted(saved, key=lambda task: -last[task].lineno):
        lines.insert(last[task].body[-1].lineno - 1, f"    saved = {saved[task]}\n")
    return "".join(lines)
