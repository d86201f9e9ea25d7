"""Find the known mistake that explains a task's wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from graders.checks.asking import Asking
from graders.checks.failure import OF_MANY_MISTAKES, Symptom
from graders.checks.general_mistakes import GENERAL
from graders.checks.mistakes import Mistake
from graders.judge.errors import OF_AN_ERROR, in_general, known_better
from graders.judge.evidence import (
    Evidence,
    all_zero,
    enough,
    evidence_of,
    is_harmless,
    is_word,
    mistake_agrees,
    mistake_is_right,
    tells_much,
    would_do_alone,
)
from graders.judge.forms import in_due_form
from graders.judge.made_of import words_of
from graders.judge.pairs import find_beside, find_pair
from graders.judge.vectors import by_vectors, for_vectors_only
from graders.sandbox.answers import Raised


def diagnose(asking: Asking, symptom: Symptom | None) -> tuple[Mistake, ...]:
    """Choose the known mistake that gives what the student gave, or the two that give it together.

    Without a symptom it must do so on every problem that went wrong, or on every core problem: how
    a mistake meets an edge case depends on its spelling. A symptom names its mistakes directly;
    one that particular mistakes show, too, names the general one where none of them fits.
    What the task's catalogue lacks may be a general mistake.
    Of several, the one that fits best is chosen, then the first of the catalogue, which lists the
    most specific first.
    """
    evidence = list(evidence_of(asking))
    symptom = known_better(symptom, evidence, asking)
    if symptom is not None and symptom not in OF_MANY_MISTAKES:
        own = _single(evidence, asking, symptom) or _nearly(evidence, asking, symptom)
        own = own or GENERAL.get(in_general(symptom, evidence, asking))
        both = own, _in_due_form(symptom, evidence, asking)
        return tuple(one for one in both if one)
    if all(item.right for item in evidence):
        return ()
    found = _single(evidence, asking, None)
    if found is None and symptom is not None:
        found = _single(evidence, asking, symptom)
    if found is None:
        found = for_vectors_only(evidence, asking)
    if found is None:
        pair = find_pair(evidence, asking) or _beside_vectors_only(evidence, asking)
        general = (GENERAL[symptom],) if symptom in GENERAL else ()
        return pair or _of_most(evidence, asking) or general
    second = find_beside(found, evidence, asking)
    return (found, second) if second else (found,)


def _nearly(evidence: list[Evidence], asking: Asking, symptom: Symptom) -> Mistake | None:
    """Give the mistake whose numbers are nearly right, and are the student's to the last digit."""
    return _single(evidence, asking, None) if symptom is Symptom.FINITE_DIFFERENCE else None


def _beside_vectors_only(evidence: list[Evidence], asking: Asking) -> tuple[Mistake, ...]:
    """Look for a mistake of the vectors, where all that has another shape breaks off."""
    split = by_vectors(evidence, asking)
    if split is None:
        return ()
    known, vectors = split
    wrong = [item for item in vectors if item.spec.core and not item.right]
    if not wrong or not (enough(wrong) or all(is_word(item) for item in wrong)):
        return ()
    found = _single(vectors, asking, None)
    return (found, known) if found else ()


def _of_most(evidence: list[Evidence], asking: Asking) -> tuple[Mistake, ...]:
    """Choose the mistake of most problems that went wrong, where a second one hides it in the rest.

    It has to give the first of them, and drawn numbers on more than one, and to do no harm where
    the student is right. Of two that explain as many, neither is proved.
    """
    core = [item for item in evidence if item.spec.core]
    wrong = [item for item in core if not item.right]
    right = [item for item in core if item.right]
    counts: dict[str, tuple[int, Mistake]] = {}
    for one in asking.task.mistakes:
        if not wrong or not one.by_value or not mistake_agrees(one, wrong[0], asking):
            continue
        mine = [item for item in wrong if mistake_agrees(one, item, asking)]
        most = len(mine) > 1 and 2 * len(mine) >= len(wrong) and enough(mine)
        if most and is_harmless(one, right, asking):
            counts[one.name] = len(mine), one
    largest = max((count for count, _ in counts.values()), default=0)
    best = [one for count, one in counts.values() if count == largest]
    return (best[0],) if len(best) == 1 else ()


def _in_due_form(symptom: Symptom, evidence: list[Evidence], asking: Asking) -> Mistake | None:
    """Look for a mistake of the numbers, where their form was the first to fail."""
    formed = in_due_form(evidence, symptom, asking)
    wrong = [item for item in formed if item.spec.core and not item.right]
    return _single(formed, asking, None) if wrong and enough(wrong) else None


def _single(evidence: list[Evidence], asking: Asking, symptom: Symptom | None) -> Mistake | None:
    fits = [
        _Fit.measure(mistake, evidence, asking)
        for mistake in asking.task.mistakes
        if _may_be(mistake, symptom, evidence, asking)
    ]
    explaining = [
        fit
        for fit in fits
        if symptom is not None
        or (fit.explains and not _contradicted(fit.mistake, evidence, asking))
    ]
    if explaining:
        return max(explaining, key=_Fit.quality).mistake
    return None if symptom is not None else _of_what_came_back(evidence, asking)


def _of_what_came_back(evidence: list[Evidence], asking: Asking) -> Mistake | None:
    """Choose the mistake of all wrong values that came back, where other calls broke off.

    Who takes every input for a vector and multiplies the gradient by itself makes two mistakes, and
    the second shows on vectors. Values of drawn numbers, equal within rounding, prove it; none
    of words, of zeros, or of what is right where the mistake is not.
    """
    core = [item for item in evidence if item.spec.core]
    wrong = [item for item in core if not item.right]
    came_back = [item for item in wrong if not isinstance(item.outcome, Raised)]
    is_first = bool(wrong) and wrong[0] in came_back[:1]
    if asking.task.recognition or not is_first or len(came_back) in (1, len(wrong)):
        return None
    if not (all(tells_much(item.outcome) for item in came_back) or enough(came_back)):
        return None
    right = [item for item in core if item.right]
    found = (
        mistake
        for mistake in asking.task.mistakes
        if would_do_alone(mistake, came_back, asking) and is_harmless(mistake, right, asking)
    )
    return next(found, None)


@dataclass(frozen=True)
class _Fit:
    """How far a mistake agrees with what a student's function gave."""

    mistake: Mistake
    on_wrong: bool
    on_core: bool
    agreements: int
    core_is_wrong: bool

    @classmethod
    def measure(cls, mistake: Mistake, evidence: list[Evidence], asking: Asking) -> _Fit:
        agreed = [mistake_agrees(mistake, item, asking) for item in evidence]
        pairs = list(zip(evidence, agreed, strict=True))
        return cls(
            mistake,
            all(same for item, same in pairs if not item.right),
            all(same for item, same in pairs if item.spec.core),
            sum(agreed),
            any(item.spec.core and not item.right for item in evidence),
        )

    @property
    def explains(self) -> bool:
        """Whether it accounts for what went wrong."""
        return self.agreements > 0 and (self.on_wrong or (self.on_core and self.core_is_wrong))

    def quality(self) -> tuple[bool, bool, int]:
        """Rank: a mistake that would have failed where the student was right ranks low."""
        return self.on_core, self.on_wrong, self.agreements


def _may_be(
    mistake: Mistake, symptom: Symptom | None, evidence: list[Evidence], asking: Asking
) -> bool:
    """Whether a mistake is worth running on every problem: most fall at the first that went wrong.

    Running them is nearly all that a diagnosis costs.
    """
    wrong = [item for item in evidence if not item.right]
    decisive = [item for item in wrong if item.spec.core] or wrong
    if symptom is None:
        return would_do_alone(mistake, decisive, asking)
    if mistake.symptom is not symptom or _is_written_otherwise(mistake, asking):
        return False
    # Many a cause ends in one of these errors: this has to be one that ends so here.
    return symptom not in OF_AN_ERROR or would_do_alone(mistake, decisive[:1], asking)


def _is_written_otherwise(mistake: Mistake, asking: Asking) -> bool:
    """Whether a word stands in the answer that whoever makes the mistake does not write."""
    return bool(mistake.unless) and not words_of(
        asking.student.submission, asking.task.name
    ).isdisjoint(mistake.unless)


def _contradicted(mistake: Mistake, evidence: list[Evidence], asking: Asking) -> bool:
    """Whether the student is right on core problems where the mistake is not.

    Looked at where runs are compared: there nearly everything has the same end, and -∇f at the end
    of the steps is not -∇f from the start. So it is where nothing but zeros came back, as many a
    mistake gives them. Of words, two have to speak against it: whose threshold is a little lower
    meets one problem more. Elsewhere a mistake may be stronger in one spelling.
    """
    wrong = [item for item in evidence if not item.right]
    zeros, words = (all(map(test, wrong)) for test in (_is_zero, is_word))
    if not (asking.task.recognition > 0 or zeros or words):
        return False
    against = (
        item
        for item in evidence
        if (item.spec.core or words)
        and item.right
        and not mistake_is_right(mistake, item.spec, asking)
    )
    return len(list(islice(against, 2))) == 2 if words else next(against, None) is not None


def _is_zero(item: Evidence) -> bool:
    return all_zero(item.outcome)
