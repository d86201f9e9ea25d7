"""A verdict reads well in a terminal: at 80 columns, without colour, and as plain words."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from graders.course import Topic
from graders.judge.submission import Cell, Submission
from graders.judge.verdict import Check, TaskVerdict, Verdict
from graders.outlets.terminal import clean, message_parts, to_plain, to_rich, verdict_lines

HINT = "The rows are columns.\n\nLook at which index comes first\nbefore you return."
WRONG = (
    "Called second(f, x) with f(x, y) = (x², y³), x = [2, 2] (float64): got [[4.0, 0.0]], expected "
    "[[4.0, 0.0], [0.0, 12.0]]. One row is missing; see lesson.py, line 12: `return rows`."
)


def task(name: str, message: str, status: str = "failed", hint: str | None = None) -> TaskVerdict:
    check = Check("values", status, 1.0, message, hint=hint)  # type: ignore[arg-type]
    return TaskVerdict(name, 0.0, 3.0, status == "error", (check,))


PASSED = TaskVerdict("first", 3.0, 3.0, False, (Check("values", "passed", 1.0),))
UNWRITTEN = task("zeroth", "zeroth is not written yet.")
FAILED = task("second", WRONG, hint=HINT)
VERDICT = Verdict("derivatives/lesson", "confined", 0, (UNWRITTEN, PASSED, FAILED))
TOPIC = Topic("derivatives", "lesson", Path("lesson.ipynb"), (), (), frozenset(), frozenset())
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
    assert text.index("expected [[4.0") < text.index("zeroth")


def test_the_hint_of_a_mistake_is_shown_paragraph_by_paragraph() -> None:
    lines = to_plain(verdict_lines(VERDICT)).splitlines()
    assert "hint: The rows are columns." in lines
    assert "Look at which index comes first before you return." in lines


def test_the_learners_own_line_is_shown_with_its_number_in_the_file() -> None:
    assert ">   12      return rows" in to_plain(verdict_lines(VERDICT, SUBMISSION))


def test_got_and_expected_stand_below_one_another() -> None:
    parts = message_parts(WRONG)
    assert [part.strip().split()[0] for part in parts] == ["Called", "got", "expected", "One"]


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\r", "\x07", "\u202e", "\x9b31m"])
def test_a_students_text_cannot_steer_the_terminal(nasty: str) -> None:
    verdict = Verdict("derivatives/lesson", "confined", 0, (task("second", f"it said {nasty}!"),))
    assert nasty not in to_plain(verdict_lines(verdict))
    assert nasty not in without_escapes(drawn(verdict))


def test_square_brackets_are_text_and_not_markup() -> None:
    verdict = Verdict("derivatives/lesson", "confined", 0, (task("second", "got [red][/bold] x"),))
    assert "[red][/bold]" in without_escapes(drawn(verdict))


def test_clean_keeps_letters_of_every_script() -> None:
    assert clean("∇f ∈ ℝⁿ, größer\nx") == "∇f ∈ ℝⁿ, größer\nx"


def test_what_the_grader_could_not_do_is_not_called_failed() -> None:
    verdict = Verdict("derivatives/lesson", "confined", 0, (task("second", "oh", "error"),))
    assert "not judged: second" in to_plain(verdict_lines(verdict))
    assert "failed" not in to_plain(verdict_lines(verdict))


def test_a_process_without_confinement_is_said_plainly() -> None:
    verdict = Verdict("derivatives/lesson", "process", 0, (PASSED,))
    assert "not confined" in to_plain(verdict_lines(verdict))
