"""Find the two known mistakes that explain a task's wrong answers together, where none does alone.

Two can be in one answer in four ways. One after the other: what one mistake gives, with its sign
turned round by another. Composed: in the shape that another gives to what is right, or with the
part multiplied that another multiplies. In two parts: the first item of a tuple is one mistake's,
the second the other's. Side by side: some problems went wrong as with the one, the rest as with the
other.

Each way predicts every core problem, those too that the student has right. A pair is named only if
it is the only one that fits: a false hint is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from graders.checks.asking import Asking
from graders.checks.explain import symptom_of
from graders.checks.mistakes import Mistake
from graders.judge.compositions import (
    as_a_float,
    in_another_shape,
    scaled_by_the_other,
    with_a_part_scaled,
    with_axes_moved,
)
from graders.judge.evidence import (
    Evidence,
    all_zero,
    enough,
    is_harmless,
    is_word,
    mistake_agrees,
    would_do_alone,
)
from graders.judge.sequences import one_after_the_other
from graders.judge.two_parts import in_two_parts
from graders.sandbox.answers import Returned

Pair = tuple[Mistake, Mistake]
Way = Callable[[Sequence[Evidence], Sequence[Evidence], Asking], Iterator[Pair]]

_ENOUGH_WORDS = 3


def find_pair(evidence: Sequence[Evidence], asking: Asking) -> Pair | None:
    """Choose the one pair of known mistakes that gives what the student gave."""
    core = [item for item in evidence if item.spec.core]
    wrong = [item for item in core if not item.right]
    if not wrong:
        # Two mistakes of the edge cases alone.
        core, wrong = list(evidence), [item for item in evidence if not item.right]
    for way in _ways(core, wrong):
        found: dict[frozenset[str], Pair] = {}
        for pair in way(core, wrong, asking):
            found.setdefault(frozenset(one.name for one in pair), pair)
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def _ways(core: Sequence[Evidence], wrong: Sequence[Evidence]) -> tuple[Way, ...]:
    """List the ways that can be proved. Errors and zeros alone prove nothing, nor do whole numbers.

    One word may be right by chance, or wrong; that all of many are the two's is no chance.
    """
    if enough([item for item in wrong if isinstance(item.outcome, Returned)]):
        composed = (
            *(in_another_shape, with_axes_moved, as_a_float),
            *(scaled_by_the_other, with_a_part_scaled),
        )
        return (one_after_the_other, *composed, in_two_parts, _side_by_side)
    if len(wrong) >= _ENOUGH_WORDS and all(is_word(item) for item in core):
        return (_side_by_side,)
    return ()


def _side_by_side(
    core: Sequence[Evidence], wrong: Sequence[Evidence], asking: Asking
) -> Iterator[Pair]:
    """Let each of two mistakes explain some of the problems, and do no harm on the right ones."""
    right = [item for item in core if item.right]
    for one in asking.task.mistakes:
        if not mistake_agrees(one, wrong[0], asking) or not is_harmless(one, right, asking):
            continue
        rest = [item for item in wrong if not mistake_agrees(one, item, asking)]
        mine = [item for item in wrong if item not in rest]
        if not rest or not _show_something(mine, rest):
            continue
        for other in asking.task.mistakes:
            if (
                would_do_alone(other, rest, asking)
                and is_harmless(other, right, asking)
                and _is_proved(one, mine, rest, asking)
                and _is_proved(other, rest, mine, asking)
            ):
                yield one, other


def _show_something(mine: Sequence[Evidence], rest: Sequence[Evidence]) -> bool:
    return all(map(is_word, (*mine, *rest))) or enough(mine) or enough(rest)


def _is_proved(
    mistake: Mistake, mine: Sequence[Evidence], rest: Sequence[Evidence], asking: Asking
) -> bool:
    """Whether what it explains is no chance: words, numbers, or zeros or torch's errors.

    Zeros and errors come of many things. Beside numbers that prove the other mistake they are proof
    if there are two of them, and if this one does no harm where the other was made.
    """
    if enough(mine) or all(map(is_word, (*mine, *rest))):
        return True
    little = len(mine) > 1 and all(map(_is_zero_or_explained, mine))
    return little and is_harmless(mistake, rest, asking)


def _is_zero_or_explained(item: Evidence) -> bool:
    return all_zero(item.outcome) or symptom_of(item.outcome) is not None


def find_beside(first: Mistake, evidence: Sequence[Evidence], asking: Asking) -> Mistake | None:
    """Choose the mistake of the special cases that ended in an error, which `first` does not.

    Torch says why it went no further, so that its own words prove it. The mistake has to break off
    wherever the student's function did for this reason, and nowhere where a value came back.
    """
    left = [one for one in evidence if not one.right and not mistake_agrees(first, one, asking)]
    if any(item.spec.core for item in left):
        return None
    for symptom in dict.fromkeys(filter(None, (symptom_of(item.outcome) for item in left))):
        theirs = [item for item in left if symptom_of(item.outcome) is symptom]
        for one in asking.task.mistakes:
            if one.symptom is symptom and _breaks_off_there(one, theirs, evidence, asking):
                return one
    return None


def _breaks_off_there(
    mistake: Mistake, left: Sequence[Evidence], evidence: Sequence[Evidence], asking: Asking
) -> bool:
    return would_do_alone(mistake, left, asking) and all(
        isinstance(asking.outcome_of(mistake, item.spec), Returned)
        for item in evidence
        if isinstance(item.outcome, Returned)
    )
