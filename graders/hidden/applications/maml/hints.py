"""Hints for the topic `maml`, the gentlest first."""

from __future__ import annotations

HINTS: dict[str, tuple[str, ...]] = {
    "inner_update": (
        "Do the lesson's parabola by hand: θ' = θ - η f'(θ). How does θ' change when θ moves a "
        "little, and which two parts has that change?",
        "The second part runs through the gradient. `torch.autograd.grad` gives plain numbers "
        "unless you ask it to record its own work, too.",
        "Three more things: new tensors in place of `-=`, a loss without a graph "
        "(`value.requires_grad`), and a parameter that is not used (`materialize_grads`).",
    ),
    "maml_gradient": (
        "Which function is differentiated here? It leads from the start, by a few steps, to one "
        "number. Write it down first; it is four lines of code.",
        "Inside that function each step is one call of `inner_update`, and goes on from where the "
        "one before it ended.",
        "`gradient` differentiates any function of a list of parameters. It makes leaves of its "
        "own, so your caller's tensors stay as they are.",
    ),
    "first_order_maml_gradient": (
        "Where is a slope taken here, and of which loss? How you came there plays no part.",
        "No graph is needed between the steps, so `gradient`, which gives plain numbers, is "
        "enough for them.",
        "Watch the memory: if you go on from tensors that carry a graph, the graphs of all steps "
        "are kept.",
    ),
    "implicit_maml_gradient": (
        "Which equation does the answer solve? Write it as A x = b, and say in words what A u is.",
        "The solver works on one long row of numbers, and `hvp` on a list of tensors. `as_vector` "
        "and `like` lead from one to the other and back.",
        "A u = u + H u / strength. The right-hand side is the outer slope at the end point. How "
        "exact does the solution have to be?",
    ),
}
