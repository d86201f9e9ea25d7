"""Find the known mistake that explains a task's wrong answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.judge.answers import Outcome, Raised, Returned
from graders.judge.compare import agrees, parts
from graders.judge.explain import explain
from graders.judge.mistake import Mistake, Symptom
from graders.judge.problem import Spec
from graders.judge.references import References


@dataclass(frozen=True)
class Evidence:
    """What a student's function gave on one problem, and whether that was right."""

    spec: Spec
    outcome: Outcome
    right: bool


def diagnose(
    mistakes: Iterable[Mistake],
    symptom: Symptom | None,
    evidence: list[Evidence],
    references: References,
    arguments: tuple[str, ...],
) -> Mistake | None:
    """Choose the mistake that gives what the student gave.

    Without a symptom it must do so on every problem that went wrong, or on every core problem: how
    a mistake meets an edge case depends on its spelling. A symptom names its mistakes directly.
    Of several, the one that fits best is chosen, then the first of the catalogue, which lists the
    most specific first.
    """
    fits = [
        _Fit.measure(mistake, evidence, references, arguments)
        for mistake in mistakes
        if mistake.symptom is symptom or symptom is None
    ]
    if symptom is None and all(item.right for item in evidence):
        return None
    explaining = [fit for fit in fits if symptom is not None or fit.explains]
    return max(explaining, key=_Fit.quality).mistake if explaining else None


@dataclass(frozen=True)
class _Fit:
    """How far a mistake agrees with what a student's function gave."""

    mistake: Mistake
    on_wrong: bool
    on_core: bool
    agreements: int
    core_is_wrong: bool

    @classmethod
    def measure(
        cls,
        mistake: Mistake,
        evidence: list[Evidence],
        references: References,
        arguments: tuple[str, ...],
    ) -> _Fit:
        agreed = [_gives(mistake, item, references, arguments) for item in evidence]
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


def _gives(
    mistake: Mistake, item: Evidence, references: References, arguments: tuple[str, ...]
) -> bool:
    """Whether the mistake has the same outcome as the student on one problem."""
    return same_outcome(references.outcome_of(mistake, item.spec, arguments), item.outcome)


def same_outcome(mine: Outcome, theirs: Outcome) -> bool:
    """Whether two outcomes are alike: equal values of equal form, or the same kind of error."""
    if isinstance(mine, Returned) and isinstance(theirs, Returned):
        return _same_value(mine.value, theirs.value)
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        explanations = explain(mine), explain(theirs)
        if all(explanations):
            return explanations[0] == explanations[1]
        return mine.kind == theirs.kind
    return False


def _same_value(mine: Any, theirs: Any) -> bool:
    if not all(isinstance(part, Tensor) for part in (*parts(mine), *parts(theirs))):
        return bool(type(mine) is type(theirs) and mine == theirs)
    if isinstance(mine, tuple) != isinstance(theirs, (tuple, list)):
        return False
    if any(bool(torch.isnan(part).any()) for part in (*parts(mine), *parts(theirs))):
        return False
    return agrees(theirs, mine)
