"""Known mistakes of the topic `influence`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.func import grad, jvp, vmap

from graders.checks.mistakes import Mistake, Symptom, mistake

Matvec = Callable[[Tensor], Tensor]
Loss = Callable[..., Tensor]
Parameters = Sequence[Tensor]
Examples = tuple[Tensor, Tensor]


def _flat(tensors: Parameters) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def _cut(vector: Tensor, tensors: Parameters) -> tuple[Tensor, ...]:
    parts = vector.split([tensor.numel() for tensor in tensors])
    return tuple(part.reshape(one.shape) for part, one in zip(parts, tensors, strict=True))


def _own(parameters: Parameters) -> tuple[Tensor, ...]:
    return tuple(parameter.detach() for parameter in parameters)


def _slope(loss: Loss, own: Parameters, examples: Examples) -> Tensor:
    return _flat(grad(lambda p: loss(p, *examples).mean())(tuple(own)))


def _rows(loss: Loss, own: Parameters, train: Examples) -> Tensor:
    """Give the gradient of each example as a row."""

    def one(x: Tensor, y: Tensor) -> Tensor:
        return _flat(grad(lambda p: loss(p, x[None], y[None])[0])(tuple(own)))

    return vmap(one)(*train)


def _matrix(loss: Loss, own: Parameters, examples: Examples) -> Tensor:
    """Give the Hessian of the mean loss."""
    hessian = torch.func.hessian(lambda u: loss(_cut(u, own), *examples).mean())
    return hessian(_flat(own))


def _identity(matrix: Tensor) -> Tensor:
    return torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)


def _least(matrix: Tensor, side: Tensor) -> Tensor:
    """Solve, and where that is not possible give the shortest of the nearest."""
    found = torch.linalg.lstsq(matrix, side.reshape(len(matrix), -1), driver="gelsd").solution
    return found.reshape(side.shape)


def _solved(
    loss: Loss,
    parameters: Parameters,
    train: Examples,
    test: Examples,
    damping: float,
    matrix: Tensor | None = None,
) -> Tensor:
    """Give -∇Lᵢᵀ (H + damping I)⁻¹ ∇L_test for each i; `matrix` stands in for H."""
    own = _own(parameters)
    hessian = _matrix(loss, own, train) if matrix is None else matrix
    solved = _least(hessian + damping * _identity(hessian), _slope(loss, own, test))
    return -_rows(loss, own, train) @ solved


def _products(loss: Loss, own: Parameters, train: Examples) -> Matvec:
    slopes = grad(lambda p: loss(p, *train).mean())
    return lambda u: _flat(jvp(slopes, (tuple(own),), (_cut(u, own),))[1])


def _marked(parameters: Parameters) -> list[Tensor]:
    return [parameter.detach().clone().requires_grad_() for parameter in parameters]


def _conjugate(
    matvec: Matvec, v: Tensor, damping: float, rtol: float = 1e-11, most: int = 1000
) -> Tensor:
    x, r = torch.zeros_like(v), v.detach().clone()
    p, size = r, (r * r).sum()
    enough = size * max(rtol, 20 * torch.finfo(v.dtype).eps) ** 2
    for _ in range(most):
        if bool(size <= enough):
            break
        q = matvec(p) + damping * p
        alpha = size / (p * q).sum()
        x, r, before = x + alpha * p, r - alpha * q, size
        size = (r * r).sum()
        p = r + size / before * p
    return x


def _without_looking(matvec: Matvec, v: Tensor, damping: float, steps: int) -> Tensor:
    x, r = torch.zeros_like(v), v.clone()
    p, size = r, (r * r).sum()
    for _ in range(steps):
        # What is no number once will be none at the end.
        if bool(torch.isnan(x).all()):
            break
        q = matvec(p) + damping * p
        alpha = size / (p * q).sum()
        x, r, before = x + alpha * p, r - alpha * q, size
        size = (r * r).sum()
        p = r + size / before * p
    return x


def _by_matrix(
    matvec: Matvec,
    v: Tensor,
    damped: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    identity = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    rows = torch.stack([matvec(row.reshape(v.shape)).reshape(-1) for row in identity])
    return _least(damped(rows, identity), v.reshape(-1)).reshape(v.shape)


@mistake("inverse_hvp")
def minus_too_early(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You solved for -v: the answer has the right size and the wrong sign.

    The minus of an influence belongs to the influence. This function solves a system, and
    (H + damping I) x gives v again.
    """
    return -_by_matrix(matvec, v, lambda h, eye: h + damping * eye)


@mistake("inverse_hvp")
def answer_flattened(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your answer is a flat vector, and v is not.

    Whoever handed v over needs x in the same shape, for example that of a matrix of weights.
    """
    return _by_matrix(matvec, v, lambda h, eye: h + damping * eye).reshape(-1)


@mistake("inverse_hvp")
def damping_left_out(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You solved H x = v: the damping has no part in your answer.

    `matvec` multiplies by H alone. The matrix of the system is H + damping I. What does it make of
    a direction p?
    """
    return _by_matrix(matvec, v, lambda h, _: h)


@mistake("inverse_hvp")
def damping_taken_off(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You took the damping off the matrix, where it has to be added to it.

    Damping lifts every eigenvalue, so that none is near zero. Look at the sign in your product.
    """
    return _by_matrix(matvec, v, lambda h, eye: h - damping * eye)


@mistake("inverse_hvp")
def damping_as_a_share(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You made H larger by a share, (1 + damping) H, where `damping` has to be added to it.

    A share leaves an eigenvalue that is zero at zero. Damping adds the same amount to all of them:
    that is a multiple of the identity. What is the identity times p?
    """
    return _by_matrix(matvec, v, lambda h, _: (1 + damping) * h)


@mistake("inverse_hvp")
def damping_by_the_diagonal(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You weighed the damping by the diagonal of H, as Marquardt's method does.

    That is another matrix. Here the same number is added to every eigenvalue, whatever H is.
    """
    return _by_matrix(matvec, v, lambda h, _: h + damping * torch.diag(h.diagonal()))


@mistake("inverse_hvp")
def damping_on_the_answer(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You solved H x = v first, and added damping · v to the answer.

    The inverse of a sum is not the sum of inverses. The damping belongs to the matrix, before
    anything is solved: it has a part in every product.
    """
    return damping_left_out.function(matvec, v) + damping * v


@mistake("inverse_hvp")
def multiplied_not_solved(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You multiplied v by H + damping I, where the system has to be solved.

    Check it with numbers: for H = 2 and v = 6 the answer is 3, for 2 · 3 = 6.
    """
    return matvec(v) + damping * v


@mistake("inverse_hvp")
def first_step_only(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """That is the first step of the method: v itself, made as long as suits it best.

    After one step x still points along v. What is left of v - (H + damping I) x gives the next
    direction. Is your loop left too soon, or does it begin anew each time?
    """
    if not bool(v.any()):
        return v.clone()
    return v * (v * v).sum() / (v * (matvec(v) + damping * v)).sum()


@mistake("inverse_hvp")
def divided_by_the_diagonal(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You divided v by the diagonal of H + damping I, entry by entry.

    That solves the system only where H is diagonal. The entries beside the diagonal couple the
    unknowns, and then the system has to be solved as a whole.
    """
    identity = torch.eye(v.numel(), dtype=v.dtype, device=v.device)
    rows = torch.stack([matvec(row.reshape(v.shape)).reshape(-1) for row in identity])
    return v / (rows.diagonal().reshape(v.shape) + damping)


@mistake("inverse_hvp")
def ten_steps_only(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You stop after ten steps of conjugate gradients, however much is left over.

    Ten are enough for a handful of unknowns and for a few different eigenvalues. With a hundred
    eigenvalues they are not. Let the residual decide when to stop, and not the count.
    """
    return _conjugate(matvec, v, damping, most=10)


@mistake("inverse_hvp")
def as_many_steps_as_rows(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Where v is a matrix, you stop after as many steps as it has rows.

    `len(v)` counts the rows. The unknowns are all of its entries, and so many steps conjugate
    gradients may need, or a few more. `v.numel()` counts entries.
    """
    return _conjugate(matvec, v, damping, most=len(v))


@mistake("inverse_hvp")
def stop_by_absolute_size(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your answer is zero where v is small, as if there were nothing to solve.

    The loop stops when the residual is below a fixed number, and a small v is below it from the
    start. With v a thousand times smaller, x is a thousand times smaller: the residual has to be
    compared with the size of v.
    """
    size = float(v.norm())
    return _conjugate(matvec, v, damping, rtol=1e-12 / size if size else 1.0)


@mistake("inverse_hvp")
def series_runs_away(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your series x ← v + x - (H + damping I) x grows without end: it ended in NaN.

    Each round multiplies what is wrong by 1 - λ, for every eigenvalue λ. Where λ is above 2 that is
    below -1, and the fault grows. The series has to be scaled by something not less than the
    largest eigenvalue; or take a method that needs no such number.
    """
    x = v.clone()
    for _ in range(1000):
        if bool(torch.isnan(x).all()):
            break
        x = v + x - matvec(x) - damping * x
    return x


@mistake("inverse_hvp")
def goes_on_at_zero(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your answer is not a number: the loop goes on when nothing is left to do.

    After some steps the residual is zero to the last digit, and the next step divides zero by zero.
    Look at the residual before a step is taken. A v that is zero needs no step at all.
    """
    return _without_looking(matvec, v, damping, 200)


@mistake("inverse_hvp")
def goes_on_long_after_zero(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your answer is not a number: the loop goes on when nothing is left to do.

    After enough steps the residual is zero to the last digit, on every problem here, and the next
    step divides zero by zero. Look at the residual before a step is taken.
    """
    return _without_looking(matvec, v, damping, 1000)


@mistake("inverse_hvp", symptom=Symptom.VECTORS_ONLY)
def solves_for_vectors_only(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your function works for vectors, and not for every other shape.

    v may be a matrix, or a single number without an axis. Look for a step that takes one axis for
    granted: `@`, `torch.dot`, `len`. The inner product of two tensors of one shape is the sum of
    their product.
    """
    x, r, p = torch.zeros_like(v), v, v
    for _ in range(10 * len(v)):
        q = matvec(p) + damping * p
        if r.norm() <= 1e-11 * v.norm():
            break
        step = torch.dot(r, r) / torch.dot(p, q)
        new = r - step * q
        x, p, r = x + step * p, new + torch.dot(new, new) / torch.dot(r, r) * p, new
    return x


@mistake("inverse_hvp", symptom=Symptom.ZERO_DIVIDED)
def zero_divided(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Where v is zero, your answer is not a number: somewhere you divide zero by zero.

    Is v divided by its length, or a residual by the one before? There is nothing to solve then, and
    x is zero.
    """
    size = v.norm()
    return size * _conjugate(matvec, v / size, damping)


@mistake("inverse_hvp")
def ratio_upside_down(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your directions are not conjugate: the ratio of the squared residuals is upside down.

    The new direction is the new residual plus a little of the old direction, and less of it the
    more the residual has shrunk. By which of the two sizes do you divide?
    """
    x, r = torch.zeros_like(v), v.clone()
    p, size = r, (r * r).sum()
    enough = 1e-20 * size
    for _ in range(10 * v.numel()):
        if bool(size <= enough):
            break
        q = matvec(p) + damping * p
        alpha = size / (p * q).sum()
        x, r, before = x + alpha * p, r - alpha * q, size
        size = (r * r).sum()
        p = r + before / size * p
    return x


@mistake("inverse_hvp", symptom=Symptom.UNSTABLE)
def stops_too_early(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your answer is nearly right, and more is left over than may be: the solve stops too early.

    ‖v - (H + damping I) x‖ has to be at most 1e-10 ‖v‖ in float64. Look at what ends your loop: a
    fixed number of steps, a tolerance that is larger, one that is not a share of the size of v, or
    a residual whose largest entry is small, and its length not. A little number that is added to a
    denominator spoils the last digits, too.
    """
    return _conjugate(matvec, v, damping, rtol=1e-9)


@mistake("inverse_hvp", symptom=Symptom.UNSTABLE)
def square_not_squared(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Your solve stops at a residual of 1e-5, as one does that compares its *square* with 1e-10.

    rᵀ r is a square, and what it is compared with has to be squared, too. If it is a count of steps
    that ends your loop, and no tolerance: let the residual decide.
    """
    return _conjugate(matvec, v, damping, rtol=1e-5)


@mistake("inverse_hvp", symptom=Symptom.FLOAT32)
def solved_in_float32(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Somewhere on the way your numbers were float32: only seven digits are left.

    Look for `.float()`, for a `torch.tensor(…)` or `torch.zeros(…)` without a dtype, and for what
    comes back from NumPy. x has the dtype of v.
    """
    return _by_matrix(matvec, v, lambda h, eye: h + damping * eye).float()


@mistake("inverse_hvp", symptom=Symptom.CHANGED_INPUTS)
def works_in_v(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You overwrote v: the residual starts as v itself, and not as a copy of it.

    `r = v` gives the same tensor a second name, and `r -= …` then changes the caller's numbers.
    """
    answer = _by_matrix(matvec, v, lambda h, eye: h + damping * eye)
    v -= v
    return answer


@mistake("inverse_hvp", symptom=Symptom.DENSE)
def matrix_row_by_row(matvec: Matvec, v: Tensor, *, damping: float = 0.0) -> Tensor:
    """You make the whole matrix, of n × n numbers, out of n products.

    For a million parameters that is a million products and 8 TB. Conjugate gradients need a product
    for each step and a few vectors, and often stop after some dozens of steps.
    """
    return _by_matrix(matvec, v, lambda h, eye: h + damping * eye)


@mistake("influence_on_loss")
def sign_lost(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """The sign is the wrong way round.

    Give an example more weight, and its own loss falls: the parameters go against its gradient. So
    an example whose gradient is that of the test loss *lowers* the test loss. Which sign has its
    influence?
    """
    return -_solved(loss, parameters, train, test, damping)


@mistake("influence_on_loss")
def default_damping_used(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Whatever damping is asked for, you use 1e-3.

    The value that the caller gives has to go all the way to the solver. Is it handed on?
    """
    return _solved(loss, parameters, train, test, 1e-3)


@mistake("influence_on_loss")
def damping_ignored(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You inverted H alone: the damping has no part in your answer.

    Follow the number from the caller to the last line that needs it. Is it handed to your solver?
    If it is, does that solve with H, or with H + damping I?
    """
    return _solved(loss, parameters, train, test, 0.0)


@mistake("influence_on_loss")
def damping_subtracted(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the damping off the Hessian, where it has to be added.

    Damping lifts every eigenvalue, so that H + damping I is far from singular.
    """
    return _solved(loss, parameters, train, test, -damping)


@mistake("influence_on_loss")
def damping_twice(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You added the damping twice: you solved with H + 2 · damping I.

    Once in your own product, and once more in the solver? One of the two is enough.
    """
    return _solved(loss, parameters, train, test, 2 * damping)


@mistake("influence_on_loss")
def damping_times_m(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You solved with H + m · damping I, for m training examples.

    The damping is added as it is, to the Hessian of the *mean*. Only beside the Hessian of the sum
    it would have to be m times as large.
    """
    return _solved(loss, parameters, train, test, len(train[0]) * damping)


@mistake("influence_on_loss")
def damping_relative(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You made H larger by a share, (1 + damping) H, where `damping` has to be added to it.

    Damping is a multiple of the identity: the same amount for every eigenvalue.
    """
    matrix = (1 + damping) * _matrix(loss, _own(parameters), train)
    return _solved(loss, parameters, train, test, 0.0, matrix)


@mistake("influence_on_loss")
def damping_after_the_solve(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You solved with H alone, and added damping · ∇L_test to what came out.

    The damping belongs to the matrix, before anything is solved.
    """
    own = _own(parameters)
    slope = _slope(loss, own, test)
    solved = _least(_matrix(loss, own, train), slope) + damping * slope
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss")
def damping_squared(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You added the square of the damping to H.

    Squares are damped in least squares with singular values. Here H has the curvatures themselves,
    and the damping is one more curvature.
    """
    return _solved(loss, parameters, train, test, damping**2)


@mistake("influence_on_loss")
def sum_hessian(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the Hessian of the *sum* of the training losses: it is m times too large.

    H belongs to the mean. So `damping` means the same whatever the number of examples is.
    """
    matrix = len(train[0]) * _matrix(loss, _own(parameters), train)
    return _solved(loss, parameters, train, test, damping, matrix)


@mistake("influence_on_loss")
def hessian_of_one_example(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the Hessian of the first training example alone.

    The parameters settle where the losses of *all* examples are in balance, and it is the curvature
    of their mean that holds them there. One example, or one batch, is another matrix.
    """
    matrix = _matrix(loss, _own(parameters), (train[0][:1], train[1][:1]))
    return _solved(loss, parameters, train, test, damping, matrix)


@mistake("influence_on_loss")
def hessian_of_each_example(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """For each example you took the Hessian of its own loss.

    The gradient is that of the one example; the Hessian is that of the mean over all of them, and
    the same for every example.
    """
    own, (x, y) = _own(parameters), train
    rows, slope = _rows(loss, own, train), _slope(loss, own, test)
    matrices = [_matrix(loss, own, (x[i : i + 1], y[i : i + 1])) for i in range(len(x))]
    pairs = zip(rows, matrices, strict=True)
    return torch.stack([-row @ _least(h + damping * _identity(h), slope) for row, h in pairs])


@mistake("influence_on_loss")
def hessian_of_the_test(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the Hessian of the test loss.

    The model was trained on the training losses; their curvature says how far the parameters give
    way. The test loss has a part by its gradient only.
    """
    matrix = _matrix(loss, _own(parameters), test)
    return _solved(loss, parameters, train, test, damping, matrix)


@mistake("influence_on_loss")
def gradient_dot(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """That is -∇L_test · ∇Lᵢ: the inverse of the Hessian is missing between the two.

    Without it, you look at one step of gradient descent, and not at where training ends. Along a
    flat direction the parameters give way much further than along a steep one.
    """
    own = _own(parameters)
    return -_rows(loss, own, train) @ _slope(loss, own, test)


@mistake("influence_on_loss")
def gradient_dot_plus(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """That is ∇L_test · ∇Lᵢ: both the inverse of the Hessian and the minus are missing.

    How alike two gradients are is a measure of its own. An influence asks where training would end,
    and for that the curvature counts.
    """
    own = _own(parameters)
    return _rows(loss, own, train) @ _slope(loss, own, test)


@mistake("influence_on_loss")
def hessian_for_inverse(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You multiplied by H + damping I, where you have to solve with it.

    A stronger curvature makes an influence smaller, not larger: it holds the parameters in place.
    """
    own = _own(parameters)
    matrix, slope = _matrix(loss, own, train), _slope(loss, own, test)
    return -_rows(loss, own, train) @ (matrix @ slope + damping * slope)


@mistake("influence_on_loss")
def leave_one_out_scale(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """That is what leaving the example out would do: -influence / m.

    The next task asks for it. Here it is a derivative with respect to the weight of an example.
    """
    return -_solved(loss, parameters, train, test, damping) / len(train[0])


@mistake("influence_on_loss")
def divided_by_m(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Every number is m times too small: you divided by the number of training examples.

    The weight of an example is what the derivative is taken by, and its gradient comes in whole.
    Only H is a mean. Is an example's loss divided by m somewhere?
    """
    return _solved(loss, parameters, train, test, damping) / len(train[0])


@mistake("influence_on_loss")
def summed_over_the_test(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the sum of the test losses, where their mean is asked for.

    With the mean the number does not grow only because more examples are tested on.
    """
    return len(test[0]) * _solved(loss, parameters, train, test, damping)


@mistake("influence_on_loss")
def train_and_test_swapped(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the test examples for the training ones: there is a number for each *test* example.

    The Hessian and the single gradients are those of the training examples. The test examples come
    in once, with the gradient of their mean loss.
    """
    return _solved(loss, parameters, test, train, damping)


@mistake("influence_on_loss")
def training_loss_for_the_test_loss(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the gradient of the mean *training* loss where that of the test loss belongs.

    These are influences on the training loss, and the test examples play no part in them. Which
    loss is it whose change is asked for?
    """
    return _solved(loss, parameters, train, train, damping)


@mistake("influence_on_loss")
def influence_on_itself(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You give each example's influence on its *own* loss: -∇Lᵢᵀ (H + damping I)⁻¹ ∇Lᵢ.

    None of these can be positive, and the test examples play no part in them. One of the two
    gradients is that of the mean test loss.
    """
    own = _own(parameters)
    matrix, rows = _matrix(loss, own, train), _rows(loss, own, train)
    return -(rows.T * _least(matrix + damping * _identity(matrix), rows.T)).sum(0)


@mistake("influence_on_loss")
def one_value_per_pair(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You give a number for each pair of a test and a training example.

    What is asked for is the influence on the *mean* test loss: one number for each training
    example. It is cheaper, too, for there is only one system to solve.
    """
    own = _own(parameters)
    matrix = _matrix(loss, own, train)
    columns = _least(matrix + damping * _identity(matrix), _rows(loss, own, train).T)
    return -_rows(loss, own, test) @ columns


@mistake("influence_on_loss")
def mean_gradient_for_each(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """All your influences are the same: you took the gradient of the mean loss for each example.

    Each example has a gradient of its own. At the end of training their mean is even zero.
    """
    each = _solved(loss, parameters, train, test, damping)
    return each.mean().expand(len(each)).clone()


@mistake("influence_on_loss")
def block_diagonal(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You solved for each parameter tensor by itself, as if the others did not bend with it.

    The Hessian couples weights with biases and layers with one another. Make one long vector of all
    parameters, and solve one system.
    """
    own = _own(parameters)
    mask = torch.block_diag(*(torch.ones(p.numel(), p.numel(), dtype=p.dtype) for p in own))
    matrix = mask * _matrix(loss, own, train)
    return _solved(loss, parameters, train, test, damping, matrix)


@mistake("influence_on_loss")
def diagonal_only(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You divided by the diagonal of H + damping I, entry by entry.

    That is cheap, and right only where no two parameters are coupled.
    """
    matrix = torch.diag(_matrix(loss, _own(parameters), train).diagonal())
    return _solved(loss, parameters, train, test, damping, matrix)


@mistake("influence_on_loss")
def empirical_fisher(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took the mean of gᵢ gᵢᵀ for the Hessian: that is the empirical Fisher matrix.

    It needs first derivatives only, and it is another matrix. With a squared error, an example that
    fits has the gradient zero, and its curvature is not.
    """
    rows = _rows(loss, _own(parameters), train)
    return _solved(loss, parameters, train, test, damping, rows.T @ rows / len(rows))


@mistake("influence_on_loss")
def outer_product_of_the_mean(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You took g gᵀ for the Hessian, with g the gradient of the mean training loss.

    At the end of training g is zero, and so is this matrix. Curvature is how g *changes*: it takes
    a second derivative.
    """
    slope = _slope(loss, _own(parameters), train)
    return _solved(loss, parameters, train, test, damping, torch.outer(slope, slope))


@mistake("influence_on_loss")
def change_of_the_parameters(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You give -(H + damping I)⁻¹ ∇Lᵢ: how the *parameters* change, a row for each example.

    The influence on the test loss is one number: what that change does to the test loss, along its
    gradient. And there is a cheaper order of the factors, with one system for all examples.
    """
    own = _own(parameters)
    matrix = _matrix(loss, own, train)
    return -_least(matrix + damping * _identity(matrix), _rows(loss, own, train).T).T


@mistake("influence_on_loss")
def two_steps_only(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You stop after two steps of conjugate gradients, however much is left over.

    With more than two different eigenvalues that is not the solution. Let the residual decide.
    """
    own = _own(parameters)
    solved = _conjugate(_products(loss, own, train), _slope(loss, own, test), damping, most=2)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.RAN_AWAY)
def series_unscaled(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Your influences are enormous, or no numbers at all: most often an iteration ran away.

    The series s ← g + s - (H + damping I) s multiplies what is wrong by 1 - λ in each round, for
    every eigenvalue λ, and grows where one is above 2. Scale it by the largest, or solve by
    conjugate gradients, which need no such number. A loop that goes on when nothing is left divides
    zero by zero: then there are no numbers, either.
    """
    own = _own(parameters)
    matrix, slope = _matrix(loss, own, train), _slope(loss, own, test)
    solved = slope
    for _ in range(200):
        solved = slope + solved - matrix @ solved - damping * solved
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.UNSTABLE)
def digits_missing(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Your numbers are nearly right, and fewer digits are right than a full solve gives.

    Two things do that. Either the solve stops too early: ask what is left of the system when you
    put your solution in. Or its products are not exact: a quotient of differences has at most half
    of the digits.
    """
    own = _own(parameters)
    slope = _slope(loss, own, test)
    solved = _conjugate(_products(loss, own, train), slope, damping, rtol=1e-5)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.FINITE_DIFFERENCE)
def difference_quotient(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Your products with H are quotients of differences: right on most losses, and not on this one.

    Here the loss bends over a distance of 1/300 000, and its slopes are ten thousand. A long step
    misses the bend, a short one drowns in rounding. Differentiate the gradient once more instead.
    """
    own = _own(parameters)
    slopes, at = grad(lambda p: loss(p, *train).mean()), _flat(own)

    def matvec(u: Tensor) -> Tensor:
        h = 1e-5 / u.norm()
        ahead, behind = (_flat(slopes(_cut(at + sign * h * u, own))) for sign in (1, -1))
        return (ahead - behind) / (2 * h)

    solved = _conjugate(matvec, _slope(loss, own, test), damping, most=200)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.FLOAT32)
def in_float32(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Somewhere on the way your numbers were float32: only seven digits are left.

    Look for `.float()`, and for a `torch.tensor(…)` or `torch.zeros(…)` without a dtype. Influences
    have the dtype of the parameters.
    """
    return _solved(loss, parameters, train, test, damping).float()


@mistake("influence_on_loss", symptom=Symptom.LEFT_GRAD)
def leaves_grad(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You called `backward()` on the caller's parameters: their `.grad` is full now.

    The next step of whoever trains this model would add to it. Work on copies of your own, or use
    a function that returns the gradient.
    """
    for parameter in parameters:
        parameter.requires_grad_()
    loss(parameters, *test).mean().backward()
    return _solved(loss, parameters, train, test, damping)


@mistake("influence_on_loss", symptom=Symptom.MARKED_INPUTS)
def marks_parameters(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You switched `requires_grad` on in the caller's parameters, and it is still on.

    They belong to the caller. Make your own: a detached copy can be marked as you like.
    """
    for parameter in parameters:
        parameter.requires_grad_()
    return _solved(loss, parameters, train, test, damping)


@mistake("influence_on_loss", symptom=Symptom.NO_GRAPH, unless=("requires_grad_", "requires_grad"))
def parameters_as_they_are(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You count on parameters that are marked for differentiation, and these are plain tensors.

    A model's parameters are marked, others need not be. Make copies of your own and mark those; or
    use `torch.func`, which does not ask.
    """
    slope = torch.autograd.grad(loss(parameters, *test).mean(), list(parameters))
    own = _own(parameters)
    solved = _conjugate(_products(loss, own, train), _flat(slope), damping)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.NO_GRAPH)
def straight_loss_refused(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Your function fails where the losses are linear: there the gradient has no graph.

    A linear loss has a gradient that depends on nothing. So H is zero, and with the damping the
    system can be solved all the same.
    """
    marked, own = _marked(parameters), _own(parameters)
    slope = torch.autograd.grad(
        loss(marked, *train).mean(), marked, create_graph=True, materialize_grads=True
    )

    def matvec(u: Tensor) -> Tensor:
        found = torch.autograd.grad(
            _flat(slope), marked, u, retain_graph=True, materialize_grads=True
        )
        return _flat(found)

    solved = _conjugate(matvec, _slope(loss, own, test), damping)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.UNUSED)
def unused_refused(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """Your function fails where the loss does not use one of the parameters.

    Its gradient is zero then, and its place in the long vector stays. `torch.autograd.grad` can be
    told to give zeros; `torch.func.grad` does so by itself.
    """
    marked, own = _marked(parameters), _own(parameters)
    slope = _flat(torch.autograd.grad(loss(marked, *test).mean(), marked))
    solved = _conjugate(_products(loss, own, train), slope, damping)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.GRAPH_FREED)
def graph_freed(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """The first product throws the graph of the gradient away, and the second one needs it.

    A solver asks for many products with the same H. Keep the graph between them, or build the
    gradient anew for each.
    """
    marked, own = _marked(parameters), _own(parameters)
    slope = torch.autograd.grad(
        loss(marked, *train).mean(), marked, create_graph=True, materialize_grads=True
    )

    def matvec(u: Tensor) -> Tensor:
        return _flat(torch.autograd.grad(_flat(slope), marked, u, materialize_grads=True))

    solved = _conjugate(matvec, _slope(loss, own, test), damping)
    return -_rows(loss, own, train) @ solved


@mistake("influence_on_loss", symptom=Symptom.MANY_PASSES)
def a_solve_per_example(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """It costs as much as if a system were solved for every training example.

    If that is what you do: the matrix is symmetric, so you may solve for the test gradient once and
    multiply each example's gradient by it. If you do solve once: how many products does your solver
    ask for, and does the residual stop it?
    """
    own = _own(parameters)
    slope, matvec = _slope(loss, own, test), _products(loss, own, train)
    x, y = train
    found = []
    for i in range(len(x)):
        row = _slope(loss, own, (x[i : i + 1], y[i : i + 1]))
        found.append(-slope @ _conjugate(matvec, row, damping))
    return torch.stack(found)


@mistake("influence_on_loss", symptom=Symptom.DENSE)
def hessian_written_out(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You make the whole Hessian, n × n numbers, for n parameters.

    A network with a million parameters would need 8 TB. Your `inverse_hvp` asks for nothing but
    products, and a product costs about as much as two gradients.
    """
    return _solved(loss, parameters, train, test, damping)


@mistake("influence_on_loss", symptom=Symptom.ROW_LIST)
def a_gradient_for_each_example(
    loss: Loss, parameters: Parameters, train: Examples, test: Examples, *, damping: float = 1e-3
) -> Tensor:
    """You hold dozens of vectors as long as the parameters at once.

    Most often these are the gradients of all examples, as rows. Only their products with one vector
    are wanted: multiply each as soon as it is there, or take all products at once as the change of
    the losses along that vector. If you have no such rows, then graphs pile up in your loop, or
    what is worked out for the whole batch is kept.
    """
    own = _own(parameters)
    solved = _conjugate(_products(loss, own, train), _slope(loss, own, test), damping)
    return -_rows(loss, own, train) @ solved


@mistake("leave_one_out_change")
def plus_for_minus(influence: Tensor) -> Tensor:
    """You have the size right and the sign wrong.

    Leaving an example out takes weight away from it: its weight goes *down* from 1/m to 0. Which
    sign has that step?
    """
    return influence / len(influence)


@mistake("leave_one_out_change")
def weight_of_one(influence: Tensor) -> Tensor:
    """You let the weight of the example go from 1 to 0.

    In a mean over m examples each has the weight 1/m. That is what is taken away.
    """
    return -influence


@mistake("leave_one_out_change")
def weight_of_the_others(influence: Tensor) -> Tensor:
    """You divided by m - 1.

    The weight that is taken away is that of one in a mean over m, which is 1/m. The others keep
    theirs.
    """
    return -influence / max(len(influence) - 1, 1)


@mistake("leave_one_out_change")
def influence_unchanged(influence: Tensor) -> Tensor:
    """You returned the influences as they are.

    An influence is a derivative: the change of the test loss for each unit of weight. By how much,
    and which way, does the weight change when the example is left out?
    """
    return influence.clone()


@mistake("leave_one_out_change")
def multiplied_by_m(influence: Tensor) -> Tensor:
    """You multiplied by the number of examples, where you have to divide by it.

    Among more examples one counts less, and leaving it out changes less.
    """
    return -len(influence) * influence


_OF_SOLVING = (
    minus_too_early,
    answer_flattened,
    damping_left_out,
    damping_taken_off,
    damping_as_a_share,
    damping_by_the_diagonal,
    damping_on_the_answer,
    multiplied_not_solved,
    first_step_only,
    divided_by_the_diagonal,
    ten_steps_only,
    as_many_steps_as_rows,
    stop_by_absolute_size,
    series_runs_away,
    solves_for_vectors_only,
    zero_divided,
    goes_on_at_zero,
    goes_on_long_after_zero,
    ratio_upside_down,
    stops_too_early,
    square_not_squared,
    solved_in_float32,
    works_in_v,
    matrix_row_by_row,
)
_OF_INFLUENCES = (
    sign_lost,
    default_damping_used,
    damping_ignored,
    damping_subtracted,
    damping_twice,
    damping_times_m,
    damping_relative,
    damping_after_the_solve,
    damping_squared,
    sum_hessian,
    hessian_of_one_example,
    hessian_of_each_example,
    hessian_of_the_test,
    gradient_dot,
    gradient_dot_plus,
    hessian_for_inverse,
    leave_one_out_scale,
    divided_by_m,
    summed_over_the_test,
    train_and_test_swapped,
    training_loss_for_the_test_loss,
    influence_on_itself,
    one_value_per_pair,
    mean_gradient_for_each,
    block_diagonal,
    diagonal_only,
    empirical_fisher,
    outer_product_of_the_mean,
    change_of_the_parameters,
    two_steps_only,
    series_unscaled,
    digits_missing,
    difference_quotient,
    in_float32,
    leaves_grad,
    marks_parameters,
    parameters_as_they_are,
    straight_loss_refused,
    unused_refused,
    graph_freed,
    a_solve_per_example,
    hessian_written_out,
    a_gradient_for_each_example,
)
_OF_LEAVING_OUT = (
    plus_for_minus,
    weight_of_one,
    weight_of_the_others,
    influence_unchanged,
    multiplied_by_m,
)
MISTAKES: tuple[Mistake, ...] = (*_OF_SOLVING, *_OF_INFLUENCES, *_OF_LEAVING_OUT)
