"""Mistakes that any task may meet, named where its own catalogue has none of that symptom.

The symptom proves each by itself: what is told here is true of every function that shows it. So
nothing is computed, and the docstring is all there is.
"""

from __future__ import annotations

from graders.checks.failure import Symptom
from graders.checks.mistakes import Mistake, mistake

_ANY_TASK = ""


@mistake(_ANY_TASK, symptom=Symptom.MARKED_INPUTS)
def inputs_marked() -> None:
    """You switched `requires_grad` on in a tensor of the caller's, and it is still on.

    From then on everything computed with it drags a graph along. Work on a tensor of your own:
    `x.detach().clone().requires_grad_()`.
    """


@mistake(_ANY_TASK, symptom=Symptom.UNMARKED_INPUTS)
def inputs_unmarked() -> None:
    """You switched `requires_grad` off in a tensor of the caller's.

    The caller may still want its gradient. `x.detach()` gives you a tensor without a graph and
    leaves the caller's as it was.
    """


@mistake(_ANY_TASK, symptom=Symptom.LEFT_GRAD)
def grad_left_behind() -> None:
    """Gradients stay behind in the `.grad` of a tensor of the caller's.

    The next `backward()` would add its own to them. Let `torch.autograd.grad` hand the result
    over, or go backward to a tensor of your own.
    """


@mistake(_ANY_TASK, symptom=Symptom.CHANGED_GRAD)
def grad_wiped() -> None:
    """What the caller kept in `.grad` is gone.

    It may be half of a training step. `torch.autograd.grad` needs no `.grad`, and so nothing to
    clear.
    """


@mistake(_ANY_TASK, symptom=Symptom.CHANGED_INPUTS)
def inputs_changed() -> None:
    """You changed a tensor of the caller's in place.

    `x.detach()` and `y = x` share their numbers with x, and `+=`, `-=` and names that end in `_`
    write into them. Take a `.clone()` first, or make a new tensor.
    """


@mistake(_ANY_TASK, symptom=Symptom.CALLERS_TENSOR)
def callers_tensor_returned() -> None:
    """The tensor that comes back is the caller's own.

    Who changes one of the two changes both. Return a new tensor, as `.clone()` makes one.
    """


@mistake(_ANY_TASK, symptom=Symptom.OTHER_DEVICE)
def other_device() -> None:
    """A tensor of yours lies on the CPU, wherever the inputs are.

    `torch.zeros`, `torch.eye` and `torch.randn` make theirs there. Tell them the device, or take
    the `_like` form of them.
    """


@mistake(_ANY_TASK, symptom=Symptom.FLOAT32)
def in_float32() -> None:
    """Every number of your answer fits into float32, so half of the digits got lost.

    What came in was float64, and the answer should keep that. `torch.tensor`, `torch.zeros` and
    `torch.randn` take the default dtype where they are told no other.
    """


@mistake(_ANY_TASK, symptom=Symptom.FINITE_DIFFERENCE)
def nearly_right() -> None:
    """Almost right, but the digits end too early.

    Something on the way is not exact: a quotient of differences, a loop that stops too soon,
    something small that was added, or float32 in between.
    """


@mistake(_ANY_TASK, symptom=Symptom.COMPLEX)
def complex_numbers() -> None:
    """Your numbers are complex, and the question is a real one.

    Where does the first of them come from? A routine for matrices of any kind gives complex
    numbers, also with imaginary parts of zero; for symmetric matrices there is another.
    """


@mistake(_ANY_TASK, symptom=Symptom.NO_GRAPH)
def no_graph() -> None:
    """Autograd was asked to go back from a number that has no graph.

    Either nothing there depends on what you differentiate by, as with a constant or, the second
    time, with a straight line: then the answer is zeros. Or the graph was not recorded, for want
    of `create_graph=True`, under `torch.no_grad()`, or by a `.detach()` on the way.
    """


@mistake(_ANY_TASK, symptom=Symptom.NOT_MARKED)
def tensor_not_marked() -> None:
    """You differentiate by a tensor that is not marked, so autograd never took note of it.

    Mark a tensor of your own with `requires_grad_()` before anything is computed from it, and
    differentiate by that one. `.clone()` and `.detach()` make other tensors.
    """


@mistake(_ANY_TASK, symptom=Symptom.OTHER_TENSOR)
def another_tensor_marked() -> None:
    """What you differentiate was not computed from the tensor that you differentiate by.

    Is the function called with that very tensor? `inputs`, a marked copy of it, a `.flatten()` of
    that and its entries hold the same numbers, and each is another tensor.
    """


@mistake(_ANY_TASK, symptom=Symptom.UNUSED)
def unused_refused() -> None:
    """There is a graph, but one of the tensors does not occur in it, and autograd stopped.

    A derivative by what plays no part is zero. `materialize_grads=True` gives these zeros.
    """


@mistake(_ANY_TASK, symptom=Symptom.GRAPH_FREED)
def graph_freed() -> None:
    """At the second backward pass the graph was gone.

    To save memory, a backward pass throws away what the forward pass kept for it.
    `retain_graph=True` keeps it for the next.
    """


@mistake(_ANY_TASK, symptom=Symptom.GRAPH_NOT_KEPT)
def graph_thrown_away() -> None:
    """The answer can be had only once: afterwards the caller's graph is gone.

    The last backward pass of yours throws it away too, unless it is told `retain_graph=True`.
    """


@mistake(_ANY_TASK, symptom=Symptom.NONE_FOR_ZEROS)
def none_for_zeros() -> None:
    """Where the answer is zeros, you returned None.

    What played no part has None in its `.grad`, and `torch.autograd.grad` gives None for it where
    it may be unused. Whoever goes on with your answer needs zeros, in the tensor's shape.
    """


@mistake(_ANY_TASK, symptom=Symptom.A_LIST)
def list_for_tuple() -> None:
    """Your tensors are in a list, and a tuple is asked for.

    A list can be changed by whoever gets it; a tuple cannot, and torch's own functions give one.
    `tuple(...)` round your list is all it takes.
    """


@mistake(_ANY_TASK, symptom=Symptom.NOT_A_TUPLE)
def one_tensor_for_tuple() -> None:
    """One tensor came back, and a tuple is asked for.

    Return all that the task names, in its order.
    """


@mistake(_ANY_TASK, symptom=Symptom.A_TUPLE_OF_ONE)
def inside_a_tuple() -> None:
    """Your answer is inside a tuple.

    `torch.autograd.grad` gives a tuple with one tensor for each that it is asked about, also
    where that is only one. Take the tensor out of it before you return it.
    """


@mistake(_ANY_TASK, symptom=Symptom.A_NUMBER)
def number_for_tensor() -> None:
    """A Python number came back where a tensor is asked for.

    `float(...)` and `.item()` take a number out of its tensor, and dtype and device are gone with
    it. They are handy to compare with; hand on the tensor.
    """


@mistake(_ANY_TASK, symptom=Symptom.DENSE)
def whole_matrix_made() -> None:
    """Something as large as the whole matrix was in memory.

    For 10⁶ numbers that is 4 TB. Products with vectors do without it.
    """


@mistake(_ANY_TASK, symptom=Symptom.ROW_LIST)
def too_much_kept() -> None:
    """Many tensors were kept that together take far more memory than the answer.

    Look for a list that grows, and for a graph that no step lets go of.
    """


@mistake(_ANY_TASK, symptom=Symptom.MANY_PASSES)
def passes_grow() -> None:
    """The number of passes grows with the number of inputs.

    A loop over entries or rows costs a pass for each. Weigh them first, and go back once.
    """


@mistake(_ANY_TASK, symptom=Symptom.AXES_LOST)
def short_axes_lost() -> None:
    """An axis of length 1 is missing from your answer.

    `.squeeze()` takes away every axis of length 1, the caller's own among them. Tell it which one
    you mean, or give the answer the shape that the task asks for.
    """


@mistake(_ANY_TASK, symptom=Symptom.OTHER_ZEROS)
def zeros_of_another_form() -> None:
    """Zeros are due, and yours have another shape or another dtype.

    `torch.zeros_like` makes them as a given tensor is. Which tensor has the shape of the answer:
    the inputs, the output, or the axes of both?
    """


@mistake(_ANY_TASK, symptom=Symptom.CUT_SHORT)
def solver_cut_short() -> None:
    """Your solver stopped before it had arrived: a few more conjugate directions are needed.

    What ends it, a fixed number of steps or a residual that may still be large? The task says how
    small the residual has to be.
    """


@mistake(_ANY_TASK, symptom=Symptom.NO_END)
def no_end_in_sight() -> None:
    """Your loop asked for so many calls that it was stopped.

    What ends it, and does that ever come true? A residual may be compared with a wrong number, get
    no smaller, or shrink so slowly that another method is needed.
    """


@mistake(_ANY_TASK, symptom=Symptom.TWO_DTYPES)
def two_dtypes_met() -> None:
    """Tensors of two dtypes met in one operation.

    All that you are given has one dtype. A tensor of yours that was converted, or made without a
    dtype, does not go with it.
    """


@mistake(_ANY_TASK, symptom=Symptom.FLATTENED)
def numbers_in_one_row() -> None:
    """All that you return lies in one long row.

    The answer has axes of its own. A row is handy to compute with; give it the shape that the task
    asks for at the end.
    """


@mistake(_ANY_TASK, symptom=Symptom.ANOTHER_ERROR)
def another_error_raised() -> None:
    """Bad input ends in another error than the task names.

    Most often it comes up on the way, from a line that takes the input for a good one. Look at the
    input first, at how many dimensions it has before their lengths, and raise what the task asks
    for.
    """


GENERAL: dict[Symptom | None, Mistake] = {
    one.symptom: one
    for one in (
        inputs_marked,
        inputs_unmarked,
        grad_left_behind,
        grad_wiped,
        inputs_changed,
        callers_tensor_returned,
        other_device,
        in_float32,
        nearly_right,
        complex_numbers,
        no_graph,
        tensor_not_marked,
        another_tensor_marked,
        unused_refused,
        graph_freed,
        graph_thrown_away,
        none_for_zeros,
        list_for_tuple,
        one_tensor_for_tuple,
        inside_a_tuple,
        number_for_tensor,
        whole_matrix_made,
        too_much_kept,
        passes_grow,
        short_axes_lost,
        numbers_in_one_row,
        another_error_raised,
        no_end_in_sight,
        two_dtypes_met,
        zeros_of_another_form,
        solver_cut_short,
    )
}
