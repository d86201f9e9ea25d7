"""Answers to the topic `maml`: right by many methods, wrong in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topics.applications.maml import (
    first_order_answers,
    implicit_answers,
    maml_answers,
    step_answers,
)

Answer = Callable[..., Any]

_MODULES = {
    "inner_update": step_answers,
    "maml_gradient": maml_answers,
    "first_order_maml_gradient": first_order_answers,
    "implicit_maml_gradient": implicit_answers,
}
RIGHT: dict[str, list[tuple[str, Answer]]] = {
    task: module.RIGHT for task, module in _MODULES.items()
}
WRONG: dict[tuple[str, str], list[Answer]] = {
    (task, mistake): spellings
    for task, module in _MODULES.items()
    for mistake, spellings in module.WRONG.items()
}
