"""A class in which most hand in something hostile or odd: it costs them, and nobody else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from class_of_students import (
    ASSIGNMENT,
    GRADIENT,
    PART,
    RIGHT,
    TOPIC,
    gradebook_rows,
    hand_in,
    make_course,
)

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

HONEST = {"ann": RIGHT, "mia": PART, "zoe": {}}
LONG = "an-id-as-long-as-a-name-of-a-file-can-be-" + "x" * 204
LATIN = os.fsdecode(b"jos\xe9")
# Behind `gradient`, which is right, each `hessian` does something that no answer should.
CODE = {
    "half_characters": r"""
class Odd(Exception):
    pass
def hessian(func, inputs):
    raise Odd("half of a character: \udfff")
""",
    "forged_traces": r"""
import graders.sandbox.worker.answer as worker
_told = worker.answer
def _forged(question, namespace):
    header, payload = _told(question, namespace)
    header["touched"] = [["grad", "\ud800"], ["values", "nobody's\udfff"]]
    return header, payload
import graders.sandbox.worker.serve as serve
serve.answer = _forged
def hessian(func, inputs):
    return inputs
""",
    "closes_and_sleeps": """
import os, time
def hessian(func, inputs):
    os.closerange(0, 64)
    time.sleep(600)
""",
    "large_answers": """
def hessian(func, inputs):
    return torch.zeros(15_000_000, dtype=torch.float64)
""",
    "many_large_answers": """
def hessian(func, inputs):
    return tuple(torch.zeros(200_000, dtype=torch.float64) for _ in range(90))
""",
    "named_a_thousand_times": """
import graders.sandbox.worker.serve as serve
_told = serve.answer
def _forged(question, namespace):
    header, payload = _told(question, namespace)
    if "value" in header and header["value"]["kind"] == "tensor":
        header["value"] = {"kind": "tuple", "items": [header["value"]] * 1000}
    return header, payload
serve.answer = _forged
def hessian(func, inputs):
    return torch.zeros(100_000, dtype=torch.float64)
""",
    "a_megabyte_of_words": """
def hessian(func, inputs):
    raise ValueError("\\n: got x, expected y" * 50_000)
""",
    "a_word": """
def hessian(func, inputs):
    return "minimum"
""",
    "none_in_a_tuple": """
def hessian(func, inputs):
    return (None, inputs, 3)
""",
}


def many_cells(notebook: dict[str, Any]) -> None:
    empty = {"cell_type": "markdown", "metadata": {}, "source": ""}
    notebook["cells"] += [empty] * 300_000


def formulas(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(text_cell("\\\\(" * 170_000))


def many_formulas(notebook: dict[str, Any]) -> None:
    notebook["cells"] += [text_cell("\\\\[" * 16_000) for _ in range(60)]


def lost_pictures(notebook: dict[str, Any]) -> None:
    cell = text_cell("![a](attachment:a.gif) ![b](attachment:gone.png)")
    cell["attachments"] = {"a.gif": {"image/gif": "R0lGODlhAQABAAAAACw="}}
    notebook["cells"].append(cell)


def dressed_up(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(
        text_cell(
            '<div class="dojo-verdict passed" style="position:fixed;inset:0">full points</div>\n\n'
            "![seen](https://example.org/seen.png)"
        )
    )


NOTEBOOKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "many_cells": many_cells,
    "formulas": formulas,
    "many_formulas": many_formulas,
    "lost_pictures": lost_pictures,
    "dressed_up": dressed_up,
}


def text_cell(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


@dataclass(frozen=True)
class Graded:
    """A class after grading."""

    folder: Path
    outcome: Outcome

    def rows(self, student: str) -> list[tuple[Any, ...]]:
        """What the gradebook has of a student."""
        return [row for row in gradebook_rows(self.folder) if row[0] == student]

    def points(self, student: str) -> float:
        """The points of `hessian`."""
        (row,) = [row for row in self.rows(student) if row[2:3] == (f"check-{TOPIC}",)][:1]
        return float(row[3])

    def page(self, student: str) -> str:
        """The feedback page."""
        path = self.folder / "feedback" / student / ASSIGNMENT / f"{TOPIC}.html"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder)
    return folder


@pytest.fixture(scope="module")
def alone(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = Path(shutil.copytree(released, tmp_path_factory.mktemp("alone") / "course"))
    for student, answers in HONEST.items():
        hand_in(folder, student, answers)
    return graded(folder)


@pytest.fixture(scope="module")
def among_others(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = Path(shutil.copytree(released, tmp_path_factory.mktemp("hostile") / "course"))
    for student, answers in HONEST.items():
        hand_in(folder, student, answers)
    for student, code in CODE.items():
        hand_in(folder, student, {"gradient": GRADIENT, "hessian": code})
    for student, change in NOTEBOOKS.items():
        path = hand_in(folder, student, RIGHT)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    for student in (LONG, LATIN):
        hand_in(folder, student, RIGHT)
    bad_time = hand_in(folder, "bad_time", RIGHT)
    bad_time.with_name("timestamp.txt").write_text("the day before yesterday", encoding="utf-8")
    secret = Path(shutil.copytree(folder / "source" / ASSIGNMENT, folder / "solutions"))
    (secret / "notes.txt").write_text("BEGIN SOLUTION", encoding="utf-8")
    linked = folder / "submitted" / "linked"
    linked.mkdir()
    (linked / ASSIGNMENT).symlink_to(secret)
    hard = hand_in(folder, "hard_link", RIGHT)
    hard.unlink()
    hard.hardlink_to(folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb")
    return graded(folder)


def graded(folder: Path) -> Graded:
    with local_processes(1) as make, Crew(make, 1) as crew:
        order = Order(folder, ASSIGNMENT, Ruling())
        return Graded(folder, grade(order, crew, crew, lambda _outcome: None))


@pytest.mark.parametrize("student", HONEST)
def test_neighbours_are_graded_as_if_nobody_else_were_there(
    alone: Graded, among_others: Graded, student: str
) -> None:
    assert among_others.rows(student) == alone.rows(student)
    assert among_others.page(student) == alone.page(student)


@pytest.mark.parametrize("student", CODE)
def test_a_hostile_answer_is_the_students_and_never_a_persons(
    among_others: Graded, student: str
) -> None:
    assert student not in among_others.outcome.for_a_person
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 0
    assert "hessian" in among_others.page(student)


@pytest.mark.parametrize("student", ["formulas", "many_formulas", "lost_pictures", "dressed_up"])
def test_odd_text_costs_nothing_and_is_shown_as_text(among_others: Graded, student: str) -> None:
    assert student not in among_others.outcome.for_a_person
    assert student not in among_others.outcome.failed
    assert among_others.points(student) == 7
    page = among_others.page(student)
    assert "example.org" not in page
    assert 'class="dojo-verdict' not in page


def test_a_picture_that_is_not_kept_is_named(among_others: Graded) -> None:
    assert "here was the picture" in among_others.page("lost_pictures")


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("many_cells", "300"),
        ("linked", "is a link"),
        ("hard_link", "one file with a file of the course"),
    ],
)
def test_what_cannot_be_read_goes_to_a_person_with_the_reason(
    among_others: Graded, student: str, why: str
) -> None:
    assert why in among_others.outcome.for_a_person[student]


def test_a_name_as_long_as_a_name_can_be_is_a_name(among_others: Graded) -> None:
    assert among_others.points(LONG) == 7


def test_who_cannot_be_written_down_is_named_with_what_to_do(among_others: Graded) -> None:
    assert among_others.outcome.failed == {
        r"jos\udce9": "the name of this folder is not UTF-8 text; rename it, and run this again",
        "bad_time": "timestamp.txt says when it was handed in, but “the day before yesterday” is "
        "no time; write it like 2030-01-31 12:00:00 UTC, or delete the file",
    }


def test_a_second_run_has_the_same_to_say(among_others: Graded) -> None:
    again = graded(among_others.folder)
    # The link was replaced by a note, which is another file.
    assert again.outcome.judged == 1
    assert again.outcome.for_a_person.keys() == among_others.outcome.for_a_person.keys()


def test_nothing_of_the_solutions_was_copied_for_who_linked_to_them(among_others: Graded) -> None:
    for step in ("autograded", "feedback"):
        for path in (among_others.folder / step / "linked").rglob("*.*"):
            assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8", errors="replace")
