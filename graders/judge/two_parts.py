"""Two mistakes in two parts of an answer: the values are one mistake's, the weights the other's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from graders.checks.asking import Asking
from graders.checks.mistakes import Mistake
from graders.judge.alterations import drawn_numbers
from graders.judge.evidence import ENOUGH, Evidence, mistake_is_right, same_value, value_of
from graders.sandbox.answers import Returned

_MOST_TRIED = 16


@dataclass(frozen=True)
class _InPart:
    """A mistake as the reason for one part of the answers, by its place."""

    mistake: Mistake
    place: int

    def explains(self, item: Evidence, asking: Asking) -> bool:
        """Whether the part is the mistake's, and all that the mistake changes."""
        if item.right:
            return mistake_is_right(self.mistake, item.spec, asking)
        theirs = _parts(value_of(self.mistake, item.spec, asking))
        mine, due = _parts_of(item), _parts(asking.expected(item.spec))
        if not self.place < len(theirs) == len(mine) == len(due):
            return False
        rest_is_right = _wrong_places(theirs, due, asking) <= {self.place}
        return rest_is_right and _same(theirs[self.place], mine[self.place], asking)

    def shows(self, wrong: Sequence[Evidence], asking: Asking) -> bool:
        """Whether enough numbers of the part are wrong, none of them by chance."""
        mine = [
            _parts_of(item)[self.place]
            for item in wrong
            if self.place in _wrong_places(_parts_of(item), _due(item, asking), asking)
        ]
        return sum(map(drawn_numbers, mine)) >= ENOUGH


def in_two_parts(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[tuple[Mistake, Mistake]]:
    """List the pairs that explain two parts of every core problem, where all the rest is right."""
    places = _places(wrong, asking)
    if len(places) != 2:
        return
    sides = [_explaining(place, wrong[0], asking) for place in sorted(places)]
    for pair in islice(product(*sides), _MOST_TRIED):
        explained = all(one.explains(item, asking) for item in core for one in pair)
        if explained and all(one.shows(wrong, asking) for one in pair):
            yield pair[0].mistake, pair[1].mistake


def _places(wrong: Sequence[Evidence], asking: Asking) -> set[int]:
    """Say which parts are wrong somewhere; none where the answers do not have the right parts."""
    found: set[int] = set()
    for item in wrong:
        mine, due = _parts_of(item), _due(item, asking)
        if len(mine) != len(due):
            return set()
        found |= _wrong_places(mine, due, asking)
    return found


def _explaining(place: int, item: Evidence, asking: Asking) -> list[_InPart]:
    found = [_InPart(one, place) for one in asking.task.mistakes if one.by_value]
    return [one for one in found if one.explains(item, asking)]


def _wrong_places(mine: Sequence[Any], due: Sequence[Any], asking: Asking) -> set[int]:
    pairs = enumerate(zip(mine, due, strict=True))
    return {place for place, (one, other) in pairs if not _same(one, other, asking)}


def _same(mine: Any, theirs: Any, asking: Asking) -> bool:
    return same_value(mine, theirs, asking.task.recognition)


def _parts_of(item: Evidence) -> Sequence[Any]:
    return _parts(item.outcome.value) if isinstance(item.outcome, Returned) else ()


def _due(item: Evidence, asking: Asking) -> Sequence[Any]:
    return _parts(asking.expected(item.spec))


def _parts(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else ()
