"""What is checked of the topic `influence`."""

from __future__ import annotations

from typing import Any

import torch

from graders.checks.cost import Cost, one_product
from graders.checks.kinds import NO_ROOM_FOR_A_MATRIX, TENSOR, half_for_cost
from graders.checks.mistakes import of_task
from graders.checks.task import TaskChecks
from graders.hidden.applications.influence.agreement import Solved, SolvedInfluence
from graders.hidden.applications.influence.mistakes import MISTAKES
from graders.hidden.applications.influence.problems.losses import INFLUENCE_PROBLEMS
from graders.hidden.applications.influence.problems.systems import (
    INVERSE_PROBLEMS,
    LEAVE_ONE_OUT_PROBLEMS,
)
from graders.sandbox.problem import Problem, spec

# By so much two solvers part that both leave a residual of 1e-11 or so, at the condition numbers
# here; conjugate gradients that stop at 1e-5 and at 1e-6 part by more.
_RECOGNITION_OF_A_SOLVE = 1e-8
_RECOGNITION = 1e-6


def _one_gradient(problem: Problem) -> Any:
    """Take one gradient of the mean training loss by the parameters."""
    values = problem.values
    own = [parameter.detach().clone().requires_grad_() for parameter in values["parameters"]]
    return torch.autograd.grad(values["loss"](own, *values["train"]).mean(), own)


# Measured: conjugate gradients take 6 products whatever n is, a scaled Neumann series 168.
inverse_hvp = half_for_cost(
    TaskChecks(
        "inverse_hvp",
        arguments=("matvec", "v"),
        keywords=("damping",),
        problems=INVERSE_PROBLEMS,
        stages=(*TENSOR, *NO_ROOM_FOR_A_MATRIX),
        agreement=Solved(),
        recognition=_RECOGNITION_OF_A_SOLVE,
        cost=Cost(
            (spec("few_eigenvalues"),),
            spec("few_eigenvalues", n=12_000),
            unit=one_product("matvec", "v"),
            unit_name="product",
            calls="matvec",
            sizes=(200, 4_000),
            peak=8,
            passes=400,
            work_limit=3000,
        ),
        caps={"matvec": 3000},
        elsewhere=(spec("few_eigenvalues", n=6),),
        mistakes=of_task("inverse_hvp", MISTAKES),
    )
)
# Measured at n = 4,097, in gradients: honest methods peak at 3 to 5 and cost 13 to 45 by conjugate
# gradients, 140 by a scaled series. All examples' gradients at once are 36 or more, and a solve for
# each example costs 380 or more.
influence_on_loss = half_for_cost(
    TaskChecks(
        "influence_on_loss",
        arguments=("loss", "parameters", "train", "test"),
        keywords=("damping",),
        problems=INFLUENCE_PROBLEMS,
        stages=(*TENSOR, *NO_ROOM_FOR_A_MATRIX),
        agreement=SolvedInfluence(),
        recognition=_RECOGNITION,
        cost=Cost(
            (spec("square_logistic"),),
            spec("square_logistic", n=110**2 + 1),
            unit=_one_gradient,
            sizes=(197, 4_097),
            peak=12,
            passes=200,
            work_limit=600,
        ),
        elsewhere=(spec("logistic"),),
        mistakes=of_task("influence_on_loss", MISTAKES),
    )
)
leave_one_out_change = TaskChecks(
    "leave_one_out_change",
    arguments=("influence",),
    problems=LEAVE_ONE_OUT_PROBLEMS,
    stages=TENSOR,
    mistakes=of_task("leave_one_out_change", MISTAKES),
)
