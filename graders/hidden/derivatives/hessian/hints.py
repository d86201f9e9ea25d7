"""Hints for the topic `hessian`, the gentlest first."""

from __future__ import annotations

from graders.sandbox.spec import Spec, spec

_NET = spec("softplus_net", inputs=60)

MEASURED_ON: dict[str, Spec] = {"gradient": _NET, "hessian": _NET}

HINTS: dict[str, tuple[str, ...]] = {
    "gradient": (
        "The output is a single number. How many rows does its Jacobian have, and how many "
        "backward passes do you need?",
        "You must not leave traces in the caller's tensor. Which tensor can you mark for "
        "differentiation instead?",
        "`inputs.detach().requires_grad_()` is a tensor of your own with the same numbers. "
        "Evaluate `func` on it and ask `torch.autograd.grad` for the derivative.",
        "A function that ignores its input has the gradient zero. See what `y.requires_grad` says "
        "in that case, and what `materialize_grads=True` does in `torch.autograd.grad`.",
    ),
    "hessian": (
        "The gradient is a function too: numbers in, as many numbers out. What is its Jacobian?",
        "Row i of H is the gradient of the i-th slope. So you need the gradient as something that "
        "can be differentiated again, not merely as numbers.",
        "Ask for the gradient with `create_graph=True`. Then it has a graph of its own, and you "
        "can go back through it once for each of its numbers.",
        "Go through `slope.flatten()` and call `torch.autograd.grad` for each entry, with "
        "`retain_graph=True`, because all rows share a graph.",
        "If the function is linear, its slope is constant and has no graph: H is zero there. Check "
        "`slope.requires_grad` before you go on. Where a row has a graph without the inputs, "
        "`materialize_grads=True` gives zeros. Give the result the shape of the inputs, twice.",
    ),
}
