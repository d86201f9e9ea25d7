"""The answers to every problem of `curvature`, by task."""

from __future__ import annotations

from topics.derivatives.curvature import critical_points, matrices

CLOSED_FORMS = {
    "eigenvalues": matrices.eigenvalues,
    "classify_hessian": lambda problem: matrices.CLASSES[str(problem.spec)],
    "classify_critical_point": lambda problem: critical_points.CLASSES[str(problem.spec)],
}
# The eigenvalue 0 of a matrix is met up to rounding; a derivative that is not there is met exactly.
ROUNDED_ZEROS = {"eigenvalues"}
