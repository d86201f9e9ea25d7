"""What a learner has passed and how far the hints went, in one small file that may be deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from graders.course import Topic
from graders.judge.verdict import Verdict
from graders.learners.targets import key_of
from graders.learners.workplace import write_atomically

_ABOUT = (
    "Your progress. You may delete this file: your exercises stay as they are, "
    "only the belts and the place in the hints are forgotten."
)


@dataclass(frozen=True)
class TaskProgress:
    """What is remembered of one task. `passed` stays once it was true; `score` is the latest."""

    score: float = 0.0
    passed: bool = False
    hints: int = 0


@dataclass(frozen=True)
class Progress:
    """What is remembered of all tasks, by their names within the course."""

    tasks: Mapping[str, TaskProgress] = field(default_factory=dict)

    def of(self, topic: Topic, task: str) -> TaskProgress:
        """Give what is remembered of a task."""
        return self.tasks.get(key_of(topic, task), TaskProgress())

    def with_verdict(self, verdict: Verdict) -> Progress:
        """Take note of a verdict; a task that could not be judged stays as it was."""
        tasks = dict(self.tasks)
        for judged in verdict.tasks:
            key = f"{verdict.topic}.{judged.name}"
            known = tasks.get(key, TaskProgress())
            if not judged.needs_person:
                passed = known.passed or judged.passed
                tasks[key] = replace(known, score=judged.score, passed=passed)
        return Progress(tasks)

    def with_hint(self, topic: Topic, task: str, seen: int) -> Progress:
        """Take note that so many hints of a task were shown."""
        known = self.of(topic, task)
        updated = replace(known, hints=max(known.hints, seen))
        return Progress({**self.tasks, key_of(topic, task): updated})

    def without(self, topic: Topic) -> Progress:
        """Forget a topic."""
        prefix = f"{topic.path}."
        return Progress({k: v for k, v in self.tasks.items() if not k.startswith(prefix)})


def load_progress(path: Path) -> Progress:
    """Read the progress file; a missing or broken one counts as no progress at all.

    A broken entry costs that entry only.
    """
    try:
        tasks = dict(json.loads(path.read_text(encoding="utf-8"))["tasks"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Progress()
    return Progress(dict(_whole_entries(tasks)))


def _whole_entries(tasks: Mapping[str, Any]) -> Iterator[tuple[str, TaskProgress]]:
    for key, value in tasks.items():
        try:
            yield str(key), _read_task(value)
        except (TypeError, AttributeError, OverflowError):
            continue


def save_progress(path: Path, progress: Progress) -> None:
    """Write the progress file atomically; one that could not be read is kept beside it."""
    if path.is_file() and not _is_readable(path):
        os.replace(path, path.with_name(".progress.broken.json"))
    tasks = {key: asdict(value) for key, value in sorted(progress.tasks.items())}
    text = json.dumps({"about": _ABOUT, "tasks": tasks}, indent=2, ensure_ascii=False)
    write_atomically(path, text + "\n")


def _read_task(value: Mapping[str, object]) -> TaskProgress:
    score, hints = value.get("score", 0.0), value.get("hints", 0)
    if not isinstance(score, (int, float)) or not isinstance(hints, int):
        raise TypeError("the progress file holds something else than numbers")
    return TaskProgress(float(score), value.get("passed") is True, max(hints, 0))


def _is_readable(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text(encoding="utf-8"))["tasks"], dict)
    except (OSError, ValueError, KeyError, TypeError):
        return False
