"""What lies behind an error of autograd's, which many a cause ends in."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import form_fault, relative_error
from graders.checks.explain import symptom_of
from graders.checks.failure import Symptom
from graders.judge.evidence import Evidence
from graders.sandbox.answers import Returned
from graders.sandbox.drivers import weighted
from graders.sandbox.given import tensors_in

OF_AN_ERROR = frozenset({Symptom.NO_GRAPH, Symptom.UNUSED})
_FUNCTION = "func"
# In an ill-conditioned problem, what is lost of the last digits may come to this.
_NEAR = 0.5


def known_better(
    symptom: Symptom | None, evidence: Sequence[Evidence], asking: Asking
) -> Symptom | None:
    """Tell a tensor that was never marked from a graph that was not recorded.

    Both end in the same error where `func` brings no graph of its own. So the first problem is
    asked once more, with a function that does. Whose answer is right anywhere has marked it. And
    where an answer is far off, nothing is nearly right.
    """
    core = [item for item in evidence if item.spec.core]
    if symptom is Symptom.FINITE_DIFFERENCE:
        return symptom if all(_is_near(item, asking) for item in core) else None
    takes_a_function = asking.task.arguments[:1] == (_FUNCTION,) and not asking.task.driver
    if symptom is not Symptom.NO_GRAPH or not takes_a_function or not core:
        return symptom
    if any(item.right for item in core) or symptom_of(core[0].outcome) is not symptom:
        return symptom
    outcome = asking.ask_beside(core[0].spec, weighted.__name__).outcome
    found = symptom_of(outcome)
    if found is Symptom.NOT_MARKED:
        return found
    leads_elsewhere = found is Symptom.UNUSED or isinstance(outcome, Returned)
    return Symptom.OTHER_TENSOR if leads_elsewhere else symptom


def in_general(symptom: Symptom, evidence: Sequence[Evidence], asking: Asking) -> Symptom:
    """Give the symptom of the general mistake, where the task's catalogue has none that fits.

    What is not used in a problem in which everything has a part is another tensor.
    """
    wrong = (item for item in evidence if item.spec.core and not item.right)
    first = next(wrong, None)
    if symptom is not Symptom.UNUSED or first is None or symptom_of(first.outcome) is not symptom:
        return symptom
    due = list(tensors_in(asking.expected(first.spec)))
    has_part = bool(due) and all(bool(one.any()) for one in due)
    return Symptom.OTHER_TENSOR if has_part else symptom


def _is_near(item: Evidence, asking: Asking) -> bool:
    """Whether an answer is right, or not far from it; one that did not come back says nothing."""
    if item.right or not isinstance(item.outcome, Returned):
        return True
    expected = asking.expected(item.spec)
    if not isinstance(expected, Tensor) or form_fault(item.outcome.value, expected):
        return True
    return relative_error(item.outcome.value, expected) < _NEAR
