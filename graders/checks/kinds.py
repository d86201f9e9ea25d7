"""The kinds of task that the course has so far, each as the stages that check it.

A topic takes one of these, puts stages of its own in between (`insert`), or lists its own.
"""

from __future__ import annotations

from dataclasses import replace

from graders.checks.cost_stages import LARGE, MEMORY, PASSES
from graders.checks.manners import DEVICE, INPUTS
from graders.checks.stages import DTYPE, EDGE, EXISTS, RUNS, SHAPE, VALUES
from graders.checks.task import TaskChecks

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

_NO_ROOM = replace(
    LARGE,
    title="What is too large for a matrix fits",
    stop="fails where no matrix fits",
)
NO_ROOM_FOR_A_MATRIX = (MEMORY, PASSES, _NO_ROOM)
"""What to add where a problem of 12,000 unknowns or more in float64 bears the cost's points.

The system refuses a matrix of it, and an answer takes a few milliseconds. What is measured bears no
points: doing nothing is within every budget.
"""


def half_for_cost(task: TaskChecks) -> TaskChecks:
    """Let what a task may cost count as much as all the rest.

    So whoever makes the matrix, and is right in everything else, earns half of the points.
    """
    rest = sum(check.stage.weight for check in task.checks() if check.stage.name != LARGE.name)
    stages = (replace(one, weight=rest) if one.name == LARGE.name else one for one in task.stages)
    return replace(task, stages=tuple(stages))
