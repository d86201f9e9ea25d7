"""Hints for the topic `curvature`, the gentlest first."""

from __future__ import annotations

from graders.sandbox.spec import Spec, spec

MEASURED_ON: dict[str, Spec] = {
    "eigenvalues": spec("second_difference"),
    "classify_hessian": spec("second_difference"),
    "classify_critical_point": spec("cosines_on_a_matrix"),
}

HINTS: dict[str, tuple[str, ...]] = {
    "eigenvalues": (
        "A general matrix can have complex eigenvalues. What is special about a Hessian, and what "
        "does it promise about its eigenvalues?",
        "Before you compute anything, look at what you were given. Which two questions do you ask "
        "about the shape, and how far may an entry be from its mirror image?",
        "Compare the largest entry of `(matrix - matrix.T).abs()` with 1e-4 times the largest "
        'entry of `matrix.abs()`. The word "square" or "symmetric" belongs into the message of '
        "the ValueError.",
        "There is a routine for symmetric matrices alone. It gives real numbers, and in ascending "
        "order: `torch.linalg.eigvalsh`. It reads only one triangle, so average the matrix with "
        "its transpose first.",
    ),
    "classify_hessian": (
        "Walk away from the critical point along each eigenvector. In which directions does the "
        "ground rise, and in which does it fall? Which answers can come together?",
        "One direction up and one direction down make a saddle, whatever the others do. So ask "
        "this question before you ask about zeros.",
        "On a computer hardly anything is exactly zero. Measure small against the largest "
        "eigenvalue: n · eps · max|λ|, where eps belongs to the dtype.",
        "`torch.finfo(matrix.dtype).eps` is that eps. Build on your `eigenvalues`; the largest of "
        "`values.abs()` sets the scale. If all are zero, so is the scale: let your comparison "
        "allow for equality.",
    ),
    "classify_critical_point": (
        "A marble on a slope does not ask about the curvature. What has to hold before the Hessian "
        "has anything to say?",
        "Compute the gradient first. If one of its numbers is larger than 1e-6 in size, you "
        "already have the answer.",
        "`inputs` may have any shape, but `classify_hessian` wants a square matrix. How many rows "
        "are there if you count all numbers of `inputs`?",
        "You may use `torch.autograd.functional.hessian` here. `inputs.numel()` is the n of your "
        "n × n matrix, and `reshape` does the rest.",
    ),
}
