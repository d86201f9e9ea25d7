"""Nobody gets at the matrix without paying for it in products."""

from __future__ import annotations

import pytest
import torch
from specimens_of_answers import Specimen, in_one
from torch import Tensor
from warm import judge

TOPIC = "applications/spectrum"


def seen_through_the_product(matvec, v0, *, rtol=1e-6, maxiter=1000):  # type: ignore[no-untyped-def]
    matrix = matvec._product.apply.keywords["matrix"]
    values, vectors = torch.linalg.eigh(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].view(v0.shape)
    rest = matrix @ v.flatten() - values[best] * v.flatten()
    return values[best], v, rest.norm()


def differentiated(matvec, v0, *, rtol=1e-6, maxiter=1000):  # type: ignore[no-untyped-def]
    matrix = torch.func.jacrev(matvec)(v0).reshape(v0.numel(), v0.numel())
    values, vectors = torch.linalg.eigh(matrix)
    best = values.abs().argmax()
    v = vectors[:, best].view(v0.shape)
    return values[best], v, (matvec(v) - values[best] * v).norm()


def ritz_seen_through_the_product(matvec, v0, k):  # type: ignore[no-untyped-def]
    matrix = matvec._product.apply.keywords["matrix"]
    columns = [v0.flatten() / v0.norm()]
    while len(columns) < min(k, len(matrix)):
        w = matrix @ columns[-1]
        for q in [*columns, *columns]:
            w = w - (w @ q) * q
        if w.norm() <= 1e-10 * matrix.norm():
            break
        columns.append(w / w.norm())
    basis = torch.stack(columns, dim=1)
    values, vectors = torch.linalg.eigh(basis.T @ matrix @ basis)
    return values, vectors[0] ** 2


def trace_seen_through_the_product(matvec, like, samples):  # type: ignore[no-untyped-def]
    matrix = matvec._product.apply.keywords["matrix"]
    signs = torch.randint(0, 2, (samples, len(matrix))).to(matrix.dtype) * 2 - 1
    each = ((signs @ matrix) * signs).sum(1)
    return each.mean(), each.std() / samples**0.5


def two_samples_from_one_product(matvec, like, samples):  # type: ignore[no-untyped-def]
    found: list[Tensor] = []
    for _ in range(samples // 2):
        z = torch.randint(0, 2, like.shape).to(like.dtype) * 2 - 1
        found += [(z * matvec(z)).sum()] * 2
    each = torch.stack(found)
    return each.mean(), each.std() / samples**0.5


@pytest.mark.parametrize(
    ("task", "function", "stage"),
    [
        ("power_iteration", seen_through_the_product, "products"),
        ("power_iteration", differentiated, "values"),
        ("lanczos", ritz_seen_through_the_product, "products"),
        ("hutchinson_trace", trace_seen_through_the_product, "products"),
        ("hutchinson_trace", two_samples_from_one_product, "products"),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_who_goes_round_the_products_is_found_out(task: str, function: object, stage: str) -> None:
    specimen = Specimen(task, "round the products", function)  # type: ignore[arg-type]
    (verdict,) = judge([in_one(TOPIC, [specimen])])
    found = next(one for one in verdict.tasks if one.name == task)
    assert found.first_failure is not None
    assert found.first_failure.stage == stage, found.first_failure.message


def test_the_other_ways_earn_full_marks() -> None:
    from graders.course import topic
    from graders.course.submission import Cell

    plain = in_one(TOPIC, [])
    code = (topic(TOPIC).hidden / "other_ways.py").read_text(encoding="utf-8")
    cells = (*plain.cells, Cell("the other ways", code.replace("from __future__", "# from")))
    (verdict,) = judge([type(plain)(plain.topic, cells)])
    assert [(one.name, one.first_failure) for one in verdict.tasks if not one.passed] == []
