"""Run inside the container: many submissions through one zygote, and what they leave, as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from attacks import canaries, specimens
from graders.course import topic
from graders.course.submission import parse_submission
from graders.judge.session import Session

# Among the honest: one that crashes, one that leaves, one with a thread that stays.
TROUBLE = ("leaving/segfault", "leaving/os_exit_in_a_call", "outliving/thread")


def main() -> None:
    """Judge as many submissions as argv says, after some to warm up, and compare."""
    count = int(sys.argv[1])
    attacks = {attack.path: attack for attack in specimens.attacks()}
    texts = [specimens.base("curvature"), *(attacks[path].source for path in TROUBLE)]
    names = ["curvature", *(attacks[path].topic for path in TROUBLE)]
    batch = [
        parse_submission(text.encode(), f"{name}.py", topic(name))
        for name, text in zip(names, texts, strict=True)
    ]
    session = Session()
    first = session.judge(batch * 3)[: len(batch)]
    before = _held_at_rest()
    same = 0
    for _ in range(count // len(batch) // 5):
        verdicts = session.judge(batch * 5)
        same += sum(verdicts[i] == first[i % len(batch)] for i in range(len(verdicts)))
    after = _held_at_rest()
    session.close()
    report = {"same": same, "before": before, "after": after, "processes": canaries.processes()}
    print(json.dumps(report))


def _held_at_rest() -> dict[str, Any]:
    """Count when the worker that is made ready ahead has put off what it inherited."""
    held = _held()
    for _ in range(50):
        time.sleep(0.1)
        earlier, held = held, _held()
        if held == earlier:
            break
    return held


def _held() -> dict[str, Any]:
    """Count what this process and those below it hold; memory in MB."""
    held = {"descriptors": 0, "processes": 0, "memory_mb": 0.0}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == "1":
            continue
        try:
            held["descriptors"] += len(os.listdir(entry / "fd"))
            resident = int((entry / "statm").read_text().split()[1])
        except OSError:
            continue
        held["processes"] += 1
        held["memory_mb"] += resident * os.sysconf("SC_PAGESIZE") / 2**20
    held["files"] = sum(len(files) for _, _, files in os.walk("/tmp"))
    return held


if __name__ == "__main__":
    main()
