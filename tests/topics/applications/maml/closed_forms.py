"""The answers to every problem of `maml`, from gradients by hand and a dense solver."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from graders import course
from graders.judge.declared import declared_tasks
from graders.sandbox.problem import Problem
from topics.applications.maml.by_hand import Array, by_hand, cut, start

Tensors = tuple[Tensor, ...]


def path(problem: Problem, steps: int) -> list[Array]:
    """List the points θ₀ … θ_steps."""
    inner, lr = by_hand(problem, "inner_loss"), problem.values["lr"]
    points = [start(problem)]
    for _ in range(steps):
        points.append(points[-1] - lr * inner.gradient(points[-1]))
    return points


def walked_back(problem: Problem, v: Array, points: list[Array]) -> Array:
    """Multiply by I − lr H at each of the points, the last first."""
    inner, lr = by_hand(problem, "inner_loss"), problem.values["lr"]
    for at in reversed(points):
        v = v - lr * inner.hessian(at) @ v
    return v


def inner_update(problem: Problem) -> Tensors:
    """Take one step; that it can be differentiated is looked at in `test_oracles.py`."""
    return cut(path(problem, 1)[1], problem)


def maml_gradient(problem: Problem) -> Tensors:
    """Multiply the outer slope at the end by I − lr H of every point on the way."""
    points = path(problem, problem.values.get("steps", 1))
    slope = by_hand(problem, "outer_loss").gradient(points[-1])
    return cut(walked_back(problem, slope, points[:-1]), problem)


def first_order_maml_gradient(problem: Problem) -> Tensors:
    """Take the outer slope at the end."""
    end = path(problem, problem.values.get("steps", 1))[-1]
    return cut(by_hand(problem, "outer_loss").gradient(end), problem)


def implicit_maml_gradient(problem: Problem) -> Tensors:
    """Solve (I + H/strength) x = ∇F as a system of linear equations."""
    at = start(problem)
    slope = by_hand(problem, "outer_loss").gradient(at)
    matrix = (
        np.eye(len(at)) + by_hand(problem, "inner_loss").hessian(at) / problem.values["strength"]
    )
    return cut(np.linalg.solve(matrix, slope) if slope.any() else slope, problem)


CLOSED_FORMS = {
    "inner_update": inner_update,
    "maml_gradient": maml_gradient,
    "first_order_maml_gradient": first_order_maml_gradient,
    "implicit_maml_gradient": implicit_maml_gradient,
}
CONDITIONED = {
    ("implicit_maml_gradient", str(which)): 1e-7 if which.dtype == "float64" else 1e-3
    for checks in declared_tasks(course.topic("applications/maml"))
    if checks.name == "implicit_maml_gradient" and checks.cost
    for which in (*checks.problems, checks.cost.at(checks.cost.sized[0], checks.cost.sizes[0]))
}
"""A residual of 1e-10 (float32: 1e-5) leaves at most 71 times as much of any tensor."""
