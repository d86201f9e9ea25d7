"""An answer that loses the axes of length 1 loses points, in every task that has axes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from warm import SESSION

from graders import course
from graders.authoring.specimens import solution

# A word, a number of bytes, and two numbers without an axis.
WITHOUT_AXES = {
    "classify_hessian",
    "classify_critical_point",
    "hessian_bytes",
    "hutchinson_trace",
}
TASKS = [
    (topic.path, task.name)
    for topic in course.topics()
    for task in topic.tasks
    if task.name not in WITHOUT_AXES
]
_SQUEEZED = """

_in_shape = {task}


def _squeezed(value):
    if isinstance(value, torch.Tensor):
        return value.squeeze()
    return tuple(map(_squeezed, value)) if isinstance(value, tuple) else value


def {task}(*given, **named):
    return _squeezed(_in_shape(*given, **named))
"""


@pytest.mark.parametrize(("topic", "task"), TASKS)
def test_a_squeezed_answer_is_not_right(topic: str, task: str) -> None:
    right = solution(course.topic(topic))
    cells = tuple(
        replace(cell, source=cell.source + _SQUEEZED.format(task=task))
        if f"def {task}(" in cell.source
        else cell
        for cell in right.cells
    )
    with SESSION.judgement(replace(right, cells=cells)) as judgement:
        judgement.run_all(task)
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.score < judged.max_score
    assert judged.first_failure is not None
    assert "shape" in judged.first_failure.message
