"""What is checked of the topic `maml`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from graders.checks.asking import Asking
from graders.checks.cost import Cost
from graders.checks.failure import CheckFailed, Symptom
from graders.checks.kinds import NO_ROOM_FOR_A_MATRIX, TENSOR, half_for_cost
from graders.checks.manners import require_untouched
from graders.checks.mistakes import of_task
from graders.checks.stage import Stage, stage
from graders.checks.stages import FORM, VALUES, require_agreement, require_returned
from graders.checks.task import TaskChecks, insert
from graders.hidden.applications.maml.agreement import Solved, ThroughTheStep
from graders.hidden.applications.maml.mistakes import MISTAKES
from graders.sandbox.problem import Problem, Spec, spec

# An adaptation of 8 steps asks for 8 inner losses, or 16 by products on the way back; in forward
# mode, a row at a time, for at most 8 · 6 · 2. A recursion that adapts twice asks for 2⁸ − 1.
_EIGHT_STEPS = spec("tanh_chains", steps=8)
_MOST_CALLS = 128


def _values(asking: Asking, case: Spec | None) -> None:
    """Where the caller's numbers were changed, that is what is told of a wrong value."""
    assert case is not None
    try:
        VALUES.run(asking, case)
    except CheckFailed as failed:
        if any(kind == "values" for kind, _ in asking.ask(case).touched):
            said = "the numbers are wrong, and the caller's tensors hold others than before"
            raise asking.failed(case, said, Symptom.CHANGED_INPUTS) from failed
        raise


@stage(
    "onwards",
    title="A second step goes on from the first",
    stop="second step fails",
    weight=0.5,
    needs=FORM,
    needs_some=("values",),
)
def onwards(asking: Asking, _case: Spec | None) -> None:
    """A step from where a step led: its parameters are no leaves of the graph."""
    require_agreement(asking, spec("network"), driver="through_two_steps")


@stage(
    "once",
    title="Each inner step is taken once",
    stop="steps taken again and again",
    needs=(*FORM, "values"),
)
def once(asking: Asking, _case: Spec | None) -> dict[str, int]:
    """The inner losses that are asked for grow like the steps, not like 2 to their power."""
    require_returned(asking, _EIGHT_STEPS)
    calls = asking.ask(_EIGHT_STEPS).counted["inner_loss"]
    if calls > _MOST_CALLS:
        raise asking.failed(
            _EIGHT_STEPS,
            f"it asked for the inner loss {calls} times; {_MOST_CALLS} are allowed for 8 steps",
            Symptom.MANY_PRODUCTS,
        )
    return {"calls": calls}


@stage(
    "trained",
    title="Parameters that are being trained are left alone",
    stop="training disturbed",
    weight=0.5,
    needs=FORM,
    needs_some=("values",),
)
def trained(asking: Asking, _case: Spec | None) -> None:
    """What was in .grad still is, and the answer is right."""
    which = spec("network", trained=True)
    require_untouched(asking, which)
    require_agreement(asking, which)


def _inner_gradient(problem: Problem) -> Any:
    """Take one gradient of the inner loss."""
    return _gradient_of(problem, 1)


def _unrolled_gradient(problem: Problem) -> Any:
    """Take one gradient of as many inner losses as an unrolled adaptation has losses in all."""
    return _gradient_of(problem, problem.values["steps"] + 1)


def _gradient_of(problem: Problem, losses: int) -> Any:
    own = [p.detach().clone().requires_grad_() for p in problem.values["parameters"]]
    total = torch.stack([problem.values["inner_loss"](own) for _ in range(losses)]).sum()
    return torch.autograd.grad(total, own)


_TENSOR = tuple(replace(one, run=_values) if one is VALUES else one for one in TENSOR)
_SIZES = (100, 1_000, 2_000)
_TOO_LARGE_FOR_A_MATRIX = 12_000


def _before_edge(*new: Stage) -> tuple[Stage, ...]:
    stages = _TENSOR
    for one in new:
        stages = insert(stages, one, before="edge")
    return stages


inner_update = TaskChecks(
    "inner_update",
    arguments=("loss", "parameters", "lr"),
    problems=(
        spec("two_bowls", marked=True),
        spec("line_fit"),
        spec("network"),
        spec("unused_in_each", core=False),
        spec("constant_inside", core=False),
        spec("tanh_chains", marked=True, dtype="float32", core=False),
    ),
    stages=_before_edge(onwards, trained),
    agreement=ThroughTheStep(),
    driver="through_the_step",
    parts={
        "adapted": "your step",
        "pulled_back": "a gradient through your step",
        "own": "how many of your caller's own tensors came back",
    },
    elsewhere=(spec("two_bowls", marked=True), spec("unused_in_each"), spec("constant_inside")),
    mistakes=of_task("inner_update", MISTAKES),
)
maml_gradient = half_for_cost(
    TaskChecks(
        "maml_gradient",
        arguments=("inner_loss", "outer_loss", "parameters", "lr"),
        keywords=("steps",),
        problems=(
            spec("two_bowls"),
            spec("tanh_chains", steps=2),
            spec("line_fit", steps=3),
            spec("network", steps=4),
            spec("steep_inside"),
            spec("unused_in_each", steps=0, core=False),
            spec("unused_in_each", steps=2, core=False),
            spec("linear_inside", steps=2, core=False),
            spec("constant_inside", core=False),
            spec("constant_outside", core=False),
            spec("tanh_chains", steps=2, dtype="float32", core=False),
        ),
        stages=(*_before_edge(once, trained), *NO_ROOM_FOR_A_MATRIX),
        cost=Cost(
            (spec("wide_layers", steps=6),),
            spec("wide_layers", n=_TOO_LARGE_FOR_A_MATRIX, steps=2),
            unit=_unrolled_gradient,
            unit_name="step-by-step gradient",
            sizes=_SIZES,
        ),
        elsewhere=(spec("two_bowls"), spec("unused_in_each"), spec("constant_outside")),
        mistakes=of_task("maml_gradient", MISTAKES),
    )
)
first_order_maml_gradient = half_for_cost(
    TaskChecks(
        "first_order_maml_gradient",
        arguments=("inner_loss", "outer_loss", "parameters", "lr"),
        keywords=("steps",),
        problems=(
            spec("two_bowls"),
            spec("tanh_chains", steps=2),
            spec("line_fit", steps=3),
            spec("network", steps=4),
            spec("unused_in_each", steps=0, core=False),
            spec("unused_in_each", steps=2, core=False),
            spec("constant_inside", core=False),
            spec("constant_outside", core=False),
            spec("tanh_chains", steps=2, dtype="float32", core=False),
        ),
        stages=(*_before_edge(trained), *NO_ROOM_FOR_A_MATRIX),
        cost=Cost(
            (spec("wide_layers", steps=12),),
            spec("wide_layers", n=_TOO_LARGE_FOR_A_MATRIX, steps=2),
            unit=_inner_gradient,
            sizes=_SIZES,
            # An honest answer has one step's graph at a time; with all twelve it is 7 gradients.
            peak=4,
            passes=60,
        ),
        elsewhere=(spec("two_bowls"), spec("unused_in_each"), spec("constant_outside")),
        mistakes=of_task("first_order_maml_gradient", MISTAKES),
    )
)
implicit_maml_gradient = half_for_cost(
    TaskChecks(
        "implicit_maml_gradient",
        arguments=("inner_loss", "outer_loss", "adapted", "strength"),
        problems=(
            spec("two_bowls"),
            spec("line_fit"),
            spec("coin_flips"),
            spec("network"),
            spec("two_bowls", n=40),
            spec("steep_inside"),
            spec("unused_in_each", core=False),
            spec("linear_inside", core=False),
            spec("constant_inside", core=False),
            spec("constant_outside", core=False),
            spec("coin_flips", dtype="float32", core=False),
        ),
        stages=(*_TENSOR, *NO_ROOM_FOR_A_MATRIX),
        agreement=Solved(),
        recognition=1e-6,
        cost=Cost(
            (spec("wide_coins"),),
            spec("wide_coins", n=_TOO_LARGE_FOR_A_MATRIX),
            unit=_inner_gradient,
            sizes=_SIZES,
            passes=150,
            work_limit=600,
        ),
        elsewhere=(spec("two_bowls"), spec("constant_outside")),
        mistakes=of_task("implicit_maml_gradient", MISTAKES),
    )
)
