# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # MAML: learning to learn
#
# Ten points of a curve are too few to train a network from scratch. But suppose that you have seen
# thousands of such curves before, each with its own ten points. Then you can look for a **start** from
# which a single step of gradient descent fits the next one. That is *model-agnostic meta-learning*,
# MAML (Finn, Abbeel and Levine, 2017).
#
# To improve the start, somebody has to differentiate *through* that step of gradient descent. A
# gradient is in the step already, so a second derivative comes out. In this lesson you write
#
# 1. `inner_update`, a step of gradient descent that can be differentiated (2 points),
# 2. `maml_gradient`, the gradient through many such steps (4 points),
# 3. `first_order_maml_gradient`, the cheap neighbour that leaves the second derivative out (2 points),
# 4. `implicit_maml_gradient`, which needs the end of the steps only, however many there were (2 points).
#
# With these you teach a small network to fit sine curves in one step. It takes less than a minute.
#
# You need to know what a Hessian-vector product is. The solver is the conjugate gradient method of the
# lesson on Newton's method.
#
# **Time:** about two hours, 80 minutes of them for the tasks. **To install:** PyTorch and matplotlib.
# With `ipywidgets`, one of the pictures has a slider; without it you see the same pictures side by
# side.
#
# Run the next two cells first: they bring in PyTorch and a few small tools.
#
# In the notebook, a grey bar is code of ours: run it like any other cell, click it to read it.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import _thread
import contextlib
import functools
import io
import linecache
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

# What a function says that is not written yet.
STUB = "still yours to write"
# How many seconds a task's checks may take. Behind "Validate" a cell has 30.
PATIENCE = 20

# Each is one line of the dialog behind "Validate", which does not break long ones.
IN_PLAIN_WORDS = {
    "differentiated Tensors does not require": "The tensor that you differentiate by is not "
    "marked: requires_grad_().",
    "does not require grad": "No record leads back: is x marked, and in func? create_graph=True? "
    "Or is it zero?",
    "not have been used": "No way leads back to this tensor: it is not the one in func, or zeros "
    "are due.",
    "a second time": "An earlier pass has thrown the record away: there, retain_graph=True keeps it.",
    "created only for scalar outputs": "Go through the numbers one at a time, or say with which "
    "weights to multiply.",
    "Mismatch in shape": "The weights must have the shape of the output.",
    "to return a scalar": "torch.func.grad wants a function that returns one number.",
    "'tuple' object": "torch.autograd.grad gives a tuple: take its first entry.",
    "allocate memory": "That does not fit into memory.",
}


class NotRightYet(AssertionError):
    """What a check has found, in words for whoever wrote the answer."""


class Stopped(KeyboardInterrupt):
    """Says which call was interrupted, whether by a timer or by you."""


class Timer(threading.Timer):
    """Interrupts what is still running after so many seconds, and notes that it did."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds, self.interrupt)
        self.daemon, self.is_up = True, False

    def interrupt(self) -> None:
        """Do what the button ■ does."""
        self.is_up = True
        _thread.interrupt_main()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_error: object) -> None:
        self.cancel()


def run_checks(check: Callable[[], None], not_allowed: Sequence[str] = ()) -> None:
    """Run a task's checks and say in a few lines what is not right yet; the notebook goes on."""
    task = check.__name__.removeprefix("check_")
    if not callable(globals().get(task)):
        missing = "has its cell run without an error, and is the name right?"
        print(f"✗ There is no function `{task}`: {missing}", file=sys.stderr)
        return
    timer = Timer(PATIENCE)
    try:
        with timer, without(not_allowed, task), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check()
    except KeyboardInterrupt as stop:
        # Yours ends the cell, as everywhere.
        if not timer.is_up:
            raise
        where = line_of(stop.__cause__ or stop, task)
        said = f"{stop or task}\n was stopped after {PATIENCE} seconds. Does its loop end?{where}"
        print(f"✗ {said}", file=sys.stderr)
    except Exception as problem:
        # On stderr, which nbgrader's button "Validate" counts as a failure.
        print(f"✗ {said_of(problem, task)}", file=sys.stderr)


def said_of(problem: Exception, task: str) -> str:
    """Put into words what ended a check: a stub, a finding, or an error and its line."""
    error = problem.__cause__ or problem
    if STUB in str(error):
        return not_written(error)
    is_found = isinstance(problem, NotRightYet)
    said = str(problem) if is_found else f"`{task}` raised {in_plain_words(problem)}"
    return f"{said}{line_of(error, task)}"


def not_written(error: BaseException) -> str:
    """Say of a stub that it is one, and of code around the stub's line that the line is there."""
    *_, (stub, _) = traceback.walk_tb(error.__traceback__)
    code = stub.f_code
    if code.co_names == ("NotImplementedError",):
        return f"`{code.co_name}` is still yours to write."
    return f"`{code.co_name}` came to the line `raise NotImplementedError`: it is still there."


def line_of(error: BaseException, task: str) -> str:
    """Name the line of the answer at which an error was raised, where there is one."""
    answer = getattr(globals().get(task), "__code__", None)
    if answer is None:
        return ""
    is_script = answer.co_filename == run_checks.__code__.co_filename
    lines = [
        f"\n at line {number} of your code: {text}"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == answer.co_filename
        and (text := linecache.getline(answer.co_filename, number).strip())
        and (not is_script or frame.f_code.co_name == task)
    ]
    return lines[-1] if lines else ""


@contextlib.contextmanager
def without(routines: Sequence[str], task: str) -> Iterator[None]:
    """Refuse ready-made routines while a check runs, by whatever name the answer knows them."""

    def refusing(routine: str) -> Callable[..., None]:
        def refuse(*given: object, **named: object) -> None:
            answered = "it is the answer already, so it earns nothing"
            raise NotRightYet(f"`{task}` calls {routine}, which is not allowed here: {answered}")

        return refuse

    with contextlib.ExitStack() as stack:
        for routine in routines:
            holder, _, name = routine.removeprefix("torch.").rpartition(".")
            place = vars(functools.reduce(getattr, holder.split("."), torch))
            original = place[name]
            for names in (place, globals()):
                for alias in [key for key, value in names.items() if value is original]:
                    stack.callback(names.__setitem__, alias, original)
                    names[alias] = refusing(routine)
        yield


def result_of(
    call: str, function: Callable[..., object], *given: object, **named: object
) -> object:
    """Call the function; if that raises, say in which call, and put it in plain words."""
    try:
        return function(*given, **named)
    except NotRightYet:
        raise
    except KeyboardInterrupt as stop:
        raise Stopped(call) from stop
    except Exception as error:
        raise NotRightYet(f"{call}\n raised {in_plain_words(error)}") from error


def in_plain_words(error: Exception) -> str:
    """Say what was raised and, where torch speaks of its own affairs, what that means."""
    first, *_ = [*str(error).splitlines(), ""]
    plain = next((words for phrase, words in IN_PLAIN_WORDS.items() if phrase in str(error)), "")
    sentences = [one for one in first.split(". ") if not one.startswith("[")]
    sentence = " ".join(sentences[:1])[:160]
    return f"{type(error).__name__}: {sentence}" + (f"\n {plain}" if plain else "")


def with_answers(show: Callable[[], object]) -> None:
    """Run what uses your functions; where they are not there yet, say so in a line."""
    try:
        show()
    except Exception as problem:
        if STUB in str(problem):
            print(f"This cell waits: {not_written(problem)} Then run it again.")
        else:
            what, *_ = in_plain_words(problem).splitlines()
            print(f"This cell uses your functions, and stopped: {what}. What do the checks say?")


def check_that(holds: bool, otherwise: str) -> None:
    """Raise with a sentence that explains what is not right yet, unless `holds`."""
    if not holds:
        raise NotRightYet(otherwise)


def in_short(tensor: Tensor) -> str:
    """Write a tensor in one line, a long one by its first numbers."""
    if tensor.numel() <= 20:
        return str(tensor.clone().tolist())
    first = ", ".join(str(number) for number in tensor.flatten()[:4].clone().tolist())
    return f"[{first}, …], {tensor.numel()} numbers of the shape {tuple(tensor.shape)}"


def check_tensor(
    call: str, got: object, expected: Tensor, rtol: float = 1e-10, atol: float = 1e-12
) -> None:
    """Compare type, shape, dtype and then values, and say which of them differs first."""
    if not isinstance(got, Tensor):
        a_tuple = "\n torch.autograd.grad gives a tuple: take its first entry."
        given = " ".join(repr(got).split())[:160]
        hint = a_tuple if isinstance(got, tuple) else ""
        check_that(False, f"{call}\n should give a tensor, but gave {given}{hint}")
    shapes = f"{tuple(got.shape)}, expected {tuple(expected.shape)}"
    check_that(got.shape == expected.shape, f"{call}\n has shape {shapes}")
    dtypes = f"{got.dtype}, expected {expected.dtype}"
    check_that(got.dtype == expected.dtype, f"{call}\n has dtype {dtypes}")
    got, due = got.detach(), expected.detach()
    apart = (got - due).abs().max().item() if due.numel() else 0.0
    values = f"     gave {in_short(got)}\n expected {in_short(due)}"
    close = torch.allclose(got, due, rtol=rtol, atol=atol)
    check_that(close, f"{call}\n{values}\n largest difference {apart:.1e}")
    print(f"✓ {call}")


def show_figure(figure, alt: str, caption: str, place: object = None) -> object:
    """Show a figure with alt text and a caption, and give its place; or replace the one there."""
    import matplotlib.pyplot as plt

    if "get_ipython" in globals():
        from base64 import b64encode
        from html import escape

        from IPython.display import display

        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=110, bbox_inches="tight", facecolor="white")
        source = f"data:image/png;base64,{b64encode(picture.getvalue()).decode()}"
        image = f'<img src="{source}" alt="{escape(alt)}">'
        page = f"<figure>{image}<figcaption><em>{escape(caption)}</em></figcaption></figure>"
        shown = {"text/html": page, "text/plain": f"{caption} ({alt})"}
        if place is None:
            place = display(shown, raw=True, display_id=True)
        else:
            place.update(shown, raw=True)
    plt.close(figure)
    return place


def play(draw: Callable, name: str, values: Sequence, alt: str, caption: str) -> None:
    """Draw what `draw(axes, value)` draws: at a slider, or side by side where there is none."""
    if "get_ipython" not in globals():
        return
    import matplotlib.pyplot as plt

    def show(*chosen: object, place: object = None) -> object:
        across = 3 if len(chosen) in (5, 6) else min(len(chosen), 4)
        down = -(-len(chosen) // across)
        size = (5.6, 3.4) if len(chosen) == 1 else (2.3 * across, 2.6 * down)
        figure, panels = plt.subplots(down, across, figsize=size, squeeze=False)
        for axes in panels.flat[len(chosen) :]:
            axes.axis("off")
        for axes, value in zip(panels.flat, chosen, strict=False):
            axes.set_title(f"{name} = {value}", fontsize=10)
            draw(axes, value)
        figure.tight_layout()
        return show_figure(figure, alt, caption, place)

    try:
        from ipywidgets import SelectionSlider
    except ImportError:
        show(*values)
    else:
        from IPython.display import display

        slider = SelectionSlider(options=list(values), description=name, continuous_update=False)
        display(slider)
        place = show(values[0])
        slider.observe(lambda change: show(change.new, place=place), "value")

# %% [markdown]
# The next cell holds what you may use freely. All losses here are functions of a **list of tensors**, the
# parameters. `gradient` and `hvp` give plain numbers, one tensor for each parameter. `as_vector` and
# `like` lead from tensors to one long row and back. `conjugate_gradient` is that of the lesson on Newton's
# method; if you wrote your own there, paste it over this one in the cell of Task 4.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "given-tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
from typing import NamedTuple

starts = {}  # what section 4 has trained, once it has been run


class Result(NamedTuple):
    """Where a method ended, after how many steps, and why it ended."""

    x: Tensor
    steps: int
    status: str


def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors into one long vector."""
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

# %% [markdown]
# ## 1. By hand: the chain rule through a step
#
# There are two losses. The **inner** loss is the one that we adapt to: ten points of a new curve. The
# **outer** loss asks how good the result is, on other points of the same curve. Take the simplest ones
# that there are,
#
# $$ f(\theta) = (\theta - 1)^2 \quad\text{(inner)}, \qquad F(\theta) = (\theta - 6)^2 \quad\text{(outer)}. $$
#
# Start at $\theta = 3$ and take one step of length $\eta = \tfrac14$ on the inner loss:
#
# $$ \theta' = \theta - \eta f'(\theta) = 3 - \tfrac14 \cdot 4 = 2, \qquad F(\theta') = 16 . $$
#
# How does $F(\theta')$ change if we move the **start**? By the chain rule,
#
# $$
# \frac{\mathrm{d} F(\theta')}{\mathrm{d} \theta} = \frac{\mathrm{d}\theta'}{\mathrm{d}\theta}\, F'(\theta')
# \qquad\text{with}\qquad
# \frac{\mathrm{d}\theta'}{\mathrm{d}\theta} = \frac{\mathrm{d}}{\mathrm{d}\theta}\bigl(\theta - \eta f'(\theta)\bigr)
# = 1 - \eta f''(\theta) .
# $$
#
# There it is, the second derivative. Here $f'' = 2$, so the factor is $1 - \tfrac12 = \tfrac12$, and with
# $F'(2) = -8$ the answer is $-4$.
#
# The factor has a meaning. Two starts that are $1$ apart are only $\tfrac12$ apart after the step: both
# are pulled towards the valley of $f$. So moving the start by a little moves the result by half as much.
#
# **Predict, then try.** What happens to the factor when the step is longer: $\eta = \tfrac12$?
# $\eta = \tfrac34$? Write down what you expect for the answer, then change `eta` and run the cell.

# %% tags=["try"]
eta, theta = 0.25, 3.0
after = theta - eta * 2 * (theta - 1)
factor, outer_slope = 1 - eta * 2, 2 * (after - 6)
print(f"the step leads to {after}, where the outer slope is {outer_slope}")
print(f"the gradient with respect to the start: {factor} · {outer_slope} = {factor * outer_slope}")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# At $\eta = \tfrac12$ the factor is $0$ and so is the answer: every start lands in the minimum of $f$
# at once, and it makes no difference where it was. At $\eta = \tfrac34$ the step leaps over the minimum
# to $0$, the factor is $-\tfrac12$, and the answer is $-\tfrac12 \cdot (-12) = 6$: moving the start up
# moves the result *down*.
#
# </details>

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-through-a-step", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_through_a_step() -> None:
    """Draw the outer loss after a step against the start, and the factor against η f''."""
    import matplotlib.pyplot as plt

    blue, orange, green = "#0072B2", "#D55E00", "#007A5A"
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.7))
    start = torch.linspace(-0.5, 6.5, 200)
    for eta, colour in ((0.25, blue), (0.75, orange)):
        after = start - eta * 2 * (start - 1)
        left.plot(start, (after - 6) ** 2, color=colour, lw=2.2)
        end, factor = 3 - eta * 4, 1 - 2 * eta
        height, slope = (end - 6) ** 2, 2 * (end - 6)
        near = torch.linspace(2.1, 3.9, 2)
        left.plot(near, height + factor * slope * (near - 3), color="0.15", lw=1.6)
        left.plot(near, height + slope * (near - 3), "--", color="0.55", lw=1.4)
        left.plot(3, height, "o", color=colour)
    left.text(4.6, 13.5, "$\\eta = 0.25$", color=blue)
    left.text(4.2, 53, "$\\eta = 0.75$", color=orange)
    left.set(xlabel="start $\\theta$", ylim=(0, 65), title="outer loss after one step")
    bend = torch.linspace(0, 2.4, 200)
    for steps, dashes, place in ((1, "-", (0.6, 0.48)), (2, "--", (2.02, 0.72)), (5, ":", (0.08, -0.2))):
        right.plot(bend, (1 - bend) ** steps, dashes, color=green, lw=2)
        right.text(*place, f"{steps} step{'s' if steps > 1 else ''}", color=green, fontsize=9)
    right.axhline(1, color="0.55", lw=1.4, ls="--")
    right.text(0.55, 1.06, "first order: always 1", color="0.4", fontsize=9)
    right.axhline(0, color="0.8", lw=0.8, zorder=0)
    for eta, colour in ((0.25, blue), (0.75, orange)):
        right.plot(2 * eta, 1 - 2 * eta, "o", color=colour)
    right.set(xlabel="$\\eta f''$", ylim=(-1.3, 1.5), title="factor $(1 - \\eta f'')^k$ of $k$ steps")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left: outer loss after one step against the start, two parabolas. The one for step "
        "length 0.25 falls at start 3, the one for 0.75 rises there. Dashed lines with the outer slope "
        "fall steeply at both. Right: the factor of one, two and five steps against eta times the "
        "curvature. One step: a straight line from 1 down through zero at 1. First order is the "
        "constant 1.",
        caption="Left: what the start is worth after one step. Black: the slope by the chain rule. Grey, "
        "dashed: the outer slope alone, without the factor. On the orange curve they point in opposite "
        "directions. Right: the factor of k steps on a parabola; the dots are the two on the left.",
    )


draw_through_a_step()

# %% [markdown]
# With $\eta = \tfrac12$ the step leads to the lowest point from every start. The factor is $0$: the
# start does not matter at all.
#
# With $\eta = \tfrac34$ the step overshoots: it leads from $3$ to $0$, to the other side of the valley.
# Now a start further to the right ends further to the *left*. The factor is $1 - \tfrac34 \cdot 2 =
# -\tfrac12$, and the answer is $(-\tfrac12) \cdot (-12) = +6$, while the outer slope alone is $-12$.
# Whoever leaves the factor out walks in the wrong direction.
#
# **Many numbers.** With many parameters, the second derivative is the Hessian $H$ of the inner loss, and
# the factor is a matrix:
#
# $$
# \theta' = \theta - \eta \nabla f(\theta), \qquad
# \nabla_{\theta} F(\theta') = \bigl(I - \eta H(\theta)\bigr)\, \nabla F(\theta') .
# $$
#
# What does such a factor do? Take the inner loss $\tfrac12 (x^2 + 4y^2)$, with the curvature 1 along $x$
# and 4 along $y$, and a whole circle of starts.
#
# **Predict, then look.** What becomes of the circle after one step with $\eta = 0.1$? At which $\eta$ is it
# flat? And after that?


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-circle", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_circle(axes, eta: float) -> None:
    """Draw a circle of starts, where a step leads them, and the two ways to move the start."""
    grey, blue, orange = "0.45", "#0072B2", "#D55E00"
    x, y = torch.meshgrid(torch.linspace(-1, 4, 80), torch.linspace(-3, 3, 80), indexing="xy")
    levels = (0.3, 1, 2, 3.5, 5.5, 8, 11, 14.5)
    axes.contour(x, y, (x * x + 4 * y * y) / 2, levels=levels, colors="0.85", linewidths=0.8)
    factors, middle, wish = torch.tensor([1 - eta, 1 - 4 * eta]), (2.0, 1.0), torch.tensor([0.9, 0.9])
    turn = torch.linspace(0, 2 * torch.pi, 73)
    starts = torch.stack([2 + 0.5 * turn.sin(), 1 + 0.5 * turn.cos()])
    axes.plot(*starts, color=grey, lw=1.2)
    axes.plot(*(starts * factors[:, None]), color=orange, lw=2.2)
    axes.plot(*starts[:, 0], "o", color=grey, ms=5)
    axes.plot(*(starts[:, 0] * factors), "o", color=orange, ms=5)
    for way, colour, width in ((wish, grey, 1.6), (wish * factors, blue, 2.2)):
        tip = (middle[0] + float(way[0]), middle[1] + float(way[1]))
        style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=tip, xytext=middle, arrowprops=style)
    axes.set(xlim=(-0.4, 3.2), ylim=(-2.3, 2.2), aspect="equal", xlabel="$x$", ylabel="$y$")


play(
    draw_circle,
    "η",
    (0, 0.1, 0.25, 0.4, 0.6),
    alt="A circle of starts around (2, 1), and what one step makes of it. At η = 0.1 it is an ellipse, "
    "0.9 times as wide and 0.6 times as high. At 0.25 it is a flat line on the x axis. At 0.4 and "
    "0.6 it lies below the axis, upside down. An arrow at the start, up and to the right, is the wish "
    "of the outer loss; the true one turns from it to the right, and at 0.4 and 0.6 downwards.",
    caption="Grey: the starts, one of them marked, and the way in which the outer loss wants the end to "
    "move. Orange: the ends. Blue: the move of the start that lowers the outer loss fastest, which is "
    "the grey arrow times 1 - η along x and 1 - 4η along y.",
)

# %% [markdown]
# Across the valley the circle is squeezed four times as fast as along it. At $\eta = \tfrac14$ it is flat:
# the $y$ of the start has no say in the end. After that it is upside down, and whoever moves the start
# along the grey arrow moves it up where it should go down.
#
# You will not build this matrix. When autograd walks back through a gradient that was *recorded*, it
# multiplies by $H$ on the way, as in the lesson on Hessian-vector products. So all that is needed is a
# step whose gradient is recorded.

# %% [markdown]
# ## Task 1: `inner_update` (2 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# Give $\theta - \eta\nabla f(\theta)$ as new tensors, with a graph that leads back to `parameters` along
# **both** ways: by the $\theta$ in front, and by the gradient.
#
# - New tensors. `p -= lr * g` and `p.data = …` write over the old numbers; the first one fails, the second
#   one silently cuts the way back.
# - A parameter may have no part in the loss. Then its gradient is zero, and a new tensor holds the
#   same numbers.
# - The loss may depend on nothing at all; then it has no graph, and nothing is to be differentiated.
# - Leave your caller's tensors alone, and what is in their `.grad`.
#
# *Predict first:* with `create_graph` left out, which number comes out for the example by hand, in place
# of the factor $\tfrac12$?


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "inner_update", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
        leads back to `parameters`, also by way of the gradient. For a parameter that has no part in
        the loss, the new tensor holds the same numbers.
    """
    ### BEGIN SOLUTION
    value = loss(parameters)
    slopes: Sequence[Tensor] = [torch.zeros_like(p) for p in parameters]
    if value.requires_grad:
        slopes = torch.autograd.grad(
            value, list(parameters), create_graph=True, materialize_grads=True
        )
    return tuple(p - lr * slope for p, slope in zip(parameters, slopes, strict=True))
    ### END SOLUTION


# %% [markdown]
# The next cell holds the tools of the checks. You need not read it.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
import weakref

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def tensors(*rows: object, marked: bool = False) -> tuple[Tensor, ...]:
    """Make a tuple of float64 tensors, on request ones that require grad."""
    return tuple(torch.tensor(row, dtype=torch.float64).requires_grad_(marked) for row in rows)


def check_tensors(call: str, got: object, expected: Sequence[Tensor], within: float = 1e-10) -> None:
    """Compare a tuple of tensors, each by shape, dtype and numbers."""
    gave = f"a tuple of {len(got)}" if isinstance(got, tuple) else f"{got!r:.60}".splitlines()[0]
    kind = f"{call}\n should give a tuple with a tensor for each parameter ({len(expected)}), but gave {gave}"
    check_that(isinstance(got, tuple) and len(got) == len(expected), kind)
    for place, (mine, due) in enumerate(zip(got, expected, strict=True), start=1):
        which = f"{call}: tensor {place}" if len(expected) > 1 else call
        check_tensor(which, mine, due, rtol=within)


def check_all_left_alone(call: str, run: Callable[[Sequence[Tensor]], object], *rows: object) -> None:
    """Run on tensors and see that their numbers, their `.grad` and their mark are as before."""
    for marked in (True, False) if "inner_update" not in call else (True,):
        given, kept = tensors(*rows, marked=marked), tensors(*rows)
        result_of(f"{call} of tensors with requires_grad={marked}", run, given)
        for mine, before in zip(given, kept, strict=True):
            moved = f"after {call} your caller's tensors hold other numbers: make new tensors"
            check_that(torch.equal(mine.detach(), before), moved)
            check_that(mine.grad is None, f"{call} left something in your caller's .grad")
            other = f"{call} changed requires_grad of your caller's tensors"
            check_that(mine.requires_grad is marked, other)
    print(f"✓ {call} leaves your caller's tensors as they were")


class Memory(TorchDispatchMode):
    """Notes how large the largest tensor is that is made inside, and how many bytes live at most."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = self.alive = self.most = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        for tensor in (one for one in tree_leaves(result) if isinstance(one, Tensor)):
            self.largest = max(self.largest, tensor.numel())
            storage = tensor.untyped_storage()
            if storage._cdata not in self._known:
                self._grow(storage._cdata, storage.nbytes())
                weakref.finalize(storage, self._freed, storage._cdata, storage.nbytes())
        return result

    def _grow(self, key: int, size: int) -> None:
        self._known.add(key)
        self.alive += size
        self.most = max(self.most, self.alive)

    def _freed(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.alive -= size


def check_no_matrix(call: str, run: Callable[[], object], n: int) -> None:
    """See that nothing near n × n is made, with n parameters."""
    with Memory() as memory:
        result_of(f"{call}, {n} parameters", run)
    made = f"{call}, {n} parameters\n made a tensor of {memory.largest} numbers"
    check_that(memory.largest < 20 * n, f"{made}; products with vectors need none that large")
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

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-inner_update", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_inner_update() -> None:
    """Compare inner_update with steps by hand, and walk back through them."""

    def check(call: str, loss: object, start: tuple, lr: float, after: tuple, back: tuple) -> None:
        given = tensors(*start, marked=True)
        got = result_of(call, inner_update, loss, given, lr)
        check_tensors(call, got, tensors(*after))
        same = any(mine is theirs for mine, theirs in zip(got, given, strict=True))
        check_that(not same, f"{call}\n gave one of your caller's own tensors back: make a new one")
        total = sum(one.sum() for one in got)
        live = f"{call}\n no graph leads back from what you return to `parameters`"
        check_that(total.requires_grad, live)
        call = f"{call}, its sum differentiated"
        found = result_of(call, torch.autograd.grad, total, given, materialize_grads=True)
        check_tensors(call, found, tensors(*back))

    check("inner_update((θ - 1)², θ = 3, lr = 0.25)", inside, (3.0,), 0.25, (2.0,), (0.5,))
    check("inner_update((θ - 1)², θ = 3, lr = 0.75)", inside, (3.0,), 0.75, (0.0,), (-0.5,))
    # q (p·p): the gradient is 2 q p for p, and p·p for q.
    start, after, back = ([1.0, 3.0], 3.0), ([0.4, 1.2], 2.0), ([0.2, -0.2], 0.2)
    check("inner_update(q (p·p), p = (1, 3), q = 3, lr = 0.1)", tied_inside, start, 0.1, after, back)
    first = lambda parameters: (parameters[0] ** 2).sum()  # noqa: E731
    check("inner_update(p·p, with a q that is not used)", first, start, 0.1, ([0.8, 2.4], 3.0), ([0.8, 0.8], 1.0))
    check("inner_update(4, which depends on nothing)", flat, (3.0, [1.0]), 0.1, (3.0, [1.0]), (1.0, [1.0]))

    given = tensors(3.0, marked=True)
    call = "inner_update after inner_update, differentiated: 0.5 · 0.5"
    once = result_of(call, inner_update, inside, given, 0.25)
    (twice,) = result_of(call, inner_update, inside, once, 0.25)
    found = result_of(call, torch.autograd.grad, twice, given)
    check_tensors(call, found, tensors(0.25))
    check_all_left_alone("inner_update", lambda p: inner_update(tied_inside, p, 0.1), [1.0, 3.0], 3.0)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-inner_update", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_inner_update)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>And with <code>create_graph</code> left out?</summary>
#
# $1$ in place of $\tfrac12$. The gradient is then a bare number, and $\theta$ minus a number changes as
# fast as $\theta$ does. Nothing raises an error, and the result of the step itself is right.
#
# </details>

# %% [markdown]
# ## 2. Several steps: a product of factors
#
# After one step we stand at another point, where the loss may bend differently. By hand, with an inner
# loss whose curvature changes:
#
# $$ f(\theta) = \tfrac13 \theta^3, \quad f' = \theta^2, \quad f'' = 2\theta, \qquad F(\theta) = \tfrac12\theta^2,
# \qquad \eta = 0.1, \quad \theta_0 = 1 . $$
#
# | step | from | slope $\theta^2$ | curvature $2\theta$ | factor $1 - \eta f''$ | to |
# |--:|:--|:--|:--|:--|:--|
# | 1 | $1$ | $1$ | $2$ | $0.8$ | $0.9$ |
# | 2 | $0.9$ | $0.81$ | $1.8$ | $0.82$ | $0.819$ |
#
# The outer slope at the end is $F'(0.819) = 0.819$. Each step adds its own factor, taken **where the step
# began**:
#
# $$ \frac{\mathrm{d} F(\theta_2)}{\mathrm{d}\theta_0} = 0.8 \cdot 0.82 \cdot 0.819 = 0.537264 . $$
#
# In general, for $K$ steps,
#
# $$
# \nabla_{\theta_0} F(\theta_K) = \bigl(I - \eta H(\theta_0)\bigr)\bigl(I - \eta H(\theta_1)\bigr)\cdots
# \bigl(I - \eta H(\theta_{K-1})\bigr)\, \nabla F(\theta_K) .
# $$
#
# Read it from the right, for that is how autograd computes it: a vector, multiplied by one matrix after
# the other, from the last step back to the first. No matrix is ever made.
#
# **Predict, then try.** What comes out if each factor is taken where the step *ends*, a popular mistake: more
# than $0.537$, or less? Write down your guess, then swap the two lines in the loop.

# %% tags=["try"]
eta, theta, factors = 0.1, 1.0, 1.0
for _ in range(2):
    factors = factors * (1 - eta * 2 * theta)  # the curvature is 2 θ
    theta = theta - eta * theta**2  # the step
print(f"the end is {theta:.4f}, the gradient with respect to the start {factors * theta:.6f}")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# More: $0.82 \cdot 0.8362 \cdot 0.819 = 0.5616$, since the curvature shrinks on the way. With both factors
# taken at the start it is less, $0.8 \cdot 0.8 \cdot 0.819 = 0.5242$. None of the three raises an error.
#
# </details>

# %% [markdown]
# ## Task 2: `maml_gradient` (4 points)
#
# *About 25 minutes. Difficulty: 3 of 3.*
#
# - The outer loss is looked at once, **after** the steps. With `steps=0` it is the plain gradient.
# - Each step goes on from where the last one ended.
# - The parameters that you are handed may require grad or not. Do not mark them.
# - The answer is the gradient alone, a tensor for each parameter. The outer step is your caller's.
#
# *Use* `inner_update` and `gradient`: which function of the start is to be differentiated?


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "maml_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION
    def after_adapting(adapted: Sequence[Tensor]) -> Tensor:
        for _ in range(steps):
            adapted = inner_update(inner_loss, adapted, lr)
        return outer_loss(adapted)

    return gradient(after_adapting, parameters)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-maml_gradient", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_maml_gradient() -> None:
    """Compare maml_gradient with what the chain rule gives by hand."""
    parabolas = "inner (θ - 1)², outer (θ - 6)², θ = 3"

    def check(call: str, losses: tuple, start: tuple, due: tuple, *given: object, **named) -> None:
        call = f"maml_gradient, {call}"
        got = result_of(call, maml_gradient, *losses, tensors(*start), *given, **named)
        check_tensors(call, got, tensors(*due))

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
    check_all_left_alone("maml_gradient", lambda p: maml_gradient(*tied, p, 0.1, 2), [1.0, 3.0], 3.0)
    wide = (torch.linspace(0, 1, 2000, dtype=torch.float64),)
    run = lambda: maml_gradient(of_one(lambda t: (t**3).sum()), of_one(torch.sum), wide, 0.1, 2)  # noqa: E731
    check_no_matrix("maml_gradient", run, 2000)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-maml_gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
run_checks(check_maml_gradient)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 3. First order: leave the factors out
#
# What if all factors are close to $I$? Where $\eta H$ is small, they are. Then
#
# $$ \nabla_{\theta_0} F(\theta_K) \approx \nabla F(\theta_K) : $$
#
# take the steps, forget how you came there, and use the outer slope at the end. This is **first-order
# MAML**. It needs no second derivative, and no memory of the way.
#
# It is an approximation without a safety net. Along an eigenvector of $H$ with the eigenvalue $\lambda$ a
# step has the factor $1 - \eta\lambda$. For $\eta\lambda = 0.1$ first order is off by a tenth; for
# $\eta\lambda = 1$ the true gradient is zero there; and beyond, the sign is wrong, as in the figure above.
# With an even number of steps the sign comes right again, and the size does not.
#
# ## Task 3: `first_order_maml_gradient` (2 points)
#
# *About 10 minutes. Difficulty: 1 of 3.*
#
# The slope of the outer loss where the steps end. Memory must not grow with the number of steps: let go of
# each step's graph before the next one begins. *Use* `gradient`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "first_order_maml_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION
    adapted = tuple(parameters)
    for _ in range(steps):
        slopes = gradient(inner_loss, adapted)
        adapted = tuple(p.detach() - lr * g for p, g in zip(adapted, slopes, strict=True))
    return gradient(outer_loss, adapted)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-first_order_maml_gradient", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_first_order_maml_gradient() -> None:
    """Compare first_order_maml_gradient with the outer slope at the points that were reached."""
    parabolas = "inner (θ - 1)², outer (θ - 6)², θ = 3"

    def check(call: str, losses: tuple, start: tuple, due: tuple, *given: object, **named) -> None:
        call = f"first_order_maml_gradient, {call}"
        got = result_of(call, first_order_maml_gradient, *losses, tensors(*start), *given, **named)
        check_tensors(call, got, tensors(*due))

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
    check_all_left_alone("first_order_maml_gradient", run, [1.0, 3.0], 3.0)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-first_order_maml_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_first_order_maml_gradient)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Learning to fit a sine in one step
#
# Now the real thing. Each **task** is a curve $y = A \sin(x - \varphi)$ with its own height $A$ between 0.1
# and 5 and its own shift $\varphi$ between 0 and $\pi$. We see ten points of it. The network has
# $1 - 40 - 40 - 1$ units with $\tanh$, 1761 parameters.
#
# Three ways to find a start, each with 2000 iterations of 25 tasks:
#
# - **MAML**: the gradient of the outer loss (ten *other* points) after one inner step, by your
#   `maml_gradient`;
# - **first order**: the same with your `first_order_maml_gradient`;
# - **plain training**: on all twenty points, with no thought of adapting.
#
# Then a thousand new tasks, ten points each, and plain gradient descent from each start.
#
# *Predict first:* plain training sees all curves at once, and must give one output for each $x$. What will
# it learn to say? And before any step is taken, which start will fit the new curves best?
#
# One trick makes it quick. All 25 tasks go through in one call: the parameters are stacked, one copy of
# the start for each task. No copy has a part in another's loss, so each gets its own gradient.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-sines", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
SHAPES = ((1, 40), (40,), (40, 40), (40,), (40, 1), (1,))
TASKS, SHOTS = 25, 10


def network(parameters: Sequence[Tensor], x: Tensor) -> Tensor:
    """Evaluate 1 - 40 - 40 - 1 units with tanh, one network or a stack of them."""
    w1, b1, w2, b2, w3, b3 = parameters
    hidden = torch.tanh(x @ w1 + b1.unsqueeze(-2))
    return torch.tanh(hidden @ w2 + b2.unsqueeze(-2)) @ w3 + b3.unsqueeze(-2)


def losses_of(parameters: Sequence[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Give the mean squared error of each network of a stack on its own task."""
    return ((network(parameters, x) - y) ** 2).mean((1, 2))


def inner_on(x: Tensor, y: Tensor) -> Callable[[Sequence[Tensor]], Tensor]:
    """Make the inner loss of a stack: the sum over the tasks."""
    return lambda parameters: losses_of(parameters, x, y).sum()


def outer_on(x: Tensor, y: Tensor) -> Callable[[Sequence[Tensor]], Tensor]:
    """Make the outer loss of a stack: the mean over the tasks."""
    return lambda parameters: losses_of(parameters, x, y).mean()


def new_network(draw: torch.Generator) -> tuple[Tensor, ...]:
    """Draw weights of the size that keeps tanh in its bend, and biases of zero."""
    drawn = [torch.randn(shape, generator=draw) for shape in SHAPES]
    return tuple(w * w.shape[0] ** -0.5 if w.dim() == 2 else 0 * w for w in drawn)


def sine_tasks(count: int, draw: torch.Generator) -> Callable[[Tensor], Tensor]:
    """Draw tasks y = A sin(x - φ): A between 0.1 and 5, φ between 0 and π."""
    height = 0.1 + 4.9 * torch.rand(count, 1, 1, generator=draw)
    shift = torch.pi * torch.rand(count, 1, 1, generator=draw)
    return lambda x: height * torch.sin(x - shift)


def some_x(count: int, draw: torch.Generator) -> Tensor:
    """Draw ten places between -5 and 5 for each task."""
    return 10 * torch.rand(count, SHOTS, 1, generator=draw) - 5


def copies(parameters: Sequence[Tensor], count: int) -> tuple[Tensor, ...]:
    """Stack `count` copies of a network."""
    return tuple(p.detach().expand(count, *p.shape).clone() for p in parameters)


def train(method: Callable[..., tuple[Tensor, ...]] | None, iterations: int = 2000) -> tuple:
    """Train the start by Adam on the gradients of `method`; None stands for plain training.

    All tasks of an iteration are one call: a stack of copies of the start, one for each task. The
    inner loss is the sum over the tasks and the outer one the mean. No copy has a part in another's
    loss, so each gets its own gradient, and the start the sum of them.
    """
    draw = torch.Generator().manual_seed(0)
    start = new_network(draw)
    optimiser = torch.optim.Adam(start, lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, iterations)
    for _ in range(iterations):
        task, x, query = sine_tasks(TASKS, draw), some_x(TASKS, draw), some_x(TASKS, draw)
        stack = copies(start, TASKS)
        if method is None:
            both = torch.cat([x, query], 1)
            found = gradient(outer_on(both, task(both)), stack)
        else:
            found = method(inner_on(x, task(x)), outer_on(query, task(query)), stack, 0.01)
        for parameter, each in zip(start, found, strict=True):
            parameter.grad = each.sum(0)
        optimiser.step()
        schedule.step()
    return tuple(p.detach() for p in start)


def adapted(start: Sequence[Tensor], x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list:
    """List what a stack of copies of the start becomes on the tasks, after 0 … steps steps."""
    stages = [copies(start, len(x))]
    for _ in range(steps):
        slopes = gradient(inner_on(x, y), stages[-1])
        stages.append(tuple(p - lr * g for p, g in zip(stages[-1], slopes, strict=True)))
    return stages


def errors_after(start: Sequence[Tensor], lr: float, steps: int = 10, tasks: int = 1000) -> list[float]:
    """Give the mean squared error over the whole range, on new tasks, after 0 … steps steps."""
    draw = torch.Generator().manual_seed(12345)
    task, x = sine_tasks(tasks, draw), some_x(tasks, draw)
    line = torch.linspace(-5, 5, 100).reshape(1, 100, 1).expand(tasks, 100, 1)
    stages = adapted(start, x, task(x), steps, lr)
    return [float(losses_of(one, line, task(line)).mean()) for one in stages]

# %% [markdown]
# The next cell trains. It takes about a quarter of a minute, most of it in your own functions.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-sines-trained", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
# For tensors this small one thread is as fast as two, and it does not wait for a busy one.
torch.set_num_threads(1)
starts.clear()
curves, rates = {}, {}


def train_all() -> None:
    """Train three starts and measure what they are worth on new tasks."""
    methods = {"MAML": maml_gradient, "first order": first_order_maml_gradient, "plain": None}
    for name, method in methods.items():
        start = train(method)
        # Plain training was not made for one length of step: it may choose the best of three.
        tried = {lr: errors_after(start, lr=lr) for lr in ((0.01,) if method else (0.003, 0.01, 0.02))}
        rates[name] = min(tried, key=lambda lr: tried[lr][-1])
        starts[name], curves[name] = start, tried[rates[name]]
        shown = ", ".join(f"{curves[name][steps]:.2f}" for steps in (0, 1, 2, 5, 10))
        print(f"{name}: mean squared error after 0, 1, 2, 5 and 10 steps: {shown}")


with_answers(train_all)

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-sines-of-maml", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_sines() -> None:
    """Draw how the error falls with the steps, and how one new curve is fitted."""
    import matplotlib.pyplot as plt

    colours = {"MAML": "#0072B2", "first order": "#D55E00", "plain": "#007A5A"}
    fig = plt.figure(figsize=(8, 6.2))
    grid = fig.add_gridspec(2, 3, height_ratios=(1.1, 1))
    left, panels = fig.add_subplot(grid[0, :]), [fig.add_subplot(grid[1, i]) for i in range(3)]
    for name, colour in colours.items():
        left.semilogy(curves[name], "o-", color=colour, ms=3.5, lw=1.8)
    left.text(3.2, curves["MAML"][3] * 0.74, "MAML", color=colours["MAML"], fontsize=9)
    left.text(4.2, curves["first order"][4] * 1.12, "first order", color=colours["first order"], fontsize=9)
    left.text(4.4, curves["plain"][4] * 1.12, "plain", color=colours["plain"], fontsize=9)
    left.set(xlabel="steps on ten points", ylabel="error on 1000 new tasks", ylim=(0.25, 4))
    left.set_yticks([0.3, 0.5, 1, 2, 3], ["0.3", "0.5", "1", "2", "3"])
    left.set_yticks([], minor=True)
    draw = torch.Generator().manual_seed(7)
    task, x = sine_tasks(1, draw), some_x(1, draw)
    line = torch.linspace(-5, 5, 200).reshape(1, 200, 1)
    for axes, (name, colour) in zip(panels, colours.items(), strict=True):
        stages = adapted(starts[name], x, task(x), 10, rates[name])
        axes.plot(line[0, :, 0], task(line)[0, :, 0], color="0.8", lw=5)
        for steps, dashes in ((0, ":"), (1, "--"), (10, "-")):
            axes.plot(line[0, :, 0], network(stages[steps], line)[0, :, 0], dashes, color=colour, lw=1.6)
        axes.plot(x[0, :, 0], task(x)[0, :, 0], "k^", ms=4)
        axes.set(title=name, ylim=(-5.5, 5.5), yticks=(-5, 0, 5), xticks=(-5, 0, 5))
    fig.tight_layout()
    show_figure(
        fig,
        alt="Above: mean squared error on a logarithmic scale against gradient steps from 0 to 10. All "
        "three begin at about 3. With the first step MAML falls to 0.7, first order to 1, and plain "
        "training hardly at all; after ten it is at 1.5. Below: one grey sine curve with ten points, and "
        "three panels with the network's output after 0, 1 and 10 steps. MAML's is near the curve "
        "after one step.",
        caption="Above: the error on a thousand new curves. Below: one of them (grey) with its ten points "
        "(black), and what the network says after no step (dots), one (dashes) and ten (line).",
    )


if len(curves) == 3:
    draw_sines()
else:
    print("The picture comes when the cell above has run.")

# %% [markdown]
# What came out when this lesson was written; yours may differ in the last digits:
#
# | start found by | no step | 1 step | 2 steps | 5 steps | 10 steps |
# |:--|--:|--:|--:|--:|--:|
# | MAML | 3.00 | **0.66** | 0.45 | 0.37 | 0.32 |
# | first order | 3.20 | 1.05 | 0.84 | 0.63 | 0.53 |
# | plain training, the best of three step lengths | 2.96 | 2.76 | 2.36 | 1.95 | 1.52 |
#
# **Without a step all are equally bad.** Nobody can know a curve before having seen a point of it. Plain
# training is the best there, because this is what it was trained for: it says the average of all curves.
#
# **One step makes the difference.** MAML's start is no better than the others, and yet the error falls to
# less than a quarter with a single step. All its training was spent on what comes after the step.
#
# **The Hessian was worth having here.** First order learns to adapt, too, but after one step its error is
# half again as large, and the gap stays with more steps. With two other seeds its error after one step
# was 1.6 and 1.4, more than twice MAML's 0.67 and 0.65. On other problems the gap can be small: it depends
# on $\eta H$, and you know now what to look at.
#
# **Plain training learnt the average.** Ten steps from there do not reach what one step from MAML's start
# does, not even with the length of step that suits it best.
#
# **Predict, then try.** All of this was with the step length 0.01, for which both starts were made. What if
# the steps on the new tasks are twice as long: does MAML's error after one step fall or rise? And after
# ten?

# %% tags=["try"]
for name, start in starts.items():
    errors = errors_after(start, lr=0.02)
    print(f"{name}: {errors[0]:.2f}, after one step {errors[1]:.2f}, after ten {errors[10]:.2f}")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# Both get worse: MAML's error after one step is 1.86 in place of 0.66, and after ten 0.73 in place of 0.32.
# A start that was made by looking through the step is made for *that* step. (For plain training 0.02 is
# the best of the three lengths, the one in the table.)
#
# </details>

# %% [markdown]
# ## 5. What the memory of the way costs
#
# To walk back through $K$ steps, autograd keeps what each of them computed. So the memory of MAML grows
# with $K$, like the memory of a network with $K$ times as many layers. First order lets each step go.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-memory-of-maml", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def memory_of(method: Callable[..., object], *given: object) -> float:
    """Give the most megabytes that were alive at once during a call."""
    with Memory() as memory:
        method(*given)
    return memory.most / 1e6


def of_25_sines() -> tuple:
    """Give inner loss, outer loss and a stack of parameters, for 25 sine tasks at once."""
    draw = torch.Generator().manual_seed(0)
    task, x, query = sine_tasks(TASKS, draw), some_x(TASKS, draw), some_x(TASKS, draw)
    stack = copies(new_network(draw), TASKS)
    return inner_on(x, task(x)), outer_on(query, task(query)), stack


def draw_memory() -> None:
    """Draw the peak of memory against the number of inner steps."""
    import matplotlib.pyplot as plt

    counts, peaks = (1, 2, 5, 10, 15, 20), {}
    for name, method in (("MAML", maml_gradient), ("first order", first_order_maml_gradient)):
        peaks[name] = [memory_of(method, *of_25_sines(), 0.01, steps) for steps in counts]
        print(f"{name}: {', '.join(f'{peak:.1f}' for peak in peaks[name])} MB for {counts} steps")

    fig, axes = plt.subplots(figsize=(6.4, 3.5))
    for (name, each), colour in zip(peaks.items(), ("#0072B2", "#D55E00"), strict=True):
        axes.plot(counts, each, "o-", color=colour, lw=2, ms=4)
        axes.text(20.4, each[-1], name, color=colour, va="center")
    axes.set(xlabel="inner steps", ylabel="peak of memory, MB", xlim=(0, 24), ylim=(0, None))
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Peak of memory against the number of inner steps. MAML rises in a straight line, from "
        "1 to 8 MB at 20 steps. First order stays level below 1 MB.",
        caption="Memory of one gradient for 25 sine tasks at once, measured on your own functions. MAML "
        "pays for every step.",
    )


with_answers(draw_memory)

# %% [markdown]
# There is more than one way out. *Walking back by hand* keeps the points $\theta_j$ only, and makes each
# step's graph anew when it is needed. That is what `dojo solution maml.maml_gradient` shows as the other
# way. Or the last thing one would think of: do not walk back at all.
#
# ## 6. The implicit gradient
#
# Adapt not for a few steps but **to the end**. So that the start still matters, tie $\theta$ to it with a
# spring of strength $\lambda$:
#
# $$ \theta^* \quad\text{minimises}\quad f(\theta) + \tfrac{\lambda}{2}\lVert\theta - \theta_0\rVert^2 . $$
#
# At the minimum the slope of the sum is zero:
#
# $$ \nabla f(\theta^*) + \lambda(\theta^* - \theta_0) = 0 . $$
#
# Now move $\theta_0$ a little. The equation has to go on holding, so differentiate it by $\theta_0$. With
# $J$ for how $\theta^*$ moves,
#
# $$
# H J + \lambda (J - I) = 0 \quad\Rightarrow\quad J = \Bigl(I + \frac{H}{\lambda}\Bigr)^{-1},
# \qquad
# \nabla_{\theta_0} F(\theta^*) = \Bigl(I + \frac{H}{\lambda}\Bigr)^{-1} \nabla F(\theta^*) .
# $$
#
# The way has gone from the formula. Only its end is left: **however many steps it took, and by whatever
# method** (Rajeswaran, Finn, Kakade and Levine, 2019).
#
# By hand, with the parabolas of the beginning and $\lambda = 2$: from $\theta_0 = 3$ the end point solves
# $2(\theta - 1) + 2(\theta - 3) = 0$, so $\theta^* = 2$. There $F' = -8$, the curvature is 2, and
#
# $$ \frac{1}{1 + 2/2} \cdot (-8) = -4 . $$
#
# Check it without the formula: $\theta^* = (1 + \theta_0)/2$ for every start, so $\theta^*$ moves half as
# far as $\theta_0$.
#
# ## Task 4: `implicit_maml_gradient` (2 points)
#
# *About 25 minutes. Difficulty: 3 of 3.*
#
# Solve $(I + H/\lambda)\, x = \nabla F(\theta^*)$ by products alone. The matrix is symmetric, and $\lambda$
# is large enough for it to be positive definite: a case for conjugate gradients.
#
# - The solver works on one long row, `hvp` on a list of tensors: `as_vector` and `like` lead from one to
#   the other.
# - Ask the solver for a relative residual of $10^{-10}$; its own default is larger.
# - Mind which loss the Hessian belongs to, and which loss the slope.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "implicit_maml_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION
    def product(u: Tensor) -> Tensor:
        return u + as_vector(hvp(inner_loss, adapted, like(u, adapted))) / strength

    slope = as_vector(gradient(outer_loss, adapted))
    return like(conjugate_gradient(product, slope, rtol=1e-10).x, adapted)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-implicit_maml_gradient", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_implicit_maml_gradient() -> None:
    """Compare implicit_maml_gradient with equations that are solved by hand."""

    def check(call: str, losses: tuple, at: tuple, due: tuple, strength: float) -> None:
        call = f"implicit_maml_gradient, {call}"
        got = result_of(call, implicit_maml_gradient, *losses, tensors(*at), strength)
        check_tensors(call, got, tensors(*due), within=1e-8)

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
    check_all_left_alone("implicit_maml_gradient", run, 1.0, 2.0)
    wide = (torch.linspace(0, 1, 2000, dtype=torch.float64),)
    quartic = of_one(lambda t: (t**4).sum())
    check_no_matrix(
        "implicit_maml_gradient",
        lambda: implicit_maml_gradient(quartic, of_one(torch.sum), wide, 10.0),
        2000,
    )


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-implicit_maml_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_implicit_maml_gradient)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# Is it true? Take a small logistic regression, and walk the long way: unroll $K$ steps of descent on the
# inner loss *with the spring*, by your own `inner_update`, and differentiate through all of them. As $K$
# grows, the answer has to come nearer and nearer to that of your Task 4.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-implicit-of-maml", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def unrolled(inner, outer, start: Sequence[Tensor], strength: float, steps: int) -> Tensor:
    """Differentiate through `steps` steps on the inner loss with the spring."""

    def after_adapting(own: Sequence[Tensor]) -> Tensor:
        def tied(p: Sequence[Tensor]) -> Tensor:
            away = as_vector(p) - as_vector(own)
            return inner(p) + strength / 2 * (away @ away)

        at = own
        for _ in range(steps):
            # The spring's other end is a part of the loss: the way back leads through it, too.
            at = inner_update(tied, at, 0.5)
        return outer(at)

    return as_vector(gradient(after_adapting, start))


def distances(strength: float, counts: Sequence[int]) -> list[float]:
    """Give how far the gradient through K steps is from the implicit one, in parts of it."""
    draw = torch.Generator().manual_seed(3)
    x, z = (torch.randn(count, 6, generator=draw, dtype=torch.float64) for count in (9, 20))
    truth = torch.randn(6, generator=draw, dtype=torch.float64)

    def logistic(rows: Tensor) -> Callable[[Sequence[Tensor]], Tensor]:
        sides = torch.sign(rows @ truth)
        return lambda p: torch.nn.functional.softplus(-sides * (rows @ p[0])).mean()

    inner, outer, start = logistic(x), logistic(z), (0.1 * truth.flip(0),)
    end = start
    for _ in range(1000):
        pulls = zip(end, gradient(inner, end), start, strict=True)
        end = tuple(p - 0.5 * (slope + strength * (p - first)) for p, slope, first in pulls)
    due = as_vector(implicit_maml_gradient(inner, outer, end, strength))
    apart = [unrolled(inner, outer, start, strength, steps) - due for steps in counts]
    return [float(one.norm() / due.norm()) for one in apart]


def draw_implicit() -> None:
    """Draw how the gradient through K steps comes nearer to the implicit one."""
    import matplotlib.pyplot as plt

    counts = (1, 2, 5, 10, 20, 40, 80, 160)
    apart = {strength: distances(strength, counts) for strength in (0.5, 0.2, 0.1)}

    fig, axes = plt.subplots(figsize=(6.4, 3.5))
    places, colours = ((52, 1e-8), (112, 1e-6), (118, 2e-3)), ("#D55E00", "#007A5A", "#0072B2")
    for (strength, each), colour, place in zip(apart.items(), colours, places, strict=True):
        axes.semilogy(counts, each, "o-", color=colour, lw=2, ms=4)
        axes.text(*place, f"$\\lambda = {strength}$", color=colour)
    axes.set(xlabel="unrolled steps", ylabel="distance from the implicit gradient", ylim=(1e-11, 3))
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Relative distance between the gradient through K unrolled steps and the implicit gradient, "
        "on a logarithmic scale, for three strengths. All fall in nearly straight lines; the weaker the "
        "spring, the more slowly.",
        caption="The gradient through K steps comes nearer to the implicit one, by about the same factor "
        "in every step. With a weak spring it takes longer. The implicit gradient looked at no step.",
    )


def draw_implicit_and_weigh() -> None:
    """Draw the distances, and say how much memory the implicit gradient takes."""
    draw_implicit()
    spent = memory_of(implicit_maml_gradient, *of_25_sines(), 100.0)
    print(f"memory of your implicit gradient, for 25 sines and any number of steps: {spent:.1f} MB")


with_answers(draw_implicit_and_weigh)

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **A detached step looks fine.** It trains, and the loss falls. You have first-order MAML and believe that
# you have MAML. The visible sign: the answer does not change when `create_graph=True` is left out.
#
# **A deep copy has no way back.** `copy.deepcopy` of a model makes new leaves. Adapting the copy and
# differentiating by the original gives an error, or zeros. So parameters are handed from function to
# function here, and nothing is copied.
#
# **In place means over.** `p -= lr * g` fails on a leaf, `p.data -= …` silently forgets the start, and on a
# clone it works or fails depending on what the loss looks at later. A formula with a new name on the left
# has none of these troubles.
#
# **The same points inside and outside.** On the points that it adapted to, anything looks good. Then the
# start learns to *memorise* in one step.
#
# **Sum or mean?** Averaged inside the loss and then again over tasks, the gradient is too small by a
# factor, and the learning rate takes the blame.
#
# **`mse_loss` and forward mode.** In the version of PyTorch that this lesson was written with, products
# forward over reverse fail for the mean of `mse_loss`. The square written out works everywhere.
#
# **The end has to be the end.** The implicit gradient holds at the minimum. Stop the adaptation early, and
# it is the exact answer to another question.
#
# ## What it is for
#
# A start from which a model learns quickly is one use. Others have the same form, "differentiate the
# result of an optimisation": tuning hyperparameters by their gradient, learning the data or the loss
# itself, influence functions. There are the same three ways each time: through all the steps, past them,
# or by the equation that holds at the end.
#
# ## In five lines
#
# - A step of gradient descent has a derivative, $I - \eta H$, and MAML's gradient is a product of these.
# - Record the gradient in the step (`create_graph=True`), and autograd multiplies by $H$ for you.
# - First order leaves the factors out. It is cheap, and along curvatures with $\eta\lambda > 1$ it points
#   the wrong way after an odd number of steps.
# - Memory grows with the steps, for the way back leads through all of them.
# - At the end of the adaptation an equation holds. Solve $(I + H/\lambda)\,x = \nabla F$, and the way
#   does not matter.
#
# From a library: `torch.func.grad(lambda t: F(t - eta * torch.func.grad(f)(t)))(theta)` is MAML's gradient
# through one step. The packages `torchopt`, `higher` and `learn2learn` do it for whole models and for
# other optimisers.
