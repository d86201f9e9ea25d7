"""An answer that is right for vectors and fails elsewhere: every spelling fails in its own way."""

from __future__ import annotations

from collections.abc import Sequence

from graders.checks.asking import Asking
from graders.checks.compare import kind_fault, shape_fault
from graders.checks.explain import symptom_of
from graders.checks.failure import Symptom
from graders.checks.mistakes import Mistake
from graders.judge.evidence import Evidence, is_word
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.given import tensors_in

# One vector may be right by chance.
_LEAST = 2


def for_vectors_only(evidence: Sequence[Evidence], asking: Asking) -> Mistake | None:
    """Give the task's mistake of that name, where all that is known of the answer says so.

    Every vector has to be right. What is not a vector has to break off, for no reason that torch
    explains otherwise, or to give another shape: a wrong number has another cause.
    """
    known = _known(asking)
    core = [item for item in evidence if item.spec.core]
    wrong = [item for item in core if not item.right]
    if known is None or not wrong or len(core) - len(wrong) < _LEAST:
        return None
    vectors = [item for item in core if _is_of_vectors(item, asking)]
    raised = any(isinstance(item.outcome, Raised) for item in wrong)
    if not raised and any(item.right and _is_of_matrices(item, asking) for item in core):
        return None
    fitting = all(item.right for item in vectors) and len(vectors) >= _LEAST
    return known if fitting and all(_breaks_off(item, asking) for item in wrong) else None


def by_vectors(
    evidence: Sequence[Evidence], asking: Asking
) -> tuple[Mistake, list[Evidence]] | None:
    """Give the task's mistake of that name with what is left to explain: all that is of vectors.

    None where something of another shape went wrong and did not raise, or nothing did; a word may
    come of it by chance. A wrong shape proves nothing here: it may be the other mistake's.
    """
    known = _known(asking)
    vectors = [item for item in evidence if _is_of_vectors(item, asking)]
    others = [item for item in evidence if item.spec.core and item not in vectors]
    wrong = [item for item in others if not item.right]
    raised = [isinstance(item.outcome, Raised) and _breaks_off(item, asking) for item in wrong]
    fitting = all(one or is_word(item) for one, item in zip(raised, wrong, strict=True))
    if known is None or not any(raised) or not fitting:
        return None
    return known, vectors


def _known(asking: Asking) -> Mistake | None:
    mistakes = asking.task.mistakes
    return next((one for one in mistakes if one.symptom is Symptom.VECTORS_ONLY), None)


def _is_of_vectors(item: Evidence, asking: Asking) -> bool:
    return all(one.dim() == 1 for one in tensors_in(dict(asking.problem(item.spec).values)))


def _is_of_matrices(item: Evidence, asking: Asking) -> bool:
    return any(one.dim() > 1 for one in tensors_in(dict(asking.problem(item.spec).values)))


def _breaks_off(item: Evidence, asking: Asking) -> bool:
    if isinstance(item.outcome, Raised):
        return symptom_of(item.outcome) is None
    if not isinstance(item.outcome, Returned):
        return False
    mine, due = item.outcome.value, asking.expected(item.spec)
    return bool(kind_fault(mine, due) or shape_fault(mine, due))
