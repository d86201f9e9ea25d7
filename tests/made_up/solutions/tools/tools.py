# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
from typing import NamedTuple

import torch


class Solved(NamedTuple):
    x: torch.Tensor
    steps: int
    status: str


# %% nbgrader={"grade": false, "grade_id": "answers", "locked": false, "schema_version": 3, "solution": true, "task": false, "cell_type": "code"}
### BEGIN SOLUTION
def power(x, *, exponent=2.0):
    return x**exponent


def solve(matvec, b, *, rtol=1e-8):
    x, r = torch.zeros_like(b), b
    p, steps = r, 0
    while r.norm() > rtol * b.norm() and steps < 10 * len(b):
        product = matvec(p)
        step = (r @ r) / (p @ product)
        x, old, r = x + step * p, r, r - step * product
        p, steps = r + (r @ r) / (old @ old) * p, steps + 1
    return Solved(x, steps, "converged" if r.norm() <= rtol * b.norm() else "maxiter")


def top_vector(matrix):
    return torch.linalg.eigh(matrix).eigenvectors[:, -1]


def range_basis(matrix):
    return torch.linalg.qr(matrix).Q


def trace(matvec, like, samples):
    signs = (torch.randint(0, 2, (samples, *like.shape)) * 2 - 1).to(like.dtype)
    return sum(one @ matvec(one) for one in signs) / samples


def summary(batch):
    count = len(batch["values"])
    mean = batch["values"].mean() if count else torch.zeros_like(batch["scale"])
    return {"mean": mean * batch["scale"], "count": count, "empty": count == 0, "kind": "mean"}


def step(loss, parameters, lr=0.5):
    slopes = torch.autograd.grad(loss(*parameters), parameters, create_graph=True)
    return tuple(p - lr * slope for p, slope in zip(parameters, slopes))


def solve_dense(matrix, b):
    return torch.linalg.solve(matrix, b)


### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-power", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert power(torch.tensor(3.0)) == 9
# %% nbgrader={"grade": true, "grade_id": "check-solve", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert solve(lambda v: 2 * v, torch.ones(2)).steps == 1
# %% nbgrader={"grade": true, "grade_id": "check-top_vector", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert top_vector(torch.eye(2)).norm() == 1
# %% nbgrader={"grade": true, "grade_id": "check-range_basis", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert range_basis(torch.eye(2)).shape == (2, 2)
# %% nbgrader={"grade": true, "grade_id": "check-trace", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert trace(lambda v: v, torch.ones(2), 3) == 2
# %% nbgrader={"grade": true, "grade_id": "check-summary", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert summary({"values": torch.ones(2), "scale": torch.ones(())})["count"] == 2
# %% nbgrader={"grade": true, "grade_id": "check-step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert callable(step)
# %% nbgrader={"grade": true, "grade_id": "check-solve_dense", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false, "cell_type": "code"}
assert solve_dense(torch.eye(2), torch.ones(2)).sum() == 2
