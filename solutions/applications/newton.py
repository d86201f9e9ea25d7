# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Newton's method
#
# TEXT

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

# %% [markdown]
# TEXT

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
# ## Task `newton_step` (2 points)

# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "newton_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton_step(func: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Give the step to where the parabola that touches `func` at `inputs` has no slope.

    Args:
        func: a twice differentiable function that takes one tensor and returns one number.
        inputs: the point, of any shape. It is left as it was.

    Returns:
        The step d with H d = -∇f, of the shape, dtype and device of `inputs`.

    Raises:
        RuntimeError: (or ValueError) the Hessian is singular, so that there is no such step.
    """
    ### BEGIN SOLUTION
    slope = gradient(func, inputs).flatten()
    return torch.linalg.solve(hessian_matrix(func, inputs), -slope).view(inputs.shape)
    ### END SOLUTION

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert callable(newton_step)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task `newton` (4 points)

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

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert callable(newton)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task `conjugate_gradient` (4 points)

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

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-conjugate_gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert callable(conjugate_gradient)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task `newton_cg_step` (3 points)

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
        curvature comes up, what was reached before it; where the first one is such, -∇f.
    """
    ### BEGIN SOLUTION
    slope = gradient(func, inputs)
    found = conjugate_gradient(
        lambda p: hvp(func, inputs, p), -slope, rtol=rtol, maxiter=maxiter
    )
    return -slope if found.steps == 0 else found.x
    ### END SOLUTION

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "check-newton_cg_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
assert callable(newton_cg_step)
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the course's hidden graders: run nbgrader with its nbgrader_config.py.")
### END HIDDEN TESTS
