# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Jacobian: from vector-Jacobian products to the whole matrix
#
# A function with one output has a gradient. A function with many outputs has a whole table of
# derivatives, the **Jacobian**. In this lesson you will
#
# 1. work out a Jacobian by hand and see what it does to a small circle,
# 2. find out what `backward()` really computes, and why it asks for a vector `v`,
# 3. write three functions: `vjp` (3 points), `jacobian` (4 points) and `jvp` (3 points).
#
# You need partial derivatives and matrix products, and a first acquaintance with PyTorch tensors.
# Take two hours, and a pencil. PyTorch and matplotlib are all you need to install. Run the
# next cell first. It brings in PyTorch and a few small tools that the lesson uses.
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
# ## 1. By hand
#
# Take the function
#
# $$f(x, y) = (x^2,\; y^3).$$
#
# Two numbers go in, two come out, so there are four derivatives to ask for: each output by each
# input. The Jacobian lines them up, **one row for each output, one column for each input**:
#
# $$
# J(x, y) =
# \begin{pmatrix}
# \dfrac{\partial x^2}{\partial x} & \dfrac{\partial x^2}{\partial y} \\[2ex]
# \dfrac{\partial y^3}{\partial x} & \dfrac{\partial y^3}{\partial y}
# \end{pmatrix}
# =
# \begin{pmatrix} 2x & 0 \\ 0 & 3y^2 \end{pmatrix},
# \qquad
# J(2, 2) = \begin{pmatrix} 4 & 0 \\ 0 & 12 \end{pmatrix}.
# $$
#
# What is it good for? It predicts. The function sends $(2, 2)$ to $(4, 8)$. A small step
# $(dx, dy)$ away from $(2, 2)$ moves the output by very nearly
#
# $$
# J \begin{pmatrix} dx \\ dy \end{pmatrix} = \begin{pmatrix} 4\,dx \\ 12\,dy \end{pmatrix}.
# $$
#
# Take the step $(0.1,\, 0.1)$. The prediction is $(4.4,\; 9.2)$. The truth is
# $(2.1^2,\; 2.1^3) = (4.41,\; 9.261)$. Close, and the smaller the step, the closer.
#
# **Predict, then try.** The prediction is off by 0.01 in the first output and by 0.061 in the
# second. Make the step ten times smaller. Will the errors be 10 times smaller, too, or 20 times, or
# 100 times? Write down your guess. Then run the cell, change `step` to 0.01 and run it again.

# %% tags=["try"]
step = 0.1
truth = ((2 + step) ** 2, (2 + step) ** 3)
prediction = (4 + 4 * step, 8 + 12 * step)
print("error of the first output: ", truth[0] - prediction[0])
print("error of the second output:", truth[1] - prediction[1])

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# About 100 times. For a step of $h$ the errors are exactly $h^2$ and $6h^2 + h^3$. The Jacobian
# catches everything that grows like $h$. What it leaves over grows like $h^2$, and that remainder
# is what the next lesson is about.
#
# </details>

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-circle", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_circle_and_its_image() -> None:
    """Draw a circle round (2, 2), its true image and the image that J predicts."""
    import matplotlib.pyplot as plt

    blue, orange = "#0072B2", "#D55E00"
    angle = torch.linspace(0, 2 * torch.pi, 200)
    dx, dy = 0.3 * torch.cos(angle), 0.3 * torch.sin(angle)
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 5.4))

    left.plot(2 + dx, 2 + dy, color=blue)
    right.plot((2 + dx) ** 2, (2 + dy) ** 3, color=blue, label="where $f$ really sends it")
    right.plot(4 + 4 * dx, 8 + 12 * dy, "--", color=orange, label="where $J$ says it goes")
    for axes, centre, across, up in (
        (left, (2, 2), (0.3, 0), (0, 0.3)),
        (right, (4, 8), (4 * 0.3, 0), (0, 12 * 0.3)),
    ):
        axes.plot(*centre, "o", color="black", markersize=4)
        for tip in (across, up):
            end = (centre[0] + tip[0], centre[1] + tip[1])
            arrow = {"arrowstyle": "-|>", "color": "black", "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", xy=end, xytext=centre, arrowprops=arrow)
        axes.grid(alpha=0.25)
    left.text(2.13, 1.93, "0.3", ha="center", va="top")
    left.text(1.97, 2.13, "0.3", ha="right", va="center")
    right.text(4.6, 7.8, "4 · 0.3", ha="center", va="top")
    right.text(2.5, 10, "12 · 0.3", ha="right", va="center")
    left.set(title="a circle round (2, 2)", xlabel="$x$", ylabel="$y$", aspect="equal")
    left.set(xlim=(1.5, 2.5), ylim=(1.5, 2.5), xticks=(1.6, 2.0, 2.4), yticks=(1.6, 2.0, 2.4))
    right.set(title="its image round (4, 8)", xlabel="first output $x^2$", aspect="equal")
    right.set(ylabel="second output $y^3$", xlim=(0.6, 7.4), ylim=(3.2, 14.4))
    right.legend(loc="upper center", fontsize=8, frameon=False)
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left, a circle of radius 0.3 round (2, 2). Right, its true image and the ellipse that "
        "the Jacobian predicts: four times as wide, twelve times as high, almost the same curve.",
        caption="Close to a point, every smooth function acts like a matrix. The Jacobian "
        "stretches the circle 4 times across and 12 times upwards. The two arrows on the right "
        "are the columns of J, times 0.3. (One unit is as long across as upwards in either "
        "picture, but it is longer on the left.)",
    )


draw_circle_and_its_image()

# %% [markdown]
# "Close to a point", says the caption. How close? Play with the radius of the circle.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-radius", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_image_of_circle(axes, radius: float) -> None:
    """Draw the image of a circle of a radius round (2, 2), and the image that J predicts."""
    angle = torch.linspace(0, 2 * torch.pi, 200)
    dx, dy = radius * torch.cos(angle), radius * torch.sin(angle)
    axes.plot(((2 + dx) ** 2 - 4) / radius, ((2 + dy) ** 3 - 8) / radius, color="#0072B2")
    axes.plot(4 * dx / radius, 12 * dy / radius, "--", color="#D55E00")
    axes.plot(0, 0, "o", color="black", markersize=4)
    axes.set(xlim=(-7, 7), ylim=(-16, 22), aspect="equal", xticks=(-4, 0, 4), yticks=(-12, 0, 12))
    axes.grid(alpha=0.25)


play(
    draw_image_of_circle,
    "radius",
    (0.01, 0.1, 0.3, 0.6, 1.0),
    alt="The true image of the circle and the ellipse that J predicts, both divided by the radius. "
    "At a radius of 0.01 they are one curve. At 0.3 they part visibly, and at 1 the true image is "
    "an egg that reaches far above the ellipse.",
    caption="The true image (solid) and the prediction of J (dashed), both magnified by "
    "1/radius. The ellipse is always the same. The truth comes to meet it as the circle shrinks.",
)

# %% [markdown]
# ## 2. Why `backward()` on a vector needs a `v`
#
# Now let PyTorch do it. We compute `y`, which has two numbers, and ask for derivatives.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-backward", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
point = torch.tensor([2.0, 2.0], dtype=torch.float64, requires_grad=True)
y = torch.stack([point[0] ** 2, point[1] ** 3])
try:
    y.backward()
except RuntimeError as refusal:
    print("y.backward() is refused:", refusal)

# %% [markdown]
# PyTorch refuses, and it is right to. The derivative of two outputs by two inputs is a matrix,
# and `backward()` never makes a matrix. It was built for training, where everything ends in one
# number $L$, the loss. What it needs to know is how much $L$ cares about each output:
#
# $$v = \frac{\partial L}{\partial y} \qquad (\text{one number for each output}).$$
#
# The chain rule does the rest. The influence of $x_j$ on $L$ goes through every output, so we add
# up over the outputs:
#
# $$
# \frac{\partial L}{\partial x_j}
#   = \sum_i \frac{\partial L}{\partial y_i} \, \frac{\partial y_i}{\partial x_j}
#   = \sum_i v_i \, J_{ij}
#   = (v^\mathsf{T} J)_j .
# $$
#
# This is a **vector-Jacobian product**, a vjp for short: $v$ comes in with the shape of the
# output, $v^\mathsf{T} J$ goes out with the shape of the input. A backward pass is one vjp,
# nothing more and nothing less. Let us ask our example with three different $v$.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-three-v", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
for weights in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
    v = torch.tensor(weights, dtype=torch.float64)
    (product,) = torch.autograd.grad(y, point, v, retain_graph=True)
    print(f"v = {weights}   vᵀJ = {product.tolist()}")

# %% [markdown]
# - $v = (1, 0)$ asks for the first output only and gives the **first row** of $J$: $(4, 0)$.
# - $v = (0, 1)$ gives the **second row**: $(0, 12)$.
# - $v = (1, 1)$ gives $(4, 12)$, the **sum of the rows**. This is also what
#   `y.sum().backward()` gives. It looks harmless here, because our $J$ is diagonal. In general
#   the rows are mixed for good, and no one can take them apart again.
#
# Two more words about that cell. `torch.autograd.grad(y, point, v)` hands the product back, as a tuple
# with one entry for each tensor that you differentiate by, and writes nothing into `.grad`. And `retain_graph=True` keeps the record of the computation: without
# it the first backward pass throws the record away, and the second finds nothing to walk along.
#
# **Predict, then try.** Which $v$ gives $(8, -12)$? There is exactly one. Put it in place of the
# zeros and run.

# %% tags=["try"]
weights = [0.0, 0.0]

point = torch.tensor([2.0, 2.0], dtype=torch.float64, requires_grad=True)
y = torch.stack([point[0] ** 2, point[1] ** 3])
print(torch.autograd.grad(y, point, torch.tensor(weights, dtype=torch.float64)))

# %% [markdown]
# <details>
# <summary>What you should have seen</summary>
#
# $v = (2, -1)$: two times the first row $(4, 0)$, minus the second row $(0, 12)$. A vjp is a mixture
# of rows, and $v$ is the recipe.
#
# </details>

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "figure-two-products", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def draw_two_products() -> None:
    """Draw a 2 × 3 Jacobian multiplied by a one-hot vector from the left and from the right."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

    def table(axes: Axes, corner: tuple[float, float], rows: list[list[str]], shade: str) -> None:
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                x, top = corner[0] + j, corner[1] - i
                colour = shade if text.endswith("*") else "white"
                axes.add_patch(Rectangle((x, top - 1), 1, 1, facecolor=colour, edgecolor="0.3"))
                axes.text(x + 0.5, top - 0.5, text.rstrip("*"), ha="center", va="center")

    fig, (left, right) = plt.subplots(1, 2, figsize=(7.8, 2.7))
    blue, orange = "#9CCBE8", "#F6C58F"

    table(left, (0, 2), [["0", "1*"]], blue)
    table(left, (3, 3), [["2", "1", "0"], ["0*", "1*", "6*"]], blue)
    table(left, (7.5, 2), [["0*", "1*", "6*"]], blue)
    left.text(1, 0.6, r"$v^\mathsf{T}$", ha="center", va="center")
    left.text(9, 0.6, r"$v^\mathsf{T}J$: a row", ha="center", va="center")
    left.set_title("vjp: from the left, backwards")

    table(right, (1, 3), [["2", "1", "0*"], ["0", "1", "6*"]], orange)
    table(right, (5, 3.5), [["0"], ["0"], ["1*"]], orange)
    table(right, (7.8, 3), [["0*"], ["6*"]], orange)
    right.text(5.5, 0.1, "$v$", ha="center", va="center")
    right.text(8.3, 0.6, "$Jv$: a column", ha="center", va="center")
    right.set_title("jvp: from the right, forwards")

    for axes, matrix, times, equals in ((left, 4.5, 2.5, 6.75), (right, 2.5, 4.5, 6.9)):
        axes.text(matrix, 0.6, "$J$", ha="center", va="center")
        axes.text(times, 1.5 if axes is left else 2, "·", ha="center", va="center", fontsize=18)
        axes.text(equals, 1.5 if axes is left else 2, "=", ha="center", va="center", fontsize=14)
        axes.set(xlim=(-0.3, 10.8), ylim=(-0.3, 4), aspect="equal")
        axes.axis("off")
    fig.tight_layout()
    show_figure(
        fig,
        alt="Left: the row vector (0, 1) times a two by three matrix gives its second row. "
        "Right: the same matrix times the column vector (0, 0, 1) gives its third column.",
        caption="The two products of this lesson, for a function with three inputs and two "
        "outputs. A vjp weighs the outputs and gives rows; a jvp pushes the inputs and gives "
        "columns. With a v of zeros and a single one, we pick just one row or one column.",
    )


draw_two_products()

# %% [markdown]
# ## Before you write: four rules for all three tasks
#
# - **Any shape.** `inputs` may be a single number (shape `()`), a vector, a matrix, a stack of
#   matrices. So may the output of `func`.
# - **Same dtype, same device** as what you were given. A float64 question has a float64 answer.
# - **Hands off the caller's tensor.** Do not change its numbers, do not switch on its
#   `requires_grad`, do not leave anything in its `.grad`. Work on `inputs.detach()` instead: the
#   same numbers, cut loose from the caller's graph, so that you may set its `requires_grad`. It shares
#   its memory with the caller's tensor, so never change it in place.
# - **No dependence means zero.** If an output does not depend on an input, the derivative is
#   exactly 0. Autograd says it differently. When the output has a history but the input is not part
#   of it, `torch.autograd.grad` raises an error; with `allow_unused=True` it gives `None` in place
#   of that, and with `materialize_grads=True` it gives the zeros that we want. When the output has
#   no history at all, it always raises an error: ask `y.requires_grad` first. Your functions turn
#   all of these into zeros.
#
# The next cell shows the cases of the last rule, and the one after it holds a tool of the checks.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-unused", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
weight = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
square = weight**2  # has a history, but `point` is not part of it
print("allow_unused:     ", torch.autograd.grad(square, point, allow_unused=True, retain_graph=True))
print("materialize_grads:", torch.autograd.grad(square, point, materialize_grads=True))
print("no history at all:", torch.tensor(9.0).requires_grad)

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
# ## Task 1: `vjp` (3 points)
#
# *About 20 minutes. Difficulty: 1 of 3.*
#
# Write the backward pass as a function of your own: $v^\mathsf{T} J$ for a given $v$.
#
# The example of the checks, by hand: let
#
# $$
# g(x, y, z) = (x y,\; y + z^2), \qquad
# J = \begin{pmatrix} y & x & 0 \\ 0 & 1 & 2z \end{pmatrix}, \qquad
# J(1, 2, 3) = \begin{pmatrix} 2 & 1 & 0 \\ 0 & 1 & 6 \end{pmatrix}.
# $$
#
# With $v = (10, 1)$ we get $v^\mathsf{T} J = 10 \cdot (2, 1, 0) + 1 \cdot (0, 1, 6) = (20, 11, 6)$.
# Note the shapes: $v$ has two numbers, the answer has three.
#
# *Use* `torch.autograd.grad` or `.backward`.
# *Not allowed:* `torch.func.vjp` and `torch.autograd.functional.vjp`. They are the answer already,
# so they earn no points for this task. (In the other tasks you may use them.)


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "vjp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def vjp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Jacobian of `func` at `inputs` by `v` from the left: vᵀJ.

    Args:
        func: a differentiable function that takes one tensor and returns one tensor.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.
        v: one weight for each output, of the shape of `func(inputs)`.

    Returns:
        vᵀJ, with the shape, dtype and device of `inputs`. Inputs that `func` does not use
        get exact zeros.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:  # nothing in y depends on x
        return torch.zeros_like(x)
    (product,) = torch.autograd.grad(y, x, v, materialize_grads=True)
    return product
    ### END SOLUTION


# %% [markdown]
# Run the next two cells: the cases, behind a grey bar, and the check. It stops at the first thing
# that is not right yet and tells you which.

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-vjp", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_vjp() -> None:
    """Compare vjp with products worked out by hand."""
    f64 = torch.float64

    def g(t: Tensor) -> Tensor:
        return torch.stack([t[0] * t[1], t[1] + t[2] ** 2])

    at, v = torch.tensor([1.0, 2.0, 3.0], dtype=f64), torch.tensor([10.0, 1.0], dtype=f64)
    call = "vjp(g, (1, 2, 3), v=(10, 1)) with g(x, y, z) = (xy, y + z²)"
    check_tensor(call, result_of(call, vjp, g, at, v), torch.tensor([20.0, 11.0, 6.0], dtype=f64))

    # A matrix in, a vector out: column j of the answer is 2·v[j] times column j of X.
    matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=f64)
    v = torch.tensor([1.0, 0.0, -1.0], dtype=f64)
    call = "vjp(h, X, v=(1, 0, -1)) with h(X) = the sums of X² down each column, X of shape (2, 3)"
    by_hand = torch.tensor([[2.0, 0.0, -6.0], [8.0, 0.0, -12.0]], dtype=f64)
    check_tensor(call, result_of(call, vjp, lambda m: (m**2).sum(dim=0), matrix, v), by_hand)

    # A single number: d(x³)/dx = 3x² = 12 at x = 2, times v = 5.
    two, five = torch.tensor(2.0, dtype=f64), torch.tensor(5.0, dtype=f64)
    call = "vjp(x³, 2, v=5), where inputs and v have the shape ()"
    check_tensor(call, result_of(call, vjp, lambda x: x**3, two, five), 12 * five)

    # A linear function A t has the Jacobian A everywhere; here in float32, and it must stay so.
    a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    call = "vjp(A·t, t, v=(1, -1)) with A = [[1, 2, 3], [4, 5, 7]], in float32"
    got = result_of(call, vjp, lambda t: a @ t, torch.ones(3), torch.tensor([1.0, -1.0]))
    check_tensor(call, got, torch.tensor([-3.0, -3.0, -4.0]))

    # No dependence means zero, with nothing to differentiate as well as with an unused input.
    weight = torch.ones(2, dtype=f64, requires_grad=True)
    for name, ignores in (
        ("a constant function", lambda t: torch.ones(2, dtype=f64)),
        ("a function of its weights only, not of inputs", lambda t: weight * 2),
    ):
        call = f"vjp of {name}"
        got = result_of(call, vjp, ignores, at, torch.ones(2, dtype=f64))
        check_tensor(call, got, torch.zeros(3, dtype=f64))

    check_untouched("vjp(g, inputs, v)", lambda t: vjp(g, t, torch.ones(2, dtype=f64)), at)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-vjp", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(check_vjp, not_allowed=("torch.func.vjp", "torch.autograd.functional.vjp"))
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task 2: `jacobian` (4 points)
#
# *About 25 minutes. Difficulty: 2 of 3.*
#
# A vjp with $v = (1, 0, 0, \dots)$ is the first row. With $v = (0, 1, 0, \dots)$ it is the second.
# One backward pass for each output, and the matrix is complete:
#
# $$
# e_1^\mathsf{T} J = (2,\ 1,\ 0), \quad e_2^\mathsf{T} J = (0,\ 1,\ 6)
# \qquad\Longrightarrow\qquad
# J = \begin{pmatrix} 2 & 1 & 0 \\ 0 & 1 & 6 \end{pmatrix}.
# $$
#
# And when inputs and outputs are not vectors? Then $J$ keeps the indices of both, **the output's
# first, the input's after them**. For an output of shape `(4, 5)` and inputs of shape `(2, 3)`,
#
# $$
# J[a, b, c, d] = \frac{\partial\, \mathrm{output}[a, b]}{\partial\, \mathrm{input}[c, d]},
# \qquad \text{of shape } (4, 5, 2, 3).
# $$
#
# A good way there: count the outputs as if they were one long list, collect one row for each, and
# give the result its shape at the very end. `func` needs to run only once. Then keep the graph
# until the last row is done.
#
# *Use* `torch.autograd.grad`, your own `vjp`, or anything else that builds $J$ from products.
# *Not allowed:* `torch.autograd.functional.jacobian`, `torch.func.jacrev`, `torch.func.jacfwd`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "jacobian", "locked": false, "schema_version": 3, "solution": true, "task": false}
def jacobian(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Compute the whole Jacobian of `func` at `inputs`.

    Args:
        func: a differentiable function that takes one tensor and returns one tensor, of at least
            one number.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.

    Returns:
        J of shape `(*func(inputs).shape, *inputs.shape)`, with the dtype and device of `inputs`:
        one derivative for each pair of an output and an input, exact zeros where the output
        does not depend on the input.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:  # nothing in y depends on x
        return x.new_zeros(y.shape + x.shape)
    one_hots = torch.eye(y.numel(), dtype=y.dtype, device=y.device)
    rows = [
        torch.autograd.grad(y, x, e.reshape(y.shape), retain_graph=True, materialize_grads=True)[0]
        for e in one_hots
    ]
    return torch.stack(rows).reshape(y.shape + x.shape)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-jacobian", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_jacobian() -> None:
    """Compare jacobian with matrices worked out by hand."""
    f64 = torch.float64

    def f(t: Tensor) -> Tensor:
        return torch.stack([t[0] ** 2, t[1] ** 3])

    def g(t: Tensor) -> Tensor:
        return torch.stack([t[0] * t[1], t[1] + t[2] ** 2])

    call = "jacobian(f, (2, 2)) with f(x, y) = (x², y³)"
    got = result_of(call, jacobian, f, torch.tensor([2.0, 2.0], dtype=f64))
    check_tensor(call, got, torch.tensor([[4.0, 0.0], [0.0, 12.0]], dtype=f64))

    at = torch.tensor([1.0, 2.0, 3.0], dtype=f64)
    by_hand = torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 6.0]], dtype=f64)
    call = "jacobian(g, (1, 2, 3)) with g(x, y, z) = (xy, y + z²): two rows, three columns"
    check_tensor(call, result_of(call, jacobian, g, at), by_hand)

    # A matrix in, a vector out. Output j is the sum of X² down column j, so its derivative
    # by X[r, c] is 2·X[r, c] where c = j and zero elsewhere.
    matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=f64)
    by_hand = torch.zeros(3, 2, 3, dtype=f64)
    for j in range(3):
        by_hand[j, :, j] = 2 * matrix[:, j]
    call = "jacobian(h, X) with h(X) = the sums of X² down each column, X of shape (2, 3)"
    check_tensor(call, result_of(call, jacobian, lambda m: (m**2).sum(dim=0), matrix), by_hand)

    # A vector in, a column of shape (2, 1) out; in float32, and it must stay so.
    a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    call = "jacobian(A·t, t) with an output of shape (2, 1), in float32"
    got = result_of(call, jacobian, lambda t: (a @ t).reshape(2, 1), torch.ones(3))
    check_tensor(call, got, a.reshape(2, 1, 3))

    call = "jacobian(x³, 2), where inputs and output have the shape ()"
    got = result_of(call, jacobian, lambda x: x**3, torch.tensor(2.0, dtype=f64))
    check_tensor(call, got, torch.tensor(12.0, dtype=f64))

    weight = torch.ones(2, dtype=f64, requires_grad=True)
    for name, ignores in (
        ("a constant function", lambda t: torch.ones(2, dtype=f64)),
        ("a function of its weights only, not of inputs", lambda t: weight * 2),
    ):
        call = f"jacobian of {name}, with three inputs and two outputs"
        got = result_of(call, jacobian, ignores, at)
        check_tensor(call, got, torch.zeros(2, 3, dtype=f64))

    check_untouched("jacobian(g, inputs)", lambda t: jacobian(g, t), at)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-jacobian", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
run_checks(
    check_jacobian,
    not_allowed=("torch.autograd.functional.jacobian", "torch.func.jacrev", "torch.func.jacfwd"),
)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task 3: `jvp` (3 points)
#
# *About 25 minutes. Difficulty: 3 of 3.*
#
# The other product, $J v$, answers the question we began with: *if I push the input in the
# direction* $v$, *which way does the output move?* Now $v$ has the shape of the **input**, and the
# answer has the shape of the **output**. By hand, at $(1, 2, 3)$ with $v = (1, 10, 100)$:
#
# $$
# J v = \begin{pmatrix} 2 & 1 & 0 \\ 0 & 1 & 6 \end{pmatrix}
# \begin{pmatrix} 1 \\ 10 \\ 100 \end{pmatrix}
# = \begin{pmatrix} 12 \\ 610 \end{pmatrix}.
# $$
#
# A backward pass gives rows, and a jvp mixes columns. Must we build all of $J$, then? No. Here is
# a lovely trick, with two backward passes and no matrix.
#
# **Step 1.** Pick any $u$ with the shape of the output and take the vjp. Call it
#
# $$s(u) = u^\mathsf{T} J .$$
#
# Read it as a function of $u$ and not of $x$. It is *linear* in $u$: each $s_j$ is
# $\sum_i u_i J_{ij}$.
#
# **Step 2.** So $\partial s_j / \partial u_i = J_{ij}$. Take a second vjp, of $s$ by $u$, with our
# $v$ as the weights:
#
# $$
# \sum_j v_j \, \frac{\partial s_j}{\partial u_i} = \sum_j J_{ij} \, v_j = (J v)_i .
# $$
#
# The rows have turned into columns. The value of $u$ drops out, so zeros will do. Two
# things to remember: `u` must have `requires_grad=True`, and step 1 must be recorded, so that step
# 2 can go back through it. `create_graph=True` does the recording. Your own `vjp` does without it,
# so its result has no way back. So write both passes here.
#
# *Use* this trick, or dual numbers (`torch.autograd.forward_ad`) if you know them.
# *Not allowed:* `torch.func.jvp`, `torch.autograd.functional.jvp`, `torch.func.linearize`.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "jvp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def jvp(func: Callable[[Tensor], Tensor], inputs: Tensor, v: Tensor) -> Tensor:
    """Multiply the Jacobian of `func` at `inputs` by `v` from the right: J v.

    Args:
        func: a differentiable function that takes one tensor and returns one tensor.
        inputs: the point, of any shape. It is left as it was: same numbers, same
            `requires_grad`, nothing new in `.grad`.
        v: the direction in which the input moves, of the shape of `inputs`.

    Returns:
        J v, with the shape, dtype and device of `func(inputs)`. Outputs that do not depend on
        `inputs` get exact zeros.
    """
    ### BEGIN SOLUTION
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:  # nothing in y depends on x
        return torch.zeros_like(y)
    u = torch.zeros_like(y, requires_grad=True)
    (s,) = torch.autograd.grad(y, x, u, create_graph=True, materialize_grads=True)
    if not s.requires_grad:  # y has a history, but x is not part of it
        return torch.zeros_like(y)
    (product,) = torch.autograd.grad(s, u, v, materialize_grads=True)
    return product
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-check-jvp", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
def check_jvp() -> None:
    """Compare jvp with products worked out by hand."""
    f64 = torch.float64

    def g(t: Tensor) -> Tensor:
        return torch.stack([t[0] * t[1], t[1] + t[2] ** 2])

    at, v = torch.tensor([1.0, 2.0, 3.0], dtype=f64), torch.tensor([1.0, 10.0, 100.0], dtype=f64)
    call = "jvp(g, (1, 2, 3), v=(1, 10, 100)) with g(x, y, z) = (xy, y + z²)"
    check_tensor(call, result_of(call, jvp, g, at, v), torch.tensor([12.0, 610.0], dtype=f64))

    # Two inputs and two outputs, where vᵀJ and Jv have one shape but not one value:
    # (xy, y) has J = [[y, x], [0, 1]], which is [[3, 2], [0, 1]] at (2, 3).
    at_2, v_2 = torch.tensor([2.0, 3.0], dtype=f64), torch.tensor([1.0, 10.0], dtype=f64)
    call = "jvp(k, (2, 3), v=(1, 10)) with k(x, y) = (xy, y)"
    got = result_of(call, jvp, lambda t: torch.stack([t[0] * t[1], t[1]]), at_2, v_2)
    check_tensor(call, got, torch.tensor([23.0, 10.0], dtype=f64))

    # A matrix in, a vector out: output j is 2·X[0, j]·V[0, j] + 2·X[1, j]·V[1, j].
    matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=f64)
    v = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]], dtype=f64)
    call = "jvp(h, X, V) with h(X) = the sums of X² down each column, X of shape (2, 3)"
    got = result_of(call, jvp, lambda m: (m**2).sum(dim=0), matrix, v)
    check_tensor(call, got, torch.tensor([2.0, 10.0, 0.0], dtype=f64))

    call = "jvp(x³, 2, v=5), where inputs and v have the shape ()"
    two, five = torch.tensor(2.0, dtype=f64), torch.tensor(5.0, dtype=f64)
    check_tensor(call, result_of(call, jvp, lambda x: x**3, two, five), 12 * five)

    # A linear function has the Jacobian A everywhere; here in float32, and it must stay so.
    a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    call = "jvp(A·t, t, v=(1, 0, -1)) with A = [[1, 2, 3], [4, 5, 7]], in float32"
    got = result_of(call, jvp, lambda t: a @ t, torch.ones(3), torch.tensor([1.0, 0.0, -1.0]))
    check_tensor(call, got, torch.tensor([-2.0, -3.0]))

    weight = torch.ones(2, dtype=f64, requires_grad=True)
    for name, ignores in (
        ("a constant function", lambda t: torch.ones(2, dtype=f64)),
        ("a function of its weights only, not of inputs", lambda t: weight * 2),
    ):
        call = f"jvp of {name}"
        got = result_of(call, jvp, ignores, at, torch.ones(3, dtype=f64))
        check_tensor(call, got, torch.zeros(2, dtype=f64))

    check_untouched("jvp(g, inputs, v)", lambda t: jvp(g, t, torch.ones(3, dtype=f64)), at)


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-jvp", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
run_checks(
    check_jvp,
    not_allowed=("torch.func.jvp", "torch.autograd.functional.jvp", "torch.func.linearize"),
)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Where the idea goes wrong in practice
#
# **`.grad` adds up.** `backward()` never overwrites `.grad`; it adds to it. That is handy in
# training and a trap here. Watch the second row come out wrong:

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "demo-accumulate", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["figure"]
point = torch.tensor([2.0, 2.0], dtype=torch.float64, requires_grad=True)
y = torch.stack([point[0] ** 2, point[1] ** 3])
for row, output in enumerate(y, start=1):
    output.backward(retain_graph=True)
    print(f"row {row}: .grad = {point.grad.tolist()}")
print("The second row of J is [0, 12]. The 4 is left over from the first.")

# %% [markdown]
# **`backward()` writes everywhere.** It fills the `.grad` of *every* tensor at the beginning of the graph, and so also of
# the weights of a network inside `func`, which are not yours. `torch.autograd.grad` gives you what
# you ask for and touches nothing else.
#
# **The numbers hide the mistake.** Our first example is square, diagonal and symmetric. There a
# transposed answer is right, and $v^\mathsf{T} J$ and $J v$ are the same numbers. Test on an
# example that is none of these, such as $g$, and with a $v$ that differs in every entry.
#
# **A difference quotient is not a derivative.** The quotient $(f(x + h) - f(x)) / h$ is a fine way
# to catch a gross error. But with a large $h$ it bends, and with a small $h$ it drowns in rounding,
# so about half of the digits are lost in the best case. Autograd gives all of them.
#
# **The matrix may be too big.** With $n$ inputs and $m$ outputs, count the passes:
#
# | you want | with vjps (reverse mode) | with jvps (forward mode) |
# |:--|:-:|:-:|
# | one row of $J$ | 1 pass | $n$ passes |
# | one column of $J$ | $m$ passes | 1 pass |
# | all of $J$ | $m$ passes | $n$ passes |
#
# A loss has $m = 1$ output and may have $n = 10^9$ inputs. One backward pass gives its whole
# gradient. That is why networks are trained backwards. With as many outputs as inputs the table
# offers no bargain, and at $n = m = 10\,000$ the matrix alone takes 800 MB in float64. So before
# you build $J$, ask whether a product with it would do. Very often it does.
#
# **Want it faster?** `torch.autograd.grad(..., is_grads_batched=True)` goes back with a whole batch
# of vectors $v$ at once, and `torch.func.vmap` does the same for your own functions. Both are welcome
# here. (One trap: for an unused input, `materialize_grads=True` gives zeros without the extra batch
# dimension. Deal with that case first.)
#
# ## In five lines
#
# - The Jacobian has one row for each output and one column for each input. Close to a point,
#   every smooth function acts like it.
# - `backward()` computes $v^\mathsf{T} J$: a mixture of rows, and never the matrix.
# - One vjp for each output builds $J$; `retain_graph=True` keeps the record for the next one.
# - A vjp of a vjp is a jvp: $J v$, a mixture of columns.
# - Where nothing depends, autograd gives `None` or an error. What is meant is zero.
#
# From a library: `torch.func.jacrev(f)(x)` is task 2 by rows, and `torch.func.jacfwd(f)(x)` is the
# same by columns. `torch.func.vjp(f, x)` gives $f(x)$ and a function that does task 1, and
# `torch.func.jvp(f, (x,), (v,))` gives $f(x)$ and the answer to task 3. Now you know what they do.
#
# The gradient of a number is itself a function with many outputs. Its Jacobian is the **Hessian**,
# and the next lesson is about it.
