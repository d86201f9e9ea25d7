"""Hints for the topic `spectrum`, the gentlest first."""

from __future__ import annotations

HINTS: dict[str, tuple[str, ...]] = {
    "power_iteration": (
        "Multiply a vector by A again and again. Which part of it grows fastest, and what becomes "
        "of the others beside it?",
        "Bring the vector to length 1 before each product. Then v · A v is the best guess of the "
        "eigenvalue, and it has a sign.",
        "A v - λ v is what is still wrong. Its length needs no further product, because you have "
        "A v already. Compare it with `rtol` times |λ|, and mind which of the two may be zero.",
        "Keep the value, the vector and the residual of one and the same step. If the loop makes a "
        "new vector after the last product, that one has not been measured.",
    ),
    "lanczos": (
        "Start with one unit vector. Multiply it, take away what lies along the vectors that you "
        "have, and bring the rest to length 1: that is the next one. Which numbers do you meet on "
        "the way?",
        "q · A q stands on the diagonal of T, and the length of the rest beside it. T has as many "
        "rows as you have taken products.",
        "Rounding lets the vectors lean towards each other. Take away what lies along *every* "
        "earlier vector, and then go through all of them once more.",
        "When the rest is as short as rounding makes it, beside the numbers in T, there is no next "
        "vector. Stop, with the steps that you have.",
        "`torch.linalg.eigh` gives eigenvalues in order and eigenvectors as columns. The weight of "
        "a value is the square of the first number in its column.",
    ),
    "hutchinson_trace": (
        "Write out z₁² a₁₁ + 2 z₁ z₂ a₁₂ + z₂² a₂₂ for signs z₁ and z₂. What is left of it, on "
        "average?",
        "One sample is z · A z, for one z of random signs. Draw a new z for each, in the shape, "
        "dtype and device of `like`.",
        "Zeros and ones become signs if you double them and take 1 away.",
        "Collect the numbers and not the vectors. The error of a mean is the deviation of the "
        "numbers, divided by a power of how many there are.",
    ),
    "ggn_vp": (
        "Read Jᵀ H_L J v from the right. Each factor is a product that you have written before: "
        "which three are they?",
        "J v is a derivative of the model along `v`, and has the shape of the outputs.",
        "H_L times that is a Hessian-vector product of the loss alone, at the outputs. The model "
        "has no part in it.",
        "What comes out goes back through the model with a vector-Jacobian product. At no point is "
        "the model differentiated twice.",
    ),
}
