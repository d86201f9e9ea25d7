"""The reference answers: the functions of `solutions/`, run in the judging process."""

from __future__ import annotations

import warnings
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

import torch
from torch import Tensor

from graders.course import Topic
from graders.judge.answers import Raised, Returned
from graders.judge.meter import Measured, Meter
from graders.judge.mistake import Mistake
from graders.judge.problem import Problem, Spec, build
from graders.judge.submission import read_submission

_SOLUTIONS = Path(__file__).resolve().parent.parent.parent / "solutions"


@cache
def reference_functions(topic: Topic) -> dict[str, Any]:
    """Load the functions of a topic's solution by the rules that hold for a submission."""
    path = _SOLUTIONS / topic.assignment / f"{topic.name}.py"
    namespace: dict[str, Any] = {"__name__": f"solutions.{topic.assignment}.{topic.name}"}
    for cell in read_submission(path, topic).cells:
        source = "\n" * (cell.first_line - 1) + cell.source
        code: CodeType = compile(source, str(path), "exec")
        exec(code, namespace)
    return namespace


@lru_cache(maxsize=32)
def references_of(topic: Topic, seed: int) -> References:
    """Give this process's references of a topic; what was computed once is kept for all."""
    return References(topic, seed)


class References:
    """Expected values and the cost of a gradient, computed once for each problem."""

    def __init__(self, topic: Topic, seed: int) -> None:
        """Load the topic's solution."""
        self._functions = reference_functions(topic)
        self._seed = seed
        self._values: dict[tuple[str, Spec, tuple[str, ...]], Any] = {}
        self._outcomes: dict[tuple[str, str, Spec], Returned | Raised] = {}
        self._costs: dict[tuple[str, Spec], Measured] = {}

    def problem(self, spec: Spec) -> Problem:
        """Build a problem afresh, so that no call sees what another left behind."""
        return build(spec, seed=self._seed)

    def value(self, task: str, spec: Spec, arguments: tuple[str, ...]) -> Any:
        """Give what the reference returns on a problem, detached."""
        key = (task, spec, arguments)
        if key not in self._values:
            result = self._functions[task](*self.problem(spec).arguments(arguments))
            self._values[key] = _detached(result)
        return self._values[key]

    def outcome_of(
        self, mistake: Mistake, spec: Spec, arguments: tuple[str, ...]
    ) -> Returned | Raised:
        """Give what a known mistake of the catalogue returns or raises on a problem."""
        key = (mistake.task, mistake.name, spec)
        if key not in self._outcomes:
            self._outcomes[key] = _run(mistake, self.problem(spec).arguments(arguments))
        return self._outcomes[key]

    def gradient_cost(self, spec: Spec) -> Measured:
        """Measure one gradient of a problem's function, or of its loss: the unit of all budgets."""
        key = ("gradient", spec)
        if key not in self._costs:
            self._costs[key] = _measure_gradient(self.problem(spec))
        return self._costs[key]


def _detached(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, (tuple, list)):
        return tuple(_detached(item) for item in value)
    return value


def _run(mistake: Mistake, arguments: list[Any]) -> Returned | Raised:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Returned(_detached(mistake.function(*arguments)))
    except Exception as error:
        classes = tuple(kind.__name__ for kind in type(error).__mro__)
        return Raised(classes, str(error), "")


def _measure_gradient(problem: Problem) -> Measured:
    values = problem.values
    with Meter(lambda _file: False) as meter:
        if "loss" in values:
            torch.autograd.grad(
                values["loss"], values["parameters"], retain_graph=True, allow_unused=True
            )
        else:
            leaf = values["inputs"].detach().clone().requires_grad_()
            torch.autograd.grad(values["func"](leaf), leaf)
    return meter.measured()
