"""Known mistakes of the topic `hessian`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
# What no quotient of differences has.
_AUTOGRAD = ("autograd", "backward", "vjp", "jvp", "jacrev", "jacfwd")


def _gradient(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact gradient without a routine that any of the tasks refuses."""
    x = _own(inputs)
    return _slope(func(x), x).detach()


def _hessian(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact Hessian without a routine that any of the tasks refuses."""
    x = _own(inputs)
    rows = [_slope(entry, x).detach() for entry in _slope(func(x), x).reshape(-1)]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


def _slope(value: Tensor, x: Tensor) -> Tensor:
    """Give the derivative of one number, with its graph, as zeros where there is no path."""
    if not value.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(
        value, x, create_graph=True, allow_unused=True, materialize_grads=True
    )[0]


def _matrix(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact Hessian as an n × n matrix, whatever the shape of `inputs`."""
    return _hessian(func, inputs).reshape(inputs.numel(), inputs.numel())


def _as_hessian(matrix: Tensor, inputs: Tensor) -> Tensor:
    return matrix.reshape(inputs.shape + inputs.shape)


def _own(inputs: Tensor) -> Tensor:
    return inputs.detach().clone().requires_grad_()


@contextmanager
def _as_scratch(inputs: Tensor) -> Iterator[Tensor]:
    """Give the caller's tensor itself to work on, and clear its .grad before and afterwards."""
    marked = inputs.requires_grad
    inputs.requires_grad_().grad = None
    yield inputs
    inputs.requires_grad_(marked).grad = None


@mistake("gradient")
def gradient_downhill(func: Function, inputs: Tensor) -> Tensor:
    """This is the gradient with its sign turned round.

    The gradient points uphill, to where `func` grows fastest. Going downhill is what an optimiser
    does with it later; here the slopes themselves are asked for.
    """
    return -_gradient(func, inputs)


@mistake("gradient")
def gradient_twice_added(func: Function, inputs: Tensor) -> Tensor:
    """Every slope is exactly twice as steep as it should be.

    See what counts twice. It may be a factor of your own, the function itself, or two backward
    passes into one `.grad`, where the second does not replace what the first one left. Check by
    hand on f(x) = x³: at x = 1 the slope is 3.
    """
    return 2 * _gradient(func, inputs)


@mistake("gradient")
def gradient_summed(func: Function, inputs: Tensor) -> Tensor:
    """This single number is the sum of all slopes.

    The gradient has one slope per number of `inputs` and the same shape. Look for a place where
    you add up over the inputs: only the output of `func` is a single number.
    """
    return _gradient(func, inputs).sum()


@mistake("gradient")
def gradient_flattened(func: Function, inputs: Tensor) -> Tensor:
    """Your numbers lie in one long row.

    The gradient holds one slope per number of `inputs`, so it should have the same shape, whether
    `inputs` is a vector, a matrix or a single number. Compare the two before you return.
    """
    return _gradient(func, inputs).reshape(-1)


@mistake("gradient", symptom=Symptom.READY_MADE)
def gradient_ready_made(func: Function, inputs: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    Build it from one evaluation of `func` and one backward pass, with a tensor that asks for
    gradients. You will need exactly these two steps again for the Hessian.
    """
    return torch.func.grad(func)(inputs)


@mistake(
    "gradient",
    symptom=Symptom.FINITE_DIFFERENCE,
    unless=_AUTOGRAD,
)
def gradient_by_differences(func: Function, inputs: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    However small the step, it trades cutting error against rounding error. Autograd follows the
    chain rule instead, is exact to the last digits and needs one pass for all slopes.
    """
    result = torch.zeros_like(inputs)
    for index in range(inputs.numel()):
        step = torch.zeros_like(inputs)
        step.view(-1)[index] = 1e-6
        result.view(-1)[index] = (func(inputs + step) - func(inputs - step)) / 2e-6
    return result


@mistake("gradient", symptom=Symptom.FLOAT32)
def gradient_in_float32(func: Function, inputs: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. Look for a tensor that you make
    without saying its dtype, or for a conversion on the way.
    """
    return _gradient(func, inputs).float()


@mistake("gradient")
def gradient_zeros_of_the_default_dtype(func: Function, inputs: Tensor) -> Tensor:
    """Your zeros have torch's default dtype, and not that of `inputs`.

    Where nothing depends on `inputs`, the answer is zeros in its shape, dtype and device:
    `torch.zeros_like` makes just these.
    """
    found = _gradient(func, inputs)
    return found if bool(found.any()) else torch.zeros(inputs.shape)


@mistake("gradient", symptom=Symptom.NO_GRAPH)
def gradient_refuses_constants(func: Function, inputs: Tensor) -> Tensor:
    """A function may ignore its input altogether; then there is no graph to go back through.

    Its slopes are not missing, they are zero. Think about how you can see on the output that it
    has no graph, and which tensor to return in that case.
    """
    x = _own(inputs)
    return torch.autograd.grad(func(x), x, allow_unused=True, materialize_grads=True)[0]


@mistake("gradient", symptom=Symptom.UNUSED)
def gradient_refuses_unused(func: Function, inputs: Tensor) -> Tensor:
    """The output has a graph, but `inputs` does not occur in it, and autograd stopped there.

    A slope in something that plays no part is zero. The documentation of `torch.autograd.grad`
    says how to allow such a case and what you get for it.
    """
    x = _own(inputs)
    y = func(x)
    return torch.autograd.grad(y, x)[0] if y.requires_grad else torch.zeros_like(inputs)


@mistake("gradient", symptom=Symptom.NONE_FOR_ZEROS)
def gradient_none_for_zeros(func: Function, inputs: Tensor) -> Tensor | None:
    """Where `func` does not depend on `inputs`, your function returned None.

    A tensor that played no part has None in its `.grad`, and `torch.autograd.grad` gives None for
    it where it is told `allow_unused=True`. Its slopes are zero, and the answer should be these
    zeros, in the shape of `inputs`; `torch.autograd.grad` has an argument that asks for them.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    slopes: Tensor | None = torch.autograd.grad(y, x, allow_unused=True)[0]
    return slopes


@mistake("gradient", symptom=Symptom.LEFT_GRAD)
def gradient_leaves_grad(func: Function, inputs: Tensor) -> Tensor:
    """Your answer also stays behind in the caller's `.grad`, where the next one is added to it.

    Whoever calls your function twice would find the sum of both. Either ask autograd to hand the
    result over instead of storing it, or work on a tensor of your own.
    """
    inputs.requires_grad_()
    func(inputs).backward()
    assert inputs.grad is not None
    return inputs.grad


@mistake("gradient", symptom=Symptom.CHANGED_GRAD)
def gradient_wipes_grad(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        (func(x) + 0 * x.sum()).backward(inputs=[x])
        assert x.grad is not None
        return x.grad


@mistake("gradient", symptom=Symptom.MARKED_INPUTS)
def gradient_marks_inputs(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are yours, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    return torch.autograd.grad(func(inputs.requires_grad_()), inputs)[0]


@mistake("gradient", symptom=Symptom.CHANGED_INPUTS)
def gradient_overwrites_inputs(func: Function, inputs: Tensor) -> Tensor:
    """After the call, the numbers in the caller's tensor are different.

    `detach` gives a new name to the same memory, so writing into the one also changes the other.
    Look for operations in place and decide which of them need a tensor of their own.
    """
    slopes = _gradient(func, inputs)
    return inputs.detach().copy_(slopes)


@mistake("hessian")
def zeros_for_want_of_a_graph(func: Function, inputs: Tensor) -> Tensor:
    """Your Hessian is zero everywhere, as if the gradient did not depend on the point.

    It does, and that is lost on the way. A backward pass is not recorded unless you ask for it: has
    your gradient a `grad_fn`? If so, do you differentiate it by the very tensor that `func` was
    given, and do the rows reach your answer?
    """
    return torch.zeros_like(_hessian(func, inputs))


@mistake("hessian")
def outer_product(func: Function, inputs: Tensor) -> Tensor:
    """This is the gradient times itself, gᵢ gⱼ, not its derivative.

    Both are symmetric matrices of the same size, but the product of two slopes says nothing about
    how the slopes change. Try f(x, y) = x² + y²: what should stand next to the diagonal?
    """
    slopes = _gradient(func, inputs)
    return torch.tensordot(slopes, slopes, dims=0)


@mistake("hessian")
def row_sums(func: Function, inputs: Tensor) -> Tensor:
    """You have the sum of each row of the Hessian: one number per input in place of a matrix.

    Differentiating `g.sum()` adds up the rows, and they cannot be taken apart again. It is not
    the diagonal either, unless all the rest is zero. What has to go backwards to bring out one row?
    """
    return _matrix(func, inputs).sum(dim=0).reshape(inputs.shape)


@mistake("hessian")
def row_sums_on_diagonal(func: Function, inputs: Tensor) -> Tensor:
    """The sums of the rows stand on the diagonal of your Hessian, and zeros everywhere else.

    Differentiating `g.sum()` mixes the whole row into one number, which is the diagonal entry only
    where the others are zero. The entries beside the diagonal say how two inputs act together.
    """
    return _as_hessian(torch.diag(_matrix(func, inputs).sum(dim=0)), inputs)


@mistake("hessian")
def hessian_diagonal_only(func: Function, inputs: Tensor) -> Tensor:
    """The diagonal of your Hessian is right, but everything beside it is zero.

    The slope in one input may well change when another one moves: that is what Hᵢⱼ says. Each
    backward pass from one gᵢ gives you a whole row; see what you keep of it.
    """
    return _as_hessian(torch.diag(_matrix(func, inputs).diagonal()), inputs)


@mistake("hessian")
def lower_triangle_only(func: Function, inputs: Tensor) -> Tensor:
    """The lower half of your Hessian is right, and the upper half is empty.

    H is symmetric, so computing one half is a fine idea, but the caller gets the whole matrix.
    Look at what your loops leave untouched.
    """
    return _as_hessian(_matrix(func, inputs).tril(), inputs)


@mistake("hessian")
def upper_triangle_only(func: Function, inputs: Tensor) -> Tensor:
    """The upper half of your Hessian is right, and the lower half is empty.

    Half of the work is enough, for H is symmetric; but what is handed back has to be the whole
    matrix. Which entries do your loops never write to?
    """
    return _as_hessian(_matrix(func, inputs).triu(), inputs)


@mistake("hessian")
def off_diagonal_doubled(func: Function, inputs: Tensor) -> Tensor:
    """The diagonal is right, but every entry beside it is twice as large as it should be.

    Hᵢⱼ and Hⱼᵢ are one and the same number, and it seems to be counted from both sides. Follow
    one such pair through your loops, or through the step that makes H symmetric.
    """
    matrix = _matrix(func, inputs)
    return _as_hessian(matrix + matrix.T - torch.diag(matrix.diagonal()), inputs)


@mistake("hessian")
def hessian_doubled(func: Function, inputs: Tensor) -> Tensor:
    """Every entry of your Hessian is twice as large as it should be.

    Adding a symmetric matrix to its transpose doubles it; and a second backward pass into the same
    `.grad` adds to the first. Check by hand on f(x, y) = x² + y².
    """
    return 2 * _hessian(func, inputs)


@mistake("hessian")
def hessian_sign_turned(func: Function, inputs: Tensor) -> Tensor:
    """Every number of your answer has the wrong sign.

    Nothing in this task goes downhill: a minus belongs to the step of an optimiser, which may come
    later. Check by hand on f(x, y) = x² + y², and look for the minus sign in your code.
    """
    return -_hessian(func, inputs)


@mistake("hessian")
def hessian_rows_pile_up(func: Function, inputs: Tensor) -> Tensor:
    """Every row after the first also contains the rows above it.

    Ask what goes on from one row to the next. It may be a `.grad` that still holds the last row, a
    vector that picks a row and has the old ones set, or a sum of your own. Or is more than output i
    alone differentiated for row i?
    """
    return _as_hessian(_matrix(func, inputs).cumsum(dim=0), inputs)


@mistake("hessian")
def diagonal_doubled(func: Function, inputs: Tensor) -> Tensor:
    """The entries beside the diagonal are right, but each on it is twice as large as it should be.

    A triangle and its mirror image share the diagonal, and added up they hold it twice. Take it
    away once, or mirror only what lies beside it.
    """
    matrix = _matrix(func, inputs)
    return _as_hessian(matrix + torch.diag(matrix.diagonal()), inputs)


@mistake("hessian")
def hessian_zeros_flattened(func: Function, inputs: Tensor) -> Tensor:
    """Where there is no curvature, your zeros lie in a matrix, whatever the shape of `inputs` is.

    The answer has the axes of `inputs` twice, also where all of it is zero: for a matrix that makes
    four axes, for a single number none.
    """
    matrix = _matrix(func, inputs)
    return _as_hessian(matrix, inputs) if bool(matrix.any()) else matrix


@mistake("hessian")
def hessian_flattened(func: Function, inputs: Tensor) -> Tensor:
    """Your numbers lie in a matrix whatever the shape of `inputs` is.

    The answer has the axes of `inputs` twice: first for the slope, then for what it is
    differentiated by. A single number gives a single number, a matrix gives four axes.
    """
    return _matrix(func, inputs)


@mistake("hessian", symptom=Symptom.VECTORS_ONLY)
def hessian_for_vectors_only(func: Function, inputs: Tensor) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    What comes in may be a matrix, or a single number without an axis. Look for a
    step that takes one axis for granted: `len`, a single index, `@`, a shape written by
    hand, or `*shape`, which of a single number is nothing at all.
    Number the entries in one row for the work, and give the answer its shape at the end.
    """
    x = _own(inputs)
    slopes = _slope(func(x), x)
    return torch.stack([_slope(slopes[place], x) for place in range(len(slopes))])


@mistake("hessian", symptom=Symptom.READY_MADE)
def hessian_ready_made(func: Function, inputs: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    The Hessian is the Jacobian of the gradient, and you have built both already. Put the two
    together, and take care that the gradient can be differentiated again.
    """
    return torch.func.hessian(func)(inputs)


@mistake("hessian", symptom=Symptom.FINITE_DIFFERENCE, unless=("create_graph",))
def hessian_by_differences(func: Function, inputs: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    With a large step the curve bends away, with a small one rounding takes over. Let autograd
    differentiate the gradient once more: that is exact to the last digits.
    """
    columns = []
    for index in range(inputs.numel()):
        step = torch.zeros_like(inputs)
        step.view(-1)[index] = 1e-5
        change = _gradient(func, inputs + step) - _gradient(func, inputs - step)
        columns.append(change / 2e-5)
    return torch.stack(columns, dim=-1).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.FLOAT32)
def hessian_in_float32(func: Function, inputs: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. A tensor made without a dtype, such
    as the matrix that you fill row by row, is float32 unless you say otherwise.
    """
    return _hessian(func, inputs).float()


@mistake("hessian", symptom=Symptom.NO_GRAPH, unless=("create_graph",))
def hessian_without_create_graph(func: Function, inputs: Tensor) -> Tensor:
    """Your gradient is a plain tensor of numbers: autograd cannot differentiate it again.

    A backward pass is not recorded unless you ask for it, because most people only need the first
    derivative. The documentation of `torch.autograd.grad` names the option for those who want more.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x)
    rows = [torch.autograd.grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.NO_GRAPH)
def hessian_refuses_linear(func: Function, inputs: Tensor) -> Tensor:
    """Where `func` is linear or constant, its gradient depends on nothing and has no graph.

    That is no error: a slope that never changes has derivative zero. Think about how you can see
    that a tensor has no graph, and what the Hessian is then.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(
        func(x), x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    rows = [
        torch.autograd.grad(slope, x, retain_graph=True, allow_unused=True, materialize_grads=True)
        for slope in slopes.reshape(-1)
    ]
    return torch.stack([row for (row,) in rows]).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.UNUSED)
def hessian_refuses_unused(func: Function, inputs: Tensor) -> Tensor:
    """There is a graph, but `inputs` does not occur in it, and autograd stopped there.

    This happens where `func` ignores its input, and where its gradient does. Both times the answer
    is zero; the documentation of `torch.autograd.grad` says how to allow such a case.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    if not slopes.requires_grad:
        return torch.zeros(inputs.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = [torch.autograd.grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.GRAPH_FREED)
def hessian_graph_freed(func: Function, inputs: Tensor) -> Tensor:
    """The first row went well; at the second one the graph was gone.

    To save memory, a backward pass throws away what was kept for it. You go back through the
    gradient once per row: look up how to tell autograd that you will come again.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True)
    rows = [torch.autograd.grad(slope, x)[0] for slope in slopes.reshape(-1)]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.LEFT_GRAD)
def hessian_leaves_grad(func: Function, inputs: Tensor) -> Tensor:
    """Something stays behind in the caller's `.grad`, where the next gradient is added to it.

    With a recorded backward pass it even keeps the whole graph alive. Either ask autograd to hand
    results over instead of storing them, or work on a tensor of your own.
    """
    func(inputs.requires_grad_()).backward(create_graph=True)
    slopes = inputs.grad
    assert slopes is not None
    rows = [
        torch.autograd.grad(slope, inputs, retain_graph=True)[0] for slope in slopes.reshape(-1)
    ]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.CHANGED_GRAD)
def hessian_wipes_grad(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    rows: list[Tensor] = []
    with _as_scratch(inputs) as x:
        value = func(x) + 0 * (x * x).sum()
        (slopes,) = torch.autograd.grad(value, x, create_graph=True)
        for slope in slopes.reshape(-1):
            x.grad = None
            slope.backward(retain_graph=True, inputs=[x])
            assert x.grad is not None
            rows.append(x.grad)
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.MARKED_INPUTS)
def hessian_marks_inputs(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are yours, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    (slopes,) = torch.autograd.grad(func(inputs.requires_grad_()), inputs, create_graph=True)
    rows = [
        torch.autograd.grad(slope, inputs, retain_graph=True)[0] for slope in slopes.reshape(-1)
    ]
    return torch.stack(rows).reshape(inputs.shape + inputs.shape)


@mistake("hessian", symptom=Symptom.CHANGED_INPUTS)
def hessian_overwrites_inputs(func: Function, inputs: Tensor) -> Tensor:
    """After the call, the numbers in the caller's tensor are different.

    `detach` gives a new name to the same memory, so writing into the one also changes the other.
    Look for operations in place and decide which of them need a tensor of their own.
    """
    hessian = _hessian(func, inputs)
    inputs.detach().zero_()
    return hessian


MISTAKES: tuple[Mistake, ...] = (
    gradient_ready_made,
    gradient_leaves_grad,
    gradient_wipes_grad,
    gradient_overwrites_inputs,
    gradient_marks_inputs,
    gradient_downhill,
    gradient_twice_added,
    gradient_summed,
    gradient_flattened,
    gradient_in_float32,
    gradient_by_differences,
    gradient_refuses_unused,
    gradient_none_for_zeros,
    gradient_zeros_of_the_default_dtype,
    gradient_refuses_constants,
    hessian_ready_made,
    hessian_graph_freed,
    zeros_for_want_of_a_graph,
    outer_product,
    row_sums_on_diagonal,
    hessian_diagonal_only,
    row_sums,
    lower_triangle_only,
    upper_triangle_only,
    off_diagonal_doubled,
    diagonal_doubled,
    hessian_doubled,
    hessian_sign_turned,
    hessian_rows_pile_up,
    hessian_flattened,
    hessian_zeros_flattened,
    hessian_for_vectors_only,
    hessian_leaves_grad,
    hessian_wipes_grad,
    hessian_overwrites_inputs,
    hessian_marks_inputs,
    hessian_in_float32,
    hessian_by_differences,
    hessian_refuses_unused,
    hessian_without_create_graph,
    hessian_refuses_linear,
)
