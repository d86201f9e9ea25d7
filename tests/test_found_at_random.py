"""What answers at random found, each made small: the student's own fault, and told as such."""

from __future__ import annotations

import logging

import pytest
from specimens_of_answers import with_cell
from warm import judge

from graders.judge.verdict import TaskVerdict

# Right but where it says so: `right` is the solution that the cell stands behind.
CHANGED = """
right = {task}
def {task}(*arguments, **keywords):
    found = right(*arguments, **keywords)
    {change}
"""
A_RUN_THAT_IS_NONE = (
    "applications/newton",
    "conjugate_gradient",
    "return None if keywords.get('rtol') == 1e-10 else found",
)
# On one problem there are four parts and the last is wrong, on another there is one.
ONE_PART_OF_FOUR = (
    "applications/maml",
    "maml_gradient",
    "return (*found[:-1], -found[-1]) if len(found) in (1, 4) else found",
)


@pytest.mark.parametrize("answer", [A_RUN_THAT_IS_NONE, ONE_PART_OF_FOUR], ids=lambda one: one[1])
def test_what_only_some_answers_have_is_no_surprise_to_the_judge(
    answer: tuple[str, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        told = _judged(*answer)
    assert not caplog.records
    assert told.first_failure is not None


def test_a_run_that_is_none_is_told_so_where_its_products_are_counted() -> None:
    told = _judged(*A_RUN_THAT_IS_NONE)
    (counted,) = [one for one in told.checks if one.stage == "products" and one.status == "failed"]
    assert "it returned None, expected a tuple" in counted.message


def _judged(topic: str, task: str, change: str) -> TaskVerdict:
    code = CHANGED.format(task=task, change=change)
    (verdict,) = judge([with_cell(topic, task, code)])
    (told,) = [one for one in verdict.tasks if one.name == task]
    return told
