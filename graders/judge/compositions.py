"""Two mistakes in one answer: what the one gives, in the other's form, or a part of it scaled.

What the second does is read off its answer beside the right one, problem by problem: it puts right
numbers into another shape or its axes into another order, makes a float of a whole number, or
multiplies it, or one part of a tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import form_fault
from graders.checks.mistakes import Mistake
from graders.judge.evidence import (
    Evidence,
    is_right_outcome,
    same_value,
    value_of,
    would_do_alone,
)
from graders.sandbox.answers import Returned

# What the second mistake does to the right answer, done to the first one's: of the answers of the
# first and the second and the right one; None where the second does something else.
Compose = Callable[[Any, Any, Any], Any]

_MOST_TRIED = 16
# One number is always a multiple of another.
_ENOUGH_FOR_A_FACTOR = 2


@dataclass(frozen=True)
class _Composition:
    """A mistake, and another that goes on from its answer."""

    first: Mistake
    then: Mistake
    compose: Compose

    def predicts(self, item: Evidence, asking: Asking) -> bool:
        """Whether the two of them come to what the student gave, right or wrong."""
        due = asking.expected(item.spec)
        made = self.compose(
            value_of(self.first, item.spec, asking), value_of(self.then, item.spec, asking), due
        )
        if made is None:
            return False
        is_right = is_right_outcome(asking, item.spec, Returned(made))
        return is_right == item.right and (item.right or _is_the_students(made, item, asking))

    def both_show(self, wrong: Sequence[Evidence], asking: Asking) -> bool:
        """Whether neither of the two would do alone."""
        return not any(would_do_alone(one, wrong, asking) for one in self.mistakes)

    @property
    def mistakes(self) -> tuple[Mistake, Mistake]:
        """Give both, the one that makes the numbers first."""
        return self.first, self.then


def in_another_shape(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs of which one makes the numbers, and the other only puts them elsewhere."""
    misshapen = [item for item in wrong if _is_misshapen(item, asking)]
    return _fitting(misshapen[:1], reshaped, core, wrong, asking)


def with_axes_moved(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs of which one makes the numbers, and the other puts its axes in front."""
    return _fitting(wrong[:1], axes_moved, core, wrong, asking)


def scaled_by_the_other(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs of which one makes the numbers, and the other multiplies all of them."""
    return _fitting(wrong[:1], scaled, core, wrong, asking)


def as_a_float(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs of which one makes a whole number, and the other a float of it."""
    return _fitting(wrong[:1], float_of_whole, core, wrong, asking)


def with_a_part_scaled(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs of which one makes a tuple, and the other multiplies one part of it."""
    return _fitting(wrong[:1], part_scaled, core, wrong, asking)


def reshaped(first: Any, then: Any, due: Any) -> Tensor | None:
    """Put the first's numbers into the shape that the second gives the right ones."""
    if not all(isinstance(one, Tensor) for one in (first, then, due)):
        return None
    if first.shape != due.shape or then.numel() != due.numel():
        return None
    return first.reshape(then.shape) if same_value(then.reshape(due.shape), due) else None


def axes_moved(first: Any, then: Any, due: Any) -> Tensor | None:
    """Move the axes of the first as the second moves those of the right answer."""
    if not all(isinstance(one, Tensor) for one in (first, then, due)) or first.shape != due.shape:
        return None
    for count in range(1, due.dim()):
        order = (*range(count, due.dim()), *range(count))
        if same_value(then, due.permute(order)):
            return first.permute(order)
    return None


def scaled(first: Any, then: Any, due: Any) -> Tensor | None:
    """Multiply the first by the number that the second multiplies the right answer by."""
    factor = _factor(then, due)
    if factor is None or not isinstance(first, Tensor) or due.numel() < _ENOUGH_FOR_A_FACTOR:
        return None
    return first * factor


def float_of_whole(first: Any, then: Any, due: Any) -> float | None:
    """Make a float of the first, where the second makes one of a right whole number."""
    if not (type(first) is type(due) is int and isinstance(then, float)):
        return None
    return float(first) if then == float(due) else None


def part_scaled(first: Any, then: Any, due: Any) -> tuple[Any, ...] | None:
    """Multiply the part of the first that the second multiplies in the right answer."""
    tuples = [one for one in (first, then, due) if isinstance(one, tuple)]
    if len(tuples) < 3 or len({len(one) for one in tuples}) > 1:
        return None
    places = [
        place for place, pair in enumerate(zip(then, due, strict=True)) if not same_value(*pair)
    ]
    factor = _factor(then[places[0]], due[places[0]]) if len(places) == 1 else None
    if factor is None or not isinstance(first[places[0]], Tensor):
        return None
    return tuple(part * factor if place == places[0] else part for place, part in enumerate(first))


def _factor(mine: Any, due: Any) -> float | None:
    if not isinstance(mine, Tensor) or not isinstance(due, Tensor) or form_fault(mine, due):
        return None
    if not due.is_floating_point() or not due.numel() or not bool(due.all()):
        return None
    factor = float((mine / due).reshape(-1)[0])
    return factor if same_value(due * factor, mine) else None


def _fitting(
    pivot: Sequence[Evidence],
    compose: Compose,
    core: Sequence[Evidence],
    wrong: Sequence[Evidence],
    asking: Asking,
) -> Iterator[tuple[Mistake, Mistake]]:
    """List what explains the problem that tells most, then of these what explains all."""
    by_value = [one for one in asking.task.mistakes if one.by_value]
    for item in pivot:
        due = asking.expected(item.spec)
        values = {one: value_of(one, item.spec, asking) for one in by_value}
        seconds = [one for one in by_value if compose(due, values[one], due) is not None]
        fitting = (
            _Composition(first, then, compose)
            for first, then in product(by_value, seconds)
            if first is not then
            and _is_the_students(compose(values[first], values[then], due), item, asking)
        )
        for one in islice(fitting, _MOST_TRIED):
            explains = all(one.predicts(item, asking) for item in core)
            if explains and one.both_show(wrong, asking):
                yield one.mistakes


def _is_misshapen(item: Evidence, asking: Asking) -> bool:
    mine = item.outcome.value if isinstance(item.outcome, Returned) else None
    due = asking.expected(item.spec)
    if not isinstance(mine, Tensor) or not isinstance(due, Tensor):
        return False
    return mine.numel() == due.numel() and mine.shape != due.shape


def _is_the_students(made: Any, item: Evidence, asking: Asking) -> bool:
    mine = item.outcome.value if isinstance(item.outcome, Returned) else None
    if made is None or mine is None:
        return False
    return same_value(mine, made, asking.task.recognition)
