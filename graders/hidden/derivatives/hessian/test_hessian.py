"""What is checked of the topic `hessian`."""

from __future__ import annotations

from graders.checks.kinds import TENSOR
from graders.checks.mistakes import of_task
from graders.checks.task import TaskChecks
from graders.hidden.derivatives.hessian.mistakes import MISTAKES
from graders.hidden.derivatives.hessian.problems import (
    GRADIENT_PROBLEMS,
    HESSIAN_PROBLEMS,
    TRAINED,
)
from graders.hidden.derivatives.training import with_training
from graders.sandbox.problem import spec

_STAGES = with_training(TENSOR, TRAINED)
# Without a GPU torch works shapes out in Python, and of a linear function in a third of the time.
# Where nothing depends on the inputs, zeros are made, and made on some device.
_ZERO = (spec("linear", core=False), spec("constant_number", core=False))

gradient = TaskChecks(
    "gradient",
    arguments=("func", "inputs"),
    problems=GRADIENT_PROBLEMS,
    stages=_STAGES,
    elsewhere=_ZERO,
    not_allowed=("torch.func.grad",),
    mistakes=of_task("gradient", MISTAKES),
)
hessian = TaskChecks(
    "hessian",
    arguments=("func", "inputs"),
    problems=HESSIAN_PROBLEMS,
    stages=_STAGES,
    elsewhere=(HESSIAN_PROBLEMS[0], *_ZERO),
    not_allowed=(
        "torch.autograd.functional.hessian",
        "torch.func.hessian",
        "torch.func.jacrev",
        "torch.func.jacfwd",
    ),
    mistakes=of_task("hessian", MISTAKES),
)
