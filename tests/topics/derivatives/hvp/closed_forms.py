"""The answers to every problem of `hvp`, by task."""

from __future__ import annotations

from topics.derivatives.hvp import functions, parameter_losses

CLOSED_FORMS = {
    "hessian_bytes": lambda problem: functions.BYTES[str(problem.spec)],
    "hvp": functions.hvp,
    "hvp_forward_over_reverse": functions.hvp,
    "parameter_hvp": parameter_losses.parameter_hvp,
}
