"""Set-up cells of the course are compiled once for all workers; a student's never are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders import course
from graders.authoring import specimens
from graders.course.submission import Cell, Submission
from graders.limits import Limits
from graders.sandbox.processes import MAX_CONTROL_BYTES
from graders.sandbox.student import Student
from graders.sandbox.worker.cells import make_shell, run_cell
from graders.sandbox.worker.warm import Warm
from graders.sandbox.zygotes import Zygote

TOPIC = course.topic("newton")
SOLUTION = specimens.solution(TOPIC)


def test_the_set_up_cells_of_a_submission_are_ours() -> None:
    assert [cell.source for cell in SOLUTION.ours] == list(TOPIC.setup) != []


@pytest.mark.parametrize("place", range(len(TOPIC.setup)))
def test_a_cell_that_takes_the_place_of_a_set_up_cell_is_nobodys_but_the_students(
    place: int,
) -> None:
    cells = list(SOLUTION.cells)
    cells[place] = replace(cells[place], source="while True:\n    pass\n")
    assert Submission(TOPIC, tuple(cells)).ours == ()


def test_a_cell_that_was_compiled_before_does_what_it_does_otherwise() -> None:
    source = "def where():\n    raise ValueError\n\n\nseen = annotated(1)"
    plain, ready = {}, {}
    warm = Warm(make_shell(), (), {})
    warm.compile([["def annotated(x: Nowhere) -> Never: return x\n" + source, "<a cell>", 7]])
    ((key, code),) = warm.compiled.items()
    for namespace, compiled in ((plain, None), (ready, code)):
        warm.shell.user_ns = namespace
        run_cell(warm.shell, *key, compiled)
    assert plain["seen"] == ready["seen"] == 1
    lines = [names["where"].__code__.co_firstlineno for names in (plain, ready)]
    assert lines == [8, 8]


def test_what_is_not_plain_python_is_left_to_the_worker() -> None:
    warm = Warm(make_shell(), (), {})
    warm.compile([["%matplotlib inline", "<a cell>", 1], ["x = '\0'", "<another>", 1]])
    assert warm.compiled == {}


@pytest.mark.parametrize("size", [100, 2 * MAX_CONTROL_BYTES])
def test_a_worker_runs_set_up_cells_of_any_size(size: int) -> None:
    topic = replace(TOPIC)
    text = f"given = 7\n# {'x' * size}"
    topic.__dict__["setup"] = (text,)
    submission = Submission.of(topic, [Cell("cell mine", "mine = given + 1\nassert mine == 8")])
    assert submission.ours == submission.cells[:1]
    zygote = Zygote()
    try:
        for _ in range(3):
            student = Student(submission, zygote, 0, limits=Limits())
            student.start()
            assert student.faults() == []
            student.close()
    finally:
        zygote.close()
