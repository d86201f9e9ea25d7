# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Curvature: what the eigenvalues say
#
# The gradient tells which way is downhill. Where it is zero it has nothing more to say: you may
# stand at the bottom of a bowl, on the top of a hill or on a mountain pass. The **Hessian** can
# tell these apart, most of the time. In this lesson you will
#
# 1. see what an eigenvalue of the Hessian means,
# 2. meet the points at which the Hessian keeps silent,
# 3. write three functions: `eigenvalues` (3 points), `classify_hessian` (4 points) and
#    `classify_critical_point` (3 points), and answer one question in words (2 points).
#
# You need to know what a Hessian is and what an eigenvector is. Take two hours, and a
# pencil. PyTorch and matplotlib are all you need to install. Run the next cell first. It brings in
# PyTorch and a few small tools that the lesson uses.
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
# ## 1. By hand: from entries to eigenvalues
#
# Take
#
# $$
# f(x, y) = 3x^2 + 2xy + 3y^2, \qquad
# \nabla f = \begin{pmatrix} 6x + 2y \\ 2x + 6y \end{pmatrix}, \qquad
# H = \begin{pmatrix} 6 & 2 \\ 2 & 6 \end{pmatrix}.
# $$
#
# At $(0, 0)$ the gradient is zero. Now walk away from there, in the direction of a unit vector $u$.
# Taylor's formula from the lesson *hessian* has no slope to offer here. After a distance $t$ the
# height is
#
# $$f(t u) = f(0) + \tfrac12\, t^2\; u^\mathsf{T} H u ,$$
#
# and for a function of second degree, like this one, that is exact.
#
# So the number $u^\mathsf{T} H u$ is the **curvature in the direction** $u$. Three walks:
#
# | direction $u$ | $u^\mathsf{T} H u$ |
# |:--|:--|
# | $(1, 0)$, along the $x$ axis | $6$ |
# | $(1, 1)/\sqrt2$, along one diagonal | $(6 + 2 + 2 + 6)/2 = 8$ |
# | $(1, -1)/\sqrt2$, along the other | $(6 - 2 - 2 + 6)/2 = 4$ |
#
# The two diagonals are special: $H$ only stretches them and does not turn them,
#
# $$
# H \begin{pmatrix} 1 \\ 1 \end{pmatrix} = 8 \begin{pmatrix} 1 \\ 1 \end{pmatrix}, \qquad
# H \begin{pmatrix} 1 \\ -1 \end{pmatrix} = 4 \begin{pmatrix} 1 \\ -1 \end{pmatrix}.
# $$
#
# They are eigenvectors, and 8 and 4 are the eigenvalues. A symmetric matrix always has a full set
# of them, at right angles to each other, and the curvature in every other direction is a weighted
# mean of the eigenvalues. **The smallest and the largest eigenvalue are the smallest and the
# largest curvature there is.** Both are positive here, so every way out leads upwards. $(0, 0)$ is
# a minimum.
#
# ## By hand: the axes can deceive
#
# $$
# f(x, y) = x^2 - 4xy + y^2, \qquad H = \begin{pmatrix} 2 & -4 \\ -4 & 2 \end{pmatrix}.
# $$
#
# Along the $x$ axis: $f = x^2$, upwards. Along the $y$ axis: $f = y^2$, upwards. A minimum, then?
# Walk along the diagonal $x = y = s$: $f = s^2 - 4s^2 + s^2 = -2s^2$, **downwards**. The
# eigenvalues are $6$ and $-2$. The entries on the diagonal of $H$ see the axes only; the
# eigenvalues see everything.
#
# ## By hand: two eigenvalues from sum and product
#
# For a symmetric matrix of two rows no polynomial has to be solved. Let
# $H = \begin{pmatrix} a & b \\ b & c \end{pmatrix}$. The eigenvalues add up to the **trace**
# $a + c$, and their product is the **determinant** $ac - b^2$. They lie equally far from their mean:
#
# $$
# \lambda = \frac{a + c}{2} \pm \sqrt{\Bigl(\frac{a - c}{2}\Bigr)^2 + b^2} .
# $$
#
# For $a = c = 6$ and $b = 2$ this gives $6 \pm 2$, as above. Notice what $b$ does: the larger it
# is, of whatever sign, the further it drives the two apart.
#
# **Predict, then try.** Let $a = 5$, $b = 3$, $c = -3$. Is the point $(0, 0)$ a minimum, a maximum or
# a saddle? The product alone decides. Then work out both eigenvalues, and run the cell. Which $b$
# makes one of them zero if $c$ is $+3$?

# %% tags=["try"]
a, b, c = 5.0, 3.0, -3.0
print(torch.linalg.eigvalsh(torch.tensor([[a, b], [b, c]], dtype=torch.float64)).tolist())

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The product is $-15 - 9 = -24$. It is negative, so the signs differ: a saddle. The mean is 1 and the
# distance from it $\sqrt{4^2 + 3^2} = 5$, so the eigenvalues are $-4$ and $6$. With $c = 3$ the
# product is $15 - b^2$, and it is zero for $b = \pm\sqrt{15} \approx \pm 3.87$.
#
# </details>

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-four-points", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_four_points() -> None:
    """Draw a minimum, a maximum, a saddle and a degenerate point as surface and as contours."""
    import matplotlib.pyplot as plt

    side = torch.linspace(-1, 1, 61)
    x, y = torch.meshgrid(side, side, indexing="xy")
    points = (
        ("minimum", "$x^2 + y^2$", "+  +", x**2 + y**2),
        ("maximum", "$-x^2 - y^2$", "−  −", -(x**2) - y**2),
        ("saddle", "$x^2 - y^2$", "+  −", x**2 - y**2),
        ("degenerate", "$x^2 + y^4$", "+  0", x**2 + y**4),
    )
    fig = plt.figure(figsize=(8, 4.3))
    for column, (name, formula, signs, height) in enumerate(points, start=1):
        surface = fig.add_subplot(2, 4, column, projection="3d")
        numbers = (x.numpy(), y.numpy(), height.numpy())
        surface.plot_surface(*numbers, cmap="cividis", vmin=-1.6, vmax=1.6, rstride=3, cstride=3)
        surface.view_init(elev=26, azim=-38)
        surface.set(xticks=[], yticks=[], zticks=[])
        surface.set_box_aspect((1, 1, 0.8), zoom=1.25)
        surface.set_title(f"{name}\n{formula}", fontsize=10, pad=-2)

        contour = fig.add_subplot(2, 4, 4 + column)
        levels = torch.linspace(-2, 2, 21).tolist()
        contour.contourf(x, y, height, levels=levels, cmap="cividis", vmin=-1.6, vmax=1.6)
        lines = {"colors": "white", "linewidths": 0.5, "linestyles": "solid"}
        contour.contour(x, y, height, levels=levels, **lines)
        contour.plot(0, 0, "o", color="white", markeredgecolor="black", markersize=5)
        contour.set(aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1] if column == 1 else [])
        contour.set_xlabel(f"eigenvalues: {signs}", fontsize=9)
        contour.tick_params(labelsize=8)
    fig.subplots_adjust(left=0.04, right=0.99, bottom=0.1, top=0.9, wspace=0.12, hspace=0.08)
    show_figure(
        fig,
        alt="Four surfaces above their contour lines. A bowl, a hill, a mountain pass, and a "
        "trough that is very flat along one axis. The contours are circles for the bowl and the "
        "hill, hyperbolas for the pass, and ovals stretched along the y axis for the trough.",
        caption="Four points with zero gradient; dark is low, light is high. Both eigenvalues "
        "positive: a minimum. Both negative: a maximum. One of each: a saddle. In the last picture "
        "one eigenvalue is zero: along the y axis the Hessian sees no curvature at all, though the "
        "trough does rise in the end.",
    )


draw_four_points()

# %% [markdown]
# Now play with the coupling $c$ in $x^2 + c\, x y + y^2$. Its Hessian has $2$ on the diagonal and $c$
# beside it. **Predict first:** where does the bowl turn into a pass?

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-coupling", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_coupled(axes, coupling: float) -> None:
    """Draw the contours of x² + c·xy + y², and write the eigenvalues of its Hessian below."""
    side = torch.linspace(-1, 1, 81)
    x, y = torch.meshgrid(side, side, indexing="xy")
    height = x**2 + coupling * x * y + y**2
    # Close to zero the lines lie close together, so that the turn from valley to pass shows.
    levels = (torch.linspace(-1, 1, 34) ** 3 * 6.2).tolist()
    axes.contourf(x, y, height, levels=levels, cmap="cividis", vmin=-3, vmax=3)
    axes.contour(x, y, height, levels=levels, colors="white", linewidths=0.5, linestyles="solid")
    axes.plot(0, 0, "o", color="white", markeredgecolor="black", markersize=5)
    axes.set(aspect="equal", xticks=[], yticks=[])
    axes.set_xlabel(f"eigenvalues: {2 - coupling:g}, {2 + coupling:g}")


play(
    draw_coupled,
    "c",
    (0.0, 1.0, 1.9, 2.0, 2.1, 3.0, 4.0),
    alt="Contours of a bowl. As c grows, the circles become ovals that stretch along one diagonal. "
    "At c = 2 they are straight lines, a valley without slope, and beyond it a saddle.",
    caption="One eigenvalue is 2 + c and the other 2 - c. At c = 2 the smaller one passes through "
    "zero: the bowl has become a level valley, and beyond that a pass.",
)

# %% [markdown]
# ## 2. Four verdicts, and when the Hessian keeps silent
#
# Let $\nabla f = 0$ at our point. Then
#
# | eigenvalues of $H$ | verdict | why |
# |:--|:--|:--|
# | all positive | `"minimum"` | every way out leads upwards |
# | all negative | `"maximum"` | every way out leads downwards |
# | a positive **and** a negative one | `"saddle"` | one way leads up, another one down |
# | a zero, and not both signs | `"degenerate"` | the Hessian cannot tell |
#
# Two points are worth a second look, because many introductions pass over them.
#
# **First: an $H$ that shows neither a minimum nor a maximum need not show a saddle.** Look at three functions
# with one and the same Hessian at $(0, 0)$, namely
# $H = \begin{pmatrix} 2 & 0 \\ 0 & 0 \end{pmatrix}$:
#
# $$
# x^2 + y^4 \ \text{ (a minimum)}, \qquad
# x^2 - y^4 \ \text{ (a saddle)}, \qquad
# x^2 + y^3 \ \text{ (a saddle, too, but of another form)}.
# $$
#
# Whoever sees only $H$ cannot know which of the three it belongs to. The honest answer is
# `"degenerate"`. On the other hand, a zero eigenvalue does no harm where there is already a
# positive *and* a negative one: one way up and one way down make a saddle, whatever happens along
# the third. So $x^2 - y^2 + z^4$ has a saddle at $0$.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-same-hessian", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_same_hessian() -> None:
    """Draw three functions that share a Hessian at 0, and their cuts along the y axis."""
    import matplotlib.pyplot as plt

    side = torch.linspace(-1, 1, 121)
    x, y = torch.meshgrid(side, side, indexing="xy")
    functions = (
        ("$x^2 + y^4$", lambda a, b: a**2 + b**4, "#0072B2", "-"),
        ("$x^2 - y^4$", lambda a, b: a**2 - b**4, "#D55E00", "--"),
        ("$x^2 + y^3$", lambda a, b: a**2 + b**3, "#007A5A", "-."),
    )
    fig, panels = plt.subplots(1, 4, figsize=(8, 2.5))
    levels = torch.linspace(-1.2, 2.0, 17).tolist()
    for axes, (name, function, colour, dashes) in zip(panels, functions, strict=False):
        axes.contourf(x, y, function(x, y), levels=levels, cmap="cividis", vmin=-1.6, vmax=1.6)
        lines = {"colors": "white", "linewidths": 0.4, "linestyles": "solid"}
        axes.contour(x, y, function(x, y), levels=levels, **lines)
        axes.plot([0, 0], [-1, 1], dashes, color="white", lw=2)
        axes.plot(0, 0, "o", color="white", markeredgecolor="black", markersize=5)
        axes.set(title=name, aspect="equal", xticks=[-1, 0, 1], yticks=[], xlabel="$x$")
        panels[3].plot(side, function(0 * side, side), dashes, color=colour, label=name)
    panels[0].set(yticks=[-1, 0, 1], ylabel="$y$")
    panels[3].axhline(0, color="0.6", lw=0.8, zorder=0)
    panels[3].set(title="cut at $x = 0$", xlabel="$y$", ylim=(-3.2, 1.2), yticks=[-1, 0, 1])
    panels[3].legend(fontsize=8, frameon=False, loc="lower center", handlelength=2.2)
    for axes in panels:
        axes.tick_params(labelsize=8)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Contour pictures of three functions. Along the white line x = 0 the first rises on "
        "both sides of the origin, the second falls on both sides and the third falls on one side "
        "and rises on the other. The last panel shows the three cuts, all flat at 0.",
        caption="One Hessian, three fates. On the right the cut along the white line: all three "
        "curves have slope 0 and curvature 0 in the middle. What happens next is decided by "
        "higher derivatives, which the Hessian does not hold.",
    )


draw_same_hessian()

# %% [markdown]
# **Second: the table holds at a critical point only.** Take the bowl $f(x, y) = x^2 + y^2$ at the
# point $(2, 2)$. Its Hessian is $2I$, there as everywhere, and both eigenvalues are positive. Is
# $(2, 2)$ a minimum, then? Certainly not: the gradient there is $(4, 4)$, and a step towards the
# origin leads downhill. The Hessian speaks of how the ground *bends*. Whether it is level is for
# the gradient to say, and it must be asked first. A point whose gradient is not zero is
# `"not critical"`, whatever the eigenvalues are.
#
# ## 3. When is a computed number zero?
#
# A zero eigenvalue rarely comes out as `0.0`. Watch a matrix in which every row is a multiple of
# one row, so that two of its
# three eigenvalues are zero by construction:

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-rounding", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
u = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
for scale in (1.0, 1e12, 1e-12):
    values = torch.linalg.eigvalsh(scale * torch.outer(u, u))
    shown = ", ".join(f"{value:9.1e}" for value in values.tolist())
    print(f"{scale:7.0e} · u uᵀ has the computed eigenvalues {shown}")

# %% [markdown]
# The first two columns are rounding and nothing else (your computer may show other digits). But
# look at their size. In the second line the "zero" may be as large as $10^{-5}$, in the third line
# the *true* eigenvalue is as small as $10^{-12}$. No fixed threshold can be right for both.
#
# Rounding is relative to the largest number that takes part, and so the threshold must be too.
# This course counts an eigenvalue as zero when
#
# $$
# |\lambda| \;\le\; n \cdot \varepsilon \cdot \max_i |\lambda_i| ,
# $$
#
# where $n$ is the number of rows and $\varepsilon$ is `torch.finfo(dtype).eps`, the spacing of
# the numbers near 1: about $2 \cdot 10^{-16}$ in float64 and $10^{-7}$ in float32. It is the rule
# by which `torch.linalg.matrix_rank` finds the rank of a matrix. It has a good property: multiply
# $f$ by $1000$, measure it in millimetres in place of metres, and no verdict of the table changes. And it
# covers $H = 0$, where every eigenvalue is 0 and "$\le$" counts it as zero.
#
# **Predict, then try.** The matrix below has the eigenvalues 1 and $10^{-8}$. Both are positive: a
# minimum, surely? Work out the threshold for float32 and for float64. Then run the cell, and change
# the dtype.

# %% tags=["try"]
dtype = torch.float32

values = torch.linalg.eigvalsh(torch.diag(torch.tensor([1.0, 1e-8], dtype=dtype)))
threshold = len(values) * torch.finfo(dtype).eps * values.abs().max()
print("eigenvalues:", values.tolist(), "  zero up to:", threshold.item())

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# In float32 the threshold is $2 \cdot 1.2 \cdot 10^{-7}$, well above $10^{-8}$: the small eigenvalue
# cannot be told from rounding, and the verdict is `"degenerate"`. In float64 it is
# $4.4 \cdot 10^{-16}$, and the point is a minimum. More digits can see smaller curvatures.
#
# </details>
#
# The next cell holds two tools that the checks below use.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_verdict(call: str, got: object, expected: str, because: str) -> None:
    """Compare a verdict with the right one, and say why that one is right."""
    check_that(got == expected, f"{call}\n gave {got!r}, expected {expected!r}: {because}")
    print(f"✓ {call} is {got!r}")


def check_refused(call: str, matrix: Tensor, fault: str) -> None:
    """See that eigenvalues refuses a matrix with a ValueError that names the fault."""
    try:
        got = eigenvalues(matrix)
    except NotImplementedError:
        raise
    except Exception as error:
        due = f"{call}\n should raise a ValueError that says {fault!r}"
        check_that(isinstance(error, ValueError), f"{due}\n raised {in_plain_words(error)}")
        check_that(fault in str(error).lower(), f"{due}\n raised ValueError: {str(error)[:160]}")
        print(f"✓ {call} is refused: {error}")
    else:
        given = in_short(got) if isinstance(got, Tensor) else repr(got)
        due = f"should raise a ValueError that says {fault!r}"
        check_that(False, f"{call}\n {due}, but gave {given}")


# %% [markdown]
# ## Task 1: `eigenvalues` (3 points)
#
# *About 25 minutes. Difficulty: 2 of 3.*
#
# Compute the eigenvalues of a symmetric matrix, smallest first. For two rows you have just done it
# by hand. For more rows, `torch.linalg.eigvalsh` turns the axes, again and again, until next to
# nothing is left beside the diagonal; what stands on the diagonal then are the eigenvalues.
# Sum and product stay what they were: the trace and the determinant. The checks use both.
#
# One call, then. What is left to you is to make sure that the call means what it says.
#
# `eigvalsh` reads only one triangle of the matrix and believes you about the other. Give it
# $\begin{pmatrix} 1 & 5 \\ 0 & 1 \end{pmatrix}$ and it works with
# $\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}$, without a word. A Hessian that is not symmetric
# is a sign of a mistake further up, so say so instead: raise a `ValueError`
#
# - with the word "square" in its message, unless `matrix` has two dimensions of equal length, at
#   least 1,
# - with the word "symmetric", if the largest $|H_{ij} - H_{ji}|$ is above $10^{-4}$ times the
#   largest $|H_{ij}|$.
#
# Why not demand perfect symmetry? $H_{ij}$ and $H_{ji}$ are often computed along different ways
# and differ in the last digits. That is rounding and must pass. Average the two,
# $(H + H^\mathsf{T})/2$, so that neither triangle is preferred.
#
# `eigvalsh` takes no integers, and infinity and `nan` have no eigenvalues: a `ValueError` is a good
# answer to all three.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "eigenvalues", "locked": false, "schema_version": 3, "solution": true, "task": false}
def eigenvalues(matrix: Tensor) -> Tensor:
    """Compute the eigenvalues of a symmetric matrix, in ascending order.

    Args:
        matrix: a real floating-point matrix of shape `(n, n)`, symmetric but for rounding. It is
            left as it was.

    Returns:
        The `n` eigenvalues, real and smallest first, of shape `(n,)`, with the dtype and device
        of `matrix`.

    Raises:
        ValueError: if `matrix` is not square, or if it is not symmetric: the largest difference
            between an entry and its mirror image is more than 1e-4 of the largest entry by
            size. The message says "square" or "symmetric".
    """
    ### BEGIN SOLUTION
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.numel() == 0:
        raise ValueError(f"the matrix must be square, but its shape is {tuple(matrix.shape)}")
    if not matrix.is_floating_point() or not matrix.isfinite().all():
        raise ValueError(f"the entries must be finite real numbers, not {matrix.dtype} or nan/inf")
    largest, asymmetry = matrix.abs().max(), (matrix - matrix.T).abs().max()
    if asymmetry > 1e-4 * largest:
        raise ValueError(
            f"the matrix must be symmetric, but entries across the diagonal differ by "
            f"{asymmetry.item():.3g}, and the largest entry is {largest.item():.3g}"
        )
    return torch.linalg.eigvalsh(matrix / 2 + matrix.T / 2)
    ### END SOLUTION


# %% [markdown]
# Run the next two cells: the cases, behind a grey bar, and the check. It stops at the first thing
# that is not right yet and tells you which.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-eigenvalues", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_eigenvalues() -> None:
    """Compare eigenvalues with numbers worked out by hand, and try what it must refuse."""
    f64 = torch.float64

    # The first two are the examples above. The third turns x and y into each other (-1 and 1)
    # and stretches z by -3, so the order of the answer is not the order on the diagonal.
    for rows, by_hand in (
        ([[6, 2], [2, 6]], [4, 8]),
        ([[2, -4], [-4, 2]], [-2, 6]),
        ([[0, 1, 0], [1, 0, 0], [0, 0, -3]], [-3, -1, 1]),
        ([[7]], [7]),
        ([[0, 0], [0, 0]], [0, 0]),
    ):
        call = f"eigenvalues({rows})"
        got = result_of(call, eigenvalues, torch.tensor(rows, dtype=f64))
        check_tensor(call, got, torch.tensor(by_hand, dtype=f64))

    lengths = torch.tensor([[4, 1, 0, 2], [1, -3, 2, 0], [0, 2, 1, 1], [2, 0, 1, 5]], dtype=f64)
    call = f"eigenvalues({lengths.int().tolist()})"
    got = result_of(call, eigenvalues, lengths)
    check_that(isinstance(got, Tensor) and got.shape == (4,), f"{call}\n should give 4 numbers")
    for name, found, due in (
        ("sum", got.sum(), lengths.trace()),
        ("product", got.prod(), torch.linalg.det(lengths)),
    ):
        check_tensor(f"the {name} of {call}", found.detach(), due)

    call = "eigenvalues([[5, 0], [0, -2]]) in float32"
    got = result_of(call, eigenvalues, torch.tensor([[5.0, 0.0], [0.0, -2.0]]))
    check_tensor(call, got, torch.tensor([-2.0, 5.0]))

    nearly = torch.tensor([[6.0, 2.0 + 1e-14], [2.0, 6.0]], dtype=f64)
    call = "eigenvalues([[6, 2.00000000000001], [2, 6]]), which is symmetric but for rounding"
    check_tensor(call, result_of(call, eigenvalues, nearly), torch.tensor([4.0, 8.0], dtype=f64))

    result_of("eigenvalues(matrix)", eigenvalues, lengths)
    kept = lengths[0].tolist() == [4.0, 1.0, 0.0, 2.0]
    check_that(kept, "after eigenvalues(matrix) the matrix holds other numbers: work on a copy")

    one_sided = torch.tensor([[1.0, 5.0], [0.0, 1.0]], dtype=f64)
    check_refused("eigenvalues([[1, 5], [0, 1]])", one_sided, "symmetric")
    call = "eigenvalues of the same matrix times 1e-12, where only the relative difference is large"
    check_refused(call, 1e-12 * one_sided, "symmetric")
    check_refused("eigenvalues of a matrix of shape (3, 2)", torch.ones(3, 2, dtype=f64), "square")
    check_refused("eigenvalues of a vector", torch.ones(3, dtype=f64), "square")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-eigenvalues", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_eigenvalues)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task 2: `classify_hessian` (4 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# Turn the table of section 2 into code, with the zero of section 3. Read the table once more
# before you write: the order in which you ask the questions matters. By hand, with three of the
# matrices that the checks use:
#
# | $H$ | eigenvalues | verdict |
# |:--|:--|:--|
# | $\begin{pmatrix} -5 & 2 \\ 2 & -2 \end{pmatrix}$ | $-6,\ -1$ | `"maximum"` |
# | diagonal matrix of $3, 0, -1$ | $-1,\ 0,\ 3$ | `"saddle"`, in spite of the zero |
# | diagonal matrix of $-3, 0, -1$ | $-3,\ -1,\ 0$ | `"degenerate"` |
#
# The function does not know the gradient. It answers as if the point were critical.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "classify_hessian", "locked": false, "schema_version": 3, "solution": true, "task": false}
def classify_hessian(matrix: Tensor) -> str:
    """Say what the Hessian at a critical point tells about it.

    An eigenvalue counts as zero when |λ| ≤ n · eps(dtype) · max|λ|.

    Args:
        matrix: the Hessian, a symmetric floating-point matrix of shape `(n, n)`.

    Returns:
        `"minimum"` if all eigenvalues are positive, `"maximum"` if all are negative, `"saddle"` if
        there is a positive and a negative one, and `"degenerate"` otherwise.

    Raises:
        ValueError: if `matrix` is not square or not symmetric, as in `eigenvalues`.
    """
    ### BEGIN SOLUTION
    values = eigenvalues(matrix)
    zero = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
    up, down = bool((values > zero).any()), bool((values < -zero).any())
    if up and down:
        return "saddle"
    if bool((values.abs() <= zero).any()):
        return "degenerate"
    return "minimum" if up else "maximum"
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-classify_hessian", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_classify_hessian() -> None:
    """Compare classify_hessian with verdicts worked out by hand."""
    f32, f64 = torch.float32, torch.float64
    for rows, expected, because in (
        ([[6, 2], [2, 6]], "minimum", "the eigenvalues 4 and 8 are positive"),
        ([[-5, 2], [2, -2]], "maximum", "the eigenvalues -6 and -1 are negative"),
        ([[2, -4], [-4, 2]], "saddle", "the eigenvalues are -2 and 6"),
        ([[-1, 0, 0], [0, -1, 0], [0, 0, 3]], "saddle", "the signs are -, -, +"),
        ([[3, 0, 0], [0, 0, 0], [0, 0, -1]], "saddle", "one way up and one way down are enough"),
        ([[2, 0], [0, 0]], "degenerate", "it fits a minimum (x² + y⁴) and a saddle (x² + y³)"),
        ([[-3, 0, 0], [0, 0, 0], [0, 0, -1]], "degenerate", "the signs are -, 0, -"),
        ([[0, 0], [0, 0]], "degenerate", "a Hessian of zeros says nothing at all"),
        ([[-4]], "maximum", "one negative eigenvalue, and no other"),
    ):
        call = f"classify_hessian({rows})"
        got = result_of(call, classify_hessian, torch.tensor(rows, dtype=f64))
        check_verdict(call, got, expected, because)

    # Rank 1 in exact arithmetic. In the computer the zeros are rounding, of whatever size H has.
    u = torch.tensor([0.1, 0.2, 0.3, 0.7], dtype=f64)
    for scale in (1.0, -1.0, 1e12, 1e-12):
        call = f"classify_hessian({scale:.0e} · u uᵀ) with u = (0.1, 0.2, 0.3, 0.7)"
        because = "three eigenvalues are zero but for rounding, and rounding is relative to max|λ|"
        got = result_of(call, classify_hessian, scale * torch.outer(u, u))
        check_verdict(call, got, "degenerate", because)

    call = "classify_hessian(1e-12 · [[5, 1], [1, 3]])"
    small = 1e-12 * torch.tensor([[5.0, 1.0], [1.0, 3.0]], dtype=f64)
    because = "both eigenvalues are positive, and in other units they would be large"
    check_verdict(call, result_of(call, classify_hessian, small), "minimum", because)

    for dtype, expected in ((f64, "minimum"), (f32, "degenerate")):
        call = f"classify_hessian([[1, 0], [0, 1e-8]]) in {dtype}"
        because = f"2 · eps · max|λ| is {2 * torch.finfo(dtype).eps:.1e} in this dtype"
        uneven = torch.diag(torch.tensor([1.0, 1e-8], dtype=dtype))
        check_verdict(call, result_of(call, classify_hessian, uneven), expected, because)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-classify_hessian", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
run_checks(check_classify_hessian)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task 3: `classify_critical_point` (3 points)
#
# *About 20 minutes. Difficulty: 2 of 3.*
#
# Now put it together, for a function and a point. Ask the gradient first: where
# $\max_i |\partial f / \partial x_i| > 10^{-6}$, the answer is `"not critical"`. Otherwise
# compute the Hessian and let `classify_hessian` speak.
#
# One function, three points, by hand:
#
# $$
# f(x, y) = x^3 - 3x + y^2, \qquad
# \nabla f = \begin{pmatrix} 3x^2 - 3 \\ 2y \end{pmatrix}, \qquad
# H = \begin{pmatrix} 6x & 0 \\ 0 & 2 \end{pmatrix}.
# $$
#
# | point | gradient | eigenvalues | verdict |
# |:--|:--|:--|:--|
# | $(1, 0)$ | $(0, 0)$ | $2, 6$ | `"minimum"` |
# | $(-1, 0)$ | $(0, 0)$ | $-6, 2$ | `"saddle"` |
# | $(2, 0)$ | $(9, 0)$ | $2, 12$ | `"not critical"` |
#
# Three rules, as in the other lessons. `inputs` may have **any shape**: with $n$ numbers in it,
# give the Hessian the shape $n \times n$ before you classify it. **Leave the caller's tensor as
# it was**: work on `inputs.detach()`. And a function that is linear in its inputs, or ignores
# them, has **zero** derivatives and no errors; PyTorch may need some help with that.
#
# *Use* what you like here. `torch.autograd.functional.hessian` and `torch.func.hessian` are
# allowed, and so are functions that you copy from your earlier lessons.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "classify_critical_point", "locked": false, "schema_version": 3, "solution": true, "task": false}
def classify_critical_point(func: Callable[[Tensor], Tensor], inputs: Tensor) -> str:
    """Say what kind of point `inputs` is for `func`, by its first and second derivatives.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.

    Returns:
        `"not critical"` if an entry of the gradient is larger than 1e-6 in size; otherwise
        `"minimum"`, `"maximum"`, `"saddle"` or `"degenerate"`, as `classify_hessian` says.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    if y.requires_grad:  # otherwise nothing in y depends on x, and the ground is level
        (gradient,) = torch.autograd.grad(y, x, materialize_grads=True)
        if not gradient.abs().max() <= 1e-6:  # put this way, nan is not critical either
            return "not critical"
    hessian = torch.autograd.functional.hessian(func, inputs.detach())
    return classify_hessian(hessian.reshape(inputs.numel(), inputs.numel()))
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-classify_critical_point", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_classify_critical_point() -> None:
    """Compare classify_critical_point with verdicts worked out by hand."""
    f64 = torch.float64

    def cubic(t: Tensor) -> Tensor:
        return t[0] ** 3 - 3 * t[0] + t[1] ** 2

    def check(name: str, func: Callable[[Tensor], Tensor], at: object, *verdict: str) -> None:
        call = f"classify_critical_point(f, {at}) with f = {name}"
        got = result_of(call, classify_critical_point, func, torch.tensor(at, dtype=f64))
        check_verdict(call, got, *verdict)

    name = "x³ - 3x + y²"
    check(name, cubic, [1, 0], "minimum", "the gradient is 0, the eigenvalues are 2 and 6")
    check(name, cubic, [-1, 0], "saddle", "the gradient is 0, the eigenvalues are -6 and 2")
    check(name, cubic, [2, 0], "not critical", "the gradient is (9, 0), so ask no further")
    check(name, cubic, [0, 0], "not critical", "the gradient is (-3, 0): size counts, not sign")
    check(name, cubic, [0, 1.5], "not critical", "the gradient is (-3, 3), and nothing cancels")
    check(name, cubic, [1, 1e-3], "not critical", "0.002 is a small slope, but above 1e-6")
    check(name, cubic, [1, 1e-7], "minimum", "2e-7 is not above 1e-6, so it counts as zero")
    check("xy", lambda t: t[0] * t[1], [0, 0], "saddle", "H = [[0, 1], [1, 0]] has -1 and 1")
    silent = "H = [[0, 0], [0, -2]] cannot tell"
    check("-x⁴ - y²", lambda t: -(t[0] ** 4) - t[1] ** 2, [0, 0], "degenerate", silent)

    # A matrix in: minus the sum of the squares, and the entries of each row held together.
    matrix = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    held = "H is 6 × 6 with the eigenvalues -8, -8, -2, -2, -2, -2"

    def hill(m: Tensor) -> Tensor:
        return -(m**2).sum() - (m.sum(dim=1) ** 2).sum()

    check("-ΣX² - Σ(row sums)²", hill, matrix, "maximum", held)
    check("cosh(t), t of the shape ()", torch.cosh, 0.0, "minimum", "the curvature is cosh(0) = 1")

    flat = "gradient and Hessian are zero"
    check("7", lambda t: torch.tensor(7.0, dtype=f64), [1, 2], "degenerate", flat)
    check("x + 2y", lambda t: t[0] + 2 * t[1], [1, 2], "not critical", "the gradient is (1, 2)")

    for required in (False, True):
        at = torch.tensor([1.0, 0.0], dtype=f64, requires_grad=required)
        result_of("classify_critical_point(f, inputs)", classify_critical_point, cubic, at)
        after = "after classify_critical_point(f, inputs), your caller's tensor"
        check_that(at.tolist() == [1.0, 0.0], f"{after} holds other numbers: work on a copy")
        flag = f"has requires_grad={at.requires_grad}, but it was {required} before"
        check_that(at.requires_grad == required, f"{after} {flag}: use inputs.detach()")
        left = f"has something in .grad: {at.grad}"
        check_that(at.grad is None, f"{after} {left}; torch.autograd.grad leaves nothing there")
    print("✓ classify_critical_point leaves your caller's tensor as it was")


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-classify_critical_point", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_classify_critical_point)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# *About 10 minutes. Difficulty: 3 of 3.* A person reads and marks this one. Three to six sentences
# will do.
#
# > A friend has trained a model with three parameters. At the point where training stopped, the
# > gradient is zero and the Hessian has the eigenvalues $-4$, $-1$ and $0$. "No way leads up, so it
# > is a maximum", says the friend. **Is it?** Give two functions of three variables that have these
# > three eigenvalues at a critical point: one about which the friend is right, and one about which
# > the friend is wrong. Say which verdict *can* be ruled out, and what you would compute next to find
# > out which of your two cases it is.

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "why-silent", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# It may be one, but the Hessian does not say so. The test looks at the second-order term
# $\tfrac12 t^2\, u^\mathsf{T} H u$ alone. Along the eigenvector of the eigenvalue 0 this term is
# zero, and terms of third and higher order decide, of which $H$ holds nothing. For example
# $-2x^2 - \tfrac12 y^2 - z^4$ and $-2x^2 - \tfrac12 y^2 + z^3$ have the eigenvalues $-4, -1, 0$ at
# the origin. The first has a maximum there. The second rises along $z$ for $z > 0$, so it has none.
# A minimum can be ruled out: along the eigenvector of $-4$ the function certainly falls. Next one
# would walk along the eigenvector of 0: compute the third derivative of the cut there. If it is
# not zero, the point is no maximum; if it is, the fourth, and so on (in general the cut along a
# straight line is not the last word, but one way up is enough to refute the friend).
#
# *Marking:* 1 point for a valid pair of functions with these eigenvalues and the reason that they
# differ (higher orders along the eigenvector of 0, which $H$ does not hold). 1 point for the
# minimum ruled out with its reason, and a sensible next step: higher derivatives along that
# eigenvector, or values of $f$ close by on both sides. A pair with other eigenvalues, such as
# $-x^2 - y^2 \pm z^4$, is not what was asked for and earns nothing.
# ### END SOLUTION

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **The determinant is a shortcut for two variables only.** With two eigenvalues, a positive
# product means equal signs. With three it means nothing of the kind:

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-determinant", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
bowl = torch.diag(torch.tensor([1.0, 1.0, 3.0]))
saddle = torch.diag(torch.tensor([-1.0, -1.0, 3.0]))
print("determinants:", torch.linalg.det(bowl).item(), "and", torch.linalg.det(saddle).item())
print("eigenvalues: ", torch.linalg.eigvalsh(bowl).tolist())
print("         and ", torch.linalg.eigvalsh(saddle).tolist())

# %% [markdown]
# **`eigvals` is not `eigvalsh`.** `torch.linalg.eigvals` is made for matrices of any kind. It gives
# complex numbers, in no order, and takes several times as long. The `h` stands for Hermitian, the
# complex word for symmetric: the answer is real and sorted.
#
# **"Zero" is a decision.** The rule $n \varepsilon \max|\lambda|$ is right for the rounding of
# the eigenvalue routine itself. If $H$ comes from a float32 model or from noisy data, its entries
# are less certain than that, and small eigenvalues may have either sign by accident. The rule for
# the gradient, $10^{-6}$, is a plain absolute number: multiply $f$ by a thousand and a critical
# point may stop being one. It is a convention of this course; in your own work choose it to fit
# your units.
#
# **A small gradient is not a minimum.** Training often slows down because the gradient is tiny,
# and people read this as "arrived". If the signs of the eigenvalues were thrown like coins, all $n$
# would be positive with a chance of $2^{-n}$. Real losses are not quite like coins, but in high
# dimension saddles are common, and their neighbourhoods are flat and slow.
#
# **Kinks have no Hessian.** For $|x|$ the point $0$ is a minimum, and there is no gradient to be
# zero. Networks made of ReLUs are full of such places.
#
# **The matrix may be too big.** `eigvalsh` takes of the order of $n^3$ steps. At $n = 10\,000$
# those are a million million steps, and at $n = 10^6$ the matrix alone is 4 TB in float32. Still,
# one can find the largest and the smallest eigenvalues of such a Hessian, with nothing but
# products $H v$. How to get those without ever having $H$ is the next lesson: **Hessian-vector
# products**.
#
# ## In five lines
#
# - The smallest and the largest eigenvalue of $H$ are the smallest and the largest curvature.
# - At a critical point: all positive, a minimum; all negative, a maximum; both signs, a saddle.
# - A zero among eigenvalues of one sign means that the Hessian cannot tell.
# - "Zero" means small beside the largest: $|\lambda| \le n\, \varepsilon \max|\lambda|$.
# - Ask the gradient first. Where the ground is not level, the eigenvalues answer another question.
#
# From a library: `torch.linalg.eigvalsh(torch.func.hessian(f)(x))` gives the eigenvalues in one
# line. What they mean for your point is the part that no library does for you.
