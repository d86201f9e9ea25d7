"""What a learner means by "hvp", "derivatives/hvp" or "hvp.parameter_hvp"."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from graders.course import CourseError, Task, Topic, topic, topics


@dataclass(frozen=True)
class Target:
    """A topic, or one task of it."""

    topic: Topic
    task: Task | None = None


def find_target(name: str) -> Target:
    """Read "TOPIC", "TOPIC.TASK", a task's name or a path; CourseError where there is none such."""
    names_folder = "/" in name or os.sep in name
    if Path(name).is_absolute() or (names_folder and Path(name).is_file()):
        return Target(topic(Path(name).stem))
    first, _, second = name.partition(".")
    if second and second not in ("py", "ipynb"):
        found = topic(first)
        return Target(found, found.task(second))
    try:
        return Target(topic(name))
    except CourseError:
        for candidate in topics():
            for task in candidate.tasks:
                if task.name.casefold() == name.casefold():
                    return Target(candidate, task)
        raise


def key_of(topic: Topic, task: Task | str) -> str:
    """Name a task within the course: "derivatives/hvp.parameter_hvp"."""
    return f"{topic.path}.{task if isinstance(task, str) else task.name}"
