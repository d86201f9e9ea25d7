"""Answers to the topic `newton`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topics.applications.newton import (
    cg_answers,
    minimiser_answers,
    newton_cg_answers,
    step_answers,
)

Answer = Callable[..., Any]

_MODULES = {
    "newton_step": step_answers,
    "newton": minimiser_answers,
    "conjugate_gradient": cg_answers,
    "newton_cg_step": newton_cg_answers,
}
RIGHT: dict[str, list[tuple[str, Answer]]] = {
    task: module.RIGHT for task, module in _MODULES.items()
}
WRONG: dict[tuple[str, str], list[Answer]] = {
    (task, mistake): spellings
    for task, module in _MODULES.items()
    for mistake, spellings in module.WRONG.items()
}
