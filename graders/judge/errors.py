"""What lies behind an error of autograd's, which many a cause ends in."""

from __future__ import annotations

from collections.abc import Sequence

from graders.checks.asking import Asking
from graders.checks.explain import explain
from graders.checks.failure import Symptom
from graders.judge.evidence import Evidence
from graders.sandbox.answers import Outcome, Raised, Returned
from graders.sandbox.drivers import weighted

OF_AN_ERROR = frozenset({Symptom.NO_GRAPH, Symptom.UNUSED})
_FUNCTION = "func"


def known_better(
    symptom: Symptom | None, evidence: Sequence[Evidence], asking: Asking
) -> Symptom | None:
    """Tell a tensor that was never marked from a graph that was not recorded.

    Both end in the same error where `func` brings no graph of its own. So the first problem is
    asked once more, with a function that does. Whose answer is right anywhere has marked it.
    """
    core = [item for item in evidence if item.spec.core]
    takes_a_function = asking.task.arguments[:1] == (_FUNCTION,) and not asking.task.driver
    if symptom is not Symptom.NO_GRAPH or not takes_a_function or not core:
        return symptom
    if any(item.right for item in core) or _symptom_of(core[0].outcome) is not symptom:
        return symptom
    outcome = asking.ask_beside(core[0].spec, weighted.__name__).outcome
    found = _symptom_of(outcome)
    if found is Symptom.NOT_MARKED:
        return found
    leads_elsewhere = found is Symptom.UNUSED or isinstance(outcome, Returned)
    return Symptom.OTHER_TENSOR if leads_elsewhere else symptom


def _symptom_of(outcome: Outcome) -> Symptom | None:
    meaning = explain(outcome) if isinstance(outcome, Raised) else None
    return meaning.symptom if meaning is not None else None
