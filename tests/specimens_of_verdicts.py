"""Verdicts made by hand, so that what shows them can be tested without judging anything."""

from __future__ import annotations

from typing import Any

import torch

from graders.checks.failure import Failure, Fault, Symptom
from graders.checks.kinds import MATRIX_FREE, TENSOR
from graders.checks.stage import Check, Stage
from graders.checks.stages import values_fault
from graders.checks.task import TaskChecks
from graders.course.submission import Place
from graders.judge.verdict import CheckVerdict, StageTitle, Status, TaskVerdict, Verdict
from graders.sandbox.spec import spec

SIZES = (10_000, 20_000, 40_000)
HINT = (
    "The numbers are right, but the whole Hessian was in memory to get them.\n\n"
    "For 10⁶ inputs that is 4 TB. You only need its effect on one `v`: where can `v` come in so\n"
    "early that no matrix is ever made?"
)
PROBLEMS = (
    spec("three_letters"),
    spec("tanh_chain"),
    spec("rosenbrock", n=6),
    spec("mlp", n=47),
    spec("linear", core=False),
    spec("tanh_chain", dtype="float32", core=False),
)
MEASURED = ("memory", "passes")


def samples(*, dense: bool = False, gradients: float = 2.9, passes: float = 4.1) -> dict[str, Any]:
    """What the meter counted at three sizes of two problems."""
    return {
        "samples": [
            {
                "problem": name,
                "n": n,
                "peak_bytes": 8 * n * n if dense else int(gradients * unit * n),
                "budget_bytes": 8 * unit * n,
                "gradient_bytes": unit * n,
                "passes": passes,
                "passes_budget": 20,
            }
            for name, unit in (("mlp", 80), ("rosenbrock", 48))
            for n in SIZES
        ]
    }


def titles(stages: tuple[Stage, ...]) -> tuple[StageTitle, ...]:
    """What a verdict keeps of stages."""
    return tuple(StageTitle(one.name, one.title, one.stop) for one in stages)


def checks_of(task: str, stages: tuple[Stage, ...]) -> list[Check]:
    """List the checks of a task with these stages, as the judge does."""
    return list(TaskChecks(task, (), PROBLEMS, stages).checks())


def said(check: Check, status: Status, **parts: Any) -> CheckVerdict:
    return CheckVerdict(check.stage.name, check.case, status, check.stage.weight, **parts)


def passed_task(name: str, points: float, *, cost: dict[str, Any] | None = None) -> TaskVerdict:
    """A task with full marks; with `cost`, one that is measured."""
    stages = TENSOR if cost is None else MATRIX_FREE
    checks = (
        said(check, "passed", measured=cost if cost and check.stage.name in MEASURED else {})
        for check in checks_of(name, stages)
    )
    return TaskVerdict(name, points, points, False, tuple(checks), titles(stages))


def stopped_task(
    name: str,
    points: float,
    stage: str,
    failure: Failure,
    *,
    score: float = 0.0,
    mistake: str | None = None,
    hint: str | None = None,
    cost: dict[str, Any] | None = None,
) -> TaskVerdict:
    """A task whose check `stage` is the first to fail; what comes after is not reached."""
    stages = TENSOR if cost is None else MATRIX_FREE
    whole = checks_of(name, stages)
    place = next(i for i, check in enumerate(whole) if check.stage.name == stage)
    failed = said(
        whole[place], "failed", failure=failure, mistake=mistake, hint=hint, measured=cost or {}
    )
    passed = (said(check, "passed") for check in whole[:place])
    rest = (said(check, "skipped", lost=stage) for check in whole[place + 1 :])
    return TaskVerdict(name, score, points, False, (*passed, failed, *rest), titles(stages))


def too_much_memory(name: str = "hvp") -> Failure:
    place = Place("In [4]", 7, "return hessian(func, inputs) @ v")
    return Failure(
        f"your peak: 800 MB at {place}; a gradient of this function needs 800 kB; the budget is "
        "6.4 MB",
        call=f"{name}(f, x, v) with f(x) = the mean squared error of a tanh network, x of shape "
        "(10000,) (float64), v of shape (10000,) (float64)",
        place=place,
        symptom=Symptom.DENSE,
    )


def dense_hvp() -> TaskVerdict:
    return stopped_task(
        "hvp",
        5,
        "memory",
        too_much_memory(),
        score=2.5,
        mistake="hessian_materialised",
        hint=HINT,
        cost=samples(dense=True),
    )


def half_right(name: str = "vjp", *, expected: str = "") -> Failure:
    """Values of which one is right; with `expected`, as a learner at home is told of them."""
    return Failure(
        values_fault(torch.ones(2, dtype=torch.float64)),
        call=f"{name}(f, x, v) with f(x, y) = (x², y³), x = [2, 2] (float64), v = [1, 0.5] "
        "(float64)",
        got="[4, 12]",
        expected=expected,
        difference="1 of 2 entries are right.",
    )


def wrong_values(name: str = "vjp", points: float = 3) -> TaskVerdict:
    return stopped_task(
        name,
        points,
        "values",
        half_right(name),
        score=0.8571,
        mistake="v_ignored",
        hint="Your answer does not change with `v`: it is what a `v` of ones gives.\n\nLook again.",
    )


def unwritten(name: str, points: float) -> TaskVerdict:
    failure = Failure(f"{name} is not written yet", symptom=Symptom.UNWRITTEN)
    return stopped_task(name, points, "exists", failure)


def for_a_person(name: str, points: float) -> TaskVerdict:
    fault = Fault("GraderFaultError", "no worker could be started")
    exists = said(checks_of(name, TENSOR)[0], "error", fault=fault)
    return TaskVerdict(name, 0.0, points, True, (exists,), titles(TENSOR))


def verdict(topic: str, *tasks: TaskVerdict, isolation: str = "confined") -> Verdict:
    return Verdict(f"derivatives/{topic}", isolation, 0, tasks)
