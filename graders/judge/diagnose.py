"""Find the known mistake that explains a task's wrong answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import agrees, form_fault, leaves, relative_error
from graders.checks.explain import explain
from graders.checks.failure import Symptom
from graders.checks.mistakes import Mistake
from graders.sandbox.answers import Ended, Missing, Outcome, Raised, Returned
from graders.sandbox.given import tensors_in
from graders.sandbox.spec import Spec


@dataclass(frozen=True)
class Evidence:
    """What a student's function gave on one problem, and whether that was right."""

    spec: Spec
    outcome: Outcome
    right: bool


def diagnose(asking: Asking, symptom: Symptom | None) -> Mistake | None:
    """Choose the known mistake that gives what the student gave.

    Without a symptom it must do so on every problem that went wrong, or on every core problem: how
    a mistake meets an edge case depends on its spelling. A symptom names its mistakes directly.
    Of several, the one that fits best is chosen, then the first of the catalogue, which lists the
    most specific first.
    """
    evidence = list(_evidence(asking))
    if symptom is None and all(item.right for item in evidence):
        return None
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
    the second shows on vectors. Two values of drawn numbers, equal within rounding, prove it; none
    of words, of zeros, or of what is right where the mistake is not.
    """
    core = [item for item in evidence if item.spec.core]
    wrong = [item for item in core if not item.right]
    came_back = [item for item in wrong if not isinstance(item.outcome, Raised)]
    is_first = bool(wrong) and wrong[0] in came_back[:1]
    if asking.task.recognition or not is_first or len(came_back) in (1, len(wrong)):
        return None
    if not all(_tells_much(item.outcome) for item in came_back):
        return None
    found = (
        mistake
        for mistake in asking.task.mistakes
        if all(_agrees(mistake, item, asking) for item in came_back)
        and all(
            _is_right_outcome(asking, item.spec, asking.outcome_of(mistake, item.spec))
            for item in core
            if item.right
        )
    )
    return next(found, None)


def _tells_much(outcome: Outcome) -> bool:
    """Whether a value is made of numbers that do not come by chance: tensors, and not of zeros."""
    if not isinstance(outcome, Returned):
        return False
    tensors = list(tensors_in(outcome.value))
    return sum(one.numel() for one in tensors) > 1 and any(bool(one.any()) for one in tensors)


def same_outcome(mine: Outcome, theirs: Outcome, recognition: float = 0.0) -> bool:
    """Whether two outcomes are alike: equal values of equal form, or the same kind of error.

    `recognition` is what a task declares: 0 for equal within rounding.
    """
    if isinstance(mine, Returned) and isinstance(theirs, Returned):
        if recognition:
            return _alike(mine.value, theirs.value, recognition)
        return _same_value(mine.value, theirs.value)
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        explanations = explain(mine), explain(theirs)
        if all(explanations):
            return explanations[0] == explanations[1]
        return mine.kind == theirs.kind
    return False


def _evidence(asking: Asking) -> Iterator[Evidence]:
    for spec in asking.task.problems:
        outcome: Outcome = asking.ask(spec).outcome
        if isinstance(outcome, (Missing, Ended)):
            return
        yield Evidence(spec, outcome, _is_right_outcome(asking, spec, outcome))


def _is_right(asking: Asking, spec: Spec, value: Any) -> bool:
    expected = asking.expected(spec)
    if asking.task.agreement.form_fault(value, expected):
        return False
    return asking.deviation(spec, value, expected).agrees


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
        agreed = [_agrees(mistake, item, asking) for item in evidence]
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


def _same_value(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, list) and isinstance(theirs, list):
        mine, theirs = tuple(mine), tuple(theirs)
    if not [*tensors_in(mine), *tensors_in(theirs)]:
        return bool(type(mine) is type(theirs) and mine == theirs)
    if not agrees(theirs, mine):
        return False
    found = [part for pair in leaves(theirs, mine) for part in pair if isinstance(part, Tensor)]
    return not any(bool(torch.isnan(part).any()) for part in found)


def _agrees(mistake: Mistake, item: Evidence, asking: Asking) -> bool:
    """Whether a mistake gives what the student gave; near a wrong answer is no right one."""
    theirs = asking.outcome_of(mistake, item.spec)
    if not same_outcome(theirs, item.outcome, asking.task.recognition):
        return False
    return item.right or not _is_right_outcome(asking, item.spec, theirs)


def _may_be(
    mistake: Mistake, symptom: Symptom | None, evidence: list[Evidence], asking: Asking
) -> bool:
    """Whether a mistake is worth running on every problem: most fall at the first that went wrong.

    Running them is nearly all that a diagnosis costs.
    """
    if symptom is not None:
        return mistake.symptom is symptom
    wrong = [item for item in evidence if not item.right]
    decisive = [item for item in wrong if item.spec.core] or wrong
    return all(_agrees(mistake, item, asking) for item in decisive)


def _contradicted(mistake: Mistake, evidence: list[Evidence], asking: Asking) -> bool:
    """Whether the student is right on a core problem where the mistake is not.

    Looked at where runs are compared: there nearly everything has the same end, and -∇f at the end
    of the steps is not -∇f from the start. Elsewhere a mistake may be stronger in one spelling.
    """
    return asking.task.recognition > 0 and any(
        not _is_right_outcome(asking, item.spec, asking.outcome_of(mistake, item.spec))
        for item in evidence
        if item.spec.core and item.right
    )


def _is_right_outcome(asking: Asking, spec: Spec, outcome: Outcome) -> bool:
    return isinstance(outcome, Returned) and _is_right(asking, spec, outcome.value)


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
        return relative_error(mine, theirs) <= tolerance
    return not any(finite)
