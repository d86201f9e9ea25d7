"""Hints for the topic `newton`, the gentlest first."""

from __future__ import annotations

HINTS: dict[str, tuple[str, ...]] = {
    "newton_step": (
        "Work it out for f(x) = x⁴ at x = 1: what are slope, curvature and step?",
        "H d = -∇f is a system of n equations for the n numbers of d. Take the gradient as a flat "
        "vector, and give d the shape of the inputs at the end.",
        "`torch.linalg.solve(matrix, side)` solves such a system and raises where the matrix is "
        "singular. Why is it better than an inverse?",
    ),
    "newton": (
        "Write down the loop in words first: look at the gradient, stop or take a step, look "
        "again. Where does the count of steps stand in it?",
        "`torch.linalg.eigh` takes the Hessian apart into curvatures and axes. Along an axis with "
        "the curvature λ and the slope s, which step goes downhill whatever the sign of λ is?",
        "Divide each slope by |λ|, put the axes together again, and halve the step until f is not "
        "higher than before. What about a λ that is almost zero?",
    ),
    "conjugate_gradient": (
        "Do the lesson's 2 × 2 example by hand: do x, residual and direction after each step agree "
        "with what your function has?",
        "Four numbers steer a step: rᵀr before, pᵀ A p, rᵀr after, and ‖b‖ for the stop. Each is "
        "computed once.",
        "Look at the residual first, then at `maxiter`, then ask for the product, then look at the "
        "curvature. The residual, `maxiter` and the curvature can each end the method.",
    ),
    "newton_cg_step": (
        "Which system does the step solve, and which function of this lesson solves systems by "
        "products alone?",
        "`matvec` is a function of one vector: a `lambda` that calls `hvp` with the function and "
        "the point held fixed.",
        "`conjugate_gradient` starts at zeros. What does it bring back where the first direction "
        "is the bad one, and how can you tell?",
    ),
}
