# %% [markdown]
# # MAML: learning to learn

# %%
import io
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def check_that(holds: bool, otherwise: str) -> None:
    """Raise with a sentence that explains what is not right yet, unless `holds`."""
    if not holds:
        raise AssertionError(otherwise)


def check_tensor(call: str, got: object, expected: Tensor) -> None:
    """Compare type, shape, dtype and then values, and say which of them differs first."""
    check_that(isinstance(got, Tensor), f"{call} should return a tensor, but returned {got!r}")
    assert isinstance(got, Tensor)
    shapes = f"{tuple(got.shape)}, expected {tuple(expected.shape)}"
    check_that(got.shape == expected.shape, f"{call} has shape {shapes}")
    dtypes = f"{got.dtype}, expected {expected.dtype}"
    check_that(got.dtype == expected.dtype, f"{call} has dtype {dtypes}")
    close = torch.allclose(got.detach(), expected, rtol=1e-10, atol=1e-12)
    apart = (got.detach() - expected).abs().max().item() if expected.numel() else 0.0
    values = f"     gave {got.detach()}\n expected {expected}\n largest difference {apart:.1e}"
    check_that(close, f"{call}\n{values}")
    print(f"✓ {call}")


def show_figure(figure, alt: str, caption: str) -> None:
    """Show a matplotlib figure with alt text and a caption; in a plain script, do nothing."""
    import matplotlib.pyplot as plt

    if "get_ipython" in globals():
        from IPython.display import Image, Markdown, display

        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=110, bbox_inches="tight", facecolor="white")
        display(Image(data=picture.getvalue(), alt=alt), Markdown(f"*{caption}*"))
    plt.close(figure)

# %%
from typing import NamedTuple


class Result(NamedTuple):
    """Where conjugate gradients ended, after how many steps, and why they stopped."""

    x: Tensor
    steps: int
    status: str


def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    """Lay tensors in one long row."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def like(vector: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Cut a long row into pieces of the shapes of `tensors`."""
    pieces = vector.split([tensor.numel() for tensor in tensors])
    return tuple(piece.view(one.shape) for piece, one in zip(pieces, tensors, strict=True))


def gradient(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Give ∇loss as plain numbers, a tensor for each parameter; zeros where it has no part."""
    own = [parameter.detach().requires_grad_() for parameter in parameters]
    value = loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(value, own, materialize_grads=True)


def hvp(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Give the Hessian of `loss` at `parameters` times `v`, a tensor for each parameter."""
    own = [parameter.detach().requires_grad_() for parameter in parameters]
    value = loss(own)
    if not value.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    slopes = torch.autograd.grad(value, own, create_graph=True, materialize_grads=True)
    dot = torch.stack([(slope * part).sum() for slope, part in zip(slopes, v, strict=True)]).sum()
    if not dot.requires_grad:
        return tuple(torch.zeros_like(parameter) for parameter in own)
    return torch.autograd.grad(dot, own, materialize_grads=True)


def conjugate_gradient(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    """Solve A x = b by products with A alone; as in the lesson on Newton's method."""
    limit = 10 * b.numel() if maxiter is None else maxiter
    x, r, p = torch.zeros_like(b), b, b
    size, enough, steps = (r * r).sum(), (rtol * b.norm()) ** 2, 0
    while size > enough:
        if steps == limit:
            return Result(x, steps, "maxiter")
        product = matvec(p)
        curvature = (p * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        alpha = size / curvature
        x, r, before = x + alpha * p, r - alpha * product, size
        size, steps = (r * r).sum(), steps + 1
        p = r + size / before * p
    return Result(x, steps, "converged")

# %%
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def numbers(*rows: object, marked: bool = False) -> tuple[Tensor, ...]:
    """Make a tuple of float64 tensors, on request ones that require grad."""
    return tuple(torch.tensor(row, dtype=torch.float64).requires_grad_(marked) for row in rows)


def result_of(
    call: str, function: Callable[..., object], *given: object, **named: object
) -> object:
    """Call the function; if something is raised, say in which call, and pass it on."""
    try:
        return function(*given, **named)
    except (RuntimeError, TypeError, ValueError) as error:
        if isinstance(error, NotImplementedError):
            raise
        raise AssertionError(f"{call}\n should give a result, but raised: {error}") from error


def check_tensors(call: str, got: object, expected: Sequence[Tensor], within: float = 1e-10) -> None:
    """Compare a tuple of tensors, each by shape, dtype and numbers."""
    kind = f"{call} should return a tuple of {len(expected)} tensors, but returned {got!r}"
    check_that(isinstance(got, tuple) and len(got) == len(expected), kind)
    check_that(all(isinstance(one, Tensor) for one in got), kind)
    for place, (mine, due) in enumerate(zip(got, expected, strict=True), start=1):
        form = f"{call}: tensor {place} has shape {tuple(mine.shape)} and {mine.dtype}"
        right = f"{tuple(due.shape)} and {due.dtype} are right"
        check_that(mine.shape == due.shape and mine.dtype == due.dtype, f"{form}; {right}")
        near = torch.allclose(mine.detach(), due.detach(), rtol=within, atol=1e-12)
        values = f"     gave {mine.detach()}\n expected {due.detach()}"
        check_that(near, f"{call}, tensor {place}\n{values}")
    print(f"✓ {call}")


def check_left_alone(call: str, run: Callable[[Sequence[Tensor]], object], *rows: object) -> None:
    """Run on tensors and see that their numbers, their `.grad` and their mark are as before."""
    for marked in (True, False) if "inner_update" not in call else (True,):
        given, kept = numbers(*rows, marked=marked), numbers(*rows)
        run(given)
        for mine, before in zip(given, kept, strict=True):
            moved = f"after {call} your caller's tensors hold other numbers: make new tensors"
            check_that(torch.equal(mine.detach(), before), moved)
            check_that(mine.grad is None, f"{call} left something in your caller's .grad")
            other = f"{call} changed requires_grad of your caller's tensors"
            check_that(mine.requires_grad is marked, other)
    print(f"✓ {call} leaves your caller's tensors as they were")


class LargestTensor(TorchDispatchMode):
    """Notes how many numbers the largest tensor has that is made inside a `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        sizes = [t.numel() for t in tree_leaves(result) if isinstance(t, Tensor)]
        self.numbers = max(self.numbers, *sizes, 0)
        return result


def check_no_matrix(call: str, run: Callable[[], object], n: int) -> None:
    """See that nothing near n × n is made, with n parameters."""
    with LargestTensor() as largest:
        run()
    made = f"{call}, {n} parameters: you made a tensor of {largest.numbers} numbers"
    check_that(largest.numbers < 20 * n, f"{made}; products with vectors need none that large")
    print(f"✓ {call}, {n} parameters, without a matrix")


def of_one(function: Callable[[Tensor], Tensor]) -> Callable[[Sequence[Tensor]], Tensor]:
    """Make a loss of a function of one tensor."""
    return lambda parameters: function(parameters[0])


# The examples of the lesson. Inside: (θ - 1)², θ³/3, q (p·p). Outside: (θ - 6)², θ²/2, Σ p + q.
inside, outside = of_one(lambda t: (t - 1) ** 2), of_one(lambda t: (t - 6) ** 2)
bent_inside, half_outside = of_one(lambda t: t**3 / 3), of_one(lambda t: t**2 / 2)
tied_inside = lambda parameters: parameters[1] * (parameters[0] ** 2).sum()  # noqa: E731
sum_outside = lambda parameters: parameters[0].sum() + parameters[1]  # noqa: E731
flat = lambda parameters: torch.tensor(4.0, dtype=torch.float64)  # noqa: E731

# %% [markdown]
# ## Task 1


# %%
def inner_update(
    loss: Callable[[Sequence[Tensor]], Tensor], parameters: Sequence[Tensor], lr: float
) -> tuple[Tensor, ...]:
    """Take one step of gradient descent that can itself be differentiated.

    Args:
        loss: takes the parameters and returns one number.
        parameters: the point θ, tensors of any shapes that require grad, or come from tensors that
            do. They are left as they were, with what is in their `.grad`.
        lr: the length of the step, η.

    Returns:
        θ - η ∇loss(θ), new tensors of the shapes and dtypes of `parameters`, with a graph that
        leads back to `parameters`, also by way of the gradient. A parameter that has no part in the
        loss comes back with the same numbers.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_inner_update() -> None:
    """Compare inner_update with steps by hand, and walk back through them."""

    def check(call: str, loss: object, start: tuple, lr: float, after: tuple, back: tuple) -> None:
        given = numbers(*start, marked=True)
        got = result_of(call, inner_update, loss, given, lr)
        check_tensors(call, got, numbers(*after))
        total = sum(one.sum() for one in got)
        live = f"{call}: no graph leads back from what you return to `parameters`"
        check_that(total.requires_grad, live)
        found = torch.autograd.grad(total, given, materialize_grads=True)
        check_tensors(f"{call}, the sum of the result differentiated", found, numbers(*back))

    check("inner_update((θ - 1)², θ = 3, lr = 0.25)", inside, (3.0,), 0.25, (2.0,), (0.5,))
    check("inner_update((θ - 1)², θ = 3, lr = 0.75)", inside, (3.0,), 0.75, (0.0,), (-0.5,))
    # q (p·p): the gradient is 2 q p for p, and p·p for q.
    start, after, back = ([1.0, 3.0], 3.0), ([0.4, 1.2], 2.0), ([0.2, -0.2], 0.2)
    check("inner_update(q (p·p), p = (1, 3), q = 3, lr = 0.1)", tied_inside, start, 0.1, after, back)
    first = lambda parameters: (parameters[0] ** 2).sum()  # noqa: E731
    check("inner_update(p·p, with a q that is not used)", first, start, 0.1, ([0.8, 2.4], 3.0), ([0.8, 0.8], 1.0))
    check("inner_update(4, which depends on nothing)", flat, (3.0, [1.0]), 0.1, (3.0, [1.0]), (1.0, [1.0]))

    given = numbers(3.0, marked=True)
    twice = inner_update(inside, inner_update(inside, given, 0.25), 0.25)
    found = torch.autograd.grad(twice[0], given)
    check_tensors("inner_update after inner_update: 0.5 · 0.5", found, numbers(0.25))
    check_left_alone("inner_update", lambda p: inner_update(tied_inside, p, 0.1), [1.0, 3.0], 3.0)


check_inner_update()


# %%
def maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    """Differentiate the outer loss after `steps` inner steps, with respect to the start.

    Args:
        inner_loss: takes parameters and returns one number; the steps go downhill on it.
        outer_loss: takes parameters and returns one number; it is looked at after the steps.
        parameters: the start θ₀, tensors of any shapes. They may require grad or not, and are left
            as they were, with what is in their `.grad`.
        lr: the length of a step, η.
        steps: how many steps θⱼ₊₁ = θⱼ - η ∇inner_loss(θⱼ); 0 gives ∇outer_loss at the start.

    Returns:
        d outer_loss(θ_steps) / d θ₀, a tensor of the shape and dtype of each parameter; zeros for
        one that has no part in it.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_maml_gradient() -> None:
    """Compare maml_gradient with what the chain rule gives by hand."""
    parabolas = "inner (θ - 1)², outer (θ - 6)², θ = 3"

    def check(call: str, losses: tuple, start: tuple, due: tuple, *given: object, **named) -> None:
        call = f"maml_gradient, {call}"
        got = result_of(call, maml_gradient, *losses, numbers(*start), *given, **named)
        check_tensors(call, got, numbers(*due))

    both, bent = (inside, outside), (bent_inside, half_outside)
    check(f"{parabolas}, lr = 0.25", both, (3.0,), (-4.0,), 0.25)
    check(f"{parabolas}, lr = 0.75", both, (3.0,), (6.0,), 0.75)
    check(f"{parabolas}, lr = 0.25, no step", both, (3.0,), (-6.0,), 0.25, steps=0)
    check(f"{parabolas}, lr = 0.25, two steps", both, (3.0,), (-2.25,), 0.25, steps=2)
    # The points are 1, 0.9, 0.819, and the curvature is twice the point: (1 - 0.2)(1 - 0.18) 0.819.
    check("inner θ³/3, outer θ²/2, θ = 1, lr = 0.1, two steps", bent, (1.0,), (0.537264,), 0.1, 2)
    tied = (tied_inside, sum_outside)
    check("inner q (p·p), outer Σ p + q", tied, ([1.0, 3.0], 3.0), ([0.2, -0.2], 0.2), 0.1)
    check("outer 4, which depends on nothing", (inside, flat), (3.0,), (0.0,), 0.25)
    check("inner 4, which depends on nothing", (flat, outside), (3.0,), (-6.0,), 0.25)
    check_left_alone("maml_gradient", lambda p: maml_gradient(*tied, p, 0.1, 2), [1.0, 3.0], 3.0)
    wide = (torch.linspace(0, 1, 2000, dtype=torch.float64),)
    run = lambda: maml_gradient(of_one(lambda t: (t**3).sum()), of_one(torch.sum), wide, 0.1, 2)  # noqa: E731
    check_no_matrix("maml_gradient", run, 2000)


check_maml_gradient()


# %%
def first_order_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    parameters: Sequence[Tensor],
    lr: float,
    steps: int = 1,
) -> tuple[Tensor, ...]:
    """Give the gradient of the outer loss where the inner steps end, with no second derivative.

    Args:
        inner_loss: takes parameters and returns one number; the steps go downhill on it.
        outer_loss: takes parameters and returns one number; it is looked at after the steps.
        parameters: the start θ₀, as in `maml_gradient`; left as it was.
        lr: the length of a step, η.
        steps: how many steps; 0 gives ∇outer_loss at the start.

    Returns:
        ∇outer_loss(θ_steps), a tensor of the shape and dtype of each parameter. Memory does not
        grow with `steps`.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_first_order_maml_gradient() -> None:
    """Compare first_order_maml_gradient with the outer slope at the points that were reached."""
    parabolas = "inner (θ - 1)², outer (θ - 6)², θ = 3"

    def check(call: str, losses: tuple, start: tuple, due: tuple, *given: object, **named) -> None:
        call = f"first_order_maml_gradient, {call}"
        got = result_of(call, first_order_maml_gradient, *losses, numbers(*start), *given, **named)
        check_tensors(call, got, numbers(*due))

    both, bent = (inside, outside), (bent_inside, half_outside)
    check(f"{parabolas}, lr = 0.25", both, (3.0,), (-8.0,), 0.25)
    check(f"{parabolas}, lr = 0.75", both, (3.0,), (-12.0,), 0.75)
    check(f"{parabolas}, lr = 0.25, no step", both, (3.0,), (-6.0,), 0.25, steps=0)
    check(f"{parabolas}, lr = 0.25, two steps", both, (3.0,), (-9.0,), 0.25, steps=2)
    check("inner θ³/3, outer θ²/2, θ = 1, lr = 0.1, two steps", bent, (1.0,), (0.819,), 0.1, 2)
    tied = (tied_inside, sum_outside)
    check("inner q (p·p), outer Σ p + q", tied, ([1.0, 3.0], 3.0), ([1.0, 1.0], 1.0), 0.1)
    check("outer 4, which depends on nothing", (inside, flat), (3.0,), (0.0,), 0.25)
    run = lambda p: first_order_maml_gradient(*tied, p, 0.1, 2)  # noqa: E731
    check_left_alone("first_order_maml_gradient", run, [1.0, 3.0], 3.0)


check_first_order_maml_gradient()


# %%
def implicit_maml_gradient(
    inner_loss: Callable[[Sequence[Tensor]], Tensor],
    outer_loss: Callable[[Sequence[Tensor]], Tensor],
    adapted: Sequence[Tensor],
    strength: float,
) -> tuple[Tensor, ...]:
    """Differentiate the outer loss at the end of a long adaptation, from its end point alone.

    Args:
        inner_loss: takes parameters and returns one number.
        outer_loss: takes parameters and returns one number.
        adapted: the end point θ*, which minimises inner_loss(θ) + ½ strength ‖θ - θ₀‖². How it was
            found does not matter. It is left as it was.
        strength: how strongly θ is tied to the start θ₀; so large that I + H/strength is positive
            definite, with H the Hessian of inner_loss at θ*.

    Returns:
        (I + H/strength)⁻¹ ∇outer_loss(θ*), a tensor of the shape and dtype of each parameter,
        solved to a relative residual of 1e-10 or less (in float32 of 1e-5), without a matrix.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_implicit_maml_gradient() -> None:
    """Compare implicit_maml_gradient with equations that are solved by hand."""

    def check(call: str, losses: tuple, at: tuple, due: tuple, strength: float) -> None:
        call = f"implicit_maml_gradient, {call}"
        got = result_of(call, implicit_maml_gradient, *losses, numbers(*at), strength)
        check_tensors(call, got, numbers(*due), within=1e-8)

    both = (inside, outside)
    check("inner (θ - 1)², outer (θ - 6)², θ* = 2, strength 2", both, (2.0,), (-4.0,), 2.0)
    check("inner (θ - 1)², outer (θ - 6)², θ* = 2, strength 6", both, (2.0,), (-6.0,), 6.0)
    # I + H = [[3, 1], [1, 3]], and the outer slope is (8, 0).
    mixed = lambda t: t[0] ** 2 + t[0] * t[1] + t[1] ** 2  # noqa: E731
    eight = lambda t: 8 * t[0] + 0 * t[1]  # noqa: E731
    check("inner p² + pq + q², outer 8p, strength 1", (mixed, eight), (1.0, 2.0), (3.0, -1.0), 1.0)
    inner, outer = of_one(lambda p: (p**2).sum()), sum_outside
    check("a q that is not used inside", (inner, outer), ([1.0, 2.0], 3.0), ([0.5, 0.5], 1.0), 2.0)
    check("inner 4, which depends on nothing", (flat, outside), (2.0,), (-8.0,), 2.0)
    check("outer 4, which depends on nothing", (inside, flat), (2.0,), (0.0,), 2.0)
    run = lambda p: implicit_maml_gradient(mixed, eight, p, 1.0)  # noqa: E731
    check_left_alone("implicit_maml_gradient", run, 1.0, 2.0)
    wide = (torch.linspace(0, 1, 2000, dtype=torch.float64),)
    quartic = of_one(lambda t: (t**4).sum())
    check_no_matrix(
        "implicit_maml_gradient",
        lambda: implicit_maml_gradient(quartic, of_one(torch.sum), wide, 10.0),
        2000,
    )


check_implicit_maml_gradient()
