"""One task's view of a submission and its reference: what a check asks and compares with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from graders.checks.agreement import Agreement, Deviation
from graders.checks.failure import CheckFailed, Failure, Symptom
from graders.checks.mistakes import Mistake
from graders.checks.references import References
from graders.sandbox.answers import Answer, Ended, Raised, Returned, Unbuilt
from graders.sandbox.call import Call, MeterLimits
from graders.sandbox.problem import Problem
from graders.sandbox.processes import GraderFaultError
from graders.sandbox.spec import Spec
from graders.sandbox.student import Student

if TYPE_CHECKING:
    from graders.checks.task import TaskChecks

_SHORT_NAMES = {"func": "f", "inputs": "x", "tangent": "v", "cotangent": "v"}


@dataclass(frozen=True)
class Asking:
    """Asks the student's function of one task; `reveal` allows expected values in messages."""

    student: Student
    references: References
    task: TaskChecks
    reveal: bool = False

    def ask(
        self,
        spec: Spec,
        *,
        limits: MeterLimits | None = None,
        driver: str | None = None,
        device: str = "cpu",
        draw: int = 0,
    ) -> Answer:
        """Call the student's function on a problem; what is left out is as the task declares it."""
        call = self._call(spec, limits, driver, device, draw)
        if limits is None:
            # A metered value is not sent at all, and needs no room.
            call = replace(call, room=self.references.room(replace(call, device="cpu")))
        answer = self.student.ask(call)
        if isinstance(answer.outcome, Unbuilt):
            return replace(answer, outcome=self._blamed(answer.outcome, spec, device))
        return answer

    def ask_beside(self, spec: Spec, driver: str) -> Answer:
        """Call by a driver of all topics, for what comes of it: no reference has such an answer."""
        return self.student.ask(self._call(spec, None, driver, "cpu", 0))

    def expected(self, spec: Spec, *, driver: str | None = None, draw: int = 0) -> Any:
        """Give the reference's answer."""
        return self.references.value(self._call(spec, None, driver, "cpu", draw))

    def outcome_of(self, mistake: Mistake, spec: Spec) -> Returned | Raised:
        """Give what a known mistake returns or raises on a problem."""
        return self.references.outcome_of(mistake, self._call(spec, None, None, "cpu", 0))

    def problem(self, spec: Spec) -> Problem:
        """Give a problem to be looked at, always the same: no function is called on it."""
        return self.references.looked_at(spec)

    def deviation(
        self, spec: Spec, got: Any, expected: Any, agreement: Agreement | None = None
    ) -> Deviation:
        """Measure an answer of the right form."""
        policy = agreement or self.task.agreement
        return policy.deviation(got, expected, partial(self.problem, spec))

    def failed(
        self, spec: Spec, fault: str, symptom: Symptom | None = None, **parts: Any
    ) -> CheckFailed:
        """Make the failure of a call on a problem; `parts` are others of `Failure`."""
        return CheckFailed(Failure(fault, call=self.called(spec), symptom=symptom, **parts))

    def called(self, spec: Spec) -> str:
        """Say in words which call is meant: "hvp(f, x, v) with f(x) = …, x = …"."""
        # Built for this sentence: one of a million numbers is not to be kept for it.
        problem = self.references.problem(spec)
        keys = self.task.given.given(problem.values)
        names = [_SHORT_NAMES.get(key, key) for key in keys]
        positional = len(self.task.arguments)
        shown = [
            text
            for name, key in list(zip(names, keys, strict=True))[:positional]
            if (text := _argument(name, problem.values[key]))
        ]
        keywords = [f"{name}={_value(problem.values[name])}" for name in keys[positional:]]
        formula = [problem.formula] if problem.formula else []
        call = f"{self.task.name}({', '.join([*names[:positional], *keywords])})"
        return f"{call} with {', '.join([*formula, *shown])}"

    def _blamed(self, unbuilt: Unbuilt, spec: Spec, device: str) -> Ended:
        """Say that the student's code is why a problem could not be made, if here it can be."""
        try:
            self.references.problem(spec, device=device)
        except Exception as error:
            why = f"cannot be made on {device}: {type(error).__name__}: {error}"
            raise GraderFaultError(f"the problem {spec} {why}") from None
        return Ended(
            f"its arguments could not be made after your code had run ({unbuilt.why}); leave "
            "torch's own functions and settings as they are"
        )

    def _call(
        self, spec: Spec, limits: MeterLimits | None, driver: str | None, device: str, draw: int
    ) -> Call:
        task = self.task
        return Call(
            self.references.topic,
            task.name,
            spec,
            task.given,
            frozenset(task.not_allowed),
            limits,
            task.driver if driver is None else driver,
            tuple(sorted(task.caps.items())),
            device,
            draw,
        )


def itemsize(spec: Spec) -> int:
    """Give the bytes of one number in the problem's dtype."""
    dtype: torch.dtype = getattr(torch, spec.dtype)
    return dtype.itemsize


def _argument(name: str, value: Any) -> str:
    if isinstance(value, Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        if value.numel() <= 4:
            return f"{name} = {_rounded(value)} ({dtype})"
        return f"{name} of shape {tuple(value.shape)} ({dtype})"
    if isinstance(value, dict):
        return f"{name} of {_shapes_by_name(value)}"
    if isinstance(value, (list, tuple)) and all(isinstance(item, Tensor) for item in value):
        return f"{name} of shapes {', '.join(str(tuple(item.shape)) for item in value)}"
    if callable(value):
        return ""
    return f"{name} = {_value(value)}"


def _shapes_by_name(value: dict[str, Any]) -> str:
    return ", ".join(f"{key} {_value(item)}" for key, item in value.items())


def _value(value: Any) -> str:
    if isinstance(value, Tensor):
        return str(tuple(value.shape))
    return str(value)


def _rounded(value: Tensor) -> str:
    numbers = value.detach().double().reshape(-1).tolist()
    texts = [f"{number:.4g}" for number in numbers]
    if value.dim() == 0:
        return texts[0]
    return f"[{', '.join(texts)}]" + (f" as {tuple(value.shape)}" if value.dim() > 1 else "")
