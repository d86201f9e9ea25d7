# %% [markdown]
# # Influence

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
def as_vector(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors into one long vector."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def shaped_like(vector: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Cut a long vector into tensors of the shapes of `tensors`: the way back."""
    parts = vector.split([tensor.numel() for tensor in tensors])
    return tuple(part.reshape(one.shape) for part, one in zip(parts, tensors, strict=True))

# %%
class KnownMatrix:
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
        return (self._matrix @ v.detach().reshape(-1)).reshape(v.shape)


def check_numbers(call: str, got: object, expected: object, within: float = 1e-9) -> None:
    """Compare type, shape, dtype and numbers, up to a distance."""
    wanted = torch.as_tensor(expected, dtype=torch.float64)
    check_that(isinstance(got, Tensor), f"{call} should return a tensor, but returned {got!r}")
    assert isinstance(got, Tensor)
    shapes = f"{call} has shape {tuple(got.shape)}, expected {tuple(wanted.shape)}"
    check_that(got.shape == wanted.shape, shapes)
    check_that(got.dtype == torch.float64, f"{call} has dtype {got.dtype}, expected torch.float64")
    apart = (got.detach() - wanted).abs().max().item() if wanted.numel() else 0.0
    values = f"{call}\n     gave {got.detach()}\n expected {wanted}, to within {within:.0e}"
    check_that(apart <= within, values)
    print(f"✓ {call}")

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
    f64 = torch.float64

    def check(name: str, rows: object, v: Tensor, due: object, **options: float) -> None:
        kept, matvec = v.clone(), KnownMatrix(rows, v)
        call = f"inverse_hvp(H, v{''.join(f', {k}={a}' for k, a in options.items())}), {name}"
        got = inverse_hvp(matvec, v, **options)
        wanted = torch.as_tensor(due, dtype=f64)
        size = wanted.abs().max().item()
        check_numbers(call, got, wanted, 1e-8 * size)
        check_that(torch.equal(v, kept), f"{call}: the numbers of v have changed")

    pair = [[2.0, 1], [1, 2]]
    check("H = [[2, 1], [1, 2]]", pair, torch.tensor([3.0, 0], dtype=f64), [2.0, -1])
    check("the same H", pair, torch.tensor([4.0, 4], dtype=f64), [1.0, 1], damping=1.0)
    eights = torch.diag(torch.tensor([1.0, 2, 4, 8], dtype=f64)).tolist()
    square = torch.tensor([[1.0, 2], [4, 8]], dtype=f64)
    check("diag(1, 2, 4, 8), v of shape (2, 2)", eights, square, [[1.0, 1], [1, 1]])
    check("the same, v times 1e-14", eights, 1e-14 * square, [[1e-14, 1e-14], [1e-14, 1e-14]])
    check("the same, v = 0", eights, 0 * square, [[0.0, 0], [0, 0]])
    flat = [[1.0, -1], [-1, 1]]  # the eigenvalues are 0 and 2
    check("H = [[1, -1], [-1, 1]]", flat, torch.tensor([1.0, 1], dtype=f64), [2.0, 2], damping=0.5)

    many = torch.linspace(1, 40, 20, dtype=f64)
    v, matvec = torch.ones(20, dtype=f64), KnownMatrix(torch.diag(many), many)
    left = ((many * inverse_hvp(matvec, v) - v).norm() / v.norm()).item()
    call = "inverse_hvp(H, v) with 20 eigenvalues from 1 to 40"
    check_that(left <= 1.1e-10, f"{call} leaves a residual of {left:.1e} ‖v‖, and 1e-10 may be left")
    print(f"✓ {call}: {matvec.products} products")


check_inverse_hvp()


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

    def numbers(*rows: object) -> Tensor:
        return torch.tensor(rows, dtype=f64)

    def check(name, loss, parameters, train, test, due, **options) -> None:
        kept = [parameter.detach().clone() for parameter in parameters]
        marks = [parameter.requires_grad for parameter in parameters]
        call = f"influence_on_loss(…{''.join(f', {k}={a}' for k, a in options.items())}), {name}"
        check_numbers(call, influence_on_loss(loss, parameters, train, test, **options), due, 1e-8)
        for parameter, before, mark in zip(parameters, kept, marks, strict=True):
            check_that(torch.equal(parameter, before), f"{call}: a parameter has changed")
            check_that(parameter.grad is None, f"{call}: something is left in .grad")
            check_that(parameter.requires_grad == mark, f"{call}: requires_grad has changed")

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


check_influence_on_loss()


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
    influences = torch.tensor([0.0, -1, 1], dtype=torch.float64)
    due = [0.0, 1 / 3, -1 / 3]
    check_numbers("leave_one_out_change((0, -1, 1))", leave_one_out_change(influences), due)
    alone = torch.tensor([-0.5], dtype=torch.float64)
    check_numbers("leave_one_out_change((-0.5,))", leave_one_out_change(alone), [0.5])


check_leave_one_out_change()
