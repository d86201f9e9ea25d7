"""What a notebook gains when it is given out: folded hints, the way on, a way into Colab."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from graders.course import Topic
from graders.course.literals import literal_in
from graders.course.notebook import NOTEBOOK_ONLY, grade_id

_SUMMARIES = ("A first hint", "A second hint")
_COLAB = "https://colab.research.google.com"
# Where the package to install has another name than the module.
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
_INSTALL = """\
# Brings in what this lesson needs, where it is missing.
from importlib.util import find_spec

needed = {needed}
missing = [package for module, package in needed.items() if find_spec(module) is None]
if missing:
    %pip install --quiet {{" ".join(missing)}}"""


@dataclass(frozen=True)
class Lesson:
    """A topic and its notebook as students get it."""

    topic: Topic
    notebook: NotebookNode

    @property
    def title(self) -> str:
        """Give the lesson's first heading, or the topic's name where it has none."""
        texts = (cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")
        lines = (line for text in texts for line in text.splitlines())
        found = (line.removeprefix("# ") for line in lines if line.startswith("# "))
        return next(found, self.topic.name)


def complete(lessons: Sequence[Lesson], repository: str) -> None:
    """Add to each lesson, in teaching order, what it gains; without a repository no badge."""
    titles = {lesson.topic.path: lesson.title for lesson in lessons}
    topics = [lesson.topic for lesson in lessons]
    for lesson, before, after in zip(lessons, [None, *topics], [*topics[1:], None], strict=False):
        _add_hints(lesson)
        ways = (("Before this", before), ("Next", after))
        _add_ways(lesson, [(word, topic, titles[topic.path]) for word, topic in ways if topic])
        if repository:
            _add_colab(lesson, repository)


def _add_hints(lesson: Lesson) -> None:
    """Put the first hints of each task, folded, above the cell in which it is to be written."""
    hints = literal_in(lesson.topic.hidden / "hints.py", "HINTS") or {}
    cells = lesson.notebook.cells
    for task in lesson.topic.tasks:
        place = next((i for i, cell in enumerate(cells) if grade_id(cell) == task.name), None)
        if place is not None and task.name in hints:
            cells.insert(place, _cell(f"hints-{task.name}", _folded(hints[task.name])))


def _folded(hints: Iterable[str]) -> str:
    return "\n".join(
        f"<details>\n<summary>{summary}</summary>\n\n{hint}\n\n</details>"
        for summary, hint in zip(_SUMMARIES, hints, strict=False)
    )


def _add_ways(lesson: Lesson, ways: Sequence[tuple[str, Topic, str]]) -> None:
    """End the lesson with the one before it and the one that follows."""
    said = [f"**{word}:** {_way(lesson.topic, there, title)}" for word, there, title in ways]
    if said:
        lesson.notebook.cells.append(_cell("ways", "\n\n".join(said)))


def _way(here: Topic, there: Topic, title: str) -> str:
    """Link to a lesson of the same folder; another assignment may lie anywhere, so name it."""
    if there.assignment == here.assignment:
        return f"[{title}]({there.name}.ipynb)"
    return f"{title} (`{there.name}`, in the assignment `{there.assignment}`)"


def _add_colab(lesson: Lesson, repository: str) -> None:
    """Begin with a badge that opens the lesson in Colab, and bring in there what it needs."""
    path = lesson.topic.release.relative_to(lesson.topic.course).as_posix()
    badge = f"[![Open in Colab]({_COLAB}/assets/colab-badge.svg)]"
    address = f"{_COLAB}/github/{repository}/blob/main/{path}"
    needed = {name: _DISTRIBUTIONS.get(name, name) for name in sorted(_packages(lesson.notebook))}
    install = new_code_cell(_INSTALL.format(needed=needed), id="colab-packages")
    install.metadata.update(tags=[NOTEBOOK_ONLY], jupyter={"source_hidden": True}, cellView="form")
    lesson.notebook.cells[:0] = [_cell("colab", f"{badge}({address})"), install]


def _packages(notebook: NotebookNode) -> set[str]:
    """List what the notebook imports beyond Python itself."""
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def _cell(name: str, text: str) -> NotebookNode:
    """Make a text cell; its id is its name, so that building twice gives the same bytes."""
    return new_markdown_cell(text, id=name[:64], metadata={"tags": [NOTEBOOK_ONLY]})
