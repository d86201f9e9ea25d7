"""A verdict reads well in a terminal: at 80 columns, without colour, and as plain words."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from specimens_of_verdicts import half_right, titles, unwritten

from graders.checks.failure import Failure, Fault
from graders.checks.kinds import PLAIN
from graders.course import Topic
from graders.course.submission import Cell, Place, Submission
from graders.judge.verdict import CheckVerdict, TaskVerdict, Verdict
from graders.outlets.terminal import (
    clean,
    excerpt,
    message_parts,
    to_plain,
    to_rich,
    verdict_lines,
)

pytestmark = pytest.mark.lowest

HINT = "The rows are columns.\n\nLook at which index comes first\nbefore you return."
WRONG = Failure(
    "the form is right (a tensor of shape (2, 2) and dtype float64), the numbers are not",
    call="second(f, x) with f(x, y) = (x², y³), x = [2, 2] (float64)",
    got="[[4, 0]]",
    expected="[[4, 0], [0, 12]]",
    difference="One row is missing.",
    place=Place("lesson.py", 12, "return rows"),
)


def task(
    name: str, failure: Failure | None, fault: Fault | None = None, hint: str | None = None
) -> TaskVerdict:
    status = "error" if fault else "failed"
    check = CheckVerdict("values", None, status, 1.0, failure, fault, hint=hint)  # type: ignore[arg-type]
    return TaskVerdict(name, 0.0, 3.0, fault is not None, (check,), titles(PLAIN))


def lesson(*tasks: TaskVerdict, isolation: str = "confined") -> Verdict:
    return Verdict("derivatives/lesson", isolation, 0, tasks)


PASSED = TaskVerdict(
    "first", 3.0, 3.0, False, (CheckVerdict("values", None, "passed", 1.0),), titles(PLAIN)
)
UNWRITTEN = unwritten("zeroth", 3.0)
FAILED = task("second", WRONG, hint=HINT)
VERDICT = lesson(UNWRITTEN, PASSED, FAILED)
TOPIC = Topic(Path(), "derivatives", "lesson", (), (), frozenset(), frozenset())
SUBMISSION = Submission(
    TOPIC, (Cell("lesson.py", "def second():\n    rows = []\n    return rows\n", 10),)
)


def drawn(verdict: Verdict, **options: object) -> str:
    settings = {"width": 80, "force_terminal": True, "color_system": "truecolor", **options}
    console = Console(file=io.StringIO(), highlight=False, **settings)  # type: ignore[arg-type]
    console.print(to_rich(verdict_lines(verdict, SUBMISSION)))
    return console.file.getvalue()  # type: ignore[attr-defined]


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_no_line_is_wider_than_80_columns() -> None:
    assert max(len(line) for line in without_escapes(drawn(VERDICT)).splitlines()) <= 80


def test_without_colour_the_signs_still_tell_passed_from_failed() -> None:
    text = drawn(VERDICT, no_color=True)
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|9[0-7]|38)m", text)
    assert "✓ first" in without_escapes(text)
    assert "✗ second" in without_escapes(text)


def test_colours_are_the_terminals_own_so_that_light_and_dark_themes_both_work() -> None:
    text = drawn(VERDICT)
    assert "\x1b[32m" in text
    assert not re.search(r"\x1b\[[0-9;]*[34]8;", text)


def test_plain_text_has_no_drawing_no_signs_and_no_escapes() -> None:
    text = to_plain(verdict_lines(VERDICT, SUBMISSION))
    assert not re.search("[\x1b✓✗·→─-╿]", text)
    assert "passed: first, 3 of 3 points" in text
    assert "failed: second" in text
    assert "open: zeroth, not written yet" in text


def test_a_wrong_answer_is_told_before_a_task_that_is_not_written() -> None:
    text = to_plain(verdict_lines(VERDICT))
    assert text.index("expected [[4") < text.index("zeroth")


def test_the_hint_of_a_mistake_is_shown_paragraph_by_paragraph() -> None:
    lines = to_plain(verdict_lines(VERDICT)).splitlines()
    assert "hint: The rows are columns." in lines
    assert "Look at which index comes first before you return." in lines


def test_the_learners_own_line_is_shown_with_its_number_in_the_file() -> None:
    assert ">   12      return rows" in to_plain(verdict_lines(VERDICT, SUBMISSION))


def test_the_line_that_is_meant_is_told_from_its_neighbours() -> None:
    assert WRONG.place is not None
    shown = list(excerpt(WRONG.place, SUBMISSION))
    assert [(line.text.split()[0], line.style) for line in shown] == [("11", "dim"), (">", "bold")]


def test_a_place_that_is_not_in_the_submission_shows_no_line() -> None:
    for place in (Place("lesson.py", 13), Place("lesson.py", 9), Place("other.py", 12)):
        assert list(excerpt(place, SUBMISSION)) == []


def test_got_and_expected_stand_below_one_another() -> None:
    (check,) = FAILED.checks
    parts = message_parts(check)
    assert [part.strip().split()[0] for part in parts] == ["Called", "got", "expected", "One"]
    bare = message_parts(replace(check, failure=replace(WRONG, call="")))
    assert [part.strip().split()[0] for part in bare] == ["got", "expected", "One"]


def test_a_second_wrong_answer_is_told_in_one_short_line_without_its_call() -> None:
    cells = ("cell 3: NameError",)
    missing = Failure("There is no function called fourth", cells=cells)
    others = (task("third", half_right("third")), task("fourth", missing))
    lines = to_plain(verdict_lines(lesson(FAILED, *others))).splitlines()
    (third, fourth) = lines[-2:]
    assert third.startswith("failed: third, 0 of 3 points: got [4, 12]; the form is right")
    assert third.endswith("…")
    assert fourth == "failed: fourth, 0 of 3 points: There is no function called fourth."


def test_a_note_that_a_message_holds_is_not_repeated() -> None:
    cells = ("cell 3: it raised NameError",)
    missing = task("second", Failure("There is no function called second", cells=cells))
    noted = replace(lesson(missing), notes=(*cells, "cell 4: it raised KeyError"))
    text = to_plain(verdict_lines(noted))
    assert text.count("cell 3") == text.count("cell 4") == 1


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\r", "\x07", "\u202e", "\x9b31m"])
def test_a_students_text_cannot_steer_the_terminal(nasty: str) -> None:
    place = Place("lesson.py", 12, f"print('{nasty}')")
    raised = Failure("it raised an exception", raised=f"E{nasty}", said=f"oh {nasty}", place=place)
    shown = replace(WRONG, got=f"'{nasty}'", difference=f"It said {nasty}.")
    for failure in (Failure(f"it said {nasty}!"), raised, shown):
        verdict = lesson(task("second", failure))
        assert nasty not in to_plain(verdict_lines(verdict))
        assert nasty not in without_escapes(drawn(verdict))


def test_square_brackets_are_text_and_not_markup() -> None:
    verdict = lesson(task("second", replace(WRONG, got="[red][/bold] x", expected="")))
    assert "[red][/bold]" in without_escapes(drawn(verdict))


def test_clean_keeps_letters_of_every_script() -> None:
    assert clean("∇f ∈ ℝⁿ, größer\nx") == "∇f ∈ ℝⁿ, größer\nx"


def test_what_the_grader_could_not_do_is_not_called_failed() -> None:
    verdict = lesson(task("second", None, Fault("ValueError", "oh")))
    assert "not judged: second" in to_plain(verdict_lines(verdict))
    assert "failed" not in to_plain(verdict_lines(verdict))


def test_a_process_without_confinement_is_said_plainly() -> None:
    verdict = lesson(PASSED, isolation="process")
    assert "not confined" in to_plain(verdict_lines(verdict))
