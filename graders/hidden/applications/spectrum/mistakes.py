"""Known mistakes of the topic `spectrum`: wrong answers, each with the hint that it earns."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from graders.checks.mistakes import Mistake, Symptom, mistake

Function = Callable[[Tensor], Tensor]
Pair = tuple[Tensor, Tensor]
Triple = tuple[Tensor, Tensor, Tensor]
# Of a unit v and A v: the estimate of the eigenvalue.
Estimate = Callable[[Tensor, Tensor], Tensor]


def _quotient(v: Tensor, w: Tensor) -> Tensor:
    return (v * w).sum() / (v * v).sum()


def _residual_is_small(residual: Tensor, value: Tensor, before: Tensor | None, rtol: float) -> bool:
    return bool(residual <= rtol * value.abs())


def _power(
    matvec: Function,
    v0: Tensor,
    rtol: float,
    maxiter: int,
    estimate: Estimate = _quotient,
    stop: Callable[[Tensor, Tensor, Tensor | None, float], bool] = _residual_is_small,
) -> Triple:
    """Iterate as one should, but for how the value is estimated and when it stops."""
    w, before = v0, None
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = estimate(v, w)
        residual = (w - value * v).norm()
        if stop(residual, value, before, rtol):
            break
        before = value
    return value, v, residual


def _columns(matvec: Function, like: Tensor) -> Tensor:
    """Give the whole matrix, asked for by unit vectors."""
    units = torch.eye(like.numel(), dtype=like.dtype, device=like.device)
    return torch.stack([matvec(unit.view(like.shape)).flatten() for unit in units], dim=1)


@mistake("power_iteration")
def magnitude_returned(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your value is the length of A v, and a length has no sign.

    Where the eigenvalue is negative, A turns the vector round in each step. A number that compares
    A v with v, and not only their lengths, knows that.
    """
    return _power(matvec, v0, rtol, maxiter, estimate=lambda v, w: w.norm())


@mistake("power_iteration", symptom=Symptom.TWO_PRODUCTS)
def two_products_in_a_step(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You ask for two products in each step, where one is enough.

    A v serves three times: for the value, for the residual, and as the next direction. Keep it.
    """
    return _power(lambda v: (matvec(v) + matvec(v)) / 2, v0, rtol, maxiter)


@mistake("power_iteration")
def ratio_of_entries(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your value is one entry of A v, divided by the same entry of v.

    That is an eigenvalue only where v is an eigenvector to the last digit; before, every entry says
    something else, and a small one says anything. The best single number uses all entries: look up
    the Rayleigh quotient in the lesson.
    """
    return _power(matvec, v0, rtol, maxiter, estimate=lambda v, w: (w / v).flatten()[0])


@mistake("power_iteration")
def mean_of_ratios(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your value is the mean of the ratios of the entries of A v and v.

    An entry of v near zero makes a ratio of any size, and the mean believes it as much as the
    others. Weigh each entry by how large it is: what comes out is the Rayleigh quotient.
    """
    return _power(matvec, v0, rtol, maxiter, estimate=lambda v, w: (w / v).mean())


@mistake("power_iteration")
def sign_of_one_entry(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You take the sign of your value from one entry of A v and of v.

    An entry far from where v is large may keep its sign while all the others turn round. The
    Rayleigh quotient weighs every entry by its size, and has the sign with it.
    """

    def signed_length(v: Tensor, w: Tensor) -> Tensor:
        return -w.norm() if (w * v).flatten()[0] < 0 else w.norm()

    return _power(matvec, v0, rtol, maxiter, estimate=signed_length)


@mistake("power_iteration")
def stops_when_value_rests(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You stop as soon as the value hardly changes any more, and that is too early.

    The value settles long before the vector does: its error goes down like the square. And what
    moves slowly need not be near its goal. The task says which number has to be small.
    """

    def rests(residual: Tensor, value: Tensor, before: Tensor | None, rtol: float) -> bool:
        return before is not None and bool((value - before).abs() <= rtol * value.abs())

    return _power(matvec, v0, rtol, maxiter, stop=rests)


@mistake("power_iteration")
def absolute_tolerance(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You compare the residual with `rtol` itself, whatever the size of the matrix.

    Measure the loss in other units, and A is multiplied by a number: then the same answer is
    suddenly good enough, or never. What is the residual to be compared with?
    """

    def small(residual: Tensor, value: Tensor, before: Tensor | None, rtol: float) -> bool:
        return bool(residual <= rtol)

    return _power(matvec, v0, rtol, maxiter, stop=small)


@mistake("power_iteration", symptom=Symptom.MANY_PRODUCTS)
def runs_to_the_end(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """The answer is right, but it goes on asking for products when it is good enough already.

    `maxiter` is where you give up, not how long you work. The residual of each step, beside the
    size of λ, says whether the next one is needed. Does your test hold for a negative λ, too?
    """
    return _power(matvec, v0, rtol, maxiter, stop=lambda *_: False)


@mistake("power_iteration")
def maxiter_ignored(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """There is a matrix on which your loop never ends: it does not look at `maxiter`.

    With the eigenvalues 5 and -5 the vector swings from one side to the other for ever, and the
    residual stays where it is. Count the products, and give what you have when they are used up.
    """
    return _power(matvec, v0, rtol, 10**9)


@mistake("power_iteration")
def relative_residual_told(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """The residual that you report has been divided by |λ|.

    You need that ratio to decide when to stop. What the caller is promised is the length of
    A v - λ v itself.
    """
    value, v, residual = _power(matvec, v0, rtol, maxiter)
    return value, v, residual / value.abs()


@mistake("power_iteration")
def squared_residual_told(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """The residual that you report is squared.

    A length is the root of a sum of squares, and the root is missing. It makes the answer look
    twice as many digits good as it is.
    """
    value, v, residual = _power(matvec, v0, rtol, maxiter)
    return value, v, residual**2


@mistake("power_iteration")
def residual_made_up(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You report a residual of zero, and it is not zero.

    Hardly ever does a finite number of steps get there. The residual is the only thing by which a
    caller can see how good the answer is: compute it.
    """
    value, v, residual = _power(matvec, v0, rtol, maxiter)
    return value, v, torch.zeros_like(residual)


@mistake("power_iteration")
def vector_not_unit(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your vector is not of length 1: it is A v, not yet divided.

    An eigenvector may have any length, so the task fixes one, and the residual is meant for a
    vector of this length.
    """
    value, v, residual = _power(matvec, v0, rtol, maxiter)
    return value, matvec(v), residual


@mistake("power_iteration")
def start_not_normalised(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """You multiply vᵀ A v out with a vector that is not of length 1.

    Only for a unit vector is vᵀ A v the Rayleigh quotient; for others the square of the length is
    in it. Your start comes as the caller has it, and what length has it then?
    """
    w = v0
    for _ in range(maxiter):
        v = w / w.norm() * v0.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return value, v / v.norm(), residual


@mistake("power_iteration")
def largest_not_largest_magnitude(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your eigenvalue is the largest one, but another is further from zero: a negative one.

    The task asks for the largest magnitude, with its sign. A sorted list of eigenvalues has two
    ends, and the one you want may be at either.
    """
    values, vectors = torch.linalg.eigh(_columns(matvec, v0))
    v = vectors[:, -1].view(v0.shape)
    return values[-1], v, torch.zeros_like(values[-1])


@mistake("power_iteration", symptom=Symptom.COMPLEX)
def pair_complex(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """Your answer is complex, and the eigenvalues of a symmetric matrix are real.

    `eig` is made for matrices of any kind. Here you do not need a routine for matrices at all:
    products, and a division by a length, are enough.
    """
    values, vectors = torch.linalg.eig(_columns(matvec, v0))
    place = values.abs().argmax()
    return values[place], vectors[:, place].view(v0.shape), torch.zeros_like(values[place]).real


def _whole_spectrum(matvec: Function, like: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(_columns(matvec, like))
    return values, vectors


def _best_of_all(matvec: Function, v0: Tensor) -> Triple:
    values, vectors = _whole_spectrum(matvec, v0)
    place = values.abs().argmax()
    v = vectors[:, place].view(v0.shape)
    return values[place], v, (matvec(v) - values[place] * v).norm()


@mistake("power_iteration", symptom=Symptom.DENSE)
def identity_multiplied(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """The answer is right, but a matrix of n × n numbers was in memory to get it.

    With the whole identity as input, products give you the whole matrix: for 10⁶ parameters that is
    4 TB. How many vectors does one step of power iteration need at the same time?
    """
    return _best_of_all(matvec, v0)


@mistake("power_iteration", symptom=Symptom.ROW_LIST)
def columns_kept(
    matvec: Function, v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Triple:
    """The answer is right, but more and more vectors are kept in memory on the way.

    Column by column the whole matrix comes together, or step by step all the vectors that there
    have been. A step of power iteration needs only the last one.
    """
    columns = []
    for place in range(v0.numel()):
        unit = torch.zeros_like(v0).flatten()
        unit[place] = 1.0
        columns.append(matvec(unit.view(v0.shape)).flatten())
    values, vectors = torch.linalg.eigh(torch.stack(columns, dim=1))
    best = values.abs().argmax()
    v = vectors[:, best].view(v0.shape)
    return values[best], v, (matvec(v) - values[best] * v).norm()


def _tridiagonal(
    matvec: Function, v0: Tensor, k: int, end: float | None = 1e-10, scaled: bool = True
) -> tuple[list[Tensor], list[Tensor]]:
    """Give the diagonal and the other diagonal of T, reorthogonalised; `end` is what ends it."""
    basis, largest = [v0.flatten() / v0.norm()], 0.0
    alphas: list[Tensor] = []
    betas: list[Tensor] = []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        alphas.append(w @ basis[-1])
        for q in [*basis, *basis]:
            w = w - (w @ q) * q
        beta = w.norm()
        largest = max(largest, float(alphas[-1].abs()), float(beta))
        if len(alphas) == k or (end is not None and beta <= end * (largest if scaled else 1.0)):
            return alphas, betas
        betas.append(beta)
        basis.append(w / beta)


def _matrix_of(alphas: list[Tensor], betas: list[Tensor]) -> Tensor:
    matrix = torch.diag(torch.stack(alphas))
    for i, beta in enumerate(betas):
        matrix[i, i + 1] = matrix[i + 1, i] = beta
    return matrix


def _eigen(matvec: Function, v0: Tensor, k: int) -> Pair:
    values, vectors = torch.linalg.eigh(_matrix_of(*_tridiagonal(matvec, v0, k)))
    return values, vectors


@mistake("lanczos", symptom=Symptom.GHOST)
def not_reorthogonalised(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Ghosts: an eigenvalue that the matrix has once occurs several times in your list.

    On paper the three-term recurrence keeps all vectors at right angles. In the computer it loses
    them as soon as an eigenvalue has been found, and then finds it again. Look at QᵀQ after twenty
    steps: what should it be, and what is it?
    """
    w = v0.flatten() / v0.norm()
    before = torch.zeros_like(w)
    alphas: list[Tensor] = []
    betas: list[Tensor] = []
    for _ in range(k):
        q, last = w, before
        w = matvec(q.view(v0.shape)).flatten() - (betas[-1] * last if betas else 0.0)
        alphas.append(w @ q)
        w = w - alphas[-1] * q
        betas.append(w.norm())
        if betas[-1] <= 1e-10 * max(alpha.abs() for alpha in alphas):
            break
        before, w = q, w / betas[-1]
    values, vectors = torch.linalg.eigh(_matrix_of(alphas, betas[: len(alphas) - 1]))
    return values, vectors[0] ** 2


@mistake("lanczos", symptom=Symptom.KRYLOV_END)
def end_not_seen(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You give more values than there are: the space ended before, and an answer ends with it.

    When the start is made of eigenvectors of only three different eigenvalues, three steps find
    them all: stop there, and give three values. Nothing fills the places after them, no zero and no
    direction of your own. What is left of A q is zero by then, up to rounding. How small is too
    small, beside the numbers that you have met so far?
    """
    values, vectors = torch.linalg.eigh(_matrix_of(*_tridiagonal(matvec, v0, k, end=None)))
    return values, vectors[0] ** 2


@mistake("lanczos")
def ends_at_an_absolute_size(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You take a small number for the end of the Krylov space, whatever the size of the matrix.

    Where all eigenvalues are near 10⁻¹², so is every length that you meet, and you stop at once. A
    length is only small beside another one.
    """
    alphas, betas = _tridiagonal(matvec, v0, k, end=1e-8, scaled=False)
    values, vectors = torch.linalg.eigh(_matrix_of(alphas, betas))
    return values, vectors[0] ** 2


@mistake("lanczos")
def descending(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your largest value comes first.

    The task wants them ascending, each with its own weight. The routine for symmetric matrices
    gives them so.
    """
    values, vectors = _eigen(matvec, v0, k)
    return values.flip(0), (vectors[0] ** 2).flip(0)


@mistake("lanczos")
def by_magnitude(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You put your values in order by how far from zero they are.

    Then -3 comes after 2. Ascending means: from the most negative to the most positive.
    """
    values, vectors = _eigen(matvec, v0, k)
    order = values.abs().argsort()
    return values[order], (vectors[0] ** 2)[order]


@mistake("lanczos")
def ritz_start_not_normalised(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your first basis vector is the start as it came, and not of length 1.

    The matrix T has the eigenvalues you are after only if all vectors of the basis have length 1.
    The later ones have, because you divide them.
    """
    alphas, betas = _tridiagonal(matvec, v0, k)
    matrix = _matrix_of(alphas, betas)
    length = v0.norm()
    matrix[0] *= length
    matrix[:, 0] *= length
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2


@mistake("lanczos")
def diagonal_of_t(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your values are the numbers on the diagonal of T, in order.

    They are curvatures along the basis vectors. The numbers beside the diagonal say how A mixes
    these directions; the eigenvalues of T know both.
    """
    alphas, _ = _tridiagonal(matvec, v0, k)
    values = torch.stack(alphas).sort().values
    return values, torch.full_like(values, 1 / len(values))


@mistake("lanczos")
def off_diagonal_left_out(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your values are those of a T with nothing beside its diagonal.

    The lengths by which you divide belong into it, one place off the diagonal, on both sides: they
    are how A leads from one basis vector to the next. `eigh` reads the lower half alone.
    """
    alphas, _ = _tridiagonal(matvec, v0, k)
    values, vectors = torch.linalg.eigh(torch.diag(torch.stack(alphas)))
    return values, vectors[0] ** 2


@mistake("lanczos")
def off_diagonal_shifted(matvec: Function, v0: Tensor, k: int) -> Pair:
    """The numbers beside the diagonal of your T stand one place too far down.

    The first length is made in the first step, between the first and the second vector, so it
    stands beside the first entry of the diagonal. Write T out for k = 3 and follow the indices.
    """
    alphas, betas = _tridiagonal(matvec, v0, k)
    moved = [torch.zeros_like(alphas[0]), *betas[:-1]] if betas else []
    values, vectors = torch.linalg.eigh(_matrix_of(alphas, moved))
    return values, vectors[0] ** 2


@mistake("lanczos")
def one_step_more(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You gave one value more than was asked for.

    k products make k numbers on the diagonal of T and k - 1 beside it. See which of your loops
    counts the start as a step.
    """
    values, vectors = _eigen(matvec, v0, k + 1)
    return values, vectors[0] ** 2


@mistake("lanczos")
def one_step_less(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You gave one value less than was asked for.

    The last step needs a product and a number on the diagonal, too; only a next vector is not
    needed any more.
    """
    values, vectors = _eigen(matvec, v0, max(k - 1, 1))
    return values, vectors[0] ** 2


@mistake("lanczos", symptom=Symptom.COMPLEX)
def ritz_complex(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your values are complex, and T is real and symmetric.

    `eig` does not know that and gives complex numbers in no order. The routine for symmetric
    matrices has one letter more.
    """
    values, vectors = torch.linalg.eig(_matrix_of(*_tridiagonal(matvec, v0, k)))
    return values, vectors[0] ** 2


@mistake("lanczos")
def weights_from_a_column(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your weights are the entries of one eigenvector.

    Each value needs the first entry of its own eigenvector: how much of the start lies along it.
    The routine gives eigenvectors as columns, so the first entries of all of them stand where?
    """
    values, vectors = _eigen(matvec, v0, k)
    return values, vectors[:, 0] ** 2


@mistake("lanczos")
def weights_not_squared(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your weights are not squared.

    A unit vector's entries have squares that add up to 1, and that is what makes them shares. Add
    yours up and see.
    """
    values, vectors = _eigen(matvec, v0, k)
    return values, vectors[0].abs()


@mistake("lanczos")
def weights_from_the_last_row(matvec: Function, v0: Tensor, k: int) -> Pair:
    """Your weights are the last entries of the eigenvectors.

    The last entries tell how well a value has converged. How much of the start lies along an
    eigenvector stands at its other end, for the start is the first vector of the basis.
    """
    values, vectors = _eigen(matvec, v0, k)
    return values, vectors[-1] ** 2


@mistake("lanczos")
def weights_equal(matvec: Function, v0: Tensor, k: int) -> Pair:
    """You give each value the same weight.

    The start has more of some eigenvectors in it than of others, and the weights say how much. The
    eigenvectors of T know it.
    """
    values, _ = _eigen(matvec, v0, k)
    return values, torch.full_like(values, 1 / len(values))


@mistake("lanczos")
def spectrum_of_the_whole_matrix(matvec: Function, v0: Tensor, k: int) -> Pair:
    """These are k eigenvalues of the whole matrix, and not what k products can know.

    The k products make a small matrix T, of k × k numbers. Its eigenvalues are the answer: they
    come near the ends of the spectrum of A first.
    """
    values, vectors = _whole_spectrum(matvec, v0)
    shares = (vectors.T @ (v0.flatten() / v0.norm())) ** 2
    return values[-k:], shares[-k:]


@mistake("lanczos", symptom=Symptom.ROW_LIST)
def images_kept(matvec: Function, v0: Tensor, k: int) -> Pair:
    """The answer is right, but several times as many vectors are in memory as the basis has.

    The k vectors of the basis have to stay, for everything is made orthogonal to them. Their images
    and what was subtracted on the way are not needed any more: which lists of yours grow?
    """
    basis = [v0.flatten() / v0.norm()]
    kept: list[Tensor] = []
    alphas: list[Tensor] = []
    betas: list[Tensor] = []
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        kept.append(w)
        alphas.append(w @ basis[-1])
        for q in [*basis, *basis]:
            w = w - (w @ q) * q
            kept.append(w)
        if len(alphas) == k or w.norm() <= 1e-10 * max(one.norm() for one in kept):
            values, vectors = torch.linalg.eigh(_matrix_of(alphas, betas))
            return values, vectors[0] ** 2
        betas.append(w.norm())
        basis.append(w / betas[-1])


def _signs(like: Tensor) -> Tensor:
    return torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1


def _form(matvec: Function, z: Tensor) -> Tensor:
    return (z * matvec(z)).sum()


def _samples(
    matvec: Function,
    like: Tensor,
    samples: int,
    probe: Function = _signs,
    sample: Callable[[Function, Tensor], Tensor] = _form,
) -> Tensor:
    return torch.stack([sample(matvec, probe(like)) for _ in range(samples)])


def _mean_and_error(found: Tensor) -> Pair:
    return found.mean(), found.std() / len(found) ** 0.5


@mistake("hutchinson_trace")
def sum_not_mean(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your value is the sum over all samples: with twice as many it is twice as large.

    Each sample is an estimate of the whole trace by itself. What do you do with many estimates of
    one number?
    """
    found = _samples(matvec, like, samples)
    return found.sum(), found.std() / samples**0.5


@mistake("hutchinson_trace")
def mean_of_the_eigenvalues(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your value is the mean of the eigenvalues, and the trace is their sum.

    Two things lead here. A probe that is divided by its length: a vector of n signs has the length
    √n, and that is as it should be. Or a mean over the entries of z · A z, where their sum is
    meant.
    """
    return _mean_and_error(_samples(matvec, like, samples, lambda t: _signs(t) / t.numel() ** 0.5))


@mistake("hutchinson_trace")
def normal_probes_of_length_one(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your random vectors are divided by their length, and the size of the trace goes with it.

    For a unit vector, zᵀ A z is a mean of the eigenvalues; the trace is their sum. Ask for
    entries whose squares are 1 on average, and leave them as they are.
    """

    def unit(like: Tensor) -> Tensor:
        z = torch.randn_like(like)
        return z / z.norm()

    return _mean_and_error(_samples(matvec, like, samples, unit))


@mistake("hutchinson_trace")
def uniform_probes(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your probes are drawn between 0 and 1, so their entries all lean to one side.

    The products of different entries then do not cancel on average, and every entry of A beside
    the diagonal gets into the estimate. Which mean, and which mean of squares, must an entry have?
    """
    return _mean_and_error(_samples(matvec, like, samples, torch.rand_like))


@mistake("hutchinson_trace")
def centred_uniform_probes(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your probes are uniform between -1 and 1: centred, but too small.

    Their squares are 1/3 on average, so your estimate is a third of the trace. An entry needs a
    mean of 0 and a mean square of 1.
    """

    def centred(like: Tensor) -> Tensor:
        return 2 * torch.rand_like(like) - 1

    return _mean_and_error(_samples(matvec, like, samples, centred))


@mistake("hutchinson_trace")
def bits_for_signs(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your probes hold zeros and ones in place of signs.

    Half of the diagonal is not seen in each sample, and the entries beside it do not cancel. How do
    you make -1 and 1 of 0 and 1?
    """

    def bits(like: Tensor) -> Tensor:
        return torch.randint(0, 2, like.shape, device=like.device).to(like.dtype)

    return _mean_and_error(_samples(matvec, like, samples, bits))


@mistake("hutchinson_trace")
def zeros_among_the_signs(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your probes hold zeros beside the signs.

    `torch.randint(-1, 2, ...)` draws -1, 0 and 1: the squares are 2/3 on average, and so is your
    estimate, of the trace. How do you make -1 and 1 of 0 and 1?
    """

    def three(like: Tensor) -> Tensor:
        return torch.randint(-1, 2, like.shape, device=like.device).to(like.dtype)

    return _mean_and_error(_samples(matvec, like, samples, three))


@mistake("hutchinson_trace")
def ones_for_probes(matvec: Function, like: Tensor, samples: int) -> Pair:
    """All entries of your probe have the same sign, as those of a vector of ones have.

    That adds up all entries of A, those off the diagonal as well. They cancel on average only where
    each entry of the probe has a random sign of its own.
    """
    return _mean_and_error(_samples(matvec, like, samples, torch.ones_like))


@mistake("hutchinson_trace")
def one_probe_for_all(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your whole estimate rests on a single probe.

    Asked again, the same probe has the same answer, so the mean of many such samples is no better
    than the first, and they cannot say how far off it is. Draw a new one for each sample.
    """
    z = _signs(like)
    return _mean_and_error(_samples(matvec, like, samples, lambda _: z))


@mistake("hutchinson_trace")
def square_of_the_product(matvec: Function, like: Tensor, samples: int) -> Pair:
    """You multiplied A z by itself, and not by z.

    That is zᵀ A² z, so it estimates the trace of A²: the sum of the squares of the eigenvalues. Who
    has to meet A z for the trace of A?
    """
    return _mean_and_error(_samples(matvec, like, samples, sample=lambda f, z: (f(z) ** 2).sum()))


@mistake("hutchinson_trace")
def absolute_values(matvec: Function, like: Tensor, samples: int) -> Pair:
    """You dropped the sign of each sample.

    A Hessian curves upwards and downwards, and a sample may well be negative. Without signs nothing
    cancels, and the mean is too large.
    """
    return _mean_and_error(_samples(matvec, like, samples, sample=lambda f, z: _form(f, z).abs()))


@mistake("hutchinson_trace", symptom=Symptom.DEVIATION)
def deviation_for_error(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your error bar is the deviation of one sample, not of the mean.

    A single sample is off by this much. The mean of many is nearer to the truth, and the more of
    them, the nearer: by which power of `samples`?
    """
    found = _samples(matvec, like, samples)
    return found.mean(), found.std()


@mistake("hutchinson_trace", symptom=Symptom.DIVIDED_TWICE)
def divided_by_samples(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your error bar is too short: the deviation, divided by the number of samples.

    Four times as many samples halve the error and do not quarter it. Variances of independent
    samples add up; what does that make of the deviation of a mean?
    """
    found = _samples(matvec, like, samples)
    return found.mean(), found.std() / samples


@mistake("hutchinson_trace", symptom=Symptom.VARIANCE)
def variance_for_error(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your error bar is a variance: the square of what it should be.

    A variance is in squared units, and an error bar is drawn beside the value. The last step is
    missing.
    """
    found = _samples(matvec, like, samples)
    return found.mean(), found.var() / samples


@mistake("hutchinson_trace")
def deviation_of_all_there_are(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your deviation divides by the number of samples, and `std()` by one less.

    The mean was taken from the same samples, so they lie nearer to it than to the truth. With many
    it hardly matters, with two it is a factor of 1.4.
    """
    found = _samples(matvec, like, samples)
    return found.mean(), found.std(correction=0) / samples**0.5


@mistake("hutchinson_trace")
def no_error(matvec: Function, like: Tensor, samples: int) -> Pair:
    """You report an error of zero, and an estimate from random numbers always has one.

    Your samples differ from one another, and how much they do tells how far their mean may be off.
    """
    found = _samples(matvec, like, samples)
    return found.mean(), torch.zeros_like(found[0])


@mistake("hutchinson_trace")
def exact_by_unit_vectors(matvec: Function, like: Tensor, samples: int) -> Pair:
    """You asked for every entry of the diagonal, one product each, and added them up.

    That is exact, and it costs n products. With 10⁶ parameters nobody can wait for it; a hundred
    random vectors often give a digit or two, and their spread says how many. Ask for `samples`.
    """
    units = torch.eye(like.numel(), dtype=like.dtype, device=like.device)
    entries = [_form(matvec, unit.view(like.shape)) for unit in units]
    return torch.stack(entries).sum(), torch.zeros_like(entries[0])


@mistake("hutchinson_trace", symptom=Symptom.SAME_DRAWS)
def seeded_inside(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Asked twice, your function draws the same random numbers twice.

    Then two estimates agree to the last digit, and say nothing about how good they are. Whoever
    calls it may seed the generator; the function itself must not, and a generator of its own with
    a fixed seed is the same thing.
    """
    torch.manual_seed(0)
    return _mean_and_error(_samples(matvec, like, samples))


@mistake("hutchinson_trace", symptom=Symptom.ROW_LIST)
def probes_stored(matvec: Function, like: Tensor, samples: int) -> Pair:
    """The answer is right, but the vectors of all samples were in memory at the same time.

    With 10⁶ parameters and a hundred samples these are a hundred vectors as large as the model. A
    sample is one number; once you have it, its probe and its product can go.
    """
    probes = torch.randint(0, 2, (samples, *like.shape), device=like.device).to(like.dtype) * 2 - 1
    return _mean_and_error(torch.stack([_form(matvec, z) for z in probes]))


@mistake("hutchinson_trace", symptom=Symptom.OTHER_DEVICE)
def probes_on_the_cpu(matvec: Function, like: Tensor, samples: int) -> Pair:
    """Your probes are made on the CPU, wherever `like` is.

    On a GPU the product then meets a vector of another device and stops. `like` is there to be
    copied: its shape, its dtype and its device.
    """

    def probe(like: Tensor) -> Tensor:
        return torch.randint(0, 2, like.shape).to(like.dtype) * 2 - 1

    return _mean_and_error(_samples(matvec, like, samples, probe))


def _bend(loss: Function, outputs: Tensor, along: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(loss), (outputs.detach(),), (along.detach(),))[1]


def _push(model: Function, inputs: Tensor, v: Tensor) -> Pair:
    pushed = torch.func.jvp(model, (inputs.detach(),), (v.detach(),))
    return pushed[0].detach(), pushed[1].detach()


def _pull(model: Function, inputs: Tensor, weights: Tensor) -> Tensor:
    pulled: Tensor = torch.func.vjp(model, inputs.detach())[1](weights)[0]
    return pulled


def _ggn(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    outputs, along = _push(model, inputs, v)
    return _pull(model, inputs, _bend(loss, outputs, along))


def _slopes(model: Function, loss: Function, inputs: Tensor) -> Tensor:
    slopes: Tensor = torch.func.grad(loss)(model(inputs.detach()).detach())
    return slopes


@mistake("ggn_vp")
def hessian_of_the_whole(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is the Hessian of the whole, the model's own curvature included.

    Gauss-Newton takes the model for straight: what bends is the loss alone. You differentiate
    through the model once in each direction, and never twice.
    """
    slope = torch.func.grad(lambda x: loss(model(x)))
    return torch.func.jvp(slope, (inputs.detach(),), (v.detach(),))[1]


@mistake("ggn_vp")
def loss_left_out(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is Jᵀ J v: the curvature of the loss is missing in the middle.

    For half a sum of squares it would be right, because that bends by 1 in each output. Others bend
    by another amount, and couple the outputs.
    """
    return _pull(model, inputs, _push(model, inputs, v)[1])


@mistake("ggn_vp")
def point_and_vector_swapped(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """In the middle, point and vector have changed places.

    The loss has to bend where the model's outputs are, at z, and along J v. You bend it at J v and
    along z. Look at which of the two is the point in your call.
    """
    outputs, along = _push(model, inputs, v)
    return _pull(model, inputs, _bend(loss, along, outputs))


@mistake("ggn_vp")
def loss_bent_at_the_tangent(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """In the middle, the loss bends at the wrong point: at J v, where nothing of the model lies.

    The Hessian of the loss is taken at the outputs z = f(x), and then multiplied by J v. For half a
    sum of squares it is the same everywhere, and no other loss forgives it.
    """
    _, along = _push(model, inputs, v)
    return _pull(model, inputs, _bend(loss, along, along))


@mistake("ggn_vp")
def diagonal_of_the_loss(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You multiplied by the diagonal of the loss's Hessian alone.

    A softmax couples the outputs of an example: raise one, and the others get less. So the product
    in the middle is with a matrix; you know how to take that without making it.
    """
    outputs, along = _push(model, inputs, v)
    hessian = torch.func.jacrev(torch.func.grad(loss))(outputs)
    diagonal = hessian.reshape(outputs.numel(), -1).diagonal().reshape(outputs.shape)
    return _pull(model, inputs, diagonal * along)


@mistake("ggn_vp")
def row_sums_of_the_loss(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """In the middle you multiplied by the row sums of the loss's Hessian.

    Differentiating the plain sum of the slopes adds up each row, and a sum cannot be weighed once
    it is made. What you pushed through the model has to come in before the second derivative.
    """
    outputs, along = _push(model, inputs, v)
    return _pull(model, inputs, _bend(loss, outputs, torch.ones_like(outputs)) * along)


@mistake("ggn_vp")
def outer_product_of_the_gradient(
    model: Function, loss: Function, inputs: Tensor, v: Tensor
) -> Tensor:
    """This is the gradient, scaled by its dot product with `v`: g (g · v).

    A product of slopes says nothing about how the loss bends. Push `v` through the model, bend it
    there, pull the result back.
    """
    slopes = _pull(model, inputs, _slopes(model, loss, inputs))
    return slopes * (slopes * v).sum()


@mistake("ggn_vp")
def empirical_fisher(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """This is the empirical Fisher matrix: the mean of g gᵀ over the examples.

    It is often called Gauss-Newton, and it is another matrix: it uses the slopes of the loss, with
    the true labels, and no curvature at all. Where a squared error is near zero it vanishes, and
    the Gauss-Newton matrix does not.
    """
    outputs = model(inputs.detach()).detach()
    slopes = _slopes(model, loss, inputs)
    examples = len(outputs) if outputs.dim() > 1 else 1
    rows = torch.func.jacrev(model)(inputs.detach()).reshape(outputs.numel(), -1)
    weighed = (examples * slopes.reshape(-1, 1) * rows).reshape(examples, -1, inputs.numel()).sum(1)
    return (weighed.T @ (weighed @ v.flatten()) / examples).reshape(inputs.shape)


@mistake("ggn_vp")
def slope_for_curvature(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """In the middle you multiplied by the slope of the loss, entry by entry.

    The middle factor is its curvature, a second derivative. At the minimum of the loss the slope is
    zero, and the curvature is not.
    """
    _, along = _push(model, inputs, v)
    return _pull(model, inputs, _slopes(model, loss, inputs) * along)


@mistake("ggn_vp")
def pull_back_left_out(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """You stopped at the outputs: this is H_L J v, with a number for each output.

    The answer has a number for each parameter. One factor is left, and it leads back through the
    model.
    """
    outputs, along = _push(model, inputs, v)
    return _bend(loss, outputs, along)


@mistake("ggn_vp")
def product_flattened(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Your numbers lie in one long row.

    The product has the shape of `inputs`, whether that is a vector, a matrix or a single number.
    """
    return _ggn(model, loss, inputs, v).reshape(-1)


@mistake("ggn_vp")
def product_doubled(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Every number is exactly twice as large as it should be.

    See whether something is added up twice, or whether a factor 2 that the loss has in it is put in
    by hand as well.
    """
    return 2 * _ggn(model, loss, inputs, v)


@mistake("ggn_vp", symptom=Symptom.FINITE_DIFFERENCE)
def difference_of_outputs(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Almost right, but the digits end too early: this looks like a difference quotient.

    However small the step, it trades cutting error against rounding error, be it one of outputs or
    of the loss's gradients. Forward mode gives either derivative for the same price, to the last
    digit.
    """
    x, step = inputs.detach(), 1e-5
    along = (model(x + step * v) - model(x - step * v)) / (2 * step)
    return _pull(model, inputs, _bend(loss, model(x), along))


@mistake("ggn_vp", symptom=Symptom.FLOAT32)
def product_in_float32(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Half of the digits are gone: every number of your answer fits into float32.

    `inputs` came in float64 and the answer should keep that. Look for a conversion on the way.
    """
    return _ggn(model, loss, inputs, v).float()


@mistake("ggn_vp", symptom=Symptom.NO_GRAPH)
def linear_loss_refused(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Where the loss is linear, or the model ignores its inputs, a derivative has no graph.

    That is no error: what does not bend has the curvature zero. Think about how you can see that a
    tensor has no graph, and what the product is then.
    """
    outputs, along = _push(model, inputs, v)
    leaf = outputs.requires_grad_()
    (slopes,) = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
    return _pull(model, inputs, torch.autograd.grad(slopes, leaf, along)[0])


@mistake("ggn_vp", symptom=Symptom.ROW_LIST)
def jacobian_held(model: Function, loss: Function, inputs: Tensor, v: Tensor) -> Tensor:
    """Something as large as the whole Jacobian of the model was in memory.

    It has a row for each output of each example, as long as the parameters. You need its product
    with one vector from the right and with one from the left; both can be had without a row.
    """
    outputs, _ = _push(model, inputs, v)
    rows = torch.func.jacrev(model)(inputs.detach()).reshape(outputs.numel(), -1)
    bent = _bend(loss, outputs, (rows @ v.flatten()).reshape(outputs.shape))
    return (rows.T @ bent.flatten()).reshape(inputs.shape)


MISTAKES: tuple[Mistake, ...] = (
    magnitude_returned,
    ratio_of_entries,
    mean_of_ratios,
    sign_of_one_entry,
    stops_when_value_rests,
    absolute_tolerance,
    runs_to_the_end,
    two_products_in_a_step,
    maxiter_ignored,
    relative_residual_told,
    squared_residual_told,
    residual_made_up,
    vector_not_unit,
    start_not_normalised,
    largest_not_largest_magnitude,
    pair_complex,
    identity_multiplied,
    columns_kept,
    not_reorthogonalised,
    end_not_seen,
    ends_at_an_absolute_size,
    descending,
    by_magnitude,
    ritz_start_not_normalised,
    diagonal_of_t,
    off_diagonal_left_out,
    off_diagonal_shifted,
    one_step_more,
    one_step_less,
    ritz_complex,
    weights_from_a_column,
    weights_not_squared,
    weights_from_the_last_row,
    weights_equal,
    spectrum_of_the_whole_matrix,
    images_kept,
    sum_not_mean,
    mean_of_the_eigenvalues,
    normal_probes_of_length_one,
    uniform_probes,
    centred_uniform_probes,
    bits_for_signs,
    zeros_among_the_signs,
    ones_for_probes,
    one_probe_for_all,
    square_of_the_product,
    absolute_values,
    deviation_for_error,
    divided_by_samples,
    variance_for_error,
    deviation_of_all_there_are,
    no_error,
    exact_by_unit_vectors,
    seeded_inside,
    probes_stored,
    probes_on_the_cpu,
    hessian_of_the_whole,
    loss_left_out,
    point_and_vector_swapped,
    loss_bent_at_the_tangent,
    diagonal_of_the_loss,
    row_sums_of_the_loss,
    outer_product_of_the_gradient,
    empirical_fisher,
    slope_for_curvature,
    pull_back_left_out,
    product_flattened,
    product_doubled,
    difference_of_outputs,
    product_in_float32,
    linear_loss_refused,
    jacobian_held,
)
