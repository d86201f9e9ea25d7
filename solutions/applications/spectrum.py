# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The spectrum: what all eigenvalues together say

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
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

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "given-results", "locked": true, "schema_version": 3, "solution": false, "task": false}
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


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "power_iteration", "locked": false, "schema_version": 3, "solution": true, "task": false}
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


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-power_iteration", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
pass
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS


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
    T = torch.diag(torch.stack(alphas))
    for i, beta in enumerate(betas[:-1]):
        T[i, i + 1] = T[i + 1, i] = beta
    values, vectors = torch.linalg.eigh(T)
    return Ritz(values, vectors[0] ** 2)
    ### END SOLUTION


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-lanczos", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
pass
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS


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


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-hutchinson_trace", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
pass
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS


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


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-ggn_vp", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
pass
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS
