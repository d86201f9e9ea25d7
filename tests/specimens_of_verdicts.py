"""Verdicts made by hand, so that what shows them can be tested without judging anything."""

from __future__ import annotations

from typing import Any

from graders.judge.verdict import Check, TaskVerdict, Verdict

SIZES = (10_000, 20_000, 40_000)
HINT = (
    "The numbers are right, but the whole Hessian was in memory to get them.\n\n"
    "For 10⁶ inputs that is 4 TB. You only need its effect on one `v`: where can `v` come in so\n"
    "early that no matrix is ever made?"
)
VALUES = ("three_letters", "tanh_chain", "rosenbrock(n=6)", "mlp(n=47)")
EDGES = ("linear", "tanh_chain(float32)")


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


def passed(name: str, weight: float = 1, **measured: Any) -> Check:
    return Check(name, "passed", weight, measured=measured)


def passed_task(name: str, points: float, *, cost: dict[str, Any] | None = None) -> TaskVerdict:
    """A task with full marks; with `cost`, one that is measured."""
    checks = [passed("exists", 0), passed("runs", 0), passed("shape", 0), passed("dtype", 0)]
    checks += [passed(f"values[{problem}]") for problem in VALUES]
    checks += [passed("inputs"), *(passed(f"edge[{problem}]") for problem in EDGES)]
    if cost is not None:
        checks += [passed("memory", 0, **cost), passed("passes", 0, **cost), passed("large", 8)]
    return TaskVerdict(name, points, points, False, tuple(checks))


def stopped_task(
    name: str,
    points: float,
    stage: str,
    message: str,
    *,
    score: float = 0.0,
    mistake: str | None = None,
    hint: str | None = None,
    cost: dict[str, Any] | None = None,
) -> TaskVerdict:
    """A task whose check `stage` is the first to fail; what comes after is not reached."""
    whole = passed_task(name, points, cost={}).checks
    place = next(i for i, check in enumerate(whole) if check.name.startswith(stage))
    failure = Check(whole[place].name, "failed", 1, message, mistake, hint, cost or {})
    rest = (
        Check(one.name, "skipped", one.weight, f"not reached: {stage} comes first")
        for one in whole[place + 1 :]
    )
    return TaskVerdict(name, score, points, False, (*whole[:place], failure, *rest))


def dense_hvp() -> TaskVerdict:
    return stopped_task(
        "hvp",
        5,
        "memory",
        "Called hvp(f, x, v) with f(x) = the mean squared error of a tanh network, x of shape "
        "(10000,) (float64), v of shape (10000,) (float64): your peak: 800 MB at In [4], line 7; "
        "a gradient of this function needs 800 kB; the budget is 6.4 MB.",
        score=2.5,
        mistake="hessian_materialised",
        hint=HINT,
        cost=samples(dense=True),
    )


def wrong_values(name: str = "vjp", points: float = 3) -> TaskVerdict:
    return stopped_task(
        name,
        points,
        "values",
        f"Called {name}(f, x, v) with f(x, y) = (x², y³), x = [2, 2] (float64), v = [1, 0.5] "
        "(float64): got [4.0, 12.0]; the form is right (a tensor of shape (2,) and dtype float64), "
        "the numbers are not. 1 of 2 entries are right.",
        score=0.8571,
        mistake="v_ignored",
        hint="Your answer does not change with `v`: it is what a `v` of ones gives.\n\nLook again.",
    )


def unwritten(name: str, points: float) -> TaskVerdict:
    return stopped_task(name, points, "exists", f"{name} is not written yet.")


def for_a_person(name: str, points: float) -> TaskVerdict:
    message = "The grader could not do this check (GraderFaultError: no worker could be started)."
    return TaskVerdict(name, 0.0, points, True, (Check("exists", "error", 0, message),))


def verdict(topic: str, *tasks: TaskVerdict, isolation: str = "confined") -> Verdict:
    return Verdict(f"derivatives/{topic}", isolation, 0, tasks)
