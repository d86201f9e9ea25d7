"""What is checked of the topic `hessian`."""

from __future__ import annotations

from graders.hidden.mistakes.hessian import MISTAKES
from graders.hidden.problems.scalar_functions import GRADIENT_PROBLEMS, HESSIAN_PROBLEMS
from graders.judge.checks import TensorChecks
from graders.judge.mistake import of_task


class TestGradient(TensorChecks):
    """`gradient(func, inputs)` gives ∇f in the shape of the inputs."""

    task = "gradient"
    arguments = ("func", "inputs")
    problems = GRADIENT_PROBLEMS
    not_allowed = ("torch.func.grad",)
    mistakes = of_task("gradient", MISTAKES)


class TestHessian(TensorChecks):
    """`hessian(func, inputs)` gives H in the shape of the inputs, twice."""

    task = "hessian"
    arguments = ("func", "inputs")
    problems = HESSIAN_PROBLEMS
    not_allowed = (
        "torch.autograd.functional.hessian",
        "torch.func.hessian",
        "torch.func.jacrev",
        "torch.func.jacfwd",
    )
    mistakes = of_task("hessian", MISTAKES)
