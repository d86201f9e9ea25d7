"""One task's view of a submission and its reference: what a check asks and compares with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.judge.answers import Answer
from graders.judge.problem import Problem, Spec
from graders.judge.references import References
from graders.judge.student import Call, Student

_SHORT_NAMES = {"func": "f", "inputs": "x", "tangent": "v", "cotangent": "v"}


@dataclass(frozen=True)
class Asking:
    """Asks the student's function of one task; `reveal` allows expected values in messages."""

    student: Student
    references: References
    task: str
    arguments: tuple[str, ...]
    not_allowed: frozenset[str]
    reveal: bool

    def ask(self, spec: Spec, *, limits: tuple[int, ...] | None = None) -> Answer:
        """Call the student's function on a problem; `limits` asks for the meter (see `Call`)."""
        return self.student.ask(Call(self.task, spec, self.arguments, self.not_allowed, limits))

    def expected(self, spec: Spec) -> Any:
        """Give the reference's answer."""
        return self.references.value(self.task, spec, self.arguments)

    def expected_itemsize(self, spec: Spec) -> int:
        """Give the bytes of one number in the problem's dtype."""
        return getattr(torch, spec.dtype).itemsize

    def called(self, spec: Spec) -> str:
        """Say in words which call is meant: "called hvp(f, x, v) with f(x) = …, x = …"."""
        problem = self.references.problem(spec)
        names = [_SHORT_NAMES.get(name, name) for name in self.arguments]
        pairs = zip(names, self.arguments, strict=True)
        shown = [text for name, key in pairs if (text := _argument(name, problem, key))]
        formula = [problem.formula] if problem.formula else []
        return f"Called {self.task}({', '.join(names)}) with {', '.join([*formula, *shown])}"


def _argument(name: str, problem: Problem, key: str) -> str:
    value = problem.values[key]
    if isinstance(value, Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        if value.numel() <= 4:
            return f"{name} = {_rounded(value)} ({dtype})"
        return f"{name} of shape {tuple(value.shape)} ({dtype})"
    if isinstance(value, (list, tuple)):
        return f"{name} of shapes {', '.join(str(tuple(item.shape)) for item in value)}"
    if callable(value):
        return ""
    return f"{name} = {value}"


def _rounded(value: Tensor) -> str:
    numbers = value.detach().double().reshape(-1).tolist()
    texts = [f"{number:.4g}" for number in numbers]
    if value.dim() == 0:
        return texts[0]
    return f"[{', '.join(texts)}]" + (f" as {tuple(value.shape)}" if value.dim() > 1 else "")
