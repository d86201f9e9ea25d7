# %% [markdown]
# # Hessian-vector products: curvature without the matrix
#
# A small network of today has a million parameters. Let us count.
#
# | | numbers | bytes in float32, 4 bytes each |
# |:--|--:|--:|
# | the parameters | $10^6$ | 4 MB |
# | the gradient, one number for each parameter | $10^6$ | 4 MB |
# | the Hessian, one number for each *pair* of parameters | $10^{12}$ | **4 TB** |
#
# The gradient fits in the cache of a processor. The Hessian does not fit into the memory of any
# computer that you are likely to meet, and next year's network will be ten times as large and its Hessian a hundred
# times. Is curvature out of reach, then?
#
# No. What we want from $H$ is hardly ever its entries. We want to know what it *does* to a
# vector: $H v$, again a million numbers, again 4 MB. And this product can be had without $H$. In
# this lesson you will
#
# 1. count bytes: `hessian_bytes` (1 point),
# 2. write the product as a gradient of a gradient: `hvp` (5 points),
# 3. write it a second way, forward over reverse: `hvp_forward_over_reverse` (2 points),
# 4. write it for the parameters of a model: `parameter_hvp` (2 points).
#
# You need to know what a Hessian is and what `create_graph=True` does. Take two hours, and a pencil.
# PyTorch and matplotlib are all you need to install. Run the next cell first. It brings in PyTorch
# and a few small tools that the lesson uses.
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

# %%
def draw_memory() -> None:
    """Draw the memory of the dense Hessian and of a Hessian-vector product against n."""
    import matplotlib.pyplot as plt

    blue, orange = "#0072B2", "#D55E00"
    n = torch.logspace(2, 10, 50, dtype=torch.float64)
    fig, axes = plt.subplots(figsize=(7.6, 4.2))
    axes.loglog(n, 4 * n**2, color=orange, lw=2.5)
    axes.loglog(n, 5 * 4 * n, color=blue, lw=2.5)
    axes.fill_between(n, 4 * n, 10 * 4 * n, color=blue, alpha=0.15, lw=0)
    axes.text(6e5, 3e14, "the Hessian:\n$4n^2$ bytes", color=orange, ha="right")
    axes.text(3e7, 2e7, "a product $Hv$:\na few times $4n$ bytes", color=blue, va="top")
    for size, name in ((16e9, "a laptop, 16 GB"), (4e12, "a large disk, 4 TB")):
        axes.axhline(size, color="0.55", lw=1, ls="--", zorder=0)
        axes.text(1.3e2, 1.6 * size, name, fontsize=8.5, color="0.3")
    models = ((1e3, "linear model"), (1e6, "small network"), (1.2e8, "GPT-2"))
    for size, name in models:
        axes.axvline(size, color="0.85", lw=1, zorder=0)
        axes.text(size, 1.5e19, name, fontsize=8.5, color="0.3", ha="center", va="bottom")
        axes.plot(size, 4 * size**2, "o", color=orange)
        axes.plot(size, 20 * size, "o", color=blue)
    sizes = {1e3: "1 kB", 1e6: "1 MB", 1e9: "1 GB", 1e12: "1 TB", 1e15: "1 PB", 1e18: "1 EB"}
    axes.set_yticks(list(sizes), labels=list(sizes.values()))
    axes.set(xlabel="number of parameters $n$", xlim=(1e2, 1e10), ylim=(2e2, 1e19))
    axes.minorticks_off()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Memory against the number of parameters, both on logarithmic scales. The line of the "
        "Hessian is twice as steep as that of the product. It passes 16 gigabytes near 60 thousand "
        "parameters and 4 terabytes at a million, where the product needs about 20 megabytes.",
        caption="Memory in float32, both axes logarithmic. The Hessian's line is twice as steep. "
        "It leaves the laptop near n = 63 000. The product stays near the gradient: the shaded "
        "band is 1 to 10 times the size of one gradient.",
    )


draw_memory()

# %% [markdown]
# **Predict, then try.** How many parameters may a model have if its Hessian is to fit into 1 GB, in
# float32? And how many more are allowed with a hundred times the memory? Write both down; then
# change `n` until the cell agrees.

# %%
n = 1000
print(f"{4 * n**2 / 1e9} GB")

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# $4 n^2 = 10^9$ gives $n \approx 15\,800$. A hundred times the memory allows only ten times as many
# parameters, 158 000. Buying memory is not the way out.
#
# </details>
#
# ## Task 1: `hessian_bytes` (1 point)
#
# *About 5 minutes. Difficulty: 1 of 3.*
#
# A warm-up. How many bytes does the dense $n \times n$ Hessian take? Count all $n^2$ entries; that
# $H$ is symmetric does not help a plain tensor. By hand:
#
# - $n = 1000$ in float32: $1000 \cdot 1000 \cdot 4 = 4\,000\,000$, that is 4 MB.
# - The same in float64, at 8 bytes each: 8 MB. In bfloat16, at 2 bytes: 2 MB.
#
# So the dtype matters. Every dtype of PyTorch knows its size: `torch.float64.itemsize` is 8.


# %%
def hessian_bytes(n: int, dtype: torch.dtype) -> int:
    """Count the bytes of the dense n × n Hessian, without making it.

    Args:
        n: the number of inputs.
        dtype: the type of each entry.

    Returns:
        The number of bytes, an exact `int`.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %% [markdown]
# Run the next two cells: the cases, behind a grey bar, and the check. It stops at the first thing
# that is not right yet and tells you which.

# %%
def check_hessian_bytes() -> None:
    """Compare hessian_bytes with products worked out by hand."""
    for n, dtype, by_hand in (
        (1000, torch.float32, 4_000_000),
        (1000, torch.float64, 8_000_000),
        (30, torch.bfloat16, 1_800),
        (200_000, torch.float64, 320_000_000_000),
    ):
        call = f"hessian_bytes({n}, {dtype})"
        got = hessian_bytes(n, dtype)
        kind = f"{call} should return an int, but returned {got!r} of type {type(got).__name__}"
        check_that(type(got) is int, kind)
        count = f"{call} gave {got}, expected {by_hand}: n² entries of {dtype.itemsize} bytes each"
        check_that(got == by_hand, count)
        print(f"✓ {call} = {got}")


# %%
run_checks(check_hessian_bytes)


# %% [markdown]
# ## 1. By hand: the gradient of a number
#
# Here is the idea. Take the gradient $g(x) = \nabla f(x)$ and a fixed vector $v$. Multiply them.
# The result is **one number**, and it depends on $x$:
#
# $$ s(x) = g(x) \cdot v = \sum_j g_j(x)\, v_j . $$
#
# One number has a gradient, and a gradient is cheap. What is it? The vector $v$ is a constant, so
#
# $$
# \frac{\partial s}{\partial x_i} = \sum_j \frac{\partial g_j}{\partial x_i}\, v_j
# = \sum_j H_{ij}\, v_j = (H v)_i .
# $$
#
# That is all. **The gradient of** $g \cdot v$ **is** $H v$. No row of $H$, let alone all of it,
# was ever written down. Barak Pearlmutter published it in 1994 under the fitting title *Fast
# exact multiplication by the Hessian*. Let us do it with
#
# $$
# f(x, y) = x^3 + x y^2, \qquad
# g = \begin{pmatrix} 3x^2 + y^2 \\ 2xy \end{pmatrix}, \qquad
# v = \begin{pmatrix} 1 \\ 10 \end{pmatrix}.
# $$
#
# First the number, then its gradient:
#
# $$
# s = 3x^2 + y^2 + 20xy, \qquad
# \nabla s = \begin{pmatrix} 6x + 20y \\ 2y + 20x \end{pmatrix}, \qquad
# \nabla s\,(1, 2) = \begin{pmatrix} 46 \\ 24 \end{pmatrix}.
# $$
#
# And the long way round, with the matrix, to see that it is true:
#
# $$
# H = \begin{pmatrix} 6x & 2y \\ 2y & 2x \end{pmatrix}, \qquad
# H(1, 2)\, v = \begin{pmatrix} 6 & 4 \\ 4 & 2 \end{pmatrix} \begin{pmatrix} 1 \\ 10 \end{pmatrix}
# = \begin{pmatrix} 46 \\ 24 \end{pmatrix}.
# $$

# %%
def draw_two_ways() -> None:
    """Draw the product with the matrix and without it, each tensor as a box of its shape."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    blue, orange, grey = "#9CCBE8", "#F6C58F", "#E4E4E4"
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(7.6, 4.7))

    def box(axes: plt.Axes, x: float, name: str, colour: str, width: float = 0.35) -> None:
        low, height = (0.65, 0.3) if name == "$s$" else (0, 1.6)
        shape = {"width": width, "height": height, "facecolor": colour, "edgecolor": "0.3"}
        axes.add_patch(Rectangle((x, low), **shape))
        axes.text(x + width / 2, -0.1, name, ha="center", va="top")

    def arrow(axes: plt.Axes, start: float, end: float, text: str) -> None:
        style = {"arrowstyle": "-|>", "color": "0.2", "lw": 1.4}
        axes.annotate("", xy=(end, 0.8), xytext=(start, 0.8), arrowprops=style)
        axes.text((start + end) / 2, 0.9, text, ha="center", va="bottom", fontsize=9)

    box(top, 0.3, "$x$", grey)
    arrow(top, 0.8, 3.4, "$n$ backward\npasses")
    box(top, 3.7, "$H$: $n \\times n$", orange, width=1.6)
    top.text(5.7, 0.8, "·", ha="center", va="center", fontsize=18)
    box(top, 6.1, "$v$", grey)
    top.text(6.85, 0.8, "=", ha="center", va="center", fontsize=14)
    box(top, 7.2, "$Hv$", blue)
    top.set_title("with the matrix", loc="left", fontsize=10)

    box(bottom, 0.3, "$x$", grey)
    arrow(bottom, 0.8, 2.4, "1st backward\npass")
    box(bottom, 2.6, "$g(x)$", blue)
    bottom.text(3.25, 0.8, "·", ha="center", va="center", fontsize=18)
    box(bottom, 3.5, "$v$", grey)
    bottom.text(4.15, 0.8, "=", ha="center", va="center", fontsize=14)
    box(bottom, 4.5, "$s$", blue)
    arrow(bottom, 5.1, 7.0, "2nd backward\npass: $\\nabla s$")
    box(bottom, 7.2, "$Hv$", blue)
    bottom.set_title("without the matrix", loc="left", fontsize=10)
    for axes in (top, bottom):
        axes.set(xlim=(0, 8), ylim=(-0.4, 1.7), aspect="equal")
        axes.axis("off")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Above, n backward passes lead from a column x to a square H, which times a column v "
        "gives the column Hv. Below, one backward pass leads from x to the column g, which times v "
        "gives a single number s, and a second backward pass leads from s to the column Hv.",
        caption="Two ways to the same column. The upper one goes through a square of n × n numbers "
        "and n backward passes. The lower one goes through columns and one single number, with two "
        "backward passes. For a million parameters, the square would be a million columns wide.",
    )


draw_two_ways()

# %% [markdown]
# In PyTorch, the first backward pass must leave a trace that the second can follow. Without
# `create_graph=True` the gradient is a bare list of numbers. With it, the gradient still knows how
# it came from `x`, and so does the number $s$:

# %%
x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
v = torch.tensor([1.0, 10.0], dtype=torch.float64)
for keep in (False, True):
    height = x[0] ** 3 + x[0] * x[1] ** 2
    (g,) = torch.autograd.grad(height, x, create_graph=keep)
    s = g @ v
    print(f"create_graph={keep}:  g = {g.tolist()},  s = {s.item()},  s knows x: {s.requires_grad}")

# %% [markdown]
# What to do with `s` is up to you, in task 2.
#
# A remark for tensors of any shape: `g @ v` is for vectors. Let `torch.autograd.grad` do the
# multiplying. `torch.autograd.grad(outputs, inputs, weights)` multiplies the outputs by the
# weights, adds up, and takes the gradient of the sum, all in one go and for every shape.
#
# ## 2. What *memory-safe* means, and how it is measured
#
# An answer may be right in every digit and still miss the point, if it builds $H$ on the way. So
# the graders count. All counts are made in units of **what one gradient of the same function
# costs**, so they are fair to every function, and none of them is a time, so it does not matter how
# busy the computer is.
#
# | what is counted | what is allowed |
# |:--|:--|
# | memory in use at the worst moment (the *peak live bytes*) | a fixed multiple of one gradient's |
# | the largest single tensor | nothing near $n \times n$ numbers |
# | passes: runs of `func` and backward passes | a fixed number, the same for every $n$ |
# | how the peak grows when $n$ doubles | it doubles, too; it must not quadruple |
# | $n = 10^6$ under a hard limit set by the operating system | it runs |
#
# The third line closes a loophole. One can compute $H$ row by row, multiply each row by $v$ and
# throw it away. The memory is small then, but that is $n$ backward passes in place of one: at
# $n = 10^6$ you would wait for days.
#
# You can measure yourself before you hand in. The next cell holds the tools of the checks, and
# among them a small meter. PyTorch tells it of every operation that runs, and it notes how many
# there were, how many bytes they made in total and how large the largest result was. The checks
# first try your function at $n = 200$ and $n = 400$, where even a full Hessian (1.3 MB) does no
# harm. **Only if nothing there looks like a matrix do they go on to** $n = 200\,000$, where a
# Hessian would take 320 GB. So you may try anything; your computer is safe.

# %%
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Meter(TorchDispatchMode):
    """Counts the operations that run inside a `with` block, and the bytes that they make."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = self.total = self.largest = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        sizes = [t.untyped_storage().nbytes() for t in tree_leaves(result) if isinstance(t, Tensor)]
        self.operations += 1
        self.total += sum(sizes)
        self.largest = max(self.largest, *sizes, 0)
        return result


def coupled(t: Tensor) -> Tensor:
    """f(t) = Σ tᵢ⁴/12 + (Σ tᵢ)²/2. By hand: H = diag(tᵢ²) + ones, so (Hv)ᵢ = tᵢ² vᵢ + Σ vⱼ."""
    return (t**4).sum() / 12 + t.sum() ** 2 / 2


def measured(n: int, run: Callable[[Tensor, Tensor], object]) -> Meter:
    """Run at n numbers in float64 and count."""
    at = torch.linspace(-1, 1, n, dtype=torch.float64)
    with Meter() as meter:
        run(at, torch.cos(at))
    return meter


def check_memory_safe(name: str, product: Callable[..., Tensor]) -> None:
    """Count at small n what a product costs; go on to n = 200 000 only if that is safe."""
    big = "For n = 200 000 that would be 320 GB or hours of work, so it was not tried."
    small = measured(200, lambda t, v: product(coupled, t, v))
    large = measured(400, lambda t, v: product(coupled, t, v))
    one = measured(400, lambda t, v: torch.func.grad(coupled)(t))
    made = f"{name} at n = 400 made a tensor of {large.largest // 8} numbers"
    check_that(large.largest < 8 * 400**2 / 4, f"{made}: that is H, or near it. {big}")
    ran = f"{name} ran {small.operations} operations at n = 200 and {large.operations} at n = 400"
    why = "the work grows with n, as it does when H is made row by row. Two passes are enough"
    check_that(large.operations < 1.2 * small.operations + 20, f"{ran}: {why}. {big}")
    times = large.total / one.total
    much = f"{name} made {times:.0f} times the bytes that one gradient makes; 20 is the limit here"
    check_that(times < 20, f"{much}. {big}")
    print(f"✓ {name} at n = 400 made {times:.1f} times the bytes that one gradient makes")

    at = torch.linspace(-1, 1, 200_000, dtype=torch.float64)
    v = torch.cos(at)
    call = f"{name} at n = 200 000, where H would take 320 GB"
    check_tensor(call, result_of(call, product, coupled, at, v), at**2 * v + v.sum())


def check_product(name: str, product: Callable[..., Tensor]) -> None:
    """Compare a Hessian-vector product with products worked out by hand."""
    f64 = torch.float64

    def check(what: str, func: Callable[[Tensor], Tensor], *numbers: object) -> None:
        at, v, by_hand = (torch.as_tensor(each, dtype=f64) for each in numbers)
        call = f"{name}(f, {at.tolist()}, v={v.tolist()}) with f = {what}"
        got = result_of(call, product, func, at, v)
        if isinstance(got, Tensor) and got.shape == at.shape and got.dtype == f64:
            off = ((got.detach() - by_hand).abs() / by_hand.abs().clamp(min=1)).max().item()
            quotient = "A difference quotient of gradients does that; use derivatives instead"
            check_that(not 1e-10 < off < 1e-3, f"{call} is close, but {off:.0e} off. {quotient}")
        check_tensor(call, got, by_hand)

    check("x³ + xy²", lambda t: t[0] ** 3 + t[0] * t[1] ** 2, [1, 2], [1, 10], [46, 24])
    check("x³ + xy²", lambda t: t[0] ** 3 + t[0] * t[1] ** 2, [1, 2], [1, 0], [6, 4])

    # Two rhythms in one function: there is no step of a difference quotient that suits both.
    sines = -torch.sin(torch.tensor([1.0, 1.0], dtype=f64)) * torch.tensor([2, 3e6], dtype=f64)
    two_rhythms = "sin(x) + sin(1000 y), slow and fast"
    check(two_rhythms, lambda t: t[0].sin() + (1000 * t[1]).sin(), [1, 0.001], [2, 3], sines)

    # A matrix in: f is the product of the two row sums, so each row of Hv is the other row's Σv.
    rows, v = [[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 5, 5]]
    crosswise = [[10, 10, 10], [2, 2, 2]]
    check("the product of the two row sums", lambda m: m.sum(1).prod(), rows, v, crosswise)
    check("x³, x of the shape ()", lambda t: t**3, 2, 5, 60)

    # No curvature means exact zeros, whatever autograd has to say about it.
    weight = torch.ones(3, dtype=f64, requires_grad=True)
    for what, flat in (
        ("x + 2y + 3z", lambda t: t[0] + 2 * t[1] + 3 * t[2]),
        ("w · t, with trainable weights w", lambda t: weight @ t),
        ("‖w‖², which does not use its input", lambda t: (weight**2).sum()),
        ("7", lambda t: torch.tensor(7.0, dtype=f64)),
    ):
        check(what, flat, [1, 2, 3], [1, 10, 100], [0, 0, 0])
    check("x³, which does not use y", lambda t: t[0] ** 3, [2, 3], [1, 1], [12, 0])

    call = f"{name}(f, [1, 2], v=[1, 10]) with f = x³ + xy², in float32"
    single = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])
    got = result_of(call, product, lambda t: t[0] ** 3 + t[0] * t[1] ** 2, *single)
    check_tensor(call, got, torch.tensor([46.0, 24.0]))


def check_untouched(call: str, run: Callable[[Tensor], object], values: Tensor) -> None:
    """Run on a plain tensor and on one that requires grad, and see that both stay as they were."""
    for required in (False, True):
        given = values.detach().clone().requires_grad_(required)
        run(given)
        after = f"after {call}, the tensor that you were given"
        check_that(torch.equal(given, values), f"{after} holds other numbers: work on a copy")
        flag = f"has requires_grad={given.requires_grad}, but it was {required} before"
        check_that(given.requires_grad == required, f"{after} {flag}: use inputs.detach()")
        left = f"has something in .grad: {given.grad}"
        check_that(given.grad is None, f"{after} {left}; torch.autograd.grad leaves nothing there")
    print(f"✓ {call} leaves your caller's tensor as it was")


# %% [markdown]
# ## Task 2: `hvp` (5 points)
#
# *About 35 minutes. Difficulty: 3 of 3.*
#
# Write the product as section 1 has it: a gradient, then the gradient of its product with $v$.
# The rules are those of the earlier lessons.
#
# - **Any shape.** `inputs` and `v` have the same shape, `()` and `(2, 3)` included, and so has
#   $H v$.
# - **Same dtype, same device.**
# - **Hands off the caller's tensor.** Work on `inputs.detach()`.
# - **No curvature means zero.** There are three ways for autograd to meet a function without
#   curvature: the value has no graph at all, the gradient has none (a linear function), or the
#   gradient has one in which `x` does not occur. Your function answers all three with zeros.
# - **Memory-safe**, as in section 2.
#
# *Use* `torch.autograd.grad`, or `torch.func.grad` if you like it better.
# *Not allowed:* `torch.autograd.functional.hvp` and `torch.autograd.functional.vhp`.


# %%
def hvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Hessian of `func` at `inputs` by `v`, without making the Hessian.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.
        v: the vector to multiply, of the shape of `inputs`.

    Returns:
        H v, with the shape, dtype and device of `inputs`, at the memory and the number of passes of
        a few gradients. Where `func` is linear in its inputs, or does not use them, H is zero.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_hvp() -> None:
    """Check values, manners and memory of hvp."""
    check_product("hvp", hvp)
    at, v = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])
    check_untouched("hvp(f, inputs, v)", lambda t: hvp(coupled, t, v), at)
    check_untouched("hvp(f, inputs, v) (the tensor here is v)", lambda t: hvp(coupled, at, t), v)
    check_memory_safe("hvp", hvp)


# %%
run_checks(
    check_hvp, not_allowed=("torch.autograd.functional.hvp", "torch.autograd.functional.vhp")
)

# %% [markdown]
# ## Task 3: `hvp_forward_over_reverse` (2 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# There is a second way to the same product, and it has a meaning of its own. Move $x$ a little in
# the direction of $v$. The gradient changes, and the rate at which it changes is
#
# $$ \frac{d}{dt}\, g(x + t v)\Big|_{t = 0} = H v . $$
#
# In other words, $H v$ is the **jvp of the gradient**: the Jacobian of $g$ is $H$, and $v$ goes in
# from the right. A jvp is forward mode, the gradient is reverse mode, hence the name.
#
# Forward mode can be done by hand with **dual numbers**. Add to each number a little
# $\varepsilon$ of change, with the one rule that $\varepsilon^2 = 0$, and put
# $x + \varepsilon v = (1 + \varepsilon,\ 2 + 10\,\varepsilon)$ into our gradient:
#
# $$
# \begin{aligned}
# 3x^2 + y^2 &= 3\,(1 + \varepsilon)^2 + (2 + 10\,\varepsilon)^2
#   = (3 + 6\,\varepsilon) + (4 + 40\,\varepsilon) = 7 + \mathbf{46}\,\varepsilon, \\
# 2xy &= 2\,(1 + \varepsilon)(2 + 10\,\varepsilon) = 4 + \mathbf{24}\,\varepsilon .
# \end{aligned}
# $$
#
# The numbers behind $\varepsilon$ are $H v = (46, 24)$, and the gradient $(7, 4)$ comes as a
# gift. Nothing has to be kept for a second backward pass, so this way often needs less memory for
# a deep network. Its price: every operation of `func` must have a forward rule, and a few of
# PyTorch's have none yet.
#
# *Use* forward mode for one of the two derivatives: `torch.func.jvp`, or PyTorch's own dual numbers
# (`torch.autograd.forward_ad`). Of which function is it the jvp? All rules of task 2 hold here, too.
# No check can tell it from your `hvp` called once more, so the exercise is up to you.
# *Not allowed:* `torch.autograd.functional.hvp` and `torch.autograd.functional.vhp`.


# %%
def hvp_forward_over_reverse(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Hessian of `func` at `inputs` by `v`, as the jvp of the gradient.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.
        v: the direction in which the gradient is differentiated, of the shape of `inputs`.

    Returns:
        H v, with the shape, dtype and device of `inputs`, at the memory and the number of passes of
        a few gradients. Where `func` is linear in its inputs, or does not use them, H is zero.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_hvp_forward_over_reverse() -> None:
    """Check values, manners and memory of hvp_forward_over_reverse."""
    name = "hvp_forward_over_reverse"
    check_product(name, hvp_forward_over_reverse)
    at, v = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])
    check_untouched(f"{name}(f, inputs, v)", lambda t: hvp_forward_over_reverse(coupled, t, v), at)
    check_memory_safe(name, hvp_forward_over_reverse)


# %%
run_checks(
    check_hvp_forward_over_reverse,
    not_allowed=("torch.autograd.functional.hvp", "torch.autograd.functional.vhp"),
)

# %% [markdown]
# ## Task 4: `parameter_hvp` (2 points)
#
# *About 25 minutes. Difficulty: 3 of 3.*
#
# A model does not hold one tensor but many: weights, biases, layer by layer. Its loss has been
# computed already, and `loss` still carries its graph. We want $H v$ with respect to *all*
# parameters together, where `v` brings one tensor for each parameter.
#
# By hand, with two parameters $a$ and $b$ that are one number each:
#
# $$
# \mathrm{loss} = a^2 b, \qquad
# g = (2ab,\ a^2), \qquad
# H = \begin{pmatrix} 2b & 2a \\ 2a & 0 \end{pmatrix}, \qquad
# H(3, 2)\begin{pmatrix} 1 \\ 10 \end{pmatrix}
# = \begin{pmatrix} 4 & 6 \\ 6 & 0 \end{pmatrix}\begin{pmatrix} 1 \\ 10 \end{pmatrix}
# = \begin{pmatrix} 64 \\ 6 \end{pmatrix}.
# $$
#
# Look at the entries beside the diagonal: they couple $a$ with $b$. Whoever treats each parameter
# on its own sees only the diagonal blocks and gets $(4, 0)$. So $g \cdot v$ is *one* sum over all
# parameters, and its gradient is taken by all of them. `torch.autograd.grad` takes lists of
# tensors for all three: outputs, inputs and weights.
#
# Three rules are special to this task:
#
# - The parameters are your caller's and require grad already. Use them as they are, and leave
#   nothing in their `.grad`.
# - **The graph stays alive.** Your caller may ask again with another `v`, or call `loss.backward()`
#   next. `retain_graph=True` in the last pass keeps the graph.
# - Parameters that `loss` does not use, or in which it is linear, get zeros where zeros are due.
#   The gradient of one parameter may lack a graph while that of another has one.
#
# *Not allowed:* nothing in particular; the ready-made routines do not fit here anyway.


# %%
def parameter_hvp(
    loss: Tensor, parameters: Sequence[Tensor], v: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Multiply the Hessian of `loss` with respect to all `parameters` by `v`.

    Args:
        loss: one number, computed from the parameters, whose graph is alive. The graph is still
            alive afterwards.
        parameters: the tensors to differentiate by, of any shapes; each requires grad. They are
            left as they were, with nothing new in `.grad`.
        v: the vector to multiply, one tensor for each parameter and of its shape.

    Returns:
        H v as a tuple with one tensor for each parameter, of its shape, dtype and device, at the
        memory and the number of passes of a few gradients. Zeros where there is no curvature.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
def check_parameter_hvp() -> None:
    """Compare parameter_hvp with products worked out by hand."""

    def tensors(*values: object) -> tuple[Tensor, ...]:
        return tuple(torch.tensor(value, dtype=torch.float64) for value in values)

    def check(what: str, loss: Tensor, given: Sequence[Tensor], v: object, due: object) -> None:
        call = f"parameter_hvp(loss, parameters, v) with loss = {what}"
        got = result_of(call, parameter_hvp, loss, given, v)
        kind = f"{call} should return a tuple of {len(given)} tensors, but gave {got!r}"
        check_that(isinstance(got, tuple) and len(got) == len(given), kind)
        for i, expected in enumerate(due):
            check_tensor(f"{call}: entry {i}", got[i], expected)
        left = f"after {call} a parameter has something in .grad; torch.autograd.grad fills none"
        check_that(all(parameter.grad is None for parameter in given), left)

    a, b, c = (t.requires_grad_() for t in tensors(3.0, 2.0, [1.0, 2.0]))
    v = tensors(1.0, 10.0, [1.0, 1.0])
    none = tensors(0.0, 0.0, [0.0, 0.0])
    loss = a**2 * b
    check("a²b at (3, 2), v = (1, 10)", loss, (a, b), v[:2], tensors(64.0, 6.0))
    check("the same, asked again", loss, (a, b), tensors(0.0, 1.0), tensors(6.0, 0.0))
    due = tensors(64.0, 6.0, [0.0, 0.0])
    check("a²b, which does not use the third parameter c", a**2 * b, (a, b, c), v, due)
    due = tensors(2.0, 0.0, [0.0, 0.0])
    check("a² + b + Σc, linear in b and c", a**2 + b + c.sum(), (a, b, c), v, due)
    check("a + 2b + Σc, linear in all", a + 2 * b + c.sum(), (a, b, c), v, none)
    check("7, a number without a graph", torch.tensor(7.0), (a, b, c), v, none)

    # Half the squared error of a linear model for one example x with target 1: H is the outer
    # product of (x, 1) with itself, so Hv = (v_w·x + v_b) · (x, 1).
    model = torch.nn.Linear(2, 1, dtype=torch.float64)
    example = torch.tensor([2.0, 3.0], dtype=torch.float64)
    loss = ((model(example) - 1) ** 2).sum() / 2
    v = tensors([[1.0, 10.0]], [5.0])  # v_w·x + v_b = 2 + 30 + 5 = 37
    due = tensors([[74.0, 111.0]], [37.0])
    check("½(w·x + b - 1)² of a linear layer", loss, list(model.parameters()), v, due)
    result_of("loss.backward() after parameter_hvp", loss.backward)
    print("✓ the graph of the loss is still alive")

    def product(func: Callable[[Tensor], Tensor], at: Tensor, v: Tensor) -> Tensor:
        parameter = at.clone().requires_grad_()
        return parameter_hvp(func(parameter), (parameter,), (v,))[0]

    check_memory_safe("parameter_hvp", product)


# %%
run_checks(check_parameter_hvp)

# %% [markdown]
# ## 3. A first real network
#
# Four functions are written. Now let them work on something real: 150 irises of three kinds, each
# measured in four lengths (sepal and petal, length and width). Edgar Anderson picked and measured
# them, and Ronald Fisher published the table in 1936. It is small enough to stand in the next cell.
#
# The network has 67 parameters: 4 lengths, 8 hidden units with `tanh`, 3 kinds. The cell trains it
# for 500 steps of plain gradient descent.

# %%
# Each flower is eight digits: sepal length, sepal width, petal length and petal width in millimetres.
# The first fifty are setosa, the next fifty versicolor, the last fifty virginica.
IRISES = (
    "513514024930140247321302463115025036140254391704463414035034150244291402493115015437150248341602"
    "483014014330110158401202574415045439130451351403573817035138150354341702513715044636100251331705"
    "483419025030160250341604523515025234140247321602483116025434150452411501554214024931150250321202"
    "553513024936140144301302513415025035130345231303443213025035160651381904483014035138160246321402"
    "533715025033140270324714643245156931491555234013652846155728451363334716492433106629461352273914"
    "502035105930421560224010612947145629361367314414563045155827411062224515562539115932481861284013"
    "632549156128471264294313663044146828481467305017602945155726351055243811552437105827391260275116"
    "543045156034451667314715632344135630411355254013552644126130461458264012502333105627421357304212"
    "572942136229431351253011572841136333602558275119713059216329561865305822763066214925451773296318"
    "672558187236612565325120642753196830552157255020582851246432532365305518773867227726692360225015"
    "693257235628492077286720632749186733572172326018622848186130491864285621723058167428611979386420"
    "642856226328511561265614773061236334562464315518603048186931542167315624693151235827511968325923"
    "673357256730522363255019653052206234542359305118"
)


def irises() -> tuple[Tensor, Tensor]:
    """Give the four lengths of each flower, centred and scaled, and its kind: 0, 1 or 2."""
    lengths = [int(IRISES[place : place + 2]) for place in range(0, len(IRISES), 2)]
    table = torch.tensor(lengths, dtype=torch.float64).reshape(150, 4)
    return (table - table.mean(0)) / table.std(0), torch.arange(150) // 50


def new_network() -> list[Tensor]:
    """Draw the weights and biases of two layers, the same ones each time."""
    draw = torch.Generator().manual_seed(0)
    shapes = ((8, 4), (8,), (3, 8), (3,))
    drawn = [torch.randn(shape, generator=draw, dtype=torch.float64) / 2 for shape in shapes]
    return [one.requires_grad_() for one in drawn]


def scores(network: Sequence[Tensor]) -> Tensor:
    """Give each flower three scores, one for each kind."""
    first, shift, second, offset = network
    return torch.tanh(FLOWERS @ first.T + shift) @ second.T + offset


def network_loss(network: Sequence[Tensor]) -> Tensor:
    """The mean over all flowers of -log of the share that the right kind gets (cross-entropy)."""
    return torch.nn.functional.cross_entropy(scores(network), KINDS)


def descend(network: Sequence[Tensor], step: float, steps: int) -> tuple[list[Tensor], list[float]]:
    """Take steps of gradient descent from a network; give the last network and all losses."""
    here, losses = [one.detach().clone().requires_grad_() for one in network], []
    for _ in range(steps):
        loss = network_loss(here)
        slopes = torch.autograd.grad(loss, here)
        losses.append(loss.item())
        with torch.no_grad():
            for one, slope in zip(here, slopes, strict=True):
                one -= step * slope
    return here, losses


FLOWERS, KINDS = irises()
untrained = new_network()
trained, _ = descend(untrained, step=0.3, steps=500)
for name, network in (("before", untrained), ("after", trained)):
    right = (scores(network).argmax(1) == KINDS).sum().item()
    print(f"{name} training: loss {network_loss(network).item():.3f}, {right} of 150 right")

# %% [markdown]
# How strongly does this loss bend? The largest eigenvalue of its Hessian says it, and the lesson
# *curvature* promised that it can be had by products alone. The method is called **power iteration**,
# and you can see why it works without any proof. Start with a random vector $v$ and write it as a sum
# of eigenvectors. A product with $H$ multiplies each part by its eigenvalue. The part with the largest
# eigenvalue (in size) grows the most. So multiply, divide by the length, and repeat: what is left in
# the end is the eigenvector of the largest one, and $v \cdot H v$ is its eigenvalue.
#
# **Predict first:** gradient descent with a step longer than $2/\lambda_\text{max}$ jumps further
# across the steepest valley than it came. What will the loss of the trained network do if you go on
# with twice that step?

# %%
def largest_curvature(network: Sequence[Tensor], products: int = 40) -> list[float]:
    """Estimate the largest eigenvalue after each product, by power iteration on `parameter_hvp`."""
    draw = torch.Generator().manual_seed(1)
    v = [torch.randn(one.shape, generator=draw, dtype=one.dtype) for one in network]
    loss, estimates = network_loss(network), []
    for _ in range(products):
        length = sum((one**2).sum() for one in v).sqrt()
        v = [one / length for one in v]
        turned = parameter_hvp(loss, network, v)
        estimates.append(sum((a * b).sum() for a, b in zip(v, turned, strict=True)).item())
        v = list(turned)
    return estimates


def every_eigenvalue(network: Sequence[Tensor]) -> Tensor:
    """Make the whole matrix from 67 products, which is no trouble at this size."""
    loss, columns = network_loss(network), []
    sizes = [one.numel() for one in network]
    for one_hot in torch.eye(sum(sizes), dtype=torch.float64):
        pieces = zip(one_hot.split(sizes), network, strict=True)
        column = parameter_hvp(loss, network, [part.reshape(one.shape) for part, one in pieces])
        columns.append(torch.cat([part.flatten() for part in column]))
    return torch.linalg.eigvalsh(torch.stack(columns))


def draw_curvature_of_irises() -> None:
    """Draw the estimates of power iteration, and descent with a step below and one above 2/λ."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
    looks = ((untrained, "before training", "#D55E00", "--"), (trained, "trained", "#0072B2", "-"))
    for network, name, colour, dashes in looks:
        estimates, exact = largest_curvature(network), every_eigenvalue(network)[-1].item()
        left.plot(range(1, len(estimates) + 1), estimates, dashes, color=colour, lw=2, label=name)
        left.axhline(exact, color=colour, lw=0.8, alpha=0.6)
        print(f"{name}: {estimates[-1]:.6f} after {len(estimates)} products; eigvalsh {exact:.6f}")
    left.set(xlabel="products with $H$", ylabel="$v \\cdot Hv$")
    left.legend(frameon=False, fontsize=9, loc="lower right")
    for times, colour, dashes in ((0.5, "#0072B2", "-"), (2.0, "#D55E00", "--")):
        _, losses = descend(trained, step=times * 2 / exact, steps=100)
        right.semilogy(losses, dashes, color=colour, label=f"step {times:g} × 2/λ")
    right.set(xlabel="step of gradient descent", ylabel="loss")
    right.legend(frameon=False, fontsize=9, loc="upper right")
    for axes in (left, right):
        axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left, the estimates of the largest eigenvalue against the number of products. For the "
        "trained network they reach 1.18 after three products, before training 1.17 after some 15. "
        "Right, the loss of the trained network under further descent. With half the critical step "
        "it falls slowly from 0.046. With twice that step it jumps to more than 3.",
        caption="Left: power iteration, with the exact value as a thin line. Right: two ways to go "
        "on from the trained network, with λ its largest eigenvalue. The longer step is fine for "
        "a dozen steps, and then it is not.",
    )


with_answers(draw_curvature_of_irises)

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The trained network needs three products, and the untrained one fifteen. Its second eigenvalue, 0.91,
# is close behind its first, 1.17, so the others die out slowly; after training the second is 0.22.
#
# And the long step? It is $4/\lambda$. Along the steepest direction it turns an error $e$ into
# $e - 4e = -3e$: three times as large with every step. It takes a dozen steps until a tiny error has
# become a large one. Then the loss leaps up to seventy times its value, and the network lands
# somewhere else. You may know this sight from training. Now you know the number behind it.
#
# </details>
#
# ## Where the idea goes wrong in practice
#
# **The difference quotient.** Since $H v$ is the change of the gradient along $v$, why not take two
# gradients and subtract,
#
# $$ H v \approx \frac{g(x + h v) - g(x - h v)}{2h}\ ? $$
#
# It is cheap, it needs no second derivative, and it is hardly ever right to the last digit. With a large
# step the curve bends away. With a small step two nearly equal numbers are subtracted, and what is
# left is rounding. Autograd has no step to choose.

# %%
def draw_difference_errors() -> None:
    """Draw the error of the difference quotient of gradients against its step."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(figsize=(7.2, 3.5))
    # The function is the sum of exp(sin t); its derivatives are written out by hand.
    looks = ((torch.float32, "#D55E00", "--"), (torch.float64, "#0072B2", "-"))
    for dtype, colour, dashes in looks:
        at = torch.linspace(-2, 2, 200, dtype=dtype)
        v, wide = torch.cos(3 * at), at.double()

        def slope(t: Tensor) -> Tensor:
            return t.cos() * t.sin().exp()

        # Ends with float64, so that autograd is compared with its `truth`.
        truth = (wide.cos() ** 2 - wide.sin()) * wide.sin().exp() * v.double()
        steps = torch.logspace(-10, 0, 80).tolist()
        errors = []
        for h in steps:
            guess = (slope(at + h * v) - slope(at - h * v)) / (2 * h)
            errors.append(((guess.double() - truth).norm() / truth.norm()).item())
        axes.loglog(steps, errors, dashes, color=colour, label=str(dtype).removeprefix("torch."))
    wide = wide.requires_grad_()
    (g,) = torch.autograd.grad(wide.sin().exp().sum(), wide, create_graph=True)
    (product,) = torch.autograd.grad(g, wide, v.double())
    exact = ((product - truth).norm() / truth.norm()).item()
    axes.axhline(exact, color="0.3", lw=1.2)
    axes.text(1.3e-10, 1.6 * exact, "autograd, float64", fontsize=9, color="0.2")
    axes.text(3e-1, 2e-4, "bends", fontsize=9, ha="left")
    axes.text(1e-9, 3e-5, "rounding", fontsize=9, ha="left")
    axes.set(xlabel="step $h$", ylabel="relative error of $Hv$", ylim=(5e-17, 1e2))
    axes.legend(frameon=False, loc="upper center", fontsize=9)
    axes.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Relative error against the step on logarithmic scales. Both curves have the form of a "
        "V. In float64 the lowest point is near 2e-11, in float32 near 1e-5. A line far below, "
        "near 1e-16, marks autograd.",
        caption="The error of the difference quotient. To the right the curve bends, to the left "
        "rounding takes over. The best step is somewhere between, and you do not know where. In "
        "float32, in which networks are trained, five digits are the best it can do.",
    )


draw_difference_errors()

# %% [markdown]
# See it happen, in float32: play with the step.

# %%
def draw_secant(axes, step: float) -> None:
    """Draw the slope exp(sin t) cos t near t = 1 in float32, its tangent there and a secant."""

    def slope(t: Tensor) -> Tensor:
        return t.cos() * t.sin().exp()

    one, wide = torch.tensor(1.0), torch.linspace(-0.6, 2.6, 100)
    bend = (one.cos() ** 2 - one.sin()) * one.sin().exp()
    guess = (slope(one + step) - slope(one - step)) / (2 * step)
    axes.plot(wide, slope(wide), color="0.6")
    axes.plot(wide, slope(one) + bend * (wide - 1), color="#0072B2", lw=2)
    axes.plot(wide, slope(one) + guess * (wide - 1), "--", color="#D55E00", lw=2)
    axes.text(1, -1.75, f"off by {100 * abs(guess / bend - 1):.2g} %", ha="center")
    axes.set(xlim=(-0.6, 2.6), ylim=(-2, 2.6), xticks=(0, 1, 2), yticks=(-2, 0, 2))


play(
    draw_secant,
    "h",
    (1.0, 0.5, 0.1, 1e-3, 1e-5, 1e-6, 3e-7, 1e-7),
    alt="A curve, its tangent and the secant through two points at a distance h. The secant is flatter "
    "at h = 1, lies on the tangent at 0.001, and leaves it again at 3e-7, where the two points "
    "are but a few roundings apart.",
    caption="The tangent (solid) has the slope that autograd gives. The secant (dashed) is the "
    "difference quotient, in float32. Too large a step cuts the bend, too small a one measures "
    "rounding.",
)

# %% [markdown]
# **`backward(create_graph=True)`.** It is tempting to call it in place of `torch.autograd.grad`.
# It fills `.grad` of every parameter with a tensor that carries a graph, and the graph in turn
# holds the parameter: a circle, which keeps the memory of the whole computation alive until
# Python's garbage collector happens to come by. PyTorch warns about it. `torch.autograd.grad`
# makes no circle.
#
# **`v` must not depend on** $x$. If you compute $v$ from $x$ with a graph, for example as the
# gradient itself, then $\nabla (g \cdot v)$ contains a second term, the derivative of $v$. Give
# `torch.autograd.grad` the weights as its third argument, or detach $v$.
#
# **Predict, then try.** For our $f$ at $(1, 2)$ and $v = g = (7, 4)$, work out $H v$ by hand. The cell
# forgets to detach. By what factor is its answer off?

# %%
x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
(g,) = torch.autograd.grad(x[0] ** 3 + x[0] * x[1] ** 2, x, create_graph=True)
v = g  # and with g.detach()?
print(torch.autograd.grad(g @ v, x)[0].tolist())

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# $H v = (6 \cdot 7 + 4 \cdot 4,\ 4 \cdot 7 + 2 \cdot 4) = (58, 36)$. The cell gives $(116, 72)$, twice
# as much, since $g \cdot g$ is differentiated in both of its factors.
#
# </details>
#
# **ReLU networks.** A function that is made of straight pieces has zero curvature on every piece, and
# at the kinks it has no second derivative. All the curvature of a ReLU network's loss comes from the loss function at its end and from
# products of weights of different layers. The product $H v$ is right, but it does not see the
# kinks.
#
# **Products are not free.** One $H v$ costs about two to four times what a gradient costs. The
# whole matrix costs $n$ of them. So for $n = 20$ just build $H$; for $n = 10^6$ never do. And
# before you write an algorithm that "needs the Hessian", look how it uses it. Is it multiplied?
# Then you have all you need. Is it inverted? Read on.
#
# ## What it is for
#
# **Newton's method.** Gradient descent knows the slope and must guess the step. Newton's method
# knows the curvature, too: it goes where the gradient would be zero if $f$ were a parabola, so it
# solves $H d = -\nabla f$. Mind what that sentence says: a place without slope may be a saddle or a
# maximum, too, and plain Newton walks there just as gladly. With the matrix, a step takes $n^3$
# operations and $n^2$ memory. But where all eigenvalues of $H$ are positive, the method of *conjugate
# gradients* solves such a system by asking only for products $H p$ with one vector $p$ after
# another, and it is often satisfied after a few dozen. Where $H$ is not, it notices, and one takes
# care. This is called Newton-CG, or Hessian-free optimisation. In 2010 it trained deep networks on
# which plain gradient descent had failed.
#
# **Influence functions.** Why did the model say that? Which of the training examples made it do
# so? Take one example out of the training set, and the best parameters move by about
# $H^{-1} \nabla \ell$ divided by the number of examples, where $\nabla \ell$ is the gradient of
# that example's loss. Follow the effect on the prediction, and you have the example's influence,
# without training again. The inverse is never formed: one solves $H s = \nabla \ell$ with
# products $H v$.
#
# **MAML.** *Model-agnostic meta-learning* looks for parameters from which a new task can be
# learned in one or a few gradient steps. To improve them, one has to differentiate *through* the
# step $\theta' = \theta - \eta\, \nabla f(\theta)$. By the chain rule the gradient of the outer
# loss is $(I - \eta H)\, \nabla F(\theta')$: a gradient, minus $\eta$ times a Hessian-vector
# product. So every step of MAML that you take with autograd has an $H v$ inside, whether you see
# it or not.
#
# You will build all three in the second part of the course. They stand on the few lines that you
# have just written.
#
# ## In five lines
#
# - The Hessian of a million parameters takes 4 TB. A product with it takes a few times 4 MB.
# - $H v$ is the gradient of the number $g \cdot v$, with $v$ held fixed.
# - $H v$ is also the jvp of the gradient: forward over reverse, in one go.
# - For a model, $g \cdot v$ is one sum over all parameters, and its gradient is taken by all of them.
# - Multiply, divide by the length, repeat: that finds the curvature that is largest in size.
#
# From a library: `torch.autograd.functional.vhp(f, x, v)` gives $f(x)$ and the product;
# `torch.func.jvp(torch.func.grad(f), (x,), (v,))` gives the gradient and the product. You have
# just written both.
