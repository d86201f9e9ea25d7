"""What is checked of the topic `jacobian`."""

from __future__ import annotations

from graders.checks.kinds import TENSOR
from graders.checks.mistakes import of_task
from graders.checks.task import TaskChecks
from graders.hidden.derivatives.jacobian.mistakes import MISTAKES
from graders.hidden.derivatives.jacobian.problems import (
    JACOBIAN_PROBLEMS,
    JVP_PROBLEMS,
    TRAINED,
    VJP_PROBLEMS,
)
from graders.hidden.derivatives.training import with_training
from graders.sandbox.problem import spec

_STAGES = with_training(TENSOR, TRAINED)
# Without a GPU torch works shapes out in Python, and of a linear function in a third of the time.
# Where nothing depends on the inputs, zeros are made, and made on some device.
_ELSEWHERE = (
    spec("affine_column", dtype="float32", core=False),
    spec("constant_vector", core=False),
)

vjp = TaskChecks(
    "vjp",
    arguments=("func", "inputs", "cotangent"),
    problems=VJP_PROBLEMS,
    stages=_STAGES,
    elsewhere=_ELSEWHERE,
    not_allowed=("torch.func.vjp", "torch.autograd.functional.vjp"),
    mistakes=of_task("vjp", MISTAKES),
)
jacobian = TaskChecks(
    "jacobian",
    arguments=("func", "inputs"),
    problems=JACOBIAN_PROBLEMS,
    stages=_STAGES,
    elsewhere=_ELSEWHERE,
    not_allowed=("torch.autograd.functional.jacobian", "torch.func.jacrev", "torch.func.jacfwd"),
    mistakes=of_task("jacobian", MISTAKES),
)
jvp = TaskChecks(
    "jvp",
    arguments=("func", "inputs", "tangent"),
    problems=JVP_PROBLEMS,
    stages=_STAGES,
    elsewhere=_ELSEWHERE,
    not_allowed=("torch.func.jvp", "torch.autograd.functional.jvp", "torch.func.linearize"),
    mistakes=of_task("jvp", MISTAKES),
)
