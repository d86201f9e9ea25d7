"""What is checked of the topic `tools`."""

from __future__ import annotations

import math
from dataclasses import replace

import torch

from graders.checks.agreement import (
    AtMost,
    ConditionScaled,
    Fields,
    Residual,
    Statistical,
    UpToBasis,
    UpToSign,
)
from graders.checks.cost import Cost, one_product
from graders.checks.cost_stages import MEMORY, PASSES
from graders.checks.kinds import OF_TENSORS, PLAIN, TENSOR
from graders.checks.stage import stage
from graders.checks.stages import VALUES, require_agreement
from graders.checks.task import TaskChecks, insert
from graders.sandbox.spec import spec


@stage("capped", title="Products are few", stop="too many products", needs=("values",))
def CAPPED(asking, _case):
    """No more products than are allowed."""
    counted = asking.ask(asking.task.problems[0]).counted["matvec"]
    if counted > 8:
        raise asking.failed(asking.task.problems[0], f"it took {counted} products")
    return {"products": counted}


@stage("redrawn", title="Another draw gives another estimate", stop="no new draw")
def REDRAWN(asking, _case):
    """The same question with other random numbers has another answer, and it is as right."""
    which = asking.task.problems[0]
    require_agreement(asking, which, draw=1)
    first, other = (asking.ask(which, draw=draw).outcome.value for draw in (0, 1))
    if first == other:
        raise asking.failed(which, "two draws gave the same estimate")


def _left_over(problem, x):
    values = problem.values
    return torch.linalg.vector_norm(values["b"] - values["scale"] * x)


def _spread(problem):
    # Rademacher probes: Var = 2 (‖A‖² − Σ aᵢᵢ²); Gauss's tail, far above any doubt.
    matrix, samples = problem.values["matrix"], problem.values["samples"]
    off = (matrix**2).sum() - (matrix.diagonal() ** 2).sum()
    return 7 * math.sqrt(2 * float(off) / samples)


power = TaskChecks(
    "power",
    arguments=("x",),
    keywords=("exponent",),
    stages=TENSOR,
    problems=(spec("number"), spec("cubed")),
)
solve = TaskChecks(
    "solve",
    arguments=("matvec", "b"),
    keywords=("rtol",),
    problems=(spec("diagonal", n=6),),
    stages=(*PLAIN, CAPPED, MEMORY, replace(PASSES, weight=8)),
    caps={"matvec": 50},
    agreement=Fields(
        {
            "x": Residual(_left_over, lambda problem: 1e-9 * problem.values["b"].norm()),
            "steps": AtMost(lambda problem: 7, least=1),
        }
    ),
    cost=Cost(
        (spec("diagonal"),),
        unit=one_product("matvec", "b"),
        unit_name="product",
        calls="matvec",
        sizes=(50, 100, 200),
        peak=30,
        passes=40,
    ),
)
top_vector = TaskChecks(
    "top_vector",
    arguments=("matrix",),
    problems=(spec("symmetric"),),
    stages=TENSOR,
    agreement=UpToSign(rtol=1e-10),
)
range_basis = TaskChecks(
    "range_basis",
    arguments=("matrix",),
    problems=(spec("tall"),),
    stages=TENSOR,
    agreement=UpToBasis(),
)
trace = TaskChecks(
    "trace",
    arguments=("matvec", "like", "samples"),
    problems=(spec("estimated"),),
    stages=(*PLAIN, REDRAWN),
    driver="",
    agreement=Statistical(_spread, false_alarm=1e-9),
)
summary = TaskChecks(
    "summary",
    arguments=("batch",),
    stages=OF_TENSORS,
    problems=(spec("batch", count=3), spec("batch", count=0)),
)
step = TaskChecks(
    "step",
    arguments=("loss", "parameters"),
    keywords=("lr",),
    problems=(spec("quartic"),),
    stages=OF_TENSORS,
    driver="through_the_step",
    parts={"": "the gradient after your step"},
)
solve_dense = TaskChecks(
    "solve_dense",
    arguments=("matrix", "b"),
    problems=(spec("ill_conditioned"),),
    stages=TENSOR,
    agreement=ConditionScaled(lambda problem: torch.linalg.cond(problem.values["matrix"])),
)
assert insert((VALUES,), CAPPED, before="values") == (CAPPED, VALUES)
