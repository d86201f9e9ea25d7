"""The answers to the problems of `newton_step`, by closed forms and a dense solver.

The digits of the other three tasks depend on the method; what their answers claim is looked at in
`test_oracles.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor

from graders.hidden.applications.newton.curved import curved, start
from graders.sandbox.problem import Problem


def newton_step(problem: Problem) -> Tensor:
    """Give the exact step, in the problem's shape and dtype; zeros where the gradient is zero."""
    inputs: Tensor = problem.values["inputs"]
    form, x = curved(problem), start(problem)
    slope = form.gradient(x)
    # A solver makes -0 of a zero or stops at a singular matrix; where there is no slope, no step.
    step = torch.linalg.solve(form.hessian(x), -slope) if bool(slope.any()) else slope
    return step.to(inputs.dtype).view(inputs.shape)


CLOSED_FORMS = {"newton_step": newton_step}
CONDITIONED = {("newton_step", "bowl(n=8, power=10)"): 2e-5}
"""κ is 10¹⁰, and rounding is 1e-16: ten times their product."""
BY_CLAIM = {"newton", "conjugate_gradient", "newton_cg_step"}
"""Tasks whose digits depend on the method: test_oracles.py looks at what their answers claim."""
