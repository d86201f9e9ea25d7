"""Known mistakes of the topic `curvature`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
Rule = Callable[[Tensor], str]


def _signs(matrix: Tensor) -> tuple[bool, bool, bool]:
    """Say whether a symmetric matrix has eigenvalues above, below and at zero."""
    eigenvalues = torch.linalg.eigvalsh(matrix)
    largest = eigenvalues.abs().max()
    tolerance = len(matrix) * torch.finfo(matrix.dtype).eps * largest
    return _compare(eigenvalues, tolerance)


def _compare(eigenvalues: Tensor, tolerance: Tensor | float) -> tuple[bool, bool, bool]:
    above, below = eigenvalues > tolerance, eigenvalues < -tolerance
    return bool(above.any()), bool(below.any()), bool((~above & ~below).any())


def _kind(above: bool, below: bool, at_zero: bool) -> str:
    if above and below:
        return "saddle"
    if at_zero:
        return "degenerate"
    return "minimum" if above else "maximum"


def _own(inputs: Tensor) -> Tensor:
    return inputs.detach().clone().requires_grad_()


@contextmanager
def _as_scratch(inputs: Tensor) -> Iterator[Tensor]:
    """Give the caller's tensor itself to work on, and clear its .grad before and afterwards."""
    marked = inputs.requires_grad
    inputs.requires_grad_().grad = None
    yield inputs
    inputs.requires_grad_(marked).grad = None


def _slopes(func: Function, inputs: Tensor) -> Tensor:
    return torch.func.grad(func)(inputs.detach()).detach()


def _hessian(func: Function, inputs: Tensor) -> Tensor:
    hessian = torch.func.jacrev(torch.func.jacrev(func))(inputs.detach()).detach()
    return hessian.reshape(inputs.numel(), inputs.numel())


def _autograd_kind(func: Function, x: Tensor) -> str:
    """Classify with plain autograd at a leaf `x` that requires gradients."""
    value = func(x)
    if not value.requires_grad:
        return "degenerate"
    (slopes,) = torch.autograd.grad(value, x, create_graph=True, materialize_grads=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    rows = [
        torch.autograd.grad(slope, x, retain_graph=True, materialize_grads=True)[0].reshape(-1)
        for slope in slopes.reshape(-1)
    ]
    return _kind(*_signs(torch.stack(rows)))


def _for_both_classifiers(rule: Rule) -> tuple[Mistake, Mistake]:
    """Register a rule for Hessians, and for critical points whose gradient is checked rightly."""

    @wraps(rule)
    def at_point(func: Function, inputs: Tensor) -> str:
        if _slopes(func, inputs).abs().max() > 1e-6:
            return "not critical"
        return rule(_hessian(func, inputs))

    return mistake("classify_hessian")(rule), mistake("classify_critical_point")(at_point)


@mistake("eigenvalues", symptom=Symptom.COMPLEX)
def complex_eigenvalues(matrix: Tensor) -> Tensor:
    """Your eigenvalues are complex numbers, although a symmetric matrix only has real ones.

    You are using a routine for matrices of any kind, which cannot know that. PyTorch has another
    one for symmetric matrices: it is faster, more exact, and puts its answer in order.
    """
    return torch.linalg.eigvals(matrix)


@mistake("eigenvalues", symptom=Symptom.NOT_REFUSED)
def symmetry_not_checked(matrix: Tensor) -> Tensor:
    """A matrix that is no Hessian got through: an answer came back where a ValueError is due.

    The routine for symmetric matrices reads one triangle and never looks at the other. So the
    matrix as it came has to be compared with its transpose, the difference be measured against the
    size of the entries, and an error be raised, for a matrix of tiny numbers as for any other.
    """
    return torch.linalg.eigvalsh(matrix)


@mistake("eigenvalues", symptom=Symptom.LOST_AMONG_MANY)
def one_pair_overlooked(matrix: Tensor) -> Tensor:
    """You let a matrix through in which a single pair of entries is too far apart.

    The task asks for the *largest* difference across the diagonal, of all pairs, against 10⁻⁴ of
    the largest entry. Is your limit that one? Do you look at every pair? And do you take the
    largest difference, or a sum or a mean, in which one pair hardly shows among many zeros?
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().mean() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


@mistake("eigenvalues")
def asymmetry_measured_in_pairs(matrix: Tensor) -> Tensor:
    """You refuse a matrix whose two halves differ by nothing but rounding.

    Where an entry should be zero, rounding may leave 10⁻¹⁶ on one side of the diagonal and nothing
    on the other. Beside that one pair the difference is everything; beside the largest entry of the
    matrix, which the task measures by, it is nothing.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    larger = torch.maximum(matrix.abs(), matrix.T.abs())
    if ((matrix - matrix.T).abs() > 1e-4 * larger).any():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


@mistake("eigenvalues")
def rounding_refused(matrix: Tensor) -> Tensor:
    """You refuse a matrix that is symmetric but for rounding.

    Two ways to compute one number seldom end in the same last digit, so that perfect symmetry is
    more than a Hessian can promise, and a limit of a few roundings is too. The task says how large
    the difference may be, beside the largest entry, and what to do with it then.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if not torch.equal(matrix, matrix.T):
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


@mistake("eigenvalues")
def one_triangle_read(matrix: Tensor) -> Tensor:
    """Where the two halves of the matrix differ a little, your answer is that of one of them.

    `eigvalsh` reads one triangle and takes the other for its mirror image. Make the two alike
    first, so that neither is preferred: the lesson says how.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix)


@mistake("eigenvalues")
def upper_triangle_read(matrix: Tensor) -> Tensor:
    """Your eigenvalues are those of the upper half of the matrix and of its mirror image.

    Where the lower half differs a little, it counts as much. The lesson says how to make the two
    alike without preferring one.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh(matrix, UPLO="U")


@mistake("eigenvalues")
def limit_too_narrow(matrix: Tensor) -> Tensor:
    """You refuse a matrix whose halves differ by less than the task allows.

    The limit is 10⁻⁴ of the largest entry. Look at your number, and at what it is multiplied by.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-5 * matrix.abs().max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


@mistake("eigenvalues")
def asymmetry_in_fixed_units(matrix: Tensor) -> Tensor:
    """Whether you refuse a matrix depends on its units: times 10¹³, a rounding is too much for you.

    A fixed number is huge beside the entries of one matrix and nothing beside those of another.
    Measure the difference between the two halves by the largest entry, as the task does.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-8:
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


@mistake("eigenvalues")
def limit_by_the_signed_largest(matrix: Tensor) -> Tensor:
    """You refuse a symmetric matrix that has no entry above zero.

    By what do you measure the asymmetry? The largest entry with its sign is below zero there, and
    any difference is above a limit below zero. Take the largest by its size.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix is not square")
    if (matrix - matrix.T).abs().max() > 1e-4 * matrix.max():
        raise ValueError("the matrix is not symmetric")
    return torch.linalg.eigvalsh((matrix + matrix.T) / 2)


@mistake("eigenvalues")
def descending(matrix: Tensor) -> Tensor:
    """These are the right eigenvalues in descending order.

    The task asks for the smallest first, so that the first and the last one already tell you what
    kind of point it is. Look at where you sort or turn round.
    """
    return torch.linalg.eigvalsh(matrix).flip(0)


@mistake("eigenvalues")
def sum_for_average(matrix: Tensor) -> Tensor:
    """Every eigenvalue is exactly twice as large as it should be.

    The average of a matrix and its transpose is half of their sum; without the half, everything
    doubles, and the eigenvalues with it. Look at what you hand to the routine for eigenvalues.
    """
    return torch.linalg.eigvalsh(matrix + matrix.T)


@mistake("eigenvalues")
def ordered_by_size(matrix: Tensor) -> Tensor:
    """These are the right eigenvalues, ordered by their size without the sign.

    Ascending means from the most negative to the most positive: -7 comes before 3. Here the sign
    is the whole message.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    return eigenvalues[eigenvalues.abs().argsort(stable=True)]


@mistake("eigenvalues")
def singular_values(matrix: Tensor) -> Tensor:
    """None of your values is negative: these are the singular values, or the sizes |λ|.

    For a symmetric matrix they agree with the eigenvalues up to the sign. But the sign says whether
    the function curves up or down, so it must not get lost.
    """
    return torch.linalg.eigvalsh(matrix).abs().sort().values


@mistake("eigenvalues")
def diagonal_entries_for_eigenvalues(matrix: Tensor) -> Tensor:
    """You returned the diagonal of the matrix, in order.

    The diagonal entries are the eigenvalues only when everything beside them is zero. Try
    [[1, 2], [2, 1]] along the direction (1, -1): how does the function curve there?
    """
    return matrix.diagonal().sort().values


@mistake("eigenvalues")
def real_parts_unordered(matrix: Tensor) -> Tensor:
    """These are the right eigenvalues, but in the order in which the routine happened to find them.

    A routine for matrices of any kind promises no order. There is one for symmetric matrices that
    does, and then there are no imaginary parts to take away either.
    """
    return torch.linalg.eigvals(matrix).real


@mistake("eigenvalues", symptom=Symptom.FLOAT32)
def eigenvalues_in_float32(matrix: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    The matrix came in float64 and the answer should keep that. Look for a conversion on the way,
    or for a tensor that you make without saying its dtype.
    """
    return torch.linalg.eigvalsh(matrix.float()).to(matrix.dtype)


@mistake("eigenvalues", symptom=Symptom.CHANGED_INPUTS)
def symmetrised_in_place(matrix: Tensor) -> Tensor:
    """After the call, the numbers in the caller's matrix are different.

    To even out a rounding error is a fine idea, as long as it happens in a tensor of your own.
    Look for an operation that writes into `matrix` itself.
    """
    matrix.copy_((matrix + matrix.T) / 2)
    return torch.linalg.eigvalsh(matrix)


@_for_both_classifiers
def everything_else_is_a_saddle(matrix: Tensor) -> str:
    """You say "saddle" wherever the eigenvalues are neither all positive nor all negative.

    A saddle goes up one way and down another, so it needs eigenvalues of both signs. Where one
    sign is missing and an eigenvalue is zero, the test cannot tell: think of x² + y⁴ and x² - y⁴.
    """
    kind = _kind(*_signs(matrix))
    return "saddle" if kind == "degenerate" else kind


@_for_both_classifiers
def semidefinite_is_definite(matrix: Tensor) -> str:
    """You call it a minimum, or a maximum, although an eigenvalue is zero.

    Along that direction the second derivative says nothing: x² + y⁴ has a minimum at 0, x² - y⁴
    has none, and their Hessians are the same. Which of your comparisons lets zero through?
    """
    above, below, _ = _signs(matrix)
    if above and below:
        return "saddle"
    return "maximum" if below else "minimum"


@_for_both_classifiers
def any_zero_is_degenerate(matrix: Tensor) -> str:
    """You stop at the first zero eigenvalue, although the others already settle the question.

    With one direction that goes up and one that goes down the point is a saddle, whatever happens
    along a third. Think about which question to ask first.
    """
    above, below, at_zero = _signs(matrix)
    return "degenerate" if at_zero else _kind(above, below, at_zero)


@_for_both_classifiers
def minimum_and_maximum_swapped(matrix: Tensor) -> str:
    """Your minima and maxima have changed places.

    A positive eigenvalue means that the function curves upwards in that direction, like x². So
    where all of them are positive, do you stand in a valley or on a hilltop?
    """
    kind = _kind(*_signs(matrix))
    return {"minimum": "maximum", "maximum": "minimum"}.get(kind, kind)


@_for_both_classifiers
def diagonal_entries_decide(matrix: Tensor) -> str:
    """Only the diagonal entries decide in your answer, not the eigenvalues.

    The diagonal says how the function curves along the axes. In between it may do something quite
    different: [[1, 2], [2, 1]] looks harmless along x and along y, but try the direction (1, -1).
    """
    return _kind(*_signs(torch.diag(matrix.diagonal())))


@_for_both_classifiers
def determinant_sign(matrix: Tensor) -> str:
    """You go by the sign of the determinant alone.

    The determinant is the product of all eigenvalues, and two minus signs cancel in it. So it can
    be positive at a maximum, or at a saddle. Ask for the signs of the eigenvalues themselves.
    """
    determinant = float(torch.linalg.det(matrix))
    if determinant == 0:
        return "degenerate"
    return "minimum" if determinant > 0 else "saddle"


@_for_both_classifiers
def two_verdicts_from_a_determinant(matrix: Tensor) -> str:
    """You go by the sign of the determinant alone, and give two of the four verdicts only.

    The determinant is the product of all eigenvalues. Two minus signs cancel in it, so a maximum
    may look like a minimum, and one zero hides all the rest. Ask for the eigenvalues themselves.
    """
    return "minimum" if float(torch.linalg.det(matrix)) > 0 else "saddle"


@_for_both_classifiers
def determinant_test(matrix: Tensor) -> str:
    """You use the determinant and the corner entry, the school test for two variables.

    With more variables it breaks down: two pairs of opposite signs multiply to a positive number,
    and a zero hides everything else. The eigenvalues answer the question in any number of them.
    """
    determinant, corner = float(torch.linalg.det(matrix)), float(matrix[0, 0])
    if determinant == 0:
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if corner > 0 else "maximum"


@mistake("classify_hessian")
def absolute_tolerance(matrix: Tensor) -> str:
    """Your answer depends on the units: the same matrix times 10⁻⁹ gets another verdict.

    A fixed number such as 1e-8 is tiny next to 1 and huge next to 10⁻⁹. Measure an eigenvalue
    against the largest one, and let the precision of the dtype say what is too small to see.
    """
    return _kind(*_compare(torch.linalg.eigvalsh(matrix), 1e-8))


@mistake("classify_hessian")
def generous_tolerance(matrix: Tensor) -> str:
    """You count an eigenvalue as zero that is small but real.

    Measuring against the largest eigenvalue is right. But float64 can see much smaller numbers
    than your factor allows: the dtype knows its own precision, and the task says how to use it.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    return _kind(*_compare(eigenvalues, float(1e-8 * eigenvalues.abs().max())))


@mistake("classify_hessian")
def zero_limit_too_wide(matrix: Tensor) -> str:
    """You count an eigenvalue as zero that is above the limit of the task, if not by much.

    The limit is n times eps times the largest |λ|. Look at each of the three: n is the number of
    rows, not its square, and the largest |λ| is one number, not the length of all of them together.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    rounding = len(matrix) ** 2 * torch.finfo(matrix.dtype).eps
    return _kind(*_compare(eigenvalues, float(rounding * eigenvalues.abs().max())))


@mistake("classify_hessian")
def tolerance_of_float64(matrix: Tensor) -> str:
    """Your tolerance is the one of float64, even where the matrix is float32.

    In float32 the rounding errors are half a billion times larger, and what is left of a zero looks
    like an eigenvalue to you. Ask the matrix for its dtype before you ask for the precision.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    tolerance = len(matrix) * torch.finfo(torch.float64).eps * eigenvalues.abs().max()
    return _kind(*_compare(eigenvalues, tolerance))


@mistake("classify_hessian")
def no_tolerance(matrix: Tensor) -> str:
    """A rounding error decides: what should count as zero is above your limit, if you have one.

    A computed eigenvalue that should be zero comes out as something like 10⁻¹⁷, with either sign.
    The task says below which size it counts as zero: n times eps times the largest size of all.
    """
    return _kind(*_compare(torch.linalg.eigvalsh(matrix), 0.0))


@mistake("classify_hessian")
def limit_taken_for_a_sign(matrix: Tensor) -> str:
    """An eigenvalue that is exactly at your limit gets a sign, and zero has none.

    Where every entry is zero, the limit is zero, too, and so is every eigenvalue. `>=` takes them
    for positive then; `>` does not.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    limit = len(matrix) * torch.finfo(matrix.dtype).eps * eigenvalues.abs().max()
    if bool((eigenvalues >= limit).all()):
        return "minimum"
    if bool((eigenvalues <= -limit).all()):
        return "maximum"
    return _kind(*_compare(eigenvalues, limit))


@mistake("classify_hessian")
def limit_by_the_largest_with_its_sign(matrix: Tensor) -> str:
    """Your limit for zero is by the largest eigenvalue with its sign, and that may be none at all.

    Where all eigenvalues are below zero or at it, the largest of them is rounding. The size counts:
    take absolute values first, max|λ|.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    limit = len(matrix) * torch.finfo(matrix.dtype).eps * eigenvalues.max()
    return _kind(*_compare(eigenvalues, limit))


@mistake("classify_hessian")
def limit_without_the_largest(matrix: Tensor) -> str:
    """Your limit for zero is n times eps, whatever the size of the matrix.

    Rounding grows with the numbers: beside an eigenvalue of 10⁹ it leaves 10⁻⁷ of what should be
    zero, and among eigenvalues of 10⁻¹⁸ none of them is rounding. The largest |λ| is missing.
    """
    limit = len(matrix) * torch.finfo(matrix.dtype).eps
    return _kind(*_compare(torch.linalg.eigvalsh(matrix), limit))


@mistake("classify_hessian")
def zeros_measured_in_pairs(matrix: Tensor) -> str:
    """You take two zeros for a way up and a way down, because they are measured by each other.

    What rounding leaves of one zero is not small beside what it leaves of another, and their signs
    mean nothing. Measure every eigenvalue by the largest of all, and only then look at its sign.
    """
    eigenvalues = torch.linalg.eigvalsh(matrix)
    rounding = len(matrix) * torch.finfo(matrix.dtype).eps
    for low, high in torch.combinations(eigenvalues, 2):
        tolerance = rounding * max(-float(low), float(high))
        if low < -tolerance and high > tolerance:
            return "saddle"
    above, below, at_zero = _signs(matrix)
    return "degenerate" if at_zero else _kind(above, below, at_zero)


@mistake("classify_hessian", symptom=Symptom.NOT_REFUSED)
def refusal_lost(matrix: Tensor) -> str:
    """A matrix that is no Hessian was given a class, and that class means nothing.

    The routine for symmetric matrices reads one triangle and never looks at the other, so nobody
    after you will notice. `eigenvalues` does look: ask it for the numbers, and let its ValueError
    go on to whoever called you.
    """
    return _kind(*_signs(matrix))


@mistake("classify_critical_point")
def critical_linear_is_degenerate(func: Function, inputs: Tensor) -> str:
    """You call a slope that never changes degenerate.

    A linear function has no curvature, but it may go downhill all the same, and then no point of it
    is critical. Ask how large the gradient is before you ask whether it can be differentiated.
    """
    x = _own(inputs)
    value = func(x)
    if not value.requires_grad:
        return "degenerate"
    (slopes,) = torch.autograd.grad(value, x, create_graph=True, materialize_grads=True)
    return _autograd_kind(func, x) if slopes.requires_grad else "degenerate"


@mistake("classify_critical_point")
def constant_is_not_critical(func: Function, inputs: Tensor) -> str:
    """You call a point of a constant function not critical, because there is no graph.

    A constant does not change in any direction: its gradient is zero, and so is its Hessian.
    """
    x = _own(inputs)
    return _autograd_kind(func, x) if func(x).requires_grad else "not critical"


@mistake("classify_critical_point")
def gradient_forgotten(func: Function, inputs: Tensor) -> str:
    """You classify a point at which the function is still going downhill.

    The eigenvalues only mean something where the gradient is zero. At (2, 2) the Hessian of
    x² + y² looks like a minimum, but the gradient there is (4, 4). Does your function ask for the
    gradient first, for all of its entries, and with the limit of the task?
    """
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_sign_forgotten(func: Function, inputs: Tensor) -> str:
    """You take a point for critical although one of its slopes is far from zero.

    A single slope above the limit is enough to say no, whichever it is, and whatever its sign: a
    slope of -6 is below the limit, and not small.
    """
    if _slopes(func, inputs).max() > 1e-6:
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_summed(func: Function, inputs: Tensor) -> str:
    """You miss a gradient whose entries cancel: 4 and -4 have the sum 0, and both are steep.

    The task puts the limit on the largest slope by size. Look at each of them before you make one
    number of all.
    """
    if _slopes(func, inputs).sum().abs() > 1e-6:
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point", symptom=Symptom.VECTORS_ONLY)
def point_for_vectors_only(func: Function, inputs: Tensor) -> str:
    """Your function works for points that are vectors, and not for every other shape.

    The Hessian has the shape of `inputs` twice: of a 2 × 2 point it has four axes. Fold it to n × n
    with n the number of entries, before its eigenvalues are asked for.
    """
    if inputs.dim() != 1:
        raise ValueError("the matrix is not square")
    if _slopes(func, inputs).abs().max() > 1e-6:
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_exactly_zero(func: Function, inputs: Tensor) -> str:
    """You turn away a point at which no entry of the gradient is larger than 1e-6 in size.

    An optimiser never ends at exactly zero, and rounding errors would not let it. The task names
    the limit, and what is held against it: the largest entry by size, not a sum or a norm.
    """
    if _slopes(func, inputs).any():
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_norm_measured(func: Function, inputs: Tensor) -> str:
    """You turn away a point whose slopes are all below the limit.

    Their squares add up, so the length of the gradient grows with the number of inputs. The task
    puts the limit on the largest slope alone.
    """
    if _slopes(func, inputs).norm() > 1e-6:
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_mean_measured(func: Function, inputs: Tensor) -> str:
    """You take a point for critical although one of its slopes is above the limit.

    Where the other slopes are zero, a mean over all of them makes the one look small. The task puts
    the limit on the largest slope alone.
    """
    if _slopes(func, inputs).abs().mean() > 1e-6:
        return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point")
def gradient_limit_scaled(func: Function, inputs: Tensor) -> str:
    """You take a point for critical although its largest slope is above the limit of the task.

    Is it the size of the slopes themselves that you compare, and with 1e-6? A limit that grows with
    the value of `func`, the inputs or the curvature may be wise elsewhere; here it is a plain 1e-6.
    """
    hessian = _hessian(func, inputs)
    if _slopes(func, inputs).abs().max() > 1e-6 * max(1.0, float(hessian.abs().max())):
        return "not critical"
    return _kind(*_signs(hessian))


@mistake("classify_critical_point", symptom=Symptom.NO_GRAPH, unless=("create_graph",))
def critical_without_create_graph(func: Function, inputs: Tensor) -> str:
    """Your gradient is a plain tensor of numbers: autograd cannot differentiate it again.

    A backward pass is not recorded unless you ask for it. You solved the same riddle for the
    Hessian one topic ago, and you may use what you wrote there.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x)
    rows = [torch.autograd.grad(slope, x, retain_graph=True)[0] for slope in slopes.reshape(-1)]
    return _kind(*_signs(torch.stack(rows).reshape(len(rows), -1)))


@mistake("classify_critical_point", symptom=Symptom.NO_GRAPH)
def critical_refuses_constants(func: Function, inputs: Tensor) -> str:
    """A function that never changes has no graph, and autograd stopped there.

    Its gradient and its Hessian are not missing, they are zero. Think about how you can see on the
    output that it has no graph, and which verdict a Hessian of zeros gets.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True, materialize_grads=True)
    if slopes.abs().max() > 1e-6:
        return "not critical"
    return _autograd_kind(func, x)


@mistake("classify_critical_point", symptom=Symptom.GRAPH_FREED)
def critical_graph_freed(func: Function, inputs: Tensor) -> str:
    """The first row of the Hessian went well; at the second one the graph was gone.

    To save memory, a backward pass throws away what was kept for it. You go back through the
    gradient once per row: look up how to tell autograd that you will come again.
    """
    x = _own(inputs)
    (slopes,) = torch.autograd.grad(func(x), x, create_graph=True)
    rows = [torch.autograd.grad(slope, x)[0] for slope in slopes.reshape(-1)]
    return _kind(*_signs(torch.stack(rows).reshape(len(rows), -1)))


@mistake("classify_critical_point", symptom=Symptom.LEFT_GRAD)
def critical_leaves_grad(func: Function, inputs: Tensor) -> str:
    """The verdict is right, but a gradient stays behind in the caller's `.grad`.

    The next one would be added to it. Either ask autograd to hand results over instead of storing
    them, or work on a tensor of your own.
    """
    value = func(inputs.requires_grad_())
    if value.requires_grad:
        value.backward()
    return _autograd_kind(func, inputs)


@mistake("classify_critical_point", symptom=Symptom.CHANGED_GRAD)
def critical_wipes_grad(func: Function, inputs: Tensor) -> str:
    """The verdict is right, but what was in the caller's `.grad` before is not there any more.

    That place is the caller's, and a training loop adds up its gradients there. Either ask autograd
    to hand results over instead of storing them, or work on a tensor of your own: its `.grad` you
    may fill and clear as you like.
    """
    with _as_scratch(inputs) as x:
        (func(x) + 0 * x.sum()).backward(inputs=[x])
        assert x.grad is not None
        if x.grad.abs().max() > 1e-6:
            return "not critical"
    return _kind(*_signs(_hessian(func, inputs)))


@mistake("classify_critical_point", symptom=Symptom.MARKED_INPUTS)
def critical_marks_inputs(func: Function, inputs: Tensor) -> str:
    """The verdict is right, but the caller's tensor came back changed: it now asks for gradients.

    From then on everything computed with it would drag a graph along. Make a tensor of your own
    that holds the same numbers, and mark that one.
    """
    return _autograd_kind(func, inputs.requires_grad_())


@mistake("classify_critical_point", symptom=Symptom.CHANGED_INPUTS)
def critical_overwrites_inputs(func: Function, inputs: Tensor) -> str:
    """After the call, the numbers in the caller's tensor are different.

    `detach` gives a new name to the same memory, so writing into the one also changes the other.
    Look for operations in place and decide which of them need a tensor of their own.
    """
    kind = _autograd_kind(func, _own(inputs))
    inputs.detach().add_(1.0)
    return kind


_SHARED = (
    everything_else_is_a_saddle,
    semidefinite_is_definite,
    any_zero_is_degenerate,
    minimum_and_maximum_swapped,
    diagonal_entries_decide,
    determinant_sign,
    two_verdicts_from_a_determinant,
    determinant_test,
)

MISTAKES: tuple[Mistake, ...] = (
    one_triangle_read,
    upper_triangle_read,
    complex_eigenvalues,
    symmetry_not_checked,
    one_pair_overlooked,
    limit_by_the_signed_largest,
    asymmetry_measured_in_pairs,
    rounding_refused,
    asymmetry_in_fixed_units,
    limit_too_narrow,
    descending,
    sum_for_average,
    ordered_by_size,
    singular_values,
    diagonal_entries_for_eigenvalues,
    real_parts_unordered,
    symmetrised_in_place,
    eigenvalues_in_float32,
    absolute_tolerance,
    generous_tolerance,
    zero_limit_too_wide,
    tolerance_of_float64,
    no_tolerance,
    zeros_measured_in_pairs,
    limit_taken_for_a_sign,
    limit_by_the_largest_with_its_sign,
    limit_without_the_largest,
    refusal_lost,
    critical_linear_is_degenerate,
    constant_is_not_critical,
    gradient_forgotten,
    gradient_sign_forgotten,
    gradient_summed,
    point_for_vectors_only,
    gradient_exactly_zero,
    gradient_norm_measured,
    gradient_mean_measured,
    gradient_limit_scaled,
    *(registered for pair in _SHARED for registered in pair),
    critical_leaves_grad,
    critical_wipes_grad,
    critical_overwrites_inputs,
    critical_marks_inputs,
    critical_graph_freed,
    critical_refuses_constants,
    critical_without_create_graph,
)
