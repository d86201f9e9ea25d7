"""After passing: your way, the reference and one more way, each with what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from graders.checks.references import problems_of
from graders.checks.task import TaskChecks
from graders.checks.words import in_bytes
from graders.course import CourseError, Topic
from graders.course.submission import Submission, UnreadableSubmissionError, read_submission
from graders.judge.declared import declared_task, guarded_routines
from graders.learners.checking import require_solutions
from graders.learners.hints import hints_module
from graders.learners.sources import about_function, function_text
from graders.meter import Measured, Meter, counted
from graders.outlets.terminal import BLANK, Line
from graders.sandbox.answers import Returned
from graders.sandbox.call import Call, MeterLimits
from graders.sandbox.problem import Problem
from graders.sandbox.processes import Launcher
from graders.sandbox.spec import Spec
from graders.sandbox.student import Student

# The meter's own limits are out of reach here; the operating system's stay.
_NO_LIMITS = MeterLimits(2**50, 2**50, 2**50)


@dataclass(frozen=True)
class WayCost:
    """What a call cost: bytes alive at most, and passes in units of one backward pass."""

    peak_bytes: int
    passes: float | None


@dataclass(frozen=True)
class Way:
    """One way to solve a task."""

    title: str
    about: str
    text: str
    cost: WayCost | None


def ways(topic: Topic, task: str, path: Path, launcher: Launcher, seed: int = 0) -> list[Way]:
    """Collect the three ways and measure each in a worker of its own, on the same problem.

    CourseError where this copy of the course has no solutions to show.
    """
    require_solutions(topic)
    checks = declared_task(topic, task)
    which = _measured_on(checks, topic)
    return [
        _way(title, submission, checks, which, launcher, seed)
        for title, submission in (
            ("yours", _yours(path, topic)),
            ("the reference", read_submission(topic.solution, topic)),
            ("one more way", read_submission(other_ways(topic), topic)),
        )
        if submission is not None
    ]


def comparison_lines(topic: Topic, task: str, found: list[Way], seed: int = 0) -> list[Line]:
    """Show the ways below one another, with their costs in words."""
    checks = declared_task(topic, task)
    problem = problems_of(topic).build(_measured_on(checks, topic), seed=seed)
    lines = [Line("title", f"{topic.name}.{task}"), BLANK]
    for way in found:
        lines.append(Line("title", f"{way.title}: {_in_words(way.cost)}"))
        lines += [Line("text", way.about)] if way.about else []
        lines += [Line("code", row, indent=4) for row in way.text.splitlines()]
        lines.append(BLANK)
    lines.append(Line("note", f"Measured on {problem.formula}, {_size(problem, checks)}."))
    return lines


def other_ways(topic: Topic) -> Path:
    """Find the module with one more way for each task of a topic."""
    if not topic.other_ways.is_file():
        raise CourseError(f"there is no other way to show for the topic {topic.name!r} yet")
    return topic.other_ways


def _yours(path: Path, topic: Topic) -> Submission | None:
    try:
        return read_submission(path, topic)
    except UnreadableSubmissionError:
        return None


def _way(
    title: str,
    submission: Submission,
    checks: TaskChecks,
    which: Spec,
    launcher: Launcher,
    seed: int,
) -> Way:
    is_other = title == "one more way"
    about = about_function(submission, checks.name) if is_other else ""
    text = function_text(submission, checks.name)
    return Way(title, about, text, _cost(submission, checks, which, launcher, seed))


def _cost(
    submission: Submission, checks: TaskChecks, which: Spec, launcher: Launcher, seed: int
) -> WayCost | None:
    topic = submission.topic
    student = Student(submission, launcher, seed, guarded=guarded_routines(topic))
    forbidden = frozenset(checks.not_allowed)
    call = Call(topic.path, checks.name, which, checks.given, forbidden, _NO_LIMITS, checks.driver)
    try:
        answer = student.ask(call)
    finally:
        student.close()
    counts = answer.measured
    if not isinstance(answer.outcome, Returned) or "peak_bytes" not in counts:
        return None
    unit = _backward_pass(problems_of(topic).build(which, seed=seed))
    if unit is None:
        return WayCost(counts["peak_bytes"], None)
    ratios = [counts["produced_bytes"] / unit.produced_bytes]
    if unit.flops:
        ratios.append(counts["flops"] / unit.flops)
    return WayCost(counts["peak_bytes"], max(ratios))


def _backward_pass(problem: Problem) -> Measured | None:
    """Measure one evaluation with its backward pass, where there is something to evaluate."""
    values = problem.values
    with Meter(lambda _file: False) as meter:
        if "loss" in values and isinstance(values["loss"], Tensor):
            torch.autograd.grad(
                values["loss"], values["parameters"], retain_graph=True, allow_unused=True
            )
        elif "func" in values and "inputs" in values:
            leaf = values["inputs"].detach().clone().requires_grad_()
            outputs = counted(values["func"])(leaf)
            torch.autograd.grad(outputs, leaf, torch.ones_like(outputs))
    measured = meter.measured()
    return measured if measured.produced_bytes else None


def _measured_on(checks: TaskChecks, topic: Topic) -> Spec:
    """Choose the problem: large enough that the method's own cost shows."""
    chosen: Spec | None = getattr(hints_module(topic), "MEASURED_ON", {}).get(checks.name)
    if chosen is not None:
        return chosen
    if checks.cost is not None:
        return checks.cost.at(checks.cost.sized[0], checks.cost.sizes[0])
    return checks.problems[0]


def _in_words(cost: WayCost | None) -> str:
    if cost is None:
        return "it gave no answer on this problem"
    peak = f"{in_bytes(cost.peak_bytes)} of memory at most"
    return (
        peak if cost.passes is None else f"{peak}, as costly as {cost.passes:.1f} backward passes"
    )


def _size(problem: Problem, checks: TaskChecks) -> str:
    given = checks.given.given(problem.values)
    values = [(name, problem.values[name]) for name in given]
    shapes = [f"{name} of shape {tuple(v.shape)}" for name, v in values if isinstance(v, Tensor)]
    if "parameters" in problem.values:
        count = sum(parameter.numel() for parameter in problem.values["parameters"])
        return f"{count} parameters"
    return ", ".join(shapes) or "as it stands"
