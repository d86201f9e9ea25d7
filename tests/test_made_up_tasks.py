"""What a declaration can say of a task, each thing proved from both sides on a made-up one."""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
import pytest
import torch

from graders.authoring.specimens import solution
from graders.checks.kinds import PLAIN
from graders.checks.stages import EXISTS, RUNS
from graders.checks.task import TaskChecks
from graders.course import CourseError, topics
from graders.course.submission import Cell, Submission
from graders.judge.session import Session
from graders.judge.verdict import TaskVerdict
from graders.meter import Product, counted
from graders.sandbox.processes import Course
from graders.sandbox.spec import spec
from graders.sandbox.zygotes import Zygote

pytestmark = pytest.mark.lowest

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Trial:
    """An answer to one task: its code, where it stops (empty: full marks), words of the message."""

    task: str
    code: str
    stage: str = ""
    words: str = ""


TRIALS = {
    # keyword arguments and defaults
    "a default of its own": Trial(
        "power",
        "def power(x, *, exponent=3.0): return x**exponent",
        "values",
        "the numbers are not",
    ),
    "a keyword that is ignored": Trial(
        "power", "def power(x, **_): return x**2", "values", "power(x, exponent=3.0)"
    ),
    "keywords by position": Trial("power", "def power(x, exponent=2): return x**exponent"),
    # several parts, by policies of their own; counted and capped products
    "a plain tuple": Trial("solve", "_s = solve\ndef solve(*a, **k): return tuple(_s(*a, **k))"),
    "other steps than the reference": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n    x, n, w = _s(*a, **k)\n    return x, n - 1, w",
    ),
    "steps beyond what may be": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n    x, n, w = _s(*a, **k)\n    return x, n + 90, w",
        "values",
        "`steps` is not right. It has to be between 1 and 7.",
    ),
    "steps as a tensor": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n"
        "    x, n, w = _s(*a, **k)\n    return x, torch.tensor(n), w",
        "values",
        "steps of what it returned: a tensor of shape () and dtype int64, expected an int",
    ),
    "nothing in the place of a part": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n    x, n, w = _s(*a, **k)\n    return None, n, w",
        "values",
        "x of what it returned: None, expected a tensor",
    ),
    "a wrong word beside right numbers": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n    x, n, w = _s(*a, **k)\n    return x, n, 'maxiter'",
        "values",
        "`status` is not right.",
    ),
    "an x that leaves something over": Trial(
        "solve",
        "_s = solve\ndef solve(*a, **k):\n    x, n, w = _s(*a, **k)\n    return x * 1.001, n, w",
        "values",
        "`x` is not right. Put into the equation, it leaves",
    ),
    "a vector of another shape": Trial(
        "solve",
        "def solve(matvec, b, **k): return matvec(b[:1]), 1, 'converged'",
        "runs",
        "this product takes one vector of shape (6,) and dtype float64; it was given shape (1,)",
    ),
    "more products than are allowed": Trial(
        "solve",
        "def solve(matvec, b, **k):\n    while True: matvec(b)",
        "runs",
        "it was called more than 50 times",
    ),
    "the whole matrix by a vmap": Trial(
        "solve",
        "def solve(matvec, b, **k):\n"
        "    eye = torch.eye(len(b), dtype=b.dtype)\n"
        "    a = torch.vmap(matvec)(torch.cat([eye, eye]))[:len(b)]\n"
        "    return torch.linalg.solve(a, b), 1, 'converged'",
        "capped",
        "it took 12 products",
    ),
    "the whole matrix by a graph": Trial(
        "solve",
        "def solve(matvec, b, **k):\n"
        "    a = torch.func.jacrev(matvec)(b)\n"
        "    return torch.linalg.solve(a, b), 1, 'converged'",
        "runs",
        "",
    ),
    "a product for every row at size": Trial(
        "solve",
        "_s = solve\ndef solve(matvec, b, **k):\n"
        "    for _ in range(len(b) if len(b) > 10 else 0): matvec(b)\n"
        "    return _s(matvec, b, **k)",
        "memory",
        "it was called more than 50 times",
    ),
    # up to sign, up to basis
    "the other sign": Trial("top_vector", "_t = top_vector\ndef top_vector(a): return -_t(a)"),
    "another eigenvector": Trial(
        "top_vector",
        "def top_vector(a): return torch.linalg.eigh(a).eigenvectors[:, 0]",
        "values",
        "Off by",
    ),
    "another basis": Trial(
        "range_basis", "def range_basis(a): return torch.linalg.svd(a, full_matrices=False).U"
    ),
    "a basis that is not orthonormal": Trial(
        "range_basis", "def range_basis(a): return a", "values", "Its columns are not orthonormal."
    ),
    "another space": Trial(
        "range_basis",
        "def range_basis(a): return torch.eye(5, 2, dtype=a.dtype, device=a.device)",
        "values",
        "Its columns span another space.",
    ),
    # a statistical bound, and a seed for each call
    "normal probes": Trial(
        "trace",
        "def trace(matvec, like, samples):\n"
        "    probes = torch.randn(samples, len(like), dtype=like.dtype)\n"
        "    return sum(one @ matvec(one) for one in probes) / samples",
    ),
    "a sum in place of a mean": Trial(
        "trace",
        "_t = trace\ndef trace(m, like, n): return n * _t(m, like, n)",
        "values",
        "By chance alone, more than",
    ),
    "a generator of its own": Trial(
        "trace",
        "def trace(m, like, n):\n"
        "    own = torch.Generator().manual_seed(1)\n"
        "    signs = torch.randint(0, 2, (n, len(like)), generator=own) * 2 - 1\n"
        "    return sum(one @ m(one) for one in signs.to(like.dtype)) / n",
        "redrawn",
        "two draws gave the same estimate",
    ),
    # arguments that are dicts, answers that are dicts
    "a number in place of a tensor": Trial(
        "summary",
        "_s = summary\ndef summary(b): return {**_s(b), 'mean': 1.0}",
        "values",
        "mean of what it returned: 1.0, expected a tensor",
    ),
    "a whole number that is off": Trial(
        "summary", "_s = summary\ndef summary(b): return {**_s(b), 'count': 4}", "values", ""
    ),
    "a whole number in place of a truth": Trial(
        "summary", "_s = summary\ndef summary(b): return {**_s(b), 'empty': 0}", "values", "a bool"
    ),
    "another key": Trial(
        "summary",
        "_s = summary\ndef summary(b):\n    s = _s(b)\n    s['sort'] = s.pop('kind')\n    return s",
        "values",
        "its keys are mean, count, empty, sort, expected mean, count, empty, kind",
    ),
    "a batch that is changed": Trial(
        "summary",
        "_s = summary\ndef summary(b):\n    s = _s(b)\n    b['values'].zero_()\n    return s",
        "inputs",
        "it changed the numbers of batch in place",
    ),
    # a driver that differentiates through the answer, and a loss of several tensors
    "a step by hand": Trial(
        "step",
        "def step(loss, parameters, lr=0.5):\n"
        "    value = loss(*parameters)\n"
        "    return [p - lr * torch.autograd.grad(value, p, create_graph=True)[0]"
        " for p in parameters]",
    ),
    "a step that is cut off": Trial(
        "step",
        "_s = step\ndef step(loss, parameters, lr=0.5):\n"
        "    slopes = torch.autograd.grad(loss(*parameters), parameters)\n"
        "    return tuple(p - lr * s for p, s in zip(parameters, slopes))",
        "values",
        " for the gradient after your step; the form is right (a tuple of 2 items)",
    ),
    # a bound that scales with the condition number
    "by QR": Trial(
        "solve_dense",
        "def solve_dense(a, b):\n"
        "    q, r = torch.linalg.qr(a)\n"
        "    return torch.linalg.solve_triangular(r, (q.T @ b)[:, None], upper=True)[:, 0]",
    ),
    "by the normal equations": Trial(
        "solve_dense",
        "def solve_dense(a, b): return torch.linalg.solve(a.T @ a, a.T @ b)",
        "values",
        "Off by",
    ),
}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Submission:
    folder = tmp_path_factory.mktemp("made-up") / "course"
    shutil.copytree(HERE / "made_up", folder)
    notebook = folder / "source" / "tools" / "tools.ipynb"
    notebook.parent.mkdir(parents=True)
    jupytext.write(jupytext.read(folder / "solutions/tools/tools.py"), notebook)
    (topic,) = topics(folder)
    return solution(topic)


@pytest.fixture(scope="module")
def session(right: Submission) -> Iterator[Session]:
    with Session(launcher=Zygote(course=Course.of(right.topic.course))) as made:
        yield made


@pytest.fixture(scope="module")
def verdicts(session: Session, right: Submission) -> dict[str, TaskVerdict]:
    submissions = [
        replace(right, cells=(*right.cells, Cell("code cell 9", f"import torch\n{one.code}")))
        for one in TRIALS.values()
    ]
    found = {}
    for what, verdict in zip(TRIALS, session.judge(submissions), strict=True):
        assert not verdict.notes, (what, verdict.notes)
        others = [one.name for one in verdict.tasks if not one.passed]
        assert set(others) <= {TRIALS[what].task}, "an answer to one task costs another"
        found[what] = next(one for one in verdict.tasks if one.name == TRIALS[what].task)
    return found


def test_the_solution_earns_full_marks(session: Session, right: Submission) -> None:
    (verdict,) = session.judge([right])
    assert [task.first_failure for task in verdict.tasks] == [None] * 8


@pytest.mark.parametrize("what", TRIALS)
def test_an_answer_stops_where_it_should_and_is_told_why(
    verdicts: dict[str, TaskVerdict], what: str
) -> None:
    trial, task = TRIALS[what], verdicts[what]
    failure = task.first_failure
    assert not task.needs_person
    assert (failure.stage if failure else "") == trial.stage, failure and failure.message
    assert trial.words in (failure.message if failure else "")
    assert task.passed == (not trial.stage)


def test_a_stage_that_costs_nothing_is_refused_when_the_course_is_built() -> None:
    with pytest.raises(CourseError, match="loses nothing by it"):
        TaskChecks("f", ("x",), (spec("number"),), (EXISTS, RUNS))


@pytest.mark.parametrize(
    ("routine", "why"),
    [
        ("torch.linalg.solve", "only a function of Python's can be guarded"),
        ("torch.func.hesian", "there is no such routine"),
        ("torch.no_such_module.hessian", "there is no such routine"),
    ],
)
def test_a_routine_that_cannot_be_guarded_is_refused_when_the_course_is_built(
    routine: str, why: str
) -> None:
    with pytest.raises(CourseError, match=f"f cannot refuse {routine}: .*{why}"):
        TaskChecks("f", ("x",), (spec("number"),), PLAIN, not_allowed=(routine,))


def test_products_are_counted_for_each_vector_of_a_batch_and_no_graph_comes_back() -> None:
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    product = counted(Product(lambda v: matrix @ v, torch.zeros(2)))
    batch = torch.randn(3, 5, 2)
    rows = torch.vmap(torch.vmap(product))(batch)
    assert torch.allclose(rows, batch @ matrix.T)
    assert product.evaluations == 15
    leaf = torch.ones(2, requires_grad=True)
    assert not product(leaf).requires_grad
    assert product.evaluations == 16
    assert not torch.func.jacrev(product)(torch.ones(2)).any()
    assert not torch.func.jacfwd(product)(torch.ones(2)).any()


def test_a_copy_of_a_product_counts_with_it() -> None:
    product = counted(Product(lambda v: 2 * v, torch.zeros(2)))
    for copied in (copy.copy(product), copy.deepcopy(product), copy.deepcopy([product])[0]):
        copied(torch.ones(2))
    assert product.evaluations == 3
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(product)
