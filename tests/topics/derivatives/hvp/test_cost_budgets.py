"""The budgets of memory and cost let every honest method through and no n × n, by a wide margin."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import pytest
import torch
from warm import judge

from graders import course
from graders.authoring.specimens import solution
from graders.checks.cost import Sample, one_gradient
from graders.checks.references import References
from graders.checks.words import in_bytes
from graders.course.submission import Cell, Submission
from graders.hidden.derivatives.hvp.problems.functions import HVP_SIZED
from graders.hidden.derivatives.hvp.problems.parameter_losses import PARAMETER_HVP_SIZED
from graders.hidden.derivatives.hvp.test_hvp import OF_FUNCTIONS as COST
from graders.judge.verdict import CheckVerdict, Verdict
from graders.meter import Measured, Meter
from graders.sandbox.answers import Answer, Returned
from graders.sandbox.spec import Spec, spec
from topics.derivatives.hvp import answers

TOPIC = course.topic("hvp")
OF_FUNCTIONS = ("func", "inputs", "tangent")
OF_LOSSES = ("loss", "parameters", "tangent")
SIZES = COST.sizes
SIZED = {
    "hvp": HVP_SIZED,
    "hvp_forward_over_reverse": HVP_SIZED,
    "parameter_hvp": PARAMETER_HVP_SIZED,
}
# The margin that honest methods keep from each budget.
SHARE = 0.75


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """As in a worker."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@cache
def references() -> References:
    return References(TOPIC, 0)


def gradient_of(which: Spec, n: int) -> Measured:
    return references().unit_cost(one_gradient, COST.at(which, n))


def sample(function: Callable[..., Any], sized: Spec, n: int) -> Sample:
    """Measure a method as a worker does."""
    which = COST.at(sized, n)
    problem = references().problem(which)
    arguments = problem.arguments(OF_LOSSES if sized.name == "parameter_mlp" else OF_FUNCTIONS)
    with warnings.catch_warnings(), Meter(lambda _: False) as meter:
        warnings.simplefilter("ignore")
        result = function(*arguments)
    del result
    counts = {
        name: count for name, count in asdict(meter.measured()).items() if isinstance(count, int)
    }
    return Sample(n, which, Answer(Returned(None), measured=counts), gradient_of(sized, n), COST)


@pytest.mark.parametrize("which", [*HVP_SIZED, *PARAMETER_HVP_SIZED], ids=str)
@pytest.mark.parametrize("n", SIZES[1:])
def test_a_matrix_is_at_least_a_hundred_times_the_budget(which: Spec, n: int) -> None:
    budget = COST.peak_of(which) * gradient_of(which, n).peak_bytes
    assert n * n * torch.float64.itemsize >= 100 * budget


@pytest.mark.parametrize("which", [*HVP_SIZED, *PARAMETER_HVP_SIZED], ids=str)
def test_a_matrix_is_above_the_budget_at_the_smallest_size_too(which: Spec) -> None:
    n = SIZES[0]
    assert n * n * torch.float64.itemsize > COST.peak_of(which) * gradient_of(which, n).peak_bytes


HONEST = [
    (function, which)
    for task in ("hvp", "parameter_hvp")
    for _, function in answers.RIGHT[task]
    for which in SIZED[task]
]


@pytest.mark.parametrize(
    ("function", "which"), HONEST, ids=lambda one: getattr(one, "__name__", str(one))
)
def test_an_honest_method_keeps_a_quarter_of_each_budget_free(
    function: Callable[..., Any], which: Spec
) -> None:
    small, large = (sample(function, which, n) for n in (SIZES[1], SIZES[-1]))
    for one in (small, large):
        assert one.peak <= SHARE * one.budget
        assert one.passes <= SHARE * COST.passes
    assert large.peak <= 1.05 * small.peak * SIZES[-1] / SIZES[1], "memory grows like n"
    assert large.passes <= 1.05 * small.passes < COST.passes_growth * small.passes


def test_elementwise_functions_have_no_flops_and_networks_have() -> None:
    costs = {
        which.name: gradient_of(which, SIZES[0]) for which in (*HVP_SIZED, *PARAMETER_HVP_SIZED)
    }
    assert {name: cost.flops > 0 for name, cost in costs.items()} == {
        "rosenbrock": False,
        "mlp": True,
        "parameter_mlp": True,
    }


ROW_LOOPS = [
    *((answers.row_by_row_1, which) for which in HVP_SIZED),
    (answers.WRONG["parameter_hvp", "parameter_row_by_row"][0], PARAMETER_HVP_SIZED[0]),
]


@pytest.mark.parametrize(
    ("function", "which"), ROW_LOOPS, ids=lambda one: getattr(one, "__name__", str(one))
)
def test_a_row_loop_is_told_from_an_honest_method_by_each_problem_alone(
    function: Callable[..., Any], which: Spec
) -> None:
    loop = sample(function, which, SIZES[0])
    assert loop.passes > 5 * COST.passes
    assert loop.peak <= loop.budget, "its memory does not give it away"


def test_passes_are_counted_by_whichever_of_bytes_and_flops_says_more() -> None:
    gradient = Measured(100, 100, None, None, 1000, 10, 500, 1)
    by_bytes = Sample(1, spec("mlp"), Answer(Returned(None)), gradient, COST)

    def passes(counts: dict[str, int], cost: Measured = gradient) -> float:
        answer = Answer(Returned(None), measured=counts)
        return replace(by_bytes, answer=answer, unit=cost).passes

    assert passes({"produced_bytes": 3000, "flops": 500}) == 3.0
    assert passes({"produced_bytes": 3000, "flops": 2500}) == 5.0
    assert passes({"produced_bytes": 3000, "flops": 10**9}, replace(gradient, flops=0)) == 3.0


def handed_in(*functions: Callable[..., Any]) -> Submission:
    """One file with costly answers: the last to `parameter_hvp`, those before to the other two."""
    head = (
        "import torch\nfrom torch import Tensor\nfrom collections.abc import Callable, Sequence\n"
    )
    bodies = [inspect.getsource(function) for function in functions]
    names = [function.__name__ for function in functions]
    given = [names[0], names[-2], names[-1]]
    ends = [f"{task} = {name}" for task, name in zip(SIZED, given, strict=True)]
    right = solution(TOPIC)
    cell = Cell("code cell 9", "\n\n".join([head, *bodies, *ends]))
    return replace(right, cells=(*right.cells, cell))


def slowly_quadratic(func: Any, inputs: Any, v: Any) -> Any:
    # Below the budget at every size that is tried.
    extra = torch.zeros(inputs.numel() ** 2 // 1500, dtype=inputs.dtype)
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slopes,) = torch.autograd.grad(y, x, create_graph=True)
    return torch.autograd.grad(slopes, x, v)[0] + extra.sum()


def more_passes_the_larger(func: Any, inputs: Any, v: Any) -> Any:
    # Below the budget at every size that is tried.
    for _ in range(max(inputs.numel() // 10_000, 1)):
        x = inputs.detach().clone().requires_grad_()
        y = func(x) + 0 * (x * x).sum()
        (slopes,) = torch.autograd.grad(y, x, create_graph=True)
        result = torch.autograd.grad(slopes, x, v)[0]
    return result


def of_parameters(mistake: str) -> Callable[..., Any]:
    return answers.WRONG["parameter_hvp", mistake][0]


NUMBER = r"\d+(\.\d)? (bytes|kB|MB|GB)"
PEAK = (
    rf"your peak: {NUMBER}( at code cell 9, line \d+: `[^`]+`)?; a gradient of this function needs "
    rf"{NUMBER}; the budget is {NUMBER}\."
)
PASSES = (
    r"it cost more than 300 gradients, and was stopped at code cell 9, line \d+: `[^`]+`; the "
    r"budget is 20, whatever n is\. One pass per row"
)
GROWTH = (
    rf"from n = 10000 to n = 40000 your memory grew from {NUMBER} to {NUMBER}, like n to the power "
    r"1\.[3-9]; it should grow like n\."
)
MORE_PASSES = r"it cost as much as \d+ gradients; at n = 10000 it cost \d, and it must not grow"
COSTLY: dict[str, tuple[Submission, str, str]] = {
    "materialised": (
        handed_in(answers.hessian_materialised_1, of_parameters("parameter_hessian_materialised")),
        "memory",
        PEAK,
    ),
    "list of rows": (
        handed_in(answers.list_of_rows_1, of_parameters("parameter_list_of_rows")),
        "memory",
        PEAK,
    ),
    "row by row": (
        handed_in(answers.row_by_row_1, of_parameters("parameter_row_by_row")),
        "passes",
        PASSES,
    ),
}
CREEPING = handed_in(slowly_quadratic, more_passes_the_larger, answers.parameters_by_dot_product)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    submissions = {**{what: one for what, (one, *_) in COSTLY.items()}, "creeping": CREEPING}
    return dict(zip(submissions, judge(list(submissions.values())), strict=True))


def failure_of(verdict: Verdict, task: str) -> CheckVerdict:
    found = next(one for one in verdict.tasks if one.name == task)
    assert found.first_failure is not None
    return found.first_failure


@pytest.mark.parametrize("task", SIZED)
@pytest.mark.parametrize("what", COSTLY)
def test_a_costly_answer_fails_and_is_told_why_in_words_and_numbers(
    verdicts: dict[str, Verdict], what: str, task: str
) -> None:
    _, stage, sentence = COSTLY[what]
    failure = failure_of(verdicts[what], task)
    assert (failure.name, failure.status) == (stage, "failed")
    assert re.search(sentence, failure.message), failure.message
    assert failure.mistake is not None and failure.hint


@pytest.mark.parametrize(
    ("task", "stage", "sentence"),
    [("hvp", "memory", GROWTH), ("hvp_forward_over_reverse", "passes", MORE_PASSES)],
)
def test_growth_is_found_while_it_is_still_below_the_budget(
    verdicts: dict[str, Verdict], task: str, stage: str, sentence: str
) -> None:
    failure = failure_of(verdicts["creeping"], task)
    assert (failure.name, failure.status) == (stage, "failed")
    assert re.search(sentence, failure.message), failure.message


def test_the_values_of_a_costly_answer_still_count(verdicts: dict[str, Verdict]) -> None:
    for what in COSTLY:
        hvp = next(one for one in verdicts[what].tasks if one.name == "hvp")
        assert all(one.status == "passed" for one in hvp.checks if one.name.startswith("values"))
        skipped = {one.name for one in hvp.checks if one.status == "skipped"}
        lost = {"lean", "large"}
        assert skipped == lost | ({"passes"} if COSTLY[what][1] == "memory" else set())
        assert 0 < hvp.score <= hvp.max_score * 2 / 3


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (8 * 10**8, "800 MB"), (4e12, "4.0 TB")],
)
def test_bytes_are_written_as_a_person_would(count: float, words: str) -> None:
    assert in_bytes(count) == words
