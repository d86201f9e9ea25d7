# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Newton's method: the step that knows the curvature
#
# Gradient descent knows which way is down. How far to go it must guess, and somebody has to tune
# that guess. You can do better: you have second derivatives. They say how the slope *changes*, and
# so where it will be gone.
#
# In this lesson you will
#
# 1. take one Newton step by hand and in code: `newton_step` (2 points),
# 2. make a method of it that cannot be led astray: `newton` (4 points),
# 3. solve a system of equations by products alone: `conjugate_gradient` (4 points),
# 4. put the two together and take Newton steps in $10^5$ dimensions: `newton_cg_step` (3 points).
#
# You need to know what a Hessian is, what its eigenvalues say, and what $Hv$ costs: the lessons
# *hessian*, *curvature* and *hvp*.
#
# **Time:** about two hours, 80 minutes of them for the tasks. Have a pencil ready.
# **To install:** PyTorch and matplotlib. With `ipywidgets`, one of the pictures has a slider;
# without it you see the same pictures side by side.
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
# You wrote the next three functions in the first part of the course. Here they are for you to use,
# and beside them a `Result`: a tuple whose three parts have names.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "given-derivatives", "locked": true, "schema_version": 3, "solution": false, "task": false}
from typing import NamedTuple


class Result(NamedTuple):
    """Where a method ended, after how many steps, and why it ended."""

    x: Tensor
    steps: int
    status: str


def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Differentiate a scalar function; of the shape of `inputs`."""
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]


def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Hessian of `func` at `inputs` by `v`; of the shape of `inputs`."""
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    (slope,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slope.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(slope, x, v, materialize_grads=True)[0]


def hessian_matrix(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Give the Hessian as an n × n matrix, the n inputs taken in a row."""
    axes = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)
    rows = [hvp(func, inputs, axis.view(inputs.shape)).flatten() for axis in axes]
    return torch.stack(rows)


# %% [markdown]
# ## 1. By hand: the parabola that touches
#
# Take $f(x) = x - \ln x$. It has one lowest point, at $x = 1$. Suppose that we do not know that,
# and stand at $x = \tfrac12$:
#
# $$
# f'(x) = 1 - \frac1x = -1, \qquad f''(x) = \frac1{x^2} = 4 .
# $$
#
# Near here, $f$ looks like the parabola that has the same height, the same slope and the same
# curvature,
#
# $$ f(\tfrac12 + d) \approx f(\tfrac12) + f'(\tfrac12)\, d + \tfrac12 f''(\tfrac12)\, d^2 . $$
#
# A parabola we can solve. Its slope is $f' + f'' d$, and that is zero at
#
# $$ d = -\frac{f'}{f''} = -\frac{-1}{4} = \frac14 . $$
#
# So the step leads to $x = \tfrac34$. Draw a new parabola there, and go on.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-parabola", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_parabola() -> None:
    """Draw x - ln x and the parabolas that touch it at two points."""
    import matplotlib.pyplot as plt

    blue, orange, green = "#0072B2", "#D55E00", "#007A5A"
    x = torch.linspace(0.18, 1.9, 300)
    fig, axes = plt.subplots(figsize=(7.2, 3.9))
    axes.plot(x, x - x.log(), color=blue, lw=2.5, label="$f(x) = x - \\ln x$")
    for start, colour, dashes in ((0.5, orange, "--"), (0.75, green, "-.")):
        at = torch.tensor(start)
        height, slope, bend = at - at.log(), 1 - 1 / at, 1 / at**2
        step = -slope / bend
        near = torch.linspace(start - 0.3, start + 2.6 * float(step), 100)
        parabola = height + slope * (near - at) + bend * (near - at) ** 2 / 2
        lowest = height + slope * step / 2
        axes.plot(near, parabola, dashes, color=colour, label=f"touches at $x = {start}$")
        axes.plot(start, height, "o", color=colour)
        axes.plot(at + step, lowest, "v", color=colour, markersize=8)
        axes.vlines(at + step, lowest, at + step - (at + step).log(), color="0.6", lw=1)
    axes.set(xlabel="$x$", ylim=(0.9, 1.9))
    axes.legend(frameon=False, loc="upper center")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    fig.tight_layout()
    show_figure(
        fig,
        alt="The curve x minus log x with its lowest point at 1. A dashed parabola touches it at "
        "0.5 and has its lowest point at 0.75. At the point of the curve just below, a second "
        "parabola touches, whose lowest point is at 0.94, close to 1.",
        caption="Two Newton steps. Each parabola touches the curve at the dot; the triangle is its "
        "lowest point, and the grey line leads from there to the curve, where the next one begins.",
    )


draw_parabola()

# %% [markdown]
# How fast is that? In this example the step has a simple form,
#
# $$
# x_{\text{new}} = x - \frac{1 - 1/x}{1/x^2} = 2x - x^2,
# \qquad\text{so}\qquad 1 - x_{\text{new}} = (1 - x)^2 .
# $$
#
# **Each step squares the error.** From one half it goes on like this:
#
# | step | error $1 - x$ |
# |--:|:--|
# | 0 | 0.5 |
# | 1 | 0.25 |
# | 2 | 0.0625 |
# | 3 | 0.0039 |
# | 4 | 0.000 015 |
# | 5 | 0.000 000 000 23 |
#
# The number of right digits doubles each time. This is called *quadratic convergence*, and near a
# minimum with a positive second derivative Newton's method always has it.
#
# **Predict, then try.** Where does the first step lead from $x = 1.5$? And from $x = 3$? Write
# down your guess, then put the number into the next cell and run it.

# %% tags=["try"]
x = 1.5
for step in range(5):
    print(f"step {step}: x = {x:.10f}")
    x = 2 * x - x**2

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# From 1.5 the first step leads to $0.75$, on the other side of the minimum, and the error is
# squared as always: $(1 - 1.5)^2 = 0.25$. From 3 it leads to $-3$, where there is no logarithm,
# and the next one further away. Far from the end the parabola is not the function. We will come
# back to that.
#
# </details>
#
# **Predict, then try.** Somebody measures $f$ in other units, and all its values become 100 times
# as large. How long is a step of gradient descent now, with the same learning rate? And how long
# is Newton's?

# %% tags=["try"]
units, x = 100.0, 0.5
slope, bend = units * (1 - 1 / x), units / x**2
print(f"gradient descent with rate 0.1: {-0.1 * slope},  Newton: {-slope / bend}")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# Gradient descent goes 100 times as far: $10$ in place of $0.1$, and nobody has told it that this
# is too far. Newton's step is $\tfrac14$ as before. The units stand above and below, and cancel.
#
# </details>
#
# ## 2. Many numbers: a system of equations
#
# In $n$ dimensions the slope is the gradient and the curvature is the Hessian. The gradient of the
# touching parabola is $\nabla f + H d$, and setting it to zero gives $n$ equations for the $n$
# numbers of the step:
#
# $$ H d = -\nabla f . $$
#
# By hand, for $f(x, y) = 3x^2 + 2xy + 3y^2$ at $(1, 2)$:
#
# $$
# \nabla f = \begin{pmatrix} 6x + 2y \\ 2x + 6y \end{pmatrix} = \begin{pmatrix} 10 \\ 14 \end{pmatrix},
# \qquad
# \begin{pmatrix} 6 & 2 \\ 2 & 6 \end{pmatrix} d = -\begin{pmatrix} 10 \\ 14 \end{pmatrix}
# \quad\Rightarrow\quad d = \begin{pmatrix} -1 \\ -2 \end{pmatrix} .
# $$
#
# The step leads to $(0, 0)$, the lowest point, at once: this $f$ *is* its own parabola. Compare
# the direction of gradient descent, $(-10, -14)$. It points past the minimum, because it does not
# know that $f$ is curved more strongly along one diagonal than along the other.
#
# **Solve, do not invert.** On paper $d = -H^{-1} \nabla f$. On a computer nobody writes the
# inverse out: a solver such as `torch.linalg.solve` needs a third of the work and keeps more
# digits.
#
# ## Task 1: `newton_step` (2 points)
#
# *About 15 minutes. Difficulty: 1 of 3.*
#
# - Return the **step**, in the shape of `inputs`. Take the gradient as a flat vector to solve, and
#   fold the step back at the end.
# - An indefinite $H$ is solved as it is: the step then leads to a saddle or a maximum of the
#   parabola.
# - Where $\nabla f = 0$ and $H$ is not singular, the step is zero, exactly.
# - Where $H$ is singular there is no single step, even if $\nabla f = 0$: let the solver's error pass.
#
# *Use* `gradient`, `hessian_matrix` and `torch.linalg.solve`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "newton_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton_step(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Give the step to where the parabola that touches `func` at `inputs` has no slope.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was.

    Returns:
        The step d with H d = -∇f, of the shape, dtype and device of `inputs`.

    Raises:
        RuntimeError: (or ValueError) the Hessian is singular: there is no such step, or not one alone.
    """
    ### BEGIN SOLUTION
    slope = gradient(func, inputs).flatten()
    return torch.linalg.solve(hessian_matrix(func, inputs), -slope).view(inputs.shape)
    ### END SOLUTION


# %% [markdown]
# The next cell holds the tools of the checks. You need not read it.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def check_result(call: str, got: object, x: Tensor, status: str, steps: int | None = None) -> None:
    """Compare the three parts of a result: the status, the count if due, x to six digits."""
    gave = f"a tuple of {len(got)}" if isinstance(got, tuple) else f"{got!r:.60}".splitlines()[0]
    parts = f"{call}\n should give three parts, x, steps and status, but gave {gave}"
    check_that(isinstance(got, tuple) and len(got) == 3, parts)
    found, count, ended = got
    check_that(isinstance(count, int), f"{call}\n steps should be an int, but is {count!r:.60}")
    told = f'{call}\n has the status {ended!r} after {count} steps; "{status}" is right'
    check_that(isinstance(ended, str) and ended == status, told)
    counted = f"{call}\n says that it took {count} steps; {steps} is right"
    check_that(steps is None or count == steps, counted)
    check_tensor(f"{call}: x", found, x, rtol=1e-6, atol=1e-6)


def check_left_alone(call: str, run: Callable[[Tensor], object], values: Tensor) -> None:
    """Run on a tensor and see that it holds the same numbers afterwards."""
    given = values.clone()
    result_of(call, run, given)
    moved = f"after {call} the tensor that you were given holds other numbers: work on a copy"
    check_that(torch.equal(given, values), moved)
    print(f"✓ {call} leaves your caller's tensor as it was")


class Effort(TorchDispatchMode):
    """Notes how many numbers the largest tensor has that is made inside a `with` block.

    It lets a call make so many operations of torch, and no more.
    """

    def __init__(self, call: str, most: int) -> None:
        super().__init__()
        self.call, self.numbers, self.operations, self.most = call, 0, 0, most

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.operations += 1
        spent = f"{self.call}\n made {self.most} operations and goes on. One pass for each row of H?"
        check_that(self.operations <= self.most, spent)
        result = operation(*args, **(kwargs or {}))
        sizes = [t.numel() for t in tree_leaves(result) if isinstance(t, Tensor)]
        self.numbers = max(self.numbers, *sizes, 0)
        return result


def numbers(*values: object) -> Tensor:
    """Make a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


def logarithmic(t: Tensor) -> Tensor:
    """Σ t - ln t, lowest where every t is 1."""
    return (t - t.log()).sum()


def tilted_bowl(t: Tensor) -> Tensor:
    """3x² + 2xy + 3y²."""
    return 3 * t[0] ** 2 + 2 * t[0] * t[1] + 3 * t[1] ** 2


def rosenbrock(t: Tensor) -> Tensor:
    """100 (y - x²)² + (1 - x)²: a bent valley, lowest at (1, 1)."""
    return 100 * (t[1] - t[0] ** 2) ** 2 + (1 - t[0]) ** 2


def two_wells(t: Tensor) -> Tensor:
    """¼ (x² - 1)² + ½ y²: lowest at (1, 0) and at (-1, 0), with a saddle at (0, 0)."""
    return (t[0] ** 2 - 1) ** 2 / 4 + t[1] ** 2 / 2


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-newton_step", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_newton_step() -> None:
    """Compare newton_step with steps worked out by hand."""

    def check(what: str, func: Callable[[Tensor], Tensor], at: Tensor, due: Tensor) -> None:
        call = f"newton_step(f, {at.tolist()}) with f = {what}"
        check_tensor(call, result_of(call, newton_step, func, at), due)

    check("x - ln x", logarithmic, torch.tensor(0.5, dtype=torch.float64), numbers(0.25)[0])
    check("3x² + 2xy + 3y²", tilted_bowl, numbers(1, 2), numbers(-1, -2))
    check("x² - y², a saddle", lambda t: t[0] ** 2 - t[1] ** 2, numbers(1, 2), numbers(-1, -2))
    check("3x² + 2xy + 3y², at its lowest point", tilted_bowl, numbers(0, 0), numbers(0, 0))
    square = numbers([1, 2], [3, 4])
    check("the sum of t - ln t, t a matrix", logarithmic, square, square - square**2)
    single, due = torch.tensor([1.0, 2.0]), torch.tensor([-1.0, -2.0])
    call = "newton_step(f, [1, 2]) with f = 3x² + 2xy + 3y², in float32"
    got = result_of(call, newton_step, tilted_bowl, single)
    check_tensor(call, got, due, rtol=0, atol=1e-4)
    try:
        got = newton_step(lambda t: t[0] ** 2, numbers(1, 2))
    except (RuntimeError, ValueError, ArithmeticError):
        print("✓ a singular Hessian is refused")
    else:
        missed = "f(x, y) = x² has a singular Hessian and no Newton step: let the solver complain"
        check_that(False, f"{missed}\n you gave {f'{got!r:.60}'.splitlines()[0]}")
    check_left_alone("newton_step", lambda t: newton_step(tilted_bowl, t), numbers(1, 2))


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
run_checks(check_newton_step)
### BEGIN HIDDEN TESTS
raise RuntimeError(
    "The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Where the plain step goes wrong
#
# **It goes too far.** You saw it: from $x = 3$ the step of $x - \ln x$ leads to $-3$. The cure is
# simple. Look at $f$ after the step; if it is not lower than before, try half of the step, a
# quarter, and so on. This is a *line search*. (Careful: $f(-3)$ is `nan`, and every comparison
# with `nan` is false. "While it is higher" stops at once; "while it is not lower or equal" does
# not.)
#
# **It goes to the wrong place.** A Newton step leads to where the gradient is zero. Is that a
# minimum? The parabola does not ask. Take
#
# $$ f(x, y) = \tfrac14 (x^2 - 1)^2 + \tfrac12 y^2 . $$
#
# It has two minima, at $(\pm 1, 0)$, and a saddle between them at $(0, 0)$. Start at $x = 0.1$.
# Along $x$ the slope is $x^3 - x = -0.099$: downhill is to the right. The curvature is
# $3x^2 - 1 = -0.97$, and the Newton step
#
# $$ d = -\frac{-0.099}{-0.97} = -0.102 $$
#
# leads to the **left**, uphill, straight to the saddle. A negative curvature turns the step round.
#
# The cure is to divide by the *size* of the curvature, and to leave its sign out: $d = 0.099 /
# 0.97 = +0.102$. In many dimensions, do this along every eigenvector of $H$ by itself. With $H =
# \sum_i \lambda_i\, u_i u_i^\mathsf{T}$,
#
# $$ d = -\sum_i \frac{u_i^\mathsf{T} \nabla f}{|\lambda_i|}\; u_i . $$
#
# Where all $\lambda_i$ are positive that *is* the Newton step; elsewhere it leads downhill along
# every axis, away from saddles and maxima.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-saddle", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_saddle() -> None:
    """Draw where plain and damped Newton steps lead from beside a saddle."""
    import matplotlib.pyplot as plt

    blue, orange = "#0072B2", "#D55E00"
    x, y = torch.meshgrid(
        torch.linspace(-1.5, 1.5, 121), torch.linspace(-1, 1.2, 101), indexing="xy"
    )
    fig, axes = plt.subplots(figsize=(7.2, 4))
    levels = torch.linspace(0, 0.9, 16).tolist()
    axes.contour(x, y, (x**2 - 1) ** 2 / 4 + y**2 / 2, levels=levels, colors="0.7", linewidths=0.8)

    def path(signed: bool) -> tuple[list[float], list[float]]:
        # The Hessian is diagonal here: 3x² - 1 along x, and 1 along y.
        at, across = [0.1], [1.0]
        for _ in range(8):
            bend = 3 * at[-1] ** 2 - 1
            step = -(at[-1] ** 3 - at[-1]) / (bend if signed else abs(bend))
            height = (at[-1] ** 2 - 1) ** 2 / 4
            while not signed and ((at[-1] + step) ** 2 - 1) ** 2 / 4 > height:
                step /= 2
            at.append(at[-1] + step)
            across.append(0.0)
        return at, across

    axes.plot(*path(True), "s--", color=orange, label="plain steps: to the saddle")
    axes.plot(*path(False), "o-", color=blue, label="divided by $|\\lambda|$: to a minimum")
    axes.plot([-1, 1], [0, 0], "*", color="black", markersize=11, zorder=3)
    axes.text(0.14, 1.03, "start", fontsize=9)
    axes.text(0, -0.16, "saddle", fontsize=9, ha="center")
    for side in (-1, 1):
        axes.text(side, -0.19, "minimum", fontsize=9, ha="center")
    axes.set(xlabel="$x$", ylabel="$y$")
    axes.legend(frameon=True, loc="upper left", fontsize=9)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Contour lines of a function with minima at plus and minus 1 and a saddle at 0. From a "
        "start at (0.1, 1) the plain Newton path goes down to the saddle and stays there. The other "
        "path goes to the right and ends at the minimum at (1, 0).",
        caption="From the same start. Plain Newton steps are drawn to the saddle, where the "
        "gradient is zero, and stop there. With the sizes of the curvatures they end at a minimum.",
    )


draw_saddle()

# %% [markdown]
# **Predict, then try.** Look along $x$ only: $f(x) = \tfrac14 (x^2 - 1)^2$, whose curvature
# $3x^2 - 1$ changes its sign at $x = 0.577$. Where does the plain step lead from 0.3, where from
# 0.5, where from 0.7? Write down left or right, short or long. Then look at the next picture.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-start", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_start(axes, start: float) -> None:
    """Draw two wells, the parabola that touches at the start, and where two steps lead."""
    x = torch.linspace(-1.6, 2.3, 200)
    height, slope, bend = (start**2 - 1) ** 2 / 4, start**3 - start, 3 * start**2 - 1
    axes.plot(x, (x * x - 1) ** 2 / 4, color="0.6", lw=2.5)
    parabola = height + slope * (x - start) + bend / 2 * (x - start) ** 2
    axes.plot(x, parabola, "--", color="0.25", lw=1.2)
    axes.plot(start, height, "o", color="black", zorder=3)
    for level, colour, step in ((-0.11, "#D55E00", bend), (-0.21, "#0072B2", abs(bend))):
        to = start - slope / step
        style = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=(to, level), xytext=(start, level), arrowprops=style)
        axes.plot([to, to], [level, (to * to - 1) ** 2 / 4], ":", color=colour, lw=1.2)
    axes.set(xlim=(-1.6, 2.3), ylim=(-0.28, 0.7), xlabel="$x$", yticks=[])


play(
    draw_start,
    "start",
    (0.1, 0.3, 0.5, 0.7, 0.9),
    alt="A curve with two wells, at -1 and 1, and the parabola that touches it at the start. From "
    "0.1 and 0.3 it opens downwards, and the plain step leads a little to the left, to the top "
    "between the wells. From 0.5 it leads far to the left, to -1. From 0.7 and 0.9 the parabola "
    "opens upwards, and both steps lead to the right, past 1.",
    caption="Black: the start and its parabola. Orange: the plain Newton step. Blue: the slope "
    "divided by the size of the curvature, so always downhill. Dotted: up to the curve.",
)

# %% [markdown]
# <details><summary>What there is to see</summary>
#
# From 0.1 and 0.3 the plain step goes left, to the top of the hill. From 0.5 it jumps all the way
# to $-1$, by chance the other minimum: the curvature is only $-0.25$, so the step is $1.5$ long. The size of the curvature
# alone leads from there to $2$, downhill at first and then much too high: this is what the halving
# is for. From 0.7 on the curvature is positive and both steps are the same, too long from 0.7 and
# just right from 0.9. Near a curvature of zero every Newton step is long.
#
# </details>

# %% [markdown]
# ## Task 2: `newton` (4 points)
#
# *About 30 minutes. Difficulty: 3 of 3.*
#
# Go downhill to a minimum.
#
# - **Look, then step.** If $\max|\nabla f| \le$ `gtol`, you are done: `Result(x, steps,
#   "converged")`. A start that is critical already has converged after 0 steps. If `maxiter` steps
#   are taken and the gradient is still larger, return what you have: `Result(x, steps,
#   "maxiter")`. Nothing is raised.
# - **The direction** goes down along every axis: divide by $|\lambda_i|$. Where a $\lambda_i$ is
#   almost zero, divide by a small positive number in its place.
# - **The length**: the whole step if $f$ does not rise, else a half, a quarter, … Stop halving at
#   about $10^{-10}$, or a rounding error may keep you for ever; what is left is the step then.
# - `inputs` has any shape and stays as it was: walk with a copy.
#
# *Use* `gradient`, `hessian_matrix`, `torch.linalg.eigh`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "newton", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton(
    func: Callable[[Tensor], Tensor], inputs: Tensor, *, gtol: float = 1e-6, maxiter: int = 100
) -> Result:
    """Go downhill from `inputs` to a minimum of `func`, by steps that know the curvature.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: where to start, of any shape. It is left as it was.
        gtol: how small the largest entry of the gradient has to be at the end.
        maxiter: how many steps are allowed.

    Returns:
        (x, steps, status). The status is "converged" where max|∇f| ≤ gtol at x, and "maxiter"
        where the steps ran out before.
    """
    ### BEGIN SOLUTION
    x, steps = inputs.detach().clone(), 0
    slope = gradient(func, x)
    while slope.abs().max() > gtol:
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        curvatures, axes = torch.linalg.eigh(hessian_matrix(func, x))
        sizes = curvatures.abs().clamp(min=1e-8)  # downhill along every axis, also from a saddle
        d = -(axes @ (axes.mT @ slope.flatten() / sizes)).view(x.shape)
        height, t = func(x), 1.0
        while t > 1e-10 and not func(x + t * d) <= height:
            t = t / 2
        x, steps = (x + t * d).detach(), steps + 1
        slope = gradient(func, x)
    return Result(x, steps, "converged")
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-newton", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_newton() -> None:
    """Send newton downhill from easy and from awkward places."""

    def check(
        what: str, func: Callable[[Tensor], Tensor], at: Tensor, due: Tensor, **named
    ) -> None:
        named = {"status": "converged", **named}
        keywords = {key: named[key] for key in ("gtol", "maxiter") if key in named}
        told = "".join(f", {key}={value}" for key, value in keywords.items())
        call = f"newton(f, {at.tolist()}{told}) with f = {what}"
        got = result_of(call, newton, func, at, **keywords)
        check_result(call, got, due, named["status"], named.get("steps"))

    check("3x² + 2xy + 3y²", tilted_bowl, numbers(1, 2), numbers(0, 0))
    check("x - ln x", logarithmic, numbers(0.5), numbers(1))
    check("x - ln x, where a whole step is too long", logarithmic, numbers(3), numbers(1))
    check("a bent valley", rosenbrock, numbers(-1.2, 1), numbers(1, 1))
    check("two wells, from beside the saddle", two_wells, numbers(0.1, 1), numbers(1, 0))
    check("two wells, from a minimum", two_wells, numbers(1, 0), numbers(1, 0), steps=0)
    square = numbers([0.5, 2], [3, 0.8])
    check("the sum of t - ln t, t a matrix", logarithmic, square, torch.ones_like(square))
    call = "newton(f, [-1.2, 1], maxiter=3) with f = a bent valley"
    got = result_of(call, newton, rosenbrock, numbers(-1.2, 1), maxiter=3)
    parts = isinstance(got, tuple) and len(got) == 3
    check_result(call, got, got[0] if parts else numbers(0), "maxiter", steps=3)
    lower = bool(rosenbrock(got[0]) < rosenbrock(numbers(-1.2, 1)))
    check_that(lower, f"{call}\n ends at {in_short(got[0])}, where f is not lower than at the start")
    # One step from beside the minimum squares the error: that tells Newton's step from others.
    call = "newton(f, [0.9], maxiter=1) with f = x - ln x"
    (x, *_) = result_of(call, newton, logarithmic, numbers(0.9), maxiter=1)
    off = float((x - 1).abs())
    slow = f"leaves an error of {off:.1e}; Newton's step squares the error, 0.1² = 1e-2"
    check_that(off < 0.0101, f"{call}\n {slow}")
    check_left_alone("newton", lambda t: newton(tilted_bowl, t), numbers(1, 2))


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
run_checks(check_newton)
### BEGIN HIDDEN TESTS
raise RuntimeError(
    "The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py."
)
### END HIDDEN TESTS

# %% [markdown]
# How much is it worth? The next figure shows the distance from the minimum of a bent valley,
# Rosenbrock's $100\,(y - x^2)^2 + (1 - x)^2$, after every step, for your method's idea and for
# gradient descent with a line search of its own.
#
# **Predict first:** how many times as many steps does gradient descent need until the error is
# below $10^{-4}$: 10 times, 100 times, 500?


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-valley", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_valley() -> None:
    """Draw the distance from the minimum of Rosenbrock's valley after every step of two methods."""
    import matplotlib.pyplot as plt

    def height(x: float, y: float) -> float:
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2

    def slopes(x: float, y: float) -> tuple[float, float]:
        return -400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)

    def newton_direction(x: float, y: float) -> tuple[float, float]:
        gx, gy = slopes(x, y)
        a, b, c = 1200 * x * x - 400 * y + 2, -400 * x, 200.0
        det = a * c - b * b  # positive along this whole path, so no eigenvalue changes its sign
        return -(c * gx - b * gy) / det, -(a * gy - b * gx) / det

    def downhill(x: float, y: float) -> tuple[float, float]:
        gx, gy = slopes(x, y)
        return -gx, -gy

    def errors(direction, most: int) -> list[float]:
        x, y, found = -1.2, 1.0, []
        for _ in range(most):
            found.append(((x - 1) ** 2 + (y - 1) ** 2) ** 0.5)
            if found[-1] < 1e-13:
                break
            (dx, dy), (gx, gy), t = direction(x, y), slopes(x, y), 1.0
            fall = gx * dx + gy * dy
            while height(x + t * dx, y + t * dy) > height(x, y) + 1e-4 * t * fall and t > 1e-12:
                t /= 2
            x, y = x + t * dx, y + t * dy
        return found

    newton_errors, descent_errors = errors(newton_direction, 60), errors(downhill, 20_000)
    below = next(i for i, e in enumerate(descent_errors) if e < 1e-4)
    fig, axes = plt.subplots(figsize=(7.2, 3.7))
    axes.loglog(range(1, len(descent_errors) + 1), descent_errors, color="#D55E00", lw=2)
    steps = range(1, len(newton_errors) + 1)
    axes.loglog(steps, newton_errors, "o-", color="#0072B2", markersize=4)
    axes.text(300, 0.25, "gradient descent", color="#D55E00")
    axes.text(27, 1e-9, "Newton", color="#0072B2")
    axes.set(xlabel="step (counted from 1)", ylabel="distance from (1, 1)", ylim=(1e-15, 10))
    axes.grid(alpha=0.25)
    fig.tight_layout()
    print(f"error below 1e-4: descent after {below} steps,", end=" ")
    print(f"Newton after {next(i for i, e in enumerate(newton_errors) if e < 1e-4)}")
    show_figure(
        fig,
        alt="Distance from the minimum against the number of steps, both logarithmic. Newton's "
        "curve stays above 0.1 for 17 steps and then drops straight down, below 1e-14 within five "
        "more. Gradient descent jumps once, near step 30, and then falls slowly over thousands.",
        caption="First both feel their way round the bend. Then Newton's method reaches the part "
        "where each step squares the error, and is done. Gradient descent never has such a part.",
    )


draw_valley()

# %% [markdown]
# More than 400 times: 20 steps against almost 9000.
#
# Look at the plateau at the beginning. Quadratic convergence is a promise about the *end*. Before
# that, Newton's method is one more way to go downhill, with good directions.
#
# ## 4. Without the matrix: conjugate gradients
#
# For $n$ unknowns a Newton step takes $n^2$ numbers of memory and about $n^3$ operations. For
# $n = 10^5$ in float64 that is 80 GB and many hours. But you know how to have $Hv$ without $H$. Can
# $A x = b$ be solved by asking for products $A p$ only?
#
# Solving $A x = b$ with a positive definite $A$ is the same as finding the lowest point of
#
# $$ \varphi(x) = \tfrac12 x^\mathsf{T} A x - b^\mathsf{T} x , \qquad -\nabla\varphi = b - A x = r ,$$
#
# and $r$ is called the *residual*. Steepest descent would go along $r$ each time, and zigzag. The
# idea of **conjugate gradients**: choose each new direction $p$ so that it does not undo what the
# earlier ones have gained. That is the case if $p^\mathsf{T} A\, p_{\text{old}} = 0$, and the
# miracle is that a little of the last direction is enough to get it:
#
# 1. the length along $p$: $\quad\alpha = \dfrac{r^\mathsf{T} r}{p^\mathsf{T} A p}$, then $x
#    \leftarrow x + \alpha p$ and $r \leftarrow r - \alpha A p$;
# 2. the new direction: $\quad\beta = \dfrac{r_{\text{new}}^\mathsf{T}
#    r_{\text{new}}}{r_{\text{old}}^\mathsf{T} r_{\text{old}}}$, then $p \leftarrow r_{\text{new}}
#    + \beta p$.
#
# It starts with $x = 0$, $r = p = b$. **By hand**, for
#
# $$ A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}, \quad b = \begin{pmatrix} 3 \\ 0 \end{pmatrix}: $$
#
# | | $p$ | $A p$ | $\alpha$ | $x$ after | $r$ after | $\beta$ |
# |:--|:--|:--|:--|:--|:--|:--|
# | step 1 | $(3, 0)$ | $(6, 3)$ | $9 / 18 = \tfrac12$ | $(1.5, 0)$ | $(0, -1.5)$ | $2.25 / 9 = \tfrac14$ |
# | step 2 | $(0.75, -1.5)$ | $(0, -2.25)$ | $2.25 / 3.375 = \tfrac23$ | $(2, -1)$ | $(0, 0)$ | |
#
# Done, after two steps: $A\,(2, -1)^\mathsf{T} = (3, 0)^\mathsf{T}$. And the two directions are
# conjugate: $(0.75, -1.5) \cdot (6, 3) = 4.5 - 4.5 = 0$.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-conjugate", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_conjugate() -> None:
    """Draw the paths of steepest descent and of conjugate gradients on the example by hand."""
    import matplotlib.pyplot as plt

    blue, orange = "#0072B2", "#D55E00"
    matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
    b = torch.tensor([3.0, 0.0])
    x, y = torch.meshgrid(
        torch.linspace(-0.4, 2.8, 121), torch.linspace(-1.6, 0.5, 91), indexing="xy"
    )
    height = x * x + x * y + y * y - 3 * x
    fig, axes = plt.subplots(figsize=(7.2, 4.2))
    levels = (-3 + torch.linspace(0.05, 1.9, 12) ** 2).tolist()
    lines = {"colors": "0.75", "linewidths": 0.8, "linestyles": "solid"}
    axes.contour(x, y, height, levels=levels, **lines)
    at, zigzag = torch.zeros(2), [torch.zeros(2)]
    for _ in range(9):
        r = b - matrix @ at
        at = at + (r @ r) / (r @ matrix @ r) * r
        zigzag.append(at)
    axes.plot(*torch.stack(zigzag).T, "s--", color=orange, markersize=4, label="steepest descent")
    path = torch.tensor([[0.0, 0.0], [1.5, 0.0], [2.0, -1.0]])
    axes.plot(*path.T, "o-", color=blue, lw=2, label="conjugate gradients")
    axes.plot(2, -1, "*", color="black", markersize=12, zorder=3)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    axes.legend(frameon=True, loc="lower left", fontsize=9)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Elliptic contour lines around (2, -1). Both paths start at (0, 0) and share the first "
        "step to (1.5, 0). Steepest descent goes on in a zigzag of shorter and shorter steps. "
        "Conjugate gradients reach (2, -1) with the second step.",
        caption="The first step is the same. Then steepest descent turns by a right angle each "
        "time, and conjugate gradients turn just so far that they hit the lowest point.",
    )


draw_conjugate()

# %% [markdown]
# In exact arithmetic it is over after $n$ steps at the latest, and after as many as $A$ has
# *different* eigenvalues. What counts in practice is the **condition number**
# $\kappa = \lambda_{\max} / \lambda_{\min}$: the number of steps grows like $\sqrt\kappa$.
#
# And when $A$ is not positive definite? Then a direction with $p^\mathsf{T} A p \le 0$ may come
# up, along which $\varphi$ has no lowest point. That is not a failure. It is *information*: you
# have found a way along which the ground bends down. Stop there and say so.
#
# ## Task 3: `conjugate_gradient` (4 points)
#
# *About 25 minutes. Difficulty: 2 of 3.*
#
# - Start at $x = 0$. Before each step look at $\|r\| \le$ `rtol` $\cdot \|b\|$: `"converged"`. It
#   is relative, so that the size of $b$ does not matter; $b = 0$ gives zeros after 0 steps.
# - Then look whether `maxiter` steps are taken: `"maxiter"`. `None` means $10\,n$: with rounding,
#   the $n$ steps of the theory may not be enough.
# - Then ask for the one product of this step. If $p^\mathsf{T} A p \le 0$: `"negative curvature"`,
#   with the $x$ so far.
# - `matvec` takes one tensor of the shape and dtype of `b`, and every call is counted: **one
#   product for each step**. `b` may have any shape; $p^\mathsf{T} q$ is then the sum of $p \cdot
#   q$ over all entries.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "conjugate_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conjugate_gradient(
    matvec: Callable[[Tensor], Tensor], b: Tensor, *, rtol: float = 1e-8, maxiter: int | None = None
) -> Result:
    """Solve A x = b for a symmetric A by products with A alone.

    Args:
        matvec: gives A p for a tensor p of the shape and dtype of b, and takes nothing else.
        b: the right-hand side, of any shape. It is left as it was.
        rtol: how small ‖b - A x‖ has to be, in parts of ‖b‖.
        maxiter: how many steps are allowed; 10 n where it is None, for the n numbers of b.

    Returns:
        (x, steps, status). The status is "converged", "maxiter", or "negative curvature" where a
        direction p with pᵀ A p ≤ 0 came up; then x is what was reached before.
    """
    ### BEGIN SOLUTION
    maxiter = 10 * b.numel() if maxiter is None else maxiter
    x, residual, steps = torch.zeros_like(b), b.detach(), 0
    direction, size = residual, (residual * residual).sum()
    while size.sqrt() > rtol * b.norm():
        if steps == maxiter:
            return Result(x, steps, "maxiter")
        product = matvec(direction)
        curvature = (direction * product).sum()
        if curvature <= 0:
            return Result(x, steps, "negative curvature")
        x = x + size / curvature * direction
        residual = residual - size / curvature * product
        before, size = size, (residual * residual).sum()
        direction = residual + size / before * direction
        steps = steps + 1
    return Result(x, steps, "converged")
    ### END SOLUTION


# %% [markdown]
# **Predict, then try.** With $A = \operatorname{diag}(1, -1)$ and $b = (2, 1)$, is the first
# direction good? Is the second? Take a pencil and write down where it ends and with which status.
# Then let your function do it.

# %% tags=["try"]
matrix, b = torch.tensor([[1.0, 0.0], [0.0, -1.0]]), torch.tensor([2.0, 1.0])
with_answers(lambda: print(conjugate_gradient(lambda p: matrix @ p, b)))

# %% [markdown]
# <details>
# <summary>By hand</summary>
#
# The first direction is $p = b = (2, 1)$, with $p^\mathsf{T} A p = 4 - 1 = 3$: good. The length is
# $\alpha = 5/3$, so $x = (10/3, 5/3)$ and $r = (-4/3, 8/3)$. With $\beta = 16/9$ the second
# direction is $(20/9, 40/9)$, and $p^\mathsf{T} A p = (400 - 1600)/81 < 0$: bad. It ends after one
# step, at $(10/3, 5/3)$, with `"negative curvature"`.
#
# </details>


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-conjugate_gradient", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_conjugate_gradient() -> None:
    """Compare conjugate_gradient with the example by hand, and look at how it ends."""
    example = numbers([2, 1], [1, 2])

    def check(
        what: str, matrix: Tensor, b: Tensor, due: Tensor, status: str, steps, **named
    ) -> None:
        asked = []

        def matvec(p: Tensor) -> Tensor:
            form = f"matvec takes a tensor of shape {tuple(b.shape)}; it got {tuple(p.shape)}"
            check_that(p.shape == b.shape, form)
            asked.append(1)
            return (matrix @ p.flatten()).view(b.shape)

        told = "".join(f", {key}={value}" for key, value in named.items())
        side = b.tolist() if b.numel() < 5 else f"{b.numel()} numbers"
        call = f"conjugate_gradient(matvec, {side}{told}) with A = {what}"
        got = result_of(call, conjugate_gradient, matvec, b, **named)
        check_result(call, got, due, status, steps)
        many = f"{call}\n {len(asked)} products for {got[1]} steps; one for each step is enough"
        check_that(len(asked) <= 1.25 * got[1] + 3, many)

    by_hand = "[[2, 1], [1, 2]]"
    check(by_hand, example, numbers(3, 0), numbers(1.5, 0), "maxiter", 1, maxiter=1)
    check(by_hand, example, numbers(3, 0), numbers(2, -1), "converged", 2)
    check(by_hand, example, numbers(0, 0), numbers(0, 0), "converged", 0)
    check(by_hand, example, numbers([3], [0]), numbers([2], [-1]), "converged", 2)
    call = "conjugate_gradient(matvec, 1e-12 · (3, 0)), times 1e12"
    side = 1e-12 * numbers(3, 0)
    x, steps, status = result_of(call, conjugate_gradient, lambda p: example @ p, side)
    check_result(call, (1e12 * x, steps, status), numbers(2, -1), "converged")
    saddle = torch.diag(numbers(1, -1))
    check("diag(1, -1)", saddle, numbers(0, 1), numbers(0, 0), "negative curvature", 0)
    reached = numbers(10, 5) / 3
    check("diag(1, -1)", saddle, numbers(2, 1), reached, "negative curvature", 1)
    values = torch.logspace(0, 3, 50, dtype=torch.float64)
    spread = torch.diag(values), values.sqrt(), 1 / values.sqrt()
    check("diag of 50 numbers from 1 to 1000", *spread, "converged", None, rtol=1e-12)
    check_left_alone(
        "conjugate_gradient", lambda b: conjugate_gradient(lambda p: example @ p, b), numbers(3, 0)
    )


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-conjugate_gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
run_checks(check_conjugate_gradient)
### BEGIN HIDDEN TESTS
raise RuntimeError(
    "The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py."
)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-conditioning", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_conditioning() -> None:
    """Draw the residual of conjugate gradients after every step, for three condition numbers."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(figsize=(7.2, 3.5))
    looks = ((1, "#007A5A", "-."), (2, "#0072B2", "-"), (3, "#D55E00", "--"))
    for power, colour, dashes in looks:
        values = torch.logspace(0, power, 400, dtype=torch.float64)
        r = torch.ones_like(values)
        p, sizes = r, [1.0]
        for _ in range(400):
            alpha = (r @ r) / (p @ (values * p))
            new = r - alpha * values * p
            p, r = new + (new @ new) / (r @ r) * p, new
            sizes.append(float(r.norm() / 20))
            if sizes[-1] < 1e-9:
                break
        axes.semilogy(sizes, dashes, color=colour, label=f"$\\kappa = {10**power}$")
    axes.axhline(1e-8, color="0.6", lw=0.8)
    axes.set(xlabel="step", ylabel="$\\|b - Ax\\| / \\|b\\|$")
    axes.legend(frameon=False, fontsize=9)
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Relative residual against the step for three matrices of 400 unknowns. With condition "
        "number 10 it falls below 1e-8 after some 30 steps, with 100 after about 90, and with 1000 "
        "after about 270.",
        caption="400 unknowns each. The condition number decides: it grows tenfold from line to "
        "line, and the steps threefold, like its root. The thin line is the default rtol, 1e-8.",
    )


draw_conditioning()

# %% [markdown]
# ## 5. Newton-CG: curvature for a hundred thousand unknowns
#
# Now put the two together. The Newton step solves $H d = -\nabla f$; conjugate gradients solve
# that by products $H p$; and a product costs about two to four gradients. No matrix anywhere.
#
# Two questions are left. *How exactly?* Far from the minimum nobody needs the step to eight
# digits: a few products give a good direction. So `rtol` and `maxiter` are handed on. *And
# negative curvature?* Then conjugate gradients come back early, with what they have. If that is
# nothing at all, because the very first direction $-\nabla f$ was the bad one, take $-\nabla f$
# itself: it is downhill, at least.
#
# ## Task 4: `newton_cg_step` (3 points)
#
# *About 10 minutes. Difficulty: 2 of 3.*
#
# A few lines, if task 3 is done. **No tensor of $n \times n$ numbers**, no loop over rows: the
# hidden checks ask for a step at $10^5$ unknowns.
#
# *Use* `gradient`, `hvp` and your `conjugate_gradient`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "newton_cg_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton_cg_step(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    rtol: float = 1e-8,
    maxiter: int | None = None,
) -> Tensor:
    """Give a Newton step without the matrix: H d = -∇f by conjugate gradients.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was.
        rtol: how small ‖H d + ∇f‖ has to be, in parts of ‖∇f‖.
        maxiter: how many conjugate directions are allowed; None as in `conjugate_gradient`.

    Returns:
        The step d, of the shape, dtype and device of `inputs`. Where a direction without positive
        curvature comes up, what was reached before it; where no conjugate step was taken, -∇f.
    """
    ### BEGIN SOLUTION
    slope = gradient(func, inputs)
    found = conjugate_gradient(lambda p: hvp(func, inputs, p), -slope, rtol=rtol, maxiter=maxiter)
    return -slope if found.steps == 0 else found.x
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-newton_cg_step", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_newton_cg_step() -> None:
    """Compare newton_cg_step with steps by hand, then try it where no matrix fits."""

    def check(
        what: str, func: Callable[[Tensor], Tensor], at: Tensor, due: Tensor, **named
    ) -> None:
        call = f"newton_cg_step(f, {at.tolist()}) with f = {what}"
        got = result_of(call, newton_cg_step, func, at, **named)
        check_tensor(call, got, due, rtol=1e-6, atol=1e-9)

    check("3x² + 2xy + 3y²", tilted_bowl, numbers(1, 2), numbers(-1, -2))
    check("3x² + 2xy + 3y², at its lowest point", tilted_bowl, numbers(0, 0), numbers(0, 0))
    check("two wells, beside the top", two_wells, numbers(0.1, 0), numbers(0.099, 0))
    saddle = "(x² - y²)/2: the second direction bends down"
    check(saddle, lambda t: (t[0] ** 2 - t[1] ** 2) / 2, numbers(-2, 1), numbers(10, 5) / 3)
    square = numbers([0.5, 0.25], [0.8, 0.75])
    check("the sum of t - ln t, t a matrix", logarithmic, square, square - square**2)

    # H = 2 I + 2 · ones: two different eigenvalues, so two steps, whatever n is.
    def coupled(t: Tensor) -> Tensor:
        return (t * t).sum() + t.sum() ** 2

    call, at = "newton_cg_step at n = 300", torch.linspace(1, 2, 300, dtype=torch.float64)
    # A product takes about 15 operations, whatever n is.
    with Effort(call, most=3000) as small:
        result_of(call, newton_cg_step, coupled, at)
    made = f"{call} made a tensor of {small.numbers} numbers"
    check_that(small.numbers < 300**2 / 4, f"{made}: that is H, or near it. Ask for products only")
    call, at = "newton_cg_step at n = 100 000", torch.linspace(1, 2, 100_000, dtype=torch.float64)
    step = result_of(call, newton_cg_step, coupled, at)
    off = float((step + at).norm() / at.norm())
    check_that(off < 1e-6, f"{call} should give -x; it is {off:.0e} ‖x‖ off")
    print(f"✓ {call}, where H would take 80 GB")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton_cg_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_newton_cg_step)
### BEGIN HIDDEN TESTS
raise RuntimeError(
    "The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py."
)
### END HIDDEN TESTS

# %% [markdown]
# ## A problem of size
#
# Logistic regression on 100 000 features with 100 examples, such as words in short texts: a few
# features are common and most are rare, so that the curvatures differ by many orders of magnitude.
# The cell below trains it with *your* `newton_cg_step`. Each outer step asks for a rough solution
# only, and halves the step where $f$ would rise. The dense Hessian would take 40 GB in float32.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-newton-cg", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def train_with_newton_cg() -> None:
    """Train a logistic regression of 10⁵ weights with your newton_cg_step."""
    import matplotlib.pyplot as plt

    generator = torch.Generator().manual_seed(0)
    n, examples = 100_000, 100
    rows = torch.randn(examples, n, generator=generator) * torch.arange(1, n + 1) ** -0.75
    rows = 5 * rows / rows.norm(dim=1).mean()
    noise = 0.5 * torch.randn(examples, generator=generator)
    labels = torch.sign(rows @ torch.randn(n, generator=generator) + noise)
    signed = rows * labels[:, None]

    def loss(weights: Tensor) -> Tensor:
        wrong = torch.nn.functional.softplus(-(signed @ weights))
        return wrong.mean() + 0.5e-4 * (weights * weights).sum()

    weights, sizes = torch.zeros(n), []
    for step in range(11):
        slope = gradient(loss, weights)
        sizes.append(float(slope.norm()))
        print(
            f"step {step:2}: loss {float(loss(weights)):.6f}, length of the gradient {sizes[-1]:.1e}"
        )
        if step == 10 or sizes[-1] < 1e-5:
            break
        rough = min(0.5, sizes[-1] ** 0.5)
        move, t = newton_cg_step(loss, weights, rtol=rough, maxiter=100), 1.0
        while t > 1e-10 and not loss(weights + t * move) <= loss(weights):
            t = t / 2
        weights = (weights + t * move).detach()
    fig, axes = plt.subplots(figsize=(7.2, 3.2))
    axes.semilogy(sizes, "o-", color="#0072B2")
    axes.set(xlabel="Newton-CG step", ylabel="length of the gradient")
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="The length of the gradient against the outer step, on a logarithmic scale. It falls "
        "slowly at first and then faster and faster.",
        caption="100 000 weights. The curve bends down at the end, as a method does that uses "
        "curvature: the closer it comes, the more it gains in a step.",
    )


with_answers(train_with_newton_cg)

# %% [markdown]
# Do not conclude that Newton-CG always wins. On features of equal size, gradient descent is as
# good here, and for deep networks with noisy batches Adam is hard to beat. Newton's method pays
# where the curvatures differ widely, where the function is smooth, and where the last digits
# matter.
#
# ## In five lines
#
# - A Newton step goes to where the touching parabola has no slope: $H d = -\nabla f$. Solve, do
#   not invert.
# - Near a minimum each step squares the error. Far from it, look before you leap: halve the step.
# - Negative curvature turns the step round. Divide by $|\lambda|$, and it leads downhill again.
# - Conjugate gradients solve $A x = b$ by products alone, in about $\sqrt\kappa$ steps, and tell
#   you where the curvature is negative.
# - Together with $Hv$ they take Newton steps where no matrix fits.
#
# From a library: `torch.linalg.solve(torch.func.hessian(f)(x), -torch.func.grad(f)(x))` is task 1,
# `scipy.optimize.minimize(f, x0, method="Newton-CG", jac=…, hessp=…)` is all of it, and
# `scipy.sparse.linalg.cg` is task 3, for a positive definite $A$. Now you know what they do.
