"""Two mistakes one after the other: what the one gives, altered as the other alters what is right.

Which alteration a known mistake stands for is found out by comparing it with the right answers; no
catalogue has to say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import kind_fault, shape_fault
from graders.checks.failure import Symptom
from graders.checks.general_mistakes import GENERAL
from graders.checks.mistakes import Mistake
from graders.judge.alterations import (
    ALTERATIONS,
    OfTensor,
    altered,
    as_float32,
    fits_float32,
)
from graders.judge.evidence import (
    Evidence,
    is_right_outcome,
    same_value,
    value_of,
    would_do_alone,
)
from graders.sandbox.answers import Returned
from graders.sandbox.given import tensors_in
from graders.sandbox.spec import Spec

# Few get as far as a second problem. This bounds what a diagnosis may cost.
_MOST_TRIED = 16


@dataclass(frozen=True)
class _Sequence:
    """A mistake, and another that does to a right answer what was done here to that mistake's."""

    first: Mistake
    then: Mistake
    alteration: OfTensor

    def predicts(self, item: Evidence, asking: Asking) -> bool:
        """Whether the two of them come to what the student gave, right or wrong."""
        made = altered(value_of(self.first, item.spec, asking), self.alteration)
        if made is None or not self._is_what_the_second_does(item.spec, asking):
            return False
        if item.right:
            return is_right_outcome(asking, item.spec, Returned(made))
        return _is_the_students(made, item, self.alteration, asking)

    def both_show(self, wrong: Sequence[Evidence], asking: Asking) -> bool:
        """Whether neither of the two would do alone."""
        return not any(would_do_alone(one, wrong, asking) for one in (self.first, self.then))

    def keep_the_form_of_each_other(self, core: Sequence[Evidence], asking: Asking) -> bool:
        """Whether one at most gives another shape: “your numbers lie in a row” has to stay true."""
        changing = [one for one in (self.first, self.then) if _changes_form(one, core, asking)]
        return len(changing) < 2

    def _is_what_the_second_does(self, spec: Spec, asking: Asking) -> bool:
        if self.then is GENERAL[Symptom.FLOAT32]:
            return True
        mine = value_of(self.then, spec, asking)
        if self.alteration is as_float32:
            return mine is not None and _fits(mine)
        return _is(mine, altered(asking.expected(spec), self.alteration), asking)


def one_after_the_other(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs that explain every core problem, the more basic mistake first."""
    for one in islice(_candidates(wrong[0], asking), _MOST_TRIED):
        if (
            all(one.predicts(item, asking) for item in core)
            and one.both_show(wrong, asking)
            and one.keep_the_form_of_each_other(core, asking)
        ):
            yield one.first, one.then


def _changes_form(mistake: Mistake, core: Sequence[Evidence], asking: Asking) -> bool:
    pairs = [(value_of(mistake, one.spec, asking), asking.expected(one.spec)) for one in core]
    return any(kind_fault(mine, due) or shape_fault(mine, due) for mine, due in pairs)


def _candidates(item: Evidence, asking: Asking) -> Iterator[_Sequence]:
    """List what explains one problem that went wrong."""
    by_value = [one for one in asking.task.mistakes if one.by_value]
    for alteration in (*ALTERATIONS, as_float32):
        seconds = _seconds(item.spec, alteration, asking)
        for first in by_value if seconds else ():
            made = altered(value_of(first, item.spec, asking), alteration)
            if made is not None and _is_the_students(made, item, alteration, asking):
                yield from (_Sequence(first, one, alteration) for one in seconds if one != first)


def _seconds(spec: Spec, alteration: OfTensor, asking: Asking) -> list[Mistake]:
    """List the mistakes that do this to the right answer of a problem."""
    if alteration is as_float32:
        own = [one for one in asking.task.mistakes if one.symptom is Symptom.FLOAT32]
        return own or [GENERAL[Symptom.FLOAT32]]
    due = altered(asking.expected(spec), alteration)
    by_value = (one for one in asking.task.mistakes if one.by_value)
    return [one for one in by_value if _is(value_of(one, spec, asking), due, asking)]


def _is(value: Any, due: Any, asking: Asking) -> bool:
    if value is None or due is None:
        return False
    if isinstance(value, Tensor) and isinstance(due, Tensor) and value.shape != due.shape:
        return False  # most fall here, and at little cost
    return same_value(value, due, asking.task.recognition)


def _is_the_students(made: Any, item: Evidence, alteration: OfTensor, asking: Asking) -> bool:
    """Whether the student gave this, and whether it is wrong."""
    mine = item.outcome.value if isinstance(item.outcome, Returned) else None
    if alteration is as_float32 and mine is not None and _fits(mine):
        mine = altered(mine, lambda one: one.float())
    return _is(made, mine, asking) and not is_right_outcome(asking, item.spec, Returned(made))


def _fits(value: Any) -> bool:
    return all(one.is_floating_point() and fits_float32(one) for one in tensors_in(value))
