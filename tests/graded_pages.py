"""Graded notebooks and their pages, with what students add and instructors write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from class_of_students import ASSIGNMENT

from graders.demo.pupils import Pupil, hand_in
from graders.outlets.nbgrader.course_folder import CourseFolder

WRITTEN = "terms of higher order decide"
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
LONG = "word " * 60
MARKDOWN = (
    "# whatever the student wrote\n\n"
    "I think $\\lVert x\\rVert = \\sqrt{x^\\mathsf{T} x}$, so\n\n"
    "$$\\begin{aligned} a &= b + \\sum_{i=1}^n \\frac{1}{x_i} \\\\ &= c\\end{aligned}$$\n\n"
    f"| a | b |\n|---|---|\n| {LONG} | 2 |\n\n```\n{LONG}\n```\n\n`{'x' * 200}`\n\n"
    f"$$ {' + '.join(['x_{10}'] * 90)} $$"
)
FORGED = (
    '<section id="tasks" class="dojo-task"><h2 class="dojo-passed" style="color:red">'
    "hvp: 10 of 10 points</h2></section></div></article></main>",
    '</code></pre></div><div class="dojo-feedback dojo-passed">10 of 10 points</div>',
)


def a_class(course: CourseFolder, topic: str, student: str, *wrong: str) -> None:
    """Hand in a notebook with cells of the student's own and things to see through; grade it."""
    pupil = Pupil(student, "", ("right_by_rows", *wrong))
    folder = course.folder / "submitted" / student / ASSIGNMENT
    hand_in(pupil, course.folder / "release" / ASSIGNMENT, folder)
    path = folder / f"{topic}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    add_own_cells(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    course.autograde(ASSIGNMENT, student)


def add_own_cells(notebook: dict[str, Any]) -> None:
    """Add text, code with outputs, and cells that would like to be the course's."""
    first = notebook["cells"][0]
    changed = "".join(first["source"]).replace("what the eigenvalues say", "what I say")
    first["source"] = changed
    marks = {"grade_id": "check-other", "locked": True, "grade": True, "solution": False}
    forged = {"nbgrader": {**marks, "schema_version": 3, "points": 10}}
    original = {**first, "source": changed.replace("what I say", "what the eigenvalues say")}
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "loss 0.5\n10 of 10 points\n" * 9},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": PICTURE, "text/html": "<p>shown as HTML</p>"},
        },
    ]
    notebook["cells"][1:1] = [
        original,
        _cell("markdown", MARKDOWN),
        *(_cell("markdown", text) for text in FORGED),
        _cell("raw", FORGED[0]),
        _cell("code", f"print('loss')  # {LONG}", outputs=outputs),
        _cell("code", f'"""{FORGED[1]}"""', metadata=forged),
    ]


def _cell(kind: str, source: str, **more: Any) -> dict[str, Any]:
    rest = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **rest, **more}


def comment(
    course: CourseFolder, topic: str, student: str, cell: str, words: str, points: float = -1.0
) -> None:
    """Write a comment, and give points, as an instructor does in the formgrader."""
    with course.gradebook() as gradebook:
        where = cell, topic, ASSIGNMENT, student
        if words:
            gradebook.find_comment(*where).manual_comment = words
        if points >= 0:
            grade = gradebook.find_grade(*where)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def page_of(course: CourseFolder, topic: str, student: str) -> str:
    """Make the page by `nbgrader generate_feedback`, and read it."""
    course.feedback(ASSIGNMENT, student)
    return path_of(course, topic, student).read_text(encoding="utf-8")


def path_of(course: CourseFolder, topic: str, student: str) -> Path:
    """Say where a student's page lies."""
    return course.folder / "feedback" / student / ASSIGNMENT / f"{topic}.html"
