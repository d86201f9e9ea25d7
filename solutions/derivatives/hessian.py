# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Hessian: differentiate the gradient
#
# The gradient says which way is up. The **Hessian** says how that changes as you walk: where the
# ground bends, how strongly, and in which direction. In this lesson you will
#
# 1. work out two Hessians by hand, one that is the same everywhere and one that is not,
# 2. look at the graph that PyTorch must keep so that a gradient can be differentiated again,
# 3. write two functions: `gradient` (3 points) and `hessian` (7 points).
#
# You need the lesson on the Jacobian, or its main idea: `torch.autograd.grad` goes backwards from
# one number (or from a vector, with a weight for each entry). Take an hour and a half, and a pencil.
# PyTorch and matplotlib are all you need to install. Run the next cell first: it brings in PyTorch
# and a few small tools.
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
# ## 1. By hand: a bowl
#
# Take
#
# $$f(x, y) = x^2 + y^2 .$$
#
# Differentiate once and you have the gradient. Differentiate *each entry of the gradient* by each
# variable and you have the Hessian, the matrix of second derivatives:
#
# $$
# \nabla f = \begin{pmatrix} 2x \\ 2y \end{pmatrix},
# \qquad
# H = \begin{pmatrix}
# \dfrac{\partial (2x)}{\partial x} & \dfrac{\partial (2x)}{\partial y} \\[2ex]
# \dfrac{\partial (2y)}{\partial x} & \dfrac{\partial (2y)}{\partial y}
# \end{pmatrix}
# = \begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix} = 2 I .
# $$
#
# So **the Hessian is the Jacobian of the gradient**. That sentence is the whole lesson.
#
# This Hessian is special in two ways. It holds no $x$ and no $y$: the bowl bends equally at
# every point. And it is a multiple of $I$: it bends equally in every direction. Both are rare.
#
# ## By hand: a function that bends differently at each point
#
# $$
# f(x, y) = x^2 y + y^3,
# \qquad
# \nabla f = \begin{pmatrix} 2xy \\ x^2 + 3y^2 \end{pmatrix},
# \qquad
# H(x, y) = \begin{pmatrix} 2y & 2x \\ 2x & 6y \end{pmatrix}.
# $$
#
# Now the point matters, and the off-diagonal entries are not zero:
#
# $$
# H(1, 2) = \begin{pmatrix} 4 & 2 \\ 2 & 12 \end{pmatrix},
# \qquad
# H(-1, 1) = \begin{pmatrix} 2 & -2 \\ -2 & 6 \end{pmatrix}.
# $$
#
# The off-diagonal entry $2x$ tells how the slope *in the $x$ direction* changes when you step *in
# the $y$ direction*. It stands there twice: for smooth functions the order of the two
# derivatives does not matter (Schwarz's theorem), and $H$ is symmetric.
#
# **Predict, then try.** You stand at $(1, 2)$ and take a small step of length $h$ *in the $y$
# direction*. By how much does each entry of the gradient change, divided by $h$? Read it off $H$
# and write it down. Then run the cell, and see what a smaller $h$ does.

# %% tags=["try"]
h = 0.1
before = (2 * 1 * 2, 1**2 + 3 * 2**2)
after = (2 * 1 * (2 + h), 1**2 + 3 * (2 + h) ** 2)
print("change of the gradient / h:", (after[0] - before[0]) / h, (after[1] - before[1]) / h)

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The second column of $H$, $(2, 12)$. The first entry is exact, since $2xy$ is linear in $y$. The
# second is $12 + 3h$, and the $3h$ goes away with the step. A column of $H$ is what the gradient does
# when you move along one axis.
#
# </details>

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-gradients-turn", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_gradients_turning() -> None:
    """Draw contours of both functions, with the gradient at a point and one step to the right."""
    import matplotlib.pyplot as plt

    blue, orange, green = "#0072B2", "#D55E00", "#007A5A"
    x, y = torch.meshgrid(torch.linspace(0, 2.8, 150), torch.linspace(0, 2.2, 150), indexing="xy")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.8, 3.9), sharey=True)
    panels = (
        (left, "bowl: $x^2 + y^2$", x**2 + y**2, lambda a, b: (2 * a, 2 * b), 0.3),
        (right, "$x^2y + y^3$", x**2 * y + y**3, lambda a, b: (2 * a * b, a**2 + 3 * b**2), 0.4),
    )
    across, up, step = 1.0, 0.5, 0.6
    for axes, title, height, slope, scale in panels:
        axes.contour(x, y, height, levels=12, colors="0.75", linewidths=0.9)
        here, there = slope(across, up), slope(across + step, up)
        arrow = {"angles": "xy", "scale_units": "xy", "scale": 1 / scale, "width": 0.009}
        axes.quiver(across, up, *here, color=blue, label="gradient at $p$", **arrow)
        axes.quiver(
            across + step, up, *there, color=orange, label="gradient a step to the right", **arrow
        )
        axes.quiver(
            across + step, up, *here, color=blue, alpha=0.3, label="the first one again", **arrow
        )
        tail = (across + step + scale * here[0], up + scale * here[1])
        tip = (across + step + scale * there[0], up + scale * there[1])
        turn = {"arrowstyle": "-|>", "color": green, "lw": 2, "shrinkA": 0, "shrinkB": 7}
        axes.annotate("", xy=tip, xytext=tail, arrowprops=turn)
        axes.plot([], [], color=green, lw=2, label="the change: near step × first column of $H$")
        axes.plot([across, across + step], [up, up], "o", color="black", markersize=4)
        axes.text(0.94, 0.42, "$p$", ha="right", va="top")
        axes.set(title=title, xlabel="$x$", aspect="equal", xlim=(0, 2.8), ylim=(0, 2.2))
    left.set_ylabel("$y$")
    handles, labels = left.get_legend_handles_labels()
    fig.legend(handles, labels, loc="lower center", ncol=2, fontsize=8.5, frameon=False)
    fig.tight_layout(rect=(0, 0.12, 1, 1))
    show_figure(
        fig,
        alt="Two contour maps, each with the gradient at a point p and at a point to its right. "
        "On the bowl the change of the gradient points straight to the right. On the second "
        "function it points to the right and upwards.",
        caption="Step to the right and watch the gradient. On the bowl it changes only in its own "
        "x entry, so the first column of H is (2, 0). On the second function, at p = (1, 0.5), "
        "the step changes both entries: the first column is (2y, 2x) = (1, 2). (The green "
        "change is a little longer upwards than the column says, since the step is not tiny. The "
        "gradients are drawn at 0.3 of their length on the left and at 0.4 on the right.)",
    )


draw_gradients_turning()

# %% [markdown]
# There is a second way to see it. Cut through the landscape along a straight line: start at $p$ and
# walk a distance $t$ in the unit direction $u$. The height on the way, $c(t) = f(p + t\,u)$, is a
# curve of one variable. Differentiate it by the chain rule, once and once more:
#
# $$
# c'(t) = \sum_i u_i\, \frac{\partial f}{\partial x_i}(p + t\,u),
# \qquad
# c''(t) = \sum_i \sum_j u_i\, \frac{\partial^2 f}{\partial x_i\, \partial x_j}(p + t\,u)\, u_j,
# \qquad
# c''(0) = u^\mathsf{T} H u .
# $$
#
# The slope of the cut is $\nabla f \cdot u$, and its **curvature** is $u^\mathsf{T} H u$. Near $p$
# the cut is a parabola, $c(t) \approx c(0) + c'(0)\, t + \tfrac12\, c''(0)\, t^2$. Write $d = t\,u$
# for the step, and you have **Taylor's formula** up to the second order, which the next lessons use:
#
# $$
# f(p + d) \approx f(p) + \nabla f \cdot d + \tfrac12\, d^\mathsf{T} H d .
# $$
#
# So one matrix knows the curvature of *every* cut. At $(1, 2)$, the cut along $x$ has the curvature
# $H_{11} = 4$, the cut along $y$ has $H_{22} = 12$, and along the diagonal
# $u = (1, 1)/\sqrt 2$ it is $\tfrac12 (4 + 2 + 2 + 12) = 10$. The diagonal entries of $H$ alone
# would have said 8.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-cuts", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_cuts() -> None:
    """Draw the surface x²y + y³ with three cuts through (1, 2), and how far each one bends."""
    import matplotlib.pyplot as plt

    blue, orange, green = "#0072B2", "#D55E00", "#007A5A"
    fig = plt.figure(figsize=(7.8, 3.8))
    surface = fig.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
    curves = fig.add_subplot(1, 2, 2)
    x, y = torch.meshgrid(torch.linspace(0, 2, 40), torch.linspace(1, 3, 40), indexing="xy")
    surface.plot_surface(
        x.numpy(), y.numpy(), (x**2 * y + y**3).numpy(), cmap="Greys", alpha=0.45, vmin=-25
    )

    t = torch.linspace(-0.9, 0.9, 100)
    half = 0.5**0.5
    for (a, b), colour, line, label in (
        ((1.0, 0.0), blue, "-", "along $x$: 4"),
        ((half, half), green, "--", "diagonal: 10"),
        ((0.0, 1.0), orange, "-.", "along $y$: 12"),
    ):
        along_x, along_y = 1 + a * t, 2 + b * t
        height = along_x**2 * along_y + along_y**3
        tangent = 10 + (4 * a + 13 * b) * t
        surface.plot(
            along_x.numpy(), along_y.numpy(), height.numpy(), color=colour, linestyle=line, lw=2.2
        )
        curves.plot(t, height - tangent, color=colour, linestyle=line, lw=2, label=label)
    surface.scatter([1.0], [2.0], [10.0], color="black", s=18)
    surface.set(xlabel="$x$", ylabel="$y$", xticks=(0, 1, 2), yticks=(1, 2, 3))
    surface.set_title("three cuts through (1, 2)")
    surface.view_init(elev=26, azim=-118)
    curves.set(xlabel="distance walked from (1, 2)", ylabel="height above the tangent line")
    curves.set_xticks((-0.8, -0.4, 0, 0.4, 0.8))
    curves.set_title("how far each cut bends upwards")
    curves.legend(title="second derivative at 0", frameon=False, fontsize=9)
    curves.grid(alpha=0.25)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left, the surface of the second function with three curves through the point (1, 2). "
        "Right, each curve less its tangent line: along x it bends least, along y most.",
        caption="The slope is taken away on the right, so that only the bending is left. Near 0 "
        "each curve is a parabola, and the number in the legend is its second derivative, uᵀHu.",
    )


draw_cuts()

# %% [markdown]
# Now turn the cut. **Predict first:** in which direction does the ground at $(1, 2)$ bend most, along
# $y$ or a little beside it?

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-turned-cut", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_turned_cut(axes, angle: float) -> None:
    """Draw the bending of the cut through (1, 2) at an angle to the x axis, among all others."""
    t = torch.linspace(-0.5, 0.5, 60)
    for degrees in range(0, 180, 10):
        a, b = torch.tensor(degrees * torch.pi / 180).cos(), torch.tensor(degrees * torch.pi / 180).sin()
        axes.plot(t, (4 * a * a + 4 * a * b + 12 * b * b) * t**2 / 2, color="0.88", lw=1)
    turned = torch.tensor(angle * torch.pi / 180)
    a, b = turned.cos(), turned.sin()
    bend = (4 * a * a + 4 * a * b + 12 * b * b).item()
    axes.plot(t, bend * t**2 / 2, color="#0072B2", lw=2.5)
    axes.text(0, 1.35, f"$u^\\mathsf{{T}} H u$ = {bend:.2f}", ha="center")
    axes.set(xlim=(-0.5, 0.5), ylim=(-0.05, 1.6), xticks=(-0.4, 0, 0.4), yticks=(0, 0.5, 1, 1.5))
    axes.set_xlabel("distance walked", fontsize=9)


play(
    draw_turned_cut,
    "angle",
    (0, 30, 60, 77, 90, 120, 150, 167),
    alt="The parabola of the cut through (1, 2) in a direction, among those of all directions in "
    "grey. It is widest at 167 degrees, where its second derivative is 3.53, and narrowest at 77 "
    "degrees, where it is 12.47.",
    caption="The parabola ½ uᵀHu t² of one cut, among those of the other directions. The angle is "
    "measured from the x axis, in degrees.",
)

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The strongest bend is not along an axis. It is 12.47 at 77 degrees, and the weakest is 3.53 at 167
# degrees, at a right angle to it. What makes these two directions special is the subject of the
# lesson *curvature*.
#
# </details>

# %% [markdown]
# ## Before you write: four rules for both tasks
#
# They are the rules of the Jacobian lesson.
#
# - **Any shape.** `inputs` may be a single number, a vector, a matrix, a stack of matrices.
# - **Same dtype, same device** as what you were given.
# - **Hands off the caller's tensor.** Do not change its numbers or its `requires_grad`, and leave
#   nothing in its `.grad`. Work on `inputs.detach()`: the same numbers in the same memory, cut loose
#   from the caller's graph.
# - **No dependence means zero.** A linear function has the Hessian zero. So has one that ignores
#   its input. The answer is then a tensor of exact zeros, never `None` and never an error.
#
# In short: ask `y.requires_grad` before you differentiate, and let `materialize_grads=True` put zeros
# where an input was not used. The next cell holds a tool that the checks below use.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
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
# ## Task 1: `gradient` (3 points)
#
# *About 15 minutes. Difficulty: 1 of 3.*
#
# `func` returns one number, so this is a single backward pass. Example by hand: at $(1, 2)$ the
# gradient of $x^2 y + y^3$ is $(2 \cdot 1 \cdot 2,\; 1^2 + 3 \cdot 2^2) = (4, 13)$.
#
# *Use* `torch.autograd.grad` or `.backward`.
# *Not allowed:* `torch.func.grad`. It is the answer already, so it earns no points for this task.
# (In the next task you may use it.)


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Compute the gradient of a scalar function at `inputs`.

    Args:
        func: a differentiable function that takes one tensor and returns one number, as a
            tensor of shape `()`.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.

    Returns:
        ∇f, with the shape, dtype and device of `inputs`. Inputs that `func` does not use get
        exact zeros.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:  # y does not depend on x
        return torch.zeros_like(x)
    (slope,) = torch.autograd.grad(y, x, materialize_grads=True)
    return slope
    ### END SOLUTION


# %% [markdown]
# Run the next two cells: the cases, behind a grey bar, and the check. It stops at the first thing
# that is not right yet and tells you which.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-gradient", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_gradient() -> None:
    """Compare gradient with derivatives worked out by hand."""
    f64 = torch.float64

    def f(t: Tensor) -> Tensor:
        return t[0] ** 2 * t[1] + t[1] ** 3

    at = torch.tensor([1.0, 2.0], dtype=f64)
    call = "gradient(f, (1, 2)) with f(x, y) = x²y + y³"
    check_tensor(call, result_of(call, gradient, f, at), torch.tensor([4.0, 13.0], dtype=f64))

    # The square of the sum of all entries has the derivative 2·sum by every entry.
    matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=f64)
    call = "gradient((sum of X)², X) for X of shape (2, 3)"
    got = result_of(call, gradient, lambda m: m.sum() ** 2, matrix)
    check_tensor(call, got, torch.full((2, 3), 42.0, dtype=f64))

    call = "gradient(x⁴, 2), where inputs have the shape ()"
    got = result_of(call, gradient, lambda x: x**4, torch.tensor(2.0, dtype=f64))
    check_tensor(call, got, torch.tensor(32.0, dtype=f64))

    call = "gradient of the linear function 3x - 5y, in float32"
    got = result_of(call, gradient, lambda t: 3 * t[0] - 5 * t[1], torch.ones(2))
    check_tensor(call, got, torch.tensor([3.0, -5.0]))

    weight = torch.tensor(1.5, dtype=f64, requires_grad=True)
    for name, ignores in (
        ("a constant function", lambda t: torch.tensor(1.5, dtype=f64)),
        ("a function of its weight only, not of inputs", lambda t: weight**2),
    ):
        call = f"gradient of {name}"
        check_tensor(call, result_of(call, gradient, ignores, at), torch.zeros(2, dtype=f64))

    check_untouched("gradient(f, inputs)", lambda t: gradient(f, t), at)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-gradient", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_gradient, not_allowed=("torch.func.grad",))
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## 2. A gradient that can be differentiated again
#
# "The Hessian is the Jacobian of the gradient." So take the gradient, and differentiate it. Let us
# try it on the simplest case, $x^3$ at $x = 3$. The derivative is $3x^2 = 27$, and the second
# derivative should be $6x = 18$.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-create-graph", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
point = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
(first,) = torch.autograd.grad(point**3, point)
print("first derivative:", first.item(), "  requires grad:", first.requires_grad)
try:
    torch.autograd.grad(first, point)
except RuntimeError as refusal:
    print("second derivative is refused:", refusal)

# %% [markdown]
# The first derivative is right, but it is a bare number. PyTorch computed $3x^2$ and *forgot that
# it came from* $x$. For training that is wise: it saves memory. For us it is fatal. So we ask it
# to write down the backward pass as well, operation by operation, just as it wrote down the
# forward pass. The wish is called `create_graph=True`:

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-second", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
(first,) = torch.autograd.grad(point**3, point, create_graph=True)
print("first derivative: ", first.item(), "  requires grad:", first.requires_grad)
(second,) = torch.autograd.grad(first, point)
print("second derivative:", second.item())

# %% [markdown]
# **Predict, then try.** The third derivative of $x^3$ is 6, everywhere. The cell below asks for it and
# is refused. Which one of its three lines has to change, and how?

# %% tags=["try"]
x = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
try:
    (first,) = torch.autograd.grad(x**3, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    (third,) = torch.autograd.grad(second, x)
    print("third derivative:", third.item())
except RuntimeError as refusal:
    print("refused:", refusal)

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# The second line needs `create_graph=True`, too. Whatever is to be differentiated once more must
# have been made with a graph. The last derivative needs none.
#
# </details>

# %% [markdown]
# Here is the record that PyTorch keeps for $f(x, y) = x^2 y$. Blue is the forward pass, orange the
# backward pass.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-kept-graph", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_kept_graph() -> None:
    """Draw the graph of f = x²y and of its gradient, without and with create_graph."""
    import matplotlib.pyplot as plt

    blue, orange, grey = "#0072B2", "#D55E00", "0.72"
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.9))
    forward = {
        "x": (0.3, 3, "$x$"),
        "y": (-0.4, 1.4, "$y$"),
        "a": (1.8, 3, "$a = x^2$"),
        "f": (3.1, 2.3, "$f = a\\,y$"),
    }
    backward = {"gx": (1.3, 0, "$f_x = 2x\\,y$"), "gy": (3.1, 0, "$f_y = a$")}

    for axes, kept in ((left, False), (right, True)):
        links = [("x", "a", blue), ("a", "f", blue), ("y", "f", blue)]
        if kept:
            links += [("x", "gx", orange), ("y", "gx", orange), ("a", "gy", orange)]
        for start, end, colour in links:
            arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "shrinkA": 14, "shrinkB": 17}
            places = forward | backward
            axes.annotate("", xy=places[end][:2], xytext=places[start][:2], arrowprops=arrow)
        for group, colour in ((forward, blue), (backward, orange if kept else grey)):
            for x, y, text in group.values():
                frame = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": colour}
                axes.text(x, y, text, ha="center", va="center", bbox={**frame, "lw": 1.8})
        said = "kept: how the gradient was made" if kept else "only the numbers are left"
        axes.text(2.1, -0.95, said, ha="center", color=orange if kept else "0.35")
        axes.set_title(f"create_graph={kept}", family="monospace", fontsize=11)
        axes.set(xlim=(-0.8, 4.0), ylim=(-1.2, 3.5))
        axes.axis("off")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Two graphs of f = x squared times y. Without create_graph, the boxes of the two "
        "partial derivatives have no arrows into them. With it, arrows lead from x and from y to "
        "the x derivative, and from x by way of a to the y derivative.",
        caption="With create_graph=True the gradient is a part of the graph, and every arrow can "
        "be walked backwards once more. Follow the paths: 2xy is reached from x and from y, so "
        "its derivatives are 2y and 2x. The other entry, a = x², is reached from x only. There is "
        "no path from y to it, and the entry of H for that pair is zero.",
    )


draw_kept_graph()

# %% [markdown]
# Read the Hessian off the right-hand picture:
#
# $$H = \begin{pmatrix} 2y & 2x \\ 2x & 0 \end{pmatrix}.$$
#
# The last entry deserves a second look. **No path means zero.** Autograd says so in two odd ways:
#
# - Where a gradient entry *has* a history, but the variable is not in it, autograd raises an error:
#   the tensor was "not used in the graph". With `allow_unused=True` it gives `None` in place of the
#   error, and with `materialize_grads=True` it gives zeros.
# - Where the gradient has *no* history, as for a linear function, autograd says that it "does not
#   require grad". Look at `.requires_grad` before you ask.

# %% [markdown]
# ## Task 2: `hessian` (7 points)
#
# *About 40 minutes. Difficulty: 3 of 3.*
#
# Take the gradient with `create_graph=True`. Then treat it as a vector-valued function and collect
# its Jacobian, row by row, one row for each entry of the gradient. Keep the graph alive between
# the rows. Your own `gradient` will not do for the first step: it detaches, and so cuts the way back.
#
# For inputs that are not vectors, $H$ has the indices of the input twice. For inputs of shape
# `(2, 3)` the Hessian has the shape `(2, 3, 2, 3)`, and
#
# $$
# H[a, b, c, d] = \frac{\partial^2 f}{\partial\, \mathrm{input}[a, b]\;
# \partial\, \mathrm{input}[c, d]} .
# $$
#
# *Use* `torch.autograd.grad`, `torch.func.grad`, `torch.func.vmap` or the like.
# *Not allowed:* `torch.autograd.functional.hessian`, `torch.func.hessian`, `torch.func.jacrev`,
# `torch.func.jacfwd`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "hessian", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hessian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Compute the matrix of second derivatives of a scalar function at `inputs`.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number, as
            a tensor of shape `()`.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.

    Returns:
        H of shape `(*inputs.shape, *inputs.shape)`, with the dtype and device of `inputs`: one
        second derivative for each pair of inputs. Where the slope along one does not depend on
        the other, it is an exact zero; of a `func` that is linear, or ignores its inputs, all are.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    zeros = x.new_zeros(x.shape + x.shape)
    if not y.requires_grad:  # y does not depend on x
        return zeros
    (slope,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    if not slope.requires_grad:  # the gradient does not depend on x: func is linear
        return zeros
    rows = [
        torch.autograd.grad(entry, x, retain_graph=True, materialize_grads=True)[0]
        for entry in slope.flatten()
    ]
    return torch.stack(rows).reshape(zeros.shape)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-hessian", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_hessian() -> None:
    """Compare hessian with second derivatives worked out by hand."""
    f64 = torch.float64

    def f(t: Tensor) -> Tensor:
        return t[0] ** 2 * t[1] + t[1] ** 3

    call = "hessian(bowl, (1, -3)) with bowl(x, y) = x² + y²"
    got = result_of(call, hessian, lambda t: (t**2).sum(), torch.tensor([1.0, -3.0], dtype=f64))
    check_tensor(call, got, 2 * torch.eye(2, dtype=f64))

    at = torch.tensor([1.0, 2.0], dtype=f64)
    call = "hessian(f, (1, 2)) with f(x, y) = x²y + y³"
    by_hand = torch.tensor([[4.0, 2.0], [2.0, 12.0]], dtype=f64)
    check_tensor(call, result_of(call, hessian, f, at), by_hand)

    call = "hessian(f, (-1, 1)) with the same f: the Hessian depends on the point"
    got = result_of(call, hessian, f, torch.tensor([-1.0, 1.0], dtype=f64))
    check_tensor(call, got, torch.tensor([[2.0, -2.0], [-2.0, 6.0]], dtype=f64))

    # The sum of the squared row sums: 2 for two entries of the same row, zero for other pairs.
    matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=f64)
    by_hand = torch.zeros(2, 3, 2, 3, dtype=f64)
    by_hand[0, :, 0, :] = by_hand[1, :, 1, :] = 2.0
    call = "hessian(h, X) with h(X) = the sum of the squares of the row sums, X of shape (2, 3)"
    got = result_of(call, hessian, lambda m: (m.sum(dim=1) ** 2).sum(), matrix)
    check_tensor(call, got, by_hand)

    call = "hessian(x⁴, 2), where inputs have the shape ()"
    got = result_of(call, hessian, lambda x: x**4, torch.tensor(2.0, dtype=f64))
    check_tensor(call, got, torch.tensor(48.0, dtype=f64))

    # x²·z does not use y, and is linear in z; here in float32, and it must stay so.
    call = "hessian(x²z, (x, y, z) = (1, 5, 3)), which does not use y, in float32"
    got = result_of(call, hessian, lambda t: t[0] ** 2 * t[2], torch.tensor([1.0, 5.0, 3.0]))
    check_tensor(call, got, torch.tensor([[6.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]))

    weight = torch.tensor(1.5, dtype=f64, requires_grad=True)
    for name, flat in (
        ("the linear function 3x - 5y", lambda t: 3 * t[0] - 5 * t[1]),
        ("the linear function w·(x + y) with a trainable weight w", lambda t: weight * t.sum()),
        ("a constant function", lambda t: torch.tensor(1.5, dtype=f64)),
        ("a function of its weight only, not of inputs", lambda t: weight**2),
    ):
        call = f"hessian of {name}"
        check_tensor(call, result_of(call, hessian, flat, at), torch.zeros(2, 2, dtype=f64))

    check_untouched("hessian(f, inputs)", lambda t: hessian(f, t), at)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-hessian", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
run_checks(
    check_hessian,
    not_allowed=(
        "torch.autograd.functional.hessian", "torch.func.hessian", "torch.func.jacrev", "torch.func.jacfwd",
    ),
)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **Two things that are not the Hessian, but look like it.** The outer product of the gradient with
# itself, $\nabla f\, \nabla f^\mathsf{T}$, has the right shape and is symmetric. At $(1, 2)$ it is
# far off the mark. And one backward pass of `g.sum()` gives *one* vector: the sums of the rows of
# $H$. For the bowl it happens to equal the diagonal, which is how this mistake survives testing.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-look-alikes", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
point = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
height = point[0] ** 2 * point[1] + point[1] ** 3
(g,) = torch.autograd.grad(height, point, create_graph=True)
print("the Hessian by hand:          [[4, 2], [2, 12]]")
print("outer product of the gradient:", torch.outer(g, g).tolist())
print("one backward pass of g.sum():", torch.autograd.grad(g.sum(), point)[0].tolist())

# %% [markdown]
# **`backward(create_graph=True)` leaves things behind.** It stores the gradient in `.grad`, with a
# graph that points back at the tensor. Each holds on to the other, and the memory is not freed
# when you expect it. PyTorch even prints a warning. `torch.autograd.grad` has no such trouble.
#
# **A network made of ReLUs has no curvature of its own.** A ReLU is two straight lines. Its second
# derivative is zero on both sides, and autograd says zero at the kink too. A network of linear
# layers and ReLUs is made of flat pieces: the Hessian of its output *by its inputs* is zero. That
# is right, and not a mistake in your code. A smooth relative such as softplus does bend.
#
# **Infinity times zero.** The length $\sqrt{x^2 + y^2}$ has a sharp tip at the origin. Written as
# a square root of a sum, its gradient is $1/\sqrt 0 = \infty$ times $0$ there, and autograd gives
# `nan`. A `nan` in a Hessian nearly always comes from a square root, a logarithm or a division at
# the edge of its domain. Look for it in the forward pass.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-kink", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_kink() -> None:
    """Draw ReLU and softplus with their first and second derivatives."""
    import matplotlib.pyplot as plt

    t = torch.linspace(-4, 4, 400, dtype=torch.float64, requires_grad=True)
    fig, panels = plt.subplots(1, 3, figsize=(7.8, 2.5), sharex=True)
    for function, colour, line, label in (
        (torch.relu, "#D55E00", "-", "ReLU"),
        (torch.nn.functional.softplus, "#0072B2", "--", "softplus"),
    ):
        value = function(t)
        (once,) = torch.autograd.grad(value.sum(), t, create_graph=True)
        (twice,) = torch.autograd.grad(once.sum(), t, materialize_grads=True)
        for axes, curve in zip(panels, (value, once, twice), strict=True):
            axes.plot(t.detach(), curve.detach(), line, color=colour, lw=2, label=label)
    titles = ("the function", "first derivative", "second derivative")
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title, fontsize=10)
        axes.grid(alpha=0.25)
    panels[2].set_ylim(-0.05, 1.05)
    panels[0].legend(frameon=False, fontsize=9)
    fig.tight_layout()
    show_figure(
        fig,
        alt="ReLU and softplus, their first derivatives (a jump and a smooth step) and their "
        "second derivatives (zero everywhere and a smooth bump around zero).",
        caption="All the bending of a ReLU sits in one point, where autograd cannot see it. "
        "Softplus spreads the same bend over a small range.",
    )


draw_kink()

# %% [markdown]
# (In that figure a single backward pass of a sum is right: each output depends on one input only,
# so the Jacobian is diagonal and the sums of its rows are the diagonal. Now you know why it
# is safe there, and why it is not in general.)
#
# **The price.** For $n$ inputs, $H$ has $n^2$ entries and costs $n$ backward passes. For a hundred
# variables that is nothing. A small network of a million parameters would need 4 TB for $H$ in
# float32. The last lesson of this assignment, `hvp`, works with $H$ and never writes it down.
#
# ## In five lines
#
# - The Hessian is the Jacobian of the gradient: column $j$ says how the gradient changes when you
#   move along axis $j$. It is symmetric.
# - $u^\mathsf{T} H u$ is the curvature of the cut in the direction $u$, and
#   $f(p + d) \approx f(p) + \nabla f \cdot d + \tfrac12\, d^\mathsf{T} H d$.
# - A gradient can be differentiated again only if it was made with `create_graph=True`.
# - No path in the graph means zero, not `None` and not an error.
# - $n$ inputs cost $n$ backward passes and $n^2$ numbers. Small $n$ only.
#
# From a library: `torch.func.hessian(f)(x)` is task 2 in one line, and `torch.func.grad(f)(x)` is
# task 1. You have just written what they do.
