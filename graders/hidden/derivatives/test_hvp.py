"""What is checked of the topic `hvp`."""

from __future__ import annotations

from graders.hidden.mistakes.hvp import MISTAKES
from graders.hidden.problems.hvp_functions import (
    HESSIAN_BYTES_PROBLEMS,
    HVP_LARGE,
    HVP_PROBLEMS,
    HVP_SIZED,
)
from graders.hidden.problems.parameter_losses import (
    PARAMETER_HVP_LARGE,
    PARAMETER_HVP_PROBLEMS,
    PARAMETER_HVP_SIZED,
)
from graders.judge.checks import TaskChecks
from graders.judge.cost_checks import MatrixFreeChecks
from graders.judge.mistake import of_task

_READY_MADE = ("torch.autograd.functional.hvp", "torch.autograd.functional.vhp")


class TestHessianBytes(TaskChecks):
    """`hessian_bytes(n, dtype)` gives the bytes of a dense n × n matrix."""

    task = "hessian_bytes"
    arguments = ("n", "dtype")
    problems = HESSIAN_BYTES_PROBLEMS
    mistakes = of_task("hessian_bytes", MISTAKES)


class TestHvp(MatrixFreeChecks):
    """`hvp(func, inputs, v)` gives H v and never makes H."""

    task = "hvp"
    arguments = ("func", "inputs", "tangent")
    problems = HVP_PROBLEMS
    sized = HVP_SIZED
    large = HVP_LARGE
    not_allowed = _READY_MADE
    mistakes = of_task("hvp", MISTAKES)


class TestHvpForwardOverReverse(MatrixFreeChecks):
    """`hvp_forward_over_reverse(func, inputs, v)` gives H v as the jvp of the gradient."""

    task = "hvp_forward_over_reverse"
    arguments = ("func", "inputs", "tangent")
    problems = HVP_PROBLEMS
    sized = HVP_SIZED
    large = HVP_LARGE
    not_allowed = _READY_MADE
    mistakes = of_task("hvp_forward_over_reverse", MISTAKES)


class TestParameterHvp(MatrixFreeChecks):
    """`parameter_hvp(loss, parameters, v)` gives H v as a tuple shaped like the parameters."""

    task = "parameter_hvp"
    arguments = ("loss", "parameters", "tangent")
    problems = PARAMETER_HVP_PROBLEMS
    sized = PARAMETER_HVP_SIZED
    large = PARAMETER_HVP_LARGE
    mistakes = of_task("parameter_hvp", MISTAKES)
