# %% [markdown]
# # Influence: which example is to blame
#
# A model has been trained, and it gets something wrong. *Which of its training examples made it so?*
# You could leave one out, train again and look; and then the next one, 240 times, or a million times.
# Or you ask the curvature. At the end of training the parameters sit at the bottom of a bowl. Give
# one example a little more weight, and the bottom moves a little. How far, and which way: that takes
# one gradient and one Hessian. In this lesson you write
#
# 1. `inverse_hvp`, which solves $(H + \text{damping} \cdot I)\,x = v$ by products alone (3 points),
# 2. `influence_on_loss`, one number for each training example (4 points),
# 3. `leave_one_out_change`, what leaving it out would do (1 point).
#
# Then you hold the prediction against the truth. You leave out each of 240 handwritten digits, train
# 240 times, and compare. You look for wrong labels, you look at the images that did harm, and at the
# end you see where all this stops working. There is one question to answer in words (2 points).
#
# You need to know what a Hessian-vector product is, and conjugate gradients: the lessons *hvp* and
# *newton*.
#
# **Time:** about two hours, 75 minutes of them for the tasks. **To install:** PyTorch and matplotlib.
# The second half takes its digits from `scikit-learn`; everything before it runs without. With
# `ipywidgets`, one of the pictures has a slider; without it you see the same pictures side by side.
#
# Run the next two cells first: they bring in PyTorch and a few small tools.
#
# In the notebook, a grey bar is code of ours: run it like any other cell, click it to read it.

# %%
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
# The parameters of a model are several tensors, and a Hessian wants one long vector. These two
# functions go from one to the other. Use them freely.

# %%
compared = {}  # what the digits show, once section 5 has been run


def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors into one long vector."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def shaped_like(vector: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Cut a long vector into tensors of the shapes of `tensors`: the way back."""
    parts = vector.split([tensor.numel() for tensor in tensors])
    return tuple(part.reshape(one.shape) for part, one in zip(parts, tensors, strict=True))

# %% [markdown]
# ## 1. By hand: a line through the origin
#
# Three points, $(1, 1)$, $(2, 1)$ and $(1, 3)$, and a line $y = \theta x$ with one parameter. Each
# point has a loss, $L_i = \tfrac12 (\theta x_i - y_i)^2$, and training makes their **mean** small.
# That is least squares:
#
# $$ \theta = \frac{\sum x_i y_i}{\sum x_i^2} = \frac{1 + 2 + 3}{1 + 4 + 1} = 1 . $$
#
# Now give point $i$ a little weight on top, $\varepsilon$, so that what is made small is
# $L(\theta) + \varepsilon L_i(\theta)$, with $L$ for the mean. Where is the new minimum? There the
# slope is zero:
#
# $$ \nabla L(\theta) + \varepsilon\, \nabla L_i(\theta) = 0 . $$
#
# This holds for every $\varepsilon$, and $\theta$ moves along with it. So differentiate the whole line
# with respect to $\varepsilon$, at $\varepsilon = 0$. The first term gives $H\, \theta'$ by the chain
# rule, where $H$ is the curvature of the mean loss; the second gives $\nabla L_i$:
#
# $$ H\,\theta' + \nabla L_i = 0 \qquad\Longrightarrow\qquad \theta' = -H^{-1}\,\nabla L_i . $$
#
# Here $H$ is the mean of $x^2$, that is $6/3 = 2$, and $\nabla L_i = x_i (\theta x_i - y_i)$:
#
# | point | $\theta x_i - y_i$ | $\nabla L_i$ | $\theta' = -\nabla L_i / 2$ | |
# |:--|--:|--:|--:|:--|
# | $(1, 1)$ | $0$ | $0$ | $0$ | on the line already: no pull |
# | $(2, 1)$ | $1$ | $2$ | $-1$ | below the line: pulls it down |
# | $(1, 3)$ | $-2$ | $-2$ | $1$ | above the line: pulls it up |
#
# *Try it:* with the weight $\varepsilon$ on $(1, 3)$, the minimum is exactly
# $\theta = (6/3 + 3\varepsilon)/(6/3 + \varepsilon)$. Differentiate this at $\varepsilon = 0$ with a
# pencil. Do you get 1?

# %%
def draw_line() -> None:
    """Draw the line with one point heavier, and its slope against the weight."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.7))
    points = ((1, 1), (2, 1), (1, 3))
    blue, orange = "#0072B2", "#D55E00"

    def slope(which: int, weight: Tensor) -> Tensor:
        x, y = points[which]
        return (2 + weight * x * y) / (2 + weight * x * x)

    for weight, style in ((-1 / 3, ":"), (0.0, "-"), (0.5, "--")):
        now = float(slope(2, torch.tensor(weight)))
        left.plot([0, 2.3], [0, 2.3 * now], style, color=blue, lw=2 if weight == 0 else 1.5)
        left.text(2.33, 2.3 * now, f"{weight:+.2f}" if weight else "0", color=blue, va="center", fontsize=9)
    for number, (x, y) in enumerate(points):
        left.plot(x, y, "o", color=orange if number == 2 else "0.25", ms=9 if number == 2 else 7)
    left.text(0.55, 3.28, "heavier, or left out", color=orange, va="center", fontsize=9)
    left.set(xlim=(0, 2.75), ylim=(0, 3.6), xlabel="x", ylabel="y", title="the line moves")

    weights = torch.linspace(-1 / 3, 0.8, 100)
    for which, colour, name in ((2, orange, "(1, 3)"), (1, blue, "(2, 1)")):
        rate = 1 if which == 2 else -1
        right.plot(weights, slope(which, weights), color=colour, lw=2)
        right.plot(weights, 1 + rate * weights, "--", color=colour, lw=1.3)
        right.plot(-1 / 3, slope(which, torch.tensor(-1 / 3)), "o", color=colour, ms=6)
        right.text(0.6, 1.3 if which == 2 else 0.78, name, color=colour, fontsize=10)
    right.axvline(0, color="0.8", lw=1, zorder=0)
    right.set(ylim=(0.2, 2.1), xlabel="weight ε on top", ylabel="θ", title="and its slope")
    right.text(-0.26, 1.97, "left out", fontsize=9, color="0.35", ha="left")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left: three points and three lines through the origin. With more weight on the point "
        "(1, 3) the line is steeper, without that point it is flatter. Right: the slope against "
        "the weight, two curves with their tangents at weight 0. One rises and one falls. At the "
        "left end, weight -1/3, the curve of (2, 1) is far above its tangent, and the curve of "
        "(1, 3) a little below its own.",
        caption="Left: the line with the weight -1/3, 0 and 1/2 on top for the orange point. Right: "
        "θ against the weight, and dashed what the derivative at 0 predicts. Both curves bend. At "
        "-1/3 the point is gone, and the dot is the truth. For (2, 1) the tangent is far off.",
    )


draw_line()

# %% [markdown]
# What does it do to a *test* point? Take $(1, 0)$, with the loss $L_\text{test} = \tfrac12 \theta^2$.
# At $\theta = 1$ it rises by 1 for each unit of $\theta$. So the chain rule has one more factor:
#
# $$
# \boxed{\; I_i = \frac{d L_\text{test}}{d\varepsilon}
#  = \nabla L_\text{test}^\mathsf{T}\, \theta'
#  = -\nabla L_\text{test}^\mathsf{T}\, H^{-1}\, \nabla L_i \;}
# $$
#
# and the three influences are $0$, $-1$ and $1$. This is the **influence function** of robust
# statistics (Hampel, 1974); Koh and Liang (2017) brought it to neural networks.
#
# Signs and scales are where people go wrong, so here they are, once and for all:
#
# | | |
# |:--|:--|
# | $I_i > 0$ | more weight on $i$ **raises** the test loss: the example does **harm** |
# | $I_i < 0$ | more weight on $i$ lowers the test loss: the example **helps** |
# | $H$ | the Hessian of the **mean** training loss |
# | $\nabla L_i$ | the gradient of **one** example's loss, not divided by anything |
# | $L_\text{test}$ | the **mean** over the test examples |
#
# **Predict, then try.** Which of the three points would you leave out to make the test loss smaller?
# And for the test point $(1, 2)$, which lies above the line? Write down the three signs for it, then
# change `test_y` and run the cell.

# %%
x, y = torch.tensor([1.0, 2.0, 1.0]), torch.tensor([1.0, 1.0, 3.0])
test_x, test_y = 1.0, 0.0
theta = (x * y).sum() / (x * x).sum()
moves = x * (y - theta * x) / (x * x).mean()  # dθ/dε, for each of the three
print("θ =", theta.item(), " influences:", (test_x * (theta * test_x - test_y) * moves).tolist())

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The point $(1, 3)$ does harm to the test point $(1, 0)$: it pulls the line up, and $(1, 0)$ lies
# below. For $(1, 2)$ the slope of the test loss is $-1$, all signs turn, and now $(2, 1)$ does the
# harm. No example is harmful by itself, but only *to these test points*.
#
# </details>
#
# ## 2. To solve, not to invert
#
# With $n$ parameters, $H$ is an $n \times n$ matrix, and nobody wants to write it down. But nobody has
# to: $H^{-1} v$ is the $x$ with $H x = v$, and a system can be solved by products alone.
#
# One thing first. Where $H$ has an eigenvalue near zero, $H^{-1}$ is enormous along that direction, and
# where one is negative, it even points the wrong way. So one adds a little to *every* eigenvalue, the
# **damping**:
#
# $$ (H + \text{damping} \cdot I)\, x = v . $$
#
# It is not a mere trick. Whoever trains with weight decay, $\tfrac{\lambda}{2} \lVert\theta\rVert^2$ on
# top of the mean loss, has exactly this matrix for a Hessian, with $\lambda$ for the damping.
#
# By hand, with damping 1:
#
# $$
# \Big[ \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix} + \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \Big]
# \begin{pmatrix} x_1 \\ x_2 \end{pmatrix} = \begin{pmatrix} 4 \\ 4 \end{pmatrix}
# \quad\Longrightarrow\quad x = \begin{pmatrix} 1 \\ 1 \end{pmatrix},
# \qquad\text{for } 3 + 1 = 4 .
# $$
#
# How to solve it? Papers on influence often use a series, under the name LiSSA: start with $x = v$ and
# repeat $x \leftarrow v + x - H x$. If it comes to rest, then $H x = v$. But every round multiplies
# what is wrong along an eigenvector by $1 - \lambda$, and for $\lambda > 2$ that *grows*. So the series
# has to be scaled by the largest eigenvalue, and then the small ones are slow. You know something
# better.

# %%
def draw_solvers() -> None:
    """Draw what is left of v against the products, for three ways to solve."""
    import matplotlib.pyplot as plt

    values = torch.logspace(-1, 1, 40, dtype=torch.float64)
    v = torch.cos(torch.arange(40, dtype=torch.float64))
    steps = torch.arange(0, 61)
    # A round of the series multiplies the residual along each eigenvector.
    bare = torch.stack([v * (1 - values) ** int(k) for k in steps]).norm(dim=1) / v.norm()
    scaled = torch.stack([v * (1 - values / 10) ** int(k) for k in steps]).norm(dim=1) / v.norm()
    best, basis = [1.0], (v / v.norm())[:, None]
    for _ in steps[1:]:
        small = basis.T @ (values[:, None] * basis)
        x = basis @ torch.linalg.solve(small, basis.T @ v)
        best.append(float((v - values * x).norm() / v.norm()))
        if basis.shape[1] < 40:
            basis = torch.linalg.qr(torch.cat([basis, values[:, None] * basis[:, -1:]], 1)).Q
    fig, axes = plt.subplots(figsize=(7.2, 3.5))
    for name, left, colour, place in (
        ("series", bare, "#D55E00", (6.3, 1.5e3)),
        ("scaled series", scaled, "#007A5A", (41, 1.2)),
        ("conjugate gradients", best, "#0072B2", (15, 1e-6)),
    ):
        axes.semilogy(steps, left, color=colour, lw=2)
        axes.text(*place, name, color=colour)
    axes.axhline(1e-10, color="0.6", lw=1, ls=":")
    axes.text(0.5, 2.2e-10, "1e-10", color="0.4", fontsize=9)
    axes.set(ylim=(1e-13, 1e5), xlim=(0, 60), xlabel="products with H", ylabel="‖v - H x‖ / ‖v‖")
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="What is left of v against the number of products, on a logarithmic scale. The bare "
        "series shoots up and out of the picture. The scaled series creeps down and is above 0.1 "
        "after 60 products. Conjugate gradients fall below 1e-10 after about 40.",
        caption="Forty eigenvalues from 0.1 to 10. The bare series runs away, for some eigenvalues "
        "are above 2. Scaled, it converges, slowly. Conjugate gradients need no scale and, but for "
        "rounding, are there after as many products as there are different eigenvalues. They are drawn "
        "here without rounding; in float64 they take some more.",
    )


draw_solvers()

# %% [markdown]
# The next cell holds the tools of the checks. You need not read it.

# %%
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


# %% [markdown]
# ## Task 1: `inverse_hvp` (3 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# Solve $(H + \text{damping} \cdot I)\,x = v$. You may take your own conjugate gradients from the lesson
# on Newton's method and change what has to be changed. Rules:
#
# - `matvec` is all you have of $H$, and it knows nothing of the damping.
# - $v$ may have any shape. Give `matvec` that shape, and give $x$ that shape. Leave $v$ itself alone.
# - Go on until $\lVert v - (H + \text{damping} \cdot I)\,x \rVert \le 10^{-10}\, \lVert v \rVert$ in
#   float64, and $10^{-5}\,\lVert v \rVert$ in float32. *Smaller than what?* Mind a $v$ that is tiny.
# - For $v = 0$ the answer is zero, exactly. Does your code divide by zero?
# - At size, products and memory are counted: a few vectors, and far fewer products than unknowns.

# %%
def inverse_hvp(matvec: Callable[[Tensor], Tensor], v: Tensor, *, damping: float = 0.0) -> Tensor:
    """Solve (H + damping I) x = v for a symmetric H of which only products are known.

    Args:
        matvec: gives H p for a p of the shape and dtype of `v`; every call is counted.
        v: the right side, of any shape. It is left as it was.
        damping: what is added to every eigenvalue; H + damping I is positive definite.

    Returns:
        x, of the shape and dtype of `v`, with ‖v - (H + damping I) x‖ ≤ 1e-10 ‖v‖ in float64 (1e-5
        in float32). Where v is zero, x is zero.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")

# %%
def check_inverse_hvp() -> None:
    """Compare inverse_hvp with systems that are solved by hand, and look at what is left over."""

    def check(name: str, rows: object, v: Tensor, due: list, **options: float) -> None:
        kept, matvec, wanted = v.clone(), CountedMatrix(rows, v), numbers(*due)
        call = f"inverse_hvp(H, v{''.join(f', {k}={a}' for k, a in options.items())}), {name}"
        got = result_of(call, inverse_hvp, matvec, v, **options)
        check_tensor(call, got, wanted, rtol=0, atol=1e-8 * wanted.abs().max().item())
        moved = f"{call}\n changed the numbers of v, which is your caller's: work on a copy"
        check_that(torch.equal(v, kept), moved)

    pair = [[2.0, 1], [1, 2]]
    check("H = [[2, 1], [1, 2]], v = (3, 0)", pair, numbers(3, 0), [2.0, -1])
    check("the same H, v = (4, 4)", pair, numbers(4, 4), [1.0, 1], damping=1.0)
    eights = torch.diag(numbers(1, 2, 4, 8))
    square = numbers([1, 2], [4, 8])
    check("H = diag(1, 2, 4, 8), v = [[1, 2], [4, 8]]", eights, square, [[1.0, 1], [1, 1]])
    check("the same, v times 1e-14", eights, 1e-14 * square, [[1e-14, 1e-14], [1e-14, 1e-14]])
    check("the same, v = 0", eights, 0 * square, [[0.0, 0], [0, 0]])
    flat = [[1.0, -1], [-1, 1]]  # the eigenvalues are 0 and 2
    check("H = [[1, -1], [-1, 1]], v = (1, 1)", flat, numbers(1, 1), [2.0, 2], damping=0.5)

    many = torch.linspace(1, 40, 20, dtype=torch.float64)
    v, matvec = torch.ones_like(many), CountedMatrix(torch.diag(many), many)
    call = "inverse_hvp(H, v) with 20 eigenvalues from 1 to 40"
    left = ((many * result_of(call, inverse_hvp, matvec, v) - v).norm() / v.norm()).item()
    check_that(left <= 1.1e-10, f"{call}\n leaves a residual of {left:.1e} ‖v‖, and 1e-10 may be left")
    print(f"✓ {call}: {matvec.products} products")


# %%
run_checks(check_inverse_hvp)

# %% [markdown]
# **Predict, then try.** $H$ has only the three eigenvalues 1, 2 and 5, a thousand times each. How many
# products will your function need? Write it down, then run the cell.

# %%
eigenvalues, products = torch.tensor([1.0, 2.0, 5.0]).repeat(1000), []
count = products.append
with_answers(lambda: inverse_hvp(lambda p: count(1) or eigenvalues * p, torch.linspace(1, 2, 3000)))
print(f"{len(products)} products")

# %% [markdown]
# <details>
# <summary>How many?</summary>
#
# Three: one for each *different* eigenvalue, however many unknowns there are. One more is a matter of
# rounding. So what counts is not how large a Hessian is, but how its eigenvalues lie. A few large ones
# and a crowd beside one another are an easy case, and that is how those of networks lie.
#
# </details>

# %% [markdown]
# ## 3. One number for each example
#
# Now the real thing, $-\nabla L_\text{test}^\mathsf{T} (H + \text{damping} \cdot I)^{-1} \nabla L_i$ for
# each of $m$ examples. Read it from the right, and there are $m$ systems to solve, one for each
# $\nabla L_i$. Read it from the left, and there is **one**. $H$ is symmetric, so
#
# $$
# s = (H + \text{damping} \cdot I)^{-1}\, \nabla L_\text{test},
# \qquad\qquad
# I_i = -\,\nabla L_i^\mathsf{T} s .
# $$
#
# So solve once, and multiply $m$ times. Even that can be had in one go: $\nabla L_i^\mathsf{T} s$ is how
# fast $L_i$ changes when the parameters move along $s$. And `loss` gives all the $L_i$ at once.
#
# For the line of section 1 the model has one parameter, $\nabla L_\text{test} = 1$ and $s = 1/2$. Then
# the influences are $-\tfrac12 \cdot (0, 2, -2) = (0, -1, 1)$, as before.
#
# | | systems to solve | numbers in memory |
# |:--|--:|--:|
# | invert $H$, multiply | – | $n^2$ |
# | a system for each example | $m$ | a few times $n$ |
# | all gradients as rows, one system | $1$ | $m \cdot n$ |
# | one system, one product at a time or the change along $s$ | $1$ | a few times $n$ |
#
# ## Task 2: `influence_on_loss` (4 points)
#
# *About 35 minutes. Difficulty: 3 of 3.*
#
# - `loss(parameters, x, y)` gives **one loss for each example**. The mean is yours to take.
# - `parameters` is a sequence of tensors. Some models' are marked with `requires_grad`, others are
#   not; some losses do not use all of them. Leave them as they were, `.grad` included.
# - Where the losses are linear, $H$ is zero, and the damping alone holds the system up.
# - Solve with your `inverse_hvp`. Memory stays within a few gradients: neither $n^2$ nor $m \cdot n$.

# %%
def influence_on_loss(
    loss: Callable[..., Tensor],
    parameters: Sequence[Tensor],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    damping: float = 1e-3,
) -> Tensor:
    """Say by how much the mean test loss rises for each unit of weight that an example is given.

    Args:
        loss: `loss(parameters, x, y)` gives one loss for each example, of shape `(len(x),)`.
        parameters: the trained parameters, a sequence of tensors. They are left as they were.
        train: the training examples (x, y), m of them.
        test: the test examples (x, y).
        damping: what is added to every eigenvalue of H.

    Returns:
        -∇L_testᵀ (H + damping I)⁻¹ ∇Lᵢ for each training example i, of shape `(m,)` and the dtype of
        the parameters. H is the Hessian of the mean training loss, L_test the mean test loss.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")

# %%
def check_influence_on_loss() -> None:
    """Compare influence_on_loss with influences that are worked out by hand."""
    f64 = torch.float64

    def check(name, loss, parameters, train, test, due, **options) -> None:
        kept = [parameter.detach().clone() for parameter in parameters]
        marks = [parameter.requires_grad for parameter in parameters]
        call = f"influence_on_loss(…{''.join(f', {k}={a}' for k, a in options.items())}), {name}"
        got = result_of(call, influence_on_loss, loss, parameters, train, test, **options)
        check_tensor(call, got, numbers(*due), rtol=0, atol=1e-8)
        for parameter, before, mark in zip(parameters, kept, marks, strict=True):
            changed = f"{call}\n changed your caller's parameters:"
            check_that(torch.equal(parameter, before), f"{changed} they hold other numbers")
            check_that(parameter.grad is None, f"{changed} something is left in .grad")
            check_that(parameter.requires_grad == mark, f"{changed} requires_grad is another")

    line = lambda p, x, y: (p[0] * x - y) ** 2 / 2  # noqa: E731
    theta, three = [torch.tensor(1.0, dtype=f64)], (numbers(1, 2, 1), numbers(1, 1, 3))
    one = (numbers(1), numbers(0))
    check("the line of section 1", line, theta, three, one, [0.0, -1, 1], damping=0.0)
    check("the same", line, theta, three, one, [0.0, -0.5, 0.5], damping=2.0)
    check("the same, default damping", line, theta, three, one, [0.0, -2 / 2.001, 2 / 2.001])
    two = (numbers(1, 1), numbers(0, 1))
    check("two test examples", line, theta, three, two, [0.0, -0.5, 0.5], damping=0.0)

    # Slope a and height b: H = [[5/3, 1], [1, 1]], and its inverse times (1, 1) is (0, 1).
    tilted = lambda p, x, y: (p[0] * x + p[1] - y) ** 2 / 2  # noqa: E731
    both = [torch.tensor(value, dtype=f64, requires_grad=True) for value in (1.0, 0.0)]
    steps = (numbers(0, 1, 2), numbers(1, 1, 1))
    check("slope and height", tilted, both, steps, one, [1.0, 0, -1], damping=0.0)
    spare = [both[0], numbers([5, 5]), both[1]]
    skips = lambda p, x, y: tilted((p[0], p[2]), x, y)  # noqa: E731
    check("a parameter that is not used", skips, spare, steps, one, [1.0, 0, -1], damping=1e-12)
    straight = lambda p, x, y: y * (p[0] * x)  # noqa: E731
    check("losses that do not bend", straight, theta, three, two, [-1.0, -2, -3], damping=0.5)


# %%
run_checks(check_influence_on_loss)

# %% [markdown]
# ## 4. Leaving one out
#
# In the mean over $m$ examples, each has the weight $1/m$. To leave example $i$ out is to take this
# weight away: $\varepsilon = -1/m$. The others keep theirs. An influence is a rate, so multiply:
#
# $$ \text{change of the test loss} \approx -\frac{1}{m}\, I_i . $$
#
# For our line and the test point $(1, 0)$, $m = 3$, and the truth is easy to have:
#
# | left out | predicted change | $\theta$ without it | true change |
# |:--|--:|--:|--:|
# | $(1, 1)$ | $0$ | $5/5 = 1$ | $0$ |
# | $(2, 1)$ | $+0.333$ | $4/2 = 2$ | $+1.5$ |
# | $(1, 3)$ | $-0.333$ | $3/5 = 0.6$ | $-0.32$ |
#
# The signs are right, the third number is good, and the second is far off. Why? The point $(2, 1)$ has
# most of the curvature: $x^2 = 4$ of 6. When it goes, the bowl goes with it, and the line gives way
# three times as far. The derivative at $\varepsilon = 0$ does not know that. Statisticians call this
# share an example's **leverage**. With 3 points it is large. With hundreds it is mostly small.
#
# The next picture lets $(2, 1)$ count as often as you like: $0$ times is left out, once is as it was.


# %%
def draw_weight(axes, weight: float) -> None:
    """Draw the line through the origin when (2, 1) counts `weight` times, and the guess for it."""
    slope, guess = (4 + 2 * weight) / (2 + 4 * weight), 1 - (weight - 1) / 3
    axes.plot([0, 2.3], [0, 2.3 * guess], "--", color="0.55", lw=1.5)
    axes.plot([0, 2.3], [0, 2.3 * slope], color="#0072B2", lw=2.2)
    axes.plot([1, 1], [1, 3], "o", color="0.25", ms=6)
    fill = "#D55E00" if weight else "none"
    axes.plot(2, 1, "o", mfc=fill, mec="#D55E00", ms=6 * max(weight, 1) ** 0.5, zorder=3)
    axes.set(xlim=(0, 2.4), ylim=(-0.2, 4.9), xlabel="x", yticks=range(5))


play(
    draw_weight,
    "weight",
    (0, 0.5, 1, 2, 4),
    alt="Three points and two lines through the origin, for five weights of the point (2, 1). At "
    "weight 1 the lines agree. At weight 0 the true line has the slope 2, the dashed one 1.33. At "
    "weight 2 they have 0.8 and 0.67, and at weight 4 the dashed line is flat, while the true one "
    "has the slope 0.67.",
    caption="Orange: the point (2, 1), which counts as often as the weight says. Blue: the best line. "
    "Dashed: the line that the derivative at weight 1 predicts.",
)

# %% [markdown]
# Taking the point away does more than the derivative says, and adding more of it does less: the
# more curvature a point brings, the stiffer the bowl.
#
# **Predict, then try.** Now let each of the three points be there 50 times, and leave out *one* of
# the fifty at $(2, 1)$. By what factor is the truth larger than the prediction now? It was
# $1.5 / 0.333 = 4.5$. Write down your guess, then set `copies` to 50.

# %%
copies = 1
x, y = torch.tensor([1.0, 2.0, 1.0] * copies), torch.tensor([1.0, 1.0, 3.0] * copies)
theta = (x * y).sum() / (x * x).sum()
without_it = ((x * y).sum() - 2) / ((x * x).sum() - 4)
predicted, true = 2 / (x * x).sum(), (without_it**2 - theta**2) / 2
print(f"predicted {predicted:.5f}, true {true:.5f}: {true / predicted:.3f} times as much")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# It is 1.017: less than two per cent off, since one point of 150 has little of the curvature, 4 of 300.
#
# </details>

# %% [markdown]
# ## Task 3: `leave_one_out_change` (1 point)
#
# *About 5 minutes. Difficulty: 1 of 3.*

# %%
def leave_one_out_change(influence: Tensor) -> Tensor:
    """Predict how the mean test loss changes when a training example is left out.

    Args:
        influence: the influence of each of m training examples on the test loss, of shape `(m,)`.

    Returns:
        The change for each example, of the same shape and dtype: its weight in the mean goes from
        1/m to 0, and the others keep theirs.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")

# %%
def check_leave_one_out_change() -> None:
    """Compare leave_one_out_change with the line of section 1."""
    for given, due in (
        ((0, -1, 1), (0, 1 / 3, -1 / 3)),
        ((8, 0, -4, 0, 0, 0, 0, 0), (-1, 0, 0.5, 0, 0, 0, 0, 0)),
        ((-0.5,), (0.5,)),
    ):
        call = f"leave_one_out_change({list(given)})"
        got = result_of(call, leave_one_out_change, numbers(*given))
        check_tensor(call, got, numbers(*due), rtol=0, atol=1e-9)


# %%
run_checks(check_leave_one_out_change)

# %% [markdown]
# ## 5. Against the truth: 240 digits, 240 times left out
#
# Is it any good on real data? There is an honest way to find out: **do it**. Take the 3s and 8s of
# scikit-learn's handwritten digits, 240 to train on and 117 to test on. The model is a logistic
# regression with 65 parameters, trained by Newton's method until its gradient is below $10^{-12}$, with
# a weight decay of 0.03. Then leave out each example in turn, train to the end again, and write down
# by how much the test loss has really changed. Your three functions predict the same 240 numbers
# without any training.
#
# *Predict first:* how well will the two agree, as a correlation? 0.5, 0.9, 0.99?
#
# From here on you need one package more: `pip install scikit-learn`.

# %%
from torch.nn.functional import softplus

try:
    from sklearn.datasets import load_digits
except ImportError:
    load_digits = None
    print("This section needs scikit-learn: run `pip install scikit-learn` and this cell again.")

# For matrices this small one thread is as fast as two, and it does not wait for a busy one.
torch.set_num_threads(1)
DECAY = 0.03


def two_digits(seed: int = 0) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Give the 3s and the 8s, 240 to train on and the rest to test on; y is 1 for an 8."""
    data = load_digits()
    keep = torch.tensor((data.target == 3) | (data.target == 8))
    x, y = torch.tensor(data.data / 16.0)[keep], (torch.tensor(data.target) == 8)[keep].double()
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    x, y = x[order], y[order]
    return (x[:240], y[:240]), (x[240:], y[240:])


def logistic_loss(parameters: Sequence[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Give the loss of each example of a logistic regression; y is 0 or 1."""
    weight, bias = parameters
    score = x @ weight + bias
    return softplus(score) - y * score


def trained(
    x: Tensor, y: Tensor, decay: float, left_out: int | None = None, start: Tensor | None = None
) -> Tensor:
    """Train by Newton's method to the end: 64 weights and the bias, as one vector."""
    wide = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)
    share = torch.full((len(x),), 1 / len(x), dtype=x.dtype)
    if left_out is not None:
        share[left_out] = 0  # the others keep their weight of 1/m
    theta = torch.zeros(wide.shape[1], dtype=x.dtype) if start is None else start
    for _ in range(50):
        p = torch.sigmoid(wide @ theta)
        slope = wide.T @ (share * (p - y)) + decay * theta
        if slope.norm() < 1e-12:
            break
        bend = wide.T @ ((share * p * (1 - p))[:, None] * wide)
        theta = theta - torch.linalg.solve(bend + decay * torch.eye(len(theta)), slope)
    return theta


def in_two(theta: Tensor) -> tuple[Tensor, Tensor]:
    """Take weights and bias apart."""
    return theta[:-1], theta[-1]


def correlation(one: Tensor, other: Tensor) -> float:
    """Say how near two rows of numbers are to a straight line."""
    return float(torch.corrcoef(torch.stack([one, other]))[0, 1])


if load_digits is not None:
    train, test = two_digits()
    theta = trained(*train, DECAY)
    right = ((test[0] @ theta[:-1] + theta[-1] > 0) == (test[1] > 0.5)).double().mean()
    loss = logistic_loss(in_two(theta), *test).mean()
    print(f"trained on {len(train[1])}: {100 * right:.1f} % of {len(test[1])} right, test loss {loss:.4f}")

# %% [markdown]
# The next cell leaves each of the 240 out and trains again, for four values of the decay: 960
# trainings in all. That takes a few seconds; each starts where the full training ended, and Newton's
# method needs two to four steps. Beside the influence there is a cheap rival, the product of the two
# gradients *without* the inverse between them.

# %%
def left_out(decay: float, theta: Tensor) -> Tensor:
    """Leave each example out, train to the end, and give the true change of the test loss."""
    before = logistic_loss(in_two(theta), *test).mean()
    changes = []
    for i in range(len(train[1])):
        others = trained(*train, decay, left_out=i, start=theta)
        changes.append(logistic_loss(in_two(others), *test).mean() - before)
    return torch.stack(changes)


def gradients_alone(theta: Tensor) -> Tensor:
    """Multiply the gradients of test loss and example, without the inverse; the sign as for a change."""
    def slopes(examples: tuple[Tensor, Tensor]) -> Tensor:
        wide = torch.cat([examples[0], torch.ones(len(examples[1]), 1, dtype=theta.dtype)], 1)
        return (torch.sigmoid(wide @ theta) - examples[1])[:, None] * wide

    return slopes(train) @ slopes(test).mean(0) / len(train[1])


def compare() -> dict[float, tuple[Tensor, Tensor, Tensor]]:
    """Predict, retrain, and say how the two agree, for four decays."""
    found = {}
    for decay in (0.1, 0.03, 0.01, 0.001):
        theta = trained(*train, decay)
        influences = influence_on_loss(logistic_loss, in_two(theta), train, test, damping=decay)
        predicted, true = leave_one_out_change(influences), left_out(decay, theta)
        alone = gradients_alone(theta)
        found[decay] = predicted, alone, true
        print(
            f"decay {decay}: correlation {correlation(predicted, true):.4f} with retraining; "
            f"gradients alone {correlation(alone, true):.2f}"
        )
    return found


compared.clear()
if load_digits is not None:
    with_answers(lambda: compared.update(compare()))

# %%
def draw_left_out() -> None:
    """Draw the true changes against the predicted ones, with and without the inverse."""
    import matplotlib.pyplot as plt

    predicted, alone, true = (1e3 * one for one in compared[DECAY])
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.9), sharey=True)
    left.axline((0, 0), slope=1, color="0.7", lw=1)
    for axes, guess, colour in ((left, predicted, "#0072B2"), (right, alone, "#D55E00")):
        axes.scatter(guess, true, s=16, color=colour, alpha=0.6, lw=0)
        axes.text(0.05, 0.92, f"correlation {correlation(guess, true):.3f}", transform=axes.transAxes)
        axes.grid(alpha=0.25)
    left.set_xticks([-0.5, 0, 0.5, 1])
    left.set(xlabel="influence says, × 10⁻³", ylabel="retraining says, × 10⁻³", title="with the inverse")
    right.set(xlabel="gradients alone say, × 10⁻³", title="without it")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Two scatter plots of 240 points. Left, the changes that influences predict against "
        "the true ones: all points lie close to the diagonal. Right, gradients alone: the points are "
        "scattered widely, and many with a negative guess have a positive truth.",
        caption="Each point is one training digit, left out. Left: by your functions, close to the "
        "diagonal. Right: the gradients' product without the inverse of the Hessian. The points on "
        "the right of zero made the test loss smaller; without them it is larger.",
    )


if compared:
    draw_left_out()
else:
    print("The picture comes when the section above has run.")

# %% [markdown]
# What came out when this lesson was written:
#
# | weight decay | 0.1 | 0.03 | 0.01 | 0.001 |
# |:--|--:|--:|--:|--:|
# | correlation with retraining | 0.9998 | 0.998 | 0.994 | 0.973 |
# | gradients alone | 0.87 | 0.64 | 0.18 | 0.43 |
#
# With a decay of 0.03, 240 trainings and one system of equations say nearly **the same**. Without the
# inverse the agreement is anything from fair to poor. And look along the first row: with less decay, it
# gets worse. The bowl is flatter then, a single example holds a larger share of the curvature, and you
# know from the line what that does. In the picture, too, the largest changes lie above the diagonal:
# they are larger in truth than predicted.
#
# **Predict, then try.** The training has its decay of 0.03. What if you forget to say so to your
# function, and give it a damping of nearly zero? Will the correlation of 0.998 be lower, and will the
# predicted changes be too large or too small?

# %%
if compared:
    theta = trained(*train, DECAY)
    influences = influence_on_loss(logistic_loss, in_two(theta), train, test, damping=1e-4)
    guess, true = leave_one_out_change(influences), compared[DECAY][2]
    print(f"correlation {correlation(guess, true):.3f}, size {guess.norm() / true.norm():.2f}")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The correlation falls to 0.51, and the predicted changes are almost three times as large as the true
# ones. Along the flat directions the decay of 0.03 is nearly all the curvature there is. Without it
# $H^{-1}$ is enormous there and drowns the rest. So take the Hessian of what was really minimised,
# with everything that was added to the loss.
#
# </details>
#
# **Which images do harm?** Take the test digit that the model gets most wrong, as a test set of one.
# The next picture shows the training digits with the largest influence on *its* loss, both ways.

# %%
def draw_harmful() -> None:
    """Draw the worst test digit, and the training digits that harm and help it most."""
    import matplotlib.pyplot as plt

    parameters = in_two(trained(*train, DECAY))
    worst = int(logistic_loss(parameters, *test).argmax())
    one = test[0][worst : worst + 1], test[1][worst : worst + 1]
    influences = influence_on_loss(logistic_loss, parameters, train, one, damping=DECAY)
    order = influences.argsort(descending=True)
    fig, grid = plt.subplots(2, 6, figsize=(8.4, 3.4))
    names = {0.0: "3", 1.0: "8"}
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
    grid[0, 0].imshow(one[0].view(8, 8), cmap="Greys")
    grid[0, 0].set_title(f"test: it is a {names[float(one[1])]}", fontsize=9)
    grid[1, 0].axis("off")
    for row, picks, colour in ((0, order[:5], "#D55E00"), (1, order.flip(0)[:5], "#0072B2")):
        for axes, i in zip(grid[row, 1:], picks, strict=True):
            axes.imshow(train[0][i].view(8, 8), cmap="Greys")
            axes.set_title(f"a {names[float(train[1][i])]}: {influences[i]:+.1f}", fontsize=9, color=colour)
    grid[0, 1].set_ylabel("harm", color="#D55E00")
    grid[1, 1].set_ylabel("help", color="#0072B2")
    fig.tight_layout()
    show_figure(
        fig,
        alt="One test digit at the left, drawn on 8 × 8 squares. Beside it two rows of five "
        "training digits. In the upper row, those that harm it most, four of the five are 8s. In "
        "the lower row, those that help it most, all are 3s, as it is itself.",
        caption="The test digit with the largest loss, and its training digits: above the five that "
        "do it most harm, below the five that help most, each with its label and its influence. "
        "All that help are 3s, as it is itself; of those that harm, four are 8s.",
    )


if compared:
    draw_harmful()
else:
    print("The picture comes when the section above has run.")

# %% [markdown]
# **Can it find wrong labels?** Flip the labels of 24 of the 240, train on that, and rank all examples
# by some suspicion, the most suspicious first. Whoever checks labels by hand goes down the list. How
# many of the 24 have they met after 24 looks, after 48? Compare the influence on the test loss with the
# simplest rival there is: the example's own loss.
#
# *Predict first:* which of the two finds more?

# %%
def share_found(suspicion: Tensor, flipped: Tensor) -> Tensor:
    """Say which share of the flipped is found after each look, the most suspicious first."""
    return flipped[suspicion.argsort(descending=True)].double().cumsum(0) / flipped.sum()


def look_for_flipped(splits: int = 10) -> dict[str, Tensor]:
    """Flip a tenth of the labels, train, rank, and take the mean over some splits."""
    found = {"influence on the test loss": 0.0, "loss": 0.0, "chance": 0.0}
    for seed in range(splits):
        (x, y), fresh = two_digits(seed)
        draw = torch.Generator().manual_seed(100 + seed)
        flipped = torch.zeros(len(y), dtype=torch.bool)
        flipped[torch.randperm(len(y), generator=draw)[:24]] = True
        wrong = (x, torch.where(flipped, 1 - y, y))
        parameters = in_two(trained(*wrong, DECAY))
        suspicions = {
            "influence on the test loss": influence_on_loss(
                logistic_loss, parameters, wrong, fresh, damping=DECAY
            ),
            "loss": logistic_loss(parameters, *wrong),
            "chance": torch.rand(len(y), generator=draw),
        }
        for name, suspicion in suspicions.items():
            found[name] = found[name] + share_found(suspicion, flipped) / splits
    return found


def draw_found() -> None:
    """Draw the share of wrong labels that is found against the number of looks."""
    import matplotlib.pyplot as plt

    found = look_for_flipped()
    fig, axes = plt.subplots(figsize=(7.2, 3.5))
    for (name, share), colour in zip(found.items(), ("#0072B2", "#D55E00", "0.6"), strict=True):
        axes.plot(torch.arange(1, 241), share, color=colour, lw=2, label=name)
        print(f"{name}: {share[23]:.2f} after 24 looks, {share[47]:.2f} after 48")
    axes.axvline(24, color="0.8", lw=1, zorder=0)
    axes.set(xlim=(0, 140), ylim=(0, 1.03), xlabel="labels looked at", ylabel="share of the 24 found")
    axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.92))
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Share of wrong labels found against the number of labels looked at. The curve of the "
        "loss and that of the influence both rise steeply and are near 1 after about 40 looks; the "
        "loss is a little ahead. Chance is a straight line far below.",
        caption="Ten splits, 24 flipped labels in each, the mean. The grey line marks 24 looks, "
        "where a perfect ranking has found them all. Loss and influence are both far better than "
        "chance, and the plain loss is ahead.",
    )


if compared:
    draw_found()
else:
    print("The picture comes when the section above has run.")

# %% [markdown]
# The plain loss wins: 95 % of the flipped labels in the first 24 looks, against 90 % by influence. It
# costs nothing, and needs no second derivative. Say so when you write about it. Influence answers
# another question, *which examples change this prediction?*, and for that the loss is no help. To find
# wrong labels, look at the loss first.
#
# ## 6. The honest end: a network
#
# All of the derivation leaned on two things: at the bottom of the bowl, training has ended, and the
# bowl is the only one around. For a logistic regression with decay both hold. For a network they do
# not. Here is one with 8 hidden units, 529 parameters, on the same digits. We bring it to a minimum,
# with a gradient below $10^{-9}$, which nobody does in practice, and let all 240 retrainings start
# there, so that they end in the same valley. That is as friendly as it gets.

# %%
SHAPES = [torch.empty(shape, dtype=torch.float64) for shape in ((8, 64), (8,), (8,), ())]


def network_loss(parameters: Sequence[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Give the loss of each example of a network with one hidden layer."""
    weight, bias, outer, shift = parameters
    score = torch.tanh(x @ weight.T + bias) @ outer + shift
    return softplus(score) - y * score


def objective(flat: Tensor, shares: Tensor, decay: float) -> Tensor:
    """Weigh the training losses, and add the decay."""
    losses = network_loss(shaped_like(flat, SHAPES), *train)
    return (shares * losses).sum() + decay / 2 * flat @ flat


def settled(decay: float) -> Tensor:
    """Train the network to a minimum: L-BFGS first, and Newton's method at the end."""
    draw = torch.Generator().manual_seed(0)
    start = as_vector([0.3 * torch.randn(s.shape, generator=draw).double() for s in SHAPES])
    flat, shares = start.requires_grad_(), torch.full((240,), 1 / 240, dtype=torch.float64)
    optimiser = torch.optim.LBFGS([flat], max_iter=1500, tolerance_grad=1e-7, tolerance_change=0,
                                  history_size=30, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = objective(flat, shares, decay)
        value.backward()
        return value

    optimiser.step(closure)
    found, value = flat.detach(), lambda at: objective(at, shares, decay)
    for _ in range(5):
        found = found - torch.linalg.solve(torch.func.hessian(value)(found), torch.func.grad(value)(found))
    return found


def retrained_networks(flat: Tensor, decay: float) -> Tensor:
    """Leave each example out and train on, all 240 side by side; give the changes of the test loss.

    The Hessian of the full training serves for every step: it is nearly right, and steps are cheap.
    """
    shares = torch.full((240,), 1 / 240, dtype=torch.float64)
    factor = torch.linalg.cholesky(torch.func.hessian(lambda at: objective(at, shares, decay))(flat))
    without, copies = shares.repeat(240, 1).fill_diagonal_(0), flat.repeat(240, 1)
    slopes = torch.func.vmap(lambda at, w: torch.func.grad(objective)(at, w, decay), chunk_size=40)
    for _ in range(200):
        slope = slopes(copies, without)
        if slope.norm(dim=1).max() < 1e-9:
            break
        copies = copies - torch.cholesky_solve(slope.T, factor).T
    losses = [network_loss(shaped_like(at, SHAPES), *test).mean() for at in (flat, *copies)]
    return torch.stack(losses[1:]) - losses[0]


def compare_networks() -> dict[float, tuple[Tensor, Tensor]]:
    """Predict and retrain for two decays."""
    found = {}
    for decay in (0.01, 1e-4):
        flat = settled(decay)
        parameters = shaped_like(flat, SHAPES)
        influences = influence_on_loss(network_loss, parameters, train, test, damping=decay)
        predicted, true = leave_one_out_change(influences), retrained_networks(flat, decay)
        found[decay] = predicted, true
        print(f"network, decay {decay}: correlation {correlation(predicted, true):.2f}")
    return found


networks = compare_networks() if compared else {}

# %%
def draw_networks() -> None:
    """Draw the true changes against the predicted ones, for two networks."""
    import matplotlib.pyplot as plt

    fig, panels = plt.subplots(1, 2, figsize=(8, 3.9))
    for axes, (decay, (predicted, true)) in zip(panels, networks.items(), strict=True):
        axes.axline((0, 0), slope=1, color="0.7", lw=1)
        axes.scatter(1e3 * predicted, 1e3 * true, s=16, color="#0072B2", alpha=0.6, lw=0)
        axes.set_title(f"decay {decay:g}: correlation {correlation(predicted, true):.2f}")
        axes.set(xlabel="influence says, × 10⁻³", ylabel="retraining says, × 10⁻³")
        axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Two scatter plots of predicted against true changes for a network. Left, with a decay "
        "of 0.01, most points follow the diagonal and the largest lie above it. Right, with a decay of 0.0001, they are spread "
        "widely, and many true changes are several times as large as predicted.",
        caption="A network with 529 parameters at its minimum, each digit left out in turn. With a "
        "decay of 0.01 influence holds. With a hundredth of that many changes are far from what it "
        "says, though both trainings have converged.",
    )


if networks:
    draw_networks()
else:
    print("The picture comes when the section above has run.")

# %% [markdown]
# When this lesson was written, the correlation was **0.98** with a decay of 0.01 and **0.60** with a decay
# of 0.0001. And this was at a minimum, in one valley. A network as it is trained in practice has not
# converged, and another seed leads to another valley; what people then measure between influence and
# retraining is often lower still (Basu, Pope and Feizi, 2021; Bae and others, 2022). Influences of a
# network say which examples matter *near these parameters*. They do not say what training anew would do.

# %% [markdown]
# ## In your own words (2 points)
#
# *About 15 minutes. Difficulty: 2 of 3.*
#
# A person reads and marks this one. Four to eight sentences will do.
#
# > A colleague has trained a classifier on 5000 X-ray images. She computes each image's influence on the
# > mean loss over her test images, deletes the 200 with the largest positive influence, and trains
# > again. The loss on the same test images has fallen by 15 %, and she writes: "We removed 200 bad
# > images." **Which part of that fall was to be expected even if no image is bad, and how would you
# > measure what is left of it?** What else could these 200 images be? And why may the true change differ
# > from the sum of her 200 predictions $-I_i/m$? Give at least one reason, with what you saw above.

# %% [markdown]
# *Your answer comes here, in place of this line.*

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **The sign.** A minus is easily lost, and the ranking is then upside down. A cheap test: take a training
# example for the test set. More weight on it cannot raise its own loss, so its influence on itself is
# never positive.
#
# **The scale.** Sum or mean, $1/m$ or not, changes nothing in a ranking, and everything when the damping
# is added: $H$ of the *sum* is $m$ times as large, and the same damping is then $m$ times weaker beside
# it.
#
# **Retraining that has not converged.** Leaving one of 240 out changes the loss by a thousandth. If your
# retraining stops at a gradient of $10^{-3}$, you measure where it stopped, and not what the example
# did.
#
# **One batch for all.** Over a single batch, the Hessian of a linear model has a rank of at most the
# batch size times the number of outputs. Along all other directions the damping alone decides.
#
# **Damping as an afterthought.** A large damping makes the system easy, and in the end
# $(H + \text{damping} \cdot I)^{-1}$ is just $1/\text{damping}$: you are back at gradients alone. With the
# decay at 0.03 and a damping of 1, the correlation of section 5 was 0.70 and not 0.998.
#
# ## What it is for
#
# Which examples made the model say this? Which group of data holds up a prediction, and which would be
# missed? What should be labelled next? All of these are questions about $\nabla L^\mathsf{T} H^{-1}
# \nabla L$. The same expression, differentiated by other things than weights, gives the sensitivity of a
# trained model to its hyperparameters, and in the next lesson it comes back as a gradient *through*
# training.
#
# ## In five lines
#
# - Give an example a little weight, and the minimum moves by $-H^{-1}\nabla L_i$ for each unit of it.
# - The test loss then changes by $I_i = -\nabla L_\text{test}^\mathsf{T} H^{-1} \nabla L_i$. Above
#   zero the example does harm, and only to these test points.
# - Solve one system for all examples, by products alone, and let the damping be the weight decay.
# - Leaving one out is $\varepsilon = -1/m$. A derivative knows nothing of the curvature that goes, too.
# - With decay and at a minimum it says what retraining says. In a network that has not ended, or
#   with a flat bowl, it does not; and for wrong labels the loss is the better guide.
#
# From a library: for a small model `torch.linalg.solve(torch.func.hessian(loss)(theta), slope)` is
# task 1 with the matrix, and `scipy.sparse.linalg.cg` without it. The packages `captum` and `pydvl`
# have influences for PyTorch models ready-made.
