"""Two mistakes in one answer: both are named where both are proved, and otherwise neither."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_cell
from test_feedback_html import Page
from warm import judge

from graders.checks.failure import Failure
from graders.judge.verdict import CheckVerdict, Verdict
from graders.outlets.class_summary import summarise_mistakes
from graders.outlets.feedback_html import task_feedback_html, task_feedback_text
from graders.outlets.terminal import failure_lines

HESSIAN = """
def _gradient(func, x):
    return torch.autograd.grad(func(x) + 0 * (x * x).sum(), x, create_graph=True)[0]
def _rows(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    slope = _gradient(func, x)
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in slope.flatten()]
    return torch.stack(rows)
"""


def first_failure(topic: str, task: str, code: str) -> CheckVerdict:
    (verdict,) = judge([with_cell(topic, task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    assert judged.first_failure is not None
    return judged.first_failure


def named(topic: str, task: str, code: str) -> list[str]:
    return list(first_failure(topic, task, code).mistakes)


ONE_AFTER_THE_OTHER = {
    "row sums, doubled": (
        "derivatives/hessian",
        "hessian",
        HESSIAN + "def hessian(func, inputs):\n"
        "    return 2 * _rows(func, inputs).sum(0).reshape(inputs.shape)\n",
        ["row_sums", "hessian_doubled"],
    ),
    "the lower half, doubled": (
        "derivatives/hessian",
        "hessian",
        HESSIAN + "def hessian(func, inputs):\n"
        "    H = _rows(func, inputs).reshape(inputs.numel(), -1).tril()\n"
        "    return (H + H).reshape(inputs.shape + inputs.shape)\n",
        ["lower_triangle_only", "hessian_doubled"],
    ),
    "doubled, in a matrix": (
        "derivatives/hessian",
        "hessian",
        HESSIAN + "def hessian(func, inputs):\n"
        "    H = _rows(func, inputs).reshape(inputs.numel(), -1)\n"
        "    return H + H.T\n",
        ["hessian_flattened", "hessian_doubled"],
    ),
    "outer product in float32": (
        "derivatives/hessian",
        "hessian",
        HESSIAN + "def hessian(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    g = (_gradient(func, x)).detach().float()\n"
        "    return torch.tensordot(g, g, dims=0)\n",
        ["outer_product", "hessian_in_float32"],
    ),
    "sum of the slopes, downhill": (
        "derivatives/hessian",
        "gradient",
        HESSIAN + "def gradient(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    return -(_gradient(func, x)).sum().detach()\n",
        ["gradient_summed", "gradient_downhill"],
    ),
    "downhill, twice": (
        "derivatives/hessian",
        "gradient",
        HESSIAN + "def gradient(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    return -2 * (_gradient(func, x)).detach()\n",
        ["gradient_twice_added", "gradient_downhill"],
    ),
    "the sum of the rows, its sign turned": (
        "derivatives/jacobian",
        "jacobian",
        "def jacobian(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    y = func(x) + 0 * x.sum()\n"
        "    return -torch.autograd.grad(y.sum(), x)[0]\n",
        ["sum_of_rows", "jacobian_sign_turned"],
    ),
    "v ignored, doubled": (
        "derivatives/hvp",
        "hvp",
        HESSIAN + "def hvp(func, inputs, v):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    g = _gradient(func, x)\n"
        "    return 2 * torch.autograd.grad(g.sum(), x)[0]\n",
        ["v_ignored", "product_doubled"],
    ),
}


IN_TWO_PARTS = {
    "a squared residual beside a vector that is not unit": (
        "applications/spectrum",
        "power_iteration",
        "_right = power_iteration\n"
        "def power_iteration(matvec, v0, *, rtol=1e-6, maxiter=1000):\n"
        "    value, v, residual = _right(matvec, v0, rtol=rtol, maxiter=maxiter)\n"
        "    return value, matvec(v), residual ** 2\n",
        ["vector_not_unit", "squared_residual_told"],
    ),
    "weights that are not squared, in descending order": (
        "applications/spectrum",
        "lanczos",
        "_right = lanczos\n"
        "def lanczos(matvec, v0, k):\n"
        "    values, weights = _right(matvec, v0, k)\n"
        "    return values.flip(0), weights.sqrt().flip(0)\n",
        ["weights_not_squared", "descending"],
    ),
}

_OF_PARAMETERS = (
    "_right = parameter_hvp\n"
    "def parameter_hvp(loss, parameters, v):\n"
    "    {}\n"
    "    slopes = [one.detach() for one in slopes]\n"
    "    return {}\n"
)
_GRADIENTS = "slopes = torch.autograd.grad(loss, parameters, materialize_grads=True)"
_PRODUCTS = "slopes = _right(loss, parameters, v)"
BESIDE_A_FORM = {
    "a list": ("slopes", ["list_for_tuple"]),
    "one long row": ("torch.cat([one.flatten() for one in slopes])", ["parameter_flat"]),
}
_DENSE = (
    HESSIAN + "def hvp(func, inputs, v):\n"
    "    H = _rows(func, inputs).reshape(inputs.numel(), -1)\n"
    "{}"
    "    return (H @ v.flatten()).reshape(inputs.shape)\n"
)
MANNERS_AND_COST = {
    "the whole matrix, and inputs that are marked": (
        _DENSE.format("    inputs.requires_grad_()\n"),
        ["product_marks_inputs", "hessian_materialised"],
    ),
    "the whole matrix alone": (_DENSE.format(""), ["hessian_materialised"]),
}
_AXES_DECIDE = (
    HESSIAN + "def hessian(func, inputs):\n"
    "    H = _rows(func, inputs).reshape(inputs.numel(), -1)\n"
    "    H = {} if inputs.dim() == 1 else {}\n"
    "    return H.reshape(inputs.shape + inputs.shape)\n"
)
SIDE_BY_SIDE = {
    "doubled for vectors, half empty for matrices": (
        "derivatives/hessian",
        "hessian",
        _AXES_DECIDE.format("2 * H", "H.tril()"),
        ["hessian_doubled", "lower_triangle_only"],
    ),
    "the sign turned, and a linear function refused": (
        "derivatives/hessian",
        "gradient",
        "def gradient(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    return -torch.autograd.grad(func(x), x, materialize_grads=True)[0]\n",
        ["gradient_downhill", "gradient_refuses_constants"],
    ),
    "doubled, and a linear function refused": (
        "derivatives/hessian",
        "hessian",
        "def hessian(func, inputs):\n"
        "    x = inputs.detach().clone().requires_grad_()\n"
        "    y = func(x)\n"
        "    (g,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)\n"
        "    H = torch.stack([torch.autograd.grad(one, x, retain_graph=True)[0]\n"
        "                     for one in g.flatten()])\n"
        "    return 2 * H.reshape(x.shape + x.shape)\n",
        ["hessian_doubled", "hessian_refuses_linear"],
    ),
}


@pytest.mark.parametrize(
    ("topic", "task", "code", "names"), IN_TWO_PARTS.values(), ids=IN_TWO_PARTS.keys()
)
def test_each_of_two_parts_may_have_a_mistake_of_its_own(
    topic: str, task: str, code: str, names: list[str]
) -> None:
    assert named(topic, task, code) == names


@pytest.mark.parametrize(
    ("topic", "task", "code", "names"), SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE.keys()
)
def test_two_mistakes_may_stand_side_by_side(
    topic: str, task: str, code: str, names: list[str]
) -> None:
    assert named(topic, task, code) == names


@pytest.mark.parametrize(("form", "names"), BESIDE_A_FORM.values(), ids=BESIDE_A_FORM.keys())
def test_what_stands_in_a_wrong_form_is_named_beside_the_form(form: str, names: list[str]) -> None:
    wrong, right = (_OF_PARAMETERS.format(made, form) for made in (_GRADIENTS, _PRODUCTS))
    found = named("derivatives/hvp", "parameter_hvp", wrong)
    assert found == [*names, "parameter_gradient_returned"]
    assert named("derivatives/hvp", "parameter_hvp", right) == names


@pytest.mark.parametrize(("code", "names"), MANNERS_AND_COST.values(), ids=MANNERS_AND_COST.keys())
def test_a_second_failure_of_another_kind_is_named_too(code: str, names: list[str]) -> None:
    assert named("derivatives/hvp", "hvp", code) == names


_PILED_UP = (
    "import torch\n"
    "def jacobian(func, inputs):\n"
    "    x = inputs.detach().clone().requires_grad_()\n"
    "    y, total, rows = func(x), torch.zeros_like(inputs), []\n"
    "    for one in y.reshape(-1) if y.requires_grad else ():\n"
    "        total = total + torch.autograd.grad(one, x, retain_graph=True,\n"
    "                                            materialize_grads=True)[0]\n"
    "        rows.append(total)\n"
    "    J = torch.stack(rows) if rows else inputs.new_zeros(y.numel(), x.numel())\n"
    "    return J.reshape(y.numel(), x.numel()).T.reshape(x.shape + y.shape)\n"
)


def test_axes_that_one_mistake_moves_are_moved_of_what_another_gives() -> None:
    assert named("derivatives/jacobian", "jacobian", _PILED_UP) == ["rows_pile_up", "transposed"]


PROVE_NOTHING = {
    "a known mistake of half the problems, and an unknown one of the rest": _AXES_DECIDE.format(
        "2 * H", "H.flip(1)"
    ),
    "zeros beside a known mistake": _AXES_DECIDE.format("H * 0", "2 * H"),
    "three known mistakes": _AXES_DECIDE.format("2 * H.tril()", "torch.diag(H.diagonal())"),
    "what no known mistake does, done to one": _AXES_DECIDE.format("3 * H.tril()", "3 * H.tril()"),
    # Every number lies in one row, so that “your numbers lie in a matrix” would be false of it.
    "two forms": HESSIAN + "def hessian(func, inputs):\n"
    "    return _rows(func, inputs).sum(0).flatten()\n",
}


@pytest.mark.parametrize("code", PROVE_NOTHING.values(), ids=PROVE_NOTHING.keys())
def test_no_pair_is_named_that_is_not_proved(code: str) -> None:
    failed = first_failure("derivatives/hessian", "hessian", code)
    assert failed.second_mistake is None
    assert failed.advice == (failed.hint or "")


def test_both_hints_are_shown_wherever_one_is() -> None:
    topic, task, code, _ = ONE_AFTER_THE_OTHER["row sums, doubled"]
    (verdict,) = judge([with_cell(topic, task, code)])
    again = Verdict.from_json(verdict.to_json())
    (judged,) = [one for one in again.tasks if one.name == task]
    page = " ".join(Page(task_feedback_html(judged)).words.split())
    screen = " ".join(line.text for line in failure_lines(judged))
    plain = task_feedback_text(judged)
    for shown in (page, screen, plain):
        places = [shown.find(words) for words in IN_ORDER]
        assert -1 not in places, shown
        assert places == sorted(places)


IN_ORDER = (
    "You have the sum of each row of the Hessian",
    "There is a second mistake beside it:",
    "Every entry of your Hessian is twice as large as it should be.",
)


def test_a_verdict_from_before_there_were_pairs_is_read() -> None:
    failed = CheckVerdict("values", None, "failed", 1, Failure("no"), mistake="one", hint="A hint.")
    data = failed.to_json()
    del data["second_mistake"], data["second_hint"]
    assert CheckVerdict.from_json(data) == failed


def test_the_report_counts_both_mistakes_of_an_answer() -> None:
    topic, task, code, names = ONE_AFTER_THE_OTHER["row sums, doubled"]
    (verdict,) = judge([with_cell(topic, task, code)])
    rows = summarise_mistakes({"ada": {topic: verdict}})
    assert [(one.name, one.students) for one in rows] == [
        (name, ("ada",)) for name in sorted(names)
    ]
    assert "twice as large" in rows[0].hint


@pytest.mark.parametrize(
    ("topic", "task", "code", "names"),
    ONE_AFTER_THE_OTHER.values(),
    ids=ONE_AFTER_THE_OTHER.keys(),
)
def test_one_mistake_done_to_what_another_gives_is_named_beside_it(
    topic: str, task: str, code: str, names: list[str]
) -> None:
    assert named(topic, task, code) == names
