"""Known mistakes: a wrong answer as a function, and its docstring as the hint."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Symptom(str, Enum):
    """What gives a mistake away when the values alone do not."""

    FLOAT32 = "every number of a float64 answer fits float32"
    FINITE_DIFFERENCE = "almost right, by far more than rounding"
    NO_GRAPH = "element 0 of tensors does not require grad"
    GRAPH_FREED = "backward through the graph a second time"
    UNUSED = "a differentiated tensor was not used in the graph"
    MARKED_INPUTS = "requires_grad is switched on in the caller's tensor"
    LEFT_GRAD = "something is left in .grad"
    CHANGED_INPUTS = "the caller's numbers are changed in place"
    READY_MADE = "the ready-made routine of the task is called"
    DENSE = "a tensor near n × n is made"
    ROW_LIST = "memory near n × n in many small tensors"
    MANY_PASSES = "the number of passes grows with n"
    NOT_REFUSED = "bad input is accepted"
    COMPLEX = "a complex answer to a real question"
    NOT_A_TUPLE = "a flat tensor in place of a tuple of tensors"


@dataclass(frozen=True)
class Mistake:
    """A known mistake of one task.

    Without a symptom it is recognised by value: the answer equals what `function` gives.
    """

    name: str
    task: str
    function: Callable[..., Any]
    hint: str
    symptom: Symptom | None = None


def mistake(
    task: str, *, symptom: Symptom | None = None
) -> Callable[[Callable[..., Any]], Mistake]:
    """Turn a wrong answer with the task's signature into a `Mistake`; its docstring is the hint."""

    def register(function: Callable[..., Any]) -> Mistake:
        hint = inspect.getdoc(function)
        if not hint:
            raise ValueError(f"the mistake {function.__name__!r} of {task!r} has no hint")
        return Mistake(function.__name__, task, function, hint, symptom)

    return register


def of_task(task: str, mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Pick the mistakes of one task, in the catalogue's order."""
    return tuple(one for one in mistakes if one.task == task)
