"""Hints for the topic `jacobian`, the gentlest first."""

from __future__ import annotations

from graders.sandbox.spec import Spec, spec

_LAYER = spec("tanh_layer", inputs=200, outputs=50)

MEASURED_ON: dict[str, Spec] = {"vjp": _LAYER, "jacobian": _LAYER, "jvp": _LAYER}

HINTS: dict[str, tuple[str, ...]] = {
    "vjp": (
        "A vector goes in and several numbers come out. What single number could you make of the "
        "outputs, with the help of `v`, so that its gradient is what you are looking for?",
        "The gradient of v₁f₁ + v₂f₂ + … is v₁ times row 1 of J plus v₂ times row 2 and so on. "
        "One backward pass is enough, if `v` takes part in it from the beginning.",
        "Start from a tensor of your own: cut loose from the caller's, and marked for "
        "differentiation. Evaluate `func` on it once.",
        "`torch.autograd.grad(outputs, inputs, grad_outputs)` takes `v` as its third argument and "
        "returns a tuple with one gradient for each input.",
        "What if the output has no graph, or none that leads to the input? Look at "
        "`y.requires_grad` for the first case and at `materialize_grads=True` for the second.",
    ),
    "jacobian": (
        "You have a function that gives vᵀJ for any `v`. Which `v` picks out exactly one row?",
        "There is one row for each number of the output. How many backward passes does that make, "
        "and how often do you need to evaluate `func` for them?",
        "Work with the rows of an identity matrix, each in the shape of the output: these are the "
        "one-hot vectors. Collect what comes back in a list.",
        "All passes go back through the same graph. Tell `torch.autograd.grad` to keep it, with "
        "`retain_graph=True`.",
        "`torch.stack` puts the rows together. One `reshape` at the end gives the shape of the "
        "output followed by the shape of the input.",
    ),
    "jvp": (
        "A backward pass gives uᵀJ. Now `v` belongs to the inputs and should meet the other side "
        "of J. What kind of function of `u` is uᵀJ?",
        "It is linear in `u`. Think of g(u) = Jᵀu as a function of its own. What is its Jacobian?",
        "The Jacobian of g is Jᵀ, so a vjp of g with `v` is J v. Two backward passes, one behind "
        "the other. The value of `u` does not matter, zeros will do.",
        "The first pass has to be recorded so that you can differentiate it: `create_graph=True`. "
        "And `u` has to be marked, because it is what you differentiate by.",
        "If you prefer one forward pass: dual numbers do it, with "
        "`torch.autograd.forward_ad.make_dual` and `unpack_dual`.",
    ),
}
