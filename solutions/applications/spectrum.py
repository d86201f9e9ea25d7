# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The spectrum: all the curvatures of a network
#
# A network with 2410 parameters has a Hessian with 2410 eigenvalues: 2410 directions, and a
# curvature along each. Are they all alike? Are some negative? How large is the largest, on which the
# learning rate hangs? Nobody wants to build the matrix for that. In this lesson you ask it questions
# with nothing but **products** $A v$, and you write
#
# 1. `power_iteration`, which finds the eigenvalue that sticks out most (3 points),
# 2. `lanczos`, which sees the whole spectrum in a few dozen products (3 points),
# 3. `hutchinson_trace`, which adds up all eigenvalues with random signs (2 points),
# 4. `ggn_vp`, a product with the Gauss-Newton matrix, the Hessian's well-behaved sister (2 points).
#
# At the end you point them at a real network that reads handwritten digits, and there is one
# question to answer in words (2 points).
#
# You need to know what an eigenvector is and what a Hessian-vector product is.
#
# **Time:** about two and a half hours, 110 minutes of them for the tasks. **To install:** PyTorch and
# matplotlib. The last section takes its digits from `scikit-learn`; everything before it runs without.
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
# Three of your functions give more than one number. These classes name the parts, so that whoever
# calls you can write `pair.value`. A plain tuple of the same parts earns the same points. The last
# lines are the Hessian-vector product of an earlier lesson; use it freely.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "given-results", "locked": true, "schema_version": 3, "solution": false, "task": false}
from typing import NamedTuple

spectra = {}  # what the digits show, once section 5 has been run


class Eigenpair(NamedTuple):
    """An eigenvalue, its unit vector, and ‖A v - λ v‖, which says how good the two are."""

    value: Tensor
    vector: Tensor
    residual: Tensor


class Ritz(NamedTuple):
    """Ritz values, ascending, and the share of the start that belongs to each."""

    values: Tensor
    weights: Tensor


class Estimate(NamedTuple):
    """A mean over random samples, and its standard error."""

    value: Tensor
    error: Tensor


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Hessian of `func` at `inputs` by `v`, forward over reverse."""
    slope = torch.func.grad(func)
    return torch.func.jvp(slope, (inputs.detach(),), (v.detach(),))[1]

# %% [markdown]
# ## 1. By hand: let the matrix do the searching
#
# $$
# A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}
# \quad\text{stretches}\quad \begin{pmatrix} 1 \\ 1 \end{pmatrix} \text{ by } 3
# \quad\text{and}\quad \begin{pmatrix} 1 \\ -1 \end{pmatrix} \text{ by } 1 .
# $$
#
# Suppose we did not know that. Take any vector, say $(1, 0)$, and multiply. And again:
#
# $$
# \begin{pmatrix} 1 \\ 0 \end{pmatrix} \to \begin{pmatrix} 2 \\ 1 \end{pmatrix} \to
# \begin{pmatrix} 5 \\ 4 \end{pmatrix} \to \begin{pmatrix} 14 \\ 13 \end{pmatrix} \to
# \begin{pmatrix} 41 \\ 40 \end{pmatrix} \to \dots
# $$
#
# The two entries become more and more alike. The vector turns towards $(1, 1)$, all by itself. Why?
# Every vector is a bit of $(1, 1)$ plus a bit of $(1, -1)$. Each step makes the first bit three times
# as large and leaves the second as it is. So each step makes the wrong bit **three times smaller
# beside the right one**. That is *power iteration*, and the factor is always the same: the size of
# the second largest eigenvalue, divided by that of the largest. (Sizes: $-4.5$ is larger than 4.)
#
# Now the eigenvalue. If $v$ were an eigenvector, $A v$ would be $\lambda v$. It is not quite, so we
# ask for the number that fits best. That is the **Rayleigh quotient**
#
# $$ \lambda \approx \frac{v^\mathsf{T} A v}{v^\mathsf{T} v} . $$
#
# | $v$ | $A v$ | $v^\mathsf{T} A v / v^\mathsf{T} v$ | short of 3 by |
# |:--|:--|:--|:--|
# | $(2, 1)$ | $(5, 4)$ | $14/5 = 2.8$ | $0.2$ |
# | $(5, 4)$ | $(14, 13)$ | $122/41 = 2.9756$ | $0.024$ |
# | $(14, 13)$ | $(41, 40)$ | $1094/365 = 2.9973$ | $0.0027$ |
#
# Look at the last column. It shrinks by nine in each step, though the vector only gets three times
# better. **The error of the value goes with the square of the error of the vector.**

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-ratio", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_ratio() -> None:
    """Draw how the vector turns, and how fast, for three ratios of the two largest eigenvalues."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.7))
    arrows = torch.tensor([[1.0, 0.0], [2, 1], [5, 4], [14, 13]])
    shades = ("#B9D9EE", "#7FBAE0", "#3C93CB", "#0072B2")
    left.plot([0, 1.1], [0, 1.1], "--", color="0.6", lw=1)
    for number, (arrow, shade) in enumerate(zip(arrows, shades, strict=True)):
        x, y = (arrow / arrow.norm()).tolist()
        style = {"arrowstyle": "-|>", "color": shade, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
        left.annotate("", xy=(x, y), xytext=(0, 0), arrowprops=style)
        left.text(1.06 * x, 1.06 * y - 0.02, f"{number}", color="0.2", fontsize=9)
    left.text(0.7, 0.95, "(1, 1)", color="0.35", fontsize=9, ha="right")
    left.set(xlim=(-0.05, 1.2), ylim=(-0.08, 1.1), aspect="equal", title="the vector, step by step")

    steps = torch.arange(0, 81, dtype=torch.float64)
    for second, colour in ((1 / 3, "#0072B2"), (0.8, "#007A5A"), (0.95, "#D55E00")):
        # A has the eigenvalues 1 and `second`, and the start is half of each eigenvector.
        parts = torch.stack([torch.ones_like(steps), second**steps], 1)
        parts = parts / parts.norm(dim=1, keepdim=True)
        right.semilogy(steps, parts[:, 1], color=colour, lw=2)
        right.semilogy(steps, (1 - second) * parts[:, 1] ** 2, ":", color=colour, lw=1.6)
    right.text(25, 3e-10, "ratio 1/3", color="#0072B2")
    right.text(60, 9e-6, "0.8", color="#007A5A")
    right.text(60, 1.2e-1, "0.95", color="#D55E00")
    right.set(xlabel="products", ylim=(1e-12, 2), title="error of the vector, of the value (dots)")
    right.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left: four arrows of length one turn from the x axis towards the diagonal, each three "
        "times nearer than the one before. Right: errors against the number of products, on a "
        "logarithmic scale. All are straight lines. The smaller the ratio, the steeper. Dotted "
        "lines, the errors of the value, fall twice as steeply.",
        caption="Left: the vectors of the table, made unit. Right: what decides is the ratio of "
        "the two largest eigenvalues. With 1/3 ten digits take 21 products. With 0.95 eighty "
        "products do not bring two. The dotted lines are the errors of the value: twice as steep.",
    )


draw_ratio()

# %% [markdown]
# **Predict, then try.** What if the start is $(1, -1)$, or almost: $(1, -0.999999)$? Write down where
# each of the two ends, then run the cell for both.

# %% tags=["try"]
v = torch.tensor([1.0, -1.0], dtype=torch.float64)
matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
for step in range(26):
    if step % 5 == 0:
        print(f"after {step:2} products: {(v / v.norm()).tolist()}")
    v = matrix @ v

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# From $(1, -1)$ it stays there for ever: there is no bit of $(1, 1)$ in it that could grow. But a
# millionth of a bit is enough. It grows threefold in each step, and after some 20 products it is all
# there is. In a large matrix, rounding mostly makes such a bit; better, take a random start.
#
# </details>
#
# Two things are left before you write it.
#
# **The vector must not grow.** After 700 steps the entries above are larger than the largest number
# of float64. So bring $v$ to length 1 in every step. Then the Rayleigh quotient is simply
# $v^\mathsf{T} A v$.
#
# **When to stop?** You do not know the true eigenvalue, so you cannot look at the error. But you
# have $A v$ in your hand, and you can ask how far it is from $\lambda v$. The length of
# $A v - \lambda v$ is called the **residual**. It needs no extra product, and it is honest: within
# this distance of $\lambda$ there is certainly an eigenvalue. Stop when it is at most
# $\mathrm{rtol} \cdot |\lambda|$, so that the units of $A$ do not matter.
#
# The next cell holds the tools of the checks. You need not read it.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def numbers(*values: object) -> Tensor:
    """Make a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


class CountedMatrix:
    """A symmetric matrix that can only be multiplied; `products` says how often it was."""

    def __init__(self, rows: object, like: Tensor) -> None:
        self._matrix = torch.as_tensor(rows, dtype=like.dtype)
        self._like = like
        self.products = 0

    def __call__(self, v: Tensor) -> Tensor:
        """Multiply, and count it."""
        shapes = f"shape {tuple(v.shape)}, expected {tuple(self._like.shape)}"
        check_that(v.shape == self._like.shape, f"matvec was given a vector of {shapes}")
        dtypes = f"dtype {v.dtype}, expected {self._like.dtype}"
        check_that(v.dtype == self._like.dtype, f"matvec was given a vector of {dtypes}")
        self.products += 1
        endless = "matvec was asked for 10 000 products, and was asked again: does the loop end?"
        check_that(self.products <= 10_000, endless)
        return (self._matrix @ v.detach().reshape(-1)).reshape(v.shape)


def parts_of(call: str, got: object, names: str) -> tuple:
    """Take the parts of a result, named tuple or plain tuple."""
    gave = f"a tuple of {len(got)}" if isinstance(got, tuple) else f"{got!r:.60}".splitlines()[0]
    kind = f"{call}\n should give a tuple ({names}), but gave {gave}"
    check_that(isinstance(got, tuple) and len(got) == len(names.split(", ")), kind)
    for part, name in zip(got, names.split(", "), strict=True):
        found = f"{call}\n {name} should be a tensor, but is {part!r:.60}"
        check_that(isinstance(part, Tensor), found)
    return got


# %% [markdown]
# ## Task 1: `power_iteration` (3 points)
#
# *About 25 minutes. Difficulty: 2 of 3.*
#
# Find the eigenvalue of **largest magnitude**, with its sign: of $-6$ and $4$ that is $-6$. Rules:
#
# - `matvec` is all you have. Every call is counted, and each step needs one.
# - `v0` may have any shape, as the parameters of a layer have. Work on it as on a long vector, but
#   give `matvec` the shape that it expects. Leave `v0` itself alone.
# - Where $A = 0$, the answer is 0 and the start, made unit. Does your code divide by zero?
# - There are matrices on which it never settles (with the eigenvalues 5 and $-5$: try to see why).
#   After `maxiter` products, give what you have.
#
# *Predict first:* the eigenvalues are 5, $-4.5$, 4, …, and six digits are asked for. About how many
# products? ($0.9^{p} = 10^{-6}$.)


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "power_iteration", "locked": false, "schema_version": 3, "solution": true, "task": false}
def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Eigenpair:
    """Find the eigenvalue of largest magnitude of a symmetric matrix A, by products alone.

    Args:
        matvec: gives A v for a v of the shape and dtype of `v0`; every call is counted.
        v0: the start, of any shape, not zero. It is left as it was.
        rtol: stop as soon as ‖A v - λ v‖ ≤ rtol |λ|.
        maxiter: give up after this many products, at least 1, with the pair that is there then.

    Returns:
        The eigenvalue with its sign (shape `()`), a vector of length 1 shaped as `v0`, and
        ‖A v - λ v‖ for these two (shape `()`); all of the dtype of `v0`. Where A is zero, 0 and the
        start, made unit.
    """
    ### BEGIN SOLUTION
    w = v0
    for _ in range(maxiter):
        v = w / w.norm()
        w = matvec(v)
        value = (v * w).sum()
        residual = (w - value * v).norm()
        if residual <= rtol * value.abs():
            break
    return Eigenpair(value, v, residual)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-power_iteration", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_power_iteration() -> None:
    """Compare power_iteration with eigenvalues that are known, and count its products."""

    def check(name: str, matrix: Tensor, v0: Tensor, top: float, most: int) -> None:
        kept, matvec = v0.clone(), CountedMatrix(matrix, v0)
        call = f"power_iteration(A, {v0.tolist()}), A = {name}"
        got = result_of(call, power_iteration, matvec, v0)
        value, vector, residual = parts_of(call, got, "value, vector, residual")
        due = torch.tensor(top, dtype=torch.float64)
        check_tensor(f"{call}: value", value, due, rtol=0, atol=1e-4 * abs(top) or 1e-12)
        shapes = f"shape {tuple(vector.shape)}, expected {tuple(v0.shape)}"
        check_that(vector.shape == v0.shape, f"{call}\n vector has {shapes}")
        length = vector.norm().item()
        check_that(abs(length - 1) < 1e-12, f"{call}\n vector has the length {length}, not 1")
        left = (matvec(vector) - value * vector).norm().item()
        told = f"{call}\n residual is {residual.item():.1e}, but ‖A v - λ v‖ is {left:.1e}"
        check_that(left / 4 - 1e-12 <= residual.item() <= 4 * left + 1e-12, told)
        spent = f"{call}\n took {matvec.products - 1} products, where {most} should be enough"
        check_that(matvec.products - 1 <= most, spent)
        moved = f"{call}\n changed the numbers of v0, which is your caller's: work on a copy"
        check_that(torch.equal(v0, kept), moved)

    pair, side = numbers([2, 1], [1, 2]), numbers(1, 0)
    check("[[2, 1], [1, 2]]", pair, side, 3.0, 40)
    check("[[-2, 1], [1, -2]]", numbers([-2, 1], [1, -2]), side, -3.0, 40)
    check("diag(-6, 4, 1)", torch.diag(numbers(-6, 4, 1)), numbers(7, 7, 7), -6.0, 90)
    square = numbers([1, 1], [1, 1])
    check("diag(9, 3, 1, -2)", torch.diag(numbers(9, 3, 1, -2)), square, 9.0, 40)
    check("1e-20 · [[2, 1], [1, 2]]", 1e-20 * pair, side, 3e-20, 40)
    check("0", 0 * pair, numbers(3, 4), 0.0, 40)

    v0 = numbers(1, 1)
    swinging = CountedMatrix(torch.diag(numbers(5, -5)), v0)
    call = "power_iteration(A, [1, 1], maxiter=30), A = diag(5, -5)"
    result_of(call, power_iteration, swinging, v0, maxiter=30)
    spent = f"{call}\n took {swinging.products} products, where it never settles and 30 are allowed"
    check_that(swinging.products <= 32, spent)
    print("✓ it gives up after maxiter products")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-power_iteration", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_power_iteration)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>How many products, with the eigenvalues 5, -4.5, 4, …?</summary>
#
# About 130: the wrong bit shrinks by $4.5/5 = 0.9$ in each step, its sign aside, and
# $p = \ln 10^{-6} / \ln 0.9 = 131$.
#
# </details>

# %% [markdown]
# ## 2. From one eigenvalue to the whole spectrum
#
# Power iteration throws almost everything away. It computes $A v$, $A^2 v$, $A^3 v$, … and keeps the
# last one. Keep all of them, and look for the best answer among *all* their combinations: this is
# the **Krylov space**, and the method is named after Cornelius Lanczos (1950).
#
# The vectors $v, A v, A^2 v, \dots$ themselves are a poor basis, for they all turn the same way. So
# make each new one perpendicular to those before it, and of length 1. In this basis $A$ becomes a
# small matrix $T$, and it is *tridiagonal*: each basis vector leads to itself, to the next, and to
# the one before.
#
# $$
# T = \begin{pmatrix}
# \alpha_1 & \beta_1 & \\ \beta_1 & \alpha_2 & \beta_2 \\ & \beta_2 & \alpha_3 & \ddots \\
# & & \ddots & \ddots
# \end{pmatrix},
# \qquad
# \alpha_j = q_j^\mathsf{T} A q_j ,
# \qquad
# \beta_j = \text{length of what is left of } A q_j .
# $$
#
# By hand, with the diagonal matrix $A$ of $1, 2, 4$ and the start $q_1 = (1, 1, 1)/\sqrt3$:
#
# $$
# \begin{aligned}
# A q_1 &= (1, 2, 4)/\sqrt3, &\quad \alpha_1 &= (1 + 2 + 4)/3 = 7/3, \\
# A q_1 - \alpha_1 q_1 &= (-4, -1, 5)/(3\sqrt3), &\quad \beta_1 &= \sqrt{42/27} = 1.247, \\
# q_2 &= (-4, -1, 5)/\sqrt{42}, &\quad \alpha_2 &= (16 \cdot 1 + 1 \cdot 2 + 25 \cdot 4)/42 = 2.810 .
# \end{aligned}
# $$
#
# So after two products
#
# $$
# T = \begin{pmatrix} 2.333 & 1.247 \\ 1.247 & 2.810 \end{pmatrix}
# \quad\text{with the eigenvalues}\quad 1.30 \text{ and } 3.84 .
# $$
#
# These are called **Ritz values**. Two products already know where the spectrum begins and ends: near
# 1 and near 4. A third would make all three exact, and a fourth is not possible: the space is full.
#
# Each Ritz value has a **weight**: the square of the first entry of its eigenvector of $T$. It says
# which share of the start lies there. The weights add up to 1, so values and weights together are a
# picture of the spectrum, as the start sees it. From a random start, that is the density of all
# eigenvalues.
#
# ### The trouble: ghosts
#
# On paper it is enough to make $A q_j$ perpendicular to the *last two* vectors; to all earlier ones
# it already is. Two vectors in memory, whatever $k$ is! In the computer that works for a while. Watch
# what happens then.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-ghosts", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_ghosts() -> None:
    """Draw the Ritz values against the steps, with the recurrence alone and with a basis by QR."""
    import matplotlib.pyplot as plt

    eigenvalues = torch.cat([torch.linspace(0, 1, 97, dtype=torch.float64),
                             torch.tensor([2.0, 3.0, 4.0], dtype=torch.float64)])
    start = torch.ones(100, dtype=torch.float64) / 10
    steps, found = range(1, 41), {"three terms alone": [], "at right angles to all": []}
    last, now, small = torch.zeros_like(start), start, torch.zeros(41, 41, dtype=torch.float64)
    whole = start[:, None]
    for k in steps:
        w = eigenvalues * now
        small[k - 1, k - 1] = w @ now
        w = w - small[k - 1, k - 1] * now - (small[k - 1, k - 2] * last if k > 1 else 0)
        small[k, k - 1] = small[k - 1, k] = w.norm()
        last, now = now, w / w.norm()
        found["three terms alone"].append(torch.linalg.eigvalsh(small[:k, :k]))
        projected = whole.T @ (eigenvalues[:, None] * whole)
        found["at right angles to all"].append(torch.linalg.eigvalsh(projected))
        whole = torch.linalg.qr(torch.cat([whole, eigenvalues[:, None] * whole[:, -1:]], 1)).Q

    fig, panels = plt.subplots(1, 2, figsize=(8, 3.9), sharey=True)
    for axes, (name, rows) in zip(panels, found.items(), strict=True):
        axes.axhspan(0, 1, color="0.9", lw=0)
        for level in (2, 3, 4):
            axes.axhline(level, color="0.8", lw=1, zorder=0)
        for k, row in zip(steps, rows, strict=True):
            axes.plot([k] * len(row), row, ".", color="#0072B2", ms=3)
        top = [int(((row - 4).abs() < 0.02).sum()) for row in rows]
        ghosts = [k for k, count in zip(steps, top, strict=True) if count > 1]
        if ghosts:
            arrow = {"arrowstyle": "->", "color": "#D55E00"}
            where = (ghosts[0], 4.0)
            axes.annotate("a ghost of 4", where, (11, 4.45), color="#D55E00", arrowprops=arrow)
        copies = f"after 40 steps: {top[-1]} {'copies' if top[-1] > 1 else 'copy'} of 4"
        axes.text(1, -0.62, copies, fontsize=9, color="0.3")
        axes.set(title=name, xlabel="products", ylim=(-0.75, 4.8))
    panels[0].set_ylabel("Ritz values")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Two panels of Ritz values against the number of products. In both the outer values "
        "settle at 4, 3 and 2 within about ten products. On the left, further values later climb "
        "out of the grey band up to 4, 3 and 2 and stay there. On the right nothing climbs.",
        caption="The matrix has the eigenvalues 4, 3 and 2 once each, and 97 more in the grey "
        "band. Left: three terms alone. New values leave the band, climb and settle where a value "
        "is already: ghosts. Right: the same, with every new vector at right angles to all others.",
    )


draw_ghosts()

# %% [markdown]
# The ghosts are made by rounding. As soon as a Ritz value has converged, tiny errors along its
# eigenvector are blown up, the basis is no longer at right angles, and the method finds the same
# eigenvalue again, as if for the first time. The cure is plain: **make each new vector perpendicular
# to all earlier ones**, and do it twice, since one pass leaves a little behind. It costs $k$ vectors
# of memory. For $k = 60$ that is 60 times the model, still far from $n$ times.
#
# **Predict, then look.** A matrix has 40 eigenvalues: 30 between 0 and 1, six near 2.2, and 3.0, 3.2,
# 3.8 and 4.0. After how many products is the largest Ritz value at 4, to the eye? And which
# eigenvalues are seen last, the outer ones or those in the crowd?


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-steps", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_steps(axes, k: int) -> None:
    """Draw the Ritz values after k products, and their weights added up, beside the truth."""
    f64 = torch.float64
    outer = torch.tensor([3.0, 3.2, 3.8, 4.0], dtype=f64)
    crowd = torch.linspace(0, 1, 30, dtype=f64)
    truth = torch.cat([crowd, torch.linspace(2, 2.4, 6, dtype=f64), outer])
    start = torch.ones(40, dtype=f64) / 40**0.5
    # Polynomials in A times the start: k of Chebyshev's span what A v, A² v, … span.
    angles = torch.arange(k, dtype=f64) * torch.acos(truth / 2 - 1)[:, None]
    basis = torch.linalg.qr(torch.cos(angles) * start[:, None]).Q
    values, vectors = torch.linalg.eigh(basis.T @ (truth[:, None] * basis))
    weights = (vectors.T @ (basis.T @ start)) ** 2
    for where, share, colour, wide in (
        (truth, torch.full_like(truth, 1 / 40), "0.7", 4),
        (values, weights, "#0072B2", 1.6),
    ):
        ends = torch.tensor([-0.3, *where.tolist(), 4.6], dtype=f64)
        heights = torch.tensor([0, *share.cumsum(0).tolist(), 1], dtype=f64)
        axes.step(ends, heights, where="post", color=colour, lw=wide)
    axes.plot(truth, torch.full_like(truth, -0.07), "|", color="0.45", ms=9)
    axes.plot(values, torch.full_like(values, -0.17), "|", color="#0072B2", ms=9, mew=2)
    axes.set(xlim=(-0.3, 4.6), ylim=(-0.25, 1.08), xlabel="eigenvalue", yticks=(0, 0.5, 1))


play(
    draw_steps,
    "k",
    (1, 2, 4, 8, 16),
    alt="The share of eigenvalues up to each value, a grey staircase of 40 steps, and a blue staircase "
    "of k steps, the weights of the Ritz values. With one product it is a single step near 1. With "
    "four it follows the grey one roughly, and the last step is at 3.86. With eight the last is at 4, "
    "and with sixteen the two staircases lie close together everywhere.",
    caption="Grey: the 40 eigenvalues (marks) and the share of them up to each value. Blue: the k Ritz "
    "values (marks below) and their weights, added up from the left, from a start that is the same "
    "bit of every eigenvector.",
)

# %% [markdown]
# After eight products the largest Ritz value is 3.99, and after ten it is 4.00. The ends are seen
# first. At sixteen the four outer eigenvalues are exact, and the 36 in the two crowds share twelve
# Ritz values: there are fewer steps, with more weight in each, and yet the staircases agree.

# %% [markdown]
# ## Task 2: `lanczos` (3 points)
#
# *About 35 minutes. Difficulty: 3 of 3.*
#
# Take `k` products, build $T$, and give its eigenvalues, ascending, with the weights. Rules:
#
# - **No ghosts:** keep the basis, and make each new vector perpendicular to all of it.
# - **The end.** If the start is made of three eigenvectors only, three steps see everything, and
#   what is left of $A q_3$ is zero, up to rounding. Stop there and give three values. How small is
#   *zero*? Small beside the numbers in $T$: remember the lesson on curvature, and that $A$ may be
#   measured in other units.
# - `v0` may have any shape and any length, and stays as it is. One product for each step.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "lanczos", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lanczos(matvec: Callable[[Tensor], Tensor], v0: Tensor, k: int) -> Ritz:
    """Find what k products tell of the spectrum of a symmetric matrix A.

    Args:
        matvec: gives A v for a v of the shape and dtype of `v0`; every call is counted.
        v0: the start, of any shape, not zero. It is left as it was.
        k: how many products to take, at least 1.

    Returns:
        The eigenvalues of T, ascending, and the squares of the first entries of their eigenvectors:
        k of each, or fewer where the Krylov space ends before. Both are vectors of the dtype of
        `v0`.
    """
    ### BEGIN SOLUTION
    basis = [v0.flatten() / v0.norm()]
    alphas, betas = [], []
    tiny = 10 * v0.numel() * torch.finfo(v0.dtype).eps
    while True:
        w = matvec(basis[-1].view(v0.shape)).flatten()
        alphas.append(w @ basis[-1])
        for q in [*basis, *basis]:  # twice, for once leaves too much of them in w
            w = w - (w @ q) * q
        betas.append(w.norm())
        largest = torch.stack([*alphas, *betas]).abs().max()
        if len(basis) == k or betas[-1] <= tiny * largest:
            break
        basis.append(w / betas[-1])
    tridiagonal = torch.diag(torch.stack(alphas))
    for i, beta in enumerate(betas[:-1]):
        tridiagonal[i, i + 1] = tridiagonal[i + 1, i] = beta
    values, vectors = torch.linalg.eigh(tridiagonal)
    return Ritz(values, vectors[0] ** 2)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-lanczos", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_lanczos() -> None:
    """Compare lanczos with Ritz values worked out by hand, and look for ghosts."""
    f64 = torch.float64

    def check(name: str, levels: Tensor, v0: Tensor, k: int, due: tuple) -> None:
        kept, matvec = v0.clone(), CountedMatrix(torch.diag(levels), v0)
        call = f"lanczos(A, {v0.tolist()}, {k}), A = {name}"
        got = result_of(call, lanczos, matvec, v0, k)
        values, weights = parts_of(call, got, "values, weights")
        size = levels.abs().max().item()
        check_tensor(f"{call}: values", values, numbers(*due[0]), rtol=0, atol=1e-9 * size)
        check_tensor(f"{call}: weights", weights, numbers(*due[1]), rtol=0, atol=1e-6)
        steps = len(due[0])
        spent = f"{call}\n took {matvec.products} products for {steps} steps"
        check_that(matvec.products <= steps + 1, spent)
        moved = f"{call}\n changed the numbers of v0, which is your caller's: work on a copy"
        check_that(torch.equal(v0, kept), moved)

    three, ones = numbers(1, 2, 4), numbers(1, 1, 1)
    # T by hand is [[7/3, b], [b, 59/21]] with b² = 14/9.
    middle, half = 54 / 21, ((5 / 21) ** 2 + 14 / 9) ** 0.5
    low, high = middle - half, middle + half
    share = (high - 7 / 3) / (high - low)
    check("diag(1, 2, 4)", three, ones, 2, ([low, high], [share, 1 - share]))
    check("diag(1, 2, 4)", three, 5 * ones, 3, ([1, 2, 4], [1 / 3] * 3))
    check("diag(1, 2, 4), full after 3", three, ones, 7, ([1, 2, 4], [1 / 3] * 3))
    check("diag(1, 2, 4)", three, ones, 1, ([7 / 3], [1]))
    check("1e-12 · diag(1, 2, 4)", 1e-12 * three, ones, 3, ([1e-12, 2e-12, 4e-12], [1 / 3] * 3))
    levels, wide = numbers(1, 1, 4, 4, 10, 10), numbers([1, 1, 1], [1, 1, 1])
    check("diag(1, 1, 4, 4, 10, 10)", levels, wide, 5, ([1, 4, 10], [1 / 3] * 3))

    bulk = torch.cat([torch.linspace(0, 1, 57, dtype=f64), numbers(-100, 300, 1000)])
    call = "lanczos(A, v0, 40) with 57 eigenvalues from 0 to 1, and -100, 300, 1000"
    got = result_of(call, lanczos, CountedMatrix(torch.diag(bulk), bulk), torch.ones_like(bulk), 40)
    values, _ = parts_of(call, got, "values, weights")
    for outlier in (-100, 300, 1000):
        copies = int(((values - outlier).abs() < 1e-6).sum())
        ghosts = f"{call}\n {outlier} is there once, and was found {copies} times"
        check_that(copies == 1, f"{ghosts}: are all vectors at right angles?")
    print("✓ no ghosts among 40 values")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-lanczos", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_lanczos)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 3. All eigenvalues, added up: the trace from random signs
#
# The sum of all eigenvalues is the **trace**, the sum of the diagonal. Without the matrix there is no
# diagonal to look at, and $n$ products for $n$ entries are too many. Now throw coins. Let $z$ be a
# vector of random signs, $+1$ or $-1$, and look at $z^\mathsf{T} A z$. For our
#
# $$
# A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}:
# \qquad z^\mathsf{T} A z = 2 z_1^2 + 2 z_2^2 + 2 z_1 z_2 = 4 + 2 z_1 z_2 ,
# $$
#
# since the square of a sign is 1. All four throws of two coins:
#
# | $z$ | $(1, 1)$ | $(1, -1)$ | $(-1, 1)$ | $(-1, -1)$ | mean |
# |:--|:--|:--|:--|:--|:--|
# | $z^\mathsf{T} A z$ | 6 | 2 | 2 | 6 | **4** |
#
# The mean is the trace. It always is: on the diagonal the signs square to 1, and beside it they are
# as often $+$ as $-$. One throw is off by 2 here. The mean of $m$ throws is off by about
# $2/\sqrt m$, and you need not know the 2: the spread of your samples tells you. So the estimate
# brings its own **error bar**, the *standard error*: the deviation of the samples, divided by
# $\sqrt m$. Michael Hutchinson published the trick in 1989.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-trace", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_trace() -> None:
    """Draw estimates of a trace with their error bars, against the number of samples."""
    import matplotlib.pyplot as plt

    generator = torch.Generator().manual_seed(0)
    n = 300
    factor = torch.randn(n, n, generator=generator, dtype=torch.float64)
    matrix = factor @ factor.T / n  # the trace is near n
    signs = torch.randint(0, 2, (n, 2048), generator=generator).double() * 2 - 1
    samples = (signs * (matrix @ signs)).sum(0)
    fig, axes = plt.subplots(figsize=(7.6, 3.4))
    axes.semilogx(torch.arange(1, 257), samples[:256], ".", color="0.75", ms=4, label="one sample")
    counts = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
    means = [samples[:m].mean().item() for m in counts]
    bars = [(samples[:m].std() / m**0.5).item() for m in counts]
    look = {"fmt": "o", "color": "#0072B2", "capsize": 3, "ms": 5, "label": "mean and error bar"}
    axes.errorbar(counts, means, bars, **look)
    axes.axhline(matrix.trace(), color="#D55E00", lw=1.5, label="the trace")
    axes.set(xlabel="samples: products with A", ylabel="$z^T A z$")
    axes.legend(frameon=False, fontsize=9, ncols=3, loc="upper right")
    axes.set_ylim(220, 410)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Grey points scatter widely about a line, the trace. Blue points are means of 4 to 2048 "
        "of them, with bars that shrink to a third for every tenfold number of samples. Most of "
        "the bars touch the line.",
        caption="A trace of 300 eigenvalues. Single samples scatter; means come nearer, and their "
        "bars say how near. About two bars in three should touch the line, not all of them. For "
        "one digit more you need a hundred times as many samples, but never more because n is large.",
    )


draw_trace()

# %% [markdown]
# **Predict, then try.** Here are all four throws of the example. Which matrices give the same number in
# all four, so that one throw is enough? Change `matrix` until it does.

# %% tags=["try"]
matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
signs = torch.tensor([1.0, -1.0])
print([(z @ matrix @ z).item() for z in torch.cartesian_prod(signs, signs)])

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# Among symmetric matrices, the diagonal ones: there the signs square to 1, and nothing else is left. All that the estimate is off
# comes from beside the diagonal.
#
# </details>

# %% [markdown]
# ## Task 3: `hutchinson_trace` (2 points)
#
# *About 15 minutes. Difficulty: 1 of 3.*
#
# - Exactly `samples` products, one for each random vector. Draw a new one each time, and keep only
#   its number: memory for a few vectors, not for all of them.
# - Signs, or normal numbers: every vector whose entries are independent, with mean 0 and mean square
#   1, is right on average. Use PyTorch's generator as it is, and do not seed it.
# - `like` is there to be copied: shape, dtype and device.
# - The error is the standard error of the mean; take the deviation with `std()`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "hutchinson_trace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hutchinson_trace(matvec: Callable[[Tensor], Tensor], like: Tensor, samples: int) -> Estimate:
    """Estimate the trace of a square matrix A from products with random vectors.

    Args:
        matvec: gives A v for a v of the shape and dtype of `like`; every call is counted.
        like: a tensor with the shape, dtype and device of a vector; its numbers do not matter.
        samples: how many products to take, at least 2.

    Returns:
        The mean of the samples and its standard error, the deviation of one sample divided by
        √samples. Both have the shape `()` and the dtype of `like`.
    """
    ### BEGIN SOLUTION
    found = []
    for _ in range(samples):
        z = torch.randint(0, 2, like.shape, device=like.device).to(like.dtype) * 2 - 1
        found.append((z * matvec(z)).sum())
    each = torch.stack(found)
    return Estimate(each.mean(), each.std() / samples**0.5)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-hutchinson_trace", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_hutchinson_trace() -> None:
    """Compare hutchinson_trace with traces that are known, by far more than chance allows."""
    f64 = torch.float64
    torch.manual_seed(0)
    steps = torch.linspace(0.5, 1.5, 100, dtype=f64)
    spread = torch.diag(steps)
    spread[0, 1:] = spread[1:, 0] = 0.3  # so that signs have something to be wrong about
    leaning = torch.eye(50, dtype=f64) + 0.05
    for name, rows, like, samples in (
        ("100 numbers from 0.5 to 1.5 on the diagonal", spread, torch.zeros(100, dtype=f64), 400),
        ("1.05 on the diagonal, 0.05 beside it", leaning, torch.zeros(5, 10, dtype=f64), 400),
    ):
        matvec = CountedMatrix(rows, like)
        call = f"hutchinson_trace(A, like, {samples}), A with {name}"
        got = result_of(call, hutchinson_trace, matvec, like, samples)
        value, error = parts_of(call, got, "value, error")
        for part, what in ((value, "value"), (error, "error")):
            check_that(part.shape == (), f"{call}\n {what} has shape {tuple(part.shape)}, not ()")
            check_that(part.dtype == f64, f"{call}\n {what} has dtype {part.dtype}, not {f64}")
        spent = f"{call}\n took {matvec.products} products for {samples} samples"
        check_that(matvec.products == samples, spent)
        trace, size = rows.trace().item(), ((rows**2).sum() * 2).sqrt().item()
        bound = 10 * size / samples**0.5
        off = f"{call}\n value is {value.item():.4g}, but the trace is {trace:.4g} ± {bound:.2g}"
        check_that(abs(value.item() - trace) <= bound, off)
        beside = ((rows**2).sum() - (rows.diagonal() ** 2).sum()) * 2
        least, most = 0.6 * beside.sqrt().item() / samples**0.5, 1.6 * size / samples**0.5
        bar = f"{call}\n error is {error.item():.2g}, due between {least:.2g} and {most:.2g}"
        check_that(least <= error.item() <= most, bar)
        print(f"✓ {call}: {value.item():.2f} ± {error.item():.2f}, and the trace is {trace:.2f}")

    like = torch.zeros(100, dtype=f64)
    call = "hutchinson_trace(A, like, 20), asked twice"
    first, second = (
        result_of(call, hutchinson_trace, CountedMatrix(spread, like), like, 20)[0] for _ in "ab"
    )
    check_that(not torch.equal(first, second), f"{call}\n gave the same estimate: who seeds?")
    print("✓ asked again, it throws again")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-hutchinson_trace", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_hutchinson_trace)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Gauss-Newton: the Hessian without the model's own bends
#
# A loss is a chain: parameters $x$ go into a model, which gives outputs $z$, and a loss function
# makes one number of them. Differentiate $L(z(x))$ twice, and by the chain rule two terms come out:
#
# $$
# H = \underbrace{J^\mathsf{T} H_L\, J}_{G}
#  \; + \; \sum_i \frac{\partial L}{\partial z_i}\, \nabla^2 z_i .
# $$
#
# $J$ is the Jacobian of the model and $H_L$ the Hessian of the loss *in the outputs*. The first term
# is the **Gauss-Newton matrix** $G$: it is what the Hessian would be if the model were straight. The
# second holds the bends of the model, each weighed by a slope of the loss.
#
# By hand, with one parameter: $z = x^2$ and $L = \tfrac12 (z - 1)^2$.
#
# $$
# J = 2x, \quad H_L = 1, \quad G = 4x^2, \qquad
# \text{second term} = (z - 1) \cdot 2 = 2x^2 - 2, \qquad H = 6x^2 - 2 .
# $$
#
# | $x$ | $H$ | $G$ | |
# |:--|:--|:--|:--|
# | $1$ | $4$ | $4$ | the model fits, so the second term is gone |
# | $\tfrac12$ | $-\tfrac12$ | $1$ | the Hessian is negative, $G$ is not |
# | $0$ | $-2$ | $0$ | a maximum, of which $G$ sees nothing |
#
# If the loss is convex in its outputs, as cross-entropy and the squared error are, then $G$ has **no
# negative eigenvalue**, wherever you are. That is why so many training methods use it in place of
# $H$: a step that solves $G d = -\nabla f$ never points uphill.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-gauss-newton", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_gauss_newton() -> None:
    """Draw a loss with the parabolas of both matrices, and both curvatures against x."""
    import matplotlib.pyplot as plt

    blue, orange = "#0072B2", "#D55E00"
    x = torch.linspace(-0.4, 1.5, 200)
    at, height, slope = 0.5, 0.28125, -0.75
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
    left.plot(x, 0.5 * (x**2 - 1) ** 2, color="0.35", lw=2, label="the loss")
    for curvature, colour, dashes, name in ((-0.5, orange, "--", "$H$"), (1.0, blue, "-", "$G$")):
        parabola = height + slope * (x - at) + curvature / 2 * (x - at) ** 2
        left.plot(x, parabola, dashes, color=colour, label=f"parabola of {name}")
    left.plot(at, height, "o", color="0.2")
    left.set(ylim=(-0.5, 0.9), xlabel="$x$", title="at $x = 1/2$")
    left.legend(frameon=False, fontsize=9)
    right.axhline(0, color="0.7", lw=1)
    right.plot(x, 6 * x**2 - 2, "--", color=orange, label="$H = 6x^2 - 2$")
    right.plot(x, 4 * x**2, color=blue, label="$G = 4x^2$")
    right.plot(1, 4, "o", color="0.2")
    right.text(0.95, 4.3, "the model fits", ha="right", fontsize=9)
    right.set(ylim=(-2.5, 7), xlabel="$x$", title="the two curvatures")
    right.legend(frameon=False, fontsize=9, loc="upper left")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left: a loss with its minimum at 1, and two parabolas that touch it at one half. The "
        "one of H opens downwards and has no lowest point; the one of G opens upwards. Right: two "
        "curves against x. G is never below zero, H is below it near 0, and they meet at 1.",
        caption="Left: at x = ½ the parabola of H has no minimum to go to, that of G has. Right: "
        "the curvatures agree where the model fits, at x = 1, and differ most where it does not.",
    )


draw_gauss_newton()

# %% [markdown]
# ## Task 4: `ggn_vp` (2 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# Multiply from the right to the left, and no matrix is needed:
#
# 1. **push** $v$ through the model: $J v$, shaped like the outputs;
# 2. **bend**: multiply that by $H_L$, the Hessian of `loss` at the outputs;
# 3. **pull** the result back: $J^\mathsf{T}(\dots)$, shaped like the inputs.
#
# You have written all three before. By hand, for the example above at $x = \tfrac12$ and $v = 10$:
# push $2x \cdot 10 = 10$, bend $1 \cdot 10 = 10$, pull $2x \cdot 10 = 10$. And indeed
# $G v = 1 \cdot 10$.
#
# The model and the loss may be linear, or ignore their inputs; then zeros are due. Memory and work
# stay within a few gradients. *Use* what you like: `torch.func.jvp` and `vjp`, dual numbers, double
# backward, the `hvp` from above.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "ggn_vp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ggn_vp(
    model: Callable[[Tensor], Tensor],
    loss: Callable[[Tensor], Tensor],
    inputs: Tensor,
    v: Tensor,
) -> Tensor:
    """Multiply the Gauss-Newton matrix Jᵀ H_L J of `loss(model(inputs))` by `v`.

    Args:
        model: takes one tensor and returns one tensor of any shape; J is its Jacobian.
        loss: takes what the model gives and returns one number; H_L is its Hessian there.
        inputs: the point, of any shape. It is left as it was.
        v: the vector to multiply, of the shape of `inputs`.

    Returns:
        Jᵀ H_L J v, with the shape, dtype and device of `inputs`, at the memory and the passes of a
        few gradients. Where the loss is linear or the model ignores its inputs, that is zero.
    """
    ### BEGIN SOLUTION
    outputs, along = torch.func.jvp(model, (inputs.detach(),), (v.detach(),))
    bent = hvp(loss, outputs, along)
    _, pull_back = torch.func.vjp(model, inputs.detach())
    return pull_back(bent)[0]
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-ggn_vp", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_ggn_vp() -> None:
    """Compare ggn_vp with products worked out by hand."""

    def tensor(value: object) -> Tensor:
        return torch.tensor(value, dtype=torch.float64)

    def half_square(z: Tensor) -> Tensor:
        return 0.5 * ((z - 1) ** 2).sum()

    def check(what: str, model: object, loss: object, at: object, v: object, due: object) -> None:
        inputs, call = tensor(at), f"ggn_vp(model, loss, {at}, {v}) with {what}"
        check_tensor(call, result_of(call, ggn_vp, model, loss, inputs, tensor(v)), tensor(due))
        moved = f"{call}\n changed the numbers of inputs, which is your caller's: work on a copy"
        check_that(torch.equal(inputs, tensor(at)), moved)
        marked = f"{call}\n marked your caller's inputs with requires_grad: use inputs.detach()"
        check_that(not inputs.requires_grad, marked)

    check("z = x², L = ½(z - 1)²", lambda x: x**2, half_square, 0.5, 10.0, 10.0)
    check("z = x², L = ½(z - 1)²", lambda x: x**2, half_square, 0.0, 1.0, 0.0)
    # z = (xy, x + y): J = [[y, x], [1, 1]], and L couples the outputs: H_L = [[0, 1], [1, 2]].
    pair = "z = (xy, x + y), L = z₁z₂ + z₂²"
    bent = lambda x: torch.stack([x[0] * x[1], x[0] + x[1]])  # noqa: E731
    coupling = lambda z: z[0] * z[1] + z[1] ** 2  # noqa: E731
    # at (2, 3), v = (1, 1): J v = (5, 2), H_L J v = (2, 9), Jᵀ(2, 9) = (3·2 + 9, 2·2 + 9).
    check(pair, bent, coupling, [2.0, 3.0], [1.0, 1.0], [15.0, 13.0])
    # z = the row sums of X, L = Σ z⁴/12: H_L is diagonal, with the squares of z.
    rows = lambda x: x.sum(1)  # noqa: E731
    quartic = lambda z: (z**4).sum() / 12  # noqa: E731
    at, v, due = [[1.0, 2], [3, 4]], [[1.0, 0], [2, 1]], [[9.0, 9], [147, 147]]
    check("z = the row sums of X, L = Σ z⁴/12", rows, quartic, at, v, due)
    check("z = x², L = 3 Σ z", lambda x: x**2, lambda z: 3 * z.sum(), [1.0, 2], [1.0, 1], [0.0, 0])
    deaf = lambda x: torch.ones(2, dtype=torch.float64)  # noqa: E731
    check("z = (1, 1), whatever x is", deaf, half_square, [1.0, 2, 3], [1.0, 1, 1], [0.0, 0, 0])


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-ggn_vp", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_ggn_vp)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 5. A real network
#
# Now the real thing, with your own functions: a network of $64 - 32 - 10$ units with $\tanh$, which
# reads the 1797 handwritten digits of scikit-learn. It has 2410 parameters. Its loss is the mean
# cross-entropy plus a small *decay*, $0.005\,\lVert\theta\rVert^2$, which adds $0.01$ to every
# eigenvalue of the Hessian. It learns with 600 steps of Adam, which takes a second or two.
#
# *Predict before you run:* how many of the 2410 curvatures will be large? Will there be negative ones
# before training? After it? There are ten classes; might that number show?
#
# This section needs one package more: `pip install scikit-learn`.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-digits-network", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
try:
    from sklearn.datasets import load_digits
except ImportError:
    load_digits = None
    print("This section needs scikit-learn: run `pip install scikit-learn` and this cell again.")

# For matrices this small one thread is as fast as two, and it does not wait for a busy one.
torch.set_num_threads(1)
DECAY, SHAPES = 1e-2, ((64, 32), (32,), (32, 10), (10,))
COUNTS = [torch.Size(shape).numel() for shape in SHAPES]


class DigitsNetwork:
    """A network on the digits whose parameters are one vector, before and after training."""

    def __init__(self) -> None:
        data = load_digits()
        wide = torch.tensor(data.data / 16.0)
        self.batches = {wide.dtype: wide, torch.float32: wide.float()}
        self.labels = torch.tensor(data.target)
        draw = torch.Generator().manual_seed(0)
        weights = [torch.randn(shape, generator=draw) / shape[0] ** 0.5 for shape in SHAPES]
        biased = [w * (w.dim() > 1) for w in weights]
        self.before = torch.cat([w.flatten() for w in biased]).double()
        self.after = self.trained()

    def outputs(self, theta: Tensor) -> Tensor:
        """Give ten numbers for each picture."""
        parts = theta.split(COUNTS)
        weight, bias, outer, last = (p.view(s) for p, s in zip(parts, SHAPES, strict=True))
        return torch.tanh(self.batches[theta.dtype] @ weight + bias) @ outer + last

    def cross_entropy(self, outputs: Tensor) -> Tensor:
        """Compare them with the labels."""
        return torch.nn.functional.cross_entropy(outputs, self.labels)

    def loss(self, theta: Tensor) -> Tensor:
        """Add the decay."""
        return self.cross_entropy(self.outputs(theta)) + DECAY / 2 * (theta * theta).sum()

    def trained(self, steps: int = 600) -> Tensor:
        """Train on all pictures at once."""
        theta = self.before.float().requires_grad_()
        optimiser = torch.optim.Adam([theta], lr=0.02)
        for _ in range(steps):
            optimiser.zero_grad()
            self.loss(theta).backward()
            optimiser.step()
        return theta.detach().double()

    def hessian(self, at: Tensor) -> Callable[[Tensor], Tensor]:
        """Give v ↦ H v."""
        return lambda v: hvp(self.loss, at, v)

    def gauss_newton(self, at: Tensor) -> Callable[[Tensor], Tensor]:
        """Give v ↦ G v, with the decay."""
        return lambda v: ggn_vp(self.outputs, self.cross_entropy, at, v) + DECAY * v


if load_digits is not None:
    digits = DigitsNetwork()
    for name, theta in (("before", digits.before), ("after", digits.after)):
        right = (digits.outputs(theta).argmax(1) == digits.labels).double().mean().item()
        print(f"{name} training: loss {digits.loss(theta).item():.3f}, {100 * right:.1f} % right")

# %% [markdown]
# Your four functions go to work. The next cell takes several hundred products with $H$ and with
# $G$. That is a matter of seconds; the matrix itself would take 2410 products.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-digits-measured", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def measured(product: Callable[[Tensor], Tensor], at: Tensor, probes: int) -> dict[str, object]:
    """Take a spectrum by `probes` runs of Lanczos from random starts, and a trace."""
    runs = [lanczos(product, torch.randn_like(at), 60) for _ in range(probes)]
    return {
        "values": torch.cat([run[0] for run in runs]),
        "weights": torch.cat([run[1] for run in runs]) / probes,
        "first": runs[0][0],
        "trace": hutchinson_trace(product, at, 100),
    }


def distance(one: Callable[[Tensor], Tensor], other: Callable[[Tensor], Tensor], at: Tensor) -> float:
    """Estimate ‖A - B‖ / ‖A‖ in the Frobenius norm: the mean of ‖A z‖² is ‖A‖²."""
    probes = [torch.randn_like(at) for _ in range(20)]
    apart = sum((one(z) - other(z)).square().sum() for z in probes)
    return float((apart / sum(one(z).square().sum() for z in probes)).sqrt())


def measure_digits() -> dict[str, dict[str, object]]:
    """Measure the network before and after training, and say what came out."""
    torch.manual_seed(1)
    found = {}
    for name, at in (("before", digits.before), ("after", digits.after)):
        hessian, gauss_newton = digits.hessian(at), digits.gauss_newton(at)
        found[name] = measured(hessian, at, probes=3)
        values, (trace, error) = found[name]["first"], found[name]["trace"]
        top = " ".join(f"{value:.3g}" for value in values.flip(0)[:12].tolist())
        print(f"{name} training: the largest {top}")
        pair = power_iteration(hessian, torch.randn_like(at), rtol=1e-3, maxiter=200)
        print(f"  power iteration: {pair[0]:.4f}, residual {pair[2]:.0e}")
        lowest = lanczos(gauss_newton, torch.randn_like(at), 60)[0][0]
        print(f"  lowest: {values[0]:.3g} of H, {lowest:.3g} of G")
        apart = distance(hessian, gauss_newton, at)
        print(f"  trace: {trace:.2f} ± {error:.2f};  ‖H - G‖ / ‖H‖ = {apart:.3f}")
    return found


spectra.clear()
if load_digits is not None:
    with_answers(lambda: spectra.update(measure_digits()))

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-digits-spectrum", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_digits() -> None:
    """Draw the density of the eigenvalues, before and after training."""
    import matplotlib.pyplot as plt

    fig, panels = plt.subplots(2, 1, figsize=(7.6, 5.2), sharex=True)
    grid, width = torch.linspace(-0.6, 2.6, 960, dtype=torch.float64), 0.02
    for axes, (name, one) in zip(panels, spectra.items(), strict=True):
        bumps = torch.exp(-0.5 * ((grid[:, None] - one["values"]) / width) ** 2)
        density = (one["weights"] * bumps).sum(1) / (width * (2 * torch.pi) ** 0.5)
        axes.semilogy(grid, density + 1e-6, color="#0072B2", lw=1.6)
        axes.fill_between(grid, 1e-6, density + 1e-6, color="#0072B2", alpha=0.15, lw=0)
        top = one["first"].flip(0)[:9]
        axes.plot(top, torch.full_like(top, 3e-6), "|", color="#D55E00", ms=12, mew=2)
        axes.axvline(0, color="0.7", lw=0.8, zorder=0)
        axes.set(ylim=(1e-6, 60), ylabel="density")
        axes.set_title(f"{name} training", loc="left", fontsize=10)
    panels[1].set_xlabel("eigenvalue of the Hessian")
    panels[1].text(1.0, 2, "orange: the nine largest", color="#D55E00", fontsize=9)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Two densities of eigenvalues on a logarithmic scale. Both have a high, narrow peak "
        "near zero that holds almost all eigenvalues. Before training it reaches to both sides of "
        "zero. After training hardly anything is left of zero, and the nine largest stand to the right in "
        "eight bumps, two of them in one.",
        caption="The spectrum of a network's Hessian, by your own functions: 3 × 60 products for "
        "each picture. Nearly all of the 2410 curvatures lie in the peak at zero. The orange marks "
        "are the nine largest.",
    )


if spectra:
    draw_digits()
else:
    print("The picture comes when the section above has run.")

# %% [markdown]
# What came out when this lesson was written. Yours may differ in the third digit, and the lowest
# eigenvalue of $H$ after training, which is next to nothing, in all of its digits:
#
# | | before training | after |
# |:--|--:|--:|
# | the nine largest eigenvalues | 2.17 … 0.57 | 2.22 … 0.43 |
# | the next three | 0.42, 0.37, 0.36 | 0.276, 0.269, 0.263 |
# | the lowest of $H$ | $-0.49$ | above $-0.002$ |
# | the lowest of $G$, decay included | 0.01 | 0.01 |
# | trace | 36.2 ± 0.8 | 48.6 ± 0.6 |
# | $\lVert H - G \rVert / \lVert H \rVert$ | 0.75 | 0.29 |
#
# **Nearly everything is flat.** To be sure, we built the whole matrix once. After training, more than
# 2080 of its 2410 eigenvalues are within 0.01 of the decay: the loss hardly notices these directions. The
# traces of the whole matrices are 35.8 and 48.5, where the error bars say they should be.
#
# **A few stick out, and their number is no accident.** After training, nine stand apart, and from the
# tenth on they crowd. There are ten classes. Softmax does not notice when all ten outputs rise
# together, so of ten directions in the outputs nine are left that matter.
#
# **Training leaves the hillside.** Before it, the Hessian has a negative end of $-0.49$: the start is
# no valley. Afterwards what is left below zero is tiny. $G$ never had a negative end. Its lowest
# eigenvalue is the decay and nothing else, both times.
#
# **$G$ comes nearer to $H$.** The difference between the two is weighed by the slopes of the loss.
# As the network learns, most of these slopes become small.
#
# **Predict, then try.** Train again with a hundredth of the decay, $10^{-4}$. Will the large
# eigenvalues be larger or smaller? Do nine of them still stand apart?

# %% tags=["try"]
if spectra:
    kept, DECAY = DECAY, 1e-4
    freer = DigitsNetwork()
    print(lanczos(freer.hessian(freer.after), torch.randn_like(freer.after), 60)[0].flip(0)[:12])
    DECAY = kept

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# They are about six times smaller: 0.37 and below. With less decay the network fits the pictures with
# more confidence, and where it is sure, $H_L$ of the softmax is almost zero. The gap after the ninth
# has nearly closed, too. "Nine" is what the classes suggest, and how clearly it shows is a matter of
# decay and training.
#
# </details>

# %% [markdown]
# ## In your own words (2 points)
#
# *About 15 minutes. Difficulty: 2 of 3.*
#
# A person reads and marks this one. Four to eight sentences will do.
#
# > Plain gradient descent with the step $\eta$ multiplies the error along each eigenvector of the
# > Hessian by $1 - \eta\lambda$ in every step. **Take the spectrum that you have measured after
# > training** (or, without scikit-learn: a largest eigenvalue of 2.2 and a bulk at 0.01). Say which
# > steps $\eta$ are too long, and why; and about how many steps a direction in the bulk then needs
# > until its error has shrunk to a third. Which *one number* made of eigenvalues decides how slow it
# > is? And what would a method that divides by the curvature change about it?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "why-slow", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Along the top eigenvector the factor is $1 - \eta\lambda_{\max}$. Its size is below 1 only for
# $\eta < 2/\lambda_{\max}$, here about $0.9$; with a longer step the error along this one direction
# grows in every step, whatever the other 2409 do. With a step near that limit, a direction with
# $\lambda = 0.01$ keeps the factor $1 - 0.9 \cdot 0.01 = 0.991$ for each step, and $0.991^p = 1/3$
# needs $p \approx 120$. So the sharpest direction dictates the step, and the flat ones pay for it.
# What decides is the ratio $\lambda_{\max}/\lambda$ of the curvatures, for the slowest direction the
# condition number $\lambda_{\max}/\lambda_{\min}$: about 220 here. A method that divides by the
# curvature, as Newton's or Gauss-Newton does, makes the factor the same for all directions, and the
# number of steps no longer depends on that ratio.
#
# *Marking:* 1 point for the limit $2/\lambda_{\max}$ with its reason (the factor must stay between
# $-1$ and $1$ along *every* eigenvector). 1 point for a count of the right order (one hundred to a
# few hundred) together with the ratio of the eigenvalues as what decides. That a curvature-aware
# method evens the factors out should be said in some form; do not take a point off for calling the
# ratio by another name.
# ### END SOLUTION

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **The start is at right angles to what you look for.** Then power iteration cannot see it, and
# neither can Lanczos: the part is zero, and zero times anything stays zero. Rounding sometimes helps
# in the end. A *random* start helps at once.
#
# **A residual is a promise about some eigenvalue, not about the largest.** A small residual says that
# you are near *an* eigenvalue. If the start has only a speck of the top eigenvector in it and you
# stop early, it is another one.
#
# **Ghosts look like a discovery.** "The top eigenvalue is threefold", from a Lanczos without
# reorthogonalisation, is the classic. Look at $Q^\mathsf{T} Q$, which should be the identity.
#
# **One sample has no error bar.** And few samples have an uncertain one: with five, the bar itself is
# off by a third. Say how many you took.
#
# **Not everything that is called Gauss-Newton is.** The *empirical Fisher*, the mean of
# $g g^\mathsf{T}$ over the examples, needs no second derivative and is cheap. It is another matrix: with
# a squared error, where all examples fit, every $g$ is zero and so is the mean, while $G$ keeps its
# curvature. (With cross-entropy both fade, and the mean of $g g^\mathsf{T}$ much sooner.)
#
# **Sharpness is not a property of the function alone.** Write a weight as $10\,w'$, and the network
# computes the same outputs with other parameters; its Hessian has another spectrum. So beware of
# comparing the largest eigenvalues of two networks that are parametrised in two ways.
#
# ## What it is for
#
# The largest eigenvalue bounds the learning rate. The trace measures how sharp a minimum is on
# average. The density shows how many directions matter at all, and the lowest end whether you sit at
# a minimum or on a pass. All of it comes from products, so it can be had for networks of any size
# that you can train: what you did here with 2410 parameters, others do with hundreds of millions.
#
# ## In five lines
#
# - Power iteration turns any start towards the eigenvalue that sticks out most; the ratio to the next
#   one says how fast. The residual says how near you are to *an* eigenvalue.
# - Lanczos keeps all the products. Its Ritz values find both ends first, and with their weights they
#   are a picture of the whole spectrum.
# - Keep the basis at right angles, or ghosts appear.
# - The trace is the mean of $z^\mathsf{T} A z$ over random signs, and brings its own error bar.
# - The Gauss-Newton matrix leaves the bends of the model out, and is never negative for a convex loss.
#
# From a library: `scipy.sparse.linalg.eigsh(A, k=9)` is Lanczos for a `LinearOperator`,
# `torch.func.jvp` and `torch.func.vjp` push and pull, and the packages `pyhessian` and `curvlinops`
# do all of it for a network.
