"""Where the learner is: topics and tasks with their belts, what is open, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from graders.course import Task, Topic
from graders.learners.progress import Progress
from graders.outlets.terminal import BLANK, Line, points_of, to_win

BELTS = ("white", "yellow", "orange", "green", "blue", "brown", "black")
_COLOURS = {
    "white": "",
    "yellow": "yellow",
    "orange": "dark_orange",
    "green": "green",
    "blue": "bright_blue",
    "brown": "dark_orange3",
    "black": "bold",
}


def belt(passed: int, tasks: int) -> str:
    """Name the belt for so many tasks passed: white for none, black for all."""
    if tasks == 0:
        return BELTS[0]
    return BELTS[int(Fraction(passed, tasks) * (len(BELTS) - 1))]


def next_topic(topics: Sequence[Topic], progress: Progress) -> Topic | None:
    """Find the first topic with an open task."""
    return next((topic for topic in topics if open_task(topic, progress)), None)


def open_task(topic: Topic, progress: Progress) -> Task | None:
    """Find the first task of a topic that is not passed yet."""
    return next((task for task in topic.tasks if not progress.of(topic, task.name).passed), None)


def overview_lines(topics: Sequence[Topic], progress: Progress) -> list[Line]:
    """List the course, a line for each topic and task, and say what to do next."""
    flags = [progress.of(topic, task.name).passed for topic in topics for task in topic.tasks]
    summary = f"{sum(flags)} of {len(flags)} tasks passed, {belt(sum(flags), len(flags))} belt"
    lines = [Line("title", f"Second derivatives: {summary}")]
    for assignment in dict.fromkeys(topic.assignment for topic in topics):
        lines += [BLANK, Line("title", assignment)]
        for topic in topics:
            if topic.assignment == assignment:
                lines += _topic_lines(topic, progress)
    return [*lines, BLANK, next_line(topics, progress)]


def next_line(topics: Sequence[Topic], progress: Progress) -> Line:
    """Say what to do next."""
    following = next_topic(topics, progress)
    if following is None:
        return Line("passed", "All tasks are passed. Compare your ways: dojo solution TOPIC")
    return Line("next", f"dojo watch {following.name}")


def _topic_lines(topic: Topic, progress: Progress) -> list[Line]:
    done = sum(progress.of(topic, task.name).passed for task in topic.tasks)
    rank = belt(done, len(topic.tasks))
    text = f"{topic.name}: {rank} belt, {done} of {len(topic.tasks)} tasks"
    tasks = [_task_line(topic, task, progress) for task in topic.tasks]
    return [Line("text", text, indent=2, style=_COLOURS[rank]), *tasks]


def _task_line(topic: Topic, task: Task, progress: Progress) -> Line:
    known = progress.of(topic, task.name)
    if known.passed and known.score == task.points:
        return Line("passed", f"{task.name}, {points_of(known.score, task.points)}", indent=4)
    points = points_of(known.score, task.points)
    if known.passed:
        return Line("open", f"{task.name}, passed before, now {points}", indent=4, style="yellow")
    text = points if known.score else to_win(task.points)
    return Line("open", f"{task.name}, {text}", indent=4)
