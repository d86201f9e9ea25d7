"""What a student's function gave, and whether it is what a known mistake gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import agrees, form_fault, leaves, relative_error
from graders.checks.explain import explain
from graders.checks.mistakes import Mistake
from graders.judge.alterations import drawn_numbers
from graders.sandbox.answers import Ended, Missing, Outcome, Raised, Returned
from graders.sandbox.given import tensors_in
from graders.sandbox.spec import Spec

# How many numbers have to be alike, none of them whole: fewer may be alike by chance.
ENOUGH = 2
# By so many units in the last place two spellings of a short iteration part in any dtype; a task's
# own `recognition` is meant for float64, and may be less than that in float32.
_ROUNDINGS = 50


@dataclass(frozen=True)
class Evidence:
    """What a student's function gave on one problem, and whether that was right."""

    spec: Spec
    outcome: Outcome
    right: bool


def evidence_of(asking: Asking) -> Iterator[Evidence]:
    """Give what is known of each problem, up to the first that has no answer at all."""
    for spec in asking.task.problems:
        outcome: Outcome = asking.ask(spec).outcome
        if isinstance(outcome, (Missing, Ended)):
            return
        yield Evidence(spec, outcome, is_right_outcome(asking, spec, outcome))


def is_right_outcome(asking: Asking, spec: Spec, outcome: Outcome) -> bool:
    """Whether an outcome is a right answer to a problem."""
    if not isinstance(outcome, Returned):
        return False
    expected = asking.expected(spec)
    if asking.task.agreement.form_fault(outcome.value, expected):
        return False
    return asking.deviation(spec, outcome.value, expected).agrees


def tells_much(outcome: Outcome) -> bool:
    """Whether a value is made of numbers that do not come by chance: tensors, and not of zeros."""
    if not isinstance(outcome, Returned):
        return False
    numbers = sum(one.numel() for one in tensors_in(outcome.value))
    return numbers > 1 and not all_zero(outcome)


def is_word(item: Evidence) -> bool:
    """Whether a word came back."""
    return isinstance(item.outcome, Returned) and isinstance(item.outcome.value, str)


def all_zero(outcome: Outcome) -> bool:
    """Whether a value is made of tensors, and every number of them is zero."""
    tensors = list(tensors_in(outcome.value)) if isinstance(outcome, Returned) else []
    return bool(tensors) and not any(bool(one.any()) for one in tensors)


def same_outcome(mine: Outcome, theirs: Outcome, recognition: float = 0.0) -> bool:
    """Whether two outcomes are alike: equal values of equal form, or the same kind of error.

    `recognition` is what a task declares: 0 for equal within rounding.
    """
    if isinstance(mine, Returned) and isinstance(theirs, Returned):
        return same_value(mine.value, theirs.value, recognition)
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        explanations = explain(mine), explain(theirs)
        if any(explanations):
            return explanations[0] == explanations[1]
        return mine.kind == theirs.kind
    return False


def same_value(mine: Any, theirs: Any, recognition: float = 0.0) -> bool:
    """Whether two values are alike; see `same_outcome`. A list is only like another list."""
    if _form_of(mine) != _form_of(theirs):
        return False
    mine, theirs = _without_lists(mine), _without_lists(theirs)
    return _alike(mine, theirs, recognition) if recognition else _equal(mine, theirs)


def mistake_agrees(mistake: Mistake, item: Evidence, asking: Asking) -> bool:
    """Whether a mistake gives what the student gave; near a wrong answer is no right one."""
    theirs = asking.outcome_of(mistake, item.spec)
    if not same_outcome(theirs, item.outcome, asking.task.recognition):
        return False
    return item.right or not is_right_outcome(asking, item.spec, theirs)


def mistake_is_right(mistake: Mistake, spec: Spec, asking: Asking) -> bool:
    """Whether a mistake does no harm on a problem."""
    return is_right_outcome(asking, spec, asking.outcome_of(mistake, spec))


def is_harmless(mistake: Mistake, items: Iterable[Evidence], asking: Asking) -> bool:
    """Whether a mistake does no harm on any of these problems."""
    return all(mistake_is_right(mistake, item.spec, asking) for item in items)


def would_do_alone(mistake: Mistake, wrong: Iterable[Evidence], asking: Asking) -> bool:
    """Whether a mistake gives by itself all that went wrong."""
    return all(mistake_agrees(mistake, item, asking) for item in wrong)


def value_of(mistake: Mistake, spec: Spec, asking: Asking) -> Any:
    """Give what a mistake returns on a problem; None where it raises."""
    outcome = asking.outcome_of(mistake, spec)
    return outcome.value if isinstance(outcome, Returned) else None


def enough(items: Sequence[Evidence]) -> bool:
    """Whether every one of these problems has a value, and together they are no coincidence."""
    values = [one.outcome.value for one in items if isinstance(one.outcome, Returned)]
    return len(values) == len(items) and sum(map(drawn_numbers, values)) >= ENOUGH


def _form_of(value: Any) -> Any:
    """Tell lists from tuples, however deep they lie; all else is one form here."""
    if isinstance(value, (list, tuple)):
        return isinstance(value, list), *map(_form_of, value)
    return None


def _without_lists(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        return value
    items = map(_without_lists, value)
    return type(value)(*items) if hasattr(value, "_fields") else tuple(items)


def _equal(mine: Any, theirs: Any) -> bool:
    if not [*tensors_in(mine), *tensors_in(theirs)]:
        return bool(type(mine) is type(theirs) and mine == theirs)
    if not agrees(theirs, mine):
        return False
    found = [part for pair in leaves(theirs, mine) for part in pair if isinstance(part, Tensor)]
    return not any(bool(torch.isnan(part).any()) for part in found)


def _alike(mine: Any, theirs: Any, tolerance: float) -> bool:
    """Whether two runs of an iteration are one: near, equal in words and counts, or run away."""
    if form_fault(mine, theirs):
        return False
    return all(_near(*pair, tolerance) for pair in leaves(mine, theirs))


def _near(mine: Any, theirs: Any, tolerance: float) -> bool:
    if not isinstance(mine, Tensor):
        return bool(mine == theirs)
    finite = [bool(torch.isfinite(one).all()) for one in (mine, theirs)]
    if all(finite):
        rounding = _ROUNDINGS * torch.finfo(mine.dtype).eps if mine.is_floating_point() else 0.0
        return relative_error(mine, theirs) <= max(tolerance, rounding)
    return not any(finite)
