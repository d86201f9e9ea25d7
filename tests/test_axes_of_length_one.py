"""An answer that loses the axes of length 1 loses points, in every task that has axes."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_answer_changed
from warm import SESSION

from graders import course

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
_SQUEEZED = (
    "r.squeeze() if isinstance(r, torch.Tensor) else "
    "tuple(one.squeeze() if isinstance(one, torch.Tensor) else one for one in r)"
)


@pytest.mark.parametrize(("topic", "task"), TASKS)
def test_a_squeezed_answer_is_not_right(topic: str, task: str) -> None:
    squeezed = with_answer_changed(course.topic(topic), task, _SQUEEZED)
    with SESSION.judgement(squeezed) as judgement:
        judgement.run_all({task})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.score < judged.max_score
    assert judged.first_failure is not None
    assert "shape" in judged.first_failure.message
