"""The other ways that are shown after passing say what they do, and are compared fairly."""

from __future__ import annotations

import pytest

from graders import course
from graders.course.submission import parse_submission, read_submission
from graders.learners.comparison import other_ways
from graders.learners.sources import about_function, function_text

JACOBIAN = course.topic("jacobian")


@pytest.mark.parametrize("topic", course.topics(), ids=lambda topic: topic.name)
def test_every_other_way_says_what_is_different(topic: course.Topic) -> None:
    """That each earns full marks is for `dojo verify` to prove."""
    submission = read_submission(other_ways(topic), topic)
    for task in topic.tasks:
        assert len(about_function(submission, task.name)) > 30


def test_a_function_is_shown_with_its_helpers_and_without_docstring_and_marks() -> None:
    code = (
        "# %%\ndef _half(x):\n    return x / 2\n\n\ndef unrelated():\n    return 1\n\n\n# %%\n"
        'def vjp(func, inputs, v):\n    """Say something."""\n    ### BEGIN SOLUTION\n'
        "    return _half(v)\n    ### END SOLUTION\n"
    )
    submission = parse_submission(code.encode(), "jacobian.py", JACOBIAN)
    assert function_text(submission, "vjp") == (
        "def _half(x):\n    return x / 2\n\ndef vjp(func, inputs, v):\n    return _half(v)"
    )


def test_the_last_definition_is_the_one_that_is_shown() -> None:
    code = "# %%\ndef vjp(a):\n    return 1\n\n\n# %%\ndef vjp(a):\n    return 2\n"
    submission = parse_submission(code.encode(), "jacobian.py", JACOBIAN)
    assert function_text(submission, "vjp") == "def vjp(a):\n    return 2"


def test_a_missing_function_has_no_text() -> None:
    submission = parse_submission(b"x = 1 +\n", "jacobian.py", JACOBIAN)
    assert function_text(submission, "vjp") == ""
