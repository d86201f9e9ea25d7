"""Answers in words: cells of text that a person marks, as the instructor's notebooks hold them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from graders.course.notebook import grade_id, marks
from graders.course.topics import Topic


@dataclass(frozen=True)
class Written:
    """One answer in words: its topic, the name of its cell, and what it is worth."""

    topic: str
    name: str
    points: float


def written_answers(topic: Topic) -> Iterator[Written]:
    """List the answers in words of a topic, in the order of the notebook."""
    for cell in json.loads(topic.source.read_text(encoding="utf-8"))["cells"]:
        about = marks(cell)
        if cell["cell_type"] == "markdown" and about.get("grade"):
            yield Written(topic.name, grade_id(cell), float(about["points"]))
