"""Known mistakes of the topic `newton`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
Matvec = Callable[[Tensor], Tensor]
Run = tuple[Tensor, int, str]


def _gradient(func: Function, x: Tensor) -> Tensor:
    return torch.func.grad(func)(x.detach()).detach()


def _product(func: Function, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(func), (x.detach(),), (v,))[1].detach()


def _matrix(func: Function, x: Tensor) -> Tensor:
    hessian = torch.func.jacrev(torch.func.jacrev(func))(x.detach()).detach()
    return hessian.reshape(x.numel(), x.numel())


def _right_step(func: Function, x: Tensor) -> Tensor:
    step: Tensor = torch.linalg.solve(_matrix(func, x), -_gradient(func, x).flatten())
    return step.view(x.shape)


@mistake("newton_step")
def missing_minus(func: Function, inputs: Tensor) -> Tensor:
    """Your step has the right length and leads the wrong way: it solves H d = +∇f.

    Work out a step for f(x) = x² at x = 1 by hand. The slope there is 2 and the curvature is 2.
    Which way is the lowest point?
    """
    return -_right_step(func, inputs)


@mistake("newton_step")
def point_returned(func: Function, inputs: Tensor) -> Tensor:
    """You returned the point that the step leads to, and not the step.

    The step d says how far to go from where you are. Whoever calls this function adds it.
    """
    return inputs.detach() + _right_step(func, inputs)


@mistake("newton_step")
def negative_gradient(func: Function, inputs: Tensor) -> Tensor:
    """That is the step of gradient descent, -∇f. The curvature has not had its say yet.

    The gradient tells the direction of steepest descent and not how far to go. The Hessian does
    that, for every direction by itself.
    """
    return -_gradient(func, inputs)


@mistake("newton_step")
def gradient_for_step(func: Function, inputs: Tensor) -> Tensor:
    """This is the gradient itself: it leads uphill, and the curvature has had no say.

    The step solves H d = -∇f. Two things are missing: the sign, which turns the way downhill, and
    the Hessian, which says for every direction how far to go.
    """
    return _gradient(func, inputs)


@mistake("newton_step")
def multiplied_by_hessian(func: Function, inputs: Tensor) -> Tensor:
    """You multiplied the gradient by the Hessian, where it has to be divided by it.

    In one dimension the step is -f'/f'': a stronger curvature makes a shorter step. What takes the
    place of the division where f'' is a matrix?
    """
    step: Tensor = -(_matrix(func, inputs) @ _gradient(func, inputs).flatten())
    return step.view(inputs.shape)


@mistake("newton_step")
def diagonal_only(func: Function, inputs: Tensor) -> Tensor:
    """You divided each entry of the gradient by its own second derivative alone.

    That is right only where the Hessian is diagonal. The mixed derivatives say that a step along
    one axis changes the slope along another, and the step has to take account of that.
    """
    diagonal = _matrix(func, inputs).diagonal()
    return -(_gradient(func, inputs).flatten() / diagonal).view(inputs.shape)


@mistake("newton_step")
def divided_by_row_sums(func: Function, inputs: Tensor) -> Tensor:
    """You divided the gradient by the sums of the Hessian's rows.

    Differentiating the sum of the gradient's entries adds up each column of the Hessian. What is
    needed is the matrix itself, and then a system of equations to solve.
    """
    sums = _matrix(func, inputs).sum(0)
    return -(_gradient(func, inputs).flatten() / sums).view(inputs.shape)


@mistake("newton_step")
def made_convex(func: Function, inputs: Tensor) -> Tensor:
    """You took |λ| for λ: where the Hessian is indefinite, that is another step.

    It is the right idea for the next task. Here the step goes to where the gradient of the
    touching parabola is zero, even if that is a saddle.
    """
    curvatures, axes = torch.linalg.eigh(_matrix(func, inputs))
    step: Tensor = -(axes @ ((axes.T @ _gradient(func, inputs).flatten()) / curvatures.abs()))
    return step.view(inputs.shape)


@mistake("newton_step")
def cholesky_only(func: Function, inputs: Tensor) -> Tensor:
    """Your step fails where the Hessian is not positive definite, as Cholesky's factors do.

    An indefinite Hessian has a Newton step like any other, as long as no eigenvalue is zero. Which
    solver asks for nothing more than that?
    """
    factor = torch.linalg.cholesky(_matrix(func, inputs))
    step = -torch.cholesky_solve(_gradient(func, inputs).reshape(-1, 1), factor)
    return step.view(inputs.shape)


@mistake("newton_step")
def step_flattened(func: Function, inputs: Tensor) -> Tensor:
    """Your step is a flat vector, and the inputs are not.

    Whoever adds the step to the inputs needs it in their shape.
    """
    return _right_step(func, inputs).flatten()


@mistake("newton_step", symptom=Symptom.UNSTABLE)
def explicit_inverse(func: Function, inputs: Tensor) -> Tensor:
    """Your step is right on easy Hessians and loses digits where the condition number is large.

    An inverse that is written out does that, and so does a pseudo-inverse: each of its entries is
    rounded, and the errors are multiplied once more. A solver works with H itself, and costs less.
    """
    inverse = torch.linalg.inv(_matrix(func, inputs))
    step: Tensor = -(inverse @ _gradient(func, inputs).flatten())
    return step.view(inputs.shape)


@mistake("newton_step", symptom=Symptom.FINITE_DIFFERENCE)
def hessian_not_exact(func: Function, inputs: Tensor) -> Tensor:
    """Your step is nearly right: it solves the equation of an H that is a little off.

    Is that H a quotient of differences? Was float32 on the way, or did you add something small to
    the diagonal? Autograd's second derivative is exact to the last digits, and a solver takes it as
    it is.
    """
    columns = [_quotient(func, inputs, axis) for axis in _axes(inputs)]
    matrix = torch.stack([column.flatten() for column in columns], 1)
    step: Tensor = torch.linalg.solve(matrix, -_gradient(func, inputs).flatten())
    return step.view(inputs.shape)


def _axes(x: Tensor) -> list[Tensor]:
    units = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
    return [unit.view(x.shape) for unit in units]


def _quotient(func: Function, x: Tensor, v: Tensor) -> Tensor:
    h = 1e-5 / v.norm()
    return (_gradient(func, x + h * v) - _gradient(func, x - h * v)) / (2 * h)


Direction = Callable[[Function, Tensor, Tensor], Tensor]


def _convex_direction(func: Function, x: Tensor, slope: Tensor) -> Tensor:
    curvatures, axes = torch.linalg.eigh(_matrix(func, x))
    step: Tensor = -(axes @ ((axes.T @ slope.flatten()) / curvatures.abs().clamp(min=1e-8)))
    return step.view(x.shape)


def _newton_direction(func: Function, x: Tensor, slope: Tensor) -> Tensor:
    matrix = _matrix(func, x)
    # LAPACK takes its time over a matrix that is not finite.
    if not bool(torch.isfinite(matrix).all()) or torch.linalg.matrix_rank(matrix) < len(matrix):
        return -slope
    step: Tensor = torch.linalg.solve(matrix, -slope.flatten())
    return step.view(x.shape)


def _halved(func: Function, x: Tensor, step: Tensor) -> float:
    height, t = func(x), 1.0
    while t > 1e-10 and not bool(func(x + t * step) <= height):
        t = t / 2
    return t


def _largest(slope: Tensor) -> Tensor:
    return slope.abs().max()


def _run(
    func: Function,
    inputs: Tensor,
    gtol: float,
    maxiter: int,
    direction: Direction = _convex_direction,
    length: Callable[[Function, Tensor, Tensor], float] = _halved,
    size: Callable[[Tensor], Tensor] = _largest,
) -> Run:
    """Run the method with one thing changed: the direction, how far to go along it, the end."""
    x, steps = inputs.detach().clone(), 0
    while True:
        slope = _gradient(func, x)
        if size(slope) <= gtol:
            return x, steps, "converged"
        if steps == maxiter:
            return x, steps, "maxiter"
        step = direction(func, x, slope)
        x, steps = (x + length(func, x, step) * step).detach(), steps + 1


def _whole(_func: Function, _x: Tensor, _step: Tensor) -> float:
    return 1.0


@mistake("newton")
def no_line_search(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You take whole Newton steps, wherever they lead.

    Far from the end the parabola that touches is not the function: a whole step may land higher
    than it started, and a step to a critical point may go to a maximum. Compare f before and after
    the step before you accept it, and look at the signs of the curvatures.
    """
    return _run(func, inputs, gtol, maxiter, _newton_direction, _whole)


@mistake("newton")
def downhill_and_never_halved(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """Your direction goes downhill, and you take all of it, wherever it ends.

    With |λ| for λ every step begins downhill. How far down it leads is another matter: where the
    curvature grows weaker on the way, a whole step lands higher than it started. Compare f before
    and after, and halve the step until f is no higher.
    """
    return _run(func, inputs, gtol, maxiter, length=_whole)


@mistake("newton")
def indefinite_ignored(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You shorten the step until f is lower, but where the curvature is negative no length helps.

    There Newton's step leads uphill, and so does each part of it. Before you ask how far to go,
    see to it that the direction goes down: along every axis of the Hessian, against the slope.
    """
    return _run(func, inputs, gtol, maxiter, _newton_direction)


def _newton_if_downhill(func: Function, x: Tensor, slope: Tensor) -> Tensor:
    step = _newton_direction(func, x, slope)
    return step if bool((step * slope).sum() < 0) else -slope


@mistake("newton")
def downhill_is_enough(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You take Newton's direction wherever it goes downhill. It may go down to a saddle.

    With one negative curvature among positive ones, the step can lead down on the whole and still
    towards the saddle along one axis. So it is not the direction as a whole that has to go down:
    look at each eigenvalue of the Hessian.
    """
    return _run(func, inputs, gtol, maxiter, _newton_if_downhill)


def _down_the_slope(_func: Function, _x: Tensor, slope: Tensor) -> Tensor:
    return -slope


@mistake("newton")
def gradient_descent(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """That is gradient descent with a line search: it goes down, and slowly.

    Every step gains a fixed share of what is left, and in a narrow valley that share is tiny. Let
    the Hessian choose the direction.
    """
    return _run(func, inputs, gtol, maxiter, _down_the_slope)


@mistake("newton")
def nan_taken_for_lower(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """Your line search keeps steps to where f is not a number.

    "While f is higher, halve" stops at once there, for no comparison with NaN is true. Turn the
    question round: go on while f is *not* lower or equal.
    """

    def while_higher(func: Function, x: Tensor, step: Tensor) -> float:
        height, t = func(x), 1.0
        while t > 1e-10 and bool(func(x + t * step) > height):
            t = t / 2
        return t

    return _run(func, inputs, gtol, maxiter, length=while_higher)


@mistake("newton")
def plus_sign(func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100) -> Run:
    """Your steps go uphill: the sign of the step is the wrong way round, and nothing stops it.

    H d = -∇f has its minus sign already. Is there another one where you add the step? And where is
    f compared before and after?
    """

    def uphill(func: Function, x: Tensor, slope: Tensor) -> Tensor:
        return -_convex_direction(func, x, slope)

    return _run(func, inputs, gtol, maxiter, uphill, _whole)


@mistake("newton")
def half_steps(func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100) -> Run:
    """You take half of every step. That is safe, and gives away what Newton's method is good at.

    Near the end a whole step squares the distance; half a step leaves half of it. Try the whole
    step first, and halve it only where f says so.
    """

    def half(_func: Function, _x: Tensor, _step: Tensor) -> float:
        return 0.5

    return _run(func, inputs, gtol, maxiter, length=half)


@mistake("newton")
def frozen_hessian(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You keep the Hessian of the start for all steps.

    It is cheaper, and the distance to the end then shrinks by a factor in each step, where it
    could be squared. The curvature at the new point is another one: ask for it again.
    """
    start = inputs.detach().clone()

    def from_the_start(func: Function, _x: Tensor, slope: Tensor) -> Tensor:
        return _convex_direction(func, start, slope)

    return _run(func, inputs, gtol, maxiter, from_the_start)


@mistake("newton")
def diagonal_newton(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You use the diagonal of the Hessian alone.

    A valley that does not run along an axis has its shape in the mixed derivatives. Without them
    the steps are not much better than those of gradient descent.
    """

    def by_the_diagonal(func: Function, x: Tensor, slope: Tensor) -> Tensor:
        sizes = _matrix(func, x).diagonal().abs().clamp(min=1e-8)
        return -(slope.flatten() / sizes).view(x.shape)

    return _run(func, inputs, gtol, maxiter, by_the_diagonal)


@mistake("newton")
def silent_at_maxiter(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """Your status is "converged" also where the steps ran out.

    Whoever calls the function reads the status to know whether x can be trusted. Say "maxiter"
    where the gradient is still larger than gtol.
    """
    x, steps, _ = _run(func, inputs, gtol, maxiter)
    return x, steps, "converged"


@mistake("newton")
def length_against_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You go on where the gradient is small enough already.

    It has converged where the *largest entry*, max|∇f|, is at most gtol. What do you compare with
    gtol? The length of the gradient, or a sum, can be larger where no entry is; so can a step.
    """
    return _run(func, inputs, gtol, maxiter, size=torch.linalg.vector_norm)


@mistake("newton")
def mean_against_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You average over the gradient, and an average hides the entry that is still large.

    It has converged where the *largest* entry, max|∇f|, is at most gtol: then every other one is.
    """
    return _run(func, inputs, gtol, maxiter, size=lambda slope: slope.abs().mean())


@mistake("newton")
def root_mean_square_against_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You take the root of the mean square, and a mean hides the entry that is still large.

    It has converged where the *largest* entry, max|∇f|, is at most gtol: then every other one is.
    """
    return _run(func, inputs, gtol, maxiter, size=lambda slope: slope.square().mean().sqrt())


@mistake("newton")
def signed_maximum(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You take the largest entry of the gradient with its sign.

    An entry of -5 is smaller than gtol, and far from zero. Where all entries are negative, you
    have arrived before you left. Take absolute values first: max|∇f|.
    """
    return _run(func, inputs, gtol, maxiter, size=torch.max)


def _until_a_step_is_small(
    func: Function, inputs: Tensor, maxiter: int, small: Callable[[Tensor, Tensor], bool]
) -> Run:
    """Run the method, and ask after each step, of the points before and behind it, for the end."""
    x = inputs.detach().clone()
    for steps in range(1, maxiter + 1):
        step = _convex_direction(func, x, _gradient(func, x))
        before, x = x, (x + _halved(func, x, step) * step).detach()
        if small(before, x):
            return x, steps, "converged"
    return x, maxiter, "maxiter"


@mistake("newton")
def step_against_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You stop where the step is small. The task asks where the gradient is.

    A step can be small because the function is steep, or long where it is flat; and to see one you
    have to take it, also from a point that is critical already. Look at max|∇f| before each step.
    """

    def small(before: Tensor, x: Tensor) -> bool:
        return bool((x - before).abs().max() <= gtol)

    return _until_a_step_is_small(func, inputs, maxiter, small)


@mistake("newton")
def change_of_f_against_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You stop where f hardly changes. The task asks where the gradient is small.

    How far f falls depends on its scale, and to see it you have to take a step, also from a point
    that is critical already. Look at max|∇f| before each step.
    """

    def small(before: Tensor, x: Tensor) -> bool:
        return bool((func(x) - func(before)).abs() <= gtol)

    return _until_a_step_is_small(func, inputs, maxiter, small)


@mistake("newton")
def last_step_not_looked_at(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You do not look at the gradient after the last step that is allowed.

    That step may have arrived. Where a loop looks, steps, looks, steps, one look has to follow the
    last step before you say "maxiter".
    """
    x, steps, status = _run(func, inputs, gtol, maxiter)
    return x, steps, "maxiter" if steps == maxiter else status


@mistake("newton", symptom=Symptom.STEPPED_FIRST)
def steps_before_looking(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """Where the start is critical already, you say that it took a step.

    There the answer is 0 steps, and "converged". Look at the gradient before the first step, and
    count steps, not looks.
    """
    x, steps, status = _run(func, inputs, gtol, maxiter)
    return (x, 1, "converged" if maxiter else "maxiter") if steps == 0 else (x, steps, status)


@mistake("newton")
def never_looks_at_gtol(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You go on to the last step, whatever the gradient is.

    max|∇f| ≤ gtol means that it is time to stop: before the first step, too, if the start is
    critical already. Look at the gradient before every step.
    """
    return _run(func, inputs, -1.0, maxiter)


@mistake("newton")
def raises_at_maxiter(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You raise an error where the steps run out.

    The x that was reached is worth something, and whoever asked for few steps wants it. Return it,
    with the status "maxiter".
    """
    found = _run(func, inputs, gtol, maxiter)
    if found[2] != "converged":
        raise RuntimeError("not converged")
    return found


@mistake("newton")
def one_step_too_many(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You take one step more than maxiter allows.

    Count for maxiter = 1: one look at the gradient, one step, one more look to see whether it has
    converged, and no second step.
    """
    return _run(func, inputs, gtol, maxiter + 1)


@mistake("newton")
def counts_from_one(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You count one step more than you took.

    A start that is critical already has converged after 0 steps. Count steps, and not looks at the
    gradient.
    """
    x, steps, status = _run(func, inputs, gtol, maxiter)
    return x, steps + 1, status


@mistake("newton", symptom=Symptom.CHANGED_INPUTS)
def moves_the_callers_tensor(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Run:
    """You moved the tensor that you were given, in place.

    The caller may want to start again from the same point. Walk with a copy.
    """
    found = _run(func, inputs, gtol, maxiter)
    inputs.copy_(found[0])
    return found


@mistake("newton", symptom=Symptom.NOT_A_TUPLE)
def point_alone(
    func: Function, inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Tensor:
    """You returned x alone.

    A result has three parts: x, how many steps it took, and why it ended. `Result(x, steps,
    status)` puts them together.
    """
    return _run(func, inputs, gtol, maxiter)[0]


def _solve(
    matvec: Matvec,
    b: Tensor,
    rtol: float,
    maxiter: int | None,
    *,
    goal: Callable[[float, Tensor], Any] = lambda rtol, b: rtol * b.norm(),
    beta: Callable[[Tensor, Tensor], Any] = lambda new, old: new / old,
    alpha: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda size, p, q: size / (p * q).sum(),
    stops: Callable[[Any], bool] = lambda curvature: bool(curvature <= 0),
    of_new: bool = True,
    signed: float = 1.0,
) -> Run:
    """Run conjugate gradients with one thing changed."""
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, steps = torch.zeros_like(b), b.detach(), 0
    p, size = r, (r * r).sum()
    while not bool(size.sqrt() <= goal(rtol, b)):
        if steps == limit:
            return x, steps, "maxiter"
        q = matvec(p)
        if stops((p * q).sum()):
            return x, steps, "negative curvature"
        step = alpha(size, p, q)
        x, old, r = x + signed * step * p, r, r - step * q
        before, size = size, (r * r).sum()
        p, steps = (r if of_new else old) + beta(size, before) * p, steps + 1
    return x, steps, "converged"


@mistake("conjugate_gradient")
def steepest_descent(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your new direction is the residual alone: that is steepest descent.

    It undoes in one step what it gained in the one before. The new direction has to be conjugate
    to the last one, pᵀ A p' = 0: what has to be added to the residual for that?
    """
    return _solve(matvec, b, rtol, maxiter, beta=lambda new, old: 0.0)


@mistake("conjugate_gradient")
def beta_inverted(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your β is upside down: old residual by new one, where it is new by old.

    The more the residual has shrunk in a step, the less of the old direction is carried on.
    """
    return _solve(matvec, b, rtol, maxiter, beta=lambda new, old: old / new)


@mistake("conjugate_gradient")
def beta_not_squared(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your β is the ratio of the residuals' lengths; it has to be that of their squares.

    β = rᵀr (new) / rᵀr (old). There is no square root in it.
    """
    return _solve(matvec, b, rtol, maxiter, beta=lambda new, old: (new / old).sqrt())


@mistake("conjugate_gradient")
def beta_negative(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You subtract β times the old direction, where it has to be added.

    Work out the two steps of the lesson's 2 × 2 example with your formula: is the second direction
    conjugate to the first?
    """
    return _solve(matvec, b, rtol, maxiter, beta=lambda new, old: -new / old)


@mistake("conjugate_gradient")
def alpha_of_lengths(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your step length does not know the curvature: you divide by pᵀp.

    Along p the function ½ xᵀ A x - bᵀ x is a parabola, and its second derivative is pᵀ A p. That
    is what to divide by.
    """
    return _solve(matvec, b, rtol, maxiter, alpha=lambda size, p, q: size / (p * p).sum())


@mistake("conjugate_gradient")
def direction_from_the_old_residual(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your new direction starts from the old residual.

    The order of the lines matters: first x, then the residual, then the direction, and that from
    the residual that you have just computed.
    """
    return _solve(matvec, b, rtol, maxiter, of_new=False)


@mistake("conjugate_gradient")
def wrong_sign(matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None) -> Run:
    """Your x has the right numbers with the wrong sign: it solves A x = -b.

    The residual is b - A x, and x moves along +α p. With A x - b as the residual, one sign changes
    and the other has to change with it.
    """
    return _solve(matvec, b, rtol, maxiter, signed=-1.0)


@mistake("conjugate_gradient")
def absolute_tolerance(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Whether you stop depends on the units that b is measured in.

    If b is in millionths, zeros pass for a solution; if it is in millions, hardly anything does.
    rtol is relative: compare ‖b - A x‖ with rtol times ‖b‖, both as lengths and neither squared.
    """
    return _solve(matvec, b, rtol, maxiter, goal=lambda rtol, b: rtol)


@mistake("conjugate_gradient")
def squared_tolerance(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You compare squares with a tolerance that is not squared: rᵀr ≤ rtol · bᵀb.

    With rtol = 1e-8 that lets a residual of 1e-4 pass. Take the root on the left, or the square of
    rtol on the right.
    """
    return _solve(matvec, b, rtol, maxiter, goal=lambda rtol, b: rtol**0.5 * b.norm())


@mistake("conjugate_gradient")
def curvature_not_looked_at(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You do not look at the sign of pᵀ A p.

    Where it is not positive, the parabola along p has no lowest point, and a step to its top is no
    step towards a minimum. Stop there, keep the x so far, and say "negative curvature".
    """
    return _solve(matvec, b, rtol, maxiter, stops=lambda curvature: False)


@mistake("conjugate_gradient", symptom=Symptom.ZERO_DIVIDED)
def zero_curvature_divided(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You stop where pᵀ A p < 0, and where it is exactly zero you divide by it.

    A = 0 is such a matrix: there is no curvature at all, and x becomes infinite or NaN.
    """
    return _solve(matvec, b, rtol, maxiter, stops=lambda curvature: bool(curvature < 0))


@mistake("conjugate_gradient")
def silent_when_steps_run_out(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your status is "converged" also where the steps ran out.

    Whoever calls the function reads the status to know whether x can be trusted. Say "maxiter"
    where the residual is still too large.
    """
    x, steps, status = _solve(matvec, b, rtol, maxiter)
    return x, steps, "converged" if status == "maxiter" else status


@mistake("conjugate_gradient")
def last_residual_not_looked_at(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You do not look at the residual after the last step that is allowed.

    That step may have arrived: with three different eigenvalues the third one does. One look has to
    follow the last step before you say "maxiter".
    """
    x, steps, status = _solve(matvec, b, rtol, maxiter)
    return x, steps, "maxiter" if steps == maxiter and status == "converged" else status


@mistake("conjugate_gradient")
def maxiter_is_n(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Without a maxiter you stop after n steps.

    In exact arithmetic n steps are enough. With rounding they are not: the directions lose their
    conjugacy, and a few times n may be needed. The default is 10 n.
    """
    return _solve(matvec, b, rtol, b.numel() if maxiter is None else maxiter)


@mistake("conjugate_gradient", symptom=Symptom.MANY_PRODUCTS)
def residual_made_anew(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """Your steps ask for about twice as many products as they need, or more.

    The product A p of a step serves twice: for the length of the step, and for the new residual,
    r - α A p. To compute b - A x anew is right, and it costs another product each time.
    """
    found = _solve(matvec, b, rtol, maxiter)
    for _ in range(found[1]):
        matvec(b)
    return found


@mistake("conjugate_gradient")
def matrix_made_first(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You asked for the whole matrix, column by column, and solved with that.

    n products and n × n numbers are what this method is there to avoid: after a few products it is
    often done. One product for each step is all that you need.
    """
    axes = torch.eye(b.numel(), dtype=b.dtype)
    matrix = torch.stack([matvec(axis.view(b.shape)).flatten() for axis in axes])
    return torch.linalg.solve(matrix, b.flatten()).view(b.shape), 1, "converged"


@mistake("conjugate_gradient")
def returns_the_residual(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You returned what is left over, b - A x, in the place of x.

    The residual tells when to stop. What is asked for is the x that makes it small.
    """
    x, steps, status = _solve(matvec, b, rtol, maxiter)
    return b - matvec(x), steps, status


@mistake("conjugate_gradient")
def b_at_negative_curvature(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """At negative curvature you return b in the place of x.

    What to do with negative curvature is for the next task to decide. Here x is what was reached
    before the direction came up, and that is zeros where it is the first one.
    """
    x, steps, status = _solve(matvec, b, rtol, maxiter)
    return (b.clone() if status == "negative curvature" else x), steps, status


@mistake("conjugate_gradient")
def steps_counted_from_one(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Run:
    """You count one step more than you took.

    b = 0 is solved by zeros, after 0 steps. Count the steps that changed x.
    """
    x, steps, status = _solve(matvec, b, rtol, maxiter)
    return x, steps + 1, status


@mistake("conjugate_gradient", symptom=Symptom.NOT_A_TUPLE)
def solution_alone(
    matvec: Matvec, b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You returned x alone.

    A result has three parts: x, how many steps it took, and why it ended. `Result(x, steps,
    status)` puts them together.
    """
    return _solve(matvec, b, rtol, maxiter)[0]


def _cg_step(
    func: Function, inputs: Tensor, rtol: float, maxiter: int | None, **changed: Any
) -> Run:
    slope = _gradient(func, inputs)
    return _solve(lambda p: _product(func, inputs, p), -slope, rtol, maxiter, **changed)


@mistake("newton_cg_step")
def cg_missing_minus(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """Your step leads the wrong way: it solves H d = +∇f.

    The right-hand side is -∇f, and the step at negative curvature is -∇f, too: downhill.
    """
    x, steps, _ = _cg_step(func, inputs, rtol, maxiter)
    return -x if steps else _gradient(func, inputs)


@mistake("newton_cg_step")
def zero_at_negative_curvature(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """Where the very first direction has no positive curvature, your step is zero.

    The method then never leaves that point. Conjugate gradients come back with zeros, after no
    step at all: a step along -∇f leads downhill and is better than none.
    """
    return _cg_step(func, inputs, rtol, maxiter)[0]


@mistake("newton_cg_step")
def through_negative_curvature(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You go on through directions of negative curvature.

    The answer then solves H d = -∇f where that is a saddle, and the step may lead uphill. Stop at
    the first direction with pᵀ H p ≤ 0, and keep what you have.
    """
    return _cg_step(func, inputs, rtol, maxiter, stops=lambda curvature: False)[0]


@mistake("newton_cg_step")
def gradient_at_any_negative_curvature(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """At negative curvature you always fall back to -∇f, and throw away what you had.

    That is right where the first direction is the bad one. Later there is an x that good
    directions have built, and it is the better step.
    """
    x, _, status = _cg_step(func, inputs, rtol, maxiter)
    return -_gradient(func, inputs) if status == "negative curvature" else x


@mistake("newton_cg_step")
def slope_alone(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """That is the step of gradient descent, -∇f: no product with the Hessian has shaped it.

    Conjugate gradients have to solve H d = -∇f. What do you hand them as `matvec`?
    """
    return -_gradient(func, inputs)


@mistake("newton_cg_step")
def slope_uphill(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """This is the gradient itself, +∇f: it leads uphill, and no product with H has shaped it.

    Conjugate gradients have to solve H d = -∇f. What do you hand them as `b`, what as `matvec`, and
    what do you return?
    """
    return _gradient(func, inputs)


@mistake("newton_cg_step")
def one_direction_only(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You take one conjugate direction and stop: that is -∇f with a good length.

    rtol and maxiter say how far to go on. Hand them to `conjugate_gradient`.
    """
    x, steps, _ = _cg_step(func, inputs, rtol, 1)
    return x if steps else -_gradient(func, inputs)


@mistake("newton_cg_step")
def keywords_not_handed_on(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You do not hand `rtol` and `maxiter` on to `conjugate_gradient`.

    Far from the minimum nobody needs the step to eight digits: a few products are enough there.
    That is what the two arguments are for.
    """
    x, steps, _ = _cg_step(func, inputs, 1e-8, None)
    return x if steps else -_gradient(func, inputs)


@mistake("newton_cg_step")
def dense_solve(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You solve with the whole Hessian.

    The numbers are those of a Newton step, and neither maxiter nor negative curvature is
    respected; and at 10⁶ unknowns that matrix takes terabytes. Ask for products alone.
    """
    return _right_step(func, inputs)


@mistake("newton_cg_step", symptom=Symptom.FINITE_DIFFERENCE)
def products_not_exact(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """Your products with H are nearly right, and nearly is not enough here.

    Are they quotients of differences of the gradient? Was float32 on the way, or did you add
    something small to H? `hvp` costs about as much as a quotient, and is exact to the last digits.
    """
    slope = _gradient(func, inputs)
    x, steps, _ = _solve(lambda p: _quotient(func, inputs, p), -slope, rtol, maxiter)
    return x if steps else -slope


@mistake("newton_cg_step", symptom=Symptom.DENSE)
def matrix_inside(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """You made the whole Hessian, to multiply by it.

    Your numbers are right where it fits. A product H p costs about as much as two gradients and
    needs no matrix: `hvp` is there for that.
    """
    matrix, slope = _matrix(func, inputs), _gradient(func, inputs)
    x, steps, _ = _solve(lambda p: (matrix @ p.flatten()).view(p.shape), -slope, rtol, maxiter)
    return x if steps else -slope


@mistake("newton_cg_step", symptom=Symptom.MANY_PASSES)
def products_by_rows(
    func: Function, inputs: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Tensor:
    """Each of your products costs a pass for every unknown.

    Row by row no matrix is kept, and yet all of it is computed, again for every product. One
    gradient of g · p, with p held fixed, gives all rows of H p at once.
    """
    x = inputs.detach().clone().requires_grad_()
    value = func(x) + 0 * (x * x).sum()
    (slope,) = torch.autograd.grad(value, x, create_graph=True)

    def product(p: Tensor) -> Tensor:
        rows = (torch.autograd.grad(one, x, retain_graph=True)[0] for one in slope.flatten())
        return torch.stack([(row * p).sum() for row in rows]).view(p.shape)

    found, steps, _ = _solve(product, -slope.detach(), rtol, maxiter)
    return found if steps else -slope.detach()


MISTAKES: tuple[Mistake, ...] = (
    missing_minus,
    point_returned,
    negative_gradient,
    gradient_for_step,
    multiplied_by_hessian,
    diagonal_only,
    divided_by_row_sums,
    made_convex,
    cholesky_only,
    step_flattened,
    explicit_inverse,
    hessian_not_exact,
    no_line_search,
    downhill_and_never_halved,
    indefinite_ignored,
    downhill_is_enough,
    gradient_descent,
    nan_taken_for_lower,
    plus_sign,
    half_steps,
    frozen_hessian,
    diagonal_newton,
    silent_at_maxiter,
    length_against_gtol,
    mean_against_gtol,
    root_mean_square_against_gtol,
    signed_maximum,
    step_against_gtol,
    change_of_f_against_gtol,
    last_step_not_looked_at,
    steps_before_looking,
    never_looks_at_gtol,
    raises_at_maxiter,
    one_step_too_many,
    counts_from_one,
    moves_the_callers_tensor,
    point_alone,
    steepest_descent,
    beta_inverted,
    beta_not_squared,
    beta_negative,
    alpha_of_lengths,
    direction_from_the_old_residual,
    wrong_sign,
    absolute_tolerance,
    squared_tolerance,
    curvature_not_looked_at,
    zero_curvature_divided,
    silent_when_steps_run_out,
    last_residual_not_looked_at,
    maxiter_is_n,
    residual_made_anew,
    matrix_made_first,
    returns_the_residual,
    b_at_negative_curvature,
    steps_counted_from_one,
    solution_alone,
    cg_missing_minus,
    zero_at_negative_curvature,
    through_negative_curvature,
    gradient_at_any_negative_curvature,
    slope_alone,
    slope_uphill,
    one_direction_only,
    keywords_not_handed_on,
    dense_solve,
    products_not_exact,
    matrix_inside,
    products_by_rows,
)
