"""What is written of a judged notebook: its verdict, its points as the gradebook counts them."""

from __future__ import annotations

from collections.abc import Sequence

from graders.classroom.grading import Judged
from graders.classroom.handed_in import HandedIn
from graders.classroom.marked_cells import Worth
from graders.classroom.points import Earned
from graders.classroom.store import Ruling, VerdictStore, key_of
from graders.classroom.work import Paper


def paper_of(judged: Judged, store: VerdictStore, ruling: Ruling, worth: Worth) -> Paper:
    """Give what goes to the process that writes; `worth` are points by notebook and task."""
    one, verdict = judged.handed_in, judged.verdict
    key = key_of(one.digest, one.topic, ruling) if one.digest else ""
    if judged.points is None:
        return Paper(one.topic.name, one.digest, key, fault=judged.fault)
    if verdict is not None and verdict.needs_person:
        return Paper(one.topic.name, one.digest, key, verdict.to_json(), judged.fault)
    points = _points(judged, store, key, worth)
    return Paper(one.topic.name, one.digest, key, "", judged.fault, *points)


def earned(papers: Sequence[Paper]) -> list[Earned]:
    """List what the notebooks earned, without those of which a person has to say it."""
    return [
        Earned(one.notebook, one.score, one.max_score, one.digest)
        for one in papers
        if one.score is not None
    ]


def why_a_person(judged: Judged) -> str:
    """Say why a person has to look at a notebook; empty where nobody has to."""
    name = judged.handed_in.topic.name
    if judged.points is None:
        return f"{name}: {judged.fault}"
    if judged.verdict is None:
        return ""
    tasks = [task.name for task in judged.verdict.tasks if task.needs_person]
    return f"{name}: the grader failed at {', '.join(tasks)}" if tasks else ""


def unknown_to(worth: Worth, notebooks: Sequence[HandedIn]) -> list[str]:
    """Name the notebooks of a student that the gradebook has no points for."""
    return [one.topic.name for one in notebooks if one.topic.name not in worth]


def _points(judged: Judged, store: VerdictStore, key: str, worth: Worth) -> tuple[float, float]:
    """Count by the gradebook; a stored verdict is read whole only where the course differs."""
    assert judged.points is not None
    topic = judged.handed_in.topic
    own = worth.get(topic.name)
    if own is None or own == {task.name: task.points for task in topic.tasks}:
        return judged.points
    verdict = judged.verdict or store.get(key)
    if verdict is None:
        return judged.points
    counted = verdict.worth(own)
    return counted.score, counted.max_score
