"""Known mistakes: a wrong answer as a function, and its docstring as the hint."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.checks.failure import OF_MANY_MISTAKES, Symptom


@dataclass(frozen=True)
class Mistake:
    """A known mistake of one task.

    Without a symptom it is recognised by value: the answer equals what `function` gives. `unless`
    are words that whoever makes it does not write: names, attributes or keywords.
    """

    name: str
    task: str
    function: Callable[..., Any]
    hint: str
    symptom: Symptom | None = None
    unless: tuple[str, ...] = ()

    @property
    def by_value(self) -> bool:
        """Whether what it gives is its proof, with a symptom or without."""
        return self.symptom is None or self.symptom in OF_MANY_MISTAKES


def mistake(
    task: str, *, symptom: Symptom | None = None, unless: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Mistake]:
    """Turn a wrong answer with the task's signature into a `Mistake`; its docstring is the hint."""

    def register(function: Callable[..., Any]) -> Mistake:
        hint = inspect.getdoc(function)
        if not hint:
            raise ValueError(f"the mistake {function.__name__!r} of {task!r} has no hint")
        return Mistake(function.__name__, task, function, hint, symptom, unless)

    return register


def only_named(
    name: str,
    task: str,
    hint: str,
    symptom: Symptom | None = None,
    unless: tuple[str, ...] = (),
) -> Mistake:
    """Make a mistake of which an answer sheet has what it gives, so that nobody need hold it."""

    def missing(*_arguments: Any) -> Any:
        raise NotImplementedError(f"what {name} gives stands in the answer sheet")

    return Mistake(name, task, missing, hint, symptom, unless)


def of_task(task: str, mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Pick the mistakes of one task, in the catalogue's order."""
    return tuple(one for one in mistakes if one.task == task)
