# %% [markdown]
# # The spectrum: what all eigenvalues together say

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


# %%
def power_iteration(
    matvec: Callable[[Tensor], Tensor], v0: Tensor, *, rtol: float = 1e-6, maxiter: int = 1000
) -> Eigenpair:
    """Find the eigenvalue of largest magnitude of a symmetric matrix A, by products alone.

    Args:
        matvec: gives A v for a v of the shape and dtype of `v0`; every call is counted.
        v0: the start, of any shape, not zero. It is left as it was.
        rtol: stop as soon as ‖A v - λ v‖ ≤ rtol |λ|.
        maxiter: give up after this many products, with the best that is there.

    Returns:
        The eigenvalue with its sign (shape `()`), a vector of length 1 shaped as `v0`, and
        ‖A v - λ v‖ for these two (shape `()`); all of the dtype of `v0`. Where A is zero, 0 and the
        start, made unit.
    """
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
pass


# %%
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
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
pass


# %%
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
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
pass


# %%
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
    # Your code comes here, in place of the next line.
    raise NotImplementedError("This function is still yours to write.")


# %%
pass
