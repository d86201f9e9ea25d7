"""Known mistakes of the topic `hvp`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
Product = Callable[[Function, Tensor, Tensor], Tensor | None]
Tensors = tuple[Tensor, ...]
Parameters = Sequence[Tensor]


def _gradient(func: Function, inputs: Tensor) -> Tensor:
    return torch.func.grad(func)(inputs.detach()).detach()


def _hvp(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(func), (inputs.detach(),), (v,))[1].detach()


def _matrix(func: Function, inputs: Tensor) -> Tensor:
    """Give the exact Hessian as an n × n matrix, whatever the shape of `inputs`."""
    hessian = torch.func.jacrev(torch.func.jacrev(func))(inputs.detach()).detach()
    return hessian.reshape(inputs.numel(), inputs.numel())


def _own(inputs: Tensor) -> Tensor:
    return inputs.detach().clone().requires_grad_()


@contextmanager
def _as_scratch(inputs: Tensor) -> Iterator[Tensor]:
    """Give the caller's tensor itself to work on, and clear its .grad before and afterwards."""
    marked = inputs.requires_grad
    inputs.requires_grad_().grad = None
    yield inputs
    inputs.requires_grad_(marked).grad = None


def _recorded_gradient(func: Function, x: Tensor) -> Tensor:
    """Give a gradient at the leaf `x` that always has a graph in which `x` occurs."""
    value = func(x) + 0 * (x * x).sum()
    return torch.autograd.grad(value, x, create_graph=True)[0]


def _double_backward(func: Function, x: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.grad(_recorded_gradient(func, x), x, v)[0]


def _for_both(
    symptom: Symptom | None = None, *, unless: tuple[str, ...] = ()
) -> Callable[[Product], tuple[Mistake, Mistake]]:
    """Register a mistake for both tasks that ask for H v of a function."""

    def register(function: Product) -> tuple[Mistake, Mistake]:
        return (
            mistake("hvp", symptom=symptom, unless=unless)(function),
            mistake("hvp_forward_over_reverse", symptom=symptom, unless=unless)(function),
        )

    return register


@mistake("hessian_bytes")
def entries_not_bytes(n: int, dtype: torch.dtype) -> int:
    """You counted the entries of the matrix, not the bytes that they take.

    Each entry is a number of the given dtype, and numbers come in sizes. Multiply by how many
    bytes one of them needs; the dtype can tell you.
    """
    return n * n


@mistake("hessian_bytes")
def float32_assumed(n: int, dtype: torch.dtype) -> int:
    """You take 4 bytes for every number, whatever its dtype is.

    That is float32. Other dtypes are half as large or twice as large, and the function is told
    which one is meant: let it look.
    """
    return 4 * n * n


@mistake("hessian_bytes")
def float64_assumed(n: int, dtype: torch.dtype) -> int:
    """You take 8 bytes for every number, whatever its dtype is.

    That is float64. Most networks use smaller numbers, and the function is told which dtype is
    meant: let it look.
    """
    return 8 * n * n


@mistake("hessian_bytes")
def bits_for_bytes(n: int, dtype: torch.dtype) -> int:
    """Your answer is eight times too large: it counts bits.

    Eight bits make a byte. Some properties of a dtype are given in bits, others in bytes; look up
    which one you asked for.
    """
    return n * n * torch.finfo(dtype).bits


@mistake("hessian_bytes")
def gradient_bytes(n: int, dtype: torch.dtype) -> int:
    """These are the bytes of the gradient: n numbers.

    The Hessian has a row for every input and a column for every input. Count its entries again;
    that is the whole point of this topic.
    """
    return n * dtype.itemsize


@mistake("hessian_bytes")
def one_triangle_counted(n: int, dtype: torch.dtype) -> int:
    """You count each pair of mirrored entries once.

    It is true that H is symmetric, so one triangle would be enough. The dense matrix that PyTorch
    makes stores all n × n entries all the same.
    """
    return n * (n + 1) // 2 * dtype.itemsize


@mistake("hessian_bytes")
def float_on_the_way(n: int, dtype: torch.dtype) -> int:
    """Your answer is right in front and wrong at the end: a float has been on the way.

    A float keeps 16 digits, and n² has more for large n. Multiply whole numbers with `*`, which
    loses none, and leave out what makes floats: `/`, `math.pow`, `1e6`, a tensor.
    """
    return int(float(n) * n * dtype.itemsize)


@mistake("hessian_bytes")
def bytes_as_a_float(n: int, dtype: torch.dtype) -> float:
    """Your number of bytes is a float.

    A single slash divides into a float, also where nothing is left over, and a power like 2.0 gives
    one, too. A count is a whole number: `//` and whole powers keep it one.
    """
    return n * n * dtype.itemsize * 8 / 8


@mistake("hessian_bytes", symptom=Symptom.DENSE)
def matrix_made_to_be_measured(n: int, dtype: torch.dtype) -> int:
    """To say how large the matrix is, you make one, and that is what no machine can do here.

    For 10⁶ parameters it would be terabytes. The answer is a multiplication of three whole
    numbers, and needs no tensor at all.
    """
    return torch.empty(n, n, dtype=dtype).nbytes


@_for_both()
def zero_gradient_taken_for_straight(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your product is zero where the gradient is, at the bottom of a bowl, too.

    A gradient that is zero *here* may change all the same: f(x) = x² at x = 0 has the curvature 2.
    Whether there is anything to differentiate, its graph says (`requires_grad`), not its numbers.
    """
    product = _hvp(func, inputs, v)
    return product if bool(_gradient(func, inputs).any()) else torch.zeros_like(product)


@_for_both(Symptom.NONE_FOR_ZEROS)
def product_none_for_zeros(func: Function, inputs: Tensor, v: Tensor) -> Tensor | None:
    """Where the product is zero, your function returned None.

    torch gives None for what plays no part: a gradient with `allow_unused=True`, the tangent of a
    number that does not move. There the answer is zeros, in the shape of `inputs`.
    """
    found = _hvp(func, inputs, v)
    return found if bool(found.any()) else None


@_for_both()
def zeros_of_the_default_dtype(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Where there is no curvature, you make zeros, and they are float32 whatever the inputs are.

    `torch.zeros(shape)` knows nothing of your tensors: it takes torch's default dtype, and the CPU.
    `torch.zeros_like` makes them as another tensor is.
    """
    product = _hvp(func, inputs, v)
    return product if bool(product.any()) else torch.zeros(product.shape)


@_for_both()
def zeros_for_want_of_a_graph(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your product is zero everywhere, as if the gradient did not depend on the point.

    It does, and that is lost on the way. Look for a `detach`, a backward pass that is not recorded,
    another tensor than the one that went in, or a zero that stands in for a missing answer.
    """
    return torch.zeros_like(inputs)


@_for_both()
def gradient_returned(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is the gradient itself: the second derivative has not happened yet.

    If your routine gives back two things, a value and its rate of change along `v`, you took the
    first. H v is how the gradient changes when the point moves along `v`.
    """
    return _gradient(func, inputs)


@_for_both()
def gradient_times_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You multiplied the gradient by `v`, number by number, and stopped there.

    No second derivative is in it: for f(x) = x² at x = 0 you would get 0, but H v is 2 v. The
    product of gradient and `v` is a good beginning; what is missing is to differentiate it.
    """
    return _gradient(func, inputs) * v


@_for_both()
def slope_along_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You have one number, the slope of `func` along `v`.

    That is the first derivative in this direction. H v asks the same question of the gradient
    instead of `func`: how does each of its entries change along `v`?
    """
    return (_gradient(func, inputs) * v).sum()


@_for_both()
def curvature_along_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You have one number, vᵀH v, the curvature of `func` along `v`.

    That is H v, multiplied by `v` once more. The task asks for H v, which has as many numbers as
    `inputs`.
    """
    return (_hvp(func, inputs, v) * v).sum()


@_for_both()
def outer_product_times_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is the gradient, scaled by its dot product with `v`: g (g · v).

    That would be right if H were g gᵀ. The product of two slopes says nothing about how the slopes
    change, though: H is the derivative of the gradient.
    """
    slopes = _gradient(func, inputs)
    return slopes * (slopes * v).sum()


@_for_both()
def gradient_added(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer is H v plus the gradient.

    See where the gradient comes in. Do you add it, or f itself to what you differentiate? Or do two
    backward passes go into one `.grad`, where they add up? Then ask autograd to hand the results
    over instead of storing them, and nothing can pile up.
    """
    return _gradient(func, inputs) + _hvp(func, inputs, v)


@_for_both()
def product_doubled(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Every number is exactly twice as large as it should be.

    H v holds every second derivative once. See whether something is added up twice: two backward
    passes into the same `.grad`, or a matrix added to its transpose.
    """
    return 2 * _hvp(func, inputs, v)


@_for_both()
def product_sign_turned(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Every number of your answer has the wrong sign.

    Nothing in this task goes downhill: a minus belongs to the step of an optimiser, which may come
    later. Check by hand on f(x, y) = x² + y², and look for the minus sign in your code.
    """
    return -_hvp(func, inputs, v)


@_for_both()
def v_ignored(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer does not change with `v`: it is what a `v` of ones gives.

    Differentiating the plain sum of the gradient adds up each row of H. Every column of H needs
    its own weight before anything is added, and the weights are the numbers of `v`.
    """
    return _hvp(func, inputs, torch.ones_like(v))


@_for_both()
def v_applied_afterwards(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You added up the rows of H first and multiplied by `v` afterwards.

    That is only right where H is diagonal, because a sum cannot be weighed once it is made. `v` has
    to be there before the second derivative is taken.
    """
    return _hvp(func, inputs, torch.ones_like(v)) * v


@_for_both()
def diagonal_times_v(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You multiplied `v` by the diagonal of H alone.

    The entries beside the diagonal say how the slope in one input changes when another one moves,
    and they belong to the product as well. Row i of H meets the whole of `v`.
    """
    return _matrix(func, inputs).diagonal().reshape(inputs.shape) * v


@_for_both()
def v_normalised(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your answer has the right direction, but the length of `v` is lost.

    H v grows with `v`: twice as long a `v` gives twice as long an answer. Look for a place where
    `v` is divided by its norm.
    """
    return _hvp(func, inputs, v / v.norm())


@_for_both()
def product_flattened(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your numbers lie in one long row.

    H v has the shape of `inputs`, whether that is a vector, a matrix or a single number. Compare
    the two before you return.
    """
    return _hvp(func, inputs, v).reshape(-1)


@_for_both(Symptom.VECTORS_ONLY)
def product_for_vectors_only(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    What comes in may be a matrix, or a single number without an axis. Look for a
    step that takes one axis for granted: `len`, a single index, `@`, a shape written by
    hand, or `*shape`, which of a single number is nothing at all.
    Number the entries in one row for the work, and give the answer its shape at the end.
    """
    x = _own(inputs)
    return torch.autograd.grad(_recorded_gradient(func, x) @ v, x)[0]


@_for_both(Symptom.READY_MADE)
def product_ready_made(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """That is the library's own routine for this very task, so there is nothing left to learn.

    It needs two derivatives, one after the other, and you know how to take each. Decide where `v`
    comes in, and you have written it yourself.
    """
    return torch.autograd.functional.hvp(func, inputs, v)[1]


@_for_both(Symptom.DENSE)
def hessian_materialised(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Something as large as the whole Hessian was in memory.

    For 10⁶ inputs that is 4 TB. You only need the effect of H on one `v`: where can `v` come in so
    early that no matrix is ever made, neither H nor another one?
    """
    return (_matrix(func, inputs) @ v.reshape(-1)).reshape(inputs.shape)


@_for_both(Symptom.ROW_LIST)
def list_of_rows(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """All rows of H were in memory at the same time: together they are the Hessian.

    You never need a row by itself, nor all of them: where can `v` come in so early that one
    backward pass gives the whole product?
    """
    x = _own(inputs)
    slopes = _recorded_gradient(func, x).reshape(-1)
    rows = [torch.autograd.grad(slope, x, retain_graph=True)[0] for slope in slopes]
    return torch.stack([(row * v).sum() for row in rows]).reshape(inputs.shape)


@_for_both(Symptom.MANY_PASSES)
def row_by_row(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right and the memory is small, but every row of H costs a backward pass.

    With 10⁶ inputs that is a million passes, where two are enough. Can all rows be weighed and
    added up before you go backwards?
    """
    x = _own(inputs)
    slopes = _recorded_gradient(func, x).reshape(-1)
    result = torch.empty_like(slopes)
    for index, slope in enumerate(slopes):
        row = torch.autograd.grad(slope, x, retain_graph=True)[0]
        result[index] = (row * v).sum()
    return result.detach().reshape(inputs.shape)


@_for_both(Symptom.FINITE_DIFFERENCE, unless=("create_graph",))
def difference_of_gradients(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference of two gradients.

    However small the step, it trades cutting error against rounding error. To differentiate the
    gradient once more costs about the same and is exact to the last digits.
    """
    step = 1e-5
    ahead, behind = _gradient(func, inputs + step * v), _gradient(func, inputs - step * v)
    return (ahead - behind) / (2 * step)


@_for_both(Symptom.FLOAT32)
def product_in_float32(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. Look for a conversion on the way, or
    for a tensor that you make without saying its dtype.
    """
    return _hvp(func, inputs, v).float()


@_for_both(Symptom.NO_GRAPH, unless=("create_graph",))
def product_without_create_graph(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your gradient is a plain tensor of numbers: autograd cannot differentiate it again.

    A backward pass is not recorded unless you ask for it, because most people only need the first
    derivative. You met the option for it in the topic on the Hessian.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x)
    return torch.autograd.grad(slopes, x, v)[0]


@_for_both(Symptom.NO_GRAPH)
def product_refuses_linear(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Where `func` is linear or constant, its gradient depends on nothing and has no graph.

    That is no error: a slope that never changes has derivative zero. Think about how you can see
    that a tensor has no graph, and what H v is then.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True, materialize_grads=True)
    return torch.autograd.grad(slopes, x, v, materialize_grads=True)[0]


@_for_both(Symptom.UNUSED)
def product_refuses_unused(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """There is a graph, but `inputs` does not occur in it, and autograd stopped there.

    This happens where `func` ignores its input, and where its gradient does. Both times the answer
    is zero; the documentation of `torch.autograd.grad` says how to allow such a case.
    """
    x = _own(inputs)
    value = func(x)
    if not value.requires_grad:
        return torch.zeros_like(inputs)
    (slopes,) = torch.autograd.grad(value, x, create_graph=True)
    if not slopes.requires_grad:
        return torch.zeros_like(inputs)
    return torch.autograd.grad(slopes, x, v)[0]


@_for_both(Symptom.GRAPH_FREED)
def product_graph_freed(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """A first backward pass went well; at the next one through the same graph it was gone.

    To save memory, a pass throws away what was kept for it. Either tell autograd that you will
    come again, or ask whether a single pass could bring you all of it.
    """
    x = _own(inputs)
    slopes = _recorded_gradient(func, x).reshape(-1)
    rows = [torch.autograd.grad(slope, x)[0] for slope in slopes]
    return torch.stack([(row * v).sum() for row in rows]).reshape(inputs.shape)


@_for_both(Symptom.LEFT_GRAD)
def product_leaves_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right, but a gradient stays behind in the caller's `.grad`.

    The next one is added to it. And with a recorded backward pass, tensor and graph hold on to
    each other, so their memory is not given back. Ask autograd to hand the results over instead.
    """
    (func(inputs.requires_grad_()) + 0 * (inputs * inputs).sum()).backward(create_graph=True)
    slopes = inputs.grad
    assert slopes is not None
    return torch.autograd.grad(slopes, inputs, v)[0]


@_for_both(Symptom.CHANGED_GRAD)
def product_wipes_grad(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        _recorded_gradient(func, x).backward(v, inputs=[x])
        assert x.grad is not None
        return x.grad.detach()


@_for_both(Symptom.MARKED_INPUTS)
def product_marks_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """The numbers are right, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    return _double_backward(func, inputs.requires_grad_(), v)


@_for_both(Symptom.CHANGED_INPUTS)
def product_overwrites_inputs(func: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """After the call, the numbers in one of the caller's tensors are different.

    An operation whose name ends in an underscore writes into the tensor itself, and so do `*=` and
    its like; `detach` shares the memory. Decide which of them need a tensor of their own.
    """
    product = _double_backward(func, _own(inputs), v)
    v.copy_(product)
    return v


def _split(flat: Tensor, parameters: Parameters) -> Tensors:
    parts = flat.split([parameter.numel() for parameter in parameters])
    shaped = [part.reshape(p.shape) for part, p in zip(parts, parameters, strict=True)]
    return tuple(shaped)


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def _slopes(loss: Tensor, parameters: Parameters) -> Tensors:
    """Give gradients that always have a graph in which every parameter occurs."""
    anchored = loss + 0 * torch.stack([(p * p).sum() for p in parameters]).sum()
    return torch.autograd.grad(anchored, list(parameters), create_graph=True)


def _product(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    slopes = _slopes(loss, parameters)
    return torch.autograd.grad(slopes, list(parameters), list(v), retain_graph=True)


def _rows(loss: Tensor, parameters: Parameters) -> list[Tensor]:
    """Give the rows of the Hessian over all parameters, each as one vector."""
    slopes = _flat(_slopes(loss, parameters))
    grad, own = torch.autograd.grad, list(parameters)
    return [_flat(grad(slope, own, retain_graph=True)) for slope in slopes]


@mistake("parameter_hvp")
def parameter_zeros(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Your product is zero for every parameter, as if the gradient did not depend on them.

    It does, and that is lost on the way. Look for a `detach`, a backward pass that is not recorded,
    another tensor than the one that went in, or a zero that stands in for a missing answer.
    """
    return tuple(torch.zeros_like(parameter) for parameter in parameters)


@mistake("parameter_hvp", symptom=Symptom.NONE_FOR_ZEROS)
def parameter_none_for_zeros(
    loss: Tensor, parameters: Parameters, v: Parameters
) -> tuple[Tensor | None, ...]:
    """For a parameter whose part of the product is zero, you returned None.

    What played no part has None in its `.grad`, and is None to `torch.autograd.grad` where that is
    told `allow_unused=True`. Your caller expects a tensor for each parameter: zeros, in its shape.
    """
    return tuple(one if bool(one.any()) else None for one in _product(loss, parameters, v))


@mistake("parameter_hvp")
def parameter_zeros_for_all(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """One parameter plays no part, and you return zeros for all of them.

    That the gradient by one of them is None says nothing of the others. Zeros are for that one.
    """
    plays = [bool(one.any()) for one in _slopes(loss, parameters)]
    if not all(plays):
        return tuple(torch.zeros_like(parameter) for parameter in parameters)
    return _product(loss, parameters, v)


@mistake("parameter_hvp")
def parameter_zeros_where_one_is_straight(
    loss: Tensor, parameters: Parameters, v: Parameters
) -> Tensors:
    """The loss is a straight line in one parameter, and you return zeros for all of them.

    Then the gradient by that one has no graph. The others have theirs: leave out what has none, and
    differentiate the rest.
    """
    products = _product(loss, parameters, v)
    straight = not all(bool(one.any()) for one in products)
    return tuple(map(torch.zeros_like, products)) if straight else products


@mistake("parameter_hvp")
def parameter_gradient_returned(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """These are the gradients themselves: the second derivative has not happened yet.

    H v is how all gradients change when all parameters move along `v`. Start from what you have
    and differentiate it once more.
    """
    return tuple(slope.detach() for slope in _slopes(loss, parameters))


@mistake("parameter_hvp")
def parameter_gradient_times_v(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """You multiplied each gradient by its part of `v`, number by number, and stopped there.

    No second derivative is in it yet. The product of gradient and `v` is a good beginning; what is
    missing is to add it up over all parameters and to differentiate the sum.
    """
    return tuple((g * u).detach() for g, u in zip(_slopes(loss, parameters), v, strict=True))


@mistake("parameter_hvp")
def parameter_outer_product(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """These are the gradients, scaled by their dot product with `v`: g (g · v).

    That would be right if H were g gᵀ. The product of two slopes says nothing about how the slopes
    change, though: H is the derivative of the gradient.
    """
    flat = _flat(_slopes(loss, parameters)).detach()
    return _split(flat * (flat @ _flat(v)), parameters)


@mistake("parameter_hvp")
def parameter_block_diagonal(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Each of your parameters only meets its own part of `v`.

    When one parameter moves, the gradients of the others change too: a bias shifts what the next
    weight sees. Those blocks of H are missing. Form one number from all gradients and all of `v`
    before you differentiate.
    """
    slopes = _slopes(loss, parameters)
    grad = torch.autograd.grad
    return tuple(
        grad(slope, parameter, part, retain_graph=True)[0]
        for slope, parameter, part in zip(slopes, parameters, v, strict=True)
    )


@mistake("parameter_hvp")
def parameter_coupling_lost_where_straight(
    loss: Tensor, parameters: Parameters, v: Parameters
) -> Tensors:
    """Where the loss is a straight line in a parameter, you return zeros for it, and too soon.

    In a · b it is straight in a and straight in b, and still each slope moves with the other one.
    Zeros are due where the gradient depends on nothing at all.
    """
    slopes, products = _slopes(loss, parameters), _product(loss, parameters, v)
    return tuple(
        product if _bends_by_itself(slope, parameter) else torch.zeros_like(product)
        for slope, parameter, product in zip(slopes, parameters, products, strict=True)
    )


def _bends_by_itself(slope: Tensor, parameter: Tensor) -> bool:
    rows = [
        torch.autograd.grad(one, parameter, retain_graph=True, materialize_grads=True)[0]
        for one in slope.reshape(-1)
    ]
    return any(bool(row.any()) for row in rows)


@mistake("parameter_hvp")
def parameter_gradient_added(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Your answer is H v plus the gradient.

    See where the gradient comes in. Do you add it, or the loss itself to what you differentiate? Or
    do two backward passes go into one `.grad`, where they add up? Then ask autograd to hand the
    results over instead of storing them, and nothing can pile up.
    """
    slopes, products = _slopes(loss, parameters), _product(loss, parameters, v)
    return tuple((g + h).detach() for g, h in zip(slopes, products, strict=True))


@mistake("parameter_hvp")
def parameter_product_doubled(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Every number is exactly twice as large as it should be.

    H v holds every second derivative once. See whether a cross term is counted from both sides, or
    whether two backward passes went into the same `.grad`.
    """
    return tuple(2 * product for product in _product(loss, parameters, v))


@mistake("parameter_hvp")
def parameter_v_ignored(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Your answer does not change with `v`: it is what a `v` of ones gives.

    Differentiating the plain sum of all gradients adds up each row of H. Every column of H needs
    its own weight before anything is added, and the weights are the numbers of `v`.
    """
    return _product(loss, parameters, [torch.ones_like(part) for part in v])


@mistake("parameter_hvp")
def parameter_v_applied_afterwards(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """You added up the rows of H first and multiplied by `v` afterwards.

    That is only right where H is diagonal, because a sum cannot be weighed once it is made. `v` has
    to be there before the second derivative is taken.
    """
    sums = _product(loss, parameters, [torch.ones_like(part) for part in v])
    return tuple(total * part for total, part in zip(sums, v, strict=True))


@mistake("parameter_hvp")
def parameter_diagonal_times_v(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """You multiplied `v` by the diagonal of H alone.

    The entries beside the diagonal say how the slope of one number changes when another one moves,
    within a parameter and between two of them. They belong to the product as well.
    """
    diagonal = torch.stack([row[index] for index, row in enumerate(_rows(loss, parameters))])
    return _split(diagonal * _flat(v), parameters)


@mistake("parameter_hvp", symptom=Symptom.NOT_A_TUPLE)
def parameter_flat(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensor:
    """Your answer is one long vector.

    Whoever calls this wants to add the product to the parameters, so it comes in the same pieces:
    a tuple with one tensor for each parameter, of that parameter's shape.
    """
    return _flat(_product(loss, parameters, v))


@mistake("parameter_hvp", symptom=Symptom.DENSE)
def parameter_hessian_materialised(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Something as large as the whole Hessian was in memory.

    For 10⁶ parameters that is 4 TB. You only need the effect of H on one `v`: where can `v` come in
    so early that no matrix is ever made, neither H nor another one?
    """
    return _split(torch.stack(_rows(loss, parameters)) @ _flat(v), parameters)


@mistake("parameter_hvp", symptom=Symptom.ROW_LIST)
def parameter_list_of_rows(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """All rows of H were in memory at the same time: together they are the Hessian.

    You never need a row by itself, nor all of them: where can `v` come in so early that one
    backward pass gives the whole product?
    """
    rows, direction = _rows(loss, parameters), _flat(v)
    return _split(torch.stack([row @ direction for row in rows]), parameters)


@mistake("parameter_hvp", symptom=Symptom.MANY_PASSES)
def parameter_row_by_row(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """The numbers are right and the memory is small, but every row of H costs a backward pass.

    With 10⁶ parameters that is a million passes, where two are enough. Can all rows be weighed and
    added up before you go backwards?
    """
    slopes, direction = _flat(_slopes(loss, parameters)), _flat(v)
    grad, own = torch.autograd.grad, list(parameters)
    result = torch.empty_like(direction)
    for index, slope in enumerate(slopes):
        result[index] = _flat(grad(slope, own, retain_graph=True)) @ direction
    return _split(result, parameters)


@mistake("parameter_hvp", symptom=Symptom.FLOAT32)
def parameter_product_in_float32(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Half of the digits are gone: every number of your answer fits into float32.

    The parameters came in float64 and the answer should keep that. Look for a conversion on the
    way, or for a tensor that you make without saying its dtype.
    """
    return tuple(product.float() for product in _product(loss, parameters, v))


@mistake("parameter_hvp", symptom=Symptom.NO_GRAPH, unless=("create_graph",))
def parameter_without_create_graph(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Your gradients are plain tensors of numbers: autograd cannot differentiate them again.

    A backward pass is not recorded unless you ask for it, because most people only need the first
    derivative. You met the option for it in the topic on the Hessian.
    """
    slopes = torch.autograd.grad(loss, list(parameters), retain_graph=True, materialize_grads=True)
    return torch.autograd.grad(slopes, list(parameters), list(v), materialize_grads=True)


@mistake("parameter_hvp", symptom=Symptom.NO_GRAPH)
def parameter_refuses_constants(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """A loss that no parameter has a part in carries no graph, and autograd stopped there.

    Its derivatives are not missing, they are zero. Think about how you can see on `loss` itself
    that it has no graph, and what H v is then.
    """
    if not loss.requires_grad:
        torch.autograd.grad(loss, list(parameters))
    return _product(loss, parameters, v)


@mistake("parameter_hvp", symptom=Symptom.NO_GRAPH)
def parameter_refuses_linear(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """Where the loss is linear in a parameter, that gradient depends on nothing and has no graph.

    That is no error: a slope that never changes has derivative zero. Think about how you can see
    that a gradient has no graph, and what to do with the ones that have.
    """
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True, materialize_grads=True)
    kept = [(g, u) for g, u in zip(slopes, v, strict=True) if g.requires_grad or g.any()]
    return torch.autograd.grad(
        [g for g, _ in kept], own, [u for _, u in kept], retain_graph=True, materialize_grads=True
    )


@mistake("parameter_hvp", symptom=Symptom.UNUSED)
def parameter_refuses_unused(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """One of the parameters does not occur in the loss or in its gradient; autograd stopped there.

    A network may well have a layer that this loss never uses. Its part of H v is zero; the
    documentation of `torch.autograd.grad` says how to allow such a case.
    """
    own = list(parameters)
    slopes = torch.autograd.grad(loss, own, create_graph=True)
    dot = torch.stack([(g * u).sum() for g, u in zip(slopes, v, strict=True)]).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(dot, own, retain_graph=True)


@mistake("parameter_hvp", symptom=Symptom.GRAPH_FREED)
def parameter_graph_freed(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """A first backward pass went well; at the next one through the same graph it was gone.

    To save memory, a pass throws away what was kept for it. Either tell autograd that you will
    come again, or ask whether a single pass could bring you the parts of all parameters.
    """
    own = list(parameters)
    slopes = _slopes(loss, own)
    parts = [
        torch.autograd.grad(slope, own, u, materialize_grads=True)
        for slope, u in zip(slopes, v, strict=True)
    ]
    return tuple(torch.stack(each).sum(dim=0) for each in zip(*parts, strict=True))


@mistake("parameter_hvp", symptom=Symptom.GRAPH_NOT_KEPT)
def parameter_graph_thrown_away(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """The product is right, but it can be had only once: afterwards the graph of the loss is gone.

    The loss is your caller's, who may ask again with another `v`, or go on with its gradient. A
    backward pass throws away what it has walked through unless it is told to keep it; think of the
    last one, too.
    """
    return torch.autograd.grad(_slopes(loss, parameters), list(parameters), list(v))


@mistake("parameter_hvp", symptom=Symptom.CHANGED_GRAD)
def parameter_wipes_grad(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """The numbers are right, but what was in the `.grad` of the parameters is not there any more.

    That place is the caller's: a training loop adds up gradients there, over several batches
    perhaps. `torch.autograd.grad` hands its results over and touches no `.grad` at all.
    """
    slopes, own = _slopes(loss, parameters), list(parameters)
    for parameter in own:
        parameter.grad = None
    torch.autograd.backward(slopes, list(v), retain_graph=True, inputs=own)
    products = [parameter.grad for parameter in own]
    for parameter in own:
        parameter.grad = None
    return tuple(product for product in products if product is not None)


@mistake("parameter_hvp", symptom=Symptom.LEFT_GRAD)
def parameter_leaves_grad(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """The numbers are right, but gradients stay behind in the `.grad` of the parameters.

    The next training step would add its own to them. And with a recorded backward pass, parameter
    and graph hold on to each other, so their memory is not given back. Ask autograd to hand the
    results over instead.
    """
    loss.backward(retain_graph=True)
    return _product(loss, parameters, v)


@mistake("parameter_hvp", symptom=Symptom.CHANGED_INPUTS)
def parameter_overwrites_v(loss: Tensor, parameters: Parameters, v: Parameters) -> Tensors:
    """After the call, the numbers in one of the caller's tensors are different.

    An operation whose name ends in an underscore writes into the tensor itself, and so do `*=` and
    its like. Decide which of them need a tensor of their own.
    """
    products = _product(loss, parameters, v)
    for part, product in zip(v, products, strict=True):
        part.copy_(product)
    return tuple(v)


_OF_FUNCTIONS = (
    product_ready_made,
    zero_gradient_taken_for_straight,
    product_none_for_zeros,
    zeros_of_the_default_dtype,
    zeros_for_want_of_a_graph,
    gradient_returned,
    gradient_times_v,
    slope_along_v,
    curvature_along_v,
    outer_product_times_v,
    gradient_added,
    product_doubled,
    product_sign_turned,
    v_ignored,
    v_applied_afterwards,
    diagonal_times_v,
    v_normalised,
    product_flattened,
    product_for_vectors_only,
    hessian_materialised,
    list_of_rows,
    row_by_row,
    product_leaves_grad,
    product_wipes_grad,
    product_overwrites_inputs,
    product_marks_inputs,
    product_in_float32,
    difference_of_gradients,
    product_graph_freed,
    product_refuses_unused,
    product_refuses_linear,
    product_without_create_graph,
)

MISTAKES: tuple[Mistake, ...] = (
    entries_not_bytes,
    float32_assumed,
    float64_assumed,
    bits_for_bytes,
    gradient_bytes,
    one_triangle_counted,
    float_on_the_way,
    bytes_as_a_float,
    matrix_made_to_be_measured,
    *(registered for pair in _OF_FUNCTIONS for registered in pair),
    parameter_zeros,
    parameter_none_for_zeros,
    parameter_zeros_for_all,
    parameter_zeros_where_one_is_straight,
    parameter_gradient_returned,
    parameter_gradient_times_v,
    parameter_outer_product,
    parameter_block_diagonal,
    parameter_coupling_lost_where_straight,
    parameter_gradient_added,
    parameter_product_doubled,
    parameter_v_ignored,
    parameter_v_applied_afterwards,
    parameter_diagonal_times_v,
    parameter_flat,
    parameter_hessian_materialised,
    parameter_list_of_rows,
    parameter_row_by_row,
    parameter_leaves_grad,
    parameter_wipes_grad,
    parameter_overwrites_v,
    parameter_product_in_float32,
    parameter_graph_freed,
    parameter_graph_thrown_away,
    parameter_refuses_unused,
    parameter_refuses_constants,
    parameter_refuses_linear,
    parameter_without_create_graph,
)
