"""Hints for the topic `hvp`, the gentlest first."""

from __future__ import annotations

from graders.sandbox.spec import Spec, spec

MEASURED_ON: dict[str, Spec] = {"hessian_bytes": spec("dense_hessian", n=1000)}

HINTS: dict[str, tuple[str, ...]] = {
    "hessian_bytes": (
        "How many entries does a matrix with n rows and n columns have? And what does a single "
        "entry cost?",
        "A float64 takes 8 bytes, a float32 takes 4, a bfloat16 takes 2. You need not keep a list: "
        "the dtype knows its own size.",
        "`dtype.itemsize` is the number of bytes of one entry. Multiply whole numbers only; no "
        "tensor has to be made.",
    ),
    "hvp": (
        "H v is one vector. Do you ever need a single entry of H to get it? What is H v the "
        "derivative of?",
        "Think of the number s(x) = ∇f(x) · v, with `v` held fixed. What is its gradient?",
        "So there are two backward passes: one through `func` for the gradient, and one through "
        "the gradient, in which `v` takes part from the beginning.",
        "The first pass needs `create_graph=True`. For the second, hand `v` to "
        "`torch.autograd.grad` as its third argument, `grad_outputs`.",
        "A linear function has a gradient without a graph. Check `requires_grad` after each of the "
        "two steps, and answer with zeros where nothing is left to differentiate. Where the "
        "gradient has a graph without `x`, `materialize_grads=True` gives zeros.",
    ),
    "hvp_forward_over_reverse": (
        "How does the gradient change when you take a small step along `v`? That change is what "
        "this task asks for. Which product with a Jacobian answers such a question?",
        "It is the jvp of the function x ↦ ∇f(x), whose Jacobian is H. So you need the gradient as "
        "a function, and forward mode to push `v` through it.",
        "`torch.func.grad(func)` is the gradient as a function.",
        "`torch.func.jvp(function, (point,), (direction,))` returns the value and the derivative "
        "along the direction. You want the second of them.",
    ),
    "parameter_hvp": (
        "Here you are given no function, only its result with a living graph. What can you still "
        "do with that, as often as you like?",
        "Think of all parameters as one long vector in pieces. The gradient comes in the same "
        "pieces. When one parameter moves, whose gradients change?",
        "All of them may. So both backward passes have to run over all parameters together: the "
        "gradients first, then all of them again, weighed by `v`.",
        "`torch.autograd.grad` accepts lists: outputs, inputs and `grad_outputs`. Use "
        "`create_graph=True` for the first pass, and `materialize_grads=True` for parameters that "
        "take no part. Keep the caller's graph alive with `retain_graph=True`.",
        "A gradient without a graph cannot be handed to the second pass. Leave those out, together "
        "with their piece of `v`; if none is left, the answer is zeros.",
    ),
}
