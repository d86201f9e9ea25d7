"""The stage of manners that every topic here has: whoever is training is not disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graders.checks.asking import Asking
from graders.checks.failure import Symptom
from graders.checks.stage import Stage, stage
from graders.checks.stages import FORM, require_agreement
from graders.sandbox.given import tensors_in
from graders.sandbox.problem import Spec

_TRACES = {
    "values": (Symptom.CHANGED_INPUTS, "it changed the numbers of {} in place"),
    "grad": (Symptom.LEFT_GRAD, "it left something behind in {}.grad"),
    "old grad": (Symptom.CHANGED_GRAD, "what the caller kept in {}.grad is not there any more"),
    "requires_grad": (Symptom.UNMARKED_INPUTS, "it switched requires_grad off in {}"),
}


def with_training(stages: tuple[Stage, ...], which: Spec) -> tuple[Stage, ...]:
    """Ask `which`, a problem of tensors that require grad, right after the special cases.

    The check takes half of the weight of INPUTS, so that manners count no more than before.
    """
    return tuple(_placed(stages, _training(which)))


def _placed(stages: tuple[Stage, ...], training: Stage) -> Iterator[Stage]:
    half = next(one.weight for one in stages if one.name == "inputs") / 2
    for one in stages:
        yield replace(one, weight=half) if one.name == "inputs" else one
        if one.name == "edge":
            yield replace(training, weight=half)


def _training(which: Spec) -> Stage:
    @stage(
        "training",
        title="Tensors that are being trained are left alone",
        stop="training disturbed",
        needs=FORM,
        needs_some=("values",),
    )
    def training(asking: Asking, _case: Spec | None) -> None:
        """What requires grad still does, what was in .grad still is, and the answer is right."""
        touched, trained = asking.ask(which).touched, _trained(asking, which)
        for what, (symptom, sentence) in _TRACES.items():
            names = sorted({name for kind, name in touched if kind == what} & trained)
            if names:
                raise asking.failed(which, sentence.format(", ".join(names)), symptom)
        require_agreement(asking, which)

    return training


def _trained(asking: Asking, which: Spec) -> set[str]:
    """Name the arguments that require grad; the others, INPUTS has looked at."""
    values = asking.problem(which).values
    return {
        name
        for name in asking.task.given.given(values)
        if any(one.is_leaf and one.requires_grad for one in tensors_in(values[name]))
    }
