"""Known mistakes of the topic `jacobian`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
# What no quotient of differences has.
_AUTOGRAD = ("autograd", "backward", "vjp", "jvp", "jacrev", "jacfwd")


def _jacobian(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact Jacobian without a routine that any of the tasks refuses."""
    x = _own(inputs)
    y = func(x)
    entries = [_slope(entry, x) for entry in y.reshape(-1)]
    return torch.stack(entries).reshape(y.shape + inputs.shape)


def _slope(value: Tensor, x: Tensor) -> Tensor:
    if not value.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(
        value, x, retain_graph=True, allow_unused=True, materialize_grads=True
    )[0]


def _rows(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact Jacobian with one row per number of the output."""
    jacobian = _jacobian(func, inputs)
    outputs = jacobian.shape[: jacobian.dim() - inputs.dim()]
    return jacobian.reshape(outputs.numel(), *inputs.shape)


def _own(inputs: Tensor) -> Tensor:
    return inputs.detach().clone().requires_grad_()


@contextmanager
def _as_scratch(inputs: Tensor) -> Iterator[Tensor]:
    """Give the caller's tensor itself to work on, and clear its .grad before and afterwards."""
    marked = inputs.requires_grad
    inputs.requires_grad_().grad = None
    yield inputs
    inputs.requires_grad_(marked).grad = None


def _stored_rows(y: Tensor, x: Tensor) -> list[Tensor]:
    """Let backward store each row in `x.grad`, one after the other."""
    rows: list[Tensor] = []
    for number in y.reshape(-1):
        x.grad = None
        number.backward(retain_graph=True, inputs=[x])
        assert x.grad is not None
        rows.append(x.grad)
    return rows


def _own_output(func: Function, inputs: Tensor) -> tuple[Tensor, Tensor]:
    x = _own(inputs)
    return func(x), x


def _depends(y: Tensor, x: Tensor) -> bool:
    """Say whether the graph of `y`, if it has any, leads back to `x`."""
    if not y.requires_grad:
        return False
    return torch.autograd.grad(y.sum(), x, retain_graph=True, allow_unused=True)[0] is not None


def _weighed(y: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.grad(y, x, v)[0]


def _sum_of_rows(func: Function, inputs: Tensor) -> Tensor:
    return _rows(func, inputs).sum(dim=0)


@mistake("vjp")
def vjp_ignores_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer does not change with `v`: it is what a `v` of ones gives.

    A vector-Jacobian product weighs row i of J by vᵢ before the rows are added up. Follow `v`
    through your code: where do its numbers enter the backward pass?
    """
    return _sum_of_rows(func, inputs)


@mistake("vjp")
def jvp_for_vjp(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is J v, but the task asks for vᵀJ: `v` met the wrong side of the Jacobian.

    Here J is square, so both products exist and only the numbers tell them apart. In this task
    `v` belongs to the outputs: it has the shape of `func(inputs)`, and the answer that of `inputs`.
    """
    return torch.func.jvp(func, (inputs.detach(),), (v,))[1].detach()


@mistake("vjp")
def vjp_weighs_the_sum(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You added up all rows of J first and multiplied by `v` afterwards.

    That is right only where output i depends on input i alone. In general every row needs its own
    weight before anything is added, so `v` has to go in before the backward pass, not after it.
    """
    return _sum_of_rows(func, inputs) * v


@mistake("vjp")
def vjp_of_the_mean(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer is vᵀJ divided by the number of outputs.

    The rows of J are weighed by `v` and added up, and nothing is divided. Look for a `mean` where a
    sum is due, or for a division of `v` or of the answer.
    """
    return torch.tensordot(v, _jacobian(func, inputs), dims=v.dim()) / max(1, v.numel())


@mistake("vjp")
def vjp_sign_turned(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Every number of your answer has the wrong sign.

    Nothing in this task goes downhill: a minus belongs to the step of an optimiser, which may come
    later. Check by hand on f(x, y) = (x², y³), and look for the minus sign in your code.
    """
    return -torch.tensordot(v, _jacobian(func, inputs), dims=v.dim())


@mistake("vjp")
def vjp_value_times_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You multiplied the value of `func` by `v`, number by number.

    The value says where `func` is, and the derivative how it changes: nothing has been
    differentiated here. Follow `func(inputs)` through your code: what goes backwards from it?
    """
    return func(inputs.detach()) * v


@mistake("vjp")
def vjp_value_dot_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This single number is the value of `func` times `v`, added up.

    The value says where `func` is, and the derivative how it changes: nothing has been
    differentiated here. Follow `func(inputs)` through your code: what goes backwards from it?
    """
    return (func(inputs.detach()) * v).sum()


@mistake("vjp")
def vjp_flattened(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your numbers lie in one long row.

    The answer holds one number per number of `inputs`, so it should have the same shape, whether
    `inputs` is a vector, a matrix or a single number. Compare the two shapes before you return.
    """
    return torch.tensordot(v, _jacobian(func, inputs), dims=v.dim()).reshape(-1)


@mistake("vjp")
def vjp_zeros_shaped_as_outputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Where nothing depends on `inputs`, your zeros have the shape of the output.

    vᵀJ holds one number per number of `inputs`, and that does not change when all of them are zero.
    Look at the tensor that you take the shape from.
    """
    y, x = _own_output(func, inputs)
    return _weighed(y, x, v) if _depends(y, x) else torch.zeros_like(y)


@mistake("vjp", symptom=Symptom.VECTORS_ONLY)
def vjp_for_vectors_only(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    What comes in or out may be a matrix, or a single number without an axis. Look for a
    step that takes one axis for granted: `len`, a single index, `@`, a shape written by
    hand, or `*shape`, which of a single number is nothing at all.
    Number the entries in one row for the work, and give the answer its shape at the end.
    """
    y, x = _own_output(func, inputs)
    return _slope(y @ v, x)


@mistake("vjp", symptom=Symptom.READY_MADE)
def vjp_ready_made(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    Build it from one evaluation of `func` and one backward pass. The hand calculation above the
    task shows the role that `v` plays in it.
    """
    return torch.func.vjp(func, inputs)[1](v)[0]


@mistake(
    "vjp",
    symptom=Symptom.FINITE_DIFFERENCE,
    unless=_AUTOGRAD,
)
def vjp_by_differences(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    However small the step, it trades cutting error against rounding error. Autograd follows the
    chain rule instead and is exact to the last digits; let it do the work.
    """
    result = torch.zeros_like(inputs)
    for index in range(inputs.numel()):
        step = torch.zeros_like(inputs)
        step.view(-1)[index] = 1e-6
        change = (func(inputs + step) - func(inputs - step)) / 2e-6
        result.view(-1)[index] = (v * change).sum()
    return result


@mistake("vjp", symptom=Symptom.FLOAT32)
def vjp_in_float32(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. Look for a tensor that you make
    without saying its dtype, or for a conversion on the way.
    """
    return torch.tensordot(v, _jacobian(func, inputs), dims=v.dim()).float()


@mistake("vjp")
def vjp_zeros_of_the_default_dtype(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your zeros have torch's default dtype, and not that of `inputs`.

    Where nothing depends on `inputs`, the answer is zeros in its shape, dtype and device:
    `torch.zeros_like` makes just these.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(inputs.shape)
    (found,) = torch.autograd.grad(y, x, v, materialize_grads=True)
    return found if bool(found.any()) else torch.zeros(inputs.shape)


@mistake("vjp", symptom=Symptom.NO_GRAPH)
def vjp_refuses_constants(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """A function may ignore its input altogether; then there is no graph to go back through.

    Its derivative is not missing, it is zero. Think about how you can see on the output that it
    has no graph, and which tensor to return in that case.
    """
    x = _own(inputs)
    (result,) = torch.autograd.grad(func(x), x, v, allow_unused=True, materialize_grads=True)
    return result


@mistake("vjp", symptom=Symptom.UNUSED)
def vjp_refuses_unused(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The output has a graph, but `inputs` does not occur in it, and autograd stopped there.

    A slope in something that plays no part is zero. The documentation of `torch.autograd.grad`
    says how to allow such a case and what you get for it.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(y, x, v)[0]


@mistake("vjp", symptom=Symptom.NONE_FOR_ZEROS)
def vjp_none_for_zeros(func: Function, inputs: Tensor, v: Tensor) -> Tensor | None:
    """Where `func` does not depend on `inputs`, your function returned None.

    A tensor that played no part has None in its `.grad`, and `torch.autograd.grad` gives None for
    it where it is told `allow_unused=True`. Its slopes are zero, and the answer should be these
    zeros, in the shape of `inputs`; `torch.autograd.grad` has an argument that asks for them.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(inputs)
    slopes: Tensor | None = torch.autograd.grad(y, x, v, allow_unused=True)[0]
    return slopes


@mistake("vjp", symptom=Symptom.LEFT_GRAD)
def vjp_leaves_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer also stays behind in the caller's `.grad`, where the next one is added to it.

    Whoever calls your function twice would find the sum of both. Either ask autograd to hand the
    result over instead of storing it, or work on a tensor of your own.
    """
    inputs.requires_grad_()
    func(inputs).backward(v)
    assert inputs.grad is not None
    return inputs.grad


@mistake("vjp", symptom=Symptom.CHANGED_GRAD)
def vjp_wipes_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        (func(x) + 0 * x.sum()).backward(v, inputs=[x])
        assert x.grad is not None
        return x.grad


@mistake("vjp", symptom=Symptom.MARKED_INPUTS)
def vjp_marks_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are yours, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    return torch.autograd.grad(func(inputs.requires_grad_()), inputs, v)[0]


@mistake("vjp", symptom=Symptom.CHANGED_INPUTS)
def vjp_overwrites_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """After the call, the numbers in one of the caller's tensors are different.

    `detach` gives a new name to the same memory, so writing into the one also changes the other.
    Look for operations in place and decide which of them need a tensor of their own.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x, v)
    return inputs.detach().copy_(slopes)


@mistake("jacobian")
def rows_pile_up(func: Function, inputs: Tensor) -> Tensor:
    """Every row after the first also contains the rows above it.

    Ask what goes on from one row to the next. It may be a `.grad` that still holds the last row, a
    vector that picks a row and has the old ones set, or a sum of your own. Or is more than output i
    alone differentiated for row i?
    """
    return _rows(func, inputs).cumsum(dim=0).reshape(_jacobian(func, inputs).shape)


@mistake("jacobian")
def rows_share_the_total(func: Function, inputs: Tensor) -> Tensor:
    """All rows of your answer are the same: each is the sum of all rows of J.

    With a weight of 1 on every output, a pass gives just that; a row of J needs a 1 in its own
    place and zeros elsewhere. And `.grad` adds up from pass to pass, in one and the same tensor.
    """
    jacobian = _jacobian(func, inputs)
    return _sum_of_rows(func, inputs).expand(jacobian.shape).clone()


@mistake("jacobian")
def rows_share_the_last(func: Function, inputs: Tensor) -> Tensor:
    """All rows of your answer are the same: each is the last row of J.

    Perhaps one tensor stands in your list many times and changes, or each pass writes over all
    rows, or every row is computed only when the loop is over. Look at the row you store, and where
    and when you store it.
    """
    return _rows(func, inputs)[-1].expand(_jacobian(func, inputs).shape).clone()


@mistake("jacobian")
def jacobian_sign_turned(func: Function, inputs: Tensor) -> Tensor:
    """Every number of your answer has the wrong sign.

    Nothing in this task goes downhill: a minus belongs to the step of an optimiser, which may come
    later. Check by hand on f(x, y) = (x², y³), and look for the minus sign in your code.
    """
    return -_jacobian(func, inputs)


@mistake("jacobian")
def sum_of_rows(func: Function, inputs: Tensor) -> Tensor:
    """This is the sum of all rows of the Jacobian, not the Jacobian.

    A single backward pass from `y.sum()` adds up the slopes of all outputs, and no later step can
    take them apart again. What would you have to send backwards to get one row by itself?
    """
    return _sum_of_rows(func, inputs)


@mistake("jacobian")
def transposed(func: Function, inputs: Tensor) -> Tensor:
    """Your Jacobian lies on its side: the axes of the inputs come before those of the outputs.

    Row i belongs to output i and holds its slopes in all inputs. Take a function with two outputs
    and three inputs, write the matrix down by hand, and compare the shapes.
    """
    return _rows(func, inputs).movedim(0, -1).reshape(inputs.shape + func(inputs).shape)


@mistake("jacobian")
def diagonal_only(func: Function, inputs: Tensor) -> Tensor:
    """Only the diagonal of the Jacobian is filled in; all other entries are zero.

    Output i may depend on every input, not only on input i. Each row of J has as many slopes as
    there are inputs, and one backward pass gives you all of them.
    """
    jacobian = _jacobian(func, inputs)
    matrix = jacobian.reshape(-1, inputs.numel())
    keep = torch.eye(*matrix.shape, dtype=matrix.dtype, device=matrix.device)
    return (matrix * keep).reshape(jacobian.shape)


@mistake("jacobian")
def flattened(func: Function, inputs: Tensor) -> Tensor:
    """Your numbers lie in a matrix whatever the shapes of input and output are.

    The answer has the axes of the output first and then those of the input, however many each has.
    Compare its shape with that of `func(inputs)` and `inputs` before you return.
    """
    return _rows(func, inputs).reshape(-1, inputs.numel())


@mistake("jacobian")
def singleton_axes_lost(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are right, but an axis of length 1 got lost on the way.

    The answer has every axis of the output and every axis of the inputs, also one with a single
    place on it. Somewhere an axis is taken away because nothing seemed to be on it.
    """
    return _jacobian(func, inputs).squeeze()


@mistake("jacobian")
def columns_reshaped(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are right, and they lie in the wrong places.

    Yours run through the outputs first and the inputs second, as in a transposed J, and were then
    given a new shape in that order. `reshape` only cuts the row of numbers anew: when you give the
    answer its shape, each row of J must lie along the first axis, and not be turned.
    """
    jacobian = _jacobian(func, inputs)
    rows = jacobian.reshape(-1, max(1, inputs.numel()))
    return rows.T.reshape(jacobian.shape)


@mistake("jacobian")
def shape_turned(func: Function, inputs: Tensor) -> Tensor:
    """Your shape begins with the axes of the inputs, and those of the output come first.

    The numbers are in the right order. `reshape` does not mind which shape it gives them; the task
    asks for the output's axes, and then the inputs'.
    """
    jacobian = _jacobian(func, inputs)
    return jacobian.reshape(inputs.shape + func(inputs).shape)


@mistake("jacobian", symptom=Symptom.VECTORS_ONLY)
def jacobian_for_vectors_only(func: Function, inputs: Tensor) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    What comes in or out may be a matrix, or a single number without an axis. Look for a
    step that takes one axis for granted: `len`, a single index, `@`, a shape written by
    hand, or `*shape`, which of a single number is nothing at all.
    Number the entries in one row for the work, and give the answer its shape at the end.
    """
    y, x = _own_output(func, inputs)
    return torch.stack([_slope(y[place], x) for place in range(len(y))])


@mistake("jacobian", symptom=Symptom.READY_MADE)
def jacobian_ready_made(func: Function, inputs: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    Build the matrix from vector-Jacobian products: you have just written one. Which `v` brings
    out one single row?
    """
    return torch.func.jacrev(func)(inputs)


@mistake(
    "jacobian",
    symptom=Symptom.FINITE_DIFFERENCE,
    unless=_AUTOGRAD,
)
def jacobian_by_differences(func: Function, inputs: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    However small the step, it trades cutting error against rounding error. Autograd follows the
    chain rule instead and is exact to the last digits; let it do the work.
    """
    columns = []
    for index in range(inputs.numel()):
        step = torch.zeros_like(inputs)
        step.view(-1)[index] = 1e-6
        columns.append((func(inputs + step) - func(inputs - step)) / 2e-6)
    return torch.stack(columns, dim=-1).reshape(columns[0].shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.FLOAT32)
def jacobian_in_float32(func: Function, inputs: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. A tensor made without a dtype, such
    as the matrix that you fill row by row, is float32 unless you say otherwise.
    """
    return _jacobian(func, inputs).float()


@mistake("jacobian", symptom=Symptom.GRAPH_FREED)
def graph_freed_after_one_row(func: Function, inputs: Tensor) -> Tensor:
    """The first row went well; at the second one the graph was gone.

    To save memory, a backward pass throws away what the forward pass kept for it. You go back
    once per row: look up how to tell autograd that you will come again.
    """
    x = _own(inputs)
    y = func(x)
    rows = [torch.autograd.grad(number, x)[0] for number in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.NO_GRAPH)
def jacobian_refuses_constants(func: Function, inputs: Tensor) -> Tensor:
    """A function may ignore its input altogether; then there is no graph to go back through.

    Its Jacobian is not missing, it is full of zeros. Think about how you can see on the output
    that it has no graph, and which shape the zeros must have.
    """
    x = _own(inputs)
    y = func(x)
    rows = [
        torch.autograd.grad(
            number, x, retain_graph=True, allow_unused=True, materialize_grads=True
        )[0]
        for number in y.reshape(-1)
    ]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.UNUSED)
def jacobian_refuses_unused(func: Function, inputs: Tensor) -> Tensor:
    """The output has a graph, but `inputs` does not occur in it, and autograd stopped there.

    A slope in something that plays no part is zero. The documentation of `torch.autograd.grad`
    says how to allow such a case and what you get for it.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros(y.shape + inputs.shape, dtype=inputs.dtype, device=inputs.device)
    rows = [torch.autograd.grad(number, x, retain_graph=True)[0] for number in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.LEFT_GRAD)
def jacobian_leaves_grad(func: Function, inputs: Tensor) -> Tensor:
    """The last row stays behind in the caller's `.grad`, where the next gradient is added to it.

    Whoever uses this tensor afterwards gets a wrong gradient without a warning. Either ask
    autograd to hand each row over instead of storing it, or work on a tensor of your own.
    """
    y = func(inputs.requires_grad_())
    rows: list[Tensor] = []
    for number in y.reshape(-1):
        inputs.grad = None
        number.backward(retain_graph=True)
        assert inputs.grad is not None
        rows.append(inputs.grad)
    return torch.stack(rows).reshape(y.shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.CHANGED_GRAD)
def jacobian_wipes_grad(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        y = func(x) + 0 * x.sum()
        rows = _stored_rows(y, x)
    return torch.stack(rows).reshape(y.shape + inputs.shape).detach()


@mistake("jacobian", symptom=Symptom.MARKED_INPUTS)
def jacobian_marks_inputs(func: Function, inputs: Tensor) -> Tensor:
    """The numbers are yours, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    y = func(inputs.requires_grad_())
    rows = [torch.autograd.grad(number, inputs, retain_graph=True)[0] for number in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + inputs.shape)


@mistake("jacobian", symptom=Symptom.CHANGED_INPUTS)
def jacobian_overwrites_inputs(func: Function, inputs: Tensor) -> Tensor:
    """After the call, the numbers in the caller's tensor are different.

    `detach` gives a new name to the same memory, so writing into the one also changes the other.
    Look for operations in place and decide which of them need a tensor of their own.
    """
    jacobian = _jacobian(func, inputs)
    inputs.detach().zero_()
    return jacobian


@mistake("jvp")
def jvp_ignores_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer does not change with `v`: it is what a direction of ones gives.

    J v says how fast the outputs change when you walk along `v`. Follow `v` through your code:
    where does the direction come in?
    """
    return torch.tensordot(_jacobian(func, inputs), torch.ones_like(v), dims=v.dim())


@mistake("jvp")
def vjp_for_jvp(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is vᵀJ, but the task asks for J v: `v` met the wrong side of the Jacobian.

    Here J is square, so both products exist and only the numbers tell them apart. One backward
    pass always multiplies from the left; two such passes, or dual numbers, are the way round.
    """
    return torch.func.vjp(func, inputs.detach())[1](v)[0].detach()


@mistake("jvp")
def jvp_weighs_the_sum(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You added up all rows of J and multiplied the result by `v`, number by number.

    That is J v only where output i depends on input i alone. The answer holds one number per
    output: row i of J times `v`, added up over the inputs.
    """
    return _sum_of_rows(func, inputs) * v


@mistake("jvp")
def jvp_summed(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This single number is the sum of J v over all outputs.

    The gradient of `y.sum()` along `v` mixes all outputs, and they cannot be told apart again.
    The answer has the shape of `func(inputs)`: one rate of change per output.
    """
    return (_sum_of_rows(func, inputs) * v).sum()


@mistake("jvp")
def jvp_sign_turned(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Every number of your answer has the wrong sign.

    Nothing in this task goes downhill: a minus belongs to the step of an optimiser, which may come
    later. Check by hand on f(x, y) = (x², y³), and look for the minus sign in your code.
    """
    return -torch.tensordot(_jacobian(func, inputs), v, dims=v.dim())


@mistake("jvp")
def jvp_value_times_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You multiplied the value of `func` by `v`, number by number.

    The value says where `func` is, and the derivative how it changes: nothing has been
    differentiated here. Follow `func(inputs)` through your code: what goes backwards from it?
    """
    return func(inputs.detach()) * v


@mistake("jvp")
def jvp_value_dot_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This single number is the value of `func` times `v`, added up.

    The value says where `func` is, and the derivative how it changes: nothing has been
    differentiated here. Follow `func(inputs)` through your code: what goes backwards from it?
    """
    return (func(inputs.detach()) * v).sum()


@mistake("jvp")
def jvp_value_matmul_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is the value of `func`, multiplied by `v` as matrices are.

    The value says where `func` is, and the derivative how it changes: nothing has been
    differentiated here. Follow `func(inputs)` through your code: what goes backwards from it?
    """
    return func(inputs.detach()) @ v


@mistake("jvp")
def jvp_flattened(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your numbers lie in one long row.

    The answer holds one number per output, so it should have the shape of `func(inputs)`, whether
    that is a vector, a matrix or a single number. Compare the two shapes before you return.
    """
    return torch.tensordot(_jacobian(func, inputs), v, dims=v.dim()).reshape(-1)


@mistake("jvp", symptom=Symptom.NONE_FOR_ZEROS)
def jvp_none_for_zeros(func: Function, inputs: Tensor, v: Tensor) -> Tensor | None:
    """Where nothing depends on `inputs`, your function returned None.

    A dual number that did not move has no tangent, and what plays no part has no gradient. J v is
    zeros there, in the shape of the output.
    """
    with torch.autograd.forward_ad.dual_level():
        moved = func(torch.autograd.forward_ad.make_dual(inputs.detach(), v))
        tangent: Tensor | None = torch.autograd.forward_ad.unpack_dual(moved).tangent
    return tangent if tangent is None else tangent.detach()


@mistake("jvp")
def jvp_zeros_shaped_as_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Where nothing depends on `inputs`, your zeros have the shape of `inputs`.

    J v holds one number per number of the output, and that does not change when all of them are
    zero. Look at the tensor that you take the shape from.
    """
    y, x = _own_output(func, inputs)
    if not _depends(y, x):
        return torch.zeros_like(x)
    return torch.tensordot(_jacobian(func, inputs), v, dims=v.dim())


@mistake("jvp")
def jvp_v_normalised(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer has the right direction, but the length of `v` is lost.

    J v grows with `v`: twice as long a `v` gives twice as long an answer. Look for a place where
    `v` is divided by its norm.
    """
    unit = v / v.norm()
    return torch.tensordot(_jacobian(func, inputs), unit, dims=v.dim())


@mistake("jvp")
def jvp_zero_for_want_of_a_graph(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer is zero everywhere, as if the outputs did not depend on the inputs.

    They do. Something is lost on the way: a first pass that is not recorded unless you ask for it,
    a `detach`, a `v` that never comes in, or zeros that stand in where no graph is found. Print
    what each step gives, and its `grad_fn`.
    """
    return torch.zeros_like(torch.tensordot(_jacobian(func, inputs), v, dims=v.dim()))


@mistake("jvp", symptom=Symptom.VECTORS_ONLY)
def jvp_for_vectors_only(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    What comes in or out may be a matrix, or a single number without an axis. Look for a
    step that takes one axis for granted: `len`, a single index, `@`, a shape written by
    hand, or `*shape`, which of a single number is nothing at all.
    Number the entries in one row for the work, and give the answer its shape at the end.
    """
    y, x = _own_output(func, inputs)
    return torch.stack([_slope(y[place], x) @ v for place in range(len(y))])


@mistake("jvp", symptom=Symptom.READY_MADE)
def jvp_ready_made(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    Build it from two backward passes, or carry the direction along with dual numbers. Either way
    is short once you have done it by hand on the first example.
    """
    return torch.func.jvp(func, (inputs,), (v,))[1]


@mistake(
    "jvp",
    symptom=Symptom.FINITE_DIFFERENCE,
    unless=_AUTOGRAD,
)
def jvp_by_differences(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    A small step along `v` is the right picture, but the step in the limit is what counts.
    Autograd gives that limit exactly, to the last digits.
    """
    return (func(inputs + 1e-6 * v) - func(inputs - 1e-6 * v)) / 2e-6


@mistake("jvp", symptom=Symptom.FLOAT32)
def jvp_in_float32(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. Look for a tensor that you make
    without saying its dtype, or for a conversion on the way.
    """
    return torch.tensordot(_jacobian(func, inputs), v, dims=v.dim()).float()


@mistake("jvp", symptom=Symptom.NO_GRAPH, unless=("create_graph",))
def jvp_without_second_graph(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your second backward pass found no graph to go back through.

    In the trick with two passes, the first result must itself be something that autograd can
    differentiate. Unless told so, a backward pass is not recorded, and a constant has no graph.
    """
    x = _own(inputs)
    y = func(x)
    weights = torch.ones_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, weights)
    return torch.autograd.grad(pulled, weights, v)[0]


@mistake("jvp", symptom=Symptom.NO_GRAPH)
def jvp_refuses_constants(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """A function may ignore its input altogether; then there is no graph to go back through.

    Its outputs do not change along any direction: the answer is zeros. Think about how you can
    see that a tensor has no graph, and which shape the zeros must have.
    """
    x = _own(inputs)
    y = func(x)
    weights = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, weights, create_graph=True, allow_unused=True)
    if pulled is None:
        return torch.zeros_like(y)
    return torch.autograd.grad(pulled, weights, v)[0]


@mistake("jvp", symptom=Symptom.UNUSED)
def jvp_refuses_unused(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The output has a graph, but `inputs` does not occur in it, and autograd stopped there.

    Nothing changes along a direction that plays no part: the answer is zero there. The
    documentation of `torch.autograd.grad` says how to allow such a case and what you get for it.
    """
    x = _own(inputs)
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(y)
    weights = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, x, weights, create_graph=True)
    return torch.autograd.grad(pulled, weights, v)[0]


@mistake("jvp", symptom=Symptom.LEFT_GRAD)
def jvp_leaves_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Something stays behind in the caller's `.grad`, where the next gradient is added to it.

    Whoever uses this tensor afterwards gets a wrong gradient without a warning. Either ask
    autograd to hand results over instead of storing them, or work on a tensor of your own.
    """
    y = func(inputs.requires_grad_())
    numbers: list[Tensor] = []
    for number in y.reshape(-1):
        inputs.grad = None
        number.backward(retain_graph=True)
        assert inputs.grad is not None
        numbers.append((inputs.grad * v).sum())
    return torch.stack(numbers).reshape(y.shape)


@mistake("jvp", symptom=Symptom.CHANGED_GRAD)
def jvp_wipes_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        y = func(x) + 0 * x.sum()
        numbers = [(row * v).sum() for row in _stored_rows(y, x)]
    return torch.stack(numbers).reshape(y.shape).detach()


@mistake("jvp", symptom=Symptom.MARKED_INPUTS)
def jvp_marks_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are yours, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    y = func(inputs.requires_grad_())
    weights = torch.zeros_like(y, requires_grad=True)
    (pulled,) = torch.autograd.grad(y, inputs, weights, create_graph=True)
    return torch.autograd.grad(pulled, weights, v)[0]


@mistake("jvp", symptom=Symptom.CHANGED_INPUTS)
def jvp_overwrites_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """After the call, the numbers in one of the caller's tensors are different.

    Walking along `v` is fine, but walk with a tensor of your own. Look for operations in place,
    and remember that `detach` gives a new name to the same memory.
    """
    result = (_rows(func, inputs) * v).flatten(1).sum(1).reshape(func(inputs.detach()).shape)
    inputs.add_(v)
    return result


MISTAKES: tuple[Mistake, ...] = (
    vjp_ready_made,
    vjp_ignores_v,
    jvp_for_vjp,
    vjp_weighs_the_sum,
    vjp_of_the_mean,
    vjp_sign_turned,
    vjp_value_times_v,
    vjp_value_dot_v,
    vjp_flattened,
    vjp_zeros_shaped_as_outputs,
    vjp_for_vectors_only,
    vjp_leaves_grad,
    vjp_wipes_grad,
    vjp_overwrites_inputs,
    vjp_marks_inputs,
    vjp_in_float32,
    vjp_by_differences,
    vjp_refuses_unused,
    vjp_none_for_zeros,
    vjp_zeros_of_the_default_dtype,
    vjp_refuses_constants,
    jacobian_ready_made,
    graph_freed_after_one_row,
    rows_pile_up,
    rows_share_the_total,
    rows_share_the_last,
    transposed,
    columns_reshaped,
    shape_turned,
    sum_of_rows,
    jacobian_sign_turned,
    diagonal_only,
    flattened,
    singleton_axes_lost,
    jacobian_for_vectors_only,
    jacobian_leaves_grad,
    jacobian_wipes_grad,
    jacobian_overwrites_inputs,
    jacobian_marks_inputs,
    jacobian_in_float32,
    jacobian_by_differences,
    jacobian_refuses_unused,
    jacobian_refuses_constants,
    jvp_ready_made,
    jvp_ignores_v,
    vjp_for_jvp,
    jvp_v_normalised,
    jvp_zero_for_want_of_a_graph,
    jvp_weighs_the_sum,
    jvp_sign_turned,
    jvp_value_times_v,
    jvp_value_dot_v,
    jvp_value_matmul_v,
    jvp_summed,
    jvp_flattened,
    jvp_none_for_zeros,
    jvp_zeros_shaped_as_inputs,
    jvp_for_vectors_only,
    jvp_leaves_grad,
    jvp_wipes_grad,
    jvp_overwrites_inputs,
    jvp_marks_inputs,
    jvp_in_float32,
    jvp_by_differences,
    jvp_refuses_unused,
    jvp_without_second_graph,
    jvp_refuses_constants,
)
