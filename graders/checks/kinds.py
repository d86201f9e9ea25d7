"""The kinds of task that the course has so far, each as the stages that check it.

A topic takes one of these, puts stages of its own in between (`insert`), or lists its own.
"""

from __future__ import annotations

from dataclasses import replace

from graders.checks.cost_stages import LARGE, MEMORY, PASSES
from graders.checks.manners import DEVICE, INPUTS
from graders.checks.stages import DTYPE, EDGE, EXISTS, RUNS, SHAPE, VALUES
from graders.checks.task import TaskChecks

_BEARERS = (PASSES.name, LARGE.name)

PLAIN = (EXISTS, RUNS, VALUES, EDGE)
"""A function of numbers and words."""

OF_TENSORS = (EXISTS, RUNS, VALUES, INPUTS, EDGE)
"""A function of tensors, which belong to the caller, that answers with a word or a number."""

# Manners count as one check, of which each of the two is a half.
_MANNERS = (replace(INPUTS, weight=0.5), replace(DEVICE, weight=0.5))

TENSOR = (EXISTS, RUNS, SHAPE, DTYPE, VALUES, _MANNERS[0], EDGE, _MANNERS[1])
"""A function of tensors that answers with a tensor, or with a tuple of tensors."""

MATRIX_FREE = (*TENSOR, MEMORY, PASSES, LARGE)
"""The same, at a cost within a fixed multiple of a gradient's."""

COST_AT_SIZE = (MEMORY, replace(PASSES, weight=LARGE.weight))
"""What to add for a cost without a problem of 10⁶ parameters: its points stand on the passes."""

_NO_ROOM = replace(
    LARGE,
    title="What is too large for a matrix fits",
    stop="fails where no matrix fits",
)
NO_ROOM_FOR_A_MATRIX = (MEMORY, PASSES, _NO_ROOM)
"""The same with a problem of some 12,000 unknowns or more in float64: the system refuses a matrix.

It takes a few milliseconds.
"""


def half_for_cost(task: TaskChecks) -> TaskChecks:
    """Let what a task may cost count as much as all the rest.

    So whoever makes the matrix, and is right in everything else, earns half of the points.
    """
    *_, bearer = [one for one in task.stages if one.name in _BEARERS and one.weight]
    rest = sum(check.stage.weight for check in task.checks() if check.stage != bearer)
    heavy = replace(bearer, weight=rest)
    return replace(task, stages=tuple(heavy if one == bearer else one for one in task.stages))
