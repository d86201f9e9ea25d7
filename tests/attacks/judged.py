"""Run inside the container: judge attacks, each followed by an honest file, and print JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from attacks import canaries, specimens
from attacks.beside import beside
from graders.course import topic
from graders.course.submission import Submission, parse_submission
from graders.judge.session import Session
from graders.judge.verdict import Verdict
from graders.limits import Limits
from graders.sandbox.launchers import zygote_to_lend
from graders.sandbox.layers import FAIRNESS
from graders.sandbox.warm_process import Twin


def main() -> None:
    """Judge the attacks named in argv, or all; `--without=LAYER` takes a protection away.

    `--lent` judges with a fork of a zygote that another process might share, as `dojo grade` does.
    `--elsewhere=TOPIC/TASK,…` hands in, for tasks of other topics in turn, those that a task's
    function makes. `--beside` adds what threads do to the file beside theirs.
    """
    without = [word.partition("=")[2] for word in sys.argv[1:] if word.startswith("--without=")]
    names = [word for word in sys.argv[1:] if not word.startswith("--")]
    # Attacks that hang are stopped sooner than students are.
    limits = Limits(
        call_cpu_seconds=1.0,
        cell_cpu_seconds=1.5,
        wall_per_cpu_second=2.0,
        without=frozenset(without),
    )
    chosen = [one for one in specimens.attacks() if not names or one.path in names]
    for word in sys.argv[1:]:
        if word.startswith("--elsewhere="):
            chosen = _elsewhere(chosen, word.partition("=")[2].split(","))
    lent = zygote_to_lend() if "--lent" in sys.argv else None
    session = Session(mother=lent.lend() if lent else None, limits=limits)
    course = Path.cwd()
    # The judge's own: there it keeps what known mistakes give, and /tmp is its home here.
    (Path.home() / ".cache").mkdir(exist_ok=True)
    at_first = set(Path("/tmp").iterdir())
    with canaries.planted(course) as listeners:
        before = canaries.snapshot(course)
        results = _judge(session, chosen)
        report: dict[str, Any] = {
            "attacks": results,
            "bases": _bases(session, chosen),
            "changed": sorted(set(before.items()) ^ set(canaries.snapshot(course).items())),
            "visitors": canaries.visitors(listeners),
        }
        report["beside"] = beside(session) if "--beside" in sys.argv else {}
        report["in_a_twin"] = isinstance(getattr(session.launcher, "process", None), Twin)
        session.close()
        if lent:
            lent.close()
    report["processes"] = canaries.processes()
    report["strays"] = sorted(map(str, set(Path("/tmp").iterdir()) - at_first))
    report["descriptors"] = len(os.listdir("/proc/self/fd"))
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report))


def _judge(session: Session, chosen: list[specimens.Attack]) -> list[dict[str, Any]]:
    honest = _submission("curvature", specimens.base("curvature"))
    submissions = [one for attack in chosen for one in (_attack(attack), honest)]
    ends = [time.monotonic()]

    def deliver(_place: int, _verdict: Verdict) -> None:
        ends.append(time.monotonic())

    verdicts = session.judge([honest, *submissions], deliver=deliver)
    return [
        {
            "path": attack.path,
            **_described(verdicts[2 * place + 1]),
            "next_is_graded_alike": verdicts[2 * place + 2] == verdicts[0],
            "seconds": round(ends[2 * place + 2] - ends[2 * place + 1], 2),
        }
        for place, attack in enumerate(chosen)
    ]


def _bases(session: Session, chosen: list[specimens.Attack]) -> dict[str, dict[str, Any]]:
    names = sorted({attack.topic for attack in chosen})
    verdicts = session.judge([_submission(name, specimens.base(name)) for name in names])
    return {name: _described(verdict) for name, verdict in zip(names, verdicts, strict=True)}


def _elsewhere(chosen: list[specimens.Attack], places: list[str]) -> list[specimens.Attack]:
    tasks = {one.topic: tuple(task.name for task in topic(one.topic).tasks) for one in chosen}
    # What exhausts a call ends it, whatever was asked, and takes seconds.
    made_by_answers = [
        one
        for one in chosen
        if one.kind != "exhausting" and specimens.acts_when_asked(one, tasks[one.topic])
    ]
    return [
        specimens.elsewhere(one, *place.split("/"), tasks[one.topic])
        for one, place in zip(made_by_answers, cycle(places), strict=False)
    ]


def _attack(attack: specimens.Attack) -> Submission:
    return _submission(attack.topic, attack.source)


def _submission(name: str, source: str) -> Submission:
    return parse_submission(source.encode(), f"{name}.py", topic(name))


def _described(verdict: Verdict) -> dict[str, Any]:
    text = verdict.to_json()
    can_be_saved = text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
    return {
        "scores": {task.name: task.score for task in verdict.tasks},
        "needs_person": [task.name for task in verdict.tasks if task.needs_person],
        "missing_layers": [one for one in verdict.missing_layers if not one.startswith(FAIRNESS)],
        "can_be_saved": can_be_saved,
        "length": len(text),
        "text": text[:200_000],
    }


if __name__ == "__main__":
    main()
