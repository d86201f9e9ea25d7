"""The page that a course begins with: which lessons there are, in which order, how they work.

Its words are the course's own, in `source/start.md`: cells between lines of dashes, the word
`{lessons}` where the table of the lessons comes, and `{lesson}` where one of them is an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from graders.authoring.given_out import Lesson
from graders.course.notebook import marks, source_of

START = "start"
_CELL = "\n---\n"
_LESSONS, _LESSON = "{lessons}", "{lesson}"
_MINUTES = re.compile(r"^\*About (\d+) minutes", re.MULTILINE)
_HEAD = "| lesson | you write | points | writing takes about |\n|:--|:--|--:|--:|"
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def start_page(words: str, lessons: Sequence[Lesson]) -> NotebookNode:
    """Make the start notebook of a course from its words and its lessons as they are given out."""
    text = words.replace(_LESSONS, "\n\n".join(_tables(lessons)))
    text = text.replace(_LESSON, lessons[0].topic.name)
    cells = [
        new_markdown_cell(part.strip(), id=f"{START}-{number}")
        for number, part in enumerate(text.split(_CELL), start=1)
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})


def _tables(lessons: Sequence[Lesson]) -> Iterator[str]:
    for assignment, group in groupby(lessons, key=lambda lesson: lesson.topic.assignment):
        rows = "\n".join(_row(lesson) for lesson in group)
        yield f"### {assignment}\n\n{_HEAD}\n{rows}"


def _row(lesson: Lesson) -> str:
    topic = lesson.topic
    points = sum(float(marks(cell).get("points", 0)) for cell in lesson.notebook.cells)
    is_more = points > sum(task.points for task in topic.tasks)
    tasks = ", ".join(f"`{task.name}`" for task in topic.tasks) + is_more * ", an answer in words"
    found = [_MINUTES.findall(source_of(cell)) for cell in lesson.notebook.cells]
    minutes = sum(int(number) for numbers in found for number in numbers)
    link = f"[{lesson.title}]({topic.assignment}/{topic.name}.ipynb)"
    return f"| {link} | {tasks} | {points:g} | {f'{minutes} min' if minutes else ''} |"
