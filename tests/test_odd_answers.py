"""An answer of an odd kind is the student's own: told as such, and never a fault of the grader."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from specimens_of_answers import with_cell
from warm import judge

from graders import course
from graders.authoring.specimens import solution
from graders.course.submission import Cell, Submission
from graders.judge import judgement
from graders.judge.verdict import CheckVerdict, TaskVerdict

# What is answered, and what is said of it.
ODD: dict[str, tuple[str, str, str]] = {
    "a tensor where an int is due": (
        "hvp.hessian_bytes",
        "return torch.tensor(n * n * dtype.itemsize)",
        "it returned a tensor of shape () and dtype int64, expected an int",
    ),
    "a float where an int is due": (
        "hvp.hessian_bytes",
        "return float(n * n * dtype.itemsize)",
        "expected an int",
    ),
    "another whole number": (
        "hvp.hessian_bytes",
        "return n * n * dtype.itemsize + 1",
        "got 4000001; that is not the right number.",
    ),
    "a tensor where a word is due": (
        "curvature.classify_hessian",
        "return torch.linalg.eigvalsh(matrix).sign()",
        "it returned a tensor of shape (2,) and dtype float64, expected a word",
    ),
    "another word": (
        "curvature.classify_hessian",
        "return 'Minimum'",
        "got 'Minimum'; that is not the right word.",
    ),
    "nothing inside a tuple": (
        "hvp.parameter_hvp",
        "return (None,) * len(parameters)",
        "item 1 of what it returned: None, expected a tensor",
    ),
    "numbers inside a tuple": (
        "hvp.parameter_hvp",
        "return tuple(0.0 for _ in parameters)",
        "item 1 of what it returned: 0.0, expected a tensor",
    ),
    "a list where a tuple is due": (
        "hvp.parameter_hvp",
        "return list(right(loss, parameters, v))",
        "it returned a list of 4 items, expected a tuple of 4 tensors",
    ),
    "a nested tensor": (
        "hvp.parameter_hvp",
        "return (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),) * len(parameters)",
        "a nested tensor, expected a tensor",
    ),
    "a view of one number as a thousand million": (
        "hvp.parameter_hvp",
        "return (torch.ones(1).expand(10**9),) * len(parameters)",
        "a tensor of shape (1000000000,), which is too large to be an answer, expected a tensor",
    ),
    "more numbers than an answer may have": (
        "hvp.parameter_hvp",
        "return (torch.ones(5 * 10**7),) * len(parameters)",
        "a tensor of shape (50000000,), which is too large to be an answer, expected a tensor",
    ),
    "a tuple of one item more": (
        "hvp.parameter_hvp",
        "return (*right(loss, parameters, v), loss)",
        "it returned 5 items, expected 4",
    ),
}
ARGUMENTS = {
    "hessian_bytes": "n, dtype",
    "classify_hessian": "matrix",
    "parameter_hvp": "loss, parameters, v",
}


def handed_in(where: str, body: str) -> Submission:
    topic, _, task = where.partition(".")
    code = f"import torch\nright = {task}\ndef {task}({ARGUMENTS[task]}):\n    {body}\n"
    return with_cell(topic, task, code)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, TaskVerdict]:
    submissions = [handed_in(where, body) for where, body, _ in ODD.values()]
    found = {}
    for what, verdict in zip(ODD, judge(submissions), strict=True):
        assert not verdict.needs_person
        name = ODD[what][0].partition(".")[2]
        found[what] = next(one for one in verdict.tasks if one.name == name)
    return found


def first(task: TaskVerdict) -> CheckVerdict:
    assert task.first_failure is not None
    return task.first_failure


@pytest.mark.parametrize("what", ODD)
def test_it_is_told_what_it_is(verdicts: dict[str, TaskVerdict], what: str) -> None:
    failure = first(verdicts[what])
    assert failure.status == "failed"
    assert ODD[what][2] in failure.message
    assert "the form is right ('" not in failure.message
    assert verdicts[what].score < verdicts[what].max_score


@pytest.mark.parametrize(
    "switch",
    [
        "torch.set_grad_enabled(False)",
        "torch.set_default_device('meta')",
        "torch.autocast('cpu').__enter__()",
    ],
)
def test_a_switch_that_one_task_leaves_on_costs_no_other_task(switch: str) -> None:
    left_on = handed_in("hvp.hessian_bytes", f"{switch}\n    return right(n, dtype)")
    (verdict,) = judge([left_on])
    assert [task.first_failure for task in verdict.tasks] == [None] * 4


def test_a_default_device_that_is_not_here_costs_nothing() -> None:
    right = solution(course.topic("hessian"))
    on_a_gpu = Cell("code cell 1", "import torch\ntorch.set_default_device('cuda')")
    (verdict,) = judge([replace(right, cells=(*right.cells, on_a_gpu))])
    assert verdict.passed


def test_what_diagnosis_raises_costs_the_name_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = handed_in("hvp.hessian_bytes", "return n * n")
    (named,) = judge([wrong])
    assert first(named.tasks[0]).mistake == "entries_not_bytes"

    def fails(*_: object) -> None:
        raise ZeroDivisionError("in the diagnosis")

    monkeypatch.setattr(judgement, "diagnose", fails)
    with caplog.at_level(logging.ERROR):
        unnamed, neighbour = judge([wrong, solution(course.topic("hvp"))])
    failure = first(unnamed.tasks[0])
    assert (failure.mistake, failure.hint) == (None, None)
    assert failure.message == first(named.tasks[0]).message
    assert [one.score for one in unnamed.tasks] == [one.score for one in named.tasks]
    assert neighbour.passed
    assert "hessian_bytes could not be diagnosed" in caplog.text
    assert "in the diagnosis" in caplog.text
