"""Answers to the topic `influence`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topics.applications.influence import change_answers, influence_answers, solve_answers

Answer = Callable[..., Any]

_MODULES = {
    "inverse_hvp": solve_answers,
    "influence_on_loss": influence_answers,
    "leave_one_out_change": change_answers,
}
RIGHT: dict[str, list[tuple[str, Answer]]] = {
    task: module.RIGHT for task, module in _MODULES.items()
}
WRONG: dict[tuple[str, str], list[Answer]] = {
    (task, mistake): spellings
    for task, module in _MODULES.items()
    for mistake, spellings in module.WRONG.items()
}
