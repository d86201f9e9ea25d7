"""Known mistakes of the topic `maml`: wrong answers, each with the hint that it earns.

θ₀ is the start, θⱼ where j steps lead, H the Hessian of the inner loss, F the outer loss.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Sequence[Tensor]], Tensor]
Many = Sequence[Tensor]
Tensors = tuple[Tensor, ...]


def _plain(tensors: Many) -> Tensors:
    return tuple(one.detach() for one in tensors)


def _leaves(tensors: Many) -> list[Tensor]:
    return [one.detach().clone().requires_grad_() for one in tensors]


def _slopes(value: Tensor, by: Many, graph: bool = True) -> Tensors:
    if not value.requires_grad:
        return tuple(torch.zeros_like(one) for one in by)
    return torch.autograd.grad(value, list(by), create_graph=graph, materialize_grads=True)


def _grad(loss: Function, at: Many) -> Tensors:
    own = _leaves(at)
    return _slopes(loss(own), own, graph=False)


def _bent(loss: Function, at: Many, v: Many) -> Tensors:
    """Multiply the Hessian of a loss by v."""
    own = _leaves(at)
    dots = [(g * u).sum() for g, u in zip(_slopes(loss(own), own), v, strict=True)]
    return _slopes(torch.stack(dots).sum(), own, graph=False)


def _minus(left: Many, lr: float, right: Many) -> Tensors:
    return tuple(a - lr * b for a, b in zip(left, right, strict=True))


def _recorded_step(loss: Function, at: Many, lr: float) -> Tensors:
    return _minus(at, lr, _slopes(loss(at), at))


def _path(inner: Function, start: Many, lr: float, steps: int) -> list[Tensors]:
    """List θ₀ … θ_steps, without a graph."""
    path = [_plain(start)]
    for _ in range(steps):
        path.append(_minus(path[-1], lr, _grad(inner, path[-1])))
    return path


def _walked_back(v: Tensors, points: Sequence[Tensors], lr: float, loss: Function) -> Tensors:
    """Multiply by (I − lr H) at each of the points, the last first."""
    for at in reversed(list(points)):
        v = _minus(v, lr, _bent(loss, at, v))
    return v


def _right(inner: Function, outer: Function, start: Many, lr: float, steps: int) -> Tensors:
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1], lr, inner)


def _row(tensors: Many) -> Tensor:
    return torch.cat([one.reshape(-1) for one in tensors])


def _cut(row: Tensor, shapes: Many) -> Tensors:
    pieces = row.split([one.numel() for one in shapes])
    return tuple(piece.reshape(one.shape) for piece, one in zip(pieces, shapes, strict=True))


def _matrix(loss: Function, at: Many) -> Tensor:
    own = _plain(at)
    return torch.func.hessian(lambda row: loss(_cut(row, own)))(_row(own))


def _identity(row: Tensor) -> Tensor:
    return torch.eye(len(row), dtype=row.dtype, device=row.device)


# inner_update


@mistake("inner_update")
def step_in_place(loss: Function, parameters: Many, lr: float) -> Tensors:
    """You changed a parameter in place, and autograd refused.

    A parameter that is being differentiated by is where the way back ends. Were it overwritten, its
    old value, which the gradient depends on, would be gone. Write the step as a formula with the
    old tensor on the right, and give the result a name of its own.
    """
    for p, g in zip(parameters, _slopes(loss(parameters), parameters), strict=True):
        p -= lr * g
    return tuple(parameters)


@mistake("inner_update", symptom=Symptom.LEFT_GRAD)
def step_leaves_grad(loss: Function, parameters: Many, lr: float) -> Tensors:
    """The step is right, but a gradient stays behind in the caller's `.grad`.

    The outer optimiser adds its own to it and takes a step by both. With a recorded backward pass
    a tensor and its graph also hold on to each other. Ask for the gradients as a result instead.
    """
    loss(parameters).backward(create_graph=True)
    found = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    return _minus(parameters, lr, found)


@mistake("inner_update")
def step_detached(loss: Function, parameters: Many, lr: float) -> Tensors:
    """No way leads back from your step to the start.

    Somewhere the tensors were detached, copied into new leaves, or computed under `no_grad`. For
    plain training that does not matter. Here the step is a part of the function that the outer
    gradient has to go through.
    """
    return _plain(_recorded_step(loss, parameters, lr))


@mistake("inner_update")
def step_without_create_graph(loss: Function, parameters: Many, lr: float) -> Tensors:
    """The way back leads past the gradient: your step counts as a mere shift.

    θ' = θ − η g changes with θ in two ways: by θ itself, and because g changes with θ. The second
    is where the Hessian comes in, and it is there only if the gradient's own computation was
    recorded, and the step too: nothing of it under `no_grad`. What you have gives first-order MAML.
    """
    return _minus(parameters, lr, _slopes(loss(parameters), parameters, graph=False))


@mistake("inner_update", symptom=Symptom.CHANGED_INPUTS)
def step_in_the_callers_data(loss: Function, parameters: Many, lr: float) -> Tensors:
    """You took the step inside your caller's own tensors, past autograd.

    `.data` and `no_grad` write the new numbers over the old ones, and nothing is recorded. Two
    things are lost: the start, and the way back to it. A step that can be differentiated makes new
    tensors out of the old ones.
    """
    for p, g in zip(parameters, _slopes(loss(parameters), parameters), strict=True):
        p.data = p.data - lr * g.detach()
    return tuple(parameters)


@mistake("inner_update")
def start_detached(loss: Function, parameters: Many, lr: float) -> Tensors:
    """The way back leads through the gradient alone: the start itself is cut off.

    In θ' = θ − η g both terms depend on θ. You detached the first one, and so the derivative is
    −η H where I − η H is due.
    """
    return _minus(_plain(parameters), lr, _slopes(loss(parameters), parameters))


@mistake("inner_update")
def step_uphill(loss: Function, parameters: Many, lr: float) -> Tensors:
    """Your step goes up the hill: the gradient points to where the loss grows.

    Look at the sign between the point and the gradient.
    """
    return _recorded_step(loss, parameters, -lr)


@mistake("inner_update")
def gradient_alone(loss: Function, parameters: Many, lr: float) -> Tensors:
    """You gave the step, η times the gradient, and not the point that it leads to.

    Whoever calls this goes on computing with new parameters: the old ones, less that step.
    """
    return _minus(parameters, 1.0, _recorded_step(loss, parameters, lr))


@mistake("inner_update")
def step_of_length_one(loss: Function, parameters: Many, lr: float) -> Tensors:
    """Your step is the whole gradient: `lr` has no part in it.

    How far a step goes is for the caller to say. Where does the number come in?
    """
    return _recorded_step(loss, parameters, 1.0)


@mistake("inner_update")
def one_tensor_after_the_other(loss: Function, parameters: Many, lr: float) -> Tensors:
    """Each tensor's gradient was taken when the tensors before it had moved already.

    All of the gradient belongs to one point, the start. Take it once, for all parameters together,
    and move them afterwards.
    """
    at = list(parameters)
    for place in range(len(at)):
        at[place] = _recorded_step(loss, at, lr)[place]
    return tuple(at)


@mistake("inner_update")
def step_normalised(loss: Function, parameters: Many, lr: float) -> Tensors:
    """Your step has the length `lr`, however steep the loss is: the gradient was made unit.

    Plain gradient descent takes long steps on steep ground and short ones where it is flat. Leave
    the gradient as long as it is.
    """
    slopes = _slopes(loss(parameters), parameters)
    return _minus(parameters, lr / (float(_row(slopes).norm()) + 1e-30), slopes)


@mistake("inner_update", symptom=Symptom.CALLERS_TENSOR)
def callers_tensors_handed_back(loss: Function, parameters: Many, lr: float) -> Tensors:
    """Where nothing has to be subtracted, your caller's own tensor comes back.

    The numbers are right, but a new tensor is asked for. Whoever goes on with it in place, as an
    optimiser does, changes the start as well. A gradient that is zero can be subtracted like any
    other.
    """
    value = loss(parameters)
    if not value.requires_grad:
        return tuple(parameters)
    slopes = torch.autograd.grad(value, list(parameters), create_graph=True, allow_unused=True)
    return tuple(p if g is None else p - lr * g for p, g in zip(parameters, slopes, strict=True))


# maml_gradient


@mistake("maml_gradient")
def first_order(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is the outer gradient where the steps end, as if they did not depend on the start.

    It is first-order MAML, the next task but not this one. By which tensors do you differentiate,
    those of the start? And is the way back through the steps whole, without a gradient that was not
    recorded, a `detach`, a `no_grad`? Each step adds a factor; the example by hand has it.
    """
    return _grad(outer, _path(inner, start, lr, steps)[-1])


@mistake("maml_gradient", symptom=Symptom.CHANGED_INPUTS)
def steps_in_the_callers_tensors(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The inner steps were taken in your caller's own parameters.

    After the call these hold other numbers, and the next task of the batch begins where this one
    ended. Besides, what is written past autograd leaves no way back. Adapt new tensors.
    """
    for _ in range(steps):
        for p, g in zip(start, _grad(inner, start), strict=True):
            p.data -= lr * g
    return _grad(outer, start)


@mistake("maml_gradient")
def gradient_before_adapting(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You looked at the outer loss before any step was taken.

    That is plain training on the outer examples. MAML asks how good the start will be *after*
    adapting: which parameters does the outer loss get?
    """
    return _grad(outer, start)


@mistake("maml_gradient")
def outer_loss_on_inner_examples(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You judged the adapted parameters by the inner loss: the outer one was never asked.

    On the examples that it adapted to, anything looks good. The outer loss has other examples of
    the same task, and is the one that shows whether something was learnt.
    """
    return _right(inner, inner, start, lr, steps)


@mistake("maml_gradient")
def adapted_on_outer_examples(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The steps went downhill on the outer loss.

    Then the examples that judge are the ones that were learnt from. Adapt by the inner loss, and
    keep the outer one for the end.
    """
    return _right(outer, outer, start, lr, steps)


@mistake("maml_gradient")
def losses_swapped(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Inner and outer loss stand in each other's place.

    The steps go downhill on the inner loss; the outer one is looked at once, after them.
    """
    return _right(outer, inner, start, lr, steps)


@mistake("maml_gradient")
def every_step_from_the_start(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Every step sets out from the start: the ones before it are forgotten.

    You take the gradient at the newest point, and subtract it from the oldest. With one step it
    makes no difference. From which point does the second step begin?
    """
    own = _leaves(start)
    at: Many = own
    for _ in range(steps):
        at = _minus(own, lr, _slopes(inner(at), at))
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient")
def one_gradient_for_all_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """All your steps use the gradient at the start; it was never taken anew.

    Then several steps are one long one. After each step the ground slopes differently: where does
    the next gradient belong?
    """
    own = _leaves(start)
    at, slopes = tuple(own), _slopes(inner(own), own)
    for _ in range(steps):
        at = _minus(at, lr, slopes)
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient")
def steps_along_all_gradients(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Every step goes along the sum of all gradients so far, not along the newest.

    With one step it makes no difference. What does a training loop do to `.grad` before each
    backward pass?
    """
    own = _leaves(start)
    at, pile = tuple(own), tuple(torch.zeros_like(p) for p in own)
    for _ in range(steps):
        pile = _minus(pile, -1.0, _slopes(inner(at), at))
        at = _minus(at, lr, pile)
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient")
def steps_along_all_gradients_walked_back(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Your steps end elsewhere: each takes the gradients of those before it along again.

    The way back is right, but it starts from the wrong point. An optimiser adds up what
    `backward()` leaves, until somebody sets it to zero.
    """
    path, pile = [_plain(start)], tuple(torch.zeros_like(p) for p in start)
    for _ in range(steps):
        pile = _minus(pile, -1.0, _grad(inner, path[-1]))
        path.append(_minus(path[-1], lr, pile))
    return _walked_back(_grad(outer, path[-1]), path[:-1], lr, inner)


@mistake("maml_gradient")
def one_step_only(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You take one step, whatever `steps` says.

    Does that number occur in your function? And if it does: where does each step begin, at the
    start or where the last one ended?
    """
    return _right(inner, outer, start, lr, 1)


@mistake("maml_gradient")
def one_step_too_many(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You take one step more than asked.

    Count for `steps` = 0: then the outer loss is looked at where everything began.
    """
    return _right(inner, outer, start, lr, steps + 1)


@mistake("maml_gradient")
def one_step_too_few(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You take one step less than asked.

    Perhaps the loop counts points and not steps: two steps lead through three points. Or the outer
    loss is asked before the last step is taken.
    """
    return _right(inner, outer, start, lr, max(steps - 1, 0))


@mistake("maml_gradient")
def only_the_last_step(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Your way back ends after one step: this is the gradient by the last point but one.

    With one step that is the start, with more it is not. Some tensors are made new leaves on the
    way, or the outer gradient is asked for by the wrong ones.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1][-1:], lr, inner)


@mistake("maml_gradient")
def hessian_of_the_start(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You multiplied by the Hessian at the start for every step.

    The curvature changes on the way. Each step has the factor of the point where *it* began, so the
    points have to be kept, or the graph has to remember them.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), [path[0]] * steps, lr, inner)


@mistake("maml_gradient")
def factors_in_reverse_order(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Your factors stand in reverse order: the one of the first step is applied first.

    Read the product from the right: the outer slope meets the factor of the *last* step, and that
    of the first step comes at the end. Where the curvature changes on the way, the order matters.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[-2::-1], lr, inner)


@mistake("maml_gradient")
def first_factor_only(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You multiplied by the factor of the first step alone.

    Each step brings a factor of its own, and the chain rule multiplies them all. With one step it
    makes no difference.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1][:1], lr, inner)


@mistake("maml_gradient")
def hessian_after_the_step(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Your Hessians belong to where each step ends, and not to where it begins.

    θ' = θ − η g(θ): in that formula the gradient, and so its derivative, is taken at the old θ. The
    last point has a slope of the outer loss, and no curvature of the inner one.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[1:], lr, inner)


@mistake("maml_gradient")
def hessian_of_the_outer_loss(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You multiplied by the curvature of the outer loss.

    Which loss do the steps follow? Its gradient is in the formula of a step, and so it is its
    Hessian that the chain rule brings.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1], lr, outer)


@mistake("maml_gradient")
def plus_for_minus(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The points are right, but the way back multiplies by I + η H.

    A step subtracts the gradient, and so its derivative subtracts the Hessian. Where the loss bends
    upwards, short steps bring two starts nearer together: the factor is smaller than 1.
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1], -lr, inner)


@mistake("maml_gradient")
def step_size_forgotten_on_the_way_back(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The points are right, but the way back multiplies by I − H.

    Differentiate θ − η g by θ once more. What stands in front of the Hessian?
    """
    path = _path(inner, start, lr, steps)
    return _walked_back(_grad(outer, path[-1]), path[:-1], 1.0, inner)


@mistake("maml_gradient")
def second_order_part_alone(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is only what MAML has beyond first order: the terms with a Hessian.

    θ' = θ − η g. You differentiated by way of g, but θ itself stands there, too, and gives the
    identity. Perhaps a `detach` cuts it off.
    """
    first = _grad(outer, _path(inner, start, lr, steps)[-1])
    return _minus(_right(inner, outer, start, lr, steps), 1.0, first)


@mistake("maml_gradient")
def each_tensor_by_itself(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """On the way back each tensor sees only its own curvature.

    When the bias moves, the gradient of the weights changes as well. You differentiate each
    gradient by its own parameter, and these mixed terms are left out. Differentiate by all at once.
    """
    path = _path(inner, start, lr, steps)
    v = _grad(outer, path[-1])
    for at in reversed(path[:-1]):
        found = []
        for place, part in enumerate(v):
            alone = [torch.zeros_like(u) for u in v]
            alone[place] = part
            found.append(part - lr * _bent(inner, at, alone)[place])
        v = tuple(found)
    return v


@mistake("maml_gradient")
def adapted_uphill(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The inner steps go up the hill.

    Everything else fits together, so look at the sign in the step itself.
    """
    return _right(inner, outer, start, -lr, steps)


@mistake("maml_gradient")
def adapted_returned(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You gave the adapted parameters: where the steps end, and no gradient.

    What is asked for is how the outer loss there changes with the *start*.
    """
    return _path(inner, start, lr, steps)[-1]


@mistake("maml_gradient")
def outer_step_taken(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You took the outer step already: this is the start, less η times the gradient.

    The gradient alone is asked for. The outer step belongs to an optimiser with its own step
    length, after the gradients of many tasks were added up.
    """
    return _minus(_plain(start), lr, _right(inner, outer, start, lr, steps))


@mistake("maml_gradient")
def start_less_end(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is the start, less where the steps end.

    It is the direction of another method, Reptile, which asks for no outer loss at all. Here the
    outer loss is to be differentiated.
    """
    path = _path(inner, start, lr, steps)
    return _minus(path[0], 1.0, path[-1])


@mistake("maml_gradient")
def summed_over_the_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You added up the outer loss after every step.

    Some people train like that, to keep long adaptations stable. Here the outer loss counts once,
    where the last step ends.
    """
    each = [_right(inner, outer, start, lr, k) for k in range(min(steps, 1), steps + 1)]
    return tuple(torch.stack(parts).sum(0) for parts in zip(*each, strict=True))


@mistake("maml_gradient")
def divided_by_the_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You divided by the number of steps.

    Nothing is averaged here: the outer loss counts once, where the last step ends.
    """
    return tuple(g / max(steps, 1) for g in _right(inner, outer, start, lr, steps))


@mistake("maml_gradient")
def inner_gradient_added(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The gradient of the inner loss at the start is in your answer, too.

    See where it comes in. Do you add it, or the inner loss to what you differentiate? Or do two
    backward passes go into one `.grad`, where they add up?
    """
    return _minus(_right(inner, outer, start, lr, steps), -1.0, _grad(inner, start))


@mistake("maml_gradient")
def inner_gradients_of_all_steps_added(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The inner loss of every step is differentiated along with the outer one.

    What reaches the start is the sum of all of them. Either you add the losses up, or each step's
    backward pass leaves its share in the `.grad` of the start, where the last pass adds its own.
    """
    path, found = _path(inner, start, lr, steps), _right(inner, outer, start, lr, steps)
    for k, at in enumerate(path[:-1]):
        found = _minus(found, -1.0, _walked_back(_grad(inner, at), path[:k], lr, inner))
    return found


@mistake("maml_gradient")
def gradients_of_the_steps_added(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The gradients that your steps go along are added to the answer.

    They show the way down and belong to the steps alone. Does one buffer collect theirs and that
    of the outer loss?
    """
    path, found = _path(inner, start, lr, steps), _right(inner, outer, start, lr, steps)
    for at in path[:-1]:
        found = _minus(found, -1.0, _grad(inner, at))
    return found


@mistake("maml_gradient")
def gradient_doubled(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Every number is exactly twice as large as it should be.

    See whether something is added up twice: two backward passes into one `.grad`, or an outer loss
    that is counted two times.
    """
    return tuple(2 * g for g in _right(inner, outer, start, lr, steps))


@mistake("maml_gradient", symptom=Symptom.NOT_A_TUPLE)
def gradient_in_one_row(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensor:
    """Your answer is one long vector.

    An optimiser wants a gradient for each parameter: a tuple of tensors of their shapes.
    """
    return _row(_right(inner, outer, start, lr, steps))


@mistake("maml_gradient", symptom=Symptom.FLOAT32)
def gradient_in_float32(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Half of the digits are gone: every number of your answer fits into float32.

    The parameters came in float64 and the answer should keep that. Look for a conversion on the
    way.
    """
    return tuple(g.float() for g in _right(inner, outer, start, lr, steps))


@mistake("maml_gradient", symptom=Symptom.FINITE_DIFFERENCE)
def difference_of_outer_losses(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    However small the step of a quotient, it trades cutting error against rounding error, be it one
    of losses or of gradients. Autograd walks back through all steps at once, to the last digit.
    """
    own = _plain(start)
    row, step = _row(own), 1e-5

    def after(at: Tensor) -> Tensor:
        return outer(_path(inner, _cut(at, own), lr, steps)[-1])

    axes = step * _identity(row)
    found = [(after(row + axis) - after(row - axis)) / (2 * step) for axis in axes]
    return _cut(torch.stack(found), own)


@mistake("maml_gradient", symptom=Symptom.NO_GRAPH)
def counts_on_marked_parameters(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Parameters that do not require grad came in, and autograd had nothing to walk back to.

    A caller may hand over plain tensors. Make tensors of your own that hold the same numbers, and
    mark those.
    """
    at: Many = list(start)
    for _ in range(steps):
        found = torch.autograd.grad(inner(at), at, create_graph=True, materialize_grads=True)
        at = _minus(at, lr, found)
    return torch.autograd.grad(outer(at), list(start), materialize_grads=True)


@mistake("maml_gradient", symptom=Symptom.NO_GRAPH)
def constants_refused(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """A loss that no parameter has a part in carries no graph, and autograd stopped there.

    Its gradient is not missing, it is zero. How can you see on a loss that it has no graph, and
    what is a step then, or the answer?
    """
    own = _leaves(start)
    at: Many = own
    for _ in range(steps):
        found = torch.autograd.grad(inner(at), at, create_graph=True, materialize_grads=True)
        at = _minus(at, lr, found)
    return torch.autograd.grad(outer(at), own, materialize_grads=True)


@mistake("maml_gradient", symptom=Symptom.UNUSED)
def copied_deeply(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The parameters that you differentiate by have no part in the adapted ones.

    A deep copy of a model, or of tensors, makes new leaves: no way leads from them to the ones that
    they were copied from. That is right for evaluating, and wrong here. Begin the steps with the
    very tensors that you ask the gradient for.
    """
    own = _leaves(start)
    at: Many = copy.deepcopy(own)
    for _ in range(steps):
        at = _recorded_step(inner, at, lr)
    return torch.autograd.grad(outer(at), own)


@mistake("maml_gradient", symptom=Symptom.UNUSED)
def unused_refused(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """One of the parameters does not occur in a loss, and autograd stopped there.

    A network has layers that one of the losses does not reach. The derivative is zero; the
    documentation of `torch.autograd.grad` says how to ask for that.
    """
    own = _leaves(start)
    at: Many = own
    for _ in range(steps):
        at = _minus(at, lr, torch.autograd.grad(inner(at), at, create_graph=True))
    return torch.autograd.grad(outer(at), own)


@mistake("maml_gradient")
def in_place_on_leaves(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """A step was written into a tensor that is being differentiated by, and autograd refused.

    `p -= …` overwrites the start, which the way back leads to. A step is a formula: a new tensor on
    the left, the old one on the right.
    """
    own = _leaves(start)
    for _ in range(steps):
        for p, g in zip(own, _slopes(inner(own), own), strict=True):
            p -= lr * g
    return _slopes(outer(own), own, graph=False)


@mistake("maml_gradient")
def in_place_on_copies(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """A step was written over numbers that the way back still needs.

    A clone may be changed in place, but the inner gradient was computed from its old numbers, and
    autograd wants to look at them again. It noticed that they are gone. Where it happens to have
    kept other tensors, as with (θ - 1)², it even works. Make a new tensor in each step.
    """
    own = _leaves(start)
    at = [p.clone() for p in own]
    for _ in range(steps):
        for p, g in zip(at, _slopes(inner(at), at), strict=True):
            p -= lr * g
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient", symptom=Symptom.GRAPH_FREED)
def one_inner_loss_for_all_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The inner loss was computed once, and each step walks back through that one graph.

    The second walk finds it freed. Keeping the graph would not help: it belongs to the start, and
    the second step begins elsewhere. Ask for the loss anew in each step; that is why it is handed
    over as a function.
    """
    own = _leaves(start)
    value, at = inner(own), tuple(own)
    for _ in range(steps):
        found = torch.autograd.grad(value, own, materialize_grads=True)
        at = _minus(at, lr, found)
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient", symptom=Symptom.MARKED_INPUTS)
def parameters_marked(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The numbers are right, but your caller's tensors now ask for gradients.

    From then on everything computed with them drags a graph along. Mark tensors of your own that
    hold the same numbers.
    """
    own = [p.requires_grad_() for p in start]
    at: Many = own
    for _ in range(steps):
        at = _recorded_step(inner, at, lr)
    return _slopes(outer(at), own, graph=False)


@mistake("maml_gradient", symptom=Symptom.LEFT_GRAD)
def parameters_keep_grad(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The numbers are right, but a gradient stays behind in the caller's `.grad`.

    The next task's is added to it, and the caller adds them up once more. Ask autograd to hand the
    results over instead of storing them.
    """
    own = [p.requires_grad_() for p in start]
    at: Many = own
    for _ in range(steps):
        at = _recorded_step(inner, at, lr)
    outer(at).backward()
    return tuple(torch.zeros_like(p) if p.grad is None else p.grad for p in own)


@mistake("maml_gradient", symptom=Symptom.MANY_PRODUCTS)
def adapted_twice_at_every_step(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The numbers are right, but each step makes you take all steps before it twice.

    A step needs its point in two places: to begin from, and to take the gradient at. If each of the
    two adapts anew, ten steps take a thousand. Compute the point once and give it a name.
    """
    own = _leaves(start)

    def adapted(k: int) -> Tensors:
        if k == 0:
            return tuple(own)
        at = adapted(k - 1)
        return _minus(adapted(k - 1), lr, _slopes(inner(at), at))

    return _slopes(outer(adapted(steps)), own, graph=False)


@mistake("maml_gradient", symptom=Symptom.DENSE)
def step_matrices(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Something as large as the whole Hessian was in memory.

    For 10⁶ parameters that is 4 TB, and one for each step. The way back only multiplies it by one
    vector; autograd does that whenever it walks back through a recorded gradient.
    """
    own = _plain(start)
    at, matrices = own, []
    for _ in range(steps):
        hessian = _matrix(inner, at)
        matrices.append(_identity(hessian) - lr * hessian)
        at = _minus(at, lr, _grad(inner, at))
    v = _row(_grad(outer, at))
    for matrix in reversed(matrices):
        v = matrix @ v
    return _cut(v, own)


# first_order_maml_gradient


@mistake("first_order_maml_gradient")
def second_order_after_all(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is MAML itself, with the second derivatives in it.

    First order leaves them out: the adapted parameters are taken for a point like any other, and
    the outer slope there is the answer. By which tensors do you differentiate?
    """
    return _right(inner, outer, start, lr, steps)


@mistake("first_order_maml_gradient")
def slope_before_adapting(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is the outer slope at the start, where no step was taken yet.

    First order leaves out the *derivative* of the steps, but not the steps: the slope belongs to
    where they end.
    """
    return _grad(outer, start)


@mistake("first_order_maml_gradient")
def slope_on_inner_examples(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You took the slope of the inner loss where the steps end: the outer one was never asked.

    It has the examples that were not adapted to, and is the one that judges.
    """
    return _grad(inner, _path(inner, start, lr, steps)[-1])


@mistake("first_order_maml_gradient")
def slope_with_losses_swapped(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Inner and outer loss stand in each other's place.

    The steps go downhill on the inner loss; the slope where they end is that of the outer one.
    """
    return _grad(inner, _path(outer, start, lr, steps)[-1])


@mistake("first_order_maml_gradient")
def slope_after_steps_uphill(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """Your steps go up the hill: the slope belongs to where steps in the other direction end.

    Look at the sign in the step itself.
    """
    return _grad(outer, _path(inner, start, -lr, steps)[-1])


@mistake("first_order_maml_gradient")
def slope_after_one_long_step(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """All your steps use the gradient at the start; it was never taken anew.

    Then several steps are one long one. After each step the ground slopes differently: where does
    the next gradient belong?
    """
    return _grad(outer, _minus(_plain(start), steps * lr, _grad(inner, start)))


@mistake("first_order_maml_gradient")
def slope_after_one_step(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You take one step, whatever `steps` says.

    Does that number occur in your function? And if it does: where does each step begin, at the
    start or where the last one ended?
    """
    return _grad(outer, _path(inner, start, lr, 1)[-1])


@mistake("first_order_maml_gradient")
def slope_one_step_too_far(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You take one step more than asked.

    Count for `steps` = 0: then the outer slope is taken where everything began.
    """
    return _grad(outer, _path(inner, start, lr, steps + 1)[-1])


@mistake("first_order_maml_gradient")
def way_of_the_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """This is the start, less where the steps end.

    It is the direction of another method, Reptile. First-order MAML looks at the outer loss, which
    has no part in this.
    """
    path = _path(inner, start, lr, steps)
    return _minus(path[0], 1.0, path[-1])


@mistake("first_order_maml_gradient")
def end_of_the_steps(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You gave the adapted parameters: where the steps end, and no slope.

    The outer loss has not been asked yet.
    """
    return _path(inner, start, lr, steps)[-1]


@mistake("first_order_maml_gradient")
def slopes_of_all_points(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """You added up the outer slopes at every point on the way.

    One point counts, the last. Gradients that add up in `.grad` from step to step look like this,
    too.
    """
    path = _path(inner, start, lr, steps)
    each = [_grad(outer, at) for at in path[min(steps, 1) :]]
    return tuple(torch.stack(parts).sum(0) for parts in zip(*each, strict=True))


@mistake("first_order_maml_gradient", symptom=Symptom.ROW_LIST)
def graph_of_all_steps_kept(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The numbers are right, but something of every step was in memory until the end.

    A graph that is kept, or a list of the points. Nobody walks back: first order needs the last
    point alone, and its advantage is just that memory does not grow with the steps.
    """
    at: Many = _leaves(start)
    for _ in range(steps):
        at = _recorded_step(inner, at, lr)
    return _slopes(outer(at), at, graph=False)


@mistake("first_order_maml_gradient", symptom=Symptom.CHANGED_INPUTS)
def adapted_the_callers_own(
    inner: Function, outer: Function, start: Many, lr: float, steps: int = 1
) -> Tensors:
    """The numbers are right, but the steps were taken in your caller's own parameters.

    After the call these hold other numbers, and the next task of the batch begins where this one
    ended. Adapt new tensors.
    """
    for _ in range(steps):
        for p, g in zip(start, _grad(inner, start), strict=True):
            p.data -= lr * g
    return _grad(outer, start)


# implicit_maml_gradient


def _with_matrix(
    inner: Function,
    outer: Function,
    adapted: Many,
    solved: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Tensors:
    """Give what `solved` makes of the Hessian, the identity and the outer slope."""
    matrix, row = _matrix(inner, adapted), _row(_grad(outer, adapted))
    return _cut(solved(matrix, _identity(row), row), adapted)


def _with_the_given_solver(
    inner: Function,
    outer: Function,
    adapted: Many,
    times: Callable[[Tensor, Tensor], Tensor],
    rtol: float = 1e-10,
) -> Tensors:
    """Solve by the lesson's conjugate gradients; `times` makes a product of u and H u."""
    b = _row(_grad(outer, adapted))
    x, r, p = torch.zeros_like(b), b, b
    size, enough = r @ r, (rtol * b.norm()) ** 2
    for _ in range(10 * len(b)):
        product = times(p, _row(_bent(inner, adapted, _cut(p, adapted))))
        if not bool(size > enough) or not bool(p @ product > 0):
            break
        alpha = size / (p @ product)
        x, r, before = x + alpha * p, r - alpha * product, size
        size = r @ r
        p = r + size / before * p
    return _cut(x, adapted)


@mistake("implicit_maml_gradient")
def inverse_left_out(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """This is the outer slope at the end point: nothing was solved.

    That is what first order would do. The end point moves with the start, and by how much is what
    the equation with H says.
    """
    return _grad(outer, adapted)


@mistake("implicit_maml_gradient")
def multiplied_for_solved(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """You multiplied by I + H/strength where its inverse is due.

    Where the inner loss bends strongly, the end point hardly moves with the start: the answer has
    to become smaller, not larger. The product is what you hand to the solver.
    """
    return _with_matrix(inner, outer, adapted, lambda h, one, v: (one + h / strength) @ v)


@mistake("implicit_maml_gradient")
def first_term_of_the_series(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """This is (I − H/strength) ∇F, the inverse cut off after its first term.

    The series 1 − h + h² − … needs small h, and one term of it is not enough. It is what a single
    unrolled step of length 1/strength gives. Solve the equation instead.
    """
    return _with_matrix(inner, outer, adapted, lambda h, one, v: (one - h / strength) @ v)


@mistake("implicit_maml_gradient")
def strength_as_damping(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """Your answer is the right one divided by `strength`.

    So it is with H + strength · I in place of H / strength + I: the two differ by that factor, and
    so do the solutions. Divide H by the strength, and nothing else.
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: torch.linalg.solve(h + strength * one, v)
    )


@mistake("implicit_maml_gradient")
def strength_left_out(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """You solved with I + H: the strength has no say in your answer.

    It says how tightly θ is tied to the start. Think of a very large strength, where θ moves with
    the start one to one: what does that say about the share that H may have in the matrix?
    """
    return _with_matrix(inner, outer, adapted, lambda h, one, v: torch.linalg.solve(one + h, v))


@mistake("implicit_maml_gradient")
def strength_left_out_in_products(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """Your products are those of I + H: the strength has no say in them.

    It says how tightly θ is tied to the start. Think of a very large strength, where θ moves with
    the start one to one: what does that say about the share that H may have in the matrix?
    """
    return _with_the_given_solver(inner, outer, adapted, lambda u, bent: u + bent)


@mistake("implicit_maml_gradient")
def implicit_sign_turned(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """Your answer has its sign turned round: it leads downhill.

    A gradient points to where the outer loss grows; the step against it is the optimiser's. Look
    for a minus that you brought along from a Newton step or from the inner update.
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: -torch.linalg.solve(one + h / strength, v)
    )


@mistake("implicit_maml_gradient")
def multiplied_by_the_strength(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """You solved with I + strength · H: the strength multiplies H where it should divide it.

    Think of a very large strength. Then θ is tied to the start and moves with it one to one: what
    does that say about the matrix?
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: torch.linalg.solve(one + strength * h, v)
    )


@mistake("implicit_maml_gradient")
def multiplied_by_the_strength_in_products(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """Your products are those of I + strength · H: the strength multiplies H, and should divide it.

    Think of a very large strength. Then θ is tied to the start and moves with it one to one: what
    does that say about the matrix? Yours has directions of negative curvature on one problem here,
    and the lesson's solver stops at the first.
    """
    return _with_the_given_solver(inner, outer, adapted, lambda u, bent: u + strength * bent)


@mistake("implicit_maml_gradient")
def identity_twice(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """You solved with 2 · I + H/strength: the identity comes in twice.

    Once in your product, and once more where it is used? The formula has it once.
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: torch.linalg.solve(2 * one + h / strength, v)
    )


@mistake("implicit_maml_gradient")
def minus_in_the_products(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """Your products are those of I − H/strength.

    The minus belongs to a step of descent. Here an end point is differentiated, where the inner
    slope and the pull towards the start balance: the two curvatures add up.
    """
    return _with_the_given_solver(inner, outer, adapted, lambda u, bent: u - bent / strength)


@mistake("implicit_maml_gradient")
def minus_in_the_matrix(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """You solved with I − H/strength.

    The minus belongs to a step of descent. Here an end point is differentiated, where the inner
    slope and the pull towards the start balance: the two curvatures add up.
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: torch.linalg.solve(one - h / strength, v)
    )


@mistake("implicit_maml_gradient")
def curvature_of_the_outer_loss(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """The H in your equation is the curvature of the outer loss.

    The end point was found with the inner loss; the outer one only looks at it. Whose curvature
    says how the end point moves?
    """
    matrix, row = _matrix(outer, adapted), _row(_grad(outer, adapted))
    return _cut(torch.linalg.solve(_identity(row) + matrix / strength, row), adapted)


@mistake("implicit_maml_gradient")
def losses_swapped_in_the_equation(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """The two losses have changed places in your equation.

    The end point was found with the inner loss, so that its curvature is the H; the outer loss only
    looks at the end point, and its slope is what is solved for. Yours has it the other way round.
    """
    matrix, row = _matrix(outer, adapted), _row(_grad(inner, adapted))
    return _cut(torch.linalg.solve(_identity(row) + matrix / strength, row), adapted)


@mistake("implicit_maml_gradient")
def slope_of_the_inner_loss(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """The right-hand side of your equation is the slope of the inner loss.

    What is to be differentiated is the outer loss; its slope at the end point is what is solved
    for.
    """
    return _with_matrix(
        inner, inner, adapted, lambda h, one, v: torch.linalg.solve(one + h / strength, v)
    )


@mistake("implicit_maml_gradient")
def diagonal_curvature(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """You divided each entry by its own curvature: the mixed terms of H are left out.

    When one parameter moves, the slopes along the others change as well. That is why there is an
    equation to solve, and not n divisions.
    """
    return _with_matrix(inner, outer, adapted, lambda h, _, v: v / (1 + h.diagonal() / strength))


@mistake("implicit_maml_gradient")
def each_tensor_solved_alone(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """You solved for each tensor by itself: the curvature between two tensors is left out.

    Weights and bias have mixed derivatives, too. Lay all parameters in one row, solve once, and cut
    the solution up at the end.
    """
    same = [torch.ones(p.numel(), p.numel()).to(p) for p in adapted]
    blocks = torch.block_diag(*same)
    return _with_matrix(
        inner,
        outer,
        adapted,
        lambda h, one, v: torch.linalg.solve(one + h * blocks / strength, v),
    )


@mistake("implicit_maml_gradient")
def one_direction_of_the_solver(
    inner: Function, outer: Function, adapted: Many, strength: float
) -> Tensors:
    """The solver stopped after a single direction.

    That is the best multiple of the outer slope, and not the solution yet. See what ends the loop:
    a limit on the steps, or a tolerance that is met too soon.
    """

    def cut_short(h: Tensor, one: Tensor, v: Tensor) -> Tensor:
        bend = v @ (one + h / strength) @ v
        return v * (v @ v / bend if bool(bend > 0) else 1.0)

    return _with_matrix(inner, outer, adapted, cut_short)


@mistake("implicit_maml_gradient", symptom=Symptom.NOT_A_TUPLE)
def solution_in_one_row(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensor:
    """Your answer is one long row, as the solver gives it.

    What is asked for is a gradient: a tuple with a tensor of the shape of each parameter. `like`
    cuts a row into such pieces.
    """
    matrix, row = _matrix(inner, adapted), _row(_grad(outer, adapted))
    return torch.linalg.solve(_identity(row) + matrix / strength, row)


@mistake("implicit_maml_gradient", symptom=Symptom.UNSTABLE)
def solved_too_loosely(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """Your numbers are nearly right, and fewer digits are right than a full solve gives.

    Most often the solve stops too early: look at what ends it, a tolerance or a number of steps. Or
    its products are not exact: a quotient of differences, or float32 somewhere on the way.
    """
    return _with_the_given_solver(
        inner, outer, adapted, lambda u, bent: u + bent / strength, rtol=1e-4
    )


@mistake("implicit_maml_gradient", symptom=Symptom.RAN_AWAY)
def series_grows(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """Your numbers are enormous, or no numbers at all: most often an iteration ran away.

    The series x ← v - H x/strength multiplies what is wrong by -h in each round, for every
    eigenvalue h of H/strength, and grows where one is above 1. Conjugate gradients have no such
    bound. A loop that goes on when nothing is left divides zero by zero: then there are no numbers,
    either.
    """
    v = _row(_grad(outer, adapted))
    x = v
    for _ in range(100):
        x = v - _row(_bent(inner, adapted, _cut(x, adapted))) / strength
    return _cut(x, adapted)


@mistake("implicit_maml_gradient", symptom=Symptom.DENSE)
def hessian_solved(inner: Function, outer: Function, adapted: Many, strength: float) -> Tensors:
    """Something as large as the whole Hessian was in memory.

    For 10⁶ parameters that is 4 TB. Conjugate gradients ask for products with vectors only, and a
    few dozen of them are enough.
    """
    return _with_matrix(
        inner, outer, adapted, lambda h, one, v: torch.linalg.solve(one + h / strength, v)
    )


MISTAKES: tuple[Mistake, ...] = (
    step_in_place,
    step_leaves_grad,
    step_detached,
    step_without_create_graph,
    step_in_the_callers_data,
    start_detached,
    step_uphill,
    gradient_alone,
    step_of_length_one,
    one_tensor_after_the_other,
    step_normalised,
    callers_tensors_handed_back,
    first_order,
    steps_in_the_callers_tensors,
    gradient_before_adapting,
    outer_loss_on_inner_examples,
    adapted_on_outer_examples,
    losses_swapped,
    every_step_from_the_start,
    one_gradient_for_all_steps,
    steps_along_all_gradients,
    steps_along_all_gradients_walked_back,
    one_step_only,
    one_step_too_many,
    one_step_too_few,
    only_the_last_step,
    hessian_of_the_start,
    factors_in_reverse_order,
    first_factor_only,
    hessian_after_the_step,
    hessian_of_the_outer_loss,
    plus_for_minus,
    step_size_forgotten_on_the_way_back,
    second_order_part_alone,
    each_tensor_by_itself,
    adapted_uphill,
    adapted_returned,
    outer_step_taken,
    start_less_end,
    summed_over_the_steps,
    divided_by_the_steps,
    inner_gradient_added,
    inner_gradients_of_all_steps_added,
    gradients_of_the_steps_added,
    gradient_doubled,
    gradient_in_one_row,
    gradient_in_float32,
    difference_of_outer_losses,
    counts_on_marked_parameters,
    constants_refused,
    copied_deeply,
    unused_refused,
    in_place_on_leaves,
    in_place_on_copies,
    one_inner_loss_for_all_steps,
    parameters_marked,
    parameters_keep_grad,
    adapted_twice_at_every_step,
    step_matrices,
    second_order_after_all,
    slope_before_adapting,
    slope_on_inner_examples,
    slope_with_losses_swapped,
    slope_after_steps_uphill,
    slope_after_one_long_step,
    slope_after_one_step,
    slope_one_step_too_far,
    way_of_the_steps,
    end_of_the_steps,
    slopes_of_all_points,
    graph_of_all_steps_kept,
    adapted_the_callers_own,
    inverse_left_out,
    multiplied_for_solved,
    first_term_of_the_series,
    strength_as_damping,
    strength_left_out,
    strength_left_out_in_products,
    implicit_sign_turned,
    multiplied_by_the_strength,
    multiplied_by_the_strength_in_products,
    identity_twice,
    minus_in_the_matrix,
    minus_in_the_products,
    curvature_of_the_outer_loss,
    losses_swapped_in_the_equation,
    slope_of_the_inner_loss,
    diagonal_curvature,
    each_tensor_solved_alone,
    one_direction_of_the_solver,
    solution_in_one_row,
    solved_too_loosely,
    series_grows,
    hessian_solved,
)
