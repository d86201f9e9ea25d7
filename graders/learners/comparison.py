"""After passing: your way, the reference and one more way, each with what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor

from graders.course import CourseError, Topic
from graders.judge.answers import Returned
from graders.judge.checks import TaskChecks
from graders.judge.cost_checks import SIZES, MatrixFreeChecks, in_bytes
from graders.judge.meter import Measured, Meter, counted
from graders.judge.problem import Problem, Spec, build, spec
from graders.judge.processes import Launcher
from graders.judge.student import Call, Student
from graders.judge.submission import Submission, UnreadableSubmissionError, read_submission
from graders.learners.hints import hints_module
from graders.learners.sources import about_function, function_text
from graders.outlets.terminal import BLANK, Line

_GRADERS = Path(__file__).resolve().parent.parent
# The meter's own limits are out of reach here; the operating system's stay.
_NO_LIMITS = (2**50, 2**50, 2**50)


@dataclass(frozen=True)
class Cost:
    """What a call cost: bytes alive at most, and passes in units of one backward pass."""

    peak_bytes: int
    passes: float | None


@dataclass(frozen=True)
class Way:
    """One way to solve a task."""

    title: str
    about: str
    text: str
    cost: Cost | None


def ways(topic: Topic, task: str, path: Path, launcher: Launcher, seed: int = 0) -> list[Way]:
    """Collect the three ways and measure each in a worker of its own, on the same problem."""
    checks = task_checks(topic, task)
    which = _measured_on(checks, topic)
    return [
        _way(title, submission, checks, which, launcher, seed)
        for title, submission in (
            ("yours", _yours(path, topic)),
            ("the reference", read_submission(_solution(topic), topic)),
            ("one more way", read_submission(other_ways(topic), topic)),
        )
        if submission is not None
    ]


def comparison_lines(topic: Topic, task: str, found: list[Way], seed: int = 0) -> list[Line]:
    """Show the ways below one another, with their costs in words."""
    checks = task_checks(topic, task)
    problem = build(_measured_on(checks, topic), seed=seed)
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
    path = _GRADERS / "hidden" / "other_ways" / f"{topic.name}.py"
    if not path.is_file():
        raise CourseError(f"there is no other way to show for the topic {topic.name!r} yet")
    return path


def task_checks(topic: Topic, task: str) -> type[TaskChecks]:
    """Find the class that checks a task."""
    module = import_module(f"graders.hidden.{topic.assignment}.test_{topic.name}")
    for value in vars(module).values():
        if isinstance(value, type) and getattr(value, "task", None) == task:
            return value
    raise CourseError(f"nothing checks the task {task!r} of {topic.name!r}")


def _solution(topic: Topic) -> Path:
    return _GRADERS.parent / "solutions" / topic.assignment / f"{topic.name}.py"


def _yours(path: Path, topic: Topic) -> Submission | None:
    try:
        return read_submission(path, topic)
    except UnreadableSubmissionError:
        return None


def _way(
    title: str,
    submission: Submission,
    checks: type[TaskChecks],
    which: Spec,
    launcher: Launcher,
    seed: int,
) -> Way:
    is_other = title == "one more way"
    about = about_function(submission, checks.task) if is_other else ""
    text = function_text(submission, checks.task)
    return Way(title, about, text, _cost(submission, checks, which, launcher, seed))


def _cost(
    submission: Submission, checks: type[TaskChecks], which: Spec, launcher: Launcher, seed: int
) -> Cost | None:
    student = Student(submission, launcher, seed)
    forbidden = frozenset(checks.not_allowed)
    call = Call(checks.task, which, checks.arguments, forbidden, _NO_LIMITS)
    try:
        answer = student.ask(call)
    finally:
        student.close()
    counts = answer.measured
    if not isinstance(answer.outcome, Returned) or "peak_bytes" not in counts:
        return None
    unit = _backward_pass(build(which, seed=seed))
    if unit is None:
        return Cost(counts["peak_bytes"], None)
    ratios = [counts["produced_bytes"] / unit.produced_bytes]
    if unit.flops:
        ratios.append(counts["flops"] / unit.flops)
    return Cost(counts["peak_bytes"], max(ratios))


def _backward_pass(problem: Problem) -> Measured | None:
    """Measure one evaluation with its backward pass, where there is something to evaluate."""
    values = problem.values
    with Meter(lambda _file: False) as meter:
        if "loss" in values:
            torch.autograd.grad(
                values["loss"], values["parameters"], retain_graph=True, allow_unused=True
            )
        elif "func" in values:
            leaf = values["inputs"].detach().clone().requires_grad_()
            outputs = counted(values["func"])(leaf)
            torch.autograd.grad(outputs, leaf, torch.ones_like(outputs))
    measured = meter.measured()
    return measured if measured.produced_bytes else None


def _measured_on(checks: type[TaskChecks], topic: Topic) -> Spec:
    """Choose the problem: large enough that the method's own cost shows."""
    chosen = getattr(hints_module(topic), "MEASURED_ON", {}).get(checks.task)
    if chosen is not None:
        return chosen
    if issubclass(checks, MatrixFreeChecks):
        return spec(checks.sized[0], n=SIZES[0])
    return checks.problems[0]


def _in_words(cost: Cost | None) -> str:
    if cost is None:
        return "it gave no answer on this problem"
    peak = f"{in_bytes(cost.peak_bytes)} of memory at most"
    return (
        peak if cost.passes is None else f"{peak}, as costly as {cost.passes:.1f} backward passes"
    )


def _size(problem: Problem, checks: type[TaskChecks]) -> str:
    values = zip(checks.arguments, problem.arguments(checks.arguments), strict=True)
    shapes = [f"{name} of shape {tuple(v.shape)}" for name, v in values if isinstance(v, Tensor)]
    if "parameters" in problem.values:
        count = sum(parameter.numel() for parameter in problem.values["parameters"])
        return f"{count} parameters"
    return ", ".join(shapes) or "as it stands"
