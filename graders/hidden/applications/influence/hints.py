"""Hints for the topic `influence`, the gentlest first."""

from __future__ import annotations

HINTS: dict[str, tuple[str, ...]] = {
    "inverse_hvp": (
        "You know a method that solves a symmetric system by products alone. What does one product "
        "with H + damping I cost you, in products with H?",
        "Conjugate gradients carry three vectors along: x, what is left of v, and a direction. "
        "Start with x = 0; then what is left is v itself, and so is the first direction.",
        "Look at the residual before each step, and compare it with the size of v. With "
        "`(r * r).sum()` for the square of a length, the shape of v does not matter; a tolerance "
        "for squares is a square.",
    ),
    "influence_on_loss": (
        "Three factors stand in a row. Which two of them do not depend on i, and so need to be "
        "worked out only once?",
        "Solve for the gradient of the mean test loss, as one long vector. A product with H is the "
        "derivative of the mean training loss's gradient along a direction: `torch.func.jvp` of "
        "`torch.func.grad`, with `shaped_like` on the way in and `as_vector` on the way out.",
        "∇Lᵢᵀ s is the derivative of Lᵢ along s. `loss(parameters, *train)` gives all Lᵢ at once: "
        "what does one `torch.func.jvp` of it give?",
    ),
    "leave_one_out_change": (
        "An influence is a derivative: how much the test loss changes for each unit of weight. How "
        "much weight has one of m examples in a mean?",
        "Leaving it out takes that weight away. Mind the sign of the step.",
        "There is one influence for each example, so `len(influence)` says how many there are.",
    ),
}
