"""What is checked of the topic `curvature`."""

from __future__ import annotations

from typing import ClassVar

import pytest

from graders.hidden.mistakes.curvature import MISTAKES
from graders.hidden.problems.critical_points import CRITICAL_POINT_PROBLEMS
from graders.hidden.problems.matrices import (
    CLASSIFY_PROBLEMS,
    EIGENVALUE_PROBLEMS,
    REFUSED_PROBLEMS,
)
from graders.judge.answers import Raised
from graders.judge.asking import Asking
from graders.judge.checks import CallerChecks, CheckFailure, TensorChecks, require_returned
from graders.judge.mistake import Symptom, of_task
from graders.judge.problem import Spec


class TestEigenvalues(TensorChecks):
    """`eigenvalues(matrix)` gives them real and ascending, and refuses what has none such."""

    task = "eigenvalues"
    arguments = ("matrix",)
    problems = EIGENVALUE_PROBLEMS
    refused: ClassVar[tuple[Spec, ...]] = REFUSED_PROBLEMS
    mistakes = of_task("eigenvalues", MISTAKES)

    @pytest.mark.check(weight=1, needs=("exists", "runs", "shape", "dtype", "values"))
    def test_refuses(self, asking: Asking, refused: Spec) -> None:
        """A matrix that is not square or not symmetric ends in a ValueError that says which."""
        outcome = asking.ask(refused).outcome
        shape = asking.references.problem(refused).values["matrix"].shape
        fault = "symmetric" if shape[0] == shape[1] else "square"
        if not isinstance(outcome, Raised):
            require_returned(asking, refused)
            raise CheckFailure(
                f"{asking.called(refused)}: this matrix is not {fault}; a ValueError that says so "
                "is expected, but an answer came back.",
                Symptom.NOT_REFUSED,
            )
        if "ValueError" not in outcome.classes or fault not in outcome.message.lower():
            raise CheckFailure(
                f"{asking.called(refused)}: this matrix is not {fault}; expected a ValueError "
                f"with the word {fault!r} in its message, got {outcome.kind}: "
                f"{outcome.message[:200]}",
                Symptom.NOT_REFUSED,
            )


class TestClassifyHessian(CallerChecks):
    """`classify_hessian(matrix)` names what the signs of the eigenvalues say."""

    task = "classify_hessian"
    arguments = ("matrix",)
    problems = CLASSIFY_PROBLEMS
    mistakes = of_task("classify_hessian", MISTAKES)


class TestClassifyCriticalPoint(CallerChecks):
    """`classify_critical_point(func, inputs)` looks at the gradient first."""

    task = "classify_critical_point"
    arguments = ("func", "inputs")
    problems = CRITICAL_POINT_PROBLEMS
    mistakes = of_task("classify_critical_point", MISTAKES)
