"""What a student is told of a wrong value, and of an error that torch itself raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import grad
from torch.fx.experimental.proxy_tensor import make_fx
from warm import SESSION, judge

from graders import course
from graders.checks import explain as explaining
from graders.checks.compare import relative_error
from graders.checks.difference import known_difference
from graders.checks.explain import explain, raised_failure
from graders.checks.failure import Failure, Symptom
from graders.checks.stages import values_fault
from graders.checks.words import sentence
from graders.course.submission import Place, parse_submission
from graders.meter import Meter
from graders.meter.count import TooManyCalls
from graders.sandbox.answers import READY_MADE, Raised

MATRIX = torch.tensor([[1.0, 2.0, 3.0], [5.0, 7.0, 11.0], [13.0, 17.0, 19.0]], dtype=torch.float64)
DIAGONAL = torch.diag(MATRIX.diagonal())
MIRRORED = (MATRIX + MATRIX.T) / 2
FORM = "a tensor of shape (3, 3) and dtype float64"
WRONG_WAY = "The sign is the wrong way round."


def told(got: Any, expected: Any) -> tuple[Symptom | None, str]:
    return known_difference(got, expected, relative_error(got, expected))


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (-MATRIX, MATRIX, WRONG_WAY),
        (2 * MATRIX, MATRIX, "Every entry is 2 times what it should be."),
        (MATRIX / 3, MATRIX, "Every entry is 0.3333 times what it should be."),
        (MATRIX.T, MATRIX, "It is the transpose of what it should be."),
        (MIRRORED, MATRIX, "Its symmetric part is right, its antisymmetric part is not."),
        (DIAGONAL, MATRIX, "The diagonal is right, the entries off it are not."),
        (MATRIX.triu(), MATRIX, "The diagonal is right, and 3 of 6 entries off it."),
        (MATRIX, 0 * MATRIX, "The right answer is zero everywhere."),
        (MATRIX * torch.nan, MATRIX, "Some entries are not finite numbers."),
        (MATRIX[0] * torch.tensor([1, 1, 2]), MATRIX[0], "2 of 3 entries are right."),
        (0 * MATRIX[0], MATRIX[0], "0 of 3 entries are right."),
        ((MATRIX, 2 * MATRIX[0]), (MATRIX, MATRIX[0]), "9 of 12 entries are right."),
        ((-MATRIX, -MATRIX[0]), (MATRIX, MATRIX[0]), WRONG_WAY),
        ({"a": -MATRIX, "b": -MATRIX[0]}, {"a": MATRIX, "b": MATRIX[0]}, WRONG_WAY),
        ("saddle", "minimum", ""),
    ],
)
def test_a_wrong_value_is_described(got: Any, expected: Any, sentence: str) -> None:
    assert told(got, expected) == (None, sentence)


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ("minimum", "that is not the right word"),
        (8, "that is not the right number"),
        (0.5, "that is not the right number"),
        (MATRIX, f"the form is right ({FORM}), the numbers are not"),
        ((MATRIX, "up"), "the form is right (a tuple of 2 items), what stands in it is not"),
        ({"a": MATRIX}, "the form is right (a dict of 1 item), what stands in it is not"),
    ],
)
def test_only_what_has_a_form_is_said_to_have_the_right_one(expected: Any, fault: str) -> None:
    assert values_fault(expected) == fault


def test_the_description_does_not_hold_the_right_numbers() -> None:
    secret = MATRIX * 1.2345678
    for got in (-secret, secret.T, DIAGONAL, MATRIX * 0):
        numbers = {f"{abs(number):.3g}" for number in secret.reshape(-1).tolist()}
        assert not [number for number in numbers if number in told(got, secret)[1]]


def test_the_accuracy_of_float32_is_told_from_that_of_a_difference() -> None:
    exact = MATRIX.sin()
    symptom, sentence = told(exact.float().double(), exact)
    assert symptom is Symptom.FLOAT32
    assert "the accuracy of float32, not of float64" in sentence
    step = 1e-4
    symptom, sentence = told(((MATRIX - step).cos() - (MATRIX + step).cos()) / (2 * step), exact)
    assert symptom is Symptom.FINITE_DIFFERENCE
    assert "close, but an exact method is off by less than 1e-12" in sentence


def leaf(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def never_marked() -> object:
    x = torch.ones(2)
    return grad((x**2).sum(), x)


def no_create_graph() -> object:
    x = leaf(1, 2)
    (slope,) = grad((x**3).sum(), x)
    return grad(slope.sum(), x)


def never_marked_backward() -> object:
    return torch.ones(2).sum().backward()


def second_row_of_a_freed_graph() -> object:
    x = leaf(1, 2)
    y = x**2
    return [grad(entry, x) for entry in (y[0] * y[1], y[0])]


def input_not_used() -> object:
    x, other = leaf(1, 2), leaf(3)
    return grad((x**2).sum(), (x, other))


def gradient_of_a_vector() -> object:
    x = leaf(1, 2)
    return grad(x**2, x)


def backward_of_a_vector() -> object:
    return (leaf(1, 2) ** 2).backward()


def overwritten_on_the_way() -> object:
    x = leaf(1, 2)
    y = x.exp()
    z = y**2
    y += 1
    return grad(z.sum(), x)


def leaf_changed_in_place() -> object:
    x = leaf(1, 2)
    x += 1
    return x


def view_of_a_leaf_changed_in_place() -> object:
    x = leaf(1, 2)
    x[0] = 5.0
    return x


def vector_of_the_wrong_shape() -> object:
    x = leaf(1, 2, 3)
    return grad(x**2, x, torch.ones(2, dtype=torch.float64))


def matrix_of_another_dtype() -> object:
    return torch.ones(2, 2) @ torch.ones(2, dtype=torch.float64)


def product_of_another_dtype() -> object:
    return torch.dot(torch.ones(2), torch.ones(2, dtype=torch.float64))


def asked_too_often() -> object:
    raise TooManyCalls(10)


def dense_matrix_of_a_million() -> object:
    return torch.empty(10**8, 10**8)


def another_one_not_marked() -> object:
    x = torch.ones(2, requires_grad=True)
    return torch.autograd.grad((x**2).sum(), torch.ones(2))


def marked_in_a_transform() -> object:
    return torch.func.grad(lambda x: x.detach().requires_grad_().sum())(torch.ones(2))


def stub() -> object:
    raise NotImplementedError("This function is still yours to write.")


def refused_tensor() -> object:
    with Meter(lambda _file: False, 1000):
        return torch.zeros(1000, 1000)


def followed_with_symbols() -> object:
    def halves(x: Tensor) -> Tensor:
        return (x.split([2, 2])[0] ** 2).sum()

    def product(x: Tensor) -> Tensor:
        found: Tensor = torch.func.vjp(torch.func.grad(halves), x)[1](x)[0]
        return found

    with Meter(lambda _file: False):
        return make_fx(product, tracing_mode="symbolic")(torch.ones(4))


def followed_with_stand_ins() -> object:
    with Meter(lambda _file: False):
        return make_fx(lambda x: x / 2, tracing_mode="fake")(torch.ones(4))


def too_many_passes() -> object:
    with Meter(lambda _file: False, None, None, 10):
        return [torch.ones(2) + 1 for _ in range(100)]


def more_than_python_has() -> object:
    return bytearray(2**62)


def calls_itself() -> object:
    return calls_itself()


def name_from_a_cell_that_was_not_run() -> object:
    return undefined_name  # type: ignore[name-defined]  # noqa: F821


REAL_ERRORS: list[tuple[Callable[[], object], str, Symptom | None]] = [
    (never_marked, "keeps no graph of", Symptom.NO_GRAPH),
    (no_create_graph, "keeps no graph of", Symptom.NO_GRAPH),
    (never_marked_backward, "keeps no graph of", Symptom.NO_GRAPH),
    (another_one_not_marked, "was not marked", Symptom.NOT_MARKED),
    (marked_in_a_transform, "nothing is to be marked", None),
    (second_row_of_a_freed_graph, "frees a graph once", Symptom.GRAPH_FREED),
    (input_not_used, "does not use this input", Symptom.UNUSED),
    (gradient_of_a_vector, "only defined for a single number", None),
    (backward_of_a_vector, "only defined for a single number", None),
    (overwritten_on_the_way, "was overwritten", None),
    (leaf_changed_in_place, "cannot be changed in place", None),
    (view_of_a_leaf_changed_in_place, "cannot be changed in place", None),
    (vector_of_the_wrong_shape, "must have the shape of the output", None),
    (matrix_of_another_dtype, "two dtypes met", Symptom.TWO_DTYPES),
    (product_of_another_dtype, "two dtypes met", Symptom.TWO_DTYPES),
    (asked_too_often, "look at what ends your loop", Symptom.NO_END),
    (dense_matrix_of_a_million, "of the size n × n", Symptom.DENSE),
    (stub, "not written yet", None),
    (refused_tensor, "above the budget", Symptom.DENSE),
    (followed_with_symbols, "cannot be measured here", None),
    (followed_with_stand_ins, "cannot be measured here", None),
    (too_many_passes, "one pass per row", Symptom.MANY_PASSES),
    (more_than_python_has, "not that much memory", Symptom.DENSE),
    (calls_itself, "calls itself without end", None),
    (name_from_a_cell_that_was_not_run, "is the cell above run?", None),
]


# What the confinement refuses, by the words that torch or Python have for it.
REFUSED = [
    ("open('mine.txt', 'w')", "[Errno 13] Permission denied: '", "may not write files"),
    (
        "torch.save(v, 'v.pt')",
        "open file failed with strerror: Permission denied",
        "may not write files",
    ),
    ("torch.compile(torch.sin)(v)", "torchinductor_", "torch.compile"),
    # An older torch, where the worker's user has no name.
    (
        "raise KeyError('getpwuid(): uid not found: 7')",
        "getpwuid(): uid not found",
        "torch.compile",
    ),
    ("socket.socket()", "[Errno 1] Operation not permitted", "such as starting a process"),
    (
        "import multiprocessing; multiprocessing.Lock()",
        "[Errno 13] Permission denied",
        "DataLoader",
    ),
    ("v.share_memory_()", "unable to open shared memory object", "DataLoader"),
    # As a container whose files cannot be written says it.
    (
        "import os; raise OSError(30, os.strerror(30), 'mine.txt')",
        "[Errno 30] Read-only file system",
        "may not write files",
    ),
]


def raised_by(call: Callable[[], object]) -> Raised:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call()
    classes = tuple(kind.__name__ for kind in type(caught.value).__mro__)
    return Raised(classes, str(caught.value))


@pytest.mark.parametrize(("call", "words", "symptom"), REAL_ERRORS)
def test_an_error_that_torch_raises_is_explained(
    call: Callable[[], object], words: str, symptom: Symptom | None
) -> None:
    explanation = explain(raised_by(call))
    assert explanation is not None
    assert words in explanation.sentence
    assert explanation.symptom is symptom


def test_each_explanation_is_reached_by_an_error_that_was_really_raised() -> None:
    """The guards of the ready-made routines raise in a worker only; `test_judge` meets them."""
    met = {id(explain(raised_by(call))) for call, *_ in REAL_ERRORS}
    known = dict(explaining._BY_MESSAGE)
    known |= explaining._BY_CLASS
    for in_a_worker in (READY_MADE, *(fragment for _, fragment, _ in REFUSED)):
        known.pop(in_a_worker)
    assert [text for text, explanation in known.items() if id(explanation) not in met] == []


@pytest.mark.skipif(
    SESSION.launcher.isolation != "confined", reason="refuses nothing where nothing is confined"
)
@pytest.mark.parametrize(("code", "fragment", "words"), REFUSED)
def test_what_the_confinement_refuses_is_explained(code: str, fragment: str, words: str) -> None:
    text = f"import socket\nimport torch\n\ndef vjp(func, inputs, v):\n    {code}\n"
    topic = course.topic("jacobian")
    (verdict,) = judge([parse_submission(text.encode(), "jacobian.py", topic)])
    check = verdict.tasks[0].first_failure
    assert check is not None
    assert check.failure is not None
    assert fragment in check.failure.said
    assert words in check.failure.meaning


def failure_of(raised: Raised, call: str = "") -> Failure:
    return raised_failure(raised, call).failure


def in_words(raised: Raised) -> str:
    return sentence(failure_of(raised))


def test_an_error_is_kept_as_data_with_its_call_place_meaning_and_symptom() -> None:
    raised = raised_by(no_create_graph)
    place = Place("cell hessian", 7, "…")
    failure = failure_of(Raised(raised.classes, raised.message, place), "hessian(f, x)")
    assert (failure.raised, failure.place) == ("RuntimeError", place)
    assert failure.said.startswith("element 0 of tensors")
    assert failure.meaning.startswith("torch was asked to differentiate")
    assert failure.symptom is Symptom.NO_GRAPH
    assert sentence(failure).startswith("Called hessian(f, x): it raised RuntimeError at cell")


def test_an_error_is_told_in_one_line_with_its_place_and_meaning() -> None:
    raised = raised_by(no_create_graph)
    said = in_words(Raised(raised.classes, raised.message, Place("cell hessian", 7, "…")))
    assert said.startswith("it raised RuntimeError at cell hessian, line 7: `…` — element 0 of")
    assert ". In other words: torch was asked to differentiate" in said
    assert "\n" not in said


def test_a_message_of_many_lines_is_cut_and_an_unknown_error_is_not_explained() -> None:
    said = in_words(Raised(("KeyError",), "\n first\nsecond\n" + "x" * 10_000))
    assert said == "it raised KeyError — first."
    assert len(in_words(Raised(("KeyError",), "x" * 10_000))) < 400
    assert in_words(Raised((), "")) == "it raised Exception."
    assert explain(Raised(("KeyError", "Exception"), "x")) is None
