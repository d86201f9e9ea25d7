"""An answer that makes a CPU tensor of its own is told so, on a machine without a GPU."""

from __future__ import annotations

from dataclasses import replace

import pytest
from warm import SESSION, judge

from graders import course
from graders.authoring.specimens import solution
from graders.checks.references import problems_of
from graders.checks.task import TaskChecks
from graders.course import Topic
from graders.course.submission import Cell
from graders.judge.declared import declared_tasks
from graders.judge.verdict import TaskVerdict
from graders.limits import Limits
from graders.sandbox.given import tensors_in
from graders.sandbox.processes import WorkerProcess
from graders.sandbox.spec import Spec

ROWS = (
    "    x = inputs.detach().clone().requires_grad_()\n"
    "    y = func(x) + 0 * (x * x).sum()\n"
    "    (g,) = torch.autograd.grad(y, x, create_graph=True)\n"
    "    g = g + 0 * x\n"
)
ON_THE_CPU = {
    "unit vectors for the backward pass": ROWS
    + "    units = torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)\n"
    "    rows = [torch.autograd.grad(g, x, u, retain_graph=True)[0] for u in units]\n"
    "    return torch.stack(rows).reshape(x.shape + x.shape)\n",
    "zeros to add to": ROWS
    + "    rows = [torch.autograd.grad(o, x, retain_graph=True)[0] for o in g.reshape(-1)]\n"
    "    h = torch.zeros(x.shape + x.shape, dtype=x.dtype)\n"
    "    return h + torch.stack(rows).reshape(x.shape + x.shape)\n",
}
KEPT = {
    "units of the input's device": ON_THE_CPU["unit vectors for the backward pass"].replace(
        "dtype=x.dtype)", "dtype=x.dtype, device=x.device)"
    ),
    "numbers that are looked at": ROWS
    + "    if float(y) != float(y) or not bool((x == x).all()): return None\n"
    "    rows = [torch.autograd.grad(o, x, retain_graph=True)[0] for o in g.reshape(-1)]\n"
    "    return torch.stack(rows).reshape(x.shape + x.shape)\n",
}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, TaskVerdict]:
    topic = course.topic("hessian")
    right = solution(topic)
    answers = {**ON_THE_CPU, **KEPT}
    submissions = [
        replace(
            right,
            cells=(
                *right.cells,
                Cell("cell hessian", f"import torch\ndef hessian(func, inputs):\n{body}"),
            ),
        )
        for body in answers.values()
    ]
    found = zip(answers, judge(submissions), strict=True)
    return {what: verdict.tasks[-1] for what, verdict in found}


@pytest.mark.parametrize("what", ON_THE_CPU)
def test_a_tensor_on_the_cpu_is_told_and_costs_half_a_check(
    verdicts: dict[str, TaskVerdict], what: str
) -> None:
    task = verdicts[what]
    (failed,) = [check for check in task.checks if check.status == "failed"]
    assert (failed.stage, failed.weight) == ("device", 0.5)
    assert "the inputs were on another device" in failed.message
    assert "on a GPU this fails" in failed.message
    assert task.score > 0.9 * task.max_score


@pytest.mark.parametrize("what", KEPT)
def test_an_answer_that_keeps_the_device_or_looks_at_numbers_is_held_to_nothing_more(
    verdicts: dict[str, TaskVerdict], what: str
) -> None:
    assert verdicts[what].first_failure is None
    assert verdicts[what].passed


# Solutions of which one line makes zeros where nothing depends on the inputs.
ZEROS_ON_THE_CPU = {
    ("jacobian", "vjp"): ("torch.zeros_like(x)", "torch.zeros(x.shape, dtype=x.dtype)"),
    ("jacobian", "jacobian"): (
        "x.new_zeros(y.shape + x.shape)",
        "torch.zeros(y.shape + x.shape, dtype=x.dtype)",
    ),
    ("hessian", "gradient"): ("torch.zeros_like(x)", "torch.zeros(x.shape, dtype=x.dtype)"),
    ("hvp", "hvp"): ("torch.zeros_like(x)", "torch.zeros(x.shape, dtype=x.dtype)"),
}


@pytest.mark.parametrize(("name", "task"), ZEROS_ON_THE_CPU)
def test_zeros_made_on_the_cpu_where_nothing_depends_on_the_inputs_are_told(
    name: str, task: str
) -> None:
    topic = course.topic(name)
    right = solution(topic)
    old, new = ZEROS_ON_THE_CPU[name, task]
    place = next(i for i, cell in enumerate(right.cells) if f"def {task}(" in cell.source)
    changed = right.cells[place].source.replace(old, new)
    assert changed != right.cells[place].source
    cells = (*right.cells[:place], Cell("changed", changed), *right.cells[place + 1 :])
    (verdict,) = judge([replace(right, cells=cells)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    (failed,) = [check for check in judged.checks if check.status == "failed"]
    assert failed.stage == "device"
    assert "came back on the CPU" in failed.message


ASKED_ELSEWHERE = [
    (topic, task, which)
    for topic in course.topics()
    for task in declared_tasks(topic)
    if any(stage.name == "device" for stage in task.stages)
    for which in task.elsewhere or task.problems[:1]
]


@pytest.mark.parametrize(
    ("topic", "task", "which"),
    ASKED_ELSEWHERE,
    ids=[f"{task.name}-{which}" for _, task, which in ASKED_ELSEWHERE],
)
def test_what_is_asked_elsewhere_is_made_there_in_full(
    topic: Topic, task: TaskChecks, which: Spec
) -> None:
    problem = problems_of(topic).build(which, device="meta")
    tensors = list(tensors_in(problem.arguments(task.arguments)))
    assert tensors
    assert all(one.is_meta for one in tensors if one.numel() > 1)


@pytest.mark.parametrize("topic", course.topics(), ids=[one.name for one in course.topics()])
def test_nothing_that_a_solution_is_asked_ends_its_worker(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, start = [], SESSION.launcher.start

    def counted(limits: Limits) -> WorkerProcess:
        started.append(limits)
        return start(limits)

    monkeypatch.setattr(SESSION.launcher, "start", counted)
    judge([solution(topic)])
    assert len(started) == 1
