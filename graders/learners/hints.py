"""Hints in steps: from a question to think about to the name of the function that is needed."""

from __future__ import annotations

from types import ModuleType

from graders.course import CourseError, Topic
from graders.course.parts import load_part
from graders.learners.overview import open_task
from graders.learners.progress import Progress
from graders.learners.targets import Target, key_of
from graders.outlets.terminal import BLANK, Line


def hints_module(topic: Topic) -> ModuleType:
    """Load a topic's hints; CourseError where the topic has none."""
    if not (topic.hidden / "hints.py").is_file():
        raise CourseError(f"there are no hints for the topic {topic.name!r} yet")
    return load_part(topic, "hints")


def hints_of(topic: Topic, task: str) -> tuple[str, ...]:
    """Give the hints of a task, the gentlest first; CourseError where it has none."""
    hints = hints_module(topic).HINTS.get(task)
    if not hints:
        raise CourseError(f"there are no hints for {key_of(topic, task)} yet")
    return tuple(hints)


def next_hint(target: Target, progress: Progress) -> tuple[list[Line], Progress]:
    """Show one hint more than the last time, below those seen before."""
    topic = target.topic
    task = target.task or open_task(topic, progress) or topic.tasks[0]
    hints = hints_of(topic, task.name)
    seen = min(progress.of(topic, task.name).hints, len(hints))
    shown = min(seen + 1, len(hints))
    lines = [Line("title", f"{topic.name}.{task.name}: hint {shown} of {len(hints)}"), BLANK]
    for number, hint in enumerate(hints[:shown], start=1):
        is_new = number == shown
        text = f"{number}. {hint}"
        lines.append(Line("hint", text) if is_new else Line("text", text, indent=2))
    lines.append(BLANK)
    if shown == len(hints):
        lines.append(Line("note", "That was the last hint for this task."))
    else:
        lines.append(Line("note", f"One step further: dojo hint {topic.name}.{task.name}"))
    return lines, progress.with_hint(topic, task.name, shown)
