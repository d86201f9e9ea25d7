"""Answers to the topic `spectrum`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from topics.applications.spectrum import (
    ggn_answers,
    lanczos_answers,
    power_answers,
    trace_answers,
)

_BY_TASK = {
    "power_iteration": power_answers,
    "lanczos": lanczos_answers,
    "hutchinson_trace": trace_answers,
    "ggn_vp": ggn_answers,
}

RIGHT = {task: answers.RIGHT for task, answers in _BY_TASK.items()}

WRONG = {
    (task, name): spellings
    for task, answers in _BY_TASK.items()
    for name, spellings in answers.WRONG.items()
}
