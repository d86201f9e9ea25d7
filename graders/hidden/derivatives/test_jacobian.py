"""What is checked of the topic `jacobian`."""

from __future__ import annotations

from graders.hidden.mistakes.jacobian import MISTAKES
from graders.hidden.problems.vector_functions import JACOBIAN_PROBLEMS, JVP_PROBLEMS, VJP_PROBLEMS
from graders.judge.checks import TensorChecks
from graders.judge.mistake import of_task


class TestVjp(TensorChecks):
    """`vjp(func, inputs, v)` gives vᵀJ in the shape of the inputs."""

    task = "vjp"
    arguments = ("func", "inputs", "cotangent")
    problems = VJP_PROBLEMS
    not_allowed = ("torch.func.vjp", "torch.autograd.functional.vjp")
    mistakes = of_task("vjp", MISTAKES)


class TestJacobian(TensorChecks):
    """`jacobian(func, inputs)` gives J in the shape of the outputs followed by the inputs'."""

    task = "jacobian"
    arguments = ("func", "inputs")
    problems = JACOBIAN_PROBLEMS
    not_allowed = ("torch.autograd.functional.jacobian", "torch.func.jacrev", "torch.func.jacfwd")
    mistakes = of_task("jacobian", MISTAKES)


class TestJvp(TensorChecks):
    """`jvp(func, inputs, v)` gives J v in the shape of the outputs."""

    task = "jvp"
    arguments = ("func", "inputs", "tangent")
    problems = JVP_PROBLEMS
    not_allowed = ("torch.func.jvp", "torch.autograd.functional.jvp", "torch.func.linearize")
    mistakes = of_task("jvp", MISTAKES)
