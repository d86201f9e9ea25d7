"""A solution that answers cannot be compared with is told by its file, before any check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graders import course
from graders.checks.solution import reference_functions
from graders.course import CourseError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("def (", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        (None, "no file"),
    ],
)
def test_a_solution_of_no_use_is_told_by_its_file(
    tmp_path: Path, text: str | None, said: str
) -> None:
    topic = replace(course.topic("jacobian"), course=tmp_path)
    topic.solution.parent.mkdir(parents=True)
    if text is not None:
        topic.solution.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said) as raised:
        reference_functions(topic)
    assert str(topic.solution) in str(raised.value)
    assert "bring back an older version" in str(raised.value)
