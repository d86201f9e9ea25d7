"""The stage of manners that every topic here has: whoever is training is not disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graders.checks.asking import Asking
from graders.checks.manners import require_untouched
from graders.checks.stage import Stage, stage
from graders.checks.stages import FORM, require_agreement
from graders.sandbox.problem import Spec


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
        require_untouched(asking, which)
        require_agreement(asking, which)

    return training
